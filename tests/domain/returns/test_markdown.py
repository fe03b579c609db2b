"""What the Temporal UI shows of a return: short, in lists, and never obeyed."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import Money
from domain.returns.asking.request import MOST_UNITS
from domain.returns.notes import NotePayout
from domain.returns.shown.markdown import MOST, as_markdown, escaped
from domain.returns.shown.status import Status, status_of
from domain.returns.state import Concern, ReturnState
from domain.words import Method, PickupException
from tests.domain.returns.scenario import MONDAY, RETURN, TENANT, Scenario
from tests.domain.returns.shop import line, order, tender
from tests.domain.returns.story import (
    arrived,
    counted,
    inspection,
    labelled,
    opened,
    picked_up,
    receipt,
    under_way,
    visit_failed,
    wish,
)

HOSTILE = [
    "[click](javascript:alert(1))",
    "![x](https://evil.example/x.png)",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "a\n\n# Completed\n- paid",
    "a\r\n| b |",
    "**bold** `code` ~~gone~~",
    "https://evil.example/",
    "&#91;x&#93;",
    "a\u2028b\u202ec\x00\x1b[31m",
    "\\[x](y)",
]
LIMIT = 20_000  # bytes, of the server


def status(known: Scenario) -> Status:
    """How the return of a story stands."""
    return status_of(TENANT, RETURN, known.state)


def markup_of(text: str) -> str:
    """The signs that Markdown, or HTML in it, would take for more than letters."""
    bare = re.sub(r"\\[\\`*_{}\[\]<>()#+|!~:&-]", "", text)
    return "".join(re.findall(r"[\\`*_{}\[\]<>#|~&\r\n]", bare))


@pytest.mark.parametrize("text", HOSTILE)
def test_text_from_outside_is_shown_and_not_obeyed(text: str) -> None:
    told = escaped(text)
    assert markup_of(told) == ""
    assert "://" not in told.replace(r"\:", "")
    assert told.isprintable()


@given(st.text())
def test_any_text_is_one_line_without_markup(text: str) -> None:
    told = escaped(text)
    assert markup_of(told) == ""
    assert "\n" not in told
    assert len(told) <= 200


def test_plain_text_stays_as_it_is() -> None:
    assert escaped("Hemd, Größe L / 2. Wahl") == "Hemd, Größe L / 2. Wahl"


def test_long_text_is_cut_where_one_can_see_it() -> None:
    assert escaped("x" * 500) == "x" * 99 + "…"


def _hostile_story(text: str) -> ReturnState:
    known = arrived()
    known = known.when(inspection(known)).settle(but=["pay_out"])
    key = next(iter(known.state.payouts))
    state = known.when(NotePayout(instruction_id=key, state="failed", reason="closed")).state
    unit = state.units["1/1"]
    return replace(
        state,
        units={"1/1": replace(unit, asked=unit.asked.model_copy(update={"name": text}))},
        parcels={"P1": replace(state.parcels["P1"], carrier=text, tracking_numbers=(text,))},
        payouts={key: replace(state.payouts[key], reason=text)},
        concerns={"C1": Concern("C1", "step_failed", text, MONDAY)},
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_was_sent_to_us_changes_how_a_return_reads(text: str) -> None:
    plain = as_markdown(status_of(TENANT, RETURN, _hostile_story("harmless")))
    told = as_markdown(status_of(TENANT, RETURN, _hostile_story(text)))
    assert len(told.splitlines()) == len(plain.splitlines())
    assert markup_of(told) == markup_of(plain)


def test_a_return_reads_as_whose_turn_it_is_and_what_is_open() -> None:
    told = as_markdown(status(under_way())).splitlines()
    assert told == [
        "## in transit",
        "**carrier** must **deliver** by Tue 31 Mar 2026 10:00 UTC",
        "",
        "Order W-1, DE, by drop off label",
        "",
        "### Open steps",
        "- Tue 31 Mar 2026 10:00 UTC · **carrier** · swiftpost brings P1",
        "",
        "### Units",
        "- 1/1 Shirt: awaiting · pending · refund original 47.60 EUR",
        "",
        "### Parcels",
        r"- P1: **in transit** · swiftpost TRK-r-1-P1-1",
        "",
        "### Money",
        "- promised 42.70 EUR, paid 0.00 EUR",
    ]


def test_two_failed_visits_and_a_second_parcel_read_at_a_glance() -> None:
    known = labelled(wish("1"), wish("3"), parcels=2, method=Method.CARRIER_PICKUP)
    for code in (PickupException.CUSTOMER_UNREACHABLE, PickupException.NOT_ATTEMPTED):
        known = known.later(days=1)
        known = known.when(visit_failed(known, code)).settle()
    known = known.when(picked_up(known, "P2")).settle()
    told = as_markdown(status(known))
    first = next(line for line in told.splitlines() if line.startswith("- P1"))
    assert first == (
        "- P1: **pickup scheduled** · swiftpost TRK-r-1-P1-1 · 2 visits failed "
        "(customer unreachable, not attempted), 1 counted · courier comes by "
        "Thu 12 Mar 2026 20:00 UTC"
    )
    assert "- P2: **in transit** · swiftpost TRK-r-1-P2-1\n" in told


def test_a_closed_return_says_that_nothing_is_left_to_do() -> None:
    known = arrived()
    told = as_markdown(status(known.when(inspection(known)).settle()))
    assert "Nothing is left to do for anybody." in told
    assert "### Open steps" not in told
    assert "- 42.70 EUR to gift by stored value: **succeeded**" in told


def test_flags_stand_at_the_top() -> None:
    known = under_way()
    told = as_markdown(status(known.when(receipt(known, [counted("MUG")]))))
    assert told.splitlines()[2] == "Flags: `quarantine`"


def test_a_return_that_nobody_opened_says_so() -> None:
    told = as_markdown(status_of(TENANT, "r_1", ReturnState()))
    assert told == r"No return r\_1 was opened."


def _large(units: int, name: str) -> Scenario:
    lines = tuple(
        line(f"L_{number}", f"SKU-{number}", name, 2, 1_000) for number in range(units // 2)
    )
    total = units * 1_190 + 595
    snapshot = order(lines=lines, tenders=(tender("card", "card", total),))
    wishes = [wish(one.line_id, 2) for one in lines]
    known = opened(*wishes, snapshot=snapshot, method=Method.IN_STORE, parcels=20).settle()
    everything = [counted(one.sku, 2, line_id=one.line_id) for one in lines]
    return known.when(receipt(known, everything))


@pytest.mark.parametrize("name", ["Shirt", "Ж" * 200, "[" * 200, "\U0001f600" * 200])
def test_as_many_units_as_a_return_may_have_fit_into_what_a_server_takes(name: str) -> None:
    known = _large(MOST_UNITS, name)
    told = as_markdown(status(known))
    assert len(known.state.units) == MOST_UNITS
    assert len(told.encode()) < LIMIT
    assert "### Units" in told


def test_a_long_list_is_cut_and_counted() -> None:
    told = as_markdown(status(_large(60, "Shirt")))
    units = told.split("### Units")[1].split("###")[0]
    assert units.count("\n- ") == MOST + 1
    assert f"- … and {60 - MOST} more" in units


def test_what_does_not_fit_at_all_is_said_to_be_missing() -> None:
    told = status(labelled())
    much = "\U0001f600" * 100
    crowd = {
        "agenda": tuple(told.agenda[0].model_copy(update={"summary": much}) for _ in range(MOST)),
        "units": tuple(told.units[0].model_copy(update={"name": much}) for _ in range(MOST)),
    }
    shown = as_markdown(told.model_copy(update=crowd))
    assert shown.splitlines()[-1] == "… there is more than can be shown here"
    assert len(shown.encode()) < LIMIT


def test_an_amount_is_shown_in_its_currencys_own_way() -> None:
    yen = status(labelled()).model_copy(update={"currency": "JPY"})
    assert str(Money(amount_minor=4_760, currency="JPY")) in as_markdown(yen)
