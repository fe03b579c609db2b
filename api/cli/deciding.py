"""What staff decide where goods or money are not as expected: disputes, strays, payouts."""

from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from api.cli.asking import ask_return
from api.cli.desk import COMMON, WORD, Common, Desk, Exit, UsageError, at_desk
from api.cli.opening import told
from domain.words import Disposition

app = App()


@app.command
def dispute(return_id: str, unit: str, *, because: str, common: Common = COMMON) -> int:
    """The customer does not agree with what was decided on a unit."""
    return ask_return(common, return_id, "dispute", {"unit": unit, "because": because})


@app.command
def resolve_dispute(
    return_id: str,
    unit: str,
    outcome: Literal["upheld", "denied"],
    *,
    because: str,
    common: Common = COMMON,
) -> int:
    """Decide on a unit a second time."""
    body = {"unit": unit, "outcome": outcome, "because": because}
    return ask_return(common, return_id, "resolve_dispute", body)


@app.command
def match(
    return_id: str,
    stray_id: str,
    *,
    unit: str = "",
    disposition: Annotated[Disposition | None, Parameter(name_transform=WORD)] = None,
    because: str = "",
    common: Common = COMMON,
) -> int:
    """Say which unit a stray is, or where it goes."""
    body: dict[str, Any] = {"stray_id": stray_id, "unit": unit, "because": because}
    goes = {} if disposition is None else {"disposition": disposition}
    return ask_return(common, return_id, "match_unit", {**body, **goes})


@app.command
def declare_goods(
    return_id: str,
    *,
    goods: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    export_reference: str = "",
    common: Common = COMMON,
) -> int:
    """Say what customs must know of goods that come back over a border.

    Args:
        return_id: Which return.
        goods: LINE=HS-CODE/ORIGIN for each line, such as 1=6403.99/VN.
        export_reference: Of the declaration under which they had left.
        common: What every command takes.
    """

    async def work(desk: Desk) -> Exit:
        body = {"goods": list(map(_goods, goods)), "export_reference": export_reference}
        answer = await desk.returns.ask(desk.tenant, return_id, "declare_goods", body)
        return told(desk, [answer], many=False)

    return at_desk(common, work)


def _goods(text: str) -> dict[str, str]:
    line, sign, known = text.rpartition("=")
    hs_code, slash, origin = known.partition("/")
    if not (sign and slash):
        raise UsageError(f"--goods {text}: expected LINE=HS-CODE/ORIGIN, such as 1=6403.99/VN")
    return {"line_id": line, "hs_code": hs_code, "origin_country": origin.upper()}


@app.command
def unmatch(
    return_id: str, stray_id: str, *, unit: str = "", because: str = "", common: Common = COMMON
) -> int:
    """Take a match back; of several units matched to the stray, that of `--unit`."""
    body = {"stray_id": stray_id, "unit": unit, "because": because}
    return ask_return(common, return_id, "unmatch_unit", body)


@app.command
def release_payout(
    return_id: str, instruction_id: str, *, because: str = "", common: Common = COMMON
) -> int:
    """Let held money go; from the policy's limit on it takes two people, one call each."""
    body = {"instruction_id": instruction_id, "because": because}
    return ask_return(common, return_id, "release_payout", body)


@app.command
def choose_payout(
    return_id: str,
    instruction_id: str,
    destination: Literal["store_credit", "gift_card", "manual", "tender"],
    *,
    tender: str = "",
    because: str = "",
    common: Common = COMMON,
) -> int:
    """Choose another way for money that came back or could not be placed.

    Unless the policy says otherwise, it is an offer that the customer has to accept.
    """
    body = {
        "instruction_id": instruction_id,
        "destination": destination,
        "tender_id": tender,
        "because": because,
    }
    return ask_return(common, return_id, "choose_payout", body)


@app.command
def choose_goods(
    return_id: str,
    unit: str,
    choice: Annotated[Literal["send_back", "leave"], Parameter(name_transform=WORD)],
    *,
    because: str = "",
    common: Common = COMMON,
) -> int:
    """Say whether goods that were not accepted are sent back to the customer, or left."""
    body = {"unit": unit, "choice": choice, "because": because}
    return ask_return(common, return_id, "choose_goods", body)


@app.command
def write_off_payout(
    return_id: str, instruction_id: str, *, because: str, common: Common = COMMON
) -> int:
    """Say that stuck money is not owed any more; it takes two people."""
    body = {"instruction_id": instruction_id, "because": because}
    return ask_return(common, return_id, "write_off_payout", body)
