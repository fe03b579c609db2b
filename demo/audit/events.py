"""E: each stream is whole, begins as it must, and goes on only where it may."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby, pairwise

from demo.audit.rows import Books, Difference, Row, Streams

BACKWARDS = timedelta(seconds=60)
"""How far two clocks of ours may be apart."""

BEGINNINGS = {
    "return": "ReturnRequested",
    "order": "OrderRecorded",
    "recovery": "RecoveryOpened",
    "lot": "LotOpened",
    "shelf": "LotBegun",
}

AFTERMATH = frozenset(
    {
        *("NoticePlanned", "CustomerNotified", "ReminderSent", "FeedbackReceived"),
        *("NoticeWithheld", "NoticePostponed", "QuietHoursEnded", "ContactChosen"),
        *("NoticeUndelivered", "NoticeGivenUp"),
        *("PayoutNewsHeard", "PayoutChecked", "ParcelTraced", "ParcelScanned"),
        *("DeadlineCounted", "ExchangeLossBooked"),
        *("BillNewsHeard", "BillChecked", "HoldNewsHeard", "HoldChecked"),
        *("LabelVoidRequested", "LabelVoidSubmitted", "LabelVoided", "LabelVoidRejected"),
        *("PickupCancelled", "ReplacementShipped", "DeadlineMissed", "MessageRejected"),
        *("RecoveryBegun", "RecoveryRecalled", "LotChosen", "LotJoined", "LotLeft", "LotGaveBack"),
        *("ParcelReceived", "DispositionDecided", "UnitMoved", "UnitRestocked"),
        *("UnitInspected", "InspectionRetracted"),
    }
)
"""Late news of a completed return that leaves nobody anything to do."""


def orderly(streams: Streams, _books: Books) -> Iterator[Difference]:
    """Check versions, ids, beginnings, times, and what follows a completion."""
    yield from _ids(streams)
    for stream_id, rows in streams.by_id.items():
        yield from _versions(stream_id, rows)
        yield from _beginning(stream_id, rows)
        yield from _times(stream_id, rows)
        yield from _after_completion(stream_id, rows)


def _ids(streams: Streams) -> Iterator[Difference]:
    seen: dict[str, str] = {}
    for stream_id, rows in streams.by_id.items():
        for row in rows:
            before = seen.setdefault(row.event_id, f"{stream_id} v{row.version}")
            if before != f"{stream_id} v{row.version}":
                yield Difference("E1", stream_id, f"v{row.version} has the event id of {before}")


def _versions(stream_id: str, rows: Sequence[Row]) -> Iterator[Difference]:
    versions = [row.version for row in rows]
    if versions != list(range(1, len(rows) + 1)):
        yield Difference("E1", stream_id, f"versions are {versions}, not 1 to {len(rows)}")


def _beginning(stream_id: str, rows: Sequence[Row]) -> Iterator[Difference]:
    expected = BEGINNINGS.get(stream_id.partition(":")[0])
    if expected is None:
        return
    if rows[0].type != expected:
        yield Difference("E2", stream_id, f"begins with {rows[0].type}, not with {expected}")
    again = [row.version for row in rows[1:] if row.type == "ReturnRequested"]
    if again:
        yield Difference("E2", stream_id, f"is opened again at {again}")


def _times(stream_id: str, rows: Sequence[Row]) -> Iterator[Difference]:
    for before, after in pairwise(rows):
        if after.position <= before.position:
            yield Difference("E4", stream_id, f"v{after.version} stands before v{before.version}")
        if before.recorded_at - after.recorded_at > BACKWARDS:
            yield Difference(
                "E4", stream_id, f"v{after.version} was recorded before v{before.version}"
            )


def _after_completion(stream_id: str, rows: Sequence[Row]) -> Iterator[Difference]:
    """What was decided at once stands together: the news, and the reopening that follows."""
    completed = False
    for cause, batch in groupby(rows, key=lambda row: row.causation_id):
        types = [row.type for row in batch]
        working = [kind for kind in types if kind not in AFTERMATH]
        if completed and working and "ReturnReopened" not in types:
            yield Difference("E3", stream_id, f"{working[0]} after its completion ({cause})")
        if completed and "ReturnCompleted" in types and "ReturnReopened" not in types:
            yield Difference("T1", stream_id, f"is completed twice ({cause})")
        for kind in types:
            if kind in {"ReturnCompleted", "ReturnReopened"}:
                completed = kind == "ReturnCompleted"
