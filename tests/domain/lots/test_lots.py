"""Goods that leave a hub together, from the first unit to the last word about them."""

from datetime import timedelta

from domain.lots import commands as c
from domain.lots.decider import decide
from domain.lots.facts import CountedLine, GradedUnit
from domain.lots.lifecycle import LOT
from domain.lots.words import LotKey, LotLife
from domain.refusal import Refused
from domain.returns.commands import Who
from domain.words import Disposition, Grade
from tests.domain.lots.gathered import BEGUN, PROOF, WORTH, Lot, euro, full, key, sent

VENDOR, JOBBER = Disposition.RETURN_TO_VENDOR, Disposition.LIQUIDATE
GIFT, SCRAP = Disposition.DONATE, Disposition.DISPOSE
WORKSHOP, ONWARD = Disposition.REFURBISH, Disposition.RESTOCK
QUARTER = c.BookedPayment(reference="cn-1", amount=euro(7_500))


def test_it_is_closed_when_it_is_full_by_number_or_by_weight_or_when_it_is_old_enough() -> None:
    assert full(VENDOR).moves[-2:] == ["UnitAdded", "LotClosed"]
    heavy = Lot(VENDOR, {"closes_at_grams": 700}).adds(1)
    assert heavy.turn == ("warehouse", "collect")
    assert heavy.adds(2).state.closed_because == "weight"
    old = Lot(VENDOR).adds(1)
    assert old.step.due_at == BEGUN + timedelta(days=14)
    assert old.until_due().state.closed_because == "age"
    assert Lot(VENDOR).adds(1).says("close").turn == ("merchant", "agree")


def test_what_is_closed_takes_no_other_unit_and_knows_those_that_it_has() -> None:
    lot = full(VENDOR)
    refused = decide(lot.state, lot.adding(4), lot.now)
    assert isinstance(refused, Refused)
    assert refused.code == "lot_closed"
    assert lot.when(lot.adding(3)).moves == []


def test_a_unit_that_has_no_place_in_it_any_more_leaves_it_while_it_is_here() -> None:
    lot = full(VENDOR).when(full(VENDOR).removing(2))
    assert list(lot.state.inside) == [key(1), key(3)]
    assert lot.when(lot.removing(1), lot.removing(3)).state.life is LotLife.DISSOLVED


def test_when_it_has_left_already_a_person_finds_out_what_becomes_of_it() -> None:
    lot = sent(VENDOR)
    lot = lot.when(lot.removing(2))
    assert key(2) in lot.state.inside
    assert ("merchant", "settle_finding") in [(s.owner, s.action) for s in lot.steps]
    assert lot.when(lot.removing(2)).moves == []
    finding = f"withdrawn_late:{key(2)}"
    assert lot.says("resolve_finding", finding_id=finding, because="fetched").turn == (
        "counterparty", "credit",
    )  # fmt: skip


def test_a_vendor_that_credits_short_is_told_and_the_rest_ends_the_dispute() -> None:
    lot = sent(VENDOR)
    assert lot.state.reference == "RMA-1"
    lot = lot.says("book_proceeds", amount=euro(2 * WORTH), reference="cn-1")
    assert lot.turn == ("merchant", "settle_finding")
    lot = lot.says("dispute_finding", finding_id="short", because="three were sent")
    assert lot.turn == ("counterparty", "answer_dispute")
    lot = lot.says("book_proceeds", amount=euro(WORTH), reference="cn-2")
    assert lot.moves == ["LotPaid", "LotFindingResolved", "LotSettled"]
    assert lot.steps == ()
    assert [each.amount_minor for each in lot.state.settled] == [WORTH] * 3


def test_a_short_credit_that_is_accepted_is_all_that_comes() -> None:
    lot = sent(VENDOR, credit_bp=5_000).says("book_proceeds", amount=euro(1_000), reference="cn-1")
    lot = lot.says("resolve_finding", finding_id="short", because="two were broken")
    assert (lot.state.life, lot.steps) == (LotLife.SETTLED, ())
    assert [each.amount_minor for each in lot.state.settled] == [334, 333, 333]
    late = lot.says("book_proceeds", amount=euro(500), reference="cn-2")
    assert late.moves == ["LotPaid", "LotSettled"]
    assert sum(each.amount_minor for each in late.state.settled) == 1_500


def test_goods_are_sold_for_a_price_and_what_they_cost_is_taken_off() -> None:
    full(JOBBER).refuses("agree", "price_needed", reference="B-1")
    lot = sent(JOBBER).says("book_cost", amount=euro(1_000), reference="haulier")
    assert lot.turn == ("counterparty", "pay")
    lot = lot.says("book_proceeds", amount=euro(9_000), reference="t-1")
    assert lot.state.settled_minor == 8_000
    assert [each.amount_minor for each in lot.state.settled] == [2_667, 2_667, 2_666]


def test_a_payment_counts_once_and_in_the_currency_of_the_lot() -> None:
    lot = sent(VENDOR).says("book_proceeds", amount=euro(5), reference="cn-1")
    assert lot.says("book_proceeds", amount=euro(5), reference="cn-1").moves == []
    lot.refuses("book_proceeds", "payment_known", amount=euro(6), reference="cn-1")
    lot.refuses("book_proceeds", "other_currency", amount=euro(6, "USD"), reference="x")
    lot.refuses("book_cost", "invalid", amount=euro(0), reference="x")


def test_disposal_is_over_with_its_certificate_alone_and_somebody_is_told_when_it_is_late() -> None:
    lot = sent(SCRAP)
    assert lot.turn == ("counterparty", "give_certificate")
    lot.refuses("accept", "certificate_needed", because="never mind")
    late = lot.until_due()
    assert late.moves == ["LotOverdue"]
    assert late.turn == ("counterparty", "give_certificate")
    assert late.step.late_at > lot.step.late_at
    over = late.says("certify", certificate=PROOF)
    assert (over.moves, over.steps) == (["LotCertified", "LotSettled"], ())
    other = PROOF.model_copy(update={"sha256": "cd" * 32})
    over.refuses("certify", "certificate_known", certificate=other)


def test_a_gift_is_over_with_its_receipt_or_without_where_none_is_needed() -> None:
    assert sent(GIFT).turn == ("counterparty", "give_receipt")
    assert sent(GIFT).says("certify", certificate=PROOF).steps == ()
    assert sent(GIFT).says("accept", because="too small for a receipt").steps == ()


def test_what_a_workshop_is_done_with_is_put_where_its_new_grade_sends_it() -> None:
    lot = sent(WORKSHOP)
    good = GradedUnit(key=key(1), grade=Grade.LIKE_NEW, goes=Disposition.RESTOCK)
    lot = lot.says("grade", units=(good,))
    assert [step.performs for step in lot.steps] == ["place_lot", ""]
    lot = lot.when(c.NotePlaced(moves={key(1): "mov-1"}))
    bad = [GradedUnit(key=key(n), grade=Grade.UNSALVAGEABLE, goes=SCRAP) for n in (2, 3)]
    lot = lot.says("grade", units=tuple(bad))
    lot = lot.when(c.NotePlaced(moves={key(2): "mov-2", key(3): "mov-3"}))
    assert lot.state.life is LotLife.SETTLED
    placed = [event for event in lot.events if event.move == "UnitPlaced"]
    assert len(placed) == 3
    assert [step.performs for step in lot.steps] == ["tell_returns"]


def test_what_is_done_by_a_contract_with_a_carrier_is_asked_of_that_contract() -> None:
    lot = full(ONWARD, channel="partner", carrier="swiftpost", service="freight", account="bulk")
    assert (lot.step.performs, lot.step.account) == ("ship_lot", "bulk")
    lot = full(ONWARD, channel="partner", carrier="swiftpost", service="freight")
    assert (lot.step.performs, lot.step.account) == ("ship_lot", "")
    offered = full(VENDOR, channel="partner", account="bulk")
    assert (offered.step.performs, offered.step.account) == ("offer_lot", "")


def test_a_consolidation_is_one_shipment_with_one_invoice_and_is_put_away_over_there() -> None:
    lot = full(ONWARD, channel="partner", carrier="swiftpost", service="freight")
    assert lot.moves[-2:] == ["LotClosed", "LotInvoiced"]
    assert [goods.value_minor for goods in lot.state.invoiced] == [WORTH] * 3
    assert lot.step.performs == "ship_lot"
    lot = lot.when(
        c.NoteLabelPrepared(offer_ref="shp_1"),
        c.NoteLotLabel(label_ref="shp_1", tracking_number="SP1", cost=euro(1_200)),
    )
    assert lot.step.performs == "offer_lot"
    lot = lot.when(c.NoteOffered(reference="in-1"))
    assert lot.turn == ("warehouse", "hand_over")
    lot = lot.until_due().when(c.NoteLotStanding(left=True))
    assert lot.moves == ["LotSent"]
    counted = (CountedLine(sku="CUP", quantity=3),)
    lot = lot.when(c.NoteLotStanding(report_id="c-1", counted=counted))
    assert lot.step.performs == "place_lot"
    lot = lot.when(c.NotePlaced(moves={key(n): f"mov-{n}" for n in (1, 2, 3)}))
    assert lot.state.life is LotLife.SETTLED
    assert {event.warehouse for event in lot.news if event.type == "UnitPlaced"} == {"hub-de"}
    assert lot.state.settled_minor == -1_200


def test_what_did_not_come_and_what_came_besides_is_for_a_person() -> None:
    lot = sent(ONWARD)
    counted = (CountedLine(sku="CUP", key=key(2)), CountedLine(sku="LAMP", quantity=2))
    lot = lot.says("receive", report_id="c-1", units=counted)
    found = {finding.what: finding.subject for finding in lot.state.open_findings}
    assert found == {"extra": "2 of LAMP", "missing": key(3)}
    assert lot.says("receive", report_id="c-1", units=()).moves == []
    again = (CountedLine(sku="CUP", quantity=2),)
    lot = lot.says("receive", report_id="c-2", units=again)
    assert [finding.what for finding in lot.state.open_findings] == ["extra"]


def test_what_customs_must_know_is_asked_of_a_person_before_it_leaves() -> None:
    lot = Lot(ONWARD).adds(1, 2).adds(3, hs_code="")
    assert lot.turn == ("merchant", "declare")
    lot = lot.says("declare", key=key(3), hs_code="6912", origin_country="CN")
    assert lot.moves == ["CustomsDeclared", "LotInvoiced"]
    lot = lot.says("take_out", key=key(1), because="it is not on the shelf")
    assert lot.moves == ["UnitWithdrawn", "LotInvoiced"]
    assert len(lot.state.invoiced) == 2


def test_who_does_not_take_it_is_asked_again_or_it_is_given_up() -> None:
    lot = full(VENDOR, channel="partner")
    assert lot.step.performs == "offer_lot"
    lot = lot.when(c.NoteOfferRefused(theirs="no RMA for these"))
    assert lot.turn == ("merchant", "answer_refusal")
    lot = lot.says("dissolve", because="sold otherwise", goes=JOBBER)
    assert lot.step.performs == "place_lot"
    lot = lot.when(c.NotePlaced(moves={key(n): f"mov-{n}" for n in (1, 2, 3)}))
    assert (lot.state.life, lot.step.performs) == (LotLife.DISSOLVED, "tell_returns")
    assert lot.when(c.NoteReturnsTold(keys=(key(1), key(2), key(3)))).steps == ()


def test_what_a_person_takes_out_is_put_aside_and_its_return_is_told_while_others_gather() -> None:
    lot = Lot(VENDOR).adds(1, 2).later(13.5).says("take_out", key=key(1), because="it is broken")
    assert lot.step.action == "collect"
    place = next(step for step in lot.steps if step.performs)
    assert (place.performs, place.due_at) == ("place_lot", lot.now + timedelta(days=1))
    lot = lot.when(c.NotePlaced(moves={key(1): "mov-1"}))
    (put,) = [event for event in lot.news if event.type == "UnitPlaced"]
    assert (put.warehouse, put.disposition) == ("hub-cn", Disposition.QUARANTINE)
    assert [step.performs for step in lot.steps if step.performs] == ["tell_returns"]
    assert lot.when(lot.adding(1)).moves == []  # said again after its answer was lost
    lot = lot.when(c.NoteReturnsTold(keys=(key(1),)))
    assert [step.action for step in lot.steps] == ["collect"]
    assert lot.when(lot.adding(1, 2)).state.inside.keys() == {key(1), key(2)}


def test_what_its_return_takes_away_before_it_was_put_aside_is_its_returns_business() -> None:
    lot = Lot(VENDOR).adds(1, 2).says("take_out", key=key(1), because="it is broken")
    gone = lot.when(lot.removing(1))
    assert [step.action for step in gone.steps] == ["collect"]
    put = lot.when(c.NotePlaced(moves={key(1): "mov-1"}))
    assert put.when(put.removing(1)).state.out[key(1)].placed == "mov-1"


def test_a_partner_is_looked_up_every_other_day_and_late_all_the_same() -> None:
    lot = sent(VENDOR, channel="partner")
    moves: list[str] = []
    while "LotOverdue" not in moves:
        lot = lot.until_due()
        moves += lot.moves
        if lot.state.looking:
            assert lot.step.performs == "look_up_lot"
            lot = lot.when(c.NoteLotStanding())
    assert lot.now == BEGUN + timedelta(days=30)
    assert moves.count("LotCheckDue") == 15
    told = c.NoteLotStanding(payments=(QUARTER, QUARTER))
    assert lot.when(told).when(told).moves == []
    assert lot.when(told).state.paid == {"cn-1": 7_500}


def test_what_failed_waits_for_a_person_and_is_tried_again() -> None:
    lot = full(VENDOR, channel="partner")
    note = c.NoteLotStepFailed(step_id=lot.step.id, kind="Unauthorised", because="the key")
    lot = lot.when(note)
    assert lot.turn == ("merchant", "look_into")
    assert lot.says("retry").step.performs == "offer_lot"


def test_a_customer_has_no_say_in_it_and_of_what_nobody_began_nobody_knows() -> None:
    customer = Who(kind="customer", id="c-1")
    refused = decide(full(VENDOR).state, c.CloseLot(request_id="1", actor=customer), BEGUN)
    assert isinstance(refused, Refused)
    assert refused.code == "not_yours"
    Lot(VENDOR).refuses("close", "unknown_lot")


def test_a_name_of_a_stream_is_read_back_and_every_life_is_a_row_of_the_table() -> None:
    lot = LotKey("acme", "donation.hub-de.church.EUR.1")
    assert LotKey.of_name(lot.name) == lot
    assert LotKey.of_name("return:acme:R-1") is None
    assert {life for life in LOT if life is not None} == set(LotLife)
