"""What is claimed at carriers is in one recovery each, and what they paid is booked once."""

from typing import Any

from demo.audit import Books, Row, Streams
from demo.audit.claims import claims
from tests.demo.tale import completed, moved

CLAIM = {"claim": "clm_1", "kind": "filed"}
PAID = {"claim": "clm_1", "kind": "paid", "payment_ref": "wallet_1"}


def recovery(event_type: str, **data: Any) -> Row:
    """An event of a recovery."""
    any_row = completed().rows[0]
    return moved(any_row, stream_id="recovery:acme:R-1.P1-lost", type=event_type, data=data)


FILED = recovery("RecoveryFiled", reference="clm_1")
BOOKED = recovery("RecoveryPaid", payment_ref="wallet_1")


def found(rows: list[Row], *entries: dict[str, str]) -> list[str]:
    return [each.because for each in claims(Streams.of(rows), Books(claims=entries))]


def test_what_both_sides_know_is_no_difference() -> None:
    assert found([FILED, BOOKED], CLAIM, PAID) == []


def test_a_claim_that_only_the_carrier_knows_is_found() -> None:
    assert found([], CLAIM) == ["is with a carrier and in no recovery"]


def test_a_claim_that_was_filed_twice_and_withdrawn_once_is_no_difference() -> None:
    second = {"claim": "clm_2", "kind": "filed"}
    assert found([FILED], CLAIM, second) == ["is with a carrier and in no recovery"]
    assert found([FILED], CLAIM, second, {**second, "kind": "cancelled"}) == []


def test_a_claim_that_no_carrier_has_is_found() -> None:
    assert found([FILED]) == ["is in a recovery, and no carrier has it"]


def test_a_claim_that_is_in_two_recoveries_is_found() -> None:
    assert found([FILED, FILED], CLAIM) == ["is filed 2 times"]


def test_what_was_booked_and_not_paid_or_booked_twice_is_found() -> None:
    assert found([FILED, BOOKED], CLAIM) == ["is booked 1 times, and paid False"]
    assert found([FILED, BOOKED, BOOKED], CLAIM, PAID) == ["is booked 2 times, and paid True"]
