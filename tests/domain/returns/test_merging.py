"""Reports come in any order, twice, and late: what they add up to is the same."""

from collections import Counter
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.returns import commands as c
from domain.returns.money.promising import paid_minor, promised_minor
from domain.words import Grade, Reason
from tests.domain.returns import story
from tests.domain.returns.scenario import Scenario

SEEDS = st.integers(min_value=0, max_value=2**32 - 1)


def _sent(reason: Reason, parcels: int = 2) -> Scenario:
    """Three shirts and a phone, in two boxes, a week after they left."""
    known = story.labelled(
        story.wish("1", 3, reason=reason), story.wish("2", reason=reason), parcels=parcels
    )
    return known.later(days=7)


def _reports(known: Scenario, pick: Any) -> list[c.Report]:
    """Two boxes on their way, what was in each, and what an inspector saw."""
    reports: list[c.Report] = []
    boxes = {"P1": ["1", "1"], "P2": ["2", "1"]}
    for shift, parcel_id in enumerate(boxes):
        for day, status in enumerate(["scanned", "at_hub", "scanned", "delivered"]):
            seen = known.later(days=day - 6, seconds=shift)
            reports.append(story.scan(seen, parcel_id, status))
    for parcel_id, lines in boxes.items():
        skus = {"1": "SHIRT", "2": "PHONE"}
        counted = [story.counted(skus[line], line_id=line) for line in lines]
        reports.append(story.receipt(known.later(days=-1), counted, parcel_id))
    for unit in known.state.units:
        grade = pick([Grade.LIKE_NEW, Grade.MINOR_WEAR, Grade.USED])
        found = pick([None, None, Reason.DEFECTIVE, Reason.CHANGED_MIND])
        reports.append(story.inspection(known, story.seen(unit, grade, found_reason=found)))
    return reports


def _told(known: Scenario, reports: list[c.Report]) -> Scenario:
    for report in reports:
        known = known.attempt(report)
        assert known.refusal is None
    return known


def _axes(known: Scenario) -> dict[str, Any]:
    state = known.state
    return {
        "authorisation": state.authorisation,
        "parcels": {key: parcel.logistics for key, parcel in state.parcels.items()},
        "labels": {key: label.life for key, label in state.labels.items()},
        "units": {
            key: (unit.receipt, unit.decision, unit.grade, unit.reason, unit.disposition)
            for key, unit in state.units.items()
        },
        "strays": len(state.strays),
        "promised": promised_minor(state),
    }


@settings(max_examples=100)
@given(seed=SEEDS)
def test_reports_in_any_order_and_twice_end_in_the_same_axes_and_the_same_promise(
    seed: int,
) -> None:
    rng = Random(seed)
    known = _sent(rng.choice([Reason.CHANGED_MIND, Reason.DEFECTIVE]))
    reports = _reports(known, rng.choice)
    in_order = _told(known, reports)
    shuffled = [*reports, *rng.sample(reports, k=5)]
    rng.shuffle(shuffled)
    anyhow = _told(known, shuffled)
    assert _axes(anyhow) == _axes(in_order)
    ends = in_order.settle(), anyhow.settle()
    assert _axes(ends[0]) == _axes(ends[1])
    assert paid_minor(ends[0].state) == paid_minor(ends[1].state) == promised_minor(ends[0].state)


@settings(max_examples=60)
@given(seed=SEEDS)
def test_one_unit_too_many_is_one_stray_whichever_box_comes_first(seed: int) -> None:
    rng = Random(seed)
    known = _sent(Reason.CHANGED_MIND)
    reports = [*_reports(known, rng.choice), story.receipt(known, [story.counted()], "P2")]
    shuffled = list(reports)
    rng.shuffle(shuffled)
    first, second = _axes(_told(known, reports)), _axes(_told(known, shuffled))
    assert first == second
    assert first["strays"] == 1


def test_a_label_is_used_whether_the_scan_or_the_box_comes_first() -> None:
    known = story.labelled().later(days=3)
    scan, box = story.scan(known.later(days=-2)), story.receipt(known, [story.counted()])
    ends = [_axes(known.when(*order)) for order in ((scan, box), (box, scan))]
    assert ends[0] == ends[1]
    assert ends[0]["labels"] == {"label:P1:1": "used"}


def test_a_correction_that_comes_before_what_it_corrects_still_counts() -> None:
    known = story.under_way(story.wish("1", 2)).later(days=3)
    wrong = story.receipt(known, [story.counted(quantity=2)])
    right = story.receipt(known, [story.counted()], corrects=wrong.message_id)
    ends = [_axes(known.when(*order)) for order in ((wrong, right), (right, wrong))]
    assert ends[0] == ends[1]
    assert [unit[0] for unit in ends[0]["units"].values()] == ["received", "awaiting"]


# ── Corrections and retractions ───────────────────────────────────────────────────────────


def _box(rng: Random) -> list[c.CountedUnits]:
    """Anything that a box may hold: units, too many of them, and what nobody sent."""
    kinds = [("SHIRT", "1"), ("SHIRT", ""), ("PHONE", "2"), ("MUG", "")]
    found = rng.sample(kinds, k=rng.randint(0, 3))
    return [story.counted(sku, rng.randint(1, 3), line_id=line) for sku, line in found]


def _dock(known: Scenario, rng: Random) -> list[c.Report]:
    """Some boxes, most of them counted wrong at first, some corrected more than once."""
    reports: list[c.Report] = []
    for number in range(rng.randint(1, 4)):
        parcel_id = rng.choice(["P1", "P2"])
        told = story.receipt(known.later(days=-3, seconds=number), _box(rng), parcel_id)
        reports.append(told)
        for again in range(rng.randint(0, 3)):
            at = known.later(days=-2, seconds=10 * number + again)
            if rng.random() < 0.25:
                reports.append(story.receipt(at, [], "", retracts=told.message_id))
                break
            told = story.receipt(at, _box(rng), parcel_id, corrects=told.message_id)
            reports.append(told)
    return reports


def _goods(known: Scenario) -> dict[str, Any]:
    """What is where, whichever piece of an article is counted as which."""
    state = known.state
    open_strays = Counter[str]()
    for stray in state.strays.values():
        open_strays[stray.sku] += stray.left
    return {
        "units": sorted(
            (unit.asked.line_id, unit.receipt, unit.decision) for unit in state.units.values()
        ),
        "strays": +open_strays,
        "parcels": {key: parcel.logistics for key, parcel in state.parcels.items()},
        "concerns": len(state.concerns),
        "promised": promised_minor(state),
    }


@settings(max_examples=50)
@given(seed=SEEDS)
def test_counts_corrections_and_retractions_add_up_to_the_same_in_any_order(seed: int) -> None:
    rng = Random(seed)
    known = story.under_way(story.wish("1", 3), story.wish("2"), parcels=2).later(days=7)
    reports = _dock(known, rng)
    in_order = _told(known, reports)
    shuffled = [*reports, *rng.sample(reports, k=len(reports) // 2)]
    rng.shuffle(shuffled)
    anyhow = _told(known, shuffled)
    assert _goods(anyhow) == _goods(in_order)


@settings(max_examples=40)
@given(seed=SEEDS)
def test_what_was_corrected_adds_up_to_what_stands_in_the_end(seed: int) -> None:
    """Told only the last word on each box, a return stands where all the words led it."""
    rng = Random(seed)
    known = story.under_way(story.wish("1", 3), story.wish("2"), parcels=2).later(days=7)
    reports = [report for report in _dock(known, rng) if isinstance(report, c.ReportReceipt)]
    taken_back = {report.corrects or report.retracts for report in reports}
    standing = [
        report.model_copy(update={"corrects": ""})
        for report in reports
        if report.message_id not in taken_back and not report.retracts
    ]
    assert _goods(_told(known, list(reports))) == _goods(_told(known, list(standing)))
