"""Gift cards and store credit: value issued to an account, once per instruction.

They keep our instruction as the native key for ever, and issue or refuse at once.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from activities.failures import AnswerLost, Misspoken
from activities.ports import Booked, Capabilities, PayoutAnswer, PayoutOrder
from adapters.http import DEFAULT_DEADLINE, Answer, PartnerHttp, TheirObject, unexpected
from domain.money import Money

BEFORE_THEY_SAID = datetime.fromtimestamp(0, UTC)
PAGES_LIMIT = 2_000

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
    account: str = ""
    idempotency_key: str = ""
    created_at: datetime = BEFORE_THEY_SAID
    expires_at: datetime | None = None


class CreditList(TheirObject):
    """What they find: under a key at most one credit; in a span of time a page, oldest first."""

    data: tuple[Credit, ...]
    next: str | None = None  # what the next page is asked for with


class StoredValueGateway:
    """Keeps `activities.ports.PaymentGateway` and `activities.ports.Bookkeeper`."""

    late = timedelta(0)
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
        body: dict[str, Any] = {
            "account": order.payment_ref,
            "amount_minor": order.amount.amount_minor,
            "currency": order.amount.currency,
            "reference": order.reference,
        }
        if order.valid_until is not None:
            body["expires_at"] = order.valid_until.isoformat()
        key = {"Idempotency-Key": order.instruction_id}
        answer = await self._http.ask("POST", "/credits", body=body, headers=key)
        return _issued(answer.read(Credit)) if answer.accepted else _refused(answer)

    async def booked(self, since: datetime, until: datetime) -> Sequence[Booked]:
        """List the credits issued in between; they are never taken back."""
        query = {"created_since": since.isoformat(), "created_until": until.isoformat()}
        found: list[Booked] = []
        for _ in range(PAGES_LIMIT):
            answer = await self._http.ask("GET", "/credits", query=query)
            if not answer.accepted:
                raise unexpected("storedvalue: GET /credits", answer, answer.body.get("code"))
            page = answer.read(CreditList)
            found += [_booked(credit) for credit in page.data]
            if page.next is None:
                return found
            query["after"] = page.next
        raise Misspoken(f"storedvalue: GET /credits: more than {PAGES_LIMIT} pages")


def _booked(credit: Credit) -> Booked:
    return Booked(
        kind="payout",
        ref=credit.id,
        instruction_id=credit.idempotency_key,
        payment_ref=credit.account,
        amount=_amount(credit),
        state=_issued(credit).state,
        at=credit.created_at,
    )


def _issued(credit: Credit) -> PayoutAnswer:
    if credit.status != "issued":
        raise Misspoken("storedvalue: a credit that is not issued")
    ends = credit.expires_at
    if ends is not None and ends.tzinfo is None:
        raise Misspoken("storedvalue: a credit that ends at a time without an offset")
    return PayoutAnswer(
        state="succeeded",
        payout_ref=credit.id,
        code=credit.code or "",
        valid_until=ends,
        amount=_amount(credit),
    )


def _amount(credit: Credit) -> Money:
    try:
        return Money(amount_minor=credit.amount_minor, currency=credit.currency)
    except ValueError:
        raise Misspoken("storedvalue: a credit in a currency that ISO 4217 does not have") from None


def _refused(answer: Answer) -> PayoutAnswer:
    code = answer.body.get("code")
    if answer.status == httpx2.codes.CONFLICT:
        raise AnswerLost("storedvalue: POST /credits: the same instruction is under way there")
    reason = REASONS.get(code) if isinstance(code, str) else None
    if reason is None:
        raise unexpected("storedvalue: POST /credits", answer, code)
    return PayoutAnswer(state="failed", reason=reason)
