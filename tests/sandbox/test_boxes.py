from typing import Any

import pytest

from sandbox.boxes import counted, pack
from sandbox.scripts import Script


def unit(line: str, number: int, sku: str = "SHOE") -> dict[str, Any]:
    return {"line_id": line, "unit": number, "sku": sku, "serial": ""}


@pytest.mark.parametrize(
    ("split", "parcels", "sizes"),
    [
        (None, 1, [[3]]),
        (None, 2, [[3], [0]]),
        ([2, 1], 2, [[2], [1]]),
        ([2, 1], 1, [[2, 1]]),
        ([1], 2, [[3], [0]]),
        ([1, 1, 1], 2, [[1], [1, 1]]),
    ],
)
def test_units_are_spread_over_the_parcels_in_order(
    split: list[int] | None, parcels: int, sizes: list[list[int]]
) -> None:
    params = {} if split is None else {"split": split}
    units = [unit("1", 1), unit("1", 2), unit("2", 1, "HAT")]
    packed = pack(units, Script("receipt", "exact", params), parcels)
    assert [[len(box) for box in boxes] for boxes in packed] == sizes


def test_a_count_keeps_lines_and_serials_apart() -> None:
    box = [unit("1", 1), unit("1", 2), unit("2", 1), {**unit("2", 2), "serial": "S-9"}]
    assert counted(box) == [
        {"sku": "SHOE", "quantity": 2, "line_id": "1"},
        {"sku": "SHOE", "quantity": 1, "line_id": "2"},
        {"sku": "SHOE", "quantity": 1, "line_id": "2", "serial": "S-9"},
    ]
