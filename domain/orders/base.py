"""What every event of an order's ledger carries."""

from typing import Literal

from domain.model import Id, Moment, Value


class OrderEvent(Value):
    """Something that happened to one order; the store adds version, actor and cause."""

    schema_version: Literal[1] = 1
    order_id: Id
    occurred_at: Moment
