"""Whether an order is told as it was recorded, and where it is not."""

from domain.model import Value
from domain.orders.order import Order

_SOLD = ("currency", "lines", "order_discount_minor", "shipping", "tenders")
"""What a return is priced and paid by. The rest may become better known: what was delivered."""

_LEFT_OUT = frozenset({"captured_at"})
"""A shop may tell of a payment before its provider does."""

_NOT_SHOWN = frozenset({"name", "payment_ref", "serials"})
"""What only who told it has to know."""


def difference(recorded: Order, told: Order) -> str | None:
    """Name the first field that is not as it was recorded, and what was; none if there is none."""
    for name in _SOLD:
        found = _first(f"order.{name}", getattr(recorded, name), getattr(told, name))
        if found is not None:
            return found
    return None


def _first(path: str, recorded: object, told: object) -> str | None:
    if recorded == told:
        return None
    if isinstance(recorded, Value) and isinstance(told, Value):
        return _inside(path, recorded, told)
    if isinstance(recorded, tuple) and isinstance(told, tuple):
        if len(recorded) != len(told):
            return f"{path}: {len(recorded)} were recorded, {len(told)} are told of"
        pairs = enumerate(zip(recorded, told, strict=True))
        found = (_first(f"{path}.{index}", one, other) for index, (one, other) in pairs)
        return next((each for each in found if each is not None), None)
    return f"{path}: {_shown(recorded)} was recorded"


def _inside(path: str, recorded: Value, told: Value) -> str | None:
    for name in type(recorded).model_fields:
        one, other = getattr(recorded, name), getattr(told, name)
        if name in _LEFT_OUT or one == other:
            continue
        if name in _NOT_SHOWN:
            return f"{path}.{name}: is not what was recorded"
        found = _first(f"{path}.{name}", one, other)
        if found is not None:
            return found
    return None


def _shown(value: object) -> str:
    return "nothing" if value in (None, "") else str(value)
