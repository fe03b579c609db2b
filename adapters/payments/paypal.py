"""PayPal: refunds of captures, under their `PayPal-Request-Id` and our `invoice_id`.

They keep the key for 45 days and answer the same request with how it stands now. Refunds of a
capture cannot be listed; they are found among the account's transactions by our reference,
up to three hours after they were made. Before that the same key is sent again. Docs:
developer.paypal.com/docs/api/payments/v2/#captures_refund, /api/transaction-search/v1.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from activities.failures import AnswerLost, Misspoken
from activities.ports import Booked, Capabilities, PayoutAnswer, PayoutOrder
from adapters.http import DEFAULT_DEADLINE, Answer, TheirObject, path_of, unexpected
from adapters.payments.paypal_exchange import Capture, Payable
from adapters.payments.paypal_http import PayPalHttp
from adapters.payments.paypal_words import (
    DONE_BEFORE,
    ISSUES,
    REFUNDED,
    REPORTED,
    TAKEN_BACK,
    from_paypal,
    state_of,
    to_paypal,
)
from adapters.payments.unsayable import MAY_HAVE_BEEN_SENT, Unsayable
from adapters.payments.unsayable import REASON as UNSAYABLE

KEY_LIFETIME = timedelta(days=45)
MARGIN = timedelta(days=1)
LONGEST_SPAN = timedelta(days=31)
PAGE_SIZE = 500
PAGES_LIMIT = 200


class Amount(TheirObject):
    """Decimal text and its currency."""

    currency_code: str
    value: str


class Refund(TheirObject):
    """PayPal's refund, as far as we read it."""

    id: str
    status: str
    amount: Amount
    seller_payable_breakdown: Payable | None = None


class Info(TheirObject):
    """One movement of the account, in their report."""

    transaction_id: str
    transaction_event_code: str
    transaction_status: str = "S"
    transaction_amount: Amount
    transaction_initiation_date: datetime
    paypal_reference_id: str = ""
    invoice_id: str = ""


class Transaction(TheirObject):
    """A row of the report."""

    transaction_info: Info


class Report(TheirObject):
    """One page of it."""

    transaction_details: tuple[Transaction, ...] = ()
    total_pages: int = 1


class PayPalGateway:
    """Keeps `activities.ports.PaymentGateway` and `activities.ports.Bookkeeper`."""

    late = timedelta(hours=3)
    capabilities = Capabilities(
        idempotency="native", key_lifetime=KEY_LIFETIME, final_answer="poll"
    )

    def __init__(
        self,
        client: httpx2.AsyncClient,
        *,
        base_url: str,
        api_key: str,
        deadline: timedelta = DEFAULT_DEADLINE,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Connect to the API at `base_url`; the key is `client id:secret`."""
        self._http = PayPalHttp(
            client, base_url=base_url, api_key=api_key, deadline=deadline, now=now
        )
        self._now = now

    async def find_payout(self, order: PayoutOrder) -> PayoutAnswer | None:
        """Look for the instruction among the refunds of the last days, and ask how it stands."""
        until = self._now() + timedelta(minutes=5)
        since = until - min(order.maybe_sent_for + timedelta(days=1), KEY_LIFETIME * 2)
        async for info in self._transactions(since, until, {"transaction_type": REFUNDED}):
            if info.invoice_id == order.instruction_id:
                refund = await self._fetch(info.transaction_id)
                return await self._exchanged(refund, order.payment_ref)
        return None

    async def pay_out(self, order: PayoutOrder) -> PayoutAnswer:
        """Refund once per instruction: under one key, and under one reference of ours.

        What may have been sent so long ago that the key is forgotten is called failed, with a
        reason by which a person looks it up first.
        """
        if order.maybe_sent_for > KEY_LIFETIME - MARGIN:
            return PayoutAnswer(state="failed", reason=MAY_HAVE_BEEN_SENT)
        try:
            stated = to_paypal(order.amount)
        except Unsayable:
            return PayoutAnswer(state="failed", reason=UNSAYABLE)
        call = "POST /v2/payments/captures/{id}/refund"
        answer = await self._http.ask(
            "POST",
            path_of("/v2/payments/captures/{ref}/refund", ref=order.payment_ref),
            body={
                "amount": stated,
                "invoice_id": order.instruction_id,
                "custom_id": order.reference,
            },
            headers={"PayPal-Request-Id": order.instruction_id, "Prefer": "return=representation"},
        )
        if answer.accepted:
            made = await self._exchanged(answer.read(Refund), order.payment_ref)
            if made.amount != order.amount:
                raise Misspoken(f"paypal: {call}: they have refunded something else")
            return made
        return _refused(call, answer)

    async def fetch_payout(self, payout_ref: str) -> PayoutAnswer:
        """Ask how a refund stands."""
        return understand(await self._fetch(payout_ref))

    async def _fetch(self, payout_ref: str) -> Refund:
        answer = await self._http.ask("GET", path_of("/v2/payments/refunds/{ref}", ref=payout_ref))
        if not answer.accepted:
            raise unexpected("paypal: GET /v2/payments/refunds/{id}", answer, _issue(answer))
        return answer.read(Refund)

    async def _exchanged(self, refund: Refund, capture_id: str) -> PayoutAnswer:
        """Say what it cost in the account's currency, where that is another."""
        said, payable = understand(refund), refund.seller_payable_breakdown
        rate = payable.rate if payable is not None else None
        if rate is None or said.amount is None:
            return said
        call = "/v2/payments/captures/{ref}"
        answer = await self._http.ask("GET", path_of(call, ref=capture_id))
        if not answer.accepted:
            raise unexpected(f"paypal: GET {call}", answer, _issue(answer))
        received = answer.read(Capture).seller_receivable_breakdown
        brought = received.exchange_rate if received is not None else None
        worth = brought.of(said.amount) if brought is not None else None
        return said.model_copy(update={"cost": rate.of(said.amount), "worth": worth})

    async def booked(self, since: datetime, until: datetime) -> Sequence[Booked]:
        """List refunds and what was taken back; the last three hours may be missing."""
        return [
            _booked(info)
            async for info in self._transactions(since, until, {})
            if info.transaction_event_code in {REFUNDED, *TAKEN_BACK}
        ]

    async def _transactions(
        self, since: datetime, until: datetime, only: dict[str, str]
    ) -> AsyncIterator[Info]:
        """Read the report page by page, in spans as long as they allow."""
        while since < until:
            end = min(since + LONGEST_SPAN, until)
            for page in range(1, PAGES_LIMIT + 1):
                report = await self._page(since, end, {**only, "page": str(page)})
                for row in report.transaction_details:
                    yield row.transaction_info
                if page >= report.total_pages:
                    break
            else:
                raise Misspoken(f"paypal: GET /v1/reporting/transactions: over {PAGES_LIMIT} pages")
            since = end

    async def _page(self, since: datetime, until: datetime, more: dict[str, str]) -> Report:
        query = {
            "start_date": since.astimezone(UTC).isoformat(timespec="seconds"),
            "end_date": until.astimezone(UTC).isoformat(timespec="seconds"),
            "fields": "transaction_info",
            "page_size": str(PAGE_SIZE),
            **more,
        }
        answer = await self._http.ask("GET", "/v1/reporting/transactions", query=query)
        if not answer.accepted:
            raise unexpected("paypal: GET /v1/reporting/transactions", answer, _issue(answer))
        return answer.read(Report)


def understand(refund: Refund) -> PayoutAnswer:
    """Put one of their refunds into our words."""
    state = state_of(refund.status)
    return PayoutAnswer(
        state=state,
        payout_ref=refund.id,
        reason="unknown" if state == "failed" else "",
        amount=from_paypal(refund.amount.value, refund.amount.currency_code),
    )


def _refused(call: str, answer: Answer) -> PayoutAnswer:
    """Tell their no from our mistake, by the first issue that they name."""
    issue = _issue(answer)
    if answer.status == httpx2.codes.CONFLICT or issue in DONE_BEFORE:
        raise AnswerLost(f"paypal: {call}: they have this instruction, and not its answer")
    if answer.status == httpx2.codes.NOT_FOUND and issue not in ISSUES:
        return PayoutAnswer(state="failed", reason="unknown_payment")
    refused = answer.status == 422
    if not issue or not (refused or issue in ISSUES):
        raise unexpected(f"paypal: {call}", answer, issue)
    return PayoutAnswer(state="failed", reason=ISSUES.get(issue, "unknown"))


def _issue(answer: Answer) -> str:
    details: Any = answer.body.get("details")
    first = details[0] if isinstance(details, list) and details else {}
    issue = first.get("issue") if isinstance(first, dict) else None
    return issue if isinstance(issue, str) else ""


def _booked(info: Info) -> Booked:
    is_refund = info.transaction_event_code == REFUNDED
    state = REPORTED.get(info.transaction_status, "failed")
    return Booked(
        kind="payout" if is_refund else "chargeback",
        ref=info.transaction_id,
        instruction_id=info.invoice_id if is_refund else "",
        payment_ref=info.paypal_reference_id,
        amount=from_paypal(info.transaction_amount.value, info.transaction_amount.currency_code),
        state=state if is_refund else TAKEN_BACK[info.transaction_event_code],
        at=info.transaction_initiation_date,
    )
