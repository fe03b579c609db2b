"""What a return gives cause to claim back; its customer never waits for it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from pydantic import ValidationError

from domain.orders.order import DeliveredLine, Delivery, Order
from domain.recoveries.words import RecoveryCause, RecoveryKind
from domain.returns.agenda import is_unfinished
from domain.returns.transport.customs import is_one_customs_area
from domain.returns.transport.recovering import Cause, causes, facts_of
from domain.words import Headline, LabelLife, Reason
from tests.domain.returns.scenario import MONDAY, Scenario
from tests.domain.returns.shop import DELIVERED, SHIPPING_MINOR, SHIRT_MINOR, line, order, tender
from tests.domain.returns.story import (
    arrived,
    counted,
    counted_all,
    inspection,
    receipt,
    scan,
    seen,
    under_way,
    wish,
)

PLACED = DELIVERED - timedelta(days=3)


def _lost(known: Scenario, parcel_id: str = "P1") -> Scenario:
    known = known.later(days=5)
    return known.when(scan(known, parcel_id, status="lost"))


def _cause(known: Scenario) -> Cause:
    (cause,) = causes(known.state)
    return cause


def _sold(known: Scenario) -> Order:
    assert known.ledger is not None
    return known.ledger.order


def test_a_lost_parcel_is_claimed_once_while_its_customer_is_paid() -> None:
    known = _lost(under_way(wish(quantity=2)))
    step = known.step("open_recovery")
    assert (step.performs, is_unfinished(step)) == ("open_recovery", False)
    paid = known.settle(but=["open_recovery"])
    assert paid.headline is Headline.COMPLETED
    begun = paid.perform("open_recovery").then_moves("RecoveryBegun")
    assert begun.steps == ()
    facts = facts_of(begun.state, _cause(begun), order=_sold(begun), channel=True, now=begun.now)
    assert facts.kind is RecoveryKind.CARRIER_CLAIM
    assert (facts.counterparty, facts.subject, facts.claimed_minor) == ("swiftpost", "P1", 8_000)
    assert facts.counted_from == begun.state.parcels["P1"].handed_over_at


def test_what_is_found_takes_the_claim_back_and_what_is_lost_again_opens_it_again() -> None:
    known = _lost(under_way()).settle()
    known = known.later(days=2)
    known = known.when(scan(known, status="found")).perform("recall_recovery")
    assert known.last(type(known.news[0])).type == "RecoveryRecalled"
    assert "open_recovery" not in known.actions
    known = known.later(days=2)
    known = known.when(receipt(known, counted_all(known.state))).settle()
    assert known.count("RecoveryBegun") == 1


def test_lost_again_the_same_claim_is_opened_again() -> None:
    known = _lost(under_way()).settle().later(days=2)
    known = known.when(scan(known, status="found")).settle()
    known = _lost(known).perform("open_recovery")
    assert len(known.state.recoveries) == 1
    assert known.count("RecoveryBegun") == 2


def test_of_two_lost_parcels_each_is_claimed_with_a_share_of_what_is_missing() -> None:
    known = under_way(wish(quantity=3), parcels=2)
    known = _lost(_lost(known, "P1"), "P2")
    claimed = [cause.units for cause in causes(known.state)]
    assert sorted(len(units) for units in claimed) == [1, 2]
    assert len({unit.id for units in claimed for unit in units}) == 3


def test_a_parcel_that_did_not_travel_on_a_label_of_ours_is_not_ours_to_claim() -> None:
    state = _lost(under_way()).state
    unused = {key: replace(label, life=LabelLife.VOIDED) for key, label in state.labels.items()}
    assert list(causes(replace(state, labels=unused))) == []


@pytest.mark.parametrize(
    ("asked", "condition", "claimed"),
    [
        (Reason.CHANGED_MIND, "damaged_in_transit", 1),
        (Reason.CHANGED_MIND, "", 0),
        (Reason.DAMAGED_IN_TRANSIT, "damaged_in_transit", 0),
    ],
)
def test_goods_harmed_on_the_way_back_are_claimed_where_their_sender_had_not_said_so(
    asked: Reason, condition: str, claimed: int
) -> None:
    known = under_way(wish(reason=asked)).later(days=3)
    known = known.when(receipt(known, [counted(condition=condition)]))
    assert sum(one.cause is RecoveryCause.DAMAGED for one in causes(known.state)) == claimed


def test_goods_that_the_inspector_finds_harmed_on_the_way_are_claimed() -> None:
    known = arrived(wish())
    harmed = seen(found_reason=Reason.DAMAGED_IN_TRANSIT)
    known = known.when(inspection(known, harmed))
    assert _cause(known).cause is RecoveryCause.DAMAGED


def _imported(declared_at: datetime | None = None) -> Scenario:
    taxed = line(
        "1",
        "SHIRT",
        "Shirt",
        3,
        4_000,
        duty_minor=900,
        import_tax_minor=600,
        hs_code="6109",
        origin_country="PT",
    )
    paid = tender("card", "card", 3 * SHIRT_MINOR + 900 + 600 + SHIPPING_MINOR)
    held = (DeliveredLine(line_id="1", quantity=3),)
    way_out = Delivery(delivered_at=DELIVERED, declared_at=declared_at, lines=held)
    bought = order(ship_to="CH", lines=(taxed,), tenders=(paid,), deliveries=(way_out,))
    return arrived(snapshot=bought)


def test_duties_on_goods_that_left_the_country_again_are_claimed_from_its_customs() -> None:
    known = _imported()
    facts = facts_of(known.state, _cause(known), order=_sold(known), channel=True, now=MONDAY)
    assert facts.kind is RecoveryKind.DUTY_DRAWBACK
    assert (facts.counterparty, facts.channel, facts.claimed_minor) == ("CH", "", 500)
    assert known.settle().count("RecoveryBegun") == 1


@pytest.mark.parametrize("known_to_be", [None, DELIVERED - timedelta(days=1)])
def test_its_days_are_counted_from_the_declaration_and_from_the_order_where_nobody_knows_it(
    known_to_be: datetime | None,
) -> None:
    known = _imported(known_to_be)
    facts = facts_of(known.state, _cause(known), order=_sold(known), channel=True, now=MONDAY)
    assert facts.counted_from == (known_to_be or PLACED)
    assert facts.file_by == facts.counted_from + timedelta(days=3 * 365)


def test_of_several_deliveries_the_first_declaration_of_what_came_back_counts() -> None:
    def on_day(day: int, line_id: str) -> Delivery:
        declared_at = PLACED + timedelta(days=day)
        held = (DeliveredLine(line_id=line_id, quantity=1),)
        return Delivery(delivered_at=DELIVERED, declared_at=declared_at, lines=held)

    sold = order(deliveries=(on_day(1, "3"), on_day(3, "1"), on_day(2, "1"))).order()
    assert sold.declared_at({"1"}) == PLACED + timedelta(days=2)
    assert sold.declared_at({"2"}) == PLACED


def test_nothing_is_declared_before_it_was_ordered() -> None:
    early = Delivery(delivered_at=DELIVERED, declared_at=PLACED - timedelta(seconds=1), lines=())
    with pytest.raises(ValidationError, match="deliveries: declared_at is before placed_at"):
        order(deliveries=(early,))


def test_a_return_within_one_customs_area_claims_nothing() -> None:
    assert is_one_customs_area("FR", "DE")
    assert not is_one_customs_area("GB", "DE")
    assert list(causes(arrived().state)) == []
    assert "open_recovery" not in arrived().actions
