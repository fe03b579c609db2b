"""EasyPost's claims on the insurance of its labels: filed, followed, cancelled.

Theirs: https://docs.easypost.com/docs/insurance/claims. No idempotency key and no reference of
ours: a claim is found again by its parcel and its type among the claims of that type. Money
that is granted is credited to the account's wallet, which no answer tells.
"""

import base64
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any, Literal

import httpx2

from activities.failures import Misspoken
from activities.ports import (
    Capabilities,
    ClaimFiled,
    ClaimOrder,
    ClaimRefused,
    ClaimStanding,
)
from adapters.documents.sheet import Sheet, render_sheet
from adapters.http import (
    DEFAULT_DEADLINE,
    Answer,
    PartnerHttp,
    TheirObject,
    path_of,
    printable_code,
    unexpected,
)
from domain.money import Money

State = Literal["waiting", "asks", "granted", "refused", "cancelled"]

STATES: Mapping[str, State] = {
    "submitted": "waiting",
    "in_review": "waiting",
    "needs_action": "asks",
    "approved": "granted",
    "approved_partial": "granted",
    "rejected": "refused",
    "cancelled": "cancelled",
    "canceled": "cancelled",
}

PAGE = 100
_MOST_PAGES = 50
_UNPROCESSABLE = 422


class Claim(TheirObject):
    """A claim, as their recordings show it."""

    id: str
    status: str
    tracking_code: str
    type: str
    approved_amount: str | None = None
    status_detail: str | None = None


class ClaimPage(TheirObject):
    """Some of them, the newest first."""

    claims: tuple[Claim, ...] = ()
    has_more: bool = False


class EasyPostClaims:
    """Keeps `activities.ports.Claims`."""

    capabilities = Capabilities(idempotency="none", final_answer="poll", can_cancel=True)

    def __init__(
        self,
        client: httpx2.AsyncClient,
        *,
        base_url: str,
        api_key: str,
        contact: str,
        currency: str,
        deadline: timedelta = DEFAULT_DEADLINE,
    ) -> None:
        """Connect to the API at `base_url`, which ends in `/v2`.

        Args:
            client: The connections that every partner shares.
            base_url: Where they are.
            api_key: What opens their door.
            contact: The merchant's address to which they write about a claim.
            currency: Of the account: they know no other.
            deadline: How long one call may take in all.
        """
        self._http = PartnerHttp(
            client, partner="easypost", base_url=base_url, auth=(api_key, ""), deadline=deadline
        )
        self._contact = contact
        self._currency = currency

    async def find_claim(self, order: ClaimOrder) -> ClaimFiled | None:
        """Say whether a claim for this parcel is with them already; of several, the first one."""
        found = None
        async for claim in self._listed(_type_of(order)):  # the newest first
            alive = STATES.get(claim.status) != "cancelled"
            if claim.tracking_code == order.tracking_number and alive:
                found = ClaimFiled(claim_ref=claim.id)
        return found

    async def file_claim(self, order: ClaimOrder) -> ClaimFiled | ClaimRefused:
        """File it, with a statement of what was in the parcel and what it was worth."""
        if order.amount.currency != self._currency:
            return ClaimRefused(theirs=f"the account pays in {self._currency}")
        answer = await self._http.ask("POST", "/claims", body=claim_request(order, self._contact))
        if not answer.accepted:
            if answer.status != _UNPROCESSABLE:
                raise unexpected("easypost: POST /claims", answer, _code(answer))
            return ClaimRefused(theirs=printable_code(_code(answer)))
        return ClaimFiled(claim_ref=answer.read(Claim).id)

    async def look_up_claim(self, claim_ref: str) -> ClaimStanding:
        """Say how it stands."""
        path = path_of("/claims/{ref}", ref=claim_ref)
        answer = await self._http.ask("GET", path)
        if not answer.accepted:
            raise Misspoken("easypost: the claim is not known there")
        return self._standing(answer.read(Claim))

    async def cancel_claim(self, claim_ref: str) -> ClaimStanding:
        """Withdraw it; one that they have decided stays as it is, and they say how."""
        path = path_of("/claims/{ref}/cancel", ref=claim_ref)
        answer = await self._http.ask("POST", path, body={})
        if not answer.accepted:
            return await self.look_up_claim(claim_ref)
        return self._standing(answer.read(Claim))

    async def _listed(self, kind: str) -> AsyncIterator[Claim]:
        """Every claim of a type, page by page.

        Raises:
            Misspoken: They have more than can be read: it is not known whether ours is there.
        """
        before: dict[str, str] = {}
        for _ in range(_MOST_PAGES):
            query = {"type": kind, "page_size": str(PAGE), **before}
            answer = await self._http.ask("GET", "/claims", query=query)
            if not answer.accepted:
                raise unexpected("easypost: GET /claims", answer, _code(answer))
            page = answer.read(ClaimPage)
            for claim in page.claims:
                if claim.type == kind:
                    yield claim
            if not page.has_more or not page.claims:
                return
            before = {"before_id": page.claims[-1].id}
        raise Misspoken(f"easypost: more than {_MOST_PAGES * PAGE} claims of one type")

    def _standing(self, claim: Claim) -> ClaimStanding:
        state = STATES.get(claim.status)
        if state is None:
            raise Misspoken(f"easypost: claim status {printable_code(claim.status)}")
        granted = None
        if state == "granted" and claim.approved_amount:
            granted = Money.parse(claim.approved_amount, self._currency)
        words = claim.status_detail or ""
        told = "".join(sign for sign in words if sign.isprintable())[:500]
        return ClaimStanding(state=state, granted=granted, theirs=told)


def claim_request(order: ClaimOrder, contact: str) -> dict[str, Any]:
    """Say what was lost, in their words. Nobody is named but the merchant."""
    return {
        "type": _type_of(order),
        "tracking_code": order.tracking_number,
        "amount": order.amount.plain().split()[0],
        "description": f"{order.reference}: {len(order.goods)} units {order.cause} on the way back",
        "contact_email": contact,
        "payment_method": "easypost_wallet",
        "email_evidence_attachments": [],
        "invoice_attachments": [_attached(statement_of(order))],
        "supporting_documentation_attachments": [],
    }


def statement_of(order: ClaimOrder) -> bytes:
    """What was in the parcel and what it was worth, as PDF."""
    return render_sheet(
        Sheet(
            title="Statement of value",
            facts=(
                ("Return", order.reference),
                ("Tracking number", order.tracking_number),
                ("Handed over", f"{order.handed_over_at:%Y-%m-%d}"),
                ("Claim", f"{order.cause}, {order.amount.plain()}"),
            ),
            head=("Article", "SKU", "Value"),
            rows=[(one.name, one.sku, one.value.plain()) for one in order.goods],
        )
    )


def _attached(document: bytes) -> str:
    return "data:application/pdf;base64," + base64.b64encode(document).decode()


def _type_of(order: ClaimOrder) -> str:
    return "loss" if order.cause == "lost" else "damage"


def _code(answer: Answer) -> object:
    error = answer.body.get("error")
    return error.get("code") if isinstance(error, dict) else None
