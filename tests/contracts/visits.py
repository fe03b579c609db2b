"""Visits, as the contract suites wish for them."""

from datetime import UTC, datetime, timedelta

from activities.ports import Address, LabelBought, PickupOrder
from tests.contracts.carriers import BERLIN
from tests.contracts.partners import Partners

MORNING = datetime(2031, 3, 3, 9, tzinfo=UTC)


def wished(partners: Partners, label: LabelBought, address: Address = BERLIN) -> PickupOrder:
    return PickupOrder(
        step_id=partners.new_id("pickup"),
        label_ref=label.label_ref,
        address=address,
        window_start=MORNING,
        window_end=MORNING + timedelta(hours=4),
    )
