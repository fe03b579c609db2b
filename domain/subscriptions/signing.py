"""By what messages are signed: a new secret and the one before live side by side for a while."""

from collections.abc import Iterable
from datetime import datetime

from pydantic import BaseModel, ConfigDict


class Secret(BaseModel):
    """What a message is signed by."""

    model_config = ConfigDict(frozen=True)

    secret: str  # whsec_…, as Standard Webhooks writes it
    asked: str  # the request that asked for it: asked again, it is the same one
    until: datetime | None = None  # none: until it is replaced


def live(secrets: Iterable[Secret], now: datetime) -> tuple[str, ...]:
    """Give the secrets that sign now, the newest first."""
    return tuple(each.secret for each in secrets if each.until is None or each.until > now)


def asked_by(secrets: Iterable[Secret], request_id: str) -> str | None:
    """Give the secret that a request asked for; none where it was replaced since."""
    return next((each.secret for each in secrets if each.asked == request_id), None)


def rotated(secrets: tuple[Secret, ...], new: Secret, until: datetime) -> tuple[Secret, ...]:
    """Put a new secret first; the one before signs beside it until then, and no other does.

    One that was asked for before is put nowhere again.
    """
    if asked_by(secrets, new.asked) is not None:
        return secrets
    if not secrets:
        return (new,)
    return (new, secrets[0].model_copy(update={"until": until}))
