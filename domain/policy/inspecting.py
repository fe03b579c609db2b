"""What an inspector has to look at, by category: checklists as data, and what a no costs.

A deduction counts only where the customer is at fault: what came broken, or broke on its way,
is looked at for its disposition alone.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from domain.model import Id, Short, Text, Value
from domain.money import WHOLE_BASIS_POINTS
from domain.words import Disposition, Grade, Reason


class Check(Value):
    """One question to the inspector. A yes is as it should be."""

    check: Id
    asks: Text
    deduct_bp: Annotated[int, Field(ge=0, le=WHOLE_BASIS_POINTS)] = 0  # of the value, for a no
    reason: Reason | None = None  # what a no says of why it came back
    disposition: Disposition | None = None  # where a no sends it


class Checklist(Value):
    """What is asked of units of some categories; of all others where it names none."""

    rule: Id
    categories: tuple[Short, ...] = ()
    checks: tuple[Check, ...] = ()
    serial: bool = False  # its serial, or its lot, has to be read
    photos_from: Grade | None = None  # from this grade on, at least one photo

    @model_validator(mode="after")
    def _asks_once(self) -> Self:
        asked = [check.check for check in self.checks]
        twice = sorted({name for name in asked if asked.count(name) > 1})
        if twice:
            raise ValueError(f"checks: {twice[0]} is asked twice")
        return self


class Inspecting(Value):
    """All checklists of a policy."""

    checklists: tuple[Checklist, ...] = ()

    def checklist(self, category: str) -> Checklist | None:
        """What is asked of a category: the list that names it, else the one that names none."""
        named = (each for each in self.checklists if category in each.categories)
        general = (each for each in self.checklists if not each.categories)
        return next(named, None) or next(general, None)


class CheckResult(Value):
    """An inspector's answer to one question."""

    check: Id
    passed: bool
    note: Text = ""
