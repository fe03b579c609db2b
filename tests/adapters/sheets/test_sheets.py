"""Tables of receipts: read whatever their encoding and names, wrong rows named, told once."""

from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.sheets.receipts import ReadRow, WrongRow, read_rows
from adapters.sheets.table import UnreadableTable, read_table

BERLIN = ZoneInfo("Europe/Berlin")
GERMAN = "Datum;RMA;Artikel-Nr.;Menge;Zustand\n9.3.2026 10:00;R-1;SHIRT;2,00;schön\n"
ENGLISH = "received_at,return_id,sku,quantity,grade\n"


def rows(raw: bytes | str, encoding: str = "", **columns: str) -> list[ReadRow | WrongRow]:
    data = raw.encode() if isinstance(raw, str) else raw
    return list(read_rows(read_table(data, columns, encoding), "hub-de", BERLIN))


def bodies(raw: bytes | str, **columns: str) -> list[dict[str, Any]]:
    return [fact.body for row in rows(raw, **columns) for fact in _facts(row)]


def _facts(row: ReadRow | WrongRow) -> Any:
    assert isinstance(row, ReadRow), row
    return row.facts


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_german_table_is_read_in_any_encoding_with_its_comma_and_its_names(
    encoding: str,
) -> None:
    [body] = bodies(GERMAN.encode(encoding), sku="Artikel-Nr.")
    assert body["returns"] == ["R-1"]
    assert body["occurred_at"] == "2026-03-09T10:00:00+01:00"
    assert body["units"] == [{"sku": "SHIRT", "serial": "", "quantity": 2, "condition": "schön"}]


@pytest.mark.parametrize(
    ("table", "encoding"),
    [
        ("收货日期,退货单号,货号,数量\n2026-03-09,R-1,SHIRT,2\n", "gb18030"),
        ("收货日期,退货单号,货号,数量\n2026-03-09,R-1,SHIRT,2\n", "utf-8"),
        ("дата;номер возврата;артикул;кол-во\n9.3.2026;R-1;SHIRT;2\n", "cp1251"),
    ],
)
def test_chinese_and_russian_tables_are_read_as_their_spreadsheets_save_them(
    table: str, encoding: str
) -> None:
    [body] = bodies(table.encode(encoding))
    assert body["returns"] == ["R-1"]
    assert [(unit["sku"], unit["quantity"]) for unit in body["units"]] == [("SHIRT", 2)]


def test_an_encoding_that_is_given_is_the_one_that_counts() -> None:
    name = "Łódź"
    table = f"received_at,return_id,sku,quantity,note\n2026-03-09,R-1,{name},1,\n"
    [row] = rows(table.encode("cp1250"), encoding="cp1250")
    assert _facts(row)[0].body["units"][0]["sku"] == name


def test_the_same_file_again_tells_the_same_ids_and_a_longer_one_adds_its_new_rows() -> None:
    two = f"{ENGLISH}2026-03-09,R-1,SHIRT,1,\n2026-03-09,R-1,SHIRT,1,\n"
    first, again = bodies(two), bodies(f"{two}2026-03-10,R-2,MUG,1,\n")
    ids = [body["message_id"] for body in first]
    assert len(set(ids)) == 2, "two rows alike are two"
    assert [body["message_id"] for body in again][:2] == ids


def test_wrong_rows_are_named_by_line_and_column_and_the_rest_is_taken() -> None:
    found = rows(
        f"{ENGLISH}2026-03-09,R-1,SHIRT,1,\n"
        "2026-03-09,R-1,SHIRT,two,\n"
        "03/09/2026,R-1,SHIRT,1,\n"
        "2026-03-09,R-1,SHIRT,1,perfect\n"
        "2026-03-09,R-2,SHIRT,1,\n"
    )
    wrong = {row.line: row.because.partition(":")[0] for row in found if isinstance(row, WrongRow)}
    assert wrong == {
        3: "quantity", 4: "received_at", 5: "grade",
    }  # fmt: skip
    assert [row.line for row in found if isinstance(row, ReadRow)] == [2, 6]


def test_a_grade_makes_the_row_an_inspection_of_each_piece_as_well() -> None:
    receipt, inspection = bodies(f"{ENGLISH}2026-03-09,R-1,SHIRT,2,Like new\n")
    assert receipt["units"][0]["quantity"] == 2
    assert [seen["grade"] for seen in inspection["units"]] == ["like_new", "like_new"]
    assert inspection["message_id"] != receipt["message_id"]


def test_a_row_may_correct_another_one_or_take_it_back() -> None:
    table = "id,corrects,received_at,return_id,sku,quantity\n"
    first, second, _, third, *_ = bodies(
        f"{table}a,,2026-03-09,R-1,SHIRT,2\nb,a,2026-03-10,R-1,SHIRT,1\nc,b,2026-03-11,R-1,SHIRT,0\n"
    )
    assert second["corrects"] == first["message_id"]
    assert (third["retracts"], third["units"]) == (second["message_id"], [])


def test_what_was_seen_of_a_row_is_corrected_or_taken_back_with_it() -> None:
    table = "id,corrects,received_at,return_id,sku,quantity,grade\n"
    said = bodies(
        f"{table}a,,2026-03-09,R-1,SHIRT,1,used\n"
        "b,a,2026-03-10,R-1,SHIRT,1,damaged\nc,b,2026-03-11,R-1,SHIRT,0,\n"
    )
    first, second, back = (one for one in said if one["message_id"].endswith(":seen"))
    assert second["corrects"] == first["message_id"]
    assert (back["retracts"], back["units"]) == (second["message_id"], [])


def test_a_row_that_names_no_return_is_taken_for_a_person_to_place() -> None:
    [body] = bodies(f"{ENGLISH}2026-03-09,,SHIRT,1,\n")
    assert (body["returns"], body["orders"], body["parcel"]) == ([], [], {})


@pytest.mark.parametrize(
    ("raw", "columns", "said"),
    [
        ("sku,quantity\nSHIRT,1\n", {}, "received_at: there is no such column"),
        (ENGLISH, {"sku": "Art"}, "sku: there is no column Art"),
        ("sku,article,received_at,quantity\n", {}, "sku: two columns may be it"),
    ],
)
def test_a_table_without_what_is_needed_is_refused_by_column(
    raw: str, columns: dict[str, str], said: str
) -> None:
    with pytest.raises(UnreadableTable, match=said):
        read_table(raw.encode(), columns)


def test_a_time_with_its_offset_needs_no_zone() -> None:
    [row] = rows(f"{ENGLISH}2026-03-09T10:00:00Z,R-1,SHIRT,1,\n")
    assert isinstance(row, ReadRow)
    assert row.occurred_at.astimezone(UTC).hour == 10
