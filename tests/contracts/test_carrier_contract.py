"""What every carrier's adapter owes the port, against a carrier that keeps books of its own."""

from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from activities.failures import AnswerLost, Throttled, Unauthorised, Unavailable
from activities.ports import (
    Address,
    Carrier,
    LabelBought,
    LabelOrder,
    LabelRefused,
    PickupBooked,
    PickupOrder,
    PickupRefused,
    Prepared,
    VoidOrder,
)
from adapters.carriers.easypost import EasyPostCarrier
from adapters.carriers.easypost_objects import return_shipment
from adapters.http import PartnerHttp
from tests.contracts.partners import LOST, NOTHING_HAPPENED, SHORT, Partners, Wrong

HUB = Address(name="Hub", line1="1 Dock", city="Köln", postcode="50667", country="DE")
BERLIN = Address(name="Ann", line1="1 Weg", city="Berlin", postcode="10115", country="DE")
NOBODY_COMES = BERLIN.model_copy(update={"postcode": "99084"})
MORNING = datetime(2031, 3, 3, 9, tzinfo=UTC)


@pytest.fixture
def carrier(partners: Partners, client: httpx2.AsyncClient) -> Carrier:
    url = f"{partners.url}/easypost/v2"
    return EasyPostCarrier(client, base_url=url, api_key="EZTK_sandbox", deadline=SHORT)


@pytest.fixture
def order(partners: Partners) -> LabelOrder:
    return LabelOrder(
        step_id=partners.new_id("label"),
        carrier="swiftpost",
        service="return_label",
        sender=BERLIN,
        recipient=HUB,
        weight_grams=800,
    )


async def offered(carrier: Carrier, order: LabelOrder) -> LabelOrder:
    """The order with an offer of the carrier's for it."""
    prepared = await carrier.prepare_label(order)
    assert isinstance(prepared, Prepared)
    return order.model_copy(update={"offer_ref": prepared.offer_ref})


async def bought(carrier: Carrier, order: LabelOrder) -> LabelBought:
    label = await carrier.buy_label(order if order.offer_ref else await offered(carrier, order))
    assert isinstance(label, LabelBought)
    return label


async def visit(carrier: Carrier, pickup: PickupOrder) -> PickupOrder:
    """The order of a visit with an offer of the carrier's for it."""
    prepared = await carrier.prepare_pickup(pickup)
    assert isinstance(prepared, Prepared)
    return pickup.model_copy(update={"offer_ref": prepared.offer_ref})


def wished(partners: Partners, label: LabelBought, address: Address = BERLIN) -> PickupOrder:
    return PickupOrder(
        step_id=partners.new_id("pickup"),
        label_ref=label.label_ref,
        address=address,
        window_start=MORNING,
        window_end=MORNING + timedelta(hours=4),
    )


async def test_a_label_is_found_once_it_is_bought_and_not_before(
    carrier: Carrier, order: LabelOrder
) -> None:
    order = await offered(carrier, order)
    assert await carrier.find_label(order) is None
    label = await bought(carrier, order)
    assert label.cost.amount_minor > 0
    assert await carrier.find_label(order) == label


async def test_a_label_bought_twice_under_one_id_is_paid_once(
    carrier: Carrier, order: LabelOrder, partners: Partners
) -> None:
    order = await offered(carrier, order)
    assert await bought(carrier, order) == await bought(carrier, order)
    assert await partners.booked("labels", "purchase", reference=order.step_id) == 1


@pytest.mark.parametrize("fault", LOST)
async def test_a_label_whose_answer_is_lost_is_found_and_not_bought_again(
    carrier: Carrier, order: LabelOrder, partners: Partners, fault: str
) -> None:
    order = await offered(carrier, order)
    await partners.fail("carrier", "buy", fault, key=order.step_id)
    with pytest.raises(AnswerLost):
        await carrier.buy_label(order)
    found = await carrier.find_label(order)
    assert found is not None
    assert await bought(carrier, order) == found
    assert await partners.booked("labels", "purchase", reference=order.step_id) == 1


@pytest.mark.parametrize("fault", LOST)
async def test_a_shipment_whose_answer_is_lost_is_no_label_and_is_bought_once(
    carrier: Carrier, order: LabelOrder, partners: Partners, fault: str
) -> None:
    await partners.fail("carrier", "create", fault, key=order.step_id)
    with pytest.raises(AnswerLost):
        await carrier.prepare_label(order)
    await bought(carrier, order)
    assert await partners.booked("labels", "purchase", reference=order.step_id) == 1


@pytest.mark.parametrize("wrong", NOTHING_HAPPENED, ids=lambda wrong: wrong[0])
@pytest.mark.parametrize("operation", ["create", "buy"])
async def test_where_nothing_happened_it_is_told_and_can_be_asked_again(
    carrier: Carrier, order: LabelOrder, partners: Partners, operation: str, wrong: Wrong
) -> None:
    fault, failure = wrong
    await partners.fail("carrier", operation, fault, key=order.step_id)
    with pytest.raises(failure) as caught:
        await bought(carrier, order)
    assert type(caught.value) is failure
    await bought(carrier, order)
    assert await partners.booked("labels", "purchase", reference=order.step_id) == 1


async def test_a_look_that_is_not_answered_changes_nothing(
    carrier: Carrier, order: LabelOrder, partners: Partners
) -> None:
    order = await offered(carrier, order)
    await partners.fail("carrier", "get", "silence_after", key=order.step_id)
    with pytest.raises(Unavailable):
        await carrier.find_label(order)


async def test_a_throttled_purchase_says_how_long_to_wait(
    carrier: Carrier, order: LabelOrder, partners: Partners
) -> None:
    await partners.fail("carrier", "buy", "throttle", key=order.step_id, seconds=7)
    with pytest.raises(Throttled) as caught:
        await bought(carrier, order)
    assert caught.value.retry_after == timedelta(seconds=7)


async def test_a_service_that_is_not_offered_is_a_no(carrier: Carrier, order: LabelOrder) -> None:
    wished = order.model_copy(update={"service": "return_by_mule"})
    refused = await carrier.buy_label(await offered(carrier, wished))
    assert isinstance(refused, LabelRefused)
    assert refused.reason == "out_of_service_area"


async def test_where_nobody_comes_a_label_with_a_visit_is_a_no(
    carrier: Carrier, order: LabelOrder
) -> None:
    there = {"service": "return_pickup", "sender": NOBODY_COMES}
    refused = await carrier.buy_label(await offered(carrier, order.model_copy(update=there)))
    assert isinstance(refused, LabelRefused)
    assert refused.reason == "out_of_service_area"


async def test_a_label_without_a_printer_has_a_code(carrier: Carrier, order: LabelOrder) -> None:
    label = await bought(carrier, order.model_copy(update={"service": "return_code"}))
    assert label.code
    printed = await bought(carrier, order.model_copy(update={"step_id": f"{order.step_id}:2"}))
    assert not printed.code


async def test_a_label_is_taken_back_once_however_often_it_is_asked(
    carrier: Carrier, order: LabelOrder, partners: Partners
) -> None:
    label = await bought(carrier, order)
    void = VoidOrder(step_id=partners.new_id("void"), label_ref=label.label_ref)
    assert await carrier.find_void(void) is None
    first, second = await carrier.void_label(void), await carrier.void_label(void)
    assert first == second == await carrier.find_void(void)
    assert first.state == "submitted"
    assert await partners.booked("labels", "void_requested", reference=order.step_id) == 1


@pytest.mark.parametrize("fault", LOST)
async def test_a_void_whose_answer_is_lost_is_found(
    carrier: Carrier, order: LabelOrder, partners: Partners, fault: str
) -> None:
    label = await bought(carrier, order)
    void = VoidOrder(step_id=partners.new_id("void"), label_ref=label.label_ref)
    await partners.fail("carrier", "refund", fault, key=order.step_id)
    with pytest.raises(AnswerLost):
        await carrier.void_label(void)
    found = await carrier.find_void(void)
    assert found is not None
    assert found.state == "submitted"


async def test_a_visit_booked_twice_under_one_id_is_one_visit(
    carrier: Carrier, order: LabelOrder, partners: Partners
) -> None:
    pickup = await visit(carrier, wished(partners, await bought(carrier, order)))
    assert await carrier.find_pickup(pickup) is None
    booked = await carrier.book_pickup(pickup)
    assert isinstance(booked, PickupBooked)
    assert (booked.window_start, booked.window_end) == (pickup.window_start, pickup.window_end)
    assert await carrier.book_pickup(pickup) == booked == await carrier.find_pickup(pickup)
    assert await partners.booked("labels", "pickup_booked", pickup_reference=pickup.step_id) == 1


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("operation", ["pickup_create", "pickup_buy"])
async def test_a_visit_whose_answer_is_lost_is_booked_once(
    carrier: Carrier, order: LabelOrder, partners: Partners, operation: str, fault: str
) -> None:
    wish = wished(partners, await bought(carrier, order))
    await partners.fail("carrier", operation, fault, key=wish.step_id)
    if operation == "pickup_create":
        with pytest.raises(AnswerLost):
            await visit(carrier, wish)
    pickup = await visit(carrier, wish)
    if operation == "pickup_buy":
        with pytest.raises(AnswerLost):
            await carrier.book_pickup(pickup)
        assert await carrier.find_pickup(pickup) is not None
    again = await carrier.book_pickup(pickup)
    assert isinstance(again, PickupBooked)
    assert await partners.booked("labels", "pickup_booked", pickup_reference=pickup.step_id) == 1


async def test_where_nobody_comes_a_visit_is_a_no(
    carrier: Carrier, order: LabelOrder, partners: Partners
) -> None:
    pickup = wished(partners, await bought(carrier, order), NOBODY_COMES)
    refused = await carrier.prepare_pickup(pickup)
    assert isinstance(refused, PickupRefused)
    assert refused.reason == "out_of_service_area"


async def test_a_visit_can_be_called_off_more_than_once(
    carrier: Carrier, order: LabelOrder, partners: Partners
) -> None:
    pickup = await visit(carrier, wished(partners, await bought(carrier, order)))
    booked = await carrier.book_pickup(pickup)
    assert isinstance(booked, PickupBooked)
    await carrier.cancel_pickup(booked.pickup_ref)
    await carrier.cancel_pickup(booked.pickup_ref)
    assert await carrier.find_pickup(pickup) is None
    off = await partners.booked("labels", "pickup_cancelled", pickup_reference=pickup.step_id)
    assert off == 1


async def test_credentials_that_are_not_known_need_a_person(
    partners: Partners, client: httpx2.AsyncClient, order: LabelOrder
) -> None:
    stranger = EasyPostCarrier(client, base_url=f"{partners.url}/easypost/v2", api_key="wrong")
    with pytest.raises(Unauthorised):
        await stranger.prepare_label(order)


async def test_the_carrier_declares_no_key_for_it_has_none(
    carrier: Carrier, order: LabelOrder, partners: Partners, client: httpx2.AsyncClient
) -> None:
    """Two shipments of one reference are two over there: only our look before keeps them one."""
    assert carrier.capabilities.idempotency == "none"
    url = f"{partners.url}/easypost/v2"
    http = PartnerHttp(client, partner="easypost", base_url=url, auth=("EZTK_sandbox", ""))
    made = [await http.ask("POST", "/shipments", body=return_shipment(order)) for _ in range(2)]
    assert len({answer.body["id"] for answer in made}) == 2


async def test_a_parcel_that_nobody_has_seen_is_not_said_to_move(
    carrier: Carrier, order: LabelOrder
) -> None:
    label = await bought(carrier, order)
    assert await carrier.track(label.tracking_number) is None
    assert await carrier.track("NO-SUCH-NUMBER") is None


async def test_a_parcel_is_where_it_was_seen_last(
    carrier: Carrier, order: LabelOrder, partners: Partners
) -> None:
    label = await bought(carrier, order)
    for status in ("handed_over", "at_hub"):
        await partners.control.scan(status, tracking_number=label.tracking_number)
    seen = await carrier.track(label.tracking_number)
    assert seen is not None
    assert seen.status == "at_hub"
