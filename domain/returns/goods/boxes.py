"""Which parcel a box is that came to the dock.

One whose number can be read is the parcel of that number. One without is a parcel that nobody
has seen by its number: of several the first, as long as no other box turns out to be that one.
So it does not matter which of them was reported first.
"""

from collections.abc import Iterator

from domain.returns import commands as c
from domain.returns.events import ParcelReceiptRetracted, ParcelReceived
from domain.returns.state import Parcel, ReturnState
from domain.returns.unfolding import Unfolding


def came(u: Unfolding, report: c.ReportReceipt) -> str:
    """Record that the box has come; gives which parcel it is."""
    number = report.parcel.tracking_number
    parcel_id = _of_number(u.state, number or _read(u.state, report.corrects))
    u.happened(
        ParcelReceived(
            occurred_at=report.occurred_at,
            parcel_id=parcel_id or _box(u.state, number),
            tracking_number=number,
            warehouse=report.warehouse,
            receipt_id=report.message_id,
            corrects=report.corrects,
        )
    )
    settle_boxes(u, report)
    return next(key for key, one in u.state.parcels.items() if report.message_id in one.receipts)


def settle_boxes(u: Unfolding, report: c.ReportReceipt) -> None:
    """Boxes without a number are the parcels that no other box is, in order."""
    state = u.state
    if not state.nameless:
        return
    where = {one: key for key, parcel in state.parcels.items() for one in parcel.receipts}
    free = _free(state)
    for since, receipt_id in sorted(
        (state.nameless[one], one) for one in where if one in state.nameless
    ):
        was = where[receipt_id]
        parcel_id = _of_number(state, _read(state, receipt_id)) or next(free, "")
        if not parcel_id:
            parcel_id = was if _is_extra(state.parcels[was]) else _another(u.state)
        if parcel_id != was:
            u.happened(
                ParcelReceived(
                    occurred_at=since,
                    parcel_id=parcel_id,
                    tracking_number="",
                    warehouse=report.warehouse,
                    receipt_id=receipt_id,
                )
            )
    leave_parcels(u, report)


def leave_parcels(u: Unfolding, report: c.ReportReceipt) -> None:
    """A parcel of which no report stands is where its carrier saw it last."""
    for parcel in list(u.state.parcels.values()):
        if parcel.received_at is not None and not parcel.receipts:
            # A carrier that only said it lost it had it.
            unseen = "never_scanned" if parcel.handed_over_at is None else "in_transit"
            stage = parcel.last_stage or unseen
            told = {"occurred_at": report.occurred_at, "receipt_id": report.message_id}
            u.happened(
                ParcelReceiptRetracted.model_validate(
                    {**told, "parcel_id": parcel.parcel_id, "stage": stage}
                )
            )


def _of_number(state: ReturnState, number: str) -> str:
    known = (one.parcel_id for one in state.parcels.values() if number in one.tracking_numbers)
    return next(known, "")


def _read(state: ReturnState, receipt_id: str) -> str:
    """The number that was read of a box: by this report, else by what it takes the place of."""
    asked = {""}
    while receipt_id not in asked:
        if receipt_id in state.numbers:
            return state.numbers[receipt_id]
        asked.add(receipt_id)
        before = state.corrected.get(receipt_id)
        receipt_id = before.of if before is not None else ""
    return ""


def _box(state: ReturnState, number: str) -> str:
    """A parcel that nobody has seen by its number, and that can be this one; else a new one."""
    free = (state.parcels[parcel_id] for parcel_id in _free(state))
    if number:
        may_be = (parcel for parcel in free if not parcel.tracking_numbers)
    else:
        may_be = (parcel for parcel in free if not parcel.receipts)
    return next((parcel.parcel_id for parcel in may_be), "") or _another(state)


def _free(state: ReturnState) -> Iterator[str]:
    """The announced parcels that nobody has seen by their numbers."""
    boxes = [one for parcel in state.parcels.values() for one in parcel.receipts]
    seen = {_of_number(state, number) for one in boxes if (number := _read(state, one))}
    return (
        key for key, parcel in state.parcels.items() if not _is_extra(parcel) and key not in seen
    )


def _is_extra(parcel: Parcel) -> bool:
    return parcel.method is None


def _another(state: ReturnState) -> str:
    """A parcel that nobody has announced."""
    taken = state.parcels
    return next(f"X{n}" for n in range(1, len(taken) + 2) if f"X{n}" not in taken)
