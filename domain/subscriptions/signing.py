"""By what messages are signed: a new secret and the one before live side by side for a while."""

from collections.abc import Iterable
from datetime import datetime

from pydantic import BaseModel, ConfigDict


class Secret(BaseModel):
    """What a message is signed by."""

    model_config = ConfigDict(frozen=True)

    secret: str  # whsec_…, as Standard Webhooks writes it
    until: datetime | None = None  # none: until it is replaced


def live(secrets: Iterable[Secret], now: datetime) -> tuple[str, ...]:
    """Give the secrets that sign now, the newest first."""
    return tuple(each.secret for each in secrets if each.until is None or each.until > now)


def rotated(secrets: tuple[Secret, ...], secret: str, until: datetime) -> tuple[Secret, ...]:
    """Put a new secret first; the one before signs beside it until then, and no other does."""
    if not secrets:
        return (Secret(secret=secret),)
    before = secrets[0].model_copy(update={"until": until})
    return (Secret(secret=secret), before)
