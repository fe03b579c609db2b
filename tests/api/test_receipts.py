"""A parcel that several returns share is told to each of them with its own units."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.receipts import Expecting, readable_units, share_out
from domain.returns.events import RequestedUnit
from domain.returns.state import ReturnState, Unit
from domain.words import Decision, Reason, Receipt, Resolution
from projections.runner import catch_up
from tests.api.scene import Scene
from tests.api.signed import receipt


def unit(sku: str, key: str = "1/1", **changes: Any) -> Unit:
    asked = RequestedUnit(
        unit=key,
        line_id=key.partition("/")[0],
        ordinal=1,
        sku=sku,
        name=sku,
        reason=Reason.TOO_SMALL,
        note="",
        resolution=Resolution.REFUND_ORIGINAL,
        weight_grams=100,
        hs_code="",
        origin_country=None,
        serials=changes.pop("serials", ()),
    )
    fields: dict[str, Any] = {"receipt": Receipt.AWAITING, "approved": True, **changes}
    return Unit(asked, decision=Decision.PENDING, reason=asked.reason,
                resolution=asked.resolution, **fields)  # fmt: skip


def expecting(*units: Unit, corrects: str = "", on_the_way: tuple[Any, ...] = ()) -> Expecting:
    state = ReturnState(units={each.id: each for each in units})
    return Expecting.of(state, corrects, on_the_way)


def shares(counted: list[dict[str, Any]], *returns: Expecting) -> list[list[tuple[str, int]]]:
    split = share_out({"message_id": "rec-1", "units": counted}, returns)
    assert split is not None
    return [[(each["sku"], each["quantity"]) for each in part["units"]] for part in split]


def of(sku: str, quantity: int = 1, **more: Any) -> dict[str, Any]:
    return {"sku": sku, "quantity": quantity, **more}


def test_each_return_gets_what_it_expects() -> None:
    first = expecting(unit("SHIRT", "1/1"), unit("SHIRT", "1/2"))
    second = expecting(unit("SHIRT"), unit("SOCKS", "2/1"))
    assert shares([of("SHIRT", 3), of("SOCKS")], first, second) == [
        [("SHIRT", 2)],
        [("SHIRT", 1), ("SOCKS", 1)],
    ]


def test_what_is_one_too_many_goes_to_the_first_that_knows_the_article() -> None:
    first, second = expecting(unit("SHIRT")), expecting(unit("SOCKS"))
    assert shares([of("SOCKS", 3)], first, second) == [[], [("SOCKS", 3)]]


def test_what_nobody_knows_goes_to_the_first() -> None:
    first, second = expecting(unit("SHIRT")), expecting(unit("SOCKS"))
    assert shares([of("HAT")], first, second) == [[("HAT", 1)], []]


def test_a_serial_goes_to_the_return_it_was_sold_with() -> None:
    first = expecting(unit("PHONE", serials=("S1",)))
    second = expecting(unit("PHONE", serials=("S2",)))
    assert shares([of("PHONE", serial="S2")], first, second) == [[], [("PHONE", 1)]]


def test_a_unit_that_may_come_back_is_counted_before_one_that_was_declined() -> None:
    first = expecting(unit("SHIRT", approved=False))
    second = expecting(unit("SHIRT"))
    assert shares([of("SHIRT")], first, second) == [[], [("SHIRT", 1)]]
    assert shares([of("SHIRT")], first) == [[("SHIRT", 1)]]


def test_a_line_that_is_named_must_be_the_units_own() -> None:
    first, second = expecting(unit("SHIRT", "1/1")), expecting(unit("SHIRT", "2/1"))
    assert shares([of("SHIRT", line_id="2")], first, second) == [[], [("SHIRT", 1)]]


def test_a_unit_that_is_here_is_not_counted_again() -> None:
    here = unit("SHIRT", receipt=Receipt.RECEIVED, receipt_id="rec-0")
    assert shares([of("SHIRT")], expecting(here), expecting(unit("SHIRT"))) == [[], [("SHIRT", 1)]]


def test_a_report_that_corrects_another_counts_its_units_anew() -> None:
    here = unit("SHIRT", receipt=Receipt.RECEIVED, receipt_id="rec-0")
    first, second = expecting(here, corrects="rec-0"), expecting(unit("SHIRT"))
    assert shares([of("SHIRT")], first, second) == [[("SHIRT", 1)], []]


def test_what_an_inspector_saw_before_the_dock_counted_it_is_still_to_be_counted() -> None:
    seen = unit("SHIRT", receipt=Receipt.RECEIVED)
    assert shares([of("SHIRT")], expecting(seen), expecting(unit("SHIRT"))) == [[("SHIRT", 1)], []]


def test_a_report_on_its_way_to_the_return_counts_already() -> None:
    told = {"message_id": "rec-0", "units": [of("SHIRT")]}
    first = expecting(unit("SHIRT"), on_the_way=(told,))
    assert shares([of("SHIRT")], first, expecting(unit("SHIRT"))) == [[], [("SHIRT", 1)]]


@given(
    st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 5)), max_size=6),
    st.lists(st.lists(st.sampled_from("ABC"), max_size=4), min_size=1, max_size=3),
)
def test_every_unit_counted_is_told_exactly_once(
    counted: list[tuple[str, int]], expected: list[list[str]]
) -> None:
    returns = [expecting(*(unit(sku, f"{n}/1") for n, sku in enumerate(skus))) for skus in expected]
    told, whole = Counter[str](), Counter[str]()
    for part in shares([of(*each) for each in counted], *returns):
        for sku, quantity in part:
            told[sku] += quantity
    for sku, quantity in counted:
        whole[sku] += quantity
    assert told == whole


@pytest.mark.parametrize(
    "units",
    [None, {}, ["SHIRT"], [{"quantity": 1}], [of("A", 0)], [{"sku": "A", "quantity": True}],
     [{"sku": "A", "quantity": 1.5}], [{"sku": 7, "quantity": 1}]],
)  # fmt: skip
def test_a_report_that_cannot_be_read_is_not_split(units: Any) -> None:
    assert readable_units({"units": units}) is None
    assert share_out({"units": units}, [expecting(), expecting()]) is None


# ── From the warehouse to the returns ─────────────────────────────────────────────────────


async def told_units(scene: Scene, return_id: str, count: int = 1) -> list[dict[str, int]]:
    heard = await scene.heard(count, return_id)
    return [{each["sku"]: each["quantity"] for each in body["units"]} for _, body in heard]


async def two_returns_in_one_box(scene: Scene) -> None:
    """R-1 and R-2 want a shirt each, R-2 socks as well; the box travels on R-1's label."""
    await scene.story.open("R-1", order_id="W-1", skus={"SHIRT": 1})
    await scene.story.open("R-2", order_id="W-2", skus={"SHIRT": 1, "SOCKS": 1})
    await scene.story.label("R-1", "T1")
    await catch_up(scene.pool)


async def test_a_receipt_is_told_whole_to_the_one_return_of_its_parcel(scene: Scene) -> None:
    await scene.label("R-1", "T1")
    await scene.post(receipt([of("SHIRT"), of("HAT")], number="T1"))
    assert await scene.relay() == 1
    assert await told_units(scene, "R-1") == [{"SHIRT": 1, "HAT": 1}]


async def test_a_shared_parcel_is_split_between_the_return_of_its_label_and_those_named(
    scene: Scene,
) -> None:
    await two_returns_in_one_box(scene)
    await scene.post(
        receipt([of("SHIRT", 2), of("SOCKS"), of("HAT")], number="T1", returns=("R-2",))
    )
    assert await scene.relay() == 2
    assert await told_units(scene, "R-1") == [{"SHIRT": 1, "HAT": 1}]
    assert await told_units(scene, "R-2") == [{"SHIRT": 1, "SOCKS": 1}]
    [(_, body)] = await scene.heard(1, "R-2")
    assert (body["message_id"], body["source"]) == ("rec-1", "warehouse")
    assert body["parcel"] == {"tracking_number": "T1"}


async def test_two_boxes_counted_at_once_do_not_fill_the_same_return_twice(scene: Scene) -> None:
    await two_returns_in_one_box(scene)
    named = ("R-1", "R-2")
    await scene.post(
        receipt([of("SHIRT")], number="T1", returns=named, message_id="rec-1"),
        receipt([of("SHIRT")], number="T2", returns=named, message_id="rec-2"),
    )
    assert await scene.relay() == 4
    assert await told_units(scene, "R-1", 2) == [{"SHIRT": 1}, {}]
    assert await told_units(scene, "R-2", 2) == [{}, {"SHIRT": 1}]


async def test_told_again_after_a_crash_the_split_is_the_same(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await two_returns_in_one_box(scene)
    await scene.post(receipt([of("SHIRT")], number="T1", returns=("R-1", "R-2")))
    relay = scene.make_doors().relay

    async def nothing() -> int:
        return 0

    monkeypatch.setattr(relay, "_tell_some", nothing)
    await relay.drain()  # it was written down whom to tell what, and then the process died
    await scene.story.receive("R-1", "T1", {"SHIRT": 1}, message_id="rec-1")
    assert await scene.relay() == 2
    assert await told_units(scene, "R-1") == [{"SHIRT": 1}]
    assert await told_units(scene, "R-2") == [{}]


async def test_a_receipt_without_a_number_goes_to_the_returns_it_names(scene: Scene) -> None:
    await scene.label("R-1", "T1")
    await scene.post(receipt([of("SHIRT")], returns=("R-1",)))
    assert await scene.relay() == 1
    assert await told_units(scene, "R-1") == [{"SHIRT": 1}]


async def test_a_named_return_that_is_not_known_yet_is_waited_for_a_moment(scene: Scene) -> None:
    from api.resolving import EARLY

    await scene.label("R-1", "T1")
    await scene.post(receipt([of("SHIRT")], number="T1", returns=("R-9",)))
    assert await scene.relay() == 0
    assert await scene.relay(ahead=EARLY) == 1
    assert await told_units(scene, "R-1") == [{"SHIRT": 1}]


async def test_a_receipt_that_makes_no_sense_is_for_the_return_to_refuse(scene: Scene) -> None:
    await two_returns_in_one_box(scene)
    await scene.post(receipt([{"sku": "SHIRT", "quantity": "one"}], number="T1", returns=("R-2",)))
    assert await scene.relay() == 1
    [(_, body)] = await scene.heard(1, "R-1")
    assert body["units"] == [{"sku": "SHIRT", "quantity": "one"}]
