"""A partner's reference leads to the returns for which we have noted it."""

import pytest

from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Pool, borrowed
from adapters.postgres.subscription import Subscription
from domain.orders.events import PaymentCollected
from domain.returns import notes as n
from domain.words import Method
from projections.partner_references import PartnerReferences, find_returns
from projections.streams import ReturnKey
from tests.projections.dumps import dump
from tests.projections.staff import refunded
from tests.projections.story import OPENED, Story
from tests.projections.test_payouts import booked

TABLES = ("return_reference", "order_payment")


async def found(pool: Pool, kind: str, reference: str, tenant: str | None = None) -> list[str]:
    async with borrowed(pool) as connection:
        keys = await find_returns(connection, kind, reference, tenant=tenant)
        return [f"{key.tenant}/{key.return_id}" for key in keys]


@pytest.fixture
async def told(story: Story, subscription: Subscription) -> None:
    await story.whole("R-1")
    await subscription.catch_up(PartnerReferences())


@pytest.mark.parametrize(
    ("kind", "reference"),
    [
        ("return", "R-1"),
        ("tracking", "T-R-1"),
        ("label", "shp_R-1"),
        ("payout", "re_R-1"),
        ("payment", "pi_card"),
    ],
)
@pytest.mark.usefixtures("told")
async def test_a_reference_of_any_kind_leads_to_its_return(
    pool: Pool, kind: str, reference: str
) -> None:
    assert await found(pool, kind, reference) == ["acme/R-1"]
    assert await found(pool, kind, reference, tenant="brio") == []


@pytest.mark.usefixtures("told")
async def test_an_instruction_leads_to_its_return(pool: Pool, story: Story) -> None:
    [instruction_id] = (await story.state("R-1")).payouts
    assert await found(pool, "instruction", instruction_id) == ["acme/R-1"]


@pytest.mark.usefixtures("told")
async def test_what_was_never_noted_leads_nowhere(pool: Pool) -> None:
    assert await found(pool, "tracking", "T-2") == []
    assert await found(pool, "payout", "") == []
    assert await found(pool, "label", "T-R-1") == []  # of another kind


async def test_a_visit_leads_to_the_return_it_is_for(
    pool: Pool, story: Story, subscription: Subscription
) -> None:
    await story.open("R-1", method=Method.CARRIER_PICKUP)
    await story.label("R-1", "T1")
    note = n.NotePickup(
        step_id="pickup:P1:1",
        parcel_id="P1",
        pickup_ref="pickup_1",
        window_start=OPENED,
        window_end=OPENED,
    )
    await story.tell("R-1", note, OPENED, "pickup")
    await subscription.catch_up(PartnerReferences())
    assert await found(pool, "pickup", "pickup_1") == ["acme/R-1"]


async def test_a_shared_parcel_leads_to_all_its_returns_the_first_at_the_front(
    pool: Pool, story: Story, subscription: Subscription
) -> None:
    for return_id in ("R-2", "R-1"):
        await story.open(return_id, order_id=f"W-{return_id}")
    await story.label("R-2", "T1")
    await story.receive("R-1", "T1", {"SHIRT": 1})
    await subscription.catch_up(PartnerReferences())
    assert await found(pool, "tracking", "T1") == ["acme/R-2", "acme/R-1"]


async def test_a_payment_leads_to_all_returns_of_its_order(
    pool: Pool, store: PostgresEventStore, subscription: Subscription
) -> None:
    await Story(store, tenant="acme").open("R-1", order_id="W-1")
    await Story(store, tenant="brio").open("R-2", order_id="W-1")
    await subscription.catch_up(PartnerReferences())
    assert await found(pool, "payment", "pi_card") == ["acme/R-1", "brio/R-2"]
    assert await found(pool, "payment", "pi_card", tenant="brio") == ["brio/R-2"]


async def test_what_was_collected_since_leads_to_all_returns_of_its_order(
    pool: Pool, store: PostgresEventStore, subscription: Subscription
) -> None:
    await Story(store).open("R-1", order_id="W-1")
    collected = PaymentCollected(
        order_id="W-1", occurred_at=OPENED, collected_id="bill-1", return_id="R-1",
        provider="stripe", payment_ref="pi_bill", amount_minor=1_680,
    )  # fmt: skip
    await booked(store, collected)
    await subscription.catch_up(PartnerReferences())
    assert await found(pool, "payment", "pi_bill") == ["acme/R-1"]
    assert await found(pool, "payment", "pi_bill", tenant="brio") == []


async def test_a_refund_by_staff_is_found_by_its_instruction_and_by_what_they_call_it(
    pool: Pool, store: PostgresEventStore, subscription: Subscription
) -> None:
    await Story(store).open("R-1", order_id="W-1")
    answer = {"state": "succeeded", "payout_ref": "re_9"}
    await refunded(store, "acme", "W-1", "s-1", OPENED, **answer)
    await subscription.catch_up(PartnerReferences())
    assert await found(pool, "instruction", "s-1") == ["acme/refund:W-1:s-1"]
    assert await found(pool, "payout", "re_9") == ["acme/refund:W-1:s-1"]


async def test_thrown_away_and_rebuilt_the_references_are_the_same_to_the_byte(
    pool: Pool, story: Story, subscription: Subscription
) -> None:
    references = PartnerReferences()
    for return_id in ("R-1", "R-2"):
        await story.whole(return_id, order_id=f"W-{return_id}")
        await subscription.catch_up(references)
    before = await dump(pool, *TABLES)
    await subscription.rebuild(PartnerReferences())
    assert await dump(pool, *TABLES) == before
    assert before.count("\n") > 10


def test_a_key_is_read_from_the_name_of_a_stream() -> None:
    from projections.streams import return_of

    assert return_of("return:acme:R-1") == ReturnKey("acme", "R-1")
    for other in ("order:acme:W-1", "return:acme", "return::R-1", "return:acme:", ""):
        assert return_of(other) is None
