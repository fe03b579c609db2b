"""What carriers owe the port that sell a label at once, take it back, and come to the door."""

import httpx2
import pytest

from activities.failures import AnswerLost, Unavailable
from activities.ports import (
    Carrier,
    LabelOrder,
    LabelRefused,
    PickupBooked,
    PickupOrder,
    PickupRefused,
    Prepared,
    VoidOrder,
)
from tests.contracts.carriers import BERLIN, KINDS, Kind, bought, offered, order_of
from tests.contracts.partners import LOST, NOTHING_HAPPENED, Partners, Wrong
from tests.contracts.visits import wished

NOBODY_COMES = BERLIN.model_copy(update={"postcode": "99084"})
SELLING = [k for k in KINDS if k.can.billed == "on_purchase" and k.can.can_cancel and k.can.visits]


@pytest.fixture(params=SELLING, ids=lambda kind: str(kind.name))
def kind(request: pytest.FixtureRequest) -> Kind:
    known: Kind = request.param
    return known


@pytest.fixture
def carrier(kind: Kind, partners: Partners, client: httpx2.AsyncClient) -> Carrier:
    return kind.opens(partners, client, kind.key)


@pytest.fixture
def order(partners: Partners, kind: Kind) -> LabelOrder:
    return order_of(partners, kind)


async def visit(carrier: Carrier, pickup: PickupOrder) -> PickupOrder:
    """The order of a visit with an offer of the carrier's for it."""
    prepared = await carrier.prepare_pickup(pickup)
    assert isinstance(prepared, Prepared)
    return pickup.model_copy(update={"offer_ref": prepared.offer_ref})


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


@pytest.mark.parametrize("wrong", NOTHING_HAPPENED, ids=lambda wrong: wrong[0])
async def test_where_a_purchase_did_not_happen_it_can_be_asked_for_again(
    carrier: Carrier, order: LabelOrder, partners: Partners, wrong: Wrong
) -> None:
    fault, failure = wrong
    await partners.fail("carrier", "buy", fault, key=order.step_id)
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


async def test_where_nobody_comes_a_label_with_a_visit_is_a_no(
    carrier: Carrier, order: LabelOrder
) -> None:
    there = {"service": "return_pickup", "sender": NOBODY_COMES}
    refused = await carrier.buy_label(await offered(carrier, order.model_copy(update=there)))
    assert isinstance(refused, LabelRefused)
    assert refused.reason == "out_of_service_area"


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
    assert await carrier.find_pickup(pickup.offer_ref) is None
    booked = await carrier.book_pickup(pickup)
    assert isinstance(booked, PickupBooked)
    assert (booked.window_start, booked.window_end) == (pickup.window_start, pickup.window_end)
    assert await carrier.book_pickup(pickup) == booked
    assert await carrier.find_pickup(pickup.offer_ref) == booked
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
        assert await carrier.find_pickup(pickup.offer_ref) is not None
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
    assert await carrier.find_pickup(pickup.offer_ref) is None
    off = await partners.booked("labels", "pickup_cancelled", pickup_reference=pickup.step_id)
    assert off == 1
