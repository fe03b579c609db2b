"""A way is chosen among those that were quoted; staff send it by another carrier and say why."""

from datetime import timedelta
from typing import Any

from domain.returns import commands as c
from domain.returns.events import PolicyOverridden
from domain.returns.shown.status import status_of
from domain.words import LabelLife, Logistics, Method
from tests.domain.returns import shop
from tests.domain.returns.scenario import MONDAY, RETURN, TENANT, Scenario
from tests.domain.returns.story import (
    ask,
    begin,
    by_staff,
    labelled,
    opening,
    scan,
    under_way,
    wish,
)

HOURS = {"*": {"zone": "Europe/Berlin", "hours": [[8, 13], [13, 18]], "days": 2}}


def priced(carrier: str, price: int, **more: Any) -> dict[str, Any]:
    band = {"up_to_grams": 30_000, "price_minor": price}
    fixed = {"countries": ["*"], "method": "drop_off_label", "service": "return_label"}
    return {**fixed, "carrier": carrier, "prices": [band], **more}


SERVICES = [priced("swiftpost", 400), priced("rivercourier", 500),
            priced("tinypost", 100, longest_mm=10)]  # fmt: skip


def long_ways() -> Scenario:
    lines = tuple(x.model_copy(update={"longest_mm": 200}) for x in shop.order().lines)
    rules = {"transports": SERVICES, "methods": {"*": ["drop_off_label", "own_carrier"]}}
    return labelled(snapshot=shop.order(lines=lines), rules=rules)


def test_the_answer_to_a_request_holds_every_way_and_those_that_cannot_be_had() -> None:
    status = status_of(TENANT, RETURN, long_ways().state)
    assert [way.method for way in status.methods] == ["drop_off_label", "own_carrier"]
    assert {no.method for no in status.not_offered} == set(Method) - {
        "drop_off_label",
        "own_carrier",
    }
    assert [(one.tried, one.carrier) for one in status.carriers] == [
        (1, "swiftpost"), (2, "rivercourier"), (0, "tinypost"),
    ]  # fmt: skip
    assert (
        status.carriers[0].because == "4.00 EUR until it is at the dock, 4.00 EUR of it by contract"
    )
    assert (
        status.carriers[2].because == "tinypost (return_label) carries up to 10 mm, it has 200 mm"
    )


def test_once_it_has_left_there_is_nothing_to_choose_and_nothing_is_shown() -> None:
    known = under_way(rules={"transports": SERVICES})
    status = status_of(TENANT, RETURN, known.state)
    assert (status.methods, status.not_offered, status.carriers) == ((), (), ())


def test_staff_send_it_by_another_carrier_and_the_label_is_given_back() -> None:
    known = long_ways()
    known = known.when(by_staff(c.Override, carrier="rivercourier", because="strike at swiftpost"))
    assert known.last(PolicyOverridden).because == "strike at swiftpost"
    assert known.count("CarrierSwitched(label)") == 1
    known = known.settle()
    parcel = known.state.parcels["P1"]
    assert (parcel.carrier, parcel.logistics) == ("rivercourier", Logistics.AWAITING_HANDOVER)
    lives = [label.life for label in known.state.labels.values()]
    assert lives == [LabelLife.VOID_SUBMITTED, LabelLife.LIVE]


def test_staff_may_send_it_by_a_carrier_that_was_turned_down() -> None:
    known = long_ways().when(by_staff(c.Override, carrier="tinypost", because="they agreed"))
    assert known.state.parcels["P1"].carrier == "tinypost"


def test_a_carrier_that_nobody_knows_or_that_has_it_already_is_refused() -> None:
    known = long_ways()
    known.refuses(by_staff(c.Override, carrier="pigeon", because="why not"), "carrier_not_known")
    same = by_staff(c.Override, carrier="swiftpost", because="again")
    known.refuses(same, "nothing_to_override")
    known = known.later(days=1)
    known = known.when(scan(known))
    late = by_staff(c.Override, carrier="rivercourier", because="too late")
    known.refuses(late, "already_handed_over")


def test_a_visit_is_booked_in_the_slot_that_was_chosen_with_the_request() -> None:
    known = begin(pickup_hours=HOURS).attempt(opening(method=Method.CARRIER_PICKUP))
    assert known.state.quote is not None
    [slots] = [way.slots for way in known.state.quote.methods if way.slots]
    asked = opening(method=Method.CARRIER_PICKUP)
    request = asked.request.model_copy(update={"pickup_from": slots[1].start})
    known = begin(pickup_hours=HOURS).when(asked.model_copy(update={"request": request}))
    known = known.settle(but=["book_pickup"])
    parcel = known.state.parcels["P1"]
    assert (parcel.pickup_not_before, parcel.pickup_until) == (slots[1].start, slots[1].end)
    other = request.model_copy(update={"pickup_from": MONDAY + timedelta(days=40)})
    begin(pickup_hours=HOURS).refuses(
        asked.model_copy(update={"request": other}), "slot_not_offered"
    )


def test_a_slot_is_chosen_later_too_and_only_one_that_was_quoted() -> None:
    known = labelled(rules={"pickup_hours": HOURS})
    assert known.state.quote is not None
    [slots] = [way.slots for way in known.state.quote.methods if way.slots]
    chosen = ask(c.ChooseMethod, method=Method.CARRIER_PICKUP, pickup_from=slots[0].start)
    after = known.when(chosen)
    assert after.state.parcels["P1"].pickup_until == slots[0].end
    wrong = ask(c.ChooseMethod, method=Method.CARRIER_PICKUP, pickup_from=MONDAY)
    known.refuses(wrong, "slot_not_offered")


def test_a_parcel_by_the_customers_own_carrier_is_followed_by_the_number_they_enter() -> None:
    known = labelled(method=Method.OWN_CARRIER)
    number = ask(c.ChooseMethod, method=Method.OWN_CARRIER, carrier="DHL", tracking_number="JD1")
    known = known.when(number).then_moves("TrackingEntered")
    assert known.when(number).news == ()
    parcel = known.state.parcels["P1"]
    assert (parcel.carrier, parcel.tracking_numbers) == ("DHL", ("JD1",))
    known = known.perform("follow_parcel").then_moves("ParcelFollowed")
    assert "follow_parcel" not in known.actions
    known = known.later(days=1)
    known = known.when(scan(known, tracking_number="JD1"))
    assert known.state.parcels["P1"].logistics is Logistics.IN_TRANSIT


def test_of_several_parcels_the_one_that_has_the_number_is_named() -> None:
    known = labelled(wish("1"), wish("3"), method=Method.OWN_CARRIER, parcels=2)
    number: Any = {"carrier": "DHL", "tracking_number": "JD1"}
    known.refuses(ask(c.ChooseMethod, method=Method.OWN_CARRIER, **number), "parcel_missing")
    named = ask(c.ChooseMethod, method=Method.OWN_CARRIER, parcel_id="P2", **number)
    assert known.when(named).state.parcels["P2"].tracking_numbers == ("JD1",)
