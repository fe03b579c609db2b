"""Holds as Stripe's PaymentIntents with manual capture, on what the order was paid with.

The customer is not there: their bank may ask for them (`requires_action`), or refuse. The
hold is found among the customer's payments by its metadata. Docs: docs.stripe.com/payments/
place-a-hold-on-a-payment-method, docs.stripe.com/declines/codes.
"""

from collections.abc import Awaitable, Mapping

from stripe import StripeObject
from stripe.params import PaymentIntentCreateParams, PaymentIntentListParams

from activities.failures import Misspoken
from activities.ports import HoldAnswer, HoldOrder
from adapters.http import Answer, TheirObject, printable_code, unexpected
from adapters.payments.stripe_amounts import from_stripe, to_stripe
from adapters.payments.stripe_client import StripeApi
from adapters.payments.stripe_wire import (
    PAGE_SIZE,
    accepted,
    code_of,
    error_of,
    key_for,
    listed,
    no_of,
    read,
)
from adapters.payments.unsayable import REASON as UNSAYABLE
from adapters.payments.unsayable import Unsayable

# Why a bank or Stripe does not let us, in our words; what stands here under no name goes to
# a person as `unknown`.
DECLINES: Mapping[str, str] = {
    "insufficient_funds": "insufficient_funds",
    "card_velocity_exceeded": "limit_exceeded",
    "withdrawal_count_limit_exceeded": "limit_exceeded",
    "expired_card": "card_closed",
    "lost_card": "card_closed",
    "stolen_card": "card_closed",
    "pickup_card": "card_closed",
    "restricted_card": "card_closed",
    "invalid_account": "card_closed",
    "new_account_information_available": "card_closed",
    "do_not_honor": "declined_by_bank",
    "generic_decline": "declined_by_bank",
    "transaction_not_allowed": "declined_by_bank",
    "card_not_supported": "declined_by_bank",
    "fraudulent": "declined_by_bank",
    "card_declined": "declined_by_bank",
    "processing_error": "declined_by_bank",
    "payment_method_unactivated": "card_closed",
    "payment_method_provider_decline": "declined_by_bank",
    "payment_intent_payment_attempt_failed": "declined_by_bank",
    "amount_too_small": "amount_too_small",
    "amount_too_large": "amount_too_large",
    "payment_method_unexpected_state": "not_saved",
    "payment_method_not_available": "not_saved",
    "resource_missing": "unknown_payment",
}
CUSTOMER_NEEDED = "authentication_required"

ENDED: Mapping[str, str] = {
    "automatic": "expired",
    "requested_by_customer": "requested",
    "abandoned": "requested",
    "void_invoice": "requested",
    "duplicate": "requested",
    "fraudulent": "requested",
    "failed_invoice": "requested",
}


class Trouble(TheirObject):
    """Why the last attempt did not go through."""

    code: str | None = None
    decline_code: str | None = None


class Intent(TheirObject):
    """A PaymentIntent, as far as we read it."""

    id: str
    amount: int
    currency: str
    status: str
    amount_received: int = 0
    customer: str | None = None
    payment_method: str | None = None
    cancellation_reason: str | None = None
    last_payment_error: Trouble | None = None
    metadata: Mapping[str, str] | None = None


class Holds:
    """The half of the collector that keeps money ready."""

    def __init__(self, api: StripeApi) -> None:
        self._api = api
        self._intents = api.v1.payment_intents

    async def find(self, order: HoldOrder) -> HoldAnswer | None:
        """Look for the instruction among what its customer paid and had held."""
        found = await self._find(order)
        return None if found is None else understand(found)

    async def place(self, order: HoldOrder) -> HoldAnswer:
        """Hold the amount, once per instruction; the bank's no is an answer."""
        paid = await self._fetch(order.payment_ref)
        if paid is None:
            return HoldAnswer(state="refused", reason="unknown_payment")
        if paid.customer is None or paid.payment_method is None:
            return HoldAnswer(state="refused", reason="not_saved")
        try:
            amount = to_stripe(order.amount)
        except Unsayable:
            return HoldAnswer(state="refused", reason=UNSAYABLE)
        held: PaymentIntentCreateParams = {
            "amount": amount,
            "currency": order.amount.currency.lower(),
            "capture_method": "manual",
            "confirm": True,
            "off_session": True,
            "customer": paid.customer,
            "payment_method": paid.payment_method,
            "metadata": {
                "instruction_id": order.instruction_id,
                "return_id": order.reference,
                "for_payment": order.payment_ref,
            },
        }
        call, key = "POST /payment_intents", key_for(order.instruction_id)
        answer = await self._api.answer(call, self._intents.create_async(held, key))
        if answer.accepted:
            return understand(answer.read(Intent))
        code = no_of(call, answer)
        said = error_of(answer)
        made = said.get("payment_intent")
        ref = made["id"] if isinstance(made, dict) and isinstance(made.get("id"), str) else ""
        if not code or (said.get("type") != "card_error" and code not in DECLINES):
            raise unexpected(f"stripe: {call}", answer, code)
        return _refused(ref, code, said.get("decline_code"))

    async def take(self, order: HoldOrder) -> HoldAnswer:
        """Take what is held, or less of it; what is left goes back by itself."""
        held = await self._find(order)
        if held is None:
            return HoldAnswer(state="refused", reason="unknown_hold")
        if held.status != "requires_capture":
            return understand(held)
        call, amount = "POST /payment_intents/{id}/capture", to_stripe(order.amount)
        taking = self._intents.capture_async(held.id, {"amount_to_capture": amount})
        answer = await self._api.answer(call, taking)  # no key: it can be taken once alone
        return await self._ended(call, held, answer)

    async def release(self, order: HoldOrder) -> HoldAnswer:
        """Let it go; what was taken before stays taken, and is then the answer."""
        held = await self._find(order)
        if held is None:
            return HoldAnswer(state="released")
        if held.status in {"succeeded", "canceled", "processing"}:
            return understand(held)
        call = "POST /payment_intents/{id}/cancel"
        letting_go = self._intents.cancel_async(
            held.id, {"cancellation_reason": "requested_by_customer"}
        )
        return await self._ended(call, held, await self._api.answer(call, letting_go))

    async def _ended(self, call: str, held: Intent, answer: Answer) -> HoldAnswer:
        """Read what became of it; where it moved before we did, look how it stands."""
        if answer.accepted:
            return understand(answer.read(Intent))
        code = no_of(call, answer)
        if code == "amount_too_large":
            return HoldAnswer(state="refused", hold_ref=held.id, reason="amount_too_large")
        if code not in {"payment_intent_unexpected_state", "charge_expired_for_capture"}:
            raise unexpected(f"stripe: {call}", answer, code)
        now = await self._fetch(held.id)
        if now is None or now.status == held.status:
            raise unexpected(f"stripe: {call}", answer, code)
        return understand(now)

    async def _find(self, order: HoldOrder) -> Intent | None:
        paid = await self._fetch(order.payment_ref)
        if paid is None or paid.customer is None:
            return None
        customer = paid.customer

        def page(after: str) -> Awaitable[StripeObject]:
            asked: PaymentIntentListParams = {"limit": PAGE_SIZE, "customer": customer}
            if after:
                asked["starting_after"] = after
            return self._intents.list_async(asked)

        async for one in listed("GET /payment_intents", page):
            intent = read(Intent, one)
            if (intent.metadata or {}).get("instruction_id") == order.instruction_id:
                return intent
        return None

    async def _fetch(self, ref: str) -> Intent | None:
        call = "GET /payment_intents/{id}"
        answer = await self._api.answer(call, self._intents.retrieve_async(ref))
        if code_of(answer) == "resource_missing":
            return None
        return accepted(call, answer).read(Intent)


def understand(intent: Intent) -> HoldAnswer:
    """Put a payment that holds into our words.

    Raises:
        Misspoken: Its status is none that a hold can have.
    """
    amount = from_stripe(intent.amount, intent.currency)
    match intent.status:
        case "requires_capture":
            return HoldAnswer(state="held", hold_ref=intent.id, amount=amount)
        case "succeeded":
            taken = from_stripe(intent.amount_received, intent.currency)
            return HoldAnswer(
                state="taken", hold_ref=intent.id, payment_ref=intent.id, amount=taken
            )
        case "canceled":
            reason = ENDED.get(intent.cancellation_reason or "", "unknown")
            return HoldAnswer(state="released", hold_ref=intent.id, reason=reason)
        case "requires_action" | "requires_confirmation":
            return HoldAnswer(state="requires_action", hold_ref=intent.id, reason=CUSTOMER_NEEDED)
        case "requires_payment_method":
            trouble = intent.last_payment_error or Trouble()
            return _refused(intent.id, trouble.code or "", trouble.decline_code)
        case _:
            raise Misspoken(f"stripe: payment intent status {printable_code(intent.status)}")


def _refused(ref: str, code: str, decline_code: object) -> HoldAnswer:
    """Name the reason, the bank's before Stripe's."""
    if CUSTOMER_NEEDED in {code, decline_code}:
        return HoldAnswer(state="requires_action", hold_ref=ref, reason=CUSTOMER_NEEDED)
    by_bank = DECLINES.get(decline_code) if isinstance(decline_code, str) else None
    unnamed = isinstance(decline_code, str) and by_bank is None
    reason = "unknown" if unnamed else by_bank or DECLINES.get(code, "unknown")
    return HoldAnswer(state="refused", hold_ref=ref, reason=reason)
