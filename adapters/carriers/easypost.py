"""EasyPost: return labels, their refunds, and visits of its carriers.

They keep no idempotency key. A label is bought in two steps: a free shipment, whose id is
kept, then the purchase on it, which they refuse to do twice. After a lost answer the
purchase is seen on the shipment. Our step is its `reference`, by which people find it.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import httpx2

from activities.failures import Misspoken, Unauthorised
from activities.ports import (
    CarrierCapabilities,
    LabelBought,
    LabelOrder,
    LabelRefused,
    PickupBooked,
    PickupOrder,
    PickupRefused,
    Prepared,
    Tracked,
    VoidAnswer,
    VoidOrder,
)
from adapters.carriers.easypost_objects import (
    Pickup,
    Rate,
    Shipment,
    Tracker,
    pickup_request,
    return_shipment,
)
from adapters.carriers.easypost_tracking import story_of
from adapters.http import DEFAULT_DEADLINE, Answer, PartnerHttp, path_of, printable_code, unexpected
from domain.money import Money

POSTAGE_EXISTS = "SHIPMENT.POSTAGE.EXISTS"

# What their no means in our words (docs.easypost.com/docs/errors). A code that is not here
# is no answer but a defect: we sent something they cannot read.
REFUSALS: Mapping[str, str] = {
    "ADDRESS.OUT_OF_SERVICE_AREA": "out_of_service_area",
    "SHIPMENT.RATES.UNAVAILABLE": "out_of_service_area",
    "RATE.UNAVAILABLE": "out_of_service_area",
    "PICKUP.UNAVAILABLE": "out_of_service_area",
    "ADDRESS.VERIFY.FAILURE": "address_issue",
    "ADDRESS.VERIFICATION.FAILURE": "address_issue",
    "ADDRESS.VERIFICATION.INVALID": "address_issue",
    "ADDRESS.PARAMETERS.INVALID": "address_issue",
    "PARCEL.OVERSIZE": "oversize_or_bad_packaging",
    "PARCEL.WEIGHT.EXCEEDED": "oversize_or_bad_packaging",
    "SHIPMENT.RESTRICTED": "restricted_item",
    "PICKUP.CAPACITY": "vehicle_or_capacity",
    "SHIPMENT.POSTAGE.FAILURE": "other",
    "PICKUP.FAILURE": "other",
}

VOID_STATES: Mapping[str, VoidAnswer] = {
    "submitted": VoidAnswer(state="submitted"),
    "refunded": VoidAnswer(state="granted"),
    "rejected": VoidAnswer(state="refused", theirs="rejected"),
    "not_applicable": VoidAnswer(state="refused", theirs="not_applicable"),
}


class EasyPostCarrier:
    """Keeps `activities.ports.Carrier`."""

    capabilities = CarrierCapabilities(idempotency="none", final_answer="webhook", can_cancel=True)

    def __init__(
        self,
        client: httpx2.AsyncClient,
        *,
        base_url: str,
        api_key: str,
        deadline: timedelta = DEFAULT_DEADLINE,
    ) -> None:
        """Connect to the API at `base_url`, which ends in `/v2`."""
        self._http = PartnerHttp(
            client, partner="easypost", base_url=base_url, auth=(api_key, ""), deadline=deadline
        )

    async def find_label(self, order: LabelOrder) -> LabelBought | None:
        """Say whether a label was bought for this step."""
        shipment = await self._shipment(order.offer_ref)
        return _label(shipment) if shipment else None

    async def prepare_label(self, order: LabelOrder) -> Prepared | LabelRefused:
        """Make a shipment. Its id is to be kept before anything is bought on it."""
        answer = await self._http.ask("POST", "/shipments", body=return_shipment(order))
        if not answer.accepted:
            return _no_label("POST /shipments", answer)
        return Prepared(offer_ref=answer.read(Shipment).id)

    async def buy_label(self, order: LabelOrder) -> LabelBought | LabelRefused:
        """Buy the label on the shipment that was prepared; they sell it once."""
        shipment = await self._shipment(order.offer_ref)
        if shipment is None:
            raise Misspoken("easypost: the shipment that was prepared is not known there")
        return _label(shipment) or await self._buy(shipment, order)

    async def find_void(self, order: VoidOrder) -> VoidAnswer | None:
        """Say what became of the wish to take the label back; None if nobody wished it."""
        shipment = await self._shipment(order.label_ref)
        if shipment is None:
            raise Misspoken("easypost: the label to take back is not known there")
        return _void(shipment)

    async def void_label(self, order: VoidOrder) -> VoidAnswer:
        """Ask for the label's money back; the answer comes days later."""
        path = path_of("/shipments/{ref}/refund", ref=order.label_ref)
        answer = await self._http.ask("POST", path, body={})
        if not answer.accepted:
            said = await self.find_void(order)  # they refuse to be asked twice
            return said or VoidAnswer(state="refused", theirs=printable_code(_code(answer)))
        return _void(answer.read(Shipment)) or VoidAnswer(state="submitted")

    async def find_pickup(self, offer_ref: str) -> PickupBooked | None:
        """Say whether a visit was booked on this offer, even if it has failed since."""
        pickup = await self._pickup(offer_ref)
        return _booked(pickup) if pickup else None

    async def prepare_pickup(self, order: PickupOrder) -> Prepared | PickupRefused:
        """Make a pickup. Its id is to be kept before a visit is booked on it."""
        answer = await self._http.ask("POST", "/pickups", body=pickup_request(order))
        if not answer.accepted:
            return _no_visit("POST /pickups", answer)
        return Prepared(offer_ref=answer.read(Pickup).id)

    async def book_pickup(self, order: PickupOrder) -> PickupBooked | PickupRefused:
        """Book the cheapest visit in the window, on the pickup that was prepared."""
        pickup = await self._pickup(order.offer_ref)
        if pickup is None:
            raise Misspoken("easypost: the pickup that was prepared is not known there")
        if pickup.status == "canceled":
            return PickupRefused(reason="other", theirs="canceled")
        return _booked(pickup) or await self._book(pickup)

    async def cancel_pickup(self, pickup_ref: str) -> None:
        """Call the visit off; one that is over, or was called off before, stays as it is."""
        path = path_of("/pickups/{ref}/cancel", ref=pickup_ref)
        answer = await self._http.ask("POST", path, body={})
        if answer.accepted:
            return
        pickup = await self._pickup(pickup_ref)
        if pickup is None or pickup.status in {"unknown", "scheduled"}:
            raise unexpected("easypost: POST /pickups/cancel", answer, _code(answer))

    async def follow(self, tracking_number: str) -> str:
        """Have a number of any carrier's reported; they find out whose it is, and keep it once."""
        body = {"tracker": {"tracking_code": tracking_number}}
        answer = await self._http.ask("POST", "/trackers", body=body)
        if answer.status == httpx2.codes.UNPROCESSABLE_CONTENT:
            return ""  # no number of a carrier that they know
        return _found("POST /trackers", answer).read(Tracker).id

    async def track(self, tracking_number: str) -> Sequence[Tracked]:
        """Say what was seen of a parcel; nothing while nobody has, or they do not follow it."""
        query = {"tracking_code": tracking_number}
        answer = await self._http.ask("GET", "/trackers", query=query)
        return story_of(_found("GET /trackers", answer).body)

    async def _buy(self, shipment: Shipment, order: LabelOrder) -> LabelBought | LabelRefused:
        rate = _rate_for(shipment, order)
        if rate is None:
            return LabelRefused(reason="out_of_service_area", theirs="no rate for this service")
        path = path_of("/shipments/{ref}/buy", ref=shipment.id)
        answer = await self._http.ask("POST", path, body={"rate": {"id": rate.id}})
        if _code(answer) == POSTAGE_EXISTS:
            bought = await self._shipment(shipment.id)
        elif not answer.accepted:
            return _no_label("POST /shipments/buy", answer)
        else:
            bought = answer.read(Shipment)
        label = _label(bought) if bought else None
        if label is None:
            raise Misspoken("easypost: a bought shipment has no label")
        return label

    async def _book(self, pickup: Pickup) -> PickupBooked | PickupRefused:
        if not pickup.pickup_rates:
            return PickupRefused(reason="out_of_service_area", theirs="no rate for this visit")
        cheapest = min(pickup.pickup_rates, key=lambda rate: (_price(rate).amount_minor, rate.id))
        path = path_of("/pickups/{ref}/buy", ref=pickup.id)
        choice = {"carrier": cheapest.carrier, "service": cheapest.service}
        answer = await self._http.ask("POST", path, body=choice)
        if not answer.accepted:
            return _no_visit("POST /pickups/buy", answer)
        booked = _booked(answer.read(Pickup))
        if booked is None:
            raise Misspoken("easypost: a bought pickup is not scheduled")
        return booked

    async def _shipment(self, ref: str) -> Shipment | None:
        answer = await self._http.ask("GET", path_of("/shipments/{ref}", ref=ref))
        return _found("GET /shipments", answer).read(Shipment) if _is_there(answer) else None

    async def _pickup(self, ref: str) -> Pickup | None:
        answer = await self._http.ask("GET", path_of("/pickups/{ref}", ref=ref))
        return _found("GET /pickups", answer).read(Pickup) if _is_there(answer) else None


def _is_there(answer: Answer) -> bool:
    return answer.status != httpx2.codes.NOT_FOUND


def _found(call: str, answer: Answer) -> Answer:
    if not answer.accepted:
        raise unexpected(f"easypost: {call}", answer, _code(answer))
    return answer


def _code(answer: Answer) -> str:
    error = answer.body.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) else ""


def _reason(call: str, answer: Answer) -> str:
    if answer.status == httpx2.codes.PAYMENT_REQUIRED:  # our account there is empty
        raise Unauthorised(f"easypost: {call}: answered {answer.status}")
    reason = REFUSALS.get(_code(answer))
    if reason is None:
        raise unexpected(f"easypost: {call}", answer, _code(answer))
    return reason


def _no_label(call: str, answer: Answer) -> LabelRefused:
    return LabelRefused(reason=_reason(call, answer), theirs=_code(answer))


def _no_visit(call: str, answer: Answer) -> PickupRefused:
    return PickupRefused(reason=_reason(call, answer), theirs=_code(answer))


def _rate_for(shipment: Shipment, order: LabelOrder) -> Rate | None:
    for rate in shipment.rates:
        if (rate.carrier, rate.service) == (order.carrier, order.service):
            return rate
    return None


def _price(rate: Rate) -> Money:
    try:
        return Money.parse(rate.rate, rate.currency)
    except ValueError:
        raise Misspoken(
            f"easypost: a rate in {printable_code(rate.currency)} is no amount"
        ) from None


def _label(shipment: Shipment) -> LabelBought | None:
    """Read the paid label off a shipment; None while it is only rated."""
    label, rate, number = shipment.postage_label, shipment.selected_rate, shipment.tracking_code
    if label is None or rate is None or not number:
        return None
    return LabelBought(
        label_ref=shipment.id,
        tracking_number=number,
        cost=_price(rate),
        document_ref=label.label_url,
        code=label.code or "",
        expires_at=label.expires_at,
        reference=shipment.reference or "",
        carrier=rate.carrier,
        service=rate.service,
    )


def _void(shipment: Shipment) -> VoidAnswer | None:
    """Read what they say of a refund (docs: submitted, then refunded or rejected)."""
    status = shipment.refund_status
    if not status:
        return None
    answer = VOID_STATES.get(status)
    if answer is None:
        raise Misspoken(f"easypost: refund status {printable_code(status)}")
    return answer


def _booked(pickup: Pickup) -> PickupBooked | None:
    """Read the booking; a visit that has failed or taken place was booked all the same."""
    if pickup.status in {"unknown", "canceled"}:
        return None
    return PickupBooked(
        pickup_ref=pickup.id, window_start=pickup.min_datetime, window_end=pickup.max_datetime
    )
