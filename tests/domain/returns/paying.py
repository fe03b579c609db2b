"""What providers say of bills and holds to a wanderer, and customers who pay."""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.agenda import Step
from domain.returns.decider import Command
from tests.domain.returns.partners import answer
from tests.domain.returns.scenario import Scenario
from tests.domain.returns.wishing import Pick

Saying = Callable[[Scenario], Command]


class Walker(Protocol):
    """What this needs of a wanderer."""

    known: Scenario
    pick: Pick

    def report(self, kind: type[Any], **fields: Any) -> Saying:
        """A report of what was seen in the last days, or just now."""


COLLECTING = frozenset(
    {
        *("send_bill", "look_up_bill", "cancel_bill", "track"),
        *("place_hold", "look_up_hold", "release_hold", "take_hold"),
    }
)


def collecting(pick: Pick, step: Step, known: Scenario) -> n.Note:
    """What they say to a step about a bill, a hold or a parcel on a bad day."""
    if step.performs == "track":
        status = pick(["", "scanned", "delivered", "lost"])
        seen = (n.Seen(status=status, occurred_at=known.now),) if status else ()
        return answer(step, known.state, known.now, seen=seen)
    if step.performs.endswith("bill"):
        said = pick(["paid", "paid", "expired", "cancelled", "unknown"])
        return answer(step, known.state, known.now, state=said, payment_ref=ref(step.subject))
    said = pick(["refused", "requires_action", "released", "unknown", "held", "taken"])
    told = {"payment_ref": ref(step.subject)} if said == "taken" else {}
    return answer(step, known.state, known.now, state=said, reason="so", amount=None, **told)


def ref(instruction_id: str) -> str:
    return f"pi_{instruction_id[:8]}"


def payer(w: Walker) -> Iterator[Saying]:
    """The customer pays, in time or not, and somebody says so."""
    for bill in w.known.state.bills.values():
        key = bill.instruction_id
        yield w.report(c.ReportPayout, instruction_id=key)
        paid = n.NoteBill(instruction_id=key, state="paid", payment_ref=ref(key))
        yield lambda _k, paid=paid: paid  # type: ignore[misc]
    for key in w.known.state.holds:
        yield w.report(c.ReportPayout, instruction_id=key)
        lapsed = n.NoteHold(instruction_id=key, state="released", reason="expired")
        yield lambda _k, lapsed=lapsed: lapsed  # type: ignore[misc]
