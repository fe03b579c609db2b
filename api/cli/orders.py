"""`orders …`: taking orders in, and what is done about one outside of any return."""

import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, BinaryIO, TextIO
from uuid import uuid4

from cyclopts import App, Parameter
from pydantic import TypeAdapter, ValidationError

from api.cli.desk import COMMON, Common, Desk, Exit, UnreadableError, UsageError, at_desk
from api.cli.files import File, read_one
from api.cli.ledger_pages import as_data, as_lines
from api.cli.said import command_of, order_id_of
from api.cli.staff_refunds import refunds
from api.client.importing import Format, OrderTaken, Tally
from domain.model import Country
from domain.orders import commands as c
from domain.orders.importing.shopify_money import Shop
from domain.refusal import Refused

app = App()
orders = App(name="orders", help="Take orders in, and look after what they have left.")
orders.update(refunds)
app.command(orders)


@orders.command(name="import")
def import_orders(
    file: File,
    *,
    form: Annotated[Format | None, Parameter(name="--format")] = None,
    check: Annotated[bool, Parameter(negative="")] = False,
    ship_from: str = "",
    provider: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    common: Common = COMMON,
) -> int:
    """Take in the orders of FILE, each once; the same file again changes nothing.

    With --json a JSON object a line: one for each order, the sums at the end.

    Args:
        file: JSON, JSON lines or CSV; - is standard input.
        form: json, csv or shopify; without it, what the name ends in.
        check: Only say what would be refused; nothing is asked or recorded.
        ship_from: The country that Shopify orders leave from, where they do not say.
        provider: THEIRS=OURS: which adapter pays back what a gateway of Shopify's took.
        common: What every command takes.
    """
    chosen: Format = form or ("csv" if file.endswith(".csv") else "json")

    async def work(desk: Desk) -> Exit:
        shop = Shop(desk.tenant, _country(ship_from), dict(map(_pair, provider)))
        tally = Tally()
        with _opened(file) as stream:
            if check:
                for taken in desk.returns.orders.check(stream, chosen, shop, only=common.tenant):
                    _show(desk, taken, tally)
            else:
                async for taken in desk.returns.orders.take_in(
                    stream, chosen, shop, only=common.tenant
                ):
                    _show(desk, taken, tally)
        return _end(desk, tally)

    return at_desk(common, work)


@orders.command
def show(order_id: str, *, common: Common = COMMON) -> int:
    """Say what an order has left, and what took the rest."""

    async def work(desk: Desk) -> Exit:
        ledger = await desk.returns.orders.look(desk.tenant, order_id_of(order_id))
        if ledger is None:
            because = f"there is no order {order_id} of {desk.tenant}"
            raise UnreadableError(Refused(code="unknown_order", because=because))
        desk.say(as_lines(ledger), as_data(ledger))
        return Exit.DONE

    return at_desk(common, work)


@orders.command
def outside_refund(order_id: str, file: File, *, common: Common = COMMON) -> int:
    """Record a refund that was made past us, as FILE describes it. It is never refused.

    Args:
        order_id: Which order.
        file: JSON with refund_ref, made_in, occurred_at, tenders, lines, shipping_minor.
        common: What every command takes.
    """
    done = "recorded"
    return _tell(common, order_id, lambda: command_of(c.RecordOutsideRefund, read_one(file)), done)


@orders.command
def outside_refund_back(
    order_id: str, refund_ref: str, *, because: str = "", common: Common = COMMON
) -> int:
    """Say that a refund made past us came back, or was undone."""
    said = {"refund_ref": refund_ref, "because": because, "occurred_at": datetime.now(UTC)}
    done = f"{refund_ref} is free again"
    return _tell(common, order_id, lambda: command_of(c.OutsideRefundCameBack, said), done)


@orders.command
def settle(order_id: str, concern_id: str, *, because: str, common: Common = COMMON) -> int:
    """Say what came of something that went over a cap, once somebody has looked."""
    said = {"concern_id": concern_id, "because": because}
    done = f"{concern_id} is settled"
    return _tell(common, order_id, lambda: command_of(c.SettleConcern, said), done)


@orders.command
def concerns(*, common: Common = COMMON) -> int:
    """List what went over a cap and waits for a person. Every merchant's without --tenant."""

    async def work(desk: Desk) -> Exit:
        waiting = await desk.returns.orders.open_concerns(desk.common.tenant)
        lines = [
            f"{each.tenant}/{each.order_id} {each.concern_id}, by {each.due_at:%Y-%m-%d}: "
            f"{each.because}"
            for each in waiting
        ]
        desk.say(lines or ["nothing waits"], waiting)
        return Exit.DONE

    return at_desk(common, work)


def _tell(common: Common, order_id: str, command: Callable[[], c.OrderCommand], done: str) -> int:
    async def work(desk: Desk) -> Exit:
        told = command()
        outcome = await desk.returns.orders.tell(
            desk.tenant, order_id_of(order_id), told, uuid4().hex
        )
        if outcome.refused is not None:
            raise UnreadableError(outcome.refused)
        raised = [event for event in outcome.events if event.type == "OrderEscalated"]
        lines = [done if outcome.events else "known already"]
        lines += [f"for a person: {getattr(event, 'because', '')}" for event in raised]
        desk.say(lines, {"accepted": True, "events": list(outcome.events)})
        return Exit.DONE

    return at_desk(common, work)


def _pair(text: str) -> tuple[str, str]:
    theirs, sign, ours = text.partition("=")
    if not sign or not theirs or not ours:
        raise UsageError(f"--provider {text}: expected THEIRS=OURS, such as bogus=stripe")
    return theirs, ours


def _country(text: str) -> str:
    try:
        return TypeAdapter(Country).validate_python(text) if text else ""
    except ValidationError:
        raise UsageError("--ship-from: expected a country, such as DE") from None


@contextmanager
def _opened(file: str) -> Iterator[TextIO]:
    """The text of a file, read as it is needed."""
    with ExitStack() as open_files:
        raw: BinaryIO = sys.stdin.buffer
        if file != "-":
            try:
                raw = open_files.enter_context(Path(file).open("rb"))
            except (OSError, ValueError) as absent:  # ValueError: a NUL in its name
                why = getattr(absent, "strerror", None) or "no such name"
                raise UsageError(f"{file}: cannot be read ({why.lower()})") from None
        try:
            yield io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
        except UnicodeDecodeError:
            because = "body: is not UTF-8; what stands before it was taken in"
            raise UnreadableError(Refused(code="not_text", because=because)) from None


def _show(desk: Desk, taken: OrderTaken, tally: Tally) -> None:
    """Say at once what is wrong with an order; for programs, all of it, a line each."""
    tally.count(taken)
    if desk.common.json:
        print(taken.model_dump_json())  # noqa: T201 this is what it is for
        return
    where = f"line {taken.line}: order {taken.order_id or '?'}"
    if taken.outcome == "refused":
        desk.note(f"{where} refused ({taken.code}): {taken.because}")
    for concern in taken.concerns:
        desk.note(f"{where}, for a person: {concern}")


def _end(desk: Desk, tally: Tally) -> Exit:
    found = sum(tally.outcomes.values())
    if not found:
        raise UnreadableError(Refused(code="invalid", because="body: there is no order in it"))
    if desk.common.json:
        told = {**tally.outcomes, "outside_refunds": tally.outside_refunds}
        print(json.dumps({"orders": {**told, "concerns": tally.concerns}}))  # noqa: T201
    else:
        counted = ", ".join(f"{count} {word}" for word, count in sorted(tally.outcomes.items()))
        more = f"{tally.outside_refunds} outside refunds, {tally.concerns} concerns"
        desk.say([f"{found} orders: {counted}; {more}"], None)
    return Exit.REFUSED if tally.outcomes["refused"] else Exit.DONE
