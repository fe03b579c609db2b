"""What passes between a refund's workflow, its activities and whoever asks."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict

from domain.orders.ledger import Ledger
from domain.orders.refunds.agenda import RefundStep, amount_of, next_step
from domain.orders.refunds.text import as_markdown
from domain.refusal import Refused


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True)


class RefundKey(_Message):
    """Which refund, of which order."""

    tenant: str
    order_id: str
    instruction_id: str

    @property
    def reference(self) -> str:
        """Its name where returns are named as well: none of them has a colon in its id."""
        return f"refund:{self.order_id}:{self.instruction_id}"

    @classmethod
    def of_reference(cls, tenant: str, reference: str) -> Self | None:
        """Read it back; none where it is a return's id."""
        kind, _, rest = reference.partition(":")
        order_id, _, instruction_id = rest.partition(":")
        if kind != "refund" or not instruction_id:
            return None
        return cls(tenant=tenant, order_id=order_id, instruction_id=instruction_id)


class RefundRecording(_Message):
    """Something to be recorded of a refund, as it came in: an ask, the time, or nothing (a look)."""

    key: RefundKey
    now: datetime
    kind: str  # a name of `STAFF_ASKS`, or late, stuck, look
    body: str = ""


class RefundPerform(_Message):
    """A step of a refund that is ours; what it needs is read from the order's ledger."""

    key: RefundKey
    now: datetime
    summary: str = ""


class RefundStanding(_Message):
    """How a refund stands; and the answer to whoever asked. Small, for Temporal's histories."""

    accepted: bool = True
    code: str = ""
    because: str = ""
    state: str = ""  # of `MoneyState`; empty: there is no such refund
    step: RefundStep | None = None
    amount_minor: int = 0
    currency: str = ""
    details: str = ""  # Markdown, for the UI


def standing_of(
    ledger: Ledger | None, key: RefundKey, refused: Refused | None = None
) -> RefundStanding:
    """Say how a refund stands, and why not, where something was refused."""
    code, because = (refused.code, refused.because) if refused is not None else ("", "")
    reserved = ledger.reservations.get(key.instruction_id) if ledger is not None else None
    if ledger is None or reserved is None or reserved.refund is None:
        return RefundStanding(accepted=refused is None, code=code, because=because)
    amount = amount_of(ledger, reserved)
    return RefundStanding(
        accepted=refused is None,
        code=code,
        because=because,
        state=reserved.refund.state,
        step=next_step(ledger, key.instruction_id),
        amount_minor=amount.amount_minor,
        currency=amount.currency,
        details=as_markdown(ledger, reserved),
    )
