"""Conditions as data: what a rule asks of the named facts of one requested unit."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from domain.model import Minor, Short, Value
from domain.money import Currency

TextFact = Literal[
    "reason",
    "fault",
    "category",
    "sku",
    "country",  # where the goods were sent
    "ship_from",
    "customer_group",
    "resolution",
    "method",
    "currency",
]
FlagFact = Literal["final_sale", "delivered", "has_evidence", "cross_border"]
CountFact = Literal[
    "days_since_delivery",  # whole days, 0 until delivered; from the purchase if never told
    "units_in_return",
    "parcels",
    "earlier_units",  # of this order, held by other returns
]
MoneyFact = Literal["unit_value_minor", "return_value_minor", "order_value_minor"]
Fact = Literal[TextFact, FlagFact, CountFact, MoneyFact]

Facts = Mapping[str, str | int | bool]
"""What is known of a unit, by the names above; money in minor units of the order's currency."""

Amounts = Annotated[dict[Currency, Minor], Field(min_length=1)]


class Condition(Value):
    """Either `all` or `any` of further conditions, or one `fact` and one question about it.

    A text answers to `eq` and `in`, a flag to `eq`, a count to `eq`, `gte` and `lte`, an
    amount to `gte` and `lte` with a limit per currency: `{"EUR": 50000, "JPY": 80000}`.
    """

    all_of: Annotated[tuple["Condition", ...] | None, Field(alias="all", min_length=1)] = None
    any_of: Annotated[tuple["Condition", ...] | None, Field(alias="any", min_length=1)] = None
    fact: Fact | None = None
    eq: str | int | bool | None = None
    one_of: Annotated[tuple[Short, ...] | None, Field(alias="in", min_length=1)] = None
    gte: int | Amounts | None = None
    lte: int | Amounts | None = None

    @model_validator(mode="after")
    def _asks_one_question(self) -> Self:
        nested = [name for name in ("all_of", "any_of") if getattr(self, name) is not None]
        asked = [name for name in _QUESTIONS if getattr(self, name) is not None]
        if self.fact is None:
            if len(nested) != 1 or asked:
                raise ValueError("expected `all`, `any`, or a `fact` with one question about it")
            return self
        if nested or len(asked) != 1:
            raise ValueError(f"expected one of {_told(_QUESTIONS)} about {self.fact}")
        if type(getattr(self, asked[0])) is not _allowed(self.fact).get(asked[0]):
            raise ValueError(f"{self.fact} does not answer to {_told(asked)} of this type")
        return self


_QUESTIONS = ("eq", "one_of", "gte", "lte")


def holds(condition: Condition, facts: Facts) -> bool:
    """Say whether a condition is true of the facts.

    A limit per currency that does not name the order's currency is not met.
    """
    if condition.all_of is not None:
        return all(holds(part, facts) for part in condition.all_of)
    if condition.any_of is not None:
        return any(holds(part, facts) for part in condition.any_of)
    value = facts[str(condition.fact)]
    if condition.one_of is not None:
        return value in condition.one_of
    if condition.eq is not None:
        return value == condition.eq
    for question in (condition.gte, condition.lte):
        limit = question.get(str(facts["currency"])) if isinstance(question, dict) else question
        if limit is not None and not isinstance(value, str):
            return value >= limit if condition.gte is not None else value <= limit
    return False


def parts_of(condition: Condition) -> Iterator[Condition]:
    """Walk through a condition and everything inside it."""
    yield condition
    for part in (*(condition.all_of or ()), *(condition.any_of or ())):
        yield from parts_of(part)


def facts_named(condition: Condition, facts: Facts) -> dict[str, str | int | bool]:
    """Pick the facts that a condition looks at, so that its rule can show what it saw."""
    named = {str(part.fact) for part in parts_of(condition) if part.fact is not None}
    return {name: value for name, value in facts.items() if name in named}


def _allowed(fact: str) -> dict[str, type]:
    """Say which questions a fact answers to, and with what type."""
    if fact in get_args(TextFact):
        return {"eq": str, "one_of": tuple}
    if fact in get_args(FlagFact):
        return {"eq": bool}
    if fact in get_args(CountFact):
        return {"eq": int, "gte": int, "lte": int}
    return {"gte": dict, "lte": dict}


def _told(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"`{'in' if name == 'one_of' else name}`" for name in names)
