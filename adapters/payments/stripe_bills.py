"""Bills as Stripe's Checkout Sessions: a link, a page of theirs, and one payment.

A session lives a day at most, and a bill as long as it likes. What lapsed before its bill is
over counts as not found, so that it is sent anew: under a key of its own, which is only used
once the session before it can no longer be paid. Sessions cannot be looked up by what we
call them: those of the last day are walked through, and what was paid earlier is searched
for by its metadata. Docs: docs.stripe.com/api/checkout/sessions, docs.stripe.com/search.
"""

from collections.abc import Awaitable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from stripe import StripeObject
from stripe.params.checkout import SessionCreateParams, SessionListParams

from activities.failures import Misspoken
from activities.ports import Bill, BillAnswer
from adapters.http import TheirObject, printable_code, unexpected
from adapters.payments.stripe_amounts import from_stripe, to_stripe
from adapters.payments.stripe_client import StripeApi
from adapters.payments.stripe_wire import (
    PAGE_SIZE,
    accepted,
    at_second,
    key_for,
    listed,
    no_of,
    read,
)

LONGEST_SESSION = timedelta(hours=24)
SHORTEST_SESSION = timedelta(minutes=30)
LOOK_BACK = LONGEST_SESSION + timedelta(hours=1)
SESSION_PAGES_LIMIT = 500
"""Of a day's checkouts: 50,000 of them, for a shop that sells on the same account."""


class Session(TheirObject):
    """A Checkout Session, as far as we read it."""

    id: str
    status: str
    created: int
    expires_at: int
    url: str | None = None
    client_reference_id: str | None = None
    payment_intent: str | None = None
    payment_status: str = "unpaid"
    amount_total: int | None = None
    currency: str | None = None
    metadata: Mapping[str, str] | None = None


class PaidIntent(TheirObject):
    """What a session was paid with, found by its metadata."""

    id: str
    amount: int
    currency: str
    status: str


class Found(TheirObject):
    """What a search gives; with one instruction it is never more than a page."""

    data: tuple[dict[str, Any], ...]


class Bills:
    """The half of the collector that asks customers for money."""

    def __init__(self, api: StripeApi, success_url: str) -> None:
        self._api = api
        self._sessions = api.v1.checkout.sessions
        self._success_url = success_url

    async def find(self, bill: Bill) -> BillAnswer | None:
        """Look for a session that can be paid, was paid, or ended with its bill."""
        return await self._standing(bill, await self._found(bill))

    async def send(self, bill: Bill) -> BillAnswer:
        """Open a session, once for each that has lapsed before."""
        sessions = await self._found(bill)
        known = await self._standing(bill, sessions)
        if known is not None:
            return known
        key = bill.instruction_id + (f":{sessions[0].id}" if sessions else "")
        call, made = "POST /checkout/sessions", self._form(bill)
        answer = await self._api.answer(call, self._sessions.create_async(made, key_for(key)))
        if not answer.accepted:
            raise unexpected(f"stripe: {call}", answer, no_of(call, answer))
        return understand(answer.read(Session))

    async def cancel(self, bill: Bill) -> BillAnswer:
        """End its session, unless it was paid meanwhile: that is then the answer."""
        sessions = await self._found(bill)
        if not sessions:
            paid = await self._paid_earlier(bill)
            return paid or BillAnswer(state="cancelled", bill_ref="")
        session = next((one for one in sessions if one.status == "complete"), sessions[0])
        if session.status != "open":
            return understand(session)
        await self._mark(session)
        call = "POST /checkout/sessions/{id}/expire"
        answer = await self._api.answer(call, self._sessions.expire_async(session.id))
        if answer.accepted:
            return understand(answer.read(Session))
        no_of(call, answer)
        return understand(await self._fetch(session.id))

    async def _standing(self, bill: Bill, sessions: Sequence[Session]) -> BillAnswer | None:
        if not sessions:
            return await self._paid_earlier(bill)
        newest = next((one for one in sessions if one.status == "complete"), sessions[0])
        return None if _lapsed(newest, bill) else understand(newest)

    async def _mark(self, session: Session) -> None:
        """Write down that it is us who end it: their status is the same as after a day."""
        call, mark = "POST /checkout/sessions/{id}", {"ended": "cancelled"}
        marked = self._sessions.update_async(session.id, {"metadata": mark})
        answer = await self._api.answer(call, marked)
        if not answer.accepted:  # it is over already; what it is now is asked for next
            no_of(call, answer)

    async def _fetch(self, ref: str) -> Session:
        call = "GET /checkout/sessions/{id}"
        answer = await self._api.answer(call, self._sessions.retrieve_async(ref))
        return accepted(call, answer).read(Session)

    async def _found(self, bill: Bill) -> list[Session]:
        """Give the bill's sessions of the last day, newest first."""
        since = int((datetime.now(UTC) - LOOK_BACK).timestamp())

        def page(after: str) -> Awaitable[StripeObject]:
            asked: SessionListParams = {"limit": PAGE_SIZE, "created": {"gte": since}}
            if after:
                asked["starting_after"] = after
            return self._sessions.list_async(asked)

        sessions = listed("GET /checkout/sessions", page, pages_limit=SESSION_PAGES_LIMIT)
        return [
            read(Session, one)
            async for one in sessions
            if one.get("client_reference_id") == bill.instruction_id
        ]

    async def _paid_earlier(self, bill: Bill) -> BillAnswer | None:
        """Search the payments; their search lags by minutes, our sessions by a day."""
        call = "GET /payment_intents/search"
        query = f"metadata['instruction_id']:'{_quoted(bill.instruction_id)}'"
        searched = self._api.v1.payment_intents.search_async({"query": query})
        found = accepted(call, await self._api.answer(call, searched)).read(Found)
        intents = [read(PaidIntent, one) for one in found.data]
        paid = next((one for one in intents if one.status == "succeeded"), None)
        if paid is None:
            return None
        return BillAnswer(
            state="paid",
            bill_ref=paid.id,
            payment_ref=paid.id,
            amount=from_stripe(paid.amount, paid.currency),
        )

    def _form(self, bill: Bill) -> SessionCreateParams:
        marks = {"instruction_id": bill.instruction_id, "return_id": bill.reference}
        made: SessionCreateParams = {
            "mode": "payment",
            "client_reference_id": bill.instruction_id,
            "success_url": self._success_url,
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": bill.amount.currency.lower(),
                        "unit_amount": to_stripe(bill.amount),
                        "product_data": {"name": bill.because},
                    },
                }
            ],
            "metadata": marks,
            "payment_intent_data": {"metadata": marks},
        }
        left = bill.expires_at - datetime.now(UTC)
        if SHORTEST_SESSION < left < LONGEST_SESSION:  # else after a day, by itself
            made["expires_at"] = int(bill.expires_at.timestamp())
        return made


def understand(session: Session) -> BillAnswer:
    """Put a session into our words.

    `complete` and not yet paid is a slow bank: the money is on its way, the link is closed.

    Raises:
        Misspoken: Its status is none that they document.
    """
    amount = None
    if session.amount_total is not None and session.currency is not None:
        amount = from_stripe(session.amount_total, session.currency)
    match session.status, session.payment_status:
        case "complete", "paid" | "no_payment_required":
            payment = session.payment_intent or ""
            return BillAnswer(state="paid", bill_ref=session.id, payment_ref=payment, amount=amount)
        case "open" | "complete", _:
            return BillAnswer(
                state="open", bill_ref=session.id, url=session.url or "", amount=amount
            )
        case "expired", _:
            return BillAnswer(
                state="cancelled" if _ended_by_us(session) else "expired",
                bill_ref=session.id,
                amount=amount,
            )
        case _:
            raise Misspoken(f"stripe: checkout session status {printable_code(session.status)}")


def _lapsed(session: Session, bill: Bill) -> bool:
    """Say whether it ended by itself, before its bill was over."""
    return (
        session.status == "expired"
        and not _ended_by_us(session)
        and at_second(session.expires_at) < bill.expires_at.replace(microsecond=0)
    )


def _ended_by_us(session: Session) -> bool:
    return (session.metadata or {}).get("ended") == "cancelled"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")
