from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from demo.audit import Row, Streams, audit
from tests.demo.tale import LEDGER, STREAM, Tale, cancelled, completed, moved, opened


def found(tale: Tale, *, drained: bool = True) -> set[str]:
    return {difference.invariant for difference in audit(tale.streams, tale.books, drained=drained)}


@pytest.mark.parametrize("told", [completed, cancelled])
def test_honest_books_agree(told: Callable[[], Tale]) -> None:
    tale = told()
    assert audit(tale.streams, tale.books, drained=True) == []


def test_a_return_under_way_agrees_with_its_books_and_is_not_at_its_end() -> None:
    tale = opened()
    assert found(tale, drained=False) == set()
    assert found(tale) == {"S1", "L2"}


def test_rows_in_any_order_are_the_same_streams() -> None:
    tale = completed()
    assert Streams.of(reversed(tale.rows)) == tale.streams


def without_an_event_in_the_middle(tale: Tale) -> None:
    tale.rows.remove(tale.row("ReturnAnnounced"))


def with_an_event_id_used_twice(tale: Tale) -> None:
    first, last = tale.rows[0], tale.rows[-1]
    tale.rows[-1] = moved(last, event_id=first.event_id)


def with_a_second_opening(tale: Tale) -> None:
    tale.rows.append(_after_all(tale, tale.row("ReturnRequested")))


def with_news_after_the_completion(tale: Tale) -> None:
    tale.rows.append(_after_all(tale, tale.row("DecisionMade")))


def recorded_a_day_before_the_event_before_it(tale: Tale) -> None:
    late = tale.row("UnitInspected")
    tale.rows[tale.rows.index(late)] = moved(late, recorded_at=late.recorded_at - timedelta(days=1))


def refunding_more_than_was_captured(tale: Tale) -> None:
    tale.payments[0]["amount_minor"] = 100


def refunding_what_was_never_captured(tale: Tale) -> None:
    del tale.payments[0]


def refunding_in_another_currency(tale: Tale) -> None:
    tale.payments[-1]["currency"] = "USD"


def refunding_while_a_chargeback_has_the_rest(tale: Tale) -> None:
    captured = tale.payments[0]["amount_minor"]
    taken = {**tale.payments[0], "kind": "chargeback", "dispute_id": "dp_1", "status": "lost"}
    tale.payments.insert(1, {**taken, "amount_minor": captured - 1})


def refunding_what_nobody_asked_for(tale: Tale) -> None:
    tale.pay("re_9", "another-key", 100)


def refunding_another_amount(tale: Tale) -> None:
    tale.payments[-1]["amount_minor"] -= 1


def refunding_one_instruction_twice(tale: Tale) -> None:
    paid = tale.payments[-1]
    tale.pay("re_9", paid["idempotency_key"], paid["amount_minor"])


def settled_here_and_unknown_there(tale: Tale) -> None:
    tale.payments.pop()


def settled_here_and_bounced_there(tale: Tale) -> None:
    paid = tale.payments[-1]
    bounced = {"kind": "refund_failed", "status": "failed", "previous_status": "succeeded"}
    tale.payments.append({**paid, **bounced})


def paid_there_and_unknown_here(tale: Tale) -> None:
    tale.rows.remove(tale.row("PayoutSucceeded"))


def paying_before_any_verdict(tale: Tale) -> None:
    for row in [row for row in tale.rows if row.type == "DecisionMade"]:
        tale.change(row, outcome="needs_review", share_bp=0)


def with_parts_that_do_not_add_up(tale: Tale) -> None:
    plan = tale.row("PayoutPlanned")
    tale.change(plan, parts=plan["parts"][:1])


def paying_more_for_a_unit_than_it_cost(tale: Tale) -> None:
    plan = tale.row("PayoutPlanned")
    one, other = plan["parts"]
    more = [{**one, "amount_minor": one["amount_minor"] + other["amount_minor"]}]
    tale.change(plan, parts=more)


def refunding_without_a_key(tale: Tale) -> None:
    tale.payments[-1]["idempotency_key"] = None


def paying_for_a_rejected_unit(tale: Tale) -> None:
    decided = tale.row("DecisionMade")
    tale.change(decided, outcome="rejected", share_bp=0)


def completing_without_keeping_the_promise(tale: Tale) -> None:
    done = tale.row("ReturnCompleted")
    tale.change(done, promised_minor=done["promised_minor"] + 1)


def paid_in_the_return_and_not_in_the_ledger(tale: Tale) -> None:
    tale.rows.remove(tale.row("FundsPaid"))


def selling_a_label_twice(tale: Tale) -> None:
    tale.see_label("purchase", "TRK900", "label:P1:1")


def selling_two_labels_for_one_parcel(tale: Tale) -> None:
    tale.see_label("purchase", "TRK900", "label:P1:2")
    tale.labels.insert(1, tale.labels.pop())


def with_a_label_that_nobody_sold(tale: Tale) -> None:
    tale.labels[:] = [entry for entry in tale.labels if entry["kind"] != "purchase"]


def with_a_label_at_another_price(tale: Tale) -> None:
    tale.labels[0]["cost_minor"] += 1


def taking_back_a_label_that_was_used(tale: Tale) -> None:
    tale.see_label("voided", tale.labels[0]["tracking_number"])


def with_two_labels_alive_for_one_parcel(tale: Tale) -> None:
    bought = tale.row("LabelPurchased")
    second = {**bought.data, "label_id": "label:P1:2", "label_ref": "shp_TRK900"}
    tale.rows.insert(tale.rows.index(bought) + 1, moved(bought, data=second))


def leaving_a_label_unused(tale: Tale) -> None:
    tale.labels[:] = [entry for entry in tale.labels if entry["kind"] == "purchase"]


def putting_a_unit_away_twice(tale: Tale) -> None:
    tale.rows.append(_after_all(tale, tale.row("UnitRestocked")))


def putting_more_away_than_was_counted(tale: Tale) -> None:
    tale.warehouse[:] = [entry for entry in tale.warehouse if entry["kind"] != "counted"]


def putting_away_what_the_warehouse_does_not_know(tale: Tale) -> None:
    tale.warehouse.pop()


def claiming_a_unit_that_another_return_has(tale: Tale) -> None:
    claim = tale.row("UnitsClaimed")
    theirs = {**claim.data, "return_id": "R-2"}
    tale.rows.insert(tale.rows.index(claim), moved(claim, data=theirs))


def ordering_goods_that_the_return_does_not_know(tale: Tale) -> None:
    about = {"return_id": "R-1", "sku": "SHOE-RUN-43", "quantity": 1, "order_id": "ord_1"}
    tale.warehouse.append({"seq": 99, "kind": "ordered", **about})


def losing_a_message(tale: Tale) -> None:
    tale.mail.pop()


def sending_a_message_twice(tale: Tale) -> None:
    tale.mail.append(tale.mail[-1])


def telling_it_by_both_ways(tale: Tale) -> None:
    tale.mail.append({**tale.mail[-1], "step_id": f"{tale.mail[-1]['step_id']}:sms"})


def sending_a_message_that_nobody_owes(tale: Tale) -> None:
    tale.mail.append({**tale.mail[-1], "step_id": "acme:R-1:notice:N99"})


def completing_without_a_word_on_a_unit(tale: Tale) -> None:
    tale.rows.remove(tale.row("DecisionMade"))


def completing_twice(tale: Tale) -> None:
    tale.rows.append(_after_all(tale, tale.row("ReturnCompleted")))


def ending_without_an_outcome_of_a_payout(tale: Tale) -> None:
    tale.rows.remove(tale.row("PayoutSucceeded"))


def _after_all(tale: Tale, row: Row) -> Row:
    """The same event once more, as the newest of its stream."""
    last = [known for known in tale.rows if known.stream_id == row.stream_id][-1]
    return replace(
        row,
        version=last.version + 1,
        position=len(tale.rows) + 1,
        event_id="another",
        causation_id="another",
        recorded_at=last.recorded_at,
    )


@pytest.mark.parametrize(
    ("spoil", "invariant"),
    [
        (without_an_event_in_the_middle, "E1"),
        (with_an_event_id_used_twice, "E1"),
        (with_a_second_opening, "E2"),
        (with_news_after_the_completion, "E3"),
        (recorded_a_day_before_the_event_before_it, "E4"),
        (refunding_more_than_was_captured, "M1"),
        (refunding_what_was_never_captured, "M1"),
        (refunding_in_another_currency, "M1"),
        (refunding_while_a_chargeback_has_the_rest, "M1"),
        (refunding_what_nobody_asked_for, "M2"),
        (refunding_another_amount, "M2"),
        (refunding_one_instruction_twice, "M3"),
        (settled_here_and_unknown_there, "M4"),
        (settled_here_and_bounced_there, "M4"),
        (paid_there_and_unknown_here, "M4"),
        (paid_in_the_return_and_not_in_the_ledger, "M4"),
        (paying_before_any_verdict, "M5"),
        (with_parts_that_do_not_add_up, "M7"),
        (paying_more_for_a_unit_than_it_cost, "M7"),
        (refunding_without_a_key, "M8"),
        (paying_for_a_rejected_unit, "M9"),
        (completing_without_keeping_the_promise, "M10"),
        (selling_a_label_twice, "L1"),
        (with_a_label_that_nobody_sold, "L1"),
        (with_a_label_at_another_price, "L1"),
        (taking_back_a_label_that_was_used, "L1"),
        (leaving_a_label_unused, "L2"),
        (with_two_labels_alive_for_one_parcel, "L3"),
        (selling_two_labels_for_one_parcel, "L3"),
        (putting_a_unit_away_twice, "G1"),
        (putting_more_away_than_was_counted, "G1"),
        (putting_away_what_the_warehouse_does_not_know, "G1"),
        (claiming_a_unit_that_another_return_has, "G1"),
        (ordering_goods_that_the_return_does_not_know, "G1"),
        (losing_a_message, "N1"),
        (sending_a_message_twice, "N1"),
        (telling_it_by_both_ways, "N1"),
        (sending_a_message_that_nobody_owes, "N1"),
        (completing_without_a_word_on_a_unit, "T1"),
        (completing_twice, "T1"),
        (ending_without_an_outcome_of_a_payout, "S1"),
    ],
)
def test_what_does_not_agree_is_found(spoil: Callable[[Tale], None], invariant: str) -> None:
    tale = completed()
    spoil(tale)
    assert invariant in found(tale)


def test_a_label_is_taken_back_once() -> None:
    tale = cancelled()
    tale.labels.append(tale.labels[-1])
    assert found(tale) == {"L2"}


def test_a_label_taken_back_only_there_is_named() -> None:
    tale = cancelled()
    tale.rows.remove(tale.row("LabelVoided"))
    assert "L1" in found(tale)


def test_a_return_that_is_nobodys_turn_and_not_finished_is_named() -> None:
    tale = completed()
    last = tale.row("ReturnCompleted")
    tale.rows[:] = [row for row in tale.rows if row.stream_id == LEDGER or row is not last]
    silent = [each.because for each in audit(tale.streams, tale.books) if each.subject == STREAM]
    assert "is not finished, and nobody's turn" in silent
