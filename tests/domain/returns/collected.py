"""What was collected from a customer, and what became of it: from the events alone."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from domain.returns.events import Event, PayoutFailed, PayoutPlanned, PayoutSucceeded, QuoteAdjusted
from domain.returns.events.bills import BillPaid, BillPlanned
from domain.returns.events.holds import HoldTaken
from domain.returns.lifecycle import Life
from domain.words import Resolution
from tests.domain.returns.scenario import Scenario


def is_collected(key: str) -> bool:
    """Whether it names a part of what was collected, and no unit, shipping or fee."""
    return key.startswith("collected:")


@dataclass
class Collected:
    """Payments of the customer's for this return, by the instruction that collected them."""

    asked: dict[str, int] = field(default_factory=dict)
    paid: set[str] = field(default_factory=set)
    promised_back: Counter[str] = field(default_factory=Counter)
    planned: dict[str, PayoutPlanned] = field(default_factory=dict)
    paid_back: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, events: Iterable[Event]) -> "Collected":
        """Add the events up."""
        found = cls()
        for event in events:
            found.add(event)
        return found

    def add(self, event: Event) -> None:
        """One event more."""
        match event:
            case BillPlanned():
                assert event.instruction_id not in self.asked, "an instruction's id is used twice"
                assert event.amount_minor == sum(part.amount_minor for part in event.parts)
                self.asked[event.instruction_id] = event.amount_minor
            case HoldTaken():
                assert event.instruction_id not in self.paid, "it is taken twice"
                self.asked[event.instruction_id] = event.amount_minor
                self.paid.add(event.instruction_id)
            case BillPaid():
                assert event.instruction_id not in self.paid, "it is paid twice"
                self.paid.add(event.instruction_id)
            case QuoteAdjusted() if is_collected(event.key):
                given_up = event.reason in {"written_off", "paid_by_the_bank"}
                assert given_up or event.amount_minor > 0, "what is promised back is not asked for"
                self.promised_back[event.key.split(":")[1]] += event.amount_minor
            case PayoutPlanned():
                self.planned[event.instruction_id] = event
            case PayoutSucceeded():
                self.paid_back.add(event.instruction_id)
            case PayoutFailed():
                self.paid_back.discard(event.instruction_id)
            case _:
                pass

    def went_back(self) -> Counter[str]:
        """What has reached the customer again, of each payment."""
        found: Counter[str] = Counter()
        for key in self.paid_back:
            for part in self.planned[key].parts:
                if is_collected(part.key):
                    found[part.key.split(":")[1]] += part.amount_minor
        return found

    @property
    def total_minor(self) -> int:
        """All that the customer paid more."""
        return sum(self.asked[key] for key in self.paid)

    @property
    def promised_back_minor(self) -> int:
        """All of it that is to go back."""
        return self.promised_back.total()


def collected_is_kept(known: Scenario, collected: Collected) -> None:
    """What was collected is what was sent for it, the label, and what goes back: no cent more."""
    ledger = known.ledger
    assert ledger is not None
    noted = {key: one.amount_minor for key, one in ledger.collected.items()}
    assert noted == {key: collected.asked[key] for key in collected.paid}
    for key, back in collected.promised_back.items():
        given = sum(
            part.amount_minor
            for name, one in ledger.reservations.items()
            if one.live and name not in known.state.payouts
            for part in one.parts
            if part.key == f"collected:{key}"
        )
        assert key in collected.paid, "what nobody paid goes back"
        assert back + given <= noted[key], f"{back} back and {given} sent of {noted[key]}"
    _goes_back_where_it_came_from(collected)
    if known.state.life is Life.COMPLETED:
        assert collected.went_back() == +collected.promised_back
    _nothing_is_sent_unpaid(known, collected)


def _goes_back_where_it_came_from(collected: Collected) -> None:
    for plan in collected.planned.values():
        of = {part.key.split(":")[1] for part in plan.parts if is_collected(part.key)}
        by_a_person = bool(plan.replaces)
        assert by_a_person or not of or of == {plan.tender_id}


def _nothing_is_sent_unpaid(known: Scenario, collected: Collected) -> None:
    for unit in known.state.units.values():
        goods, quoted = unit.replacement, known.state.quoted(unit.id)
        sent = goods is not None and goods.life in {"ordered", "shipped"}
        if not sent or quoted is None:
            continue
        early = unit.resolution is Resolution.ADVANCE_EXCHANGE and not unit.decided_at
        held = any(hold.unit == unit.id for hold in known.state.holds.values())
        assert not early or held, f"{unit.id} was sent first, and nothing was kept ready"
        if not quoted.owed_minor:
            continue
        bills = [key for key, bill in known.state.bills.items() if bill.is_on(unit.id)]
        assert collected.paid & set(bills), f"{unit.id} was sent and never paid for"
