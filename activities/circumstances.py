"""What a decision is handed besides what happened: the policy that counts, and what is known.

Read before the decision and recorded with it, where it matters: see `domain.policy.outlook`.
"""

from datetime import UTC, datetime
from typing import Protocol

from activities.known import Known
from activities.subjects import Subjects
from domain.orders.order import Customer
from domain.policy.outlook import NOTHING_KNOWN, Outlook, Records
from domain.policy.policy import Policy
from domain.returns import commands as c
from domain.returns.decider import Asked, Command


class PolicySource(Protocol):
    """Knows every version of the merchant's policy."""

    def in_force(self, at: datetime) -> Policy:
        """The version that judges an order placed at that time."""


class CarrierHistory(Protocol):
    """Knows how well carriers did of late."""

    async def of(self, tenant: str, now: datetime) -> Records:
        """Give their records; what was read some minutes ago is good enough, or nothing."""


class Circumstances:
    """Puts a question together with all that it is decided on."""

    def __init__(
        self, policies: PolicySource, subjects: Subjects, history: CarrierHistory | None = None
    ) -> None:
        self._policies = policies
        self._subjects = subjects
        self._history = history

    async def asked(
        self, tenant: str, return_id: str, command: Command, now: datetime, known: Known
    ) -> Asked:
        """Only what prices a return anew is handed what is known of carriers and of the place."""
        outlook = NOTHING_KNOWN
        if isinstance(command, c.Open | c.Override):
            outlook = await self._outlook(tenant, command, now, known)
        return Asked(tenant, return_id, command, now, self._policy_for(command, known), outlook)

    async def _outlook(
        self, tenant: str, command: c.Open | c.Override, now: datetime, known: Known
    ) -> Outlook:
        records = await self._history.of(tenant, now) if self._history else {}
        if isinstance(command, c.Open) and command.request.order is not None:
            return Outlook(records)  # the request says itself where the customer is
        if known.ledger is None:
            return Outlook(records)
        kept = await self._subjects.get(tenant, known.ledger.order.customer_id)
        address = Customer.model_validate(kept).address if kept else None
        return Outlook(records, address.postcode if address else "")

    def _policy_for(self, command: Command, known: Known) -> Policy:
        """The version in force when the order was placed; it judges once, at the request."""
        if isinstance(command, c.Open) and command.request.order is not None:
            return self._policies.in_force(command.request.order.placed_at)
        if known.ledger is not None:
            return self._policies.in_force(known.ledger.order.placed_at)
        return self._policies.in_force(datetime.max.replace(tzinfo=UTC))
