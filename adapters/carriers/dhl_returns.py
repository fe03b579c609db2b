"""DHL Parcel DE Returns: labels and codes for a way back to a German address, by one call.

It is a post's own counter, of another kind than an aggregator's: no rates (the contract has one
price), nothing is sold until a parcel is scanned, nothing needs to be taken back, nothing can be
looked up, no courier comes, and nothing is told (`dhl_tracking.py` asks). A label is handed out
once, with its papers, which are kept here. One that was made and never arrived costs nothing and
is known to nobody, so it is simply asked for again.

Theirs: developer.dhl.com/api-reference/dhl-parcel-de-returns-post-parcel-germany, version 1.1.0.
"""

import base64
import binascii
from collections.abc import Generator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal

import httpx2

from activities.failures import Misspoken
from activities.ports import (
    CarrierCapabilities,
    LabelBought,
    LabelOrder,
    LabelRefused,
    Paper,
    Prepared,
    Tracked,
)
from adapters.carriers.dhl_objects import (
    CODE,
    DOCUMENTS,
    Confirmation,
    Document,
    NotCarried,
    Receiver,
    Receivers,
    return_order,
    shipper_country,
)
from adapters.carriers.dhl_tracking import DhlTracking
from adapters.carriers.only_labels import OnlyMakesLabels
from adapters.http import DEFAULT_DEADLINE, Answer, PartnerHttp, unexpected

CODE_DAYS = 30
"""How long a code is good for; they let us choose 7 to 180 days. See `take_back_days` in a policy."""

_THEIR_NO = frozenset({httpx2.codes.BAD_REQUEST, httpx2.codes.UNPROCESSABLE_CONTENT})
_SIGNS: Mapping[bytes, str] = {b"%PDF-": "application/pdf", b"\x89PNG": "image/png"}


class DhlReturns(OnlyMakesLabels):
    """Keeps `activities.ports.Carrier`."""

    capabilities = CarrierCapabilities(
        idempotency="none",
        final_answer="immediate",
        can_cancel=False,
        quotes=False,
        billed="on_scan",
        visits=False,
        follows=False,
        news="asked",
    )

    def __init__(
        self,
        client: httpx2.AsyncClient,
        tracking: DhlTracking,
        *,
        base_url: str,
        api_key: str,
        deadline: timedelta = DEFAULT_DEADLINE,
    ) -> None:
        """Connect to the API at `base_url`, which ends in `/returns/v1`.

        Args:
            client: The connections that every partner shares.
            tracking: Says what was seen of parcels.
            base_url: Where they are.
            api_key: `user:password:key`, of the business customer and of the application.
            deadline: How long one call may take in all.
        """
        self._http = PartnerHttp(
            client,
            partner="dhl_returns",
            base_url=base_url,
            auth=_TwoKeys(*_three(api_key)),
            deadline=deadline,
        )
        self._tracking = tracking
        self._receivers: dict[str, tuple[Receiver, ...]] = {}

    async def prepare_label(self, order: LabelOrder) -> Prepared | LabelRefused:
        """Have a label made, with all that goes with it. It costs nothing until it is scanned."""
        documents = DOCUMENTS.get(order.service)
        country = shipper_country(order.sender.country)
        if documents is None or country is None:
            return _no("out_of_service_area", "no such service from there")
        receiver = await self._receiver(country, order.recipient.postcode)
        if receiver is None:
            return _no("out_of_service_area", "no receiver of ours at this hub")
        try:
            body = return_order(order, receiver)
        except NotCarried as no:
            return _no(no.reason, no.because)
        query = {"labelType": documents, "docFormat": "PDF", "qrValidityPeriod": str(CODE_DAYS)}
        answer = await self._http.ask("POST", "/orders", body=body, query=query)
        if answer.status in _THEIR_NO:
            return _no("address_issue", str(answer.status))
        made = _accepted("POST /orders", answer).read(Confirmation)
        papers = [_paper("label", made.label)]
        if order.service == CODE:
            if made.qr_label is None:
                raise Misspoken("dhl_returns: a code was asked for and none was given")
            papers.append(_paper("code", made.qr_label))
        return Prepared(offer_ref=made.shipment_no, papers=tuple(papers))

    async def find_label(self, order: LabelOrder) -> LabelBought | None:
        """What was prepared is the label: they know no second step, and list nothing."""
        return _label(order) if order.offer_ref else None

    async def buy_label(self, order: LabelOrder) -> LabelBought | LabelRefused:
        """What was prepared is the label."""
        return _label(order)

    async def track(self, tracking_number: str) -> Sequence[Tracked]:
        """Say what was seen of a parcel; nothing while nobody has."""
        return await self._tracking.story(tracking_number)

    async def _receiver(self, country: str, postcode: str) -> Receiver | None:
        """Who takes returns from that country at the hub: set up with them, and seldom changed."""
        known = self._receivers.get(country)
        if known is None:
            text = await self._http.download(f"/locations?countryCode={country}")
            known = self._receivers[country] = Receivers.read(text)
        wanted = postcode.replace(" ", "")
        at_hub = (one for one in known if one.postcode.replace(" ", "") == wanted)
        return next(at_hub, None)


class _TwoKeys(httpx2.Auth):
    """The business customer's name and password, and the key of the application."""

    def __init__(self, user: str, password: str, key: str) -> None:
        self._basic = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        self._key = key

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, Any, None]:
        """Add both."""
        request.headers["Authorization"] = self._basic
        request.headers["dhl-api-key"] = self._key
        yield request


def _three(api_key: str) -> tuple[str, str, str]:
    user, _, rest = api_key.partition(":")
    password, _, key = rest.rpartition(":")
    return user, password, key


def _label(order: LabelOrder) -> LabelBought:
    if order.price is None:
        raise Misspoken("dhl_returns: the policy has no price for it, and they tell none")
    return LabelBought(
        label_ref=order.offer_ref,
        tracking_number=order.offer_ref,
        cost=order.price,
        document_ref="",
        code=order.offer_ref if order.service == CODE else "",
        billed="on_scan",
        carrier=order.carrier,
        service=order.service,
    )


def _no(reason: str, theirs: str) -> LabelRefused:
    return LabelRefused(reason=reason, theirs=theirs)


def _accepted(call: str, answer: Answer) -> Answer:
    if not answer.accepted:
        raise unexpected(f"dhl_returns: {call}", answer, "")
    return answer


def _paper(kind: Literal["label", "code"], document: Document) -> Paper:
    try:
        content = base64.b64decode(document.b64, validate=True)
    except binascii.Error:
        content = b""
    media_type = next((known for sign, known in _SIGNS.items() if content.startswith(sign)), "")
    if not media_type:
        raise Misspoken(f"dhl_returns: its {kind} is neither PDF nor PNG")
    return Paper(kind=kind, media_type=media_type, content=content)
