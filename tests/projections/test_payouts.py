"""Our side of the money as the streams tell it, found by whatever a provider names."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from activities.event_store import Append
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Pool
from adapters.postgres.subscription import Subscription
from domain.money import Money
from domain.orders.events import (
    LedgerEvent,
    OutsideRefundRecorded,
    OutsideRefundReturned,
    PaymentCollected,
    TenderTaken,
    ledger_stream,
)
from domain.reconciliation.books import BooksKey, Movement, OurBooks, Span
from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.events.resolving import CouponIssued, CouponPlanned
from domain.words import MoneyState
from projections.payout_books import PayoutBooks
from projections.payouts import Payouts
from tests.contracts.event_samples import event as event_of
from tests.projections.dumps import dump
from tests.projections.story import A_DAY, OPENED, Story

TABLES = ("payout", "tender", "chargeback", "other_refund")
PAID_AT = OPENED + 5 * A_DAY
WINDOW = Span(OPENED, OPENED + 30 * A_DAY)
NEVER = Span(OPENED - 30 * A_DAY, OPENED - 29 * A_DAY)
EUR = Money(amount_minor=510, currency="EUR")
LINE = Movement("payout", "re_R-1", "", "pi_card", EUR, "succeeded", PAID_AT)


async def read(
    pool: Pool,
    listed: Sequence[Movement] = (),
    window: Span = WINDOW,
    *,
    tenant: str = "acme",
    provider: str = "stripe",
) -> OurBooks:
    return await PayoutBooks(pool).read(BooksKey(tenant, provider), listed, window)


async def chargeback(story: Story, status: str, at: timedelta) -> None:
    said = {
        "message_id": f"bank {status}",
        "occurred_at": OPENED + at,
        "payment_ref": "pi_card",
        "amount": EUR,
        "status": status,
    }
    report = c.ReportChargeback.model_validate(said)
    await story.tell("R-1", report, OPENED + at, report.message_id)


async def test_a_payout_is_known_with_its_sum_its_state_and_its_times(
    pool: Pool, story: Story
) -> None:
    await story.whole()
    [payout] = (await read(pool)).payouts
    assert (payout.return_id, payout.order_id, payout.payment_ref) == ("R-1", "W-1", "pi_card")
    assert (payout.amount, payout.state, payout.payout_ref) == (EUR, "succeeded", "re_R-1")
    assert (payout.askable_at, payout.answered_at) == (OPENED + 4 * A_DAY, PAID_AT)
    assert [payout.instruction_id] == list((await story.state("R-1")).payouts)


async def test_a_payout_that_came_back_keeps_the_time_of_its_first_answer(
    pool: Pool, story: Story
) -> None:
    await story.whole()
    await read(pool)  # a page that ends before it comes back
    [instruction] = (await story.state("R-1")).payouts
    later = OPENED + 14 * A_DAY
    back = n.NotePayout(
        instruction_id=instruction, state="failed", payout_ref="re_R-1", reason="card_closed"
    )
    await story.tell("R-1", back, later, "bounce")
    [payout] = (await read(pool)).payouts
    assert (payout.state, payout.answered_at) == (MoneyState.REVERSED, PAID_AT)


@pytest.mark.parametrize(
    "line",
    [
        replace(LINE, ref="re_else"),
        replace(LINE, ref="re_else", payment_ref="pi_else"),
    ],
)
async def test_what_the_list_names_is_read_however_old_it_is(
    pool: Pool, story: Story, line: Movement
) -> None:
    await story.whole()
    assert (await read(pool, [line], NEVER)).payouts == ()
    [instruction] = (await story.state("R-1")).payouts
    assert (await read(pool, [replace(line, instruction_id=instruction)], NEVER)).payouts
    assert (await read(pool, [LINE], NEVER)).payouts


async def test_another_providers_payouts_are_none_of_its_business(pool: Pool, story: Story) -> None:
    await story.whole()
    assert (await read(pool, [LINE], provider="adyen")).payouts == ()
    assert (await read(pool, [LINE], tenant="brio")).payouts == ()


async def test_a_payment_is_known_by_its_order(pool: Pool, story: Story) -> None:
    await story.open("R-1")
    books = await read(pool, [LINE, replace(LINE, ref="re_else", payment_ref="pi_else")])
    assert books.orders == {"pi_card": "W-1"}
    assert books.foreign == frozenset()


async def test_what_another_merchants_books_explain_is_foreign(
    pool: Pool, store: PostgresEventStore
) -> None:
    other = Story(store, tenant="brio")
    await other.whole()
    [instruction] = (await other.state("R-1")).payouts
    by_payment = replace(LINE, ref="re_hand")
    by_id = replace(LINE, ref="re_id", instruction_id=instruction, payment_ref="pi_else")
    nobodys = replace(LINE, ref="re_nobody", payment_ref="pi_else")
    books = await read(pool, [LINE, by_payment, by_id, nobodys])
    assert books.foreign == {"re_R-1", "re_hand", "re_id"}
    assert (await read(pool, [LINE, by_payment, by_id], tenant="brio")).foreign == frozenset()


async def test_a_payment_of_two_merchants_is_each_ones_own(
    pool: Pool, store: PostgresEventStore
) -> None:
    for tenant in ("acme", "brio"):
        await Story(store, tenant=tenant).open("R-1")
    hand = replace(LINE, ref="re_hand")
    assert (await read(pool, [hand])).foreign == frozenset()
    assert (await read(pool, [hand], tenant="brio")).foreign == frozenset()


@pytest.mark.parametrize(
    ("told", "state"),
    [(["opened"], "open"), (["opened", "won"], "won"), (["opened", "lost"], "lost")],
)
async def test_what_a_bank_took_is_known_with_its_outcome(
    pool: Pool, story: Story, told: list[str], state: str
) -> None:
    await story.open("R-1")
    for day, status in enumerate(told, start=1):
        await chargeback(story, status, day * A_DAY)
        await read(pool)
    [taken] = (await read(pool)).chargebacks
    assert (taken.payment_ref, taken.order_id, taken.amount) == ("pi_card", "W-1", EUR)
    assert (taken.state, taken.opened_at) == (state, OPENED + A_DAY)


async def booked(store: PostgresEventStore, *events: LedgerEvent) -> None:
    """Write to the ledger of the story's order."""
    stream = ledger_stream("acme", "W-1")
    version = len((await store.read((stream, 0)))[stream])
    new = tuple(
        event_of(type=one.type, occurred_at=one.occurred_at, data=one.model_dump_json())
        for one in events
    )
    await store.append(Append(stream, version, new))


async def test_a_payment_that_was_collected_for_a_return_is_the_orders_too(
    pool: Pool, story: Story, store: PostgresEventStore
) -> None:
    await story.open("R-1")
    collected = PaymentCollected(
        order_id="W-1", occurred_at=OPENED, collected_id="bill-1", return_id="R-1",
        provider="stripe", payment_ref="pi_bill", amount_minor=200,
    )  # fmt: skip
    await booked(store, collected)
    books = await read(pool, [replace(LINE, ref="re_else", payment_ref="pi_bill")])
    assert books.orders == {"pi_bill": "W-1"}


async def test_a_coupon_is_known_to_the_provider_of_stored_value_alone(
    pool: Pool, story: Story, store: PostgresEventStore
) -> None:
    await story.open("R-1")
    stream = "return:acme:R-1"
    planned = CouponPlanned(
        occurred_at=OPENED, unit="1/1", instruction_id="coupon-1", amount=EUR, value_minor=510,
        valid_until=OPENED + 90 * A_DAY,
    )  # fmt: skip
    issued = CouponIssued(
        occurred_at=OPENED + A_DAY, unit="1/1", instruction_id="coupon-1", amount=EUR, code="AB",
        coupon_ref="cr_1", valid_until=OPENED + 90 * A_DAY,
    )  # fmt: skip
    version = len((await store.read((stream, 0)))[stream])
    events: tuple[CouponPlanned | CouponIssued, ...] = (planned, issued)
    for number, one in enumerate(events):
        new = event_of(type=one.type, occurred_at=one.occurred_at, data=one.model_dump_json())
        await store.append(Append(stream, version + number, (new,)))
        await read(pool)
    [coupon] = (await read(pool, provider="stored_value")).payouts
    assert (coupon.instruction_id, coupon.amount, coupon.state) == ("coupon-1", EUR, "succeeded")
    assert (coupon.askable_at, coupon.answered_at) == (OPENED, OPENED + A_DAY)
    assert (coupon.can_ask, coupon.by_hand) == (False, False)
    assert (await read(pool)).payouts == ()


OUTSIDE = OutsideRefundRecorded(
    order_id="W-1", occurred_at=OPENED, refund_ref="shop-9", also_known_as=("re_shop",),
    made_in="shop", amount_minor=90, tenders=(TenderTaken(tender_id="card", amount_minor=90),),
    unallocated_minor=90,
)  # fmt: skip


@pytest.mark.parametrize(
    "told",
    [
        ((OUTSIDE,), "re_shop", "succeeded"),
        (
            (OUTSIDE, OutsideRefundReturned(
                order_id="W-1", occurred_at=OPENED, refund_ref="shop-9"
            )),
            "re_shop",
            "reversed",
        ),
    ],
)  # fmt: skip
async def test_what_people_made_is_known_by_every_name_that_it_has(
    pool: Pool,
    story: Story,
    store: PostgresEventStore,
    told: tuple[tuple[LedgerEvent, ...], str, str],
) -> None:
    events, ref, state = told
    await story.open("R-1")
    await booked(store, *events)
    [known] = (await read(pool, [replace(LINE, ref=ref)])).payouts
    assert (known.order_id, known.return_id, known.amount.amount_minor) == ("W-1", "", 90)
    assert (known.state, known.by_hand, known.payment_ref) == (state, True, "pi_card")
    assert (await read(pool, [LINE])).payouts == ()
    assert (await read(pool, [replace(LINE, ref=ref)], provider="adyen")).payouts == ()


async def test_books_are_as_complete_as_the_streams_when_they_are_read(
    pool: Pool, story: Story
) -> None:
    assert (await read(pool)).payouts == ()
    await story.whole()
    assert len((await read(pool)).payouts) == 1


async def test_thrown_away_and_rebuilt_the_books_are_the_same_to_the_byte(
    pool: Pool, story: Story, subscription: Subscription
) -> None:
    payouts = Payouts()
    await story.open("R-1")
    await chargeback(story, "opened", A_DAY)
    await subscription.catch_up(payouts)
    await chargeback(story, "won", 2 * A_DAY)
    for return_id in ("R-2", "R-3"):
        await story.whole(return_id, order_id=f"W-{return_id}", skus={"SHIRT": 2, "SOCKS": 1})
        await subscription.catch_up(payouts)
    before = await dump(pool, *TABLES)
    await subscription.rebuild(Payouts())
    assert await dump(pool, *TABLES) == before
    assert (before.count("payout:"), before.count("chargeback:")) == (2, 1)
