"""Over a border: an invoice for each label, and nobody buys one for goods that customs cannot read."""

from typing import Any

from domain.returns import commands as c
from domain.returns.events.customs import CustomsDocumentIssued
from domain.returns.shown.status import status_of
from tests.domain.returns.scenario import TENANT, Scenario
from tests.domain.returns.shop import SHIPPING_MINOR, SHIRT_MINOR, line, order, tender
from tests.domain.returns.story import arrived, by_staff, labelled, opened, scan

READABLE: dict[str, Any] = {"hs_code": "6109.10", "origin_country": "PT", "weight_grams": 300}


def _sold(**facts: Any) -> Any:
    shirts = line("1", "SHIRT", "Shirt", 3, 4_000, **facts)
    paid = tender("card", "card", 3 * SHIRT_MINOR + SHIPPING_MINOR)
    return order(ship_to="CH", lines=(shirts,), tenders=(paid,))


def _invoice(known: Scenario) -> CustomsDocumentIssued:
    issued = known.last(CustomsDocumentIssued)
    assert isinstance(issued, CustomsDocumentIssued)
    return issued


def test_a_label_over_a_border_has_one_invoice_of_returned_goods() -> None:
    known = labelled(snapshot=_sold(**READABLE))
    invoice = _invoice(known)
    assert known.count("CustomsDocumentIssued") == 1
    assert (invoice.exporter_country, invoice.importer_country) == ("CH", "DE")
    assert (invoice.reason, invoice.export_reference) == ("returned_goods", "")
    assert invoice.relief.startswith("Regulation 952/2013, art. 203")
    (goods,) = invoice.goods
    assert (goods.value_minor, goods.hs_code, goods.origin_country) == (4_000, "6109.10", "PT")
    (parcel,) = status_of(TENANT, known.return_id, known.state).parcels
    assert {"customs", "customs_json"} <= set(parcel.documents)


def test_goods_that_customs_cannot_read_wait_for_a_person_before_their_label_is_bought() -> None:
    known = opened(snapshot=_sold()).settle()
    assert known.count("LabelPurchased") == 0
    assert known.step("settle_concern").subject == "customs:P1"
    said = by_staff(c.Override, because="6109.10, from Portugal", settles="customs:P1")
    known = known.when(said).settle()
    assert known.count("LabelPurchased") == 1
    assert "customs:P1" not in known.state.concerns


def test_nothing_is_declared_within_one_customs_area() -> None:
    assert labelled().count("CustomsDocumentIssued") == 0


def _declared(**said: Any) -> Any:
    facts = {"line_id": "1", "hs_code": "6109.10", "origin_country": "PT"}
    return by_staff(c.DeclareGoods, **({"goods": (facts,)} | said))


def test_what_a_person_declares_is_what_the_label_and_its_invoice_say() -> None:
    known = opened(snapshot=_sold()).settle().when(_declared(export_reference="26DE1")).settle()
    assert known.count("LabelPurchased") == 1
    assert "customs:P1" not in known.state.concerns
    invoice = _invoice(known)
    (goods,) = invoice.goods
    assert (goods.hs_code, goods.origin_country) == ("6109.10", "PT")
    assert invoice.export_reference == "26DE1"


def test_what_is_declared_too_late_for_the_invoice_gives_another_until_the_box_has_left() -> None:
    known = labelled(snapshot=_sold(**READABLE))
    first = _invoice(known)
    known = known.when(_declared(goods=(), export_reference="26DE1"))
    again = _invoice(known)
    assert (again.label_id, again.export_reference) == (first.label_id, "26DE1")
    assert again.document_id != first.document_id
    known = known.when(_declared(goods=(), export_reference="26DE2"))
    assert len({first.document_id, again.document_id, _invoice(known).document_id}) == 3
    gone = known.when(scan(known)).when(_declared(goods=(), export_reference="26DE3"))
    assert gone.count("CustomsDocumentIssued") == 3


def test_what_is_declared_once_all_of_it_has_come_is_kept_and_issues_nothing() -> None:
    known = arrived(snapshot=_sold(**READABLE))
    issued = known.count("CustomsDocumentIssued")
    known = known.when(_declared(export_reference="26DE1"))
    assert known.state.export_reference == "26DE1"
    assert known.count("CustomsDocumentIssued") == issued


def test_a_line_that_is_not_in_the_return_is_named() -> None:
    known = labelled(snapshot=_sold(**READABLE))
    facts = {"line_id": "9", "hs_code": "6109.10", "origin_country": "PT"}
    refused = known.attempt(_declared(goods=(facts,))).refusal
    assert refused is not None
    assert refused.code == "unknown_line"
    assert refused.because.startswith("goods.0.line_id: ")
