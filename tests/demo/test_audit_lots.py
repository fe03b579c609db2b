"""A lot and the books of whoever took it: each way in which they may differ is found."""

from typing import Any

import pytest

from demo.audit import Books, Row, Streams
from demo.audit.lots import lots
from tests.demo.tale import completed, moved

LOT = "liquidation.hub-de.jobber.EUR.1"
KEYS = ("R-1:1/1", "R-2:1/1")
TAKEN: list[dict[str, Any]] = [{"kind": "lot_taken", "lot_id": LOT, "key": key} for key in KEYS]
CREDITED: dict[str, Any] = {
    "kind": "lot_credited",
    "lot_id": LOT,
    "payment": "cn_1",
    "amount_minor": 101,
}
MOVED: dict[str, Any] = {"kind": "stock_move", "return_id": LOT, "reference": f"lot:acme:{LOT}:x"}


def event(event_type: str, **data: Any) -> Row:
    any_row = completed().rows[0]
    return moved(any_row, stream_id=f"lot:acme:{LOT}", type=event_type, data=data)


ADDED = [event("UnitAdded", unit={"return_id": key[:3], "unit": key[4:]}) for key in KEYS]
AGREED = event("LotAgreed", by="partner")
PAID = event("LotPaid", payment_ref="cn_1", amount_minor=101)
SETTLED = event(
    "LotSettled", proceeds_minor=101, recovered=[{"amount_minor": 51}, {"amount_minor": 50}]
)
PLACED = event("UnitPlaced", key=KEYS[1])
STORY = [*ADDED, AGREED, PLACED, PAID, SETTLED]
BOOKED: list[dict[str, Any]] = [*TAKEN, MOVED, CREDITED]


def found(rows: list[Row], entries: list[dict[str, Any]]) -> list[str]:
    streams = Streams({f"lot:acme:{LOT}": rows} if rows else {})
    return [f"{one.invariant} {one.because}" for one in lots(streams, Books(warehouse=entries))]


def test_what_both_sides_know_is_no_difference() -> None:
    assert found(STORY, BOOKED) == []


def test_a_unit_that_was_taken_out_before_they_agreed_need_not_be_theirs() -> None:
    out = event("UnitWithdrawn", key=KEYS[1])
    assert found([*ADDED, out, *STORY[2:]], BOOKED[:1] + BOOKED[2:]) == []


@pytest.mark.parametrize(
    ("rows", "entries", "because"),
    [
        ([], BOOKED, "K1 is with somebody, and is no lot of ours"),
        (STORY, BOOKED[1:], f"K1 {KEYS[0]} is in it here, and nobody took it"),
        (STORY, [*BOOKED, TAKEN[0]], f"K1 {KEYS[0]} was taken 2 times, in it: True"),
        (
            STORY,
            [*BOOKED, {**TAKEN[0], "key": "R-3:1/1"}],
            "K1 R-3:1/1 was taken 1 times, in it: False",
        ),
        (STORY, [*TAKEN, CREDITED], "K2 1 units put away here, 0 there"),
        (STORY, [*TAKEN, MOVED], "K3 cn_1: 101 here, None there"),
        (STORY, [*TAKEN, MOVED, {**CREDITED, "amount_minor": 100}], "K3 cn_1: 101 here, 100 there"),
        ([*STORY[:-1], PAID], BOOKED, "K3 cn_1 is booked 2 times"),
        (
            [*STORY[:-1], moved(SETTLED, data={**SETTLED.data, "recovered": []})],
            BOOKED,
            "K3 it brought 101, says 101, shares out 0",
        ),
    ],
)
def test_each_difference_is_found(
    rows: list[Row], entries: list[dict[str, Any]], because: str
) -> None:
    assert found(rows, entries) == [because]
