"""What the comparisons store are the events of a return as the rules decide it today."""

from bench.plain import plain_return
from domain.returns.events import ReturnCompleted
from domain.returns.upcasting import read_event


def test_the_plain_return_is_completed_and_paid_what_was_promised() -> None:
    [completed] = [event for event in plain_return() if isinstance(event, ReturnCompleted)]
    assert completed.paid_minor == 5_510


def test_each_of_its_events_is_read_back_as_it_was() -> None:
    life = plain_return()
    read = [read_event(one.type, one.schema_version, one.model_dump_json()) for one in life]
    assert tuple(read) == life
