"""What people read: columns that stay under each other, and text from outside that only shows."""

from datetime import UTC, datetime
from uuid import UUID

from activities.event_store import StoredEvent
from api.cli.showing import columns, one_line, shown, turn
from api.cli.stories import history
from domain.returns.shown.status import MoneyStatus, Status

DUE = datetime(2026, 11, 30, 9, 5, tzinfo=UTC)


def status(**changed: object) -> Status:
    fields = {"tenant": "acme", "return_id": "R-1", "version": 3, "headline": "label_ready"}
    return Status.model_validate({**fields, **changed})


def test_columns_stand_under_each_other_in_any_script() -> None:
    assert columns([["1/1", "鞋", "x"], ["10/1", "Shoe", "y"]], indent="") == [
        "1/1   鞋    x",
        "10/1  Shoe  y",
    ]


def test_nothing_to_lay_out_is_no_lines() -> None:
    assert columns([]) == []


def test_what_could_move_a_cursor_is_shown_as_a_space() -> None:
    assert shown("a\x1b[2Jb\r\u202e") == "a [2Jb  "


def test_it_says_whose_turn_it_is_and_until_when() -> None:
    open_step = status(next_actor="customer", next_action="hand_over", due_at=DUE)
    assert turn(open_step) == "customer: hand over by 2026-11-30 09:05 UTC"


def test_a_closed_return_waits_for_nobody() -> None:
    assert turn(status(closed=True)) == "nothing is left to do"


def test_money_is_written_with_the_places_of_its_currency() -> None:
    def promised(currency: str) -> Status:
        sums = dict.fromkeys(MoneyStatus.model_fields.keys() - {"currency", "promised_minor"}, 0)
        money = MoneyStatus.model_validate({**sums, "currency": currency, "promised_minor": 1085})
        return status(money=money, currency=currency, closed=True)

    assert "10.85 EUR" in one_line(promised("EUR"))
    assert "1085 JPY" in one_line(promised("JPY"))
    assert "1.085 KWD" in one_line(promised("KWD"))


def test_history_says_what_happened_by_whom_and_its_facts() -> None:
    event = StoredEvent(
        event_id=UUID(int=1),
        type="PayoutPlanned",
        schema_version=1,
        occurred_at=DUE,
        actor="system:backhaul",
        causation_id="c",
        correlation_id="c",
        tenant="acme",
        data='{"type":"PayoutPlanned","schema_version":1,"occurred_at":"2026-11-30T09:05:00Z",'
        '"instruction_id":"p-1","amount_minor":1085,"currency":"EUR","replaces":"",'
        '"parts":[{"key":"1/1"}],"because":"two words"}',
        stream_id="return:acme:R-1",
        version=12,
        position=99,
        recorded_at=DUE,
    )
    (line,) = history([event])
    assert line == (
        "12  2026-11-30 09:05 UTC  Payout planned  system:backhaul  "
        'instruction_id=p-1  amount=10.85EUR  parts=(1)  because="two words"'
    )
