"""What is sent to open a return: whose, which, and the body, read and checked."""

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from api.client.bodies import checked_ask, checked_key, request_id_of, return_id_of
from api.client.temporal import Which
from domain.refusal import Refused
from domain.returns.asking.request import ReturnRequest
from domain.returns.commands import Open, Who

Request = Mapping[str, Any] | ReturnRequest


class Opening(NamedTuple):
    """A request that can be sent."""

    which: Which
    ask: Open
    raw: bytes


def opening_of(
    request: Request, *, tenant: str | None, request_id: str | None, actor: Who
) -> Opening | Refused:
    """Complete a request by the ids that it leaves to us, and check it."""
    said = _plain(request)
    whose = tenant or _tenant_of(said)
    if not whose:
        return Refused(
            code="invalid", because="tenant: name it, or send the order with the request"
        )
    request_id = request_id or request_id_of(whose, said)
    if said.get("return_id") is None:
        said["return_id"] = return_id_of(whose, request_id)
    body = {"request_id": request_id, "actor": actor, "request": said}
    checked = checked_ask("open", body)
    if isinstance(checked, Refused):
        return checked
    ask, raw = cast("Open", checked[0]), checked[1]
    return_id = ask.request.return_id or ""
    return checked_key(whose, return_id) or Opening(_which(whose, return_id, ask.request), ask, raw)


def _plain(request: Request) -> dict[str, Any]:
    if isinstance(request, ReturnRequest):
        said: dict[str, Any] = request.model_dump(mode="json", exclude_none=True)
        return said
    return dict(request)


def _tenant_of(request: Mapping[str, Any]) -> str:
    order = request.get("order")
    tenant = order.get("tenant") if isinstance(order, Mapping) else None
    return tenant if isinstance(tenant, str) else ""


def _which(tenant: str, return_id: str, request: ReturnRequest) -> Which:
    """What the UI says of a return from its first moment on. No personal data."""
    reasons = ", ".join(sorted({line.reason.replace("_", " ") for line in request.lines}))
    return Which(
        tenant,
        return_id,
        summary=f"Return {return_id} of order {request.order_id}",
        details=f"- order: {request.order_id}\n- by: {request.method.replace('_', ' ')}\n"
        f"- because: {reasons}",
    )
