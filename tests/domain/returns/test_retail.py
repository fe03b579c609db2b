"""What was captured is, at every moment, what went back and what may still go back, exactly.

Some hundred orders of a shop, each with its returns, cancellations, exchanges, refunds by
staff and refunds past us, from the first quote to the last payout.
"""

from random import Random

import pytest

from domain.orders import commands as o
from domain.orders.decider import OrderDecision
from domain.orders.decider import decide as decide_order
from domain.orders.events import FundsPart, LineTaken, TenderTaken
from domain.orders.ledger import Ledger
from domain.orders.order import OrderSnapshot
from domain.orders.room import overdrawn, part_caps, room, taken, tender_caps
from domain.returns import commands as c
from domain.returns.money.promising import paid_minor, promised_minor
from domain.words import Reason, Resolution
from tests.domain.orders.orders import STAFF
from tests.domain.returns import retail, story
from tests.domain.returns.finishing import finish
from tests.domain.returns.scenario import MONDAY, Scenario

ORDERS = 300
BATCHES = 10


@pytest.mark.parametrize("batch", range(BATCHES))
def test_of_any_order_nothing_is_lost_and_nothing_is_paid_twice(batch: int) -> None:
    for number in range(batch * ORDERS // BATCHES, (batch + 1) * ORDERS // BATCHES):
        random = Random(f"retail-{number}")
        sold = retail.order(random, number)
        ledger = Ledger(sold.order())
        for nth in range(1, 4):
            ledger = _some_return(random, sold, ledger, nth)
            ledger = _somebody_else(random, ledger, nth)
            _conserves(ledger)


@pytest.mark.parametrize("number", range(0, ORDERS, 3))
def test_who_sends_everything_back_for_a_fault_of_the_merchants_has_everything_back(
    number: int,
) -> None:
    """However it is cut into returns: the last one closes every line, and the shipping."""
    random = Random(f"retail-{number}")
    sold = retail.order(random, number)
    ledger = Ledger(sold.order())
    for nth in range(1, 50):
        free = _free(ledger)
        if not free:
            break
        wanted = retail.wishes(random, free, lambda: Reason.DEFECTIVE)
        money = [each.model_copy(update={"resolution": _MONEY}) for each in wanted]
        if money:
            ledger = _opened(sold, ledger, nth, *money).ledger or ledger
    _conserves(ledger)
    gone = taken(ledger)
    caps = part_caps(ledger)
    units = {key: cap for key, cap in caps.items() if key.startswith("unit:") and cap}
    assert {key: gone.parts[key] for key in units} == units
    assert all(left == 0 for left in room(ledger).lines.values())


_MONEY = Resolution.REFUND_ORIGINAL


def _some_return(random: Random, sold: OrderSnapshot, ledger: Ledger, nth: int) -> Ledger:
    """Some units come back, or nearly: some returns are called off on the way."""
    wanted = retail.wishes(random, _free(ledger), lambda: random.choice(retail.REASONS))
    if not wanted:
        return ledger
    known = _begun(sold, ledger, nth, *wanted)
    if random.random() < 0.2:
        known = known.attempt(story.ask(c.Cancel, because="kept after all"))
    known = finish(known)
    assert not known.steps, known.actions
    due = promised_minor(known.state) if known.state.is_approved else 0
    assert paid_minor(known.state) == due
    assert known.ledger is not None
    return known.ledger


def _opened(sold: OrderSnapshot, ledger: Ledger, nth: int, *wanted: object) -> Scenario:
    known = finish(_begun(sold, ledger, nth, *wanted))
    assert not known.steps, known.actions
    return known


def _begun(sold: OrderSnapshot, ledger: Ledger, nth: int, *wanted: object) -> Scenario:
    """A return that was asked for; what it is quoted is what its parts add up to."""
    start = Scenario(retail.policy(), ledger=ledger, return_id=f"r-{nth}")
    known = start.when(story.opening(*wanted, snapshot=sold, request_id=f"open-{nth}"))  # type: ignore[arg-type]
    quote = known.state.quote
    if quote is not None:
        spread = sum(share.amount_minor for share in quote.tenders)
        assert spread <= quote.total_minor
        assert quote.total_minor == promised_minor(known.state)
    return known


def _somebody_else(random: Random, ledger: Ledger, nth: int) -> Ledger:
    """Staff give a little back, or a refund was made past us; never more than there is."""
    left = room(ledger)
    tender_id = random.choice([tender.tender_id for tender in ledger.order.tenders])
    key, open_minor = random.choice(sorted(left.parts.items()))
    line = left.lines[key.split(":")[1]] if key != "shipping" else open_minor
    most = min(open_minor, line, left.tenders[tender_id], left.order_minor)
    if not most or key.startswith("duties"):
        return ledger
    amount = random.randint(1, max(1, most // 5))
    command: o.OrderCommand
    if random.random() < 0.5 or key == "shipping":
        part = FundsPart(key=key, amount_minor=amount)
        command = o.RefundByStaff(
            instruction_id=f"s{nth}",
            actor=STAFF,
            request_id="r1",
            tender_id=tender_id,
            parts=(part,),
            because="late",
        )
    else:
        taken_there = TenderTaken(tender_id=tender_id, amount_minor=amount)
        on_line = LineTaken(line_id=key.split(":")[1], amount_minor=amount)
        command = o.RecordOutsideRefund(
            refund_ref=f"o{nth}",
            made_in="shop",
            occurred_at=MONDAY,
            tenders=(taken_there,),
            lines=(on_line,),
        )
    decided = decide_order(ledger, command, MONDAY)
    assert isinstance(decided, OrderDecision), decided
    return decided.ledger


def _conserves(ledger: Ledger) -> None:
    """Each cap is what went and what is left; no order, no tender, no unit gave too much."""
    assert overdrawn(ledger) == ()
    left, gone = room(ledger), taken(ledger)
    for key, cap in part_caps(ledger).items():
        assert left.parts[key] + gone.parts[key] == cap
    for tender, cap in tender_caps(ledger).items():
        assert left.tenders[tender] + gone.tenders[tender] == cap
    assert left.order_minor + gone.order_minor == ledger.order.captured_minor
    of_lines = sum(gone.lines.values()) + gone.parts["shipping"]
    unallocated = sum(refund.told.unallocated_minor for refund in ledger.outside.values())
    assert of_lines + unallocated == gone.order_minor


def _free(ledger: Ledger) -> dict[str, int]:
    """How many units of each line no return holds."""
    held = [line_id for line_id, _ in ledger.claims]
    free = {line.line_id: line.quantity - held.count(line.line_id) for line in ledger.order.lines}
    return {line_id: count for line_id, count in free.items() if count}
