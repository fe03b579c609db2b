"""What bodies look like, for the OpenAPI document: made from what really reads them.

The routes read their bodies themselves, as the return does: a misfit is then told in the same
words at every door.
"""

from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api.examples import EXAMPLES, LOT_EXAMPLES
from api.problems import ProblemDetails
from api.wishes import EndingWish, ErasureWish, LinkWish
from domain.lots.commands import LOT_UPDATES
from domain.returns.asking.request import ReturnRequest
from domain.returns.commands import SIGNALS, UPDATES
from domain.subscriptions.wishes import ReplayWish, RotationWish, SubscriptionWish

_REF = "#/components/schemas/{model}"
_OURS = ("request_id", "actor")
"""What comes from the headers."""


_REPORTS = ("report_receipt", "report_inspection")

_WISHES: tuple[type[BaseModel], ...] = (
    SubscriptionWish, RotationWish, ReplayWish, LinkWish, ErasureWish, EndingWish
)  # fmt: skip


def _models() -> list[type[BaseModel]]:
    asked = [model for name, model in UPDATES.items() if name != "open"]
    reports = (SIGNALS[name] for name in _REPORTS)
    return [ReturnRequest, *asked, *reports, *LOT_UPDATES.values(), *_WISHES]


@cache
def components() -> dict[str, Any]:
    """Give the schemas that the bodies refer to, by name."""
    wanted = [(model, "validation") for model in _models()]
    _, found = models_json_schema(wanted, ref_template=_REF)  # type: ignore[arg-type]
    schemas: dict[str, Any] = found["$defs"]
    for model in _models():
        schema = schemas[model.__name__]
        for field in _OURS:
            schema["properties"].pop(field, None)
        left = [name for name in schema.get("required", ()) if name not in _OURS]
        schema["required"] = left
        if not left:
            del schema["required"]
    schemas[ProblemDetails.__name__] = ProblemDetails.model_json_schema()
    return schemas


def shape_of_request() -> dict[str, Any]:
    """Describe the body that opens a return."""
    return _body(ReturnRequest, EXAMPLES["open"])


def shape_of_ask(update: str) -> dict[str, Any]:
    """Describe the body of an update."""
    return _body(UPDATES[update], EXAMPLES[update])


def shape_of_lot_ask(update: str) -> dict[str, Any]:
    """Describe the body of a lot's update."""
    return _body(LOT_UPDATES[update], LOT_EXAMPLES[update])


def shape_of_report(signal: str) -> dict[str, Any]:
    """Describe the body by which a warehouse tells something."""
    return _body(SIGNALS[signal], EXAMPLES[signal])


def shape_of_wish(model: type[BaseModel]) -> dict[str, Any]:
    """Describe the body of a route that is no command of a return or a lot."""
    return _body(model, EXAMPLES[model.__name__])


def shape_of_document() -> dict[str, Any]:
    """Describe an EPCIS document: its own schema is GS1's."""
    schema = {"type": "object", "description": "An EPCIS 2.0 document in JSON, of GS1's schema"}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _body(model: type[BaseModel], example: object) -> dict[str, Any]:
    schema = {"$ref": _REF.format(model=model.__name__)}
    content = {"application/json": {"schema": schema, "example": example}}
    return {"requestBody": {"required": True, "content": content}}
