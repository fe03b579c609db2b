"""Which goods leave a hub together, for whom, and when such a lot is full: as a policy lists it."""

from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from domain.model import Id, Short, Value
from domain.money import WHOLE_BASIS_POINTS
from domain.policy.recovery import Line
from domain.policy.serving import Hub
from domain.words import Disposition

Days = Annotated[int, Field(ge=1, le=365)]
Counterparty = Annotated[str, Field(max_length=30, pattern=r"^$|^[A-Za-z0-9][A-Za-z0-9._@+-]*$")]
"""It is a part of a lot's id, as the hub is."""
LONGEST_HUB = 30

_MOVED_ON = frozenset({Disposition.RESTOCK, Disposition.RESALE_HOLD})
_NOWHERE = frozenset({Disposition.RETURN_TO_CUSTOMER, Disposition.QUARANTINE})


class _Gathering(Value):
    """What a rule and the terms that are picked by it have in common.

    Attributes:
        channel: `partner`: asked by machine, and looked up; else people tell.
        closes_at_units: So many units fill a lot.
        closes_at_grams: So much weight fills it; none: any weight.
        closes_after_days: So old it is closed, however little is in it.
        agree_days: Within which a person agrees it with whoever takes it.
        send_days: Within which the hub hands it over.
        answer_days: Within which they pay, prove, grade or count it.
        credit_bp: What of the price paid a vendor credits.
        carrier: With whom a consolidation travels; its service beside it.
        account: The contract by which that is bought; none: the one for most.
    """

    disposition: Disposition
    channel: Literal["partner", ""] = ""
    closes_at_units: Annotated[int, Field(ge=1, le=1_000)] = 100
    closes_at_grams: Annotated[int, Field(ge=1)] | None = None
    closes_after_days: Days = 14
    agree_days: Days = 5
    send_days: Days = 5
    answer_days: Days = 30
    credit_bp: Annotated[int, Field(ge=0, le=WHOLE_BASIS_POINTS)] = WHOLE_BASIS_POINTS
    carrier: Short = ""
    service: Short = ""
    account: Id | None = None


class LotRule(_Gathering):
    """Goods of one disposition that go to somebody together, or on to another warehouse (`to`)."""

    counterparty: Counterparty = ""
    to: Counterparty = ""
    categories: tuple[Short, ...] = ()  # for these alone; none named: for any
    hubs: tuple[Id, ...] = ()  # at these alone; none named: at any

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.disposition in _NOWHERE:
            raise ValueError(f"disposition: {self.disposition} leaves in no lot")
        if bool(self.to) == bool(self.counterparty):
            raise ValueError("counterparty: give either it, or a warehouse that goods go on to")
        if bool(self.to) != (self.disposition in _MOVED_ON):
            raise ValueError("to: what is sold again goes on to a warehouse, and nothing else does")
        if self.to and self.channel and not (self.carrier and self.service):
            raise ValueError("carrier: a consolidation by machine names its carrier and service")
        return self


class LotTerms(_Gathering):
    """A rule as it was agreed for one return's hub."""

    counterparty: Counterparty
    destination: Hub | None = None  # the other warehouse, of a consolidation
    lines: tuple[Id, ...] = ()  # the order's lines whose units it takes

    def takes(self, disposition: Disposition | None, line_id: str) -> bool:
        """Whether a unit of that line that goes there is gathered by it."""
        return disposition is self.disposition and line_id in self.lines


def lots_at(
    rules: Iterable[LotRule], hub: Hub, hubs: Iterable[Hub], lines: Iterable[Line]
) -> tuple[LotTerms, ...]:
    """Pick the rules that hold at a hub for some line; what is where it belongs goes nowhere."""
    known = {each.warehouse: each for each in hubs}
    listed = {line.line_id: line.category for line in lines}
    picked = (
        LotTerms(
            **rule.model_dump(exclude={"to", "hubs", "categories", "counterparty"}),
            counterparty=rule.to or rule.counterparty,
            destination=known.get(rule.to),
            lines=tuple(
                line_id
                for line_id, category in listed.items()
                if not rule.categories or category in rule.categories
            ),
        )
        for rule in rules
        if rule.to != hub.warehouse and (not rule.hubs or hub.warehouse in rule.hubs)
    )
    return tuple(terms for terms in picked if terms.lines)
