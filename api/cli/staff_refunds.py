"""`orders refund …`: money that staff give back without a return, and who lets it go."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import uuid4

from cyclopts import App, Parameter

from api.cli.desk import COMMON, Common, Desk, Exit, UnreadableError, UsageError, at_desk
from api.cli.said import command_of, order_id_of
from domain.orders.events import FundsPart
from domain.orders.refunds import commands as c
from domain.orders.refunds.messages import RefundStanding
from domain.refusal import Refused

refunds = App()


@refunds.command
def refund(
    order_id: str,
    *,
    part: Annotated[tuple[str, ...], Parameter(negative="")],
    because: str,
    instruction_id: str | None = None,
    tender: str | None = None,
    common: Common = COMMON,
) -> int:
    """Give money back without a return: through the payment's own provider, under every cap.

    From the policy's limit on, two other people have to say yes first: orders refund-approve.
    What was paid in cash or by bank transfer is handed over by a person: orders refund-paid.

    Args:
        order_id: Which order.
        part: KEY=MINOR, such as unit:1:2=1190, duties:1:2=300 or shipping=500.
        because: Why.
        instruction_id: The id under which it counts once; made, and told, without it.
        tender: From which tender; needed where the order has several.
        common: What every command takes.
    """
    key = instruction_id or str(uuid4())
    said = {"tender_id": tender, "because": because}
    return _ask(common, order_id, key, "refund", lambda: {**said, "parts": _parts(part)})


@refunds.command
def refund_approve(
    order_id: str, instruction_id: str, *, because: str = "", common: Common = COMMON
) -> int:
    """Say yes to a refund that is held. Who asked for it has no say, and nobody has two."""
    return _ask(common, order_id, instruction_id, "approve", lambda: {"because": because})


@refunds.command
def refund_decline(
    order_id: str, instruction_id: str, *, because: str, common: Common = COMMON
) -> int:
    """Say no to a refund that was not sent; or that one paid by hand came back."""
    return _ask(common, order_id, instruction_id, "decline", lambda: {"because": because})


@refunds.command
def refund_paid(
    order_id: str, instruction_id: str, *, reference: str, common: Common = COMMON
) -> int:
    """Say that a refund was handed over by a person, under this reference of the bank's or till's."""
    return _ask(common, order_id, instruction_id, "paid", lambda: {"payout_ref": reference})


def _ask(
    common: Common, order_id: str, key: str, kind: str, said: Callable[[], dict[str, Any]]
) -> int:
    async def work(desk: Desk) -> Exit:
        who = desk.returns.orders.refunds.actor.model_dump()
        body = {**said(), "instruction_id": key, "actor": who, "request_id": uuid4().hex}
        asked: c.StaffAsk = command_of(c.STAFF_ASKS[kind], body)
        refunds = desk.returns.orders.refunds
        standing = await refunds.ask(desk.tenant, order_id_of(order_id), kind, asked)
        if not standing.accepted:
            raise UnreadableError(Refused(code=standing.code, because=standing.because))
        told = standing.model_dump(mode="json", exclude={"details"})
        desk.say(_lines(key, standing), {"instruction_id": key, **told})
        return Exit.DONE

    return at_desk(common, work)


def _lines(key: str, standing: RefundStanding) -> list[str]:
    step = standing.step
    if step is None:
        return [f"{key} is {standing.state}"]
    turn = f"{step.actor} must {step.action} by {step.due_at:%Y-%m-%d %H:%M} UTC"
    return [f"{key} is {standing.state}: {step.summary}", turn]


def _parts(texts: tuple[str, ...]) -> list[dict[str, Any]]:
    return [_part(text) for text in texts]


def _part(text: str) -> dict[str, Any]:
    key, _, amount = text.partition("=")
    if not amount.isascii() or not amount.isdigit():
        raise UsageError(f"--part {text}: expected KEY=MINOR, such as unit:1:2=1190")
    return FundsPart.model_construct(key=key, amount_minor=int(amount)).model_dump()
