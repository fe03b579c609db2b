"""Refunds that belong to no return: made by staff through a provider, or past us."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from demo.audit.rows import Row, Streams, every

Plan = Row | Mapping[str, Any]
"""What was asked for: its amount, currency and payment, and who was to carry it out."""

OUTCOMES = {"FundsPaid": "succeeded", "FundsReleased": "failed"}


def asked_by_staff(streams: Streams) -> Iterator[tuple[str, Plan]]:
    """Each refund that staff asked a provider for, by its instruction."""
    for _, rows in streams.orders:
        amounts = {
            row["instruction_id"]: row["amount_minor"] for row in every(rows, "FundsReserved")
        }
        for row in every(rows, "StaffRefundPlanned"):
            yield (
                row["instruction_id"],
                {
                    "amount_minor": amounts[row["instruction_id"]],
                    "currency": rows[0]["order"]["currency"],
                    "payment_ref": row["payment_ref"],
                    "destination": row["destination"],
                },
            )


def told_of_staff(rows: Sequence[Row]) -> dict[str, list[str]]:
    """What an order says became of each of them, in order: succeeded, failed."""
    planned = {row["instruction_id"] for row in every(rows, "StaffRefundPlanned")}
    told: dict[str, list[str]] = defaultdict(list)
    for row in every(rows, *OUTCOMES):
        if row["instruction_id"] in planned:
            told[row["instruction_id"]].append(OUTCOMES[row.type])
    return told


def made_past_us(streams: Streams) -> dict[str, int]:
    """Refunds that orders were told of, by each reference of the provider's, with their amounts."""
    return {
        ref: row["amount_minor"]
        for _, rows in streams.orders
        for row in every(rows, "OutsideRefundRecorded")
        for ref in (row["refund_ref"], *row["also_known_as"])
    }
