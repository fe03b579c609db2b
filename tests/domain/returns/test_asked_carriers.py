"""Carriers that tell nothing: asked from time to time, and before anything is said to be late."""

from datetime import timedelta

from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.notes import Seen
from domain.words import Authorisation, LabelLife, Logistics, Method
from tests.domain.returns.partners import answer
from tests.domain.returns.scenario import A_DAY, Scenario
from tests.domain.returns.story import ask, opened

CANCEL = ask(c.Cancel)


def labelled(*, method: Method = Method.DROP_OFF_LABEL) -> Scenario:
    """Its label is of a carrier that only answers, and bills what is scanned."""
    known = opened(method=method)
    known = known.perform("buy_label", asked=True, billed="on_scan")
    return known.settle(but=["track"])


def seen(known: Scenario, status: str, *, hours_ago: float = 1) -> tuple[Seen, ...]:
    return (Seen(status=status, occurred_at=known.now - timedelta(hours=hours_ago)),)


def asked(known: Scenario) -> Scenario:
    """Its carrier is to be asked now."""
    return known.wait(until=known.step("ask_carrier").due_at)


def test_it_is_asked_once_a_day_at_home_and_twice_on_its_way() -> None:
    known = labelled()
    assert known.step("ask_carrier").due_at - known.now == A_DAY
    known = asked(known).perform("track")
    assert known.step("ask_carrier").due_at - known.now == A_DAY
    known = asked(known)
    known = known.perform("track", seen=seen(known, "scanned"))
    assert known.state.parcels["P1"].logistics is Logistics.IN_TRANSIT
    assert known.step("ask_carrier").due_at - known.now == A_DAY / 2


def test_what_it_tells_again_each_time_counts_once() -> None:
    known = asked(labelled())
    story = seen(known, "scanned")
    known = known.perform("track", seen=story)
    known = asked(known).perform("track", seen=story)
    assert known.count("ParcelScanned") == 1
    known = asked(known)
    known = known.perform("track", seen=(*story, *seen(known, "delivered")))
    assert known.state.parcels["P1"].logistics is Logistics.DELIVERED_UNSCANNED
    assert "ask_carrier" not in known.actions


def test_nobody_is_too_late_before_its_carrier_was_asked() -> None:
    known = labelled()
    due = known.step("hand_over").due_at
    known = known.wait(until=due)
    assert known.state.authorisation is Authorisation.APPROVED
    assert known.step("track").performs == "track"
    handed_over = (Seen(status="scanned", occurred_at=due - timedelta(hours=2)),)
    in_time = known.perform("track", seen=handed_over)
    assert in_time.state.parcels["P1"].has_left
    late = known.perform("track")
    late = late.wait(until=late.now)
    assert late.state.authorisation is Authorisation.EXPIRED


def test_its_label_just_ends_where_nobody_needs_it() -> None:
    known = labelled().when(CANCEL)
    assert [label.life for label in known.state.labels.values()] == [LabelLife.EXPIRED]
    assert not {"ask_carrier", "void_label"} & {*known.actions}


def test_a_lost_parcel_is_asked_for_until_it_is_found() -> None:
    known = asked(labelled())
    known = known.perform("track", seen=seen(known, "scanned"))
    known = asked(known)
    known = known.perform("track", seen=seen(known, "lost"))
    assert known.state.parcels["P1"].logistics is Logistics.LOST
    known = asked(known.settle(but=["track"]))
    known = known.perform("track", seen=seen(known, "delivered"))
    assert known.count("ParcelFound") == 1


def test_a_visit_whose_answer_was_lost_is_looked_for_before_another_is_booked() -> None:
    known = opened(method=Method.CARRIER_PICKUP).perform("buy_label").settle(but=["book_pickup"])
    booking = known.step("book_pickup")
    known = known.when(
        n.NoteTransportPrepared(
            step_id=booking.id, offer_ref="pickup_1", carrier="swiftpost", service="return_pickup"
        )
    )
    assert "look_up_pickup" not in known.actions
    known = known.when(CANCEL)
    assert known.step("look_up_pickup").subject == booking.id
    unheard = known.when(answer(booking, known.state, known.now))
    assert unheard.step("cancel_pickup").performs == "cancel_pickup"
    nothing = known.perform("look_up_pickup")
    assert not {"look_up_pickup", "cancel_pickup"} & {*nothing.actions}
