"""EPCIS documents: what is taken, what is refused by field, what an event means for returns."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.epcis.document import Document
from adapters.epcis.identifiers import goods_of, parcel_of
from adapters.epcis.meaning import Meaning, meaning_of
from adapters.epcis.vocabulary import BIZ_STEPS, word
from domain.misfits import in_words
from domain.returns.commands import ReportReceipt
from tests.adapters.epcis_documents import document, published, read, received, wrong

SHIRT = "urn:epc:id:sgtin:4012345.011111.S1"
SHIRT_GTIN = "04012345111118"


def meanings(told: dict[str, Any]) -> list[Meaning]:
    events = Document.model_validate(told).epcis_body.event_list
    return [
        meaning_of(event, said)
        for event, said in zip(events, told["epcisBody"]["eventList"], strict=True)
    ]


def misfit(told: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        Document.model_validate(told)
    return in_words(caught.value)


def bodies(told: dict[str, Any], signal: str = "report_receipt") -> list[dict[str, Any]]:
    facts = [fact for meaning in meanings(told) for fact in meaning.facts]
    return [fact.body for fact in facts if fact.signal == signal]


@pytest.mark.parametrize("path", published("valid"), ids=lambda path: path.stem)
def test_a_published_document_is_taken_and_every_event_means_something_or_says_why_not(
    path: Path,
) -> None:
    for meaning in meanings(read(path)):
        assert bool(meaning.facts) != bool(meaning.because)
        for fact in meaning.facts:
            ReportReceipt.model_validate_json(json.dumps(fact.body))


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("ObjectEvent_with_invalid_action", "epcisBody.eventList.0.action"),
        (
            "ObjectEvent_with_quantity_as_text",
            "epcisBody.eventList.0.quantityList.0.quantity",
        ),
        ("ObjectEvent_without_action_and_eventTime", "epcisBody.eventList.0.eventTime"),
    ],
)
def test_a_published_document_that_is_invalid_is_refused_by_field(name: str, field: str) -> None:
    found = [path for path in published("invalid") if path.stem == name]
    if not found:
        pytest.skip("the published documents are not beside this checkout")
    assert misfit(read(found[0])).startswith(f"{field}: ")


def test_the_published_error_declaration_retracts_and_its_receipt_is_the_one_known_before() -> None:
    paths = {path.stem: path for path in published("valid")}
    if not paths:
        pytest.skip("the published documents are not beside this checkout")
    first = meanings(read(paths["ObjectEvent"]))
    second = meanings(read(paths["ObjectEvent_with_error_declaration"]))
    assert second[0].event_id == f"{first[0].event_id}:error"
    assert second[1].event_id == first[1].event_id
    assert second[1].facts == first[1].facts


def test_goods_counted_for_an_rma_are_a_receipt_of_that_return() -> None:
    [body] = bodies(document(received(SHIRT, rma="R-1")))
    assert body["returns"] == ["R-1"]
    assert body["warehouse"] == "4012345-00005-0"
    assert body["units"] == [{"sku": SHIRT_GTIN, "serial": "S1", "quantity": 1, "condition": ""}]


def test_an_error_declaration_retracts_the_receipt_that_it_repeats() -> None:
    event = received(SHIRT, rma="R-1")
    [told] = bodies(document(event))
    [taken_back] = bodies(document(wrong(event)))
    assert taken_back["retracts"] == told["message_id"]
    assert taken_back["units"] == []


def test_an_event_written_otherwise_is_the_same_event() -> None:
    event = received(SHIRT, "urn:epc:id:sgtin:4012345.011111.S2", rma="R-1")
    turned = dict(reversed(event.items())) | {
        "epcList": list(reversed(event["epcList"])),
        "eventTime": "2026-03-09T09:00:00.000Z",
        "eventTimeZoneOffset": "+00:00",
        "eventID": "ni:///sha-256;00?ver=CBV2.0",
    }
    first, second = meanings(document(event, turned))
    assert first.event_id == second.event_id


def test_goods_taken_out_of_a_parcel_are_counted_in_it() -> None:
    unpacked = {
        "type": "AggregationEvent",
        "eventTime": "2026-03-09T10:00:00Z",
        "eventTimeZoneOffset": "+00:00",
        "action": "DELETE",
        "bizStep": "unpacking",
        "parentID": "urn:epc:id:sscc:4012345.0123456789",
        "childEPCs": [SHIRT],
        "childQuantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.022222.L7", "quantity": 2}],
    }
    [body] = bodies(document(unpacked))
    assert body["parcel"] == {"tracking_number": "040123451234567894"}
    assert [unit["quantity"] for unit in body["units"]] == [1, 2]


@pytest.mark.parametrize(
    ("disposition", "grade"),
    [("damaged", "damaged"), ("sellable_accessible", "like_new"), ("destroyed", "unsalvageable")],
)
def test_an_inspection_with_an_outcome_is_one_of_each_piece(disposition: str, grade: str) -> None:
    looked = received(SHIRT, rma="R-1", bizStep="inspecting", disposition=disposition)
    [body] = bodies(document(looked), "report_inspection")
    assert [(unit["serial"], unit["grade"]) for unit in body["units"]] == [("S1", grade)]


def test_an_inspection_that_is_declared_wrong_is_taken_back() -> None:
    looked = received(SHIRT, rma="R-1", bizStep="inspecting", disposition="damaged")
    [told] = bodies(document(looked), "report_inspection")
    [back] = bodies(document(wrong(looked)), "report_inspection")
    assert (back["retracts"], back["units"]) == (told["message_id"], [])


def test_what_is_weighed_is_no_unit() -> None:
    weighed = {"epcClass": "urn:epc:class:lgtin:4012345.022222.L7", "quantity": 2.5, "uom": "KGM"}
    [meaning] = meanings(document(received(quantityList=[weighed], rma="R-1")))
    assert meaning.because == "names no goods that can be counted one by one"


def test_goods_that_may_be_anybodys_are_told_only_where_a_return_is_known() -> None:
    [sure] = meanings(document(received(SHIRT)))
    [unsure] = meanings(document(received(SHIRT, disposition="in_progress")))
    assert not sure.facts[0].only_if_known
    assert unsure.facts[0].only_if_known


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"bizStep": "recieving"}, "epcisBody.eventList.0.bizStep: expected a business step"),
        ({"disposition": "broken"}, "epcisBody.eventList.0.disposition: expected a disposition"),
        ({"eventTime": "2026-03-09T10:00:00"}, "epcisBody.eventList.0.eventTime: "),
        ({"eventTime": 1773046800}, "epcisBody.eventList.0.eventTime: expected a time"),
        ({"eventTimeZoneOffset": "CET"}, "epcisBody.eventList.0.eventTimeZoneOffset: "),
        ({"epcList": []}, "epcisBody.eventList.0.epcList: is missing"),
        ({"type": "QuantityEvent"}, "epcisBody.eventList.0.type: expected one of"),
    ],
)
def test_what_the_standard_forbids_is_refused_by_field(change: dict[str, Any], said: str) -> None:
    assert misfit(document({**received(SHIRT), **change})).startswith(said)


@pytest.mark.parametrize(
    "written",
    [
        "receiving",
        "urn:epcglobal:cbv:bizstep:receiving",
        "https://ref.gs1.org/cbv/BizStep-receiving",
    ],
)
def test_a_word_of_the_vocabulary_is_the_same_however_it_is_written(written: str) -> None:
    assert word(written, BIZ_STEPS, "business step") == "receiving"


@pytest.mark.parametrize(
    ("uri", "article", "serial"),
    [
        # Examples of GS1's own Tag Data Standard and Digital Link.
        ("urn:epc:id:sgtin:0614141.107346.2018", "10614141073464", "2018"),
        ("https://id.gs1.org/01/09521141012345/21/2017", "09521141012345", "2017"),
        ("urn:epc:idpat:sgtin:0614141.107346.*", "10614141073464", ""),
        ("urn:backhaul:article:SHIRT-M:S1", "SHIRT-M", "S1"),
    ],
)
def test_goods_are_read_in_every_way_they_are_written(uri: str, article: str, serial: str) -> None:
    goods = goods_of(uri)
    assert goods is not None
    assert (goods.sku, goods.serial) == (article, serial)


def test_what_is_no_article_is_no_goods_and_an_sscc_is_a_parcel() -> None:
    assert goods_of("urn:epc:id:grai:4012345.55555.987") is None
    assert parcel_of("urn:epc:id:sscc:0614141.1234567890") == "106141412345678908"
    assert parcel_of("https://id.gs1.org/00/106141412345678908") == "106141412345678908"
