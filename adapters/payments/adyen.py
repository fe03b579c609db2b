"""Adyen: refunds that are accepted at once and come true, or not, by webhook.

They have no way to look a refund up. What became of one is what they sent and signed, kept
by whoever takes webhooks; before they have said anything, the same instruction is sent again
under the same `Idempotency-Key`, which they promise to do once: for seven days. What may be
older and has never been spoken of is sent by nobody: a person looks it up by its reference.
Docs: docs.adyen.com/online-payments/refund, /development-resources/api-idempotency.
"""

from datetime import timedelta
from typing import Any

import httpx2

from activities.failures import AnswerLost, Misspoken
from activities.ports import Capabilities, PayoutAnswer, PayoutOrder
from adapters.credentials import KeyHeader
from adapters.http import (
    DEFAULT_DEADLINE,
    Answer,
    PartnerHttp,
    TheirObject,
    path_of,
    unexpected,
)
from adapters.payments.adyen_words import ERRORS, UNDER_WAY, from_adyen, to_adyen
from adapters.payments.told import Told, standing
from adapters.payments.unsayable import MAY_HAVE_BEEN_SENT, Unsayable
from adapters.payments.unsayable import REASON as UNSAYABLE

KEY_LIFETIME = timedelta(days=7)
MARGIN = timedelta(hours=12)
"""What clocks and a long call may be wrong by, before a key counts as forgotten."""

REASON = "RETURN"


class Received(TheirObject):
    """Their receipt for a refund: it is accepted, and not yet made."""

    pspReference: str  # noqa: N815 their name
    status: str
    amount: dict[str, Any]


class AdyenGateway:
    """Keeps `activities.ports.PaymentGateway`."""

    capabilities = Capabilities(
        idempotency="native", key_lifetime=KEY_LIFETIME, final_answer="webhook"
    )

    def __init__(
        self,
        client: httpx2.AsyncClient,
        *,
        base_url: str,
        api_key: str,
        account: str,
        told: Told,
        deadline: timedelta = DEFAULT_DEADLINE,
    ) -> None:
        """Connect to the Checkout API at `base_url`, which ends in its version.

        Args:
            client: The shared connections.
            base_url: Where it is, such as `https://checkout-test.adyen.com/v71`.
            api_key: Opens it.
            account: Their name for the merchant.
            told: What they have said by webhook.
            deadline: How long one call may take in all.
        """
        self._http = PartnerHttp(
            client,
            partner="adyen",
            base_url=base_url,
            auth=KeyHeader("X-API-Key", api_key),
            deadline=deadline,
        )
        self._account = account
        self._told = told

    async def find_payout(self, order: PayoutOrder) -> PayoutAnswer | None:
        """Say how it stands by what they have told us; nothing while they have not."""
        told = await self._told.of_payout("adyen", order.instruction_id, order.payout_ref)
        said = standing(told)
        if said is None:
            return None
        return PayoutAnswer(
            state=said.state, payout_ref=said.payout_ref, reason=said.reason, amount=said.amount
        )

    async def pay_out(self, order: PayoutOrder) -> PayoutAnswer:
        """Ask for the refund, as often as needed under one key, and never under a forgotten one.

        What may have been sent so long ago that they would do it again is called failed, with a
        reason by which a person looks it up first.
        """
        if order.maybe_sent_for > KEY_LIFETIME - MARGIN:
            return PayoutAnswer(state="failed", reason=MAY_HAVE_BEEN_SENT)
        try:
            stated = to_adyen(order.amount)
        except Unsayable:
            return PayoutAnswer(state="failed", reason=UNSAYABLE)
        call = "POST /payments/{id}/refunds"
        body = {
            "merchantAccount": self._account,
            "amount": stated,
            "reference": order.instruction_id,
            "merchantRefundReason": REASON,
        }
        answer = await self._http.ask(
            "POST",
            path_of("/payments/{ref}/refunds", ref=order.payment_ref),
            body=body,
            headers={"Idempotency-Key": order.instruction_id},
        )
        if not answer.accepted:
            return _refused(call, answer)
        received = answer.read(Received)
        amount = from_adyen(received.amount.get("value"), received.amount.get("currency"))
        if received.status != "received" or amount != order.amount:
            raise Misspoken(f"adyen: {call}: they have received something else")
        return PayoutAnswer(state="submitted", payout_ref=received.pspReference, amount=amount)


def _refused(call: str, answer: Answer) -> PayoutAnswer:
    """Tell their no from our mistake, by its code."""
    code = answer.body.get("errorCode")
    if answer.status == httpx2.codes.CONFLICT or code in UNDER_WAY:
        raise AnswerLost(f"adyen: {call}: the same instruction is under way there")
    refused = answer.status == 422
    if not isinstance(code, str) or not (refused or code in ERRORS):
        raise unexpected(f"adyen: {call}", answer, code)
    return PayoutAnswer(state="failed", reason=ERRORS.get(code, "unknown"))
