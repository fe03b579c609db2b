"""What the comparisons store are the events of a return as the rules decide it today."""

from bench.plain import BEGAN, plain_recordings, plain_return, waiting_return
from domain.returns.agenda import agenda
from domain.returns.events import ReturnCompleted
from domain.returns.evolve import fold
from domain.returns.upcasting import read_event


def test_the_plain_return_is_completed_and_paid_what_was_promised() -> None:
    [completed] = [event for event in plain_return() if isinstance(event, ReturnCompleted)]
    assert completed.paid_minor == 5_510


def test_each_of_its_events_is_read_back_as_it_was() -> None:
    life = plain_return()
    read = [read_event(one.type, one.schema_version, one.model_dump_json()) for one in life]
    assert tuple(read) == life


def test_the_waiting_return_waits_for_its_customer_and_for_nothing_of_ours() -> None:
    of_return, of_order = waiting_return("R-1", BEGAN)
    steps = agenda(fold(of_return))
    assert "hand_over" in {step.action for step in steps}
    assert not [step for step in steps if step.performs]
    assert {type(event).__name__ for event in of_order} == {"OrderRecorded", "UnitsClaimed"}


def test_the_recordings_are_those_of_the_journey_in_its_order() -> None:
    messages = [cause for cause in plain_recordings() if ":" not in cause]
    assert messages == ["open", "scanned", "delivered", "receipt", "inspection", "payout"]
