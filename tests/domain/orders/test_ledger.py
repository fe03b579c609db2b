import pytest
from pydantic import ValidationError

from domain.orders.caps import check_claim, claimable, room
from domain.orders.events import (
    LEDGER_EVENT,
    ChargebackClosed,
    ChargebackOpened,
    ClaimedUnit,
    FundsPaid,
    FundsPart,
    FundsReleased,
    FundsReserved,
    LedgerEvent,
    OrderRecorded,
    UnitsClaimed,
    UnitsReleased,
    ledger_stream,
    unit_key,
)
from domain.orders.ledger import Ledger, evolve, fold
from domain.refusal import Refused
from tests.domain.orders.orders import DELIVERED, delivery, line, order

SOLD = order(line("1", quantity=3, tax_minor=570))  # 35.70
RECORDED = OrderRecorded(order_id="W-1", occurred_at=DELIVERED, order=SOLD)


def claimed(return_id: str, *ordinals: int) -> UnitsClaimed:
    units = tuple(ClaimedUnit(line_id="1", ordinal=ordinal) for ordinal in ordinals)
    return UnitsClaimed(order_id="W-1", occurred_at=DELIVERED, return_id=return_id, units=units)


def released(return_id: str, *ordinals: int) -> UnitsReleased:
    units = tuple(ClaimedUnit(line_id="1", ordinal=ordinal) for ordinal in ordinals)
    return UnitsReleased(order_id="W-1", occurred_at=DELIVERED, return_id=return_id, units=units)


def reserved(instruction_id: str = "p1", amount: int = 1_190, ordinal: int = 1) -> FundsReserved:
    return FundsReserved(
        order_id="W-1",
        occurred_at=DELIVERED,
        instruction_id=instruction_id,
        return_id="r1",
        tender_id="card",
        amount_minor=amount,
        parts=(FundsPart(key=unit_key("1", ordinal), amount_minor=amount),),
    )


def paid(instruction_id: str = "p1") -> FundsPaid:
    return FundsPaid(order_id="W-1", occurred_at=DELIVERED, instruction_id=instruction_id)


def let_go(instruction_id: str = "p1") -> FundsReleased:
    return FundsReleased(
        order_id="W-1", occurred_at=DELIVERED, instruction_id=instruction_id, because="bounced"
    )


def chargeback(amount: int) -> ChargebackOpened:
    return ChargebackOpened(
        order_id="W-1",
        occurred_at=DELIVERED,
        chargeback_id="d1",
        tender_id="card",
        amount_minor=amount,
    )


def bank_decides(*, won: bool) -> ChargebackClosed:
    return ChargebackClosed(order_id="W-1", occurred_at=DELIVERED, chargeback_id="d1", won=won)


def after(*events: LedgerEvent) -> Ledger:
    known = fold([RECORDED, *events])
    assert known is not None
    return known


def test_a_stream_with_nothing_in_it_is_no_ledger() -> None:
    assert fold([]) is None


def test_a_ledger_begins_with_its_order() -> None:
    with pytest.raises(ValueError, match="not with FundsPaid"):
        evolve(None, paid())


def test_the_stream_of_a_ledger_names_tenant_and_order() -> None:
    assert ledger_stream("acme", "W-1") == "order:acme:W-1"


@pytest.mark.parametrize(
    "event",
    [RECORDED, claimed("r1", 1), released("r1", 1), reserved(), paid(), let_go(), chargeback(5)],
    ids=lambda event: str(event.type),
)
def test_a_stored_event_is_read_back_as_it_was(event: LedgerEvent) -> None:
    assert LEDGER_EVENT.validate_json(event.model_dump_json()) == event


def test_the_order_told_again_counts_and_takes_nothing_back() -> None:
    later = SOLD.model_copy(update={"deliveries": (delivery({"1": 1}),)})
    told = RECORDED.model_copy(update={"order": later})
    known = after(claimed("r1", 1), told)
    assert known.order == later
    assert known.claims == {("1", 1): "r1"}


def test_units_are_claimed_from_the_lowest_that_is_free() -> None:
    known = after(claimed("r1", 1))
    assert claimable(known, "1", 1) == (2,)
    assert claimable(known, "1", 5) == (2, 3)
    assert claimable(known, "9", 1) == ()


def test_a_released_unit_may_be_claimed_again() -> None:
    assert claimable(after(claimed("r1", 1, 2), released("r1", 1)), "1", 1) == (1,)


def test_a_unit_that_another_return_holds_by_now_is_not_released_with_the_old_claim() -> None:
    known = after(claimed("r1", 1), released("r1", 1), claimed("r2", 1), released("r1", 1))
    assert known.claims == {("1", 1): "r2"}


def test_two_returns_cannot_hold_one_unit() -> None:
    known = after(claimed("r1", 1))
    assert check_claim(known, "r1", claimed("r1", 1).units) is None
    assert check_claim(known, "r2", claimed("r2", 1).units) == Refused(
        code="already_claimed", because="another return holds unit 1 of line 1"
    )


def test_a_unit_that_was_never_sold_cannot_be_claimed() -> None:
    refused = check_claim(after(), "r1", claimed("r1", 4).units)
    assert refused is not None
    assert refused.code == "unknown_unit"


def test_what_is_reserved_counts_as_much_as_what_is_paid() -> None:
    before_paying, after_paying = after(reserved()), after(reserved(), paid())
    assert room(before_paying) == room(after_paying)
    assert room(after_paying).order_minor == 2_380


def test_a_payout_that_bounces_frees_its_amount() -> None:
    assert room(after(reserved(), paid(), let_go())) == room(after())


def test_a_payout_that_arrives_after_all_counts_again() -> None:
    assert room(after(reserved(), let_go(), paid())) == room(after(reserved(), paid()))


def test_an_open_and_a_lost_chargeback_take_from_tender_and_order_and_a_won_one_does_not() -> None:
    opened = room(after(chargeback(3_000)))
    assert (opened.tenders["card"], opened.order_minor) == (570, 570)
    assert room(after(chargeback(3_000), bank_decides(won=False))) == opened
    assert room(after(chargeback(3_000), bank_decides(won=True))) == room(after())


def test_what_is_said_of_something_unknown_changes_nothing() -> None:
    assert after(paid(), let_go(), bank_decides(won=False)) == after()


def test_an_amount_that_is_not_its_parts_cannot_be_recorded() -> None:
    with pytest.raises(ValidationError, match="parts: do not add up to amount_minor"):
        FundsReserved(
            order_id="W-1",
            occurred_at=DELIVERED,
            instruction_id="p1",
            return_id="r1",
            amount_minor=5,
            parts=(FundsPart(key="shipping", amount_minor=4),),
        )
