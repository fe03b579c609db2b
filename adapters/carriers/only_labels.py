"""What a carrier answers that makes labels and does nothing else, and bills what is scanned alone."""

# ruff: noqa: ARG002 whatever is asked, the answer is the same

from activities.ports import (
    PickupBooked,
    PickupOrder,
    PickupRefused,
    Prepared,
    VoidAnswer,
    VoidOrder,
)


class OnlyMakesLabels:
    """The part of `activities.ports.Carrier` that such a one has nothing to do for."""

    async def find_void(self, order: VoidOrder) -> VoidAnswer | None:
        """What is not used is not billed: there is nothing to give back."""
        return VoidAnswer(state="refused", theirs="not_billed_unless_scanned")

    async def void_label(self, order: VoidOrder) -> VoidAnswer:
        """What is not used is not billed: there is nothing to give back."""
        return VoidAnswer(state="refused", theirs="not_billed_unless_scanned")

    async def find_pickup(self, offer_ref: str) -> PickupBooked | None:
        """Nobody comes."""
        return None

    async def prepare_pickup(self, order: PickupOrder) -> Prepared | PickupRefused:
        """Nobody comes."""
        return PickupRefused(reason="out_of_service_area", theirs="no_visits")

    async def book_pickup(self, order: PickupOrder) -> PickupBooked | PickupRefused:
        """Nobody comes."""
        return PickupRefused(reason="out_of_service_area", theirs="no_visits")

    async def cancel_pickup(self, pickup_ref: str) -> None:
        """Nobody comes, and nobody has to be called off."""

    async def follow(self, tracking_number: str) -> str:
        """They tell nothing of anybody's parcels."""
        return ""
