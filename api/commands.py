"""What returns can be asked to do. The answer is what was recorded, not what was intended.

The same `Idempotency-Key` acts once: sent again with the same body it gets the same answer,
with another body a 409. Who asks follows from the credentials alone; a backend may ask on
behalf of a customer, whom it names in `On-Behalf-Of`.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import BaseModel, ValidationError

from api.access.allowed import allowed
from api.access.caller import Caller, NotProven
from api.access.rights import Role
from api.bodies import read_object, read_wish
from api.client.answers import Answer, Quoted
from api.client.opening import opening_of
from api.doors import Behind, Doors
from api.once import take_key
from api.problems import PROBLEMS, Problem, refusal, unknown_return
from api.returns import ReturnId
from api.shapes import shape_of_ask, shape_of_request, shape_of_wish
from api.wishes import LinkWish
from domain.refusal import Refused
from domain.returns.commands import UPDATES, Who

router = APIRouter(tags=["commands"], responses=PROBLEMS)

_KEY_PATTERN = r"^[\x21-\x7e]+$"
IdempotencyKey = Annotated[str, Header(min_length=1, max_length=200, pattern=_KEY_PATTERN)]
OnBehalfOf = Annotated[
    str, Header(pattern=r"^(customer:[A-Za-z0-9][A-Za-z0-9._@+-]{0,99})?$", max_length=120)
]


class Asking(NamedTuple):
    """Who asks, for which merchant, and the id under which it is done once."""

    tenant: str
    actor: Who
    request_id: str


def asking_to(operation: str) -> Callable[..., Awaitable[Asking]]:
    """Make what the route of a command depends on."""

    async def find(
        caller: Annotated[Caller, Depends(allowed(operation))],
        idempotency_key: IdempotencyKey,
        on_behalf_of: OnBehalfOf = "",
    ) -> Asking:
        return Asking(caller.tenant, _actor(caller, on_behalf_of), idempotency_key)

    return find


class Link(BaseModel):
    """What opens one return for its customer: sent as `Authorization: Bearer …`."""

    token: str
    expires_at: str


@router.post("/v1/quotes", openapi_extra=shape_of_request())
async def quote(
    request: Request, behind: Behind, caller: Annotated[Caller, Depends(allowed("quote"))]
) -> Quoted:
    """Say what a return would bring if it were opened now. Nothing is recorded."""
    quoted = await behind.returns.quote(await read_object(request), tenant=caller.tenant)
    if not quoted.accepted:
        raise refusal(quoted.code, quoted.because)
    return quoted


@router.post("/v1/returns", status_code=201, openapi_extra=shape_of_request())
async def open_return(
    request: Request,
    response: Response,
    behind: Behind,
    asking: Annotated[Asking, Depends(asking_to("open"))],
) -> Answer:
    """Open a return: the decision and the quote come back in one answer.

    A return that the policy declines is an answer too (`code` says `declined`), because it was
    recorded and can be overridden. Without a `return_id` one is made from the key.
    """
    body = await read_object(request)
    opening = opening_of(
        body, tenant=asking.tenant, request_id=asking.request_id, actor=asking.actor
    )
    if isinstance(opening, Refused):  # the key is still good for the body that was meant
        raise refusal(opening.code, opening.because)
    await take_key(behind.pool, asking.tenant, asking.request_id, body)
    answer = await behind.returns.open(
        body,
        tenant=asking.tenant,
        request_id=asking.request_id,
        actor=asking.actor,
    )
    _or_problem(answer)
    response.headers["Location"] = f"/v1/returns/{answer.return_id}"
    return answer


@router.post(
    "/v1/returns/{return_id}/links", status_code=201, openapi_extra=shape_of_wish(LinkWish)
)
async def make_link(
    return_id: ReturnId,
    request: Request,
    behind: Behind,
    caller: Annotated[Caller, Depends(allowed("link"))],
) -> Link:
    """Make a link by which the customer comes to this return, and to no other."""
    wish = await read_wish(LinkWish, request)
    state = (await behind.known(caller.tenant, return_id)).state
    if not state.version:
        raise unknown_return(return_id)
    until = await behind.clock.now() + timedelta(hours=wish.hours)
    try:
        token = behind.links.make(caller.tenant, return_id, state.customer_id, until)
    except NotProven as unset:
        raise Problem(409, "no_links", str(unset)) from unset
    return Link(token=token, expires_at=until.isoformat())


def _asking(update: str) -> Callable[..., Awaitable[Answer]]:
    """Make the route of one update."""

    async def ask(
        return_id: ReturnId,
        request: Request,
        behind: Behind,
        asking: Annotated[Asking, Depends(asking_to(update))],
    ) -> Answer:
        body = await read_object(request)
        leave_out(body)
        await _must_exist(behind, asking.tenant, return_id)
        answer = await behind.returns.ask(
            asking.tenant, return_id, update, body, asking.request_id, actor=asking.actor
        )
        _or_problem(answer)
        return answer

    ask.__doc__ = (UPDATES[update].__doc__ or "").strip()
    return ask


for _name in sorted(set(UPDATES) - {"open"}):
    router.add_api_route(
        f"/v1/returns/{{return_id}}/{_name}",
        _asking(_name),
        methods=["POST"],
        name=_name,
        openapi_extra=shape_of_ask(_name),
    )


def leave_out(body: Mapping[str, Any]) -> None:
    """What the door itself says is not said in a body too."""
    for field, header in (("request_id", "Idempotency-Key"), ("actor", "Authorization")):
        if field in body:
            raise refusal("invalid", f"{field}: is not taken from the body, but from {header}")


def _actor(caller: Caller, on_behalf_of: str) -> Who:
    """Who asks. Only a shop's own backend may say that it was a customer."""
    if not on_behalf_of:
        return caller.who
    if caller.role is not Role.BACKEND:
        raise Problem(403, "not_allowed", f"a {caller.role} asks on behalf of nobody else")
    try:
        return Who(kind="customer", id=on_behalf_of.removeprefix("customer:"))
    except ValidationError as misfit:
        raise refusal("invalid", "On-Behalf-Of: expected customer:<their id>") from misfit


async def _must_exist(behind: Doors, tenant: str, return_id: str) -> None:
    """A question to no return would start a workflow that has nothing to do."""
    if not (await behind.known(tenant, return_id)).version:
        raise unknown_return(return_id)


def _or_problem(answer: Answer) -> None:
    if not answer.accepted:
        raise refusal(answer.code, answer.because)
