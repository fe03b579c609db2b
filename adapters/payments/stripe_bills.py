"""Bills as Stripe's Checkout Sessions: a link, a page of theirs, and one payment.

A session lives a day at most, and a bill as long as it likes. What lapsed before its bill is
over counts as not found, so that it is sent anew: under a key of its own, which is only used
once the session before it can no longer be paid. Sessions cannot be looked up by what we
call them: those of the last day are walked through, and what was paid earlier is searched
for by its metadata. Docs: docs.stripe.com/api/checkout/sessions, docs.stripe.com/search.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from activities.failures import Misspoken
from activities.ports import Bill, BillAnswer
from adapters.http import PartnerHttp, TheirObject, path_of, printable_code, unexpected
from adapters.payments.stripe_amounts import from_stripe, to_stripe
from adapters.payments.stripe_wire import (
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


class Bills:
    """The half of the collector that asks customers for money."""

    def __init__(self, http: PartnerHttp, success_url: str) -> None:
        self._http = http
        self._success_url = success_url

    async def find(self, bill: Bill) -> BillAnswer | None:
        """Look for a session that can be paid, was paid, or ended with its bill."""
        return await self._standing(bill, await self._sessions(bill))

    async def send(self, bill: Bill) -> BillAnswer:
        """Open a session, once for each that has lapsed before."""
        sessions = await self._sessions(bill)
        known = await self._standing(bill, sessions)
        if known is not None:
            return known
        key = bill.instruction_id + (f":{sessions[0].id}" if sessions else "")
        form = {**self._form(bill), **_ends(bill)}
        answer = await self._http.ask("POST", "/checkout/sessions", form=form, headers=key_for(key))
        if not answer.accepted:
            code = no_of("POST /checkout/sessions", answer)
            raise unexpected("stripe: POST /checkout/sessions", answer, code)
        return understand(answer.read(Session))

    async def cancel(self, bill: Bill) -> BillAnswer:
        """End its session, unless it was paid meanwhile: that is then the answer."""
        sessions = await self._sessions(bill)
        if not sessions:
            paid = await self._paid_earlier(bill)
            return paid or BillAnswer(state="cancelled", bill_ref="")
        session = next((one for one in sessions if one.status == "complete"), sessions[0])
        if session.status != "open":
            return understand(session)
        await self._mark(session)
        path = path_of("/checkout/sessions/{ref}/expire", ref=session.id)
        answer = await self._http.ask("POST", path)
        if answer.accepted:
            return understand(answer.read(Session))
        no_of("POST /checkout/sessions/{id}/expire", answer)
        return understand(await self._fetch(session.id))

    async def _standing(self, bill: Bill, sessions: Sequence[Session]) -> BillAnswer | None:
        if not sessions:
            return await self._paid_earlier(bill)
        newest = next((one for one in sessions if one.status == "complete"), sessions[0])
        return None if _lapsed(newest, bill) else understand(newest)

    async def _mark(self, session: Session) -> None:
        """Write down that it is us who end it: their status is the same as after a day."""
        path = path_of("/checkout/sessions/{ref}", ref=session.id)
        form = {"metadata[ended]": "cancelled"}
        answer = await self._http.ask("POST", path, form=form)
        if not answer.accepted:  # it is over already; what it is now is asked for next
            no_of("POST /checkout/sessions/{id}", answer)

    async def _fetch(self, ref: str) -> Session:
        answer = await self._http.ask("GET", path_of("/checkout/sessions/{ref}", ref=ref))
        return accepted("GET /checkout/sessions/{id}", answer).read(Session)

    async def _sessions(self, bill: Bill) -> list[Session]:
        """Give the bill's sessions of the last day, newest first."""
        since = int((datetime.now(UTC) - LOOK_BACK).timestamp())
        sessions = listed(
            self._http,
            "/checkout/sessions",
            {"created[gte]": str(since)},
            pages_limit=SESSION_PAGES_LIMIT,
        )
        return [
            read(Session, one)
            async for one in sessions
            if one.get("client_reference_id") == bill.instruction_id
        ]

    async def _paid_earlier(self, bill: Bill) -> BillAnswer | None:
        """Search the payments; their search lags by minutes, our sessions by a day."""
        query = {"query": f"metadata['instruction_id']:'{_quoted(bill.instruction_id)}'"}
        answer = await self._http.ask("GET", "/payment_intents/search", query=query)
        found = accepted("GET /payment_intents/search", answer).body.get("data")
        intents = [read(PaidIntent, one) for one in found] if isinstance(found, list) else []
        paid = next((one for one in intents if one.status == "succeeded"), None)
        if paid is None:
            return None
        return BillAnswer(
            state="paid",
            bill_ref=paid.id,
            payment_ref=paid.id,
            amount=from_stripe(paid.amount, paid.currency),
        )

    def _form(self, bill: Bill) -> dict[str, str]:
        price = "line_items[0][price_data]"
        marks = {"instruction_id": bill.instruction_id, "return_id": bill.reference}
        return {
            "mode": "payment",
            "client_reference_id": bill.instruction_id,
            "success_url": self._success_url,
            f"{price}[currency]": bill.amount.currency.lower(),
            f"{price}[unit_amount]": str(to_stripe(bill.amount)),
            f"{price}[product_data][name]": bill.because,
            "line_items[0][quantity]": "1",
            **{f"metadata[{name}]": mark for name, mark in marks.items()},
            **{f"payment_intent_data[metadata][{name}]": mark for name, mark in marks.items()},
        }


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


def _ends(bill: Bill) -> dict[str, str]:
    """Let the session end with its bill where they allow it: within 30 minutes to a day."""
    left = bill.expires_at - datetime.now(UTC)
    if not SHORTEST_SESSION < left < LONGEST_SESSION:
        return {}
    return {"expires_at": str(int(bill.expires_at.timestamp()))}


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")
