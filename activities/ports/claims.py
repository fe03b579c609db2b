"""What is asked of whoever decides on claims for parcels: filed, followed, withdrawn."""

from datetime import datetime
from typing import Literal, Protocol

from activities.ports.base import Capabilities, Value
from domain.money import Money


class ClaimedGoods(Value):
    """One unit that was in the parcel."""

    name: str
    sku: str
    value: Money


class ClaimOrder(Value):
    """A claim for one parcel. There is one for each parcel and each thing that befell it."""

    step_id: str
    cause: Literal["lost", "damaged"]
    tracking_number: str
    label_ref: str
    reference: str  # ours, for people: the return
    handed_over_at: datetime
    goods: tuple[ClaimedGoods, ...]
    amount: Money


class ClaimFiled(Value):
    """They have it."""

    claim_ref: str


class ClaimRefused(Value):
    """They do not take it: not from us, not for this parcel, or not now."""

    theirs: str


class ClaimStanding(Value):
    """How they say that it stands."""

    state: Literal["waiting", "asks", "granted", "refused", "cancelled"]
    granted: Money | None = None
    theirs: str = ""


class Claims(Protocol):
    """Files a claim once, says how it stands, withdraws it. What is found is the first one filed.

    Money that they grant comes by bank or to an account, later, and is told by whoever sees it.
    """

    capabilities: Capabilities

    async def find_claim(self, order: ClaimOrder) -> ClaimFiled | None: ...
    async def file_claim(self, order: ClaimOrder) -> ClaimFiled | ClaimRefused: ...
    async def look_up_claim(self, claim_ref: str) -> ClaimStanding: ...
    async def cancel_claim(self, claim_ref: str) -> ClaimStanding: ...
