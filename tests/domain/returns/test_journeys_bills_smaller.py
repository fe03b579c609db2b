"""A bill of several units: smaller where one drops out; and what the customer hears of its links."""

from datetime import timedelta

from domain.returns.events.bills import BillWithdrawn
from domain.returns.money.promising import paid_minor
from domain.words import Grade, Headline
from domain.words_of_money import BillState
from tests.domain.returns.exchanges import DEAR, DIFFERENCE, billed, here, lives, refunded_to_bill
from tests.domain.returns.scenario import Scenario
from tests.domain.returns.shop import LABEL_FEE, LAMP_MINOR
from tests.domain.returns.story import bill_of, exchange, hint, inspection, paid_bill, seen

LAMP = exchange("3", sku="LAMP-XL", price=7_000)
LAMP_DIFFERENCE = 8_330 - LAMP_MINOR


def _one_is_rejected() -> Scenario:
    known = here(billed(exchange(price=DEAR), LAMP))
    rejected = seen("1/1", Grade.UNSALVAGEABLE)
    return known.when(inspection(known, rejected, seen("3/1")))


def test_a_unit_that_drops_out_before_payment_makes_the_bill_smaller() -> None:
    known = _one_is_rejected()
    first = bill_of(known)
    assert known.last(BillWithdrawn).code == "smaller"
    assert known.count("BillPlanned") == 1  # the first one may still be paid
    known = known.settle()
    second = bill_of(known)
    assert known.state.bills[first.instruction_id].state is BillState.CANCELLED
    assert [(part.key, part.amount_minor) for part in second.parts] == [
        ("3/1", LAMP_DIFFERENCE), ("label_fee", LABEL_FEE),
    ]  # fmt: skip
    amounts = [
        n.facts["amount"] for n in known.state.notices.values() if n.template == "payment_due"
    ]
    assert len(set(amounts)) == len(amounts) == 2
    known = known.when(paid_bill(known)).settle()
    assert "ordered" in lives(known)
    assert (known.headline, known.count("OfferMade")) == (Headline.COMPLETED, 0)


def test_paid_while_it_is_being_called_off_it_stands_and_what_is_too_much_goes_back() -> None:
    known = _one_is_rejected()
    known = known.perform("cancel_bill", state="paid", payment_ref="pi_first").settle()
    assert known.count("BillPlanned") == 1
    assert (refunded_to_bill(known), paid_minor(known.state)) == (DIFFERENCE, DIFFERENCE)
    assert known.headline is Headline.COMPLETED


def _links_told(known: Scenario) -> int:
    return sum(note.template == "payment_due" for note in known.state.notices.values())


def _link_lapses(known: Scenario) -> Scenario:
    known = known.later(days=1).when(hint(bill_of(known).instruction_id))
    known = known.perform("look_up_bill", state="unknown")
    return known.perform("send_bill", url=f"https://pay.example/{known.now:%d}").settle()


def test_a_link_that_is_renewed_is_told_again_on_the_bills_last_day_alone() -> None:
    known = billed()
    days = (bill_of(known).pay_by - known.now) // timedelta(days=1)
    told = []
    for _ in range(days - 1):
        known = _link_lapses(known)
        told.append(_links_told(known))
    assert told == [1] * (days - 2) + [2]
    assert known.count("BillSent") == days
