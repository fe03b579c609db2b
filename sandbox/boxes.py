"""What the customer puts into which box, by script. A pure function of what was announced."""

from collections.abc import Sequence

from sandbox.scripts import Script
from sandbox.wire import Json, Unfit, whole

Box = list[Json]


def pack(units: Sequence[Json], script: Script, parcels: int) -> list[list[Box]]:
    """Give each parcel its boxes: one, unless there are more boxes than parcels.

    Without a `split` everything is in the first. What the split leaves over goes into the
    last box; boxes beyond the last parcel travel under its number, each a day later.

    Raises:
        Unfit: A parameter of the script makes no sense.
    """
    found = packed(units, script)
    sizes = _split(script, len(found))
    boxes, start = list[Box](), 0
    for size in sizes[:-1]:
        boxes.append(found[start : start + size])
        start += size
    boxes.append(found[start:])
    boxes += [[] for _ in range(parcels - len(boxes))]
    return [*([box] for box in boxes[: parcels - 1]), boxes[parcels - 1 :]]


def packed(units: Sequence[Json], script: Script) -> list[Json]:
    """Say what is sent in all."""
    found = [{name: unit[name] for name in ("line_id", "unit", "sku", "serial")} for unit in units]
    match script.name:
        case "one_more" if found:
            return [*found, {**found[0], "unit": None, "serial": ""}]
        case "wrong_item" if found:
            wrong = {"line_id": "", "unit": None, "sku": f"WRONG-{found[0]['sku']}", "serial": ""}
            return [wrong, *found[1:]]
        case "short":
            missing = whole(script.params, "missing") if "missing" in script.params else 1
            return found[: max(0, len(found) - missing)]
        case _:
            return found


def counted(box: Box) -> list[Json]:
    """Count a box as a receipt lists it: by SKU, line and serial, in the order of packing."""
    lines: dict[tuple[str, str, str], int] = {}
    for unit in box:
        kind = (unit["sku"], unit["line_id"], unit["serial"])
        lines[kind] = lines.get(kind, 0) + 1
    return [
        {"sku": sku, "quantity": quantity}
        | ({"line_id": line_id} if line_id else {})
        | ({"serial": serial} if serial else {})
        for (sku, line_id, serial), quantity in lines.items()
    ]


def check_boxes(script: Script) -> None:
    """Find out when a script is chosen, not when it runs, that a parameter makes no sense.

    Raises:
        Unfit: It makes none.
    """
    if script.family == "receipt":
        pack([], script, 1)


def _split(script: Script, total: int) -> list[int]:
    split = script.params.get("split")
    if split is None:
        return [-(-total // 2), total // 2] if script.name == "two_boxes" else [total]
    if not isinstance(split, list) or not split or not all(_is_count(size) for size in split):
        raise Unfit("split", "a list of whole numbers, one for each box")
    return split


def _is_count(size: object) -> bool:
    return isinstance(size, int) and not isinstance(size, bool) and size >= 0
