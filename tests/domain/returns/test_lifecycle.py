"""The tables, cell by cell, and the promises that hold over whole tables."""

from enum import StrEnum
from pathlib import Path

import pytest

from domain.returns.lifecycle import AXES, TABLES, Life, after, allows, as_document, to_mermaid
from domain.words import Authorisation, Decision, LabelLife, Logistics, MoneyState, Receipt
from domain.words_of_money import BillState, HoldState
from tests.domain.returns.stored import OUTCOMES, TYPES, every_move

STATES: dict[str, type[StrEnum]] = {
    "life": Life,
    "authorisation": Authorisation,
    "logistics": Logistics,
    "label": LabelLife,
    "receipt": Receipt,
    "decision": Decision,
    "money": MoneyState,
    "bill": BillState,
    "hold": HoldState,
}

FACTS_ONLY = {
    # what was judged and promised, and by whom
    "PolicyEvaluated", "PolicyOverridden", "QuoteIssued", "QuoteAdjusted",
    # what somebody saw or did, which moves a unit only once it is decided
    "UnitInspected", "ReasonRecoded", "DispositionDecided", "UnitRestocked", "UnitMoved",
    "InspectionRetracted", "VerdictKept", "DispositionWithdrawn", "MoveWithdrawn", "UnitMovedBack",
    # late or outside news that change nothing of where things are
    "ParcelTraced", "PayoutChecked", "BillChecked", "HoldChecked", "CarrierAsked",
    "CarrierAnswered", "CustomsDocumentIssued", "GoodsDeclared", "ReturnAnnounced", "ReceiptRetracted",
    "TrackingEntered", "LabelCharged", "OfferDropped", "ParcelFollowed",
    "TransportPrepared", "PickupCancelled",
    # goods and value instead: their own small life stands with the unit or the payout
    "ReplacementReserved", "ReservationEnding",
    "ReplacementUnavailable", "ReplacementOrdered", "ReplacementReleased",
    "ReplacementShipped", "OfferMade", "OfferAccepted", "OfferDeclined", "OfferLapsed",
    "StoreCreditIssued", "DifferenceBorne",
    "ExchangeLossBooked", "CouponPlanned", "RecoveryBegun", "RecoveryRecalled", "LotChosen", "LotJoined", "LotLeft", "LotGaveBack", "CouponIssued", "CouponRefused", "RepairStarted", "RepairCompleted",
    "RepairFailed", "GoodsChosen", "SendBackOrdered", "GoodsSentBack",
    # people: told, late, worried, content
    "NoticePlanned", "CustomerNotified", "ReminderSent", "DeadlineCounted", "DeadlineMissed", "Escalated",
    "ConcernSettled", "MessageRejected", "FeedbackReceived",
    "ContactChosen", "NoticeUndelivered", "NoticeGivenUp", "NoticeWithheld", "NoticePostponed", "QuietHoursEnded",
}  # fmt: skip
"""Events that move no axis: they are learnt from, or kept to be read."""


@pytest.mark.parametrize("axis", TABLES)
def test_a_move_is_allowed_where_the_table_has_it_and_leads_where_it_says(axis: str) -> None:
    for state, row in TABLES[axis].items():
        for move in sorted(AXES[axis].moves):
            assert allows(axis, state, move) is (move in row), (state, move)
            assert after(axis, state, move) == row.get(move, state), (state, move)


@pytest.mark.parametrize("axis", TABLES)
def test_a_table_has_a_row_for_every_state_and_no_other(axis: str) -> None:
    assert set(TABLES[axis]) == {None, *STATES[axis]}


@pytest.mark.parametrize("axis", TABLES)
def test_an_arrow_leads_to_a_state_of_its_own_axis(axis: str) -> None:
    targets = {target for row in TABLES[axis].values() for target in row.values()}
    assert targets <= set(STATES[axis])


@pytest.mark.parametrize("axis", TABLES)
def test_every_state_can_be_reached(axis: str) -> None:
    reached: set[StrEnum | None] = {None}
    while True:
        more = {target for state in reached for target in TABLES[axis][state].values()} - reached
        if not more:
            break
        reached |= more
    assert reached == {None, *STATES[axis]}


@pytest.mark.parametrize("axis", TABLES)
def test_a_move_that_an_axis_does_not_know_is_none_of_its_business(axis: str) -> None:
    for state in TABLES[axis]:
        assert allows(axis, state, "FeedbackReceived")
        assert after(axis, state, "FeedbackReceived") is state


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
def test_every_event_moves_an_axis_or_is_known_to_move_none(kind: type) -> None:
    moves = {move.partition("(")[0] for axis in AXES.values() for move in axis.moves}
    assert (kind.__name__ in moves) != (kind.__name__ in FACTS_ONLY)


def test_a_table_knows_no_move_that_no_event_makes() -> None:
    made = {move for kind in TYPES for move in every_move(kind)} | {"ParcelScanned"}  # any scan
    assert {move for axis in AXES.values() for move in axis.moves} <= made


@pytest.mark.parametrize("name", OUTCOMES)
def test_every_outcome_of_an_event_is_a_move_of_some_axis(name: str) -> None:
    kind = next(known for known in TYPES if known.__name__ == name)
    moves = {move for axis in AXES.values() for move in axis.moves}
    never_said = {"ReturnReopened(declined)"}  # a declined return is approved anew instead
    assert every_move(kind) - never_said <= moves


@pytest.mark.parametrize("logistics", [None, *Logistics])
def test_a_parcel_is_never_turned_away(logistics: Logistics | None) -> None:
    assert allows("logistics", logistics, "ParcelReceived")
    assert after("logistics", logistics, "ParcelReceived") is Logistics.DELIVERED


@pytest.mark.parametrize("stage", ["in_transit", "at_hub", "customs_hold", "delivered_unscanned"])
@pytest.mark.parametrize(
    "logistics", [state for state in Logistics if state not in {"delivered", "lost"}]
)
def test_a_scan_is_heard_wherever_the_parcel_was_thought_to_be(
    logistics: Logistics, stage: str
) -> None:
    assert after("logistics", logistics, f"ParcelScanned({stage})") == stage


def test_what_was_lost_is_found_before_it_is_anywhere_else() -> None:
    assert set(TABLES["logistics"][Logistics.LOST]) == {"ParcelFound", "ParcelReceived"}


@pytest.mark.parametrize("label", LabelLife)
def test_a_scan_uses_a_label_whatever_was_thought_of_it(label: LabelLife) -> None:
    assert after("label", label, "ParcelScanned") is LabelLife.USED


@pytest.mark.parametrize("receipt", [state for state in Receipt if state != "unexpected"])
def test_a_unit_that_comes_is_received_whatever_was_thought_of_it(receipt: Receipt) -> None:
    assert after("receipt", receipt, "UnitReceived") is Receipt.RECEIVED


@pytest.mark.parametrize(
    "money", [state for state in MoneyState if state not in {"succeeded", "failed", "reversed"}]
)
@pytest.mark.parametrize(
    ("move", "truth"),
    [("PayoutSucceeded", MoneyState.SUCCEEDED), ("PayoutFailed", MoneyState.FAILED)],
)
def test_a_provider_is_believed_wherever_an_instruction_may_be_on_its_way(
    money: MoneyState, move: str, truth: MoneyState
) -> None:
    if (money, move) != (MoneyState.CANCELLED, "PayoutFailed"):  # nothing was to be sent
        assert after("money", money, move) is truth


def test_money_that_was_there_and_bounced_is_reversed_and_stays_so_or_is_given_up() -> None:
    assert after("money", MoneyState.SUCCEEDED, "PayoutFailed") is MoneyState.REVERSED
    ends = {MoneyState.REVERSED, MoneyState.CANCELLED}
    assert set(TABLES["money"][MoneyState.REVERSED].values()) == ends


def test_a_verdict_against_the_customer_can_be_disputed_and_a_first_one_given_anew() -> None:
    final = {state for state, row in TABLES["decision"].items() if not row}
    assert final == {Decision.APPEAL_UPHELD}
    for state in (Decision.ACCEPTED, Decision.REJECTED, Decision.ACCEPTED_WITH_DEDUCTION):
        assert after("decision", state, "DecisionReopened") is Decision.PENDING
    for state in (Decision.REJECTED, Decision.ACCEPTED_WITH_DEDUCTION):
        assert after("decision", state, "DisputeOpened") is Decision.APPEALED


def test_an_ended_return_is_left_only_by_a_person_or_by_what_the_world_did() -> None:
    ends = (Authorisation.DECLINED, Authorisation.CANCELLED, Authorisation.EXPIRED)
    left = {state: set(TABLES["authorisation"][state]) for state in ends}
    assert left == {
        Authorisation.DECLINED: {"ReturnApproved(full)", "ReturnApproved(partial)"},
        Authorisation.CANCELLED: {"ReturnReopened(cancelled)", "ReturnReopened(cancelled_in_part)"},
        Authorisation.EXPIRED: {"ReturnReopened(expired)", "ReturnReopened(expired_in_part)"},
    }


def test_a_return_is_completed_once_in_a_life() -> None:
    assert TABLES["life"][Life.COMPLETED] == {"ReturnReopened(completed)": Life.OPEN}
    assert not allows("life", Life.COMPLETED, "ReturnCompleted")


def test_a_final_state_is_drawn_as_one() -> None:
    drawn = to_mermaid({None: {"Begun": Life.OPEN}, Life.OPEN: {"Done": Life.COMPLETED},
                        Life.COMPLETED: {}})  # fmt: skip
    assert drawn.splitlines() == [
        "stateDiagram-v2",
        "    [*] --> open: Begun",
        "    open --> completed: Done",
        "    completed --> [*]",
    ]


def test_the_drawn_lifecycle_is_the_real_one() -> None:
    drawn = Path("docs/lifecycle.md").read_text(encoding="utf-8")
    assert drawn == as_document(), "redraw it: python -m domain.returns.lifecycle"
