"""Stripe: refunds of card payments.

The instruction is Stripe's `Idempotency-Key`, and stands in the refund's metadata as well:
they forget a key after a day, and replay even a stored 500 until then, so the truth is
looked up among the payment's refunds. Docs: docs.stripe.com/api/refunds, /refunds,
/api/idempotent_requests, /currencies.
"""

from collections.abc import Awaitable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

import httpx2
from stripe import StripeObject
from stripe.params import DisputeListParams, RefundCreateParams, RefundListParams

from activities.failures import Misspoken
from activities.ports import Booked, Capabilities, PayoutAnswer, PayoutOrder
from adapters.http import (
    DEFAULT_DEADLINE,
    TheirObject,
    printable_code,
    unexpected,
)
from adapters.payments.stripe_amounts import from_stripe, to_stripe
from adapters.payments.stripe_client import StripeApi
from adapters.payments.stripe_exchange import (
    EXPANDED,
    EXPANDED_IN_LIST,
    Balance,
    Charged,
    exchanged,
)
from adapters.payments.stripe_wire import (
    BOOK_PAGES_LIMIT,
    PAGE_SIZE,
    accepted,
    at_second,
    in_seconds,
    key_for,
    listed,
    no_of,
    read,
)
from adapters.payments.unsayable import REASON as UNSAYABLE
from adapters.payments.unsayable import Unsayable

State = Literal["pending", "requires_action", "succeeded", "failed", "cancelled"]
STATES: Mapping[str, State] = {
    "pending": "pending",
    "requires_action": "requires_action",
    "succeeded": "succeeded",
    "failed": "failed",
    "canceled": "cancelled",
}

# Their codes in the words that all payment adapters share: a no at once, and a later bounce.
REASONS: Mapping[str, str] = {
    "charge_already_refunded": "exceeds_captured",
    "amount_too_large": "exceeds_captured",
    "charge_exceeds_source_limit": "exceeds_captured",
    "charge_disputed": "disputed",
    "refund_disputed_payment": "disputed",
    "charge_for_pending_refund_disputed": "disputed",
    "charge_not_refundable": "not_refundable",
    "payment_intent_unexpected_state": "not_refundable",
    "resource_missing": "unknown_payment",
    "balance_insufficient": "insufficient_balance",
    "insufficient_funds": "insufficient_balance",
    "lost_or_stolen_card": "card_closed",
    "expired_or_canceled_card": "card_closed",
    "declined": "declined_by_bank",
    "merchant_request": "cancelled_by_merchant",
    "unknown": "unknown",
}


OUR_MISTAKES = ("parameter_", "api_key_", "secret_key_", "url_")
"""How codes begin that speak of the request or the account, and not of the refund."""

# A dispute that they close as an inquiry leaves the money with us, as one that is won; what
# they do not name here is still open, and so is looked at.
DISPUTE_STATES: Mapping[str, str] = {"won": "won", "warning_closed": "won", "lost": "lost"}


class Refund(TheirObject):
    """Stripe's refund, as far as we read it."""

    id: str
    amount: int
    currency: str
    status: str | None = None
    failure_reason: str | None = None
    metadata: Mapping[str, str] | None = None
    created: int = 0
    payment_intent: str | None = None
    charge: Charged | str | None = None
    balance_transaction: Balance | str | None = None


class Dispute(TheirObject):
    """A cardholder's bank that takes money back, as far as we read it."""

    id: str
    amount: int
    currency: str
    status: str
    created: int
    payment_intent: str | None = None
    charge: str | None = None


class StripeGateway:
    """Keeps `activities.ports.PaymentGateway` and `activities.ports.Bookkeeper`."""

    late = timedelta(0)
    capabilities = Capabilities(
        idempotency="native",
        key_lifetime=timedelta(hours=24),
        final_answer="webhook",
        can_cancel=True,
    )

    def __init__(
        self,
        client: httpx2.AsyncClient,
        *,
        base_url: str,
        api_key: str,
        deadline: timedelta = DEFAULT_DEADLINE,
    ) -> None:
        """Connect to the API at `base_url`, which ends in `/v1`."""
        self._api = StripeApi(client, base_url=base_url, api_key=api_key, deadline=deadline)

    async def find_payout(self, order: PayoutOrder) -> PayoutAnswer | None:
        """Look for the instruction among all refunds of its payment, however old."""

        def page(after: str) -> Awaitable[StripeObject]:
            asked: RefundListParams = {"limit": PAGE_SIZE, "expand": [*EXPANDED_IN_LIST]}
            asked[_kind(order.payment_ref)] = order.payment_ref
            if after:
                asked["starting_after"] = after
            return self._api.v1.refunds.list_async(asked)

        async for one in listed("GET /refunds", page, missing_is_empty=True):
            refund = read(Refund, one)
            if _instruction(refund) == order.instruction_id:
                return understand(refund)
        return None

    async def pay_out(self, order: PayoutOrder) -> PayoutAnswer:
        """Refund once per instruction, and say what they answered at once."""
        try:
            amount = to_stripe(order.amount)
        except Unsayable:
            return PayoutAnswer(state="failed", reason=UNSAYABLE)
        params: RefundCreateParams = {
            "amount": amount,
            "expand": [*EXPANDED],
            "metadata": {
                "instruction_id": order.instruction_id,
                "return_id": order.reference,
            },
        }
        params[_kind(order.payment_ref)] = order.payment_ref
        refunds, key = self._api.v1.refunds, key_for(order.instruction_id)
        call = "POST /refunds"
        answer = await self._api.answer(call, refunds.create_async(params, key))
        if answer.accepted:
            return understand(answer.read(Refund))
        code = no_of(call, answer)
        if not code or code.startswith(OUR_MISTAKES):
            raise unexpected(f"stripe: {call}", answer, code)
        return PayoutAnswer(state="failed", reason=REASONS.get(code, "unknown"))

    async def fetch_payout(self, payout_ref: str) -> PayoutAnswer:
        """Ask for the truth about a refund that a webhook hinted at."""
        call = "GET /refunds/{id}"
        asked = self._api.v1.refunds.retrieve_async(payout_ref, {"expand": [*EXPANDED]})
        answer = await self._api.answer(call, asked)
        return understand(accepted(call, answer).read(Refund))

    async def booked(self, since: datetime, until: datetime) -> Sequence[Booked]:
        """List the refunds and disputes made in between, with how each stands now."""
        v1, (first, end) = self._api.v1, in_seconds(since, until)

        def refunds(after: str) -> Awaitable[StripeObject]:
            asked: RefundListParams = {"limit": PAGE_SIZE, "created": {"gte": first, "lt": end}}
            if after:
                asked["starting_after"] = after
            return v1.refunds.list_async(asked)

        def disputes(after: str) -> Awaitable[StripeObject]:
            asked: DisputeListParams = {"limit": PAGE_SIZE, "created": {"gte": first, "lt": end}}
            if after:
                asked["starting_after"] = after
            return v1.disputes.list_async(asked)

        paid = listed("GET /refunds", refunds, pages_limit=BOOK_PAGES_LIMIT)
        lost = listed("GET /disputes", disputes, pages_limit=BOOK_PAGES_LIMIT)
        return [
            *[_booked_refund(read(Refund, one)) async for one in paid],
            *[_booked_dispute(read(Dispute, one)) async for one in lost],
        ]


def understand(refund: Refund) -> PayoutAnswer:
    """Put one of their refunds into our words.

    Raises:
        Misspoken: Its status is none that they document.
    """
    state = STATES.get(refund.status or "pending")
    if state is None:
        raise Misspoken(f"stripe: refund status {printable_code(refund.status)}")
    cost, worth = exchanged(
        refund.amount, refund.currency, refund.balance_transaction, refund.charge
    )
    reason = "" if refund.failure_reason is None else REASONS.get(refund.failure_reason, "unknown")
    return PayoutAnswer(
        state=state,
        payout_ref=refund.id,
        reason=reason or ("unknown" if state == "failed" else ""),
        amount=from_stripe(refund.amount, refund.currency),
        cost=cost,
        worth=worth,
    )


def _booked_refund(refund: Refund) -> Booked:
    return Booked(
        kind="payout",
        ref=refund.id,
        instruction_id=_instruction(refund),
        payment_ref=refund.payment_intent or _id_of(refund.charge),
        amount=from_stripe(refund.amount, refund.currency),
        state=understand(refund).state,
        at=at_second(refund.created),
    )


def _booked_dispute(dispute: Dispute) -> Booked:
    return Booked(
        kind="chargeback",
        ref=dispute.id,
        instruction_id="",
        payment_ref=dispute.payment_intent or dispute.charge or "",
        amount=from_stripe(dispute.amount, dispute.currency),
        state=DISPUTE_STATES.get(dispute.status, "open"),
        at=at_second(dispute.created),
    )


def _id_of(charge: Charged | str | None) -> str:
    return charge.id if isinstance(charge, Charged) else charge or ""


def _instruction(refund: Refund) -> str:
    return (refund.metadata or {}).get("instruction_id", "")


def _kind(payment_ref: str) -> Literal["charge", "payment_intent"]:
    """Say under which name they know what was paid."""
    return "charge" if payment_ref.startswith(("ch_", "py_")) else "payment_intent"
