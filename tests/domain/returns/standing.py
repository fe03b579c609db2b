"""A return in which one thing stands as a test wants it: what was recorded, told by hand."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

from domain.returns.evolve import fold
from domain.returns.lifecycle import Life
from domain.returns.state import ReturnState
from domain.words import Authorisation
from tests.domain.returns.stored import event_of, sample

UNIT, PARCEL, STRAY, OFFER, NOTICE = "1/1", "P1", "S1", "O1", "N1"
LABEL = sample("LabelPurchased").model_dump()["label_id"]
INSTRUCTION = sample("PayoutPlanned").model_dump()["instruction_id"]
BILL = sample("BillPlanned").model_dump()["instruction_id"]
HOLD = sample("HoldPlanned").model_dump()["instruction_id"]

WHERE: Mapping[str, tuple[str, str, str]] = {
    "logistics": ("parcels", PARCEL, "logistics"),
    "label": ("labels", LABEL, "life"),
    "receipt": ("units", UNIT, "receipt"),
    "decision": ("units", UNIT, "decision"),
    "money": ("payouts", INSTRUCTION, "state"),
    "bill": ("bills", BILL, "state"),
    "hold": ("holds", HOLD, "state"),
}
"""By axis: among which things, which of them, and in which field it is told."""

_STORY = (
    "ReturnRequested", "PolicyEvaluated", "QuoteIssued", "ReturnApproved(full)",
    "ParcelPlanned(label)", "LabelPurchased", "UnexpectedUnitReceived", "PayoutPlanned",
    "BillPlanned", "HoldPlanned", "OfferMade", "NoticePlanned", "Escalated",
)  # fmt: skip

KNOWN = fold(event_of(move) for move in _STORY)
"""One thing of every kind that the golden events speak of."""


def having(axis: str, state: StrEnum | None) -> ReturnState:
    """The known return, its one thing on that axis in that state, or not there at all."""
    if axis in {"life", "authorisation"}:
        changes: dict[str, Any] = {axis: state}
        return replace(KNOWN, **changes)
    collection, key, field = WHERE[axis]
    things: dict[str, Any] = dict(getattr(KNOWN, collection))
    if state is None:
        del things[key]
    else:
        things[key] = replace(things[key], **{field: state})
    changes = {collection: things}
    return replace(KNOWN, **changes)


def seen(axis: str, state: ReturnState) -> StrEnum | None:
    """How the one thing on that axis stands in a return."""
    if axis in {"life", "authorisation"}:
        found: StrEnum | None = getattr(state, axis)
        return found
    collection, key, field = WHERE[axis]
    thing = getattr(state, collection).get(key)
    return None if thing is None else getattr(thing, field)


def approved(**changes: Any) -> ReturnState:
    """An approved, open return without a parcel, a label or a verdict, but for these changes."""
    fields: dict[str, Any] = {"life": Life.OPEN, "authorisation": Authorisation.APPROVED,
                              "parcels": {}, "labels": {}}  # fmt: skip
    return replace(KNOWN, **{**fields, **changes})
