"""What all partners have in common: values that are never changed after they were said."""

from datetime import timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """Something said to or by a partner; never changed after it is said."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Capabilities(Value):
    """What a partner can do about a request that is sent twice; proven by the contract suite."""

    idempotency: Literal["native", "natural_key", "none"]
    key_lifetime: timedelta | None = None
    final_answer: Literal["immediate", "webhook", "poll"] = "immediate"
    can_cancel: bool = False


class Address(Value):
    """Where a parcel starts or ends. Personal: never logged, never in an event."""

    name: str
    line1: str
    line2: str = ""
    city: str
    postcode: str
    region: str = ""
    country: str  # ISO 3166-1 alpha-2
    email: str = ""
    phone: str = ""
