"""Gift cards and store credit: value issued to an account, once per instruction.

They keep our instruction as the native key for ever, and issue or refuse at once.
"""

from collections.abc import Mapping
from datetime import timedelta

import httpx2

from activities.failures import AnswerLost, Misspoken
from activities.ports import Capabilities, PayoutAnswer, PayoutOrder
from adapters.http import DEFAULT_DEADLINE, Answer, PartnerHttp, TheirObject, unexpected
from domain.money import Money

REASONS: Mapping[str, str] = {
    "exceeds_captured": "exceeds_captured",
    "amount_too_large": "exceeds_captured",
    "account_closed": "card_closed",
    "unknown_account": "unknown_payment",
}


class Credit(TheirObject):
    """Value that they issued; `code` is what somebody without an account claims it with."""

    id: str
    amount_minor: int
    currency: str
    status: str
    code: str | None = None


class CreditList(TheirObject):
    """What they find under a key: nothing, or the one credit."""

    data: tuple[Credit, ...]


class StoredValueGateway:
    """Keeps `activities.ports.PaymentGateway`."""

    capabilities = Capabilities(idempotency="native", final_answer="immediate")

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
            client, partner="storedvalue", base_url=base_url, auth=api_key, deadline=deadline
        )

    async def find_payout(self, order: PayoutOrder) -> PayoutAnswer | None:
        """Look the credit up by the instruction."""
        query = {"idempotency_key": order.instruction_id}
        answer = await self._http.ask("GET", "/credits", query=query)
        if answer.status == httpx2.codes.NOT_FOUND:
            return None
        if not answer.accepted:
            raise unexpected("storedvalue: GET /credits", answer, answer.body.get("code"))
        found = answer.read(CreditList).data
        return _issued(found[0]) if found else None

    async def pay_out(self, order: PayoutOrder) -> PayoutAnswer:
        """Issue the value; the account is a gift card's or the customer's."""
        body = {
            "account": order.payment_ref,
            "amount_minor": order.amount.amount_minor,
            "currency": order.amount.currency,
            "reference": order.reference,
        }
        key = {"Idempotency-Key": order.instruction_id}
        answer = await self._http.ask("POST", "/credits", body=body, headers=key)
        return _issued(answer.read(Credit)) if answer.accepted else _refused(answer)


def _issued(credit: Credit) -> PayoutAnswer:
    if credit.status != "issued":
        raise Misspoken("storedvalue: a credit that is not issued")
    try:
        amount = Money(amount_minor=credit.amount_minor, currency=credit.currency)
    except ValueError:
        raise Misspoken("storedvalue: a credit in a currency that ISO 4217 does not have") from None
    return PayoutAnswer(
        state="succeeded", payout_ref=credit.id, code=credit.code or "", amount=amount
    )


def _refused(answer: Answer) -> PayoutAnswer:
    code = answer.body.get("code")
    if answer.status == httpx2.codes.CONFLICT:
        raise AnswerLost("storedvalue: POST /credits: the same instruction is under way there")
    reason = REASONS.get(code) if isinstance(code, str) else None
    if reason is None:
        raise unexpected("storedvalue: POST /credits", answer, code)
    return PayoutAnswer(state="failed", reason=reason)
