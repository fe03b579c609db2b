"""Stripe: refunds of card payments.

The instruction is Stripe's `Idempotency-Key`, and stands in the refund's metadata as well:
they forget a key after a day, and replay even a stored 500 until then, so the truth is
looked up among the payment's refunds. Docs: docs.stripe.com/api/refunds, /refunds,
/api/idempotent_requests, /currencies.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

import httpx2

from activities.failures import AnswerLost, Misspoken
from activities.ports import Capabilities, PayoutAnswer, PayoutOrder
from adapters.http import (
    DEFAULT_DEADLINE,
    Answer,
    PartnerHttp,
    TheirObject,
    path_of,
    printable_code,
    unexpected,
)
from adapters.payments.stripe_amounts import from_stripe, to_stripe

PAGE_SIZE = "100"
PAGES_LIMIT = 50

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


class Refund(TheirObject):
    """Stripe's refund, as far as we read it."""

    id: str
    amount: int
    currency: str
    status: str | None = None
    failure_reason: str | None = None
    metadata: Mapping[str, str] | None = None


class RefundPage(TheirObject):
    """One page of a payment's refunds, newest first."""

    data: tuple[Refund, ...]
    has_more: bool


class StripeGateway:
    """Keeps `activities.ports.PaymentGateway`."""

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
        self._http = PartnerHttp(
            client, partner="stripe", base_url=base_url, auth=api_key, deadline=deadline
        )

    async def find_payout(self, order: PayoutOrder) -> PayoutAnswer | None:
        """Look for the instruction among all refunds of its payment, however old."""
        query = {**_payment(order.payment_ref), "limit": PAGE_SIZE}
        for _ in range(PAGES_LIMIT):
            answer = await self._http.ask("GET", "/refunds", query=query)
            if _code(answer) == "resource_missing":
                return None
            page = _accepted("GET /refunds", answer).read(RefundPage)
            for refund in page.data:
                if (refund.metadata or {}).get("instruction_id") == order.instruction_id:
                    return understand(refund)
            if not (page.has_more and page.data):
                return None
            query["starting_after"] = page.data[-1].id
        raise Misspoken(f"stripe: more than {PAGES_LIMIT} pages of refunds of one payment")

    async def pay_out(self, order: PayoutOrder) -> PayoutAnswer:
        """Refund once per instruction, and say what they answered at once."""
        form = {
            **_payment(order.payment_ref),
            "amount": str(to_stripe(order.amount)),
            "metadata[instruction_id]": order.instruction_id,
            "metadata[return_id]": order.reference,
        }
        key = {"Idempotency-Key": order.instruction_id}
        answer = await self._http.ask("POST", "/refunds", form=form, headers=key)
        if answer.accepted:
            return understand(answer.read(Refund))
        return _refused(answer)

    async def fetch_payout(self, payout_ref: str) -> PayoutAnswer:
        """Ask for the truth about a refund that a webhook hinted at."""
        answer = await self._http.ask("GET", path_of("/refunds/{ref}", ref=payout_ref))
        return understand(_accepted("GET /refunds/{id}", answer).read(Refund))


def understand(refund: Refund) -> PayoutAnswer:
    """Put one of their refunds into our words.

    Raises:
        Misspoken: Its status is none that they document.
    """
    state = STATES.get(refund.status or "pending")
    if state is None:
        raise Misspoken(f"stripe: refund status {printable_code(refund.status)}")
    reason = "" if refund.failure_reason is None else REASONS.get(refund.failure_reason, "unknown")
    return PayoutAnswer(
        state=state,
        payout_ref=refund.id,
        reason=reason or ("unknown" if state == "failed" else ""),
        amount=from_stripe(refund.amount, refund.currency),
    )


def _payment(payment_ref: str) -> dict[str, str]:
    field = "charge" if payment_ref.startswith(("ch_", "py_")) else "payment_intent"
    return {field: payment_ref}


def _refused(answer: Answer) -> PayoutAnswer:
    """Tell their no from our mistake (docs.stripe.com/error-codes)."""
    code, kind = _code(answer), _error(answer).get("type")
    if answer.status == httpx2.codes.CONFLICT:
        raise AnswerLost("stripe: POST /refunds: the same instruction is under way there")
    if kind == "idempotency_error" or code not in REASONS:
        raise unexpected("stripe: POST /refunds", answer, code or kind)
    return PayoutAnswer(state="failed", reason=REASONS[code])


def _accepted(call: str, answer: Answer) -> Answer:
    if not answer.accepted:
        raise unexpected(f"stripe: {call}", answer, _code(answer))
    return answer


def _error(answer: Answer) -> Mapping[str, object]:
    error = answer.body.get("error")
    return error if isinstance(error, dict) else {}


def _code(answer: Answer) -> str:
    code = _error(answer).get("code")
    return code if isinstance(code, str) else ""
