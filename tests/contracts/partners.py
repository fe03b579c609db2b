"""The partners' side of the contract suites: what goes wrong there, and what they have booked."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from activities.failures import AnswerLost, PartnerFailure, Throttled, Unavailable
from sandbox.control_client import SandboxControl

LOST = ["500_after", "silence_after", "cut_after"]
"""It happened over there, and the answer does not reach us."""

Wrong = tuple[str, type[PartnerFailure]]

NOTHING_HAPPENED: list[Wrong] = [
    ("refuse_before", Unavailable),
    ("throttle", Throttled),
    ("throttle_bare", Throttled),
    ("500_before", AnswerLost),  # a 500 does not say whether; only the look afterwards does
]

SHORT = timedelta(seconds=2)
"""The deadline of a call: what the sandbox keeps silent about is waited for so long."""


@dataclass(frozen=True)
class Partners:
    """The sandbox, as a test drives it. Faults and books are told apart by business keys."""

    url: str
    smtp_port: int
    control: SandboxControl

    def new_id(self, what: str) -> str:
        return f"{what}:{uuid4().hex}"

    async def fail(self, face: str, operation: str, fault: str, *, key: str, **more: Any) -> None:
        """Let the next such operation on `key` go wrong, once."""
        await self.control.fault(face, operation, fault, key=key, times=1, **more)

    async def booked(self, book: str, kind: str | None = None, **keys: str) -> int:
        """Count the rows of a kind in which each of `keys` is as said."""
        wanted = keys if kind is None else {"kind": kind, **keys}
        rows = await self.control.ledger(book)
        return sum(all(row.get(name) == key for name, key in wanted.items()) for row in rows)
