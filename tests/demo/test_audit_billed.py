"""The books of a carrier that bills what it scans, and sells nothing."""

from collections.abc import Callable

import pytest

from demo.audit import audit
from demo.table import summary_of_labels
from tests.demo.tale import STREAM, Tale, cancelled, completed, moved, opened


def found(tale: Tale, *, drained: bool = True) -> set[str]:
    return {difference.invariant for difference in audit(tale.streams, tale.books, drained=drained)}


@pytest.mark.parametrize("told", [completed, cancelled])
def test_honest_books_agree(told: Callable[..., Tale]) -> None:
    tale = told("on_scan")
    assert audit(tale.streams, tale.books, drained=True) == []


def test_a_label_that_nobody_knows_of_costs_nothing_and_needs_no_void() -> None:
    tale = completed("on_scan")
    tale.see_label("ordered", "TRK900")
    assert found(tale) == set()


def test_a_label_under_way_is_not_charged_before_its_carrier_was_asked() -> None:
    tale = opened("on_scan")
    tale.see_label("scan", tale.labels[0]["tracking_number"])
    tale.see_label("billed", tale.labels[0]["tracking_number"])
    assert found(tale, drained=False) == set()
    assert "L1" in found(tale)


def _again(tale: Tale, number: str) -> None:
    """The parcel's second label, which is known here as well."""
    bought = tale.row("LabelPurchased")
    second = {**bought.data, "label_id": "label:P1:2", "label_ref": f"shp_{number}"}
    tale.rows.insert(tale.rows.index(bought) + 1, moved(bought, data=second))
    tale.see_label("ordered", number, "label:P1:2")


def test_two_labels_of_a_parcel_may_lie_about() -> None:
    tale = completed("on_scan")
    _again(tale, "TRK900")
    assert not found(tale) & {"L1", "L2", "L3"}


def billing_what_nobody_knows_of(tale: Tale) -> None:
    for kind in ("ordered", "scan", "billed"):
        tale.see_label(kind, "TRK900", "label:P2:1")


def billing_at_another_price(tale: Tale) -> None:
    billed = next(entry for entry in tale.labels if entry["kind"] == "billed")
    billed["cost_minor"] += 1


def with_a_label_that_nobody_made(tale: Tale) -> None:
    tale.labels[:] = [entry for entry in tale.labels if entry["kind"] != "ordered"]


def with_one_label_in_two_returns(tale: Tale) -> None:
    theirs = [row for row in tale.rows if row.stream_id == STREAM]
    other = {"stream_id": "return:acme:R-2"}
    tale.rows += [moved(row, **other, event_id=f"again {row.event_id}") for row in theirs]


def charged_and_not_billed(tale: Tale) -> None:
    tale.labels[:] = [entry for entry in tale.labels if entry["kind"] != "billed"]


def charged_twice(tale: Tale) -> None:
    tale.rows.append(moved(tale.row("LabelCharged"), event_id="another"))


def charged_at_another_price(tale: Tale) -> None:
    tale.change(tale.row("LabelCharged"), cost={"amount_minor": 451, "currency": "EUR"})


def billed_and_never_charged(tale: Tale) -> None:
    tale.rows.remove(tale.row("LabelCharged"))


def billed_before_anybody_had_scanned_it(tale: Tale) -> None:
    tale.labels[:] = [entry for entry in tale.labels if entry["kind"] != "scan"]


def billing_a_label_twice(tale: Tale) -> None:
    tale.see_label("billed", tale.labels[0]["tracking_number"])


def billing_two_labels_of_one_parcel(tale: Tale) -> None:
    _again(tale, "TRK900")
    for kind in ("scan", "billed"):
        tale.see_label(kind, "TRK900", "label:P1:2")


@pytest.mark.parametrize(
    ("spoil", "invariant", "because"),
    [
        (billing_what_nobody_knows_of, "L1", "is billed for acme:R-1:label:P2:1 and is in 0"),
        (billing_at_another_price, "L1", "cost 451 there and 450 here"),
        (with_a_label_that_nobody_made, "L1", "and nobody made it"),
        (with_one_label_in_two_returns, "L1", "was made for acme:R-1:label:P1:1 and is in 2"),
        (charged_and_not_billed, "L1", "its carrier has billed nothing"),
        (charged_twice, "L1", "is billed at 450 and charged"),
        (charged_at_another_price, "L1", "is billed at 450 and charged"),
        (billed_and_never_charged, "L1", "no return was charged for it"),
        (billed_before_anybody_had_scanned_it, "L2", "was not scanned before"),
        (billing_a_label_twice, "L3", "P1 is billed again"),
        (billing_two_labels_of_one_parcel, "L3", "P1 is billed again"),
    ],
)
def test_what_does_not_agree_is_found(
    spoil: Callable[[Tale], None], invariant: str, because: str
) -> None:
    tale = completed("on_scan")
    spoil(tale)
    told = audit(tale.streams, tale.books, drained=True)
    assert any(one.invariant == invariant and because in one.because for one in told), told


def test_the_table_counts_what_is_billed_and_not_what_lies_about() -> None:
    tale = completed("on_scan")
    tale.see_label("ordered", "TRK900")
    assert summary_of_labels(tale.books) == (
        "2 labels, 0 of them given back, 1 billed when they were scanned: 4.50 EUR"
    )
