"""What every carrier's adapter owes the port, against carriers that keep books of their own.

One suite for all kinds: what an adapter says that it can, it can; what it says that it cannot, it
answers in a way that the domain goes on by.
"""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from activities.failures import AnswerLost, Throttled, Unauthorised
from activities.ports import (
    Carrier,
    LabelOrder,
    LabelRefused,
    PickupRefused,
    Prepared,
    VoidOrder,
)
from tests.contracts.carriers import BERLIN, KINDS, PRICE, Kind, bought, offered, order_of
from tests.contracts.partners import LOST, NOTHING_HAPPENED, Partners, Wrong
from tests.contracts.visits import wished

VOID_KINDS = [kind for kind in KINDS if kind.can.can_cancel]
NO_VOID_KINDS = [kind for kind in KINDS if not kind.can.can_cancel]


def named(kind: Kind) -> str:
    return kind.name


@pytest.fixture(params=KINDS, ids=named)
def kind(request: pytest.FixtureRequest) -> Kind:
    known: Kind = request.param
    return known


@pytest.fixture
def carrier(kind: Kind, partners: Partners, client: httpx2.AsyncClient) -> Carrier:
    return kind.opens(partners, client, kind.key)


@pytest.fixture
def order(partners: Partners, kind: Kind) -> LabelOrder:
    return order_of(partners, kind)


async def paid(partners: Partners, kind: Kind, order: LabelOrder) -> int:
    """How often it is paid for, once every label of the order that got out has travelled."""
    return await partners.booked("labels", kind.paid, reference=order.step_id)


async def travel(partners: Partners, number: str) -> None:
    await partners.control.scan("handed_over", tracking_number=number)


async def test_a_label_is_found_once_it_is_bought_at_its_price(
    carrier: Carrier, kind: Kind, order: LabelOrder
) -> None:
    order = await offered(carrier, order)
    is_made = await carrier.find_label(order) is not None
    assert is_made == (kind.can.billed == "on_scan"), "an offer is a label where nothing is sold"
    label = await bought(carrier, order)
    assert label.billed == kind.can.billed
    assert label.cost.amount_minor > 0
    assert kind.can.quotes or label.cost == PRICE
    assert await carrier.find_label(order) == label


async def test_a_label_bought_twice_under_one_id_is_paid_once(
    carrier: Carrier, kind: Kind, order: LabelOrder, partners: Partners
) -> None:
    order = await offered(carrier, order)
    label = await bought(carrier, order)
    assert await bought(carrier, order) == label
    await travel(partners, label.tracking_number)
    await partners.control.scan("at_hub", tracking_number=label.tracking_number)
    assert await paid(partners, kind, order) == 1


@pytest.mark.parametrize("fault", LOST)
async def test_an_offer_whose_answer_is_lost_costs_nothing_and_another_is_paid_once(
    carrier: Carrier, kind: Kind, order: LabelOrder, partners: Partners, fault: str
) -> None:
    await partners.fail(kind.face, kind.makes, fault, key=order.step_id)
    with pytest.raises(AnswerLost):
        await carrier.prepare_label(order)
    assert await paid(partners, kind, order) == 0
    label = await bought(carrier, order)
    await travel(partners, label.tracking_number)
    assert await paid(partners, kind, order) == 1


@pytest.mark.parametrize("wrong", NOTHING_HAPPENED, ids=lambda wrong: wrong[0])
async def test_where_nothing_happened_it_is_told_and_can_be_asked_again(
    carrier: Carrier, kind: Kind, order: LabelOrder, partners: Partners, wrong: Wrong
) -> None:
    fault, failure = wrong
    await partners.fail(kind.face, kind.makes, fault, key=order.step_id)
    with pytest.raises(failure) as caught:
        await bought(carrier, order)
    assert type(caught.value) is failure
    label = await bought(carrier, order)
    await travel(partners, label.tracking_number)
    assert await paid(partners, kind, order) == 1


async def test_one_that_is_throttled_says_how_long_to_wait(
    carrier: Carrier, kind: Kind, order: LabelOrder, partners: Partners
) -> None:
    await partners.fail(kind.face, kind.makes, "throttle", key=order.step_id, seconds=7)
    with pytest.raises(Throttled) as caught:
        await bought(carrier, order)
    assert caught.value.retry_after == timedelta(seconds=7)


async def test_a_service_that_is_not_offered_is_a_no(carrier: Carrier, order: LabelOrder) -> None:
    wish = order.model_copy(update={"service": "return_by_mule"})
    prepared = await carrier.prepare_label(wish)
    if isinstance(prepared, Prepared):
        wish = wish.model_copy(update={"offer_ref": prepared.offer_ref})
        answer: Any = await carrier.buy_label(wish)
    else:
        answer = prepared
    assert isinstance(answer, LabelRefused)
    assert answer.reason == "out_of_service_area"


async def test_a_label_without_a_printer_has_a_code(carrier: Carrier, order: LabelOrder) -> None:
    label = await bought(carrier, order.model_copy(update={"service": "return_code"}))
    assert label.code
    printed = await bought(carrier, order.model_copy(update={"step_id": f"{order.step_id}:2"}))
    assert not printed.code


async def test_the_paper_is_there_to_be_fetched_or_comes_with_the_offer(
    carrier: Carrier, order: LabelOrder
) -> None:
    wish = order.model_copy(update={"service": "return_code"})
    prepared = await carrier.prepare_label(wish)
    assert isinstance(prepared, Prepared)
    label = await bought(carrier, wish.model_copy(update={"offer_ref": prepared.offer_ref}))
    kinds = [paper.kind for paper in prepared.papers]
    assert bool(label.document_ref) != (kinds == ["label", "code"])
    if kinds:
        assert prepared.papers[0].content.startswith(b"%PDF-")
        assert prepared.papers[1].content.startswith(b"\x89PNG")
        assert prepared.offer_ref == label.tracking_number, "its papers are named by it"


@pytest.mark.parametrize("kind", VOID_KINDS, ids=named)
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


@pytest.mark.parametrize("kind", NO_VOID_KINDS, ids=named)
async def test_who_takes_no_label_back_bills_none_that_is_not_used(
    carrier: Carrier, kind: Kind, order: LabelOrder, partners: Partners
) -> None:
    label = await bought(carrier, order)
    assert label.billed == "on_scan"
    void = VoidOrder(step_id=partners.new_id("void"), label_ref=label.label_ref)
    assert (await carrier.void_label(void)).state == "refused"
    assert await paid(partners, kind, order) == 0


@pytest.mark.parametrize("kind", [k for k in KINDS if not k.can.visits], ids=named)
async def test_who_does_not_come_to_the_door_says_so(
    carrier: Carrier, order: LabelOrder, partners: Partners
) -> None:
    refused = await carrier.prepare_pickup(wished(partners, await bought(carrier, order), BERLIN))
    assert isinstance(refused, PickupRefused)
    assert refused.reason == "out_of_service_area"


async def test_numbers_of_others_are_followed_where_it_says_so(
    carrier: Carrier, kind: Kind, partners: Partners
) -> None:
    assert bool(await carrier.follow(partners.new_id("JD"))) == kind.can.follows


async def test_credentials_that_are_not_known_need_a_person(
    partners: Partners, client: httpx2.AsyncClient, kind: Kind, order: LabelOrder
) -> None:
    stranger = kind.opens(partners, client, "nobody:wrong:wrong")
    with pytest.raises(Unauthorised):
        await stranger.prepare_label(order)


async def test_no_key_is_declared_where_there_is_none(
    carrier: Carrier, kind: Kind, order: LabelOrder
) -> None:
    """Two of one reference are two over there: only what was kept first keeps them one."""
    assert kind.can.idempotency == "none"
    made = [await offered(carrier, order) for _ in range(2)]
    assert len({each.offer_ref for each in made}) == 2


async def test_a_parcel_that_nobody_has_seen_is_not_said_to_move(
    carrier: Carrier, order: LabelOrder
) -> None:
    label = await bought(carrier, order)
    assert list(await carrier.track(label.tracking_number)) == []
    assert list(await carrier.track("NO-SUCH-NUMBER")) == []


async def test_the_story_of_a_parcel_is_told_in_order_with_its_times(
    carrier: Carrier, order: LabelOrder, partners: Partners
) -> None:
    label = await bought(carrier, order)
    for status in ("handed_over", "delivered"):
        await partners.control.scan(status, tracking_number=label.tracking_number)
    seen = await carrier.track(label.tracking_number)
    assert [scan.status for scan in seen] == ["scanned", "delivered"]
    age = await partners.control.now() - seen[0].occurred_at
    assert abs(age) < timedelta(minutes=1), "by its own clock, whatever zone it tells it in"
