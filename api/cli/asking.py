"""What customers and staff ask of a return on its way, and get an answer to."""

from collections.abc import Mapping
from typing import Annotated, Any

from cyclopts import App, Parameter

from api.cli.desk import COMMON, WORD, Common, Desk, Exit, UsageError, at_desk
from api.cli.files import File, read_one
from api.cli.opening import told
from domain.channels import Wish
from domain.returns.commands import UPDATES
from domain.words import Method, Resolution

app = App()

Units = Annotated[tuple[str, ...], Parameter(name="--unit", negative="")]


@app.command
def ask(
    return_id: str,
    update: str,
    file: File,
    *,
    request_id: str | None = None,
    common: Common = COMMON,
) -> int:
    """Ask a return anything, by the name of an update and its fields in FILE.

    Args:
        return_id: Which return.
        update: Such as approve or choose_method.
        file: The fields in JSON; - is standard input.
        request_id: The id under which it counts once, if the fields do not say it.
        common: What every command takes.
    """
    name = update.replace("-", "_")

    async def work(desk: Desk) -> Exit:
        if name not in UPDATES:
            raise UsageError(f"{update}: there is no such update; choose {', '.join(UPDATES)}")
        body = read_one(file)
        answer = await desk.returns.ask(desk.tenant, return_id, name, body, request_id)
        return told(desk, [answer], many=False)

    return at_desk(common, work)


@app.command
def approve(return_id: str, *, unit: Units = (), because: str = "", common: Common = COMMON) -> int:
    """Say yes to a request, to late goods, or to units that wait for a decision."""
    return ask_return(common, return_id, "approve", {"units": list(unit), "because": because})


@app.command
def decline(return_id: str, *, because: str, unit: Units = (), common: Common = COMMON) -> int:
    """Say no to a request, or to units that wait for a decision."""
    return ask_return(common, return_id, "decline", {"units": list(unit), "because": because})


@app.command
def cancel(return_id: str, *, because: str = "", common: Common = COMMON) -> int:
    """The customer keeps the goods."""
    return ask_return(common, return_id, "cancel", {"because": because})


@app.command
def override(
    return_id: str,
    *,
    because: str,
    settles: str = "",
    unit: Units = (),
    resolution: Annotated[Resolution | None, Parameter(name_transform=WORD)] = None,
    share_bp: int = 0,
    carrier: str = "",
    parcel: str = "",
    common: Common = COMMON,
) -> int:
    """Decide otherwise than the policy, or settle a concern; always with a reason.

    Args:
        return_id: Which return.
        because: Why.
        settles: A concern that is settled by this.
        unit: For which units.
        resolution: What is offered to the customer for them instead.
        share_bp: The share of their value, in basis points, if the goods are kept.
        carrier: By which a parcel is to go instead of the one that was chosen for it.
        parcel: Which parcel, where there are several.
        common: What every command takes.
    """
    body: dict[str, Any] = {"because": because, "settles": settles, "units": list(unit)}
    if resolution is not None or share_bp:
        body |= {"resolution": resolution or Resolution.PARTIAL_REFUND, "share_bp": share_bp}
    if carrier:
        body |= {"carrier": carrier, "parcel_id": parcel}
    return ask_return(common, return_id, "override", body)


@app.command
def choose_method(
    return_id: str,
    method: Annotated[Method, Parameter(name_transform=WORD)],
    *,
    parcel: str = "",
    pickup_from: str = "",
    carrier: str = "",
    tracking: str = "",
    common: Common = COMMON,
) -> int:
    """Hand the goods over in another way, or say by which carrier of one's own they go.

    Args:
        return_id: Which return.
        method: One of the ways that were quoted.
        parcel: Which parcel, where there are several.
        pickup_from: The start of one of the slots that were quoted, with its offset.
        carrier: The customer's own carrier.
        tracking: Its tracking number.
        common: What every command takes.
    """
    said = {"pickup_from": pickup_from, "carrier": carrier, "tracking_number": tracking}
    body: dict[str, Any] = {"method": method, "parcel_id": parcel}
    return ask_return(
        common, return_id, "choose_method", body | {key: said[key] for key in said if said[key]}
    )


@app.command
def accept_offer(return_id: str, offer_id: str, *, common: Common = COMMON) -> int:
    """Say yes to another resolution."""
    return ask_return(common, return_id, "accept_offer", {"offer_id": offer_id})


@app.command
def decline_offer(
    return_id: str, offer_id: str, *, because: str = "", common: Common = COMMON
) -> int:
    """Say no to another resolution."""
    return ask_return(
        common, return_id, "decline_offer", {"offer_id": offer_id, "because": because}
    )


@app.command
def correct_address(
    return_id: str, file: File, *, parcel: str = "", common: Common = COMMON
) -> int:
    """Say where the carrier should come to.

    Args:
        return_id: Which return.
        file: The address in JSON; a command line is kept by shells, and it is personal.
        parcel: Which parcel, where there are several.
        common: What every command takes.
    """

    async def work(desk: Desk) -> Exit:
        body = {"address": read_one(file), "parcel_id": parcel}
        answer = await desk.returns.ask(desk.tenant, return_id, "correct_address", body)
        return told(desk, [answer], many=False)

    return at_desk(common, work)


@app.command
def reschedule(
    return_id: str, not_before: str, *, parcel: str = "", common: Common = COMMON
) -> int:
    """Have the carrier come another day.

    Args:
        return_id: Which return.
        not_before: A time with its offset, such as 2026-11-24T09:00:00+01:00.
        parcel: Which parcel, where there are several.
        common: What every command takes.
    """
    body = {"not_before": not_before, "parcel_id": parcel}
    return ask_return(common, return_id, "reschedule_pickup", body)


@app.command
def contact(
    return_id: str, channel: Wish, *, time_zone: str | None = None, common: Common = COMMON
) -> int:
    """Say how the customer wants to be told from now on.

    Args:
        return_id: Which return.
        channel: By mail, by text (sms), or only what they must be told (none).
        time_zone: By whose clock a text would wake them, such as Europe/Paris.
        common: What every command takes.
    """
    body = {"contact": {"channel": channel, "time_zone": time_zone}}
    return ask_return(common, return_id, "choose_contact", body)


@app.command
def feedback(return_id: str, rating: int, *, note: str = "", common: Common = COMMON) -> int:
    """What the customer thought of it, from 1 to 5."""
    return ask_return(common, return_id, "give_feedback", {"rating": rating, "note": note})


def ask_return(common: Common, return_id: str, update: str, body: Mapping[str, Any]) -> int:
    """Ask, and show the answer."""

    async def work(desk: Desk) -> Exit:
        answer = await desk.returns.ask(desk.tenant, return_id, update, body)
        return told(desk, [answer], many=False)

    return at_desk(common, work)
