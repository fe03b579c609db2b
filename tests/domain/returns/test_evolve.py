"""What was recorded is followed along its axis, for the things it is about and no others."""

from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from typing import Any

import pytest

from domain.returns.events import Event
from domain.returns.evolve import evolve, fold, forbidden_axis
from domain.returns.learn import LEARN
from domain.returns.lifecycle import AXES, TABLES
from domain.returns.state import ReturnState
from domain.words import Authorisation, Decision, LabelLife, Logistics, Receipt
from tests.domain.returns.standing import KNOWN, UNIT, having, seen
from tests.domain.returns.stored import TYPES, event_of, sample

SAID_BY_THE_MOVE = {
    "ReviewRequested", "LabelExpired", "LabelVoidRejected", "ParcelFound", "UnitMissed",
}  # fmt: skip
"""Events that say all there is to know by their move."""

OF_THE_WHOLE = {
    "ReturnRequested", "ReturnApproved", "ReturnDeclined", "ReturnCancelled", "ReturnExpired",
    "ReturnReopened",
}  # fmt: skip
"""Events about the whole return: they move those of its parcels and units that they can."""

OF_STRAYS = {"UnexpectedUnitReceived", "StraySettled", "StrayRetracted"}
"""Events of things that nobody announced; they are no units of the return."""


_ON_A_LABEL = {("label", "ParcelScanned"), ("label", "ParcelReceived")}
"""What the world did to a parcel: the label it travels on, if there is one, is used."""


def _event(axis: str, move: str) -> Event:
    return event_of("ParcelScanned(at_hub)" if (axis, move) == ("label", "ParcelScanned") else move)


def _names_one(axis: str, move: str) -> bool:
    """Whether the event must be possible for the one thing that it names."""
    name = move.partition("(")[0]
    if axis in {"life", "authorisation"}:
        return True
    return name not in OF_THE_WHOLE | OF_STRAYS and (axis, name) not in _ON_A_LABEL


def _cells(axis: str) -> Iterator[tuple[StrEnum | None, str]]:
    for state in AXES[axis].table:
        for move in sorted(AXES[axis].moves):
            yield state, move


@pytest.mark.parametrize("axis", AXES)
def test_an_event_is_forbidden_where_the_table_of_what_it_names_forbids_it(axis: str) -> None:
    for state, move in _cells(axis):
        forbidden = forbidden_axis(having(axis, state), _event(axis, move))
        if _names_one(axis, move) and move not in TABLES[axis][state]:
            assert forbidden is not None, (state, move)
        else:
            assert forbidden != axis, (state, move)


@pytest.mark.parametrize("axis", AXES)
def test_a_recorded_event_leads_where_the_table_says(axis: str) -> None:
    led = {
        (state, move): seen(axis, evolve(having(axis, state), _event(axis, move)))
        for state, move in _cells(axis)
        if move in TABLES[axis][state] and move.partition("(")[0] not in OF_STRAYS
    }
    assert led == {(state, move): TABLES[axis][state][move] for state, move in led}
    assert led


@pytest.mark.parametrize("axis", AXES)
def test_history_is_followed_even_where_todays_table_would_forbid_it(axis: str) -> None:
    for state, move in _cells(axis):
        if state is None or move in {**TABLES[axis][state], **TABLES[axis][None]}:
            continue
        before = having(axis, state)
        after = evolve(before, _event(axis, move))
        assert (seen(axis, after), after.version) == (state, before.version + 1), (state, move)


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
def test_an_event_is_learnt_from_or_says_it_all_by_its_move(kind: type[Event]) -> None:
    assert (kind in LEARN) is not (kind.__name__ in SAID_BY_THE_MOVE)


@pytest.mark.parametrize("name", sorted(SAID_BY_THE_MOVE))
def test_an_event_that_says_it_all_by_its_move_has_one(name: str) -> None:
    assert any(move.partition("(")[0] == name for axis in AXES.values() for move in axis.moves)


@pytest.mark.parametrize("kind", LEARN, ids=lambda kind: kind.__name__)
def test_what_is_learnt_can_be_seen(kind: type[Event]) -> None:
    before = _before(kind.__name__)
    assert evolve(before, sample(kind.__name__)) != replace(before, version=before.version + 1)


def _before(name: str) -> ReturnState:
    """The known return without what the event begins, and with what it answers."""
    before = replace(KNOWN, **_BEGUN_BY.get(name, {}))
    return fold((sample(one) for one in _AFTER.get(name, ())), before)


_BEGUN_BY: dict[str, dict[str, Any]] = {
    "PolicyEvaluated": {"terms": None},
    "QuoteIssued": {"quote": None},
    "ReturnRequested": {"units": {}},
    "UnexpectedUnitReceived": {"strays": {}},
    "PayoutPlanned": {"payouts": {}},
    "BillPlanned": {"bills": {}},
    "HoldPlanned": {"holds": {}},
    "OfferMade": {"offers": {}},
    "NoticePlanned": {"notices": {}},
    "Escalated": {"concerns": {}},
}

_AFTER = {
    "ReturnReopened": ("ReturnExpired",),
    "NoticeWithheld": ("NoticePlanned",),
    "NoticePostponed": ("NoticePlanned",),
    "NoticeUndelivered": ("NoticePlanned",),
    "NoticeGivenUp": ("NoticePlanned",),
    "QuietHoursEnded": ("NoticePlanned", "NoticePostponed"),
    "ReturnApproved": ("ReturnDeclined",),
    "LabelVoidSubmitted": ("LabelVoidRequested",),
    "OfferDropped": ("TransportPrepared",),
    "UnitReceiptRetracted": ("UnitReceived",),
    "ParcelReceiptRetracted": ("ParcelReceived",),
    "DecisionReopened": ("DecisionMade",),
    "InspectionRetracted": ("UnitInspected",),
    "VerdictKept": ("DecisionMade", "UnitInspected"),
    "DispositionWithdrawn": ("DispositionDecided",),
    "UnitMovedBack": ("UnitMoved",),
    "UnitUnmatched": ("UnitMatched",),
    "RecoveryRecalled": ("RecoveryBegun",),
    "LotJoined": ("LotChosen",),
    "LotLeft": ("LotChosen",),
    "LotGaveBack": ("LotChosen",),
    "PayoutReleased": ("PayoutHeld",),
    "PayoutApproved": ("PayoutHeld",),
    "PayoutCancelled": ("PayoutHeld",),
    "PayoutChecked": ("PayoutNewsHeard",),
    "BillChecked": ("BillNewsHeard",),
    "HoldChecked": ("HoldNewsHeard",),
    "CarrierAnswered": ("CarrierAsked",),
    "PickupCancelled": ("PickupScheduled",),
    "ReservationEnding": ("ReplacementReserved",),
    "ReplacementReleased": ("ReplacementReserved",),
    "CouponIssued": ("CouponPlanned",),
    "CouponRefused": ("CouponPlanned",),
    "RepairCompleted": ("RepairStarted",),
    "RepairFailed": ("RepairStarted",),
    "GoodsSentBack": ("SendBackOrdered",),
}


def test_a_cancelled_return_calls_off_what_it_still_can_and_leaves_the_rest() -> None:
    known = having("logistics", Logistics.IN_TRANSIT)
    units = dict(known.units)
    first, second = units
    units[second] = replace(units[second], receipt=Receipt.RECEIVED)
    after = evolve(replace(known, units=units), sample("ReturnCancelled"))
    assert after.authorisation is Authorisation.CANCELLED
    assert after.parcels["P1"].logistics is Logistics.IN_TRANSIT
    assert after.units[first].receipt is Receipt.CANCELLED
    assert after.units[second].receipt is Receipt.RECEIVED


def test_an_approval_awaits_the_units_it_lists_and_no_others() -> None:
    known = having("authorisation", Authorisation.DECLINED)
    declined = {
        key: replace(unit, receipt=Receipt.CANCELLED, decision=Decision.REJECTED)
        for key, unit in known.units.items()
    }
    after = evolve(replace(known, units=declined), event_of("ReturnApproved(partial)"))
    other = next(key for key in declined if key != UNIT)
    assert (after.units[UNIT].receipt, after.units[UNIT].decision) == ("awaiting", "pending")
    assert (after.units[other].receipt, after.units[other].decision) == ("cancelled", "rejected")


def test_a_scan_uses_the_newest_label_of_its_parcel() -> None:
    known = having("label", LabelLife.VOID_SUBMITTED)
    label = replace(next(iter(known.labels.values())), label_id="L2", life=LabelLife.LIVE)
    after = evolve(
        replace(known, labels={**known.labels, "L2": label}), event_of("ParcelScanned(in_transit)")
    )
    assert [label.life for label in after.labels.values()] == ["void_submitted", "used"]


def test_an_event_about_one_parcel_leaves_the_other_where_it_is() -> None:
    known = having("logistics", Logistics.AWAITING_HANDOVER)
    other = replace(known.parcels["P1"], parcel_id="P2", logistics=Logistics.LOST)
    after = evolve(replace(known, parcels={**known.parcels, "P2": other}), sample("ParcelReceived"))
    assert [parcel.logistics for parcel in after.parcels.values()] == ["delivered", "lost"]


def test_a_fold_goes_on_from_where_another_ended() -> None:
    story = [sample("ParcelReceived"), sample("UnitReceived"), sample("UnitInspected")]
    assert fold(story[1:], fold(story[:1], KNOWN)) == fold(story, KNOWN)
    assert fold(story, KNOWN).version == KNOWN.version + 3


def test_nothing_recorded_is_a_return_that_nobody_asked_for() -> None:
    assert fold(()) == ReturnState()
