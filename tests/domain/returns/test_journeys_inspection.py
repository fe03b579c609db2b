"""What an inspector has to look at, what is missing, what a finding costs, who decides again."""

from datetime import timedelta
from typing import Any

import pytest

from domain.policy.inspecting import CheckResult
from domain.returns import commands as c
from domain.returns.asking.request import Evidence
from domain.returns.money.promising import paid_minor, promised_minor
from domain.words import Actor, Decision, Disposition, Grade, Reason
from tests.domain.returns.scenario import Scenario
from tests.domain.returns.shop import LABEL_FEE, PHONE_MINOR, SHIRT_MINOR
from tests.domain.returns.story import (
    arrived,
    ask,
    by_staff,
    counted,
    inspection,
    receipt,
    seen,
    staff,
    under_way,
    wish,
)

SEAL = {
    "rule": "phones",
    "categories": ["electronics"],
    "checks": [
        {"check": "seal", "asks": "Is the seal unbroken?", "deduct_bp": 2_000},
        {"check": "starts", "asks": "Does it start?", "reason": "defective",
         "disposition": "repair"},
    ],
    "serial": True,
    "photos_from": "used",
}  # fmt: skip
EVERYTHING = {"rule": "everything", "checks": [{"check": "clean", "asks": "Is it clean?"}]}
RESTOCKING = 4_000
PHOTO = Evidence(url_ref="https://photos.example/1", sha256="a" * 64)


def looked(**answers: bool) -> tuple[CheckResult, ...]:
    return tuple(CheckResult(check=name, passed=so) for name, so in answers.items())


def phone(**how: Any) -> Scenario:
    """A phone on the table, to be looked at by its list."""
    rules = {"inspecting": {"checklists": [SEAL, EVERYTHING]}}
    return arrived(wish("2", **how), rules=rules)


def test_a_unit_is_asked_about_by_the_list_of_its_category_or_by_that_of_all_others() -> None:
    rules = {"inspecting": {"checklists": [EVERYTHING, SEAL]}}
    known = arrived(wish("1"), wish("2"), rules=rules)
    lists = {unit: asked.rule for unit, asked in known.state.agreed.checklists.items()}
    assert lists == {"1/1": "everything", "2/1": "phones"}


def test_an_inspection_that_lacks_something_waits_for_it_and_names_it() -> None:
    known = phone()
    known = known.when(inspection(known, seen("2/1", Grade.USED, checks=looked(seal=True))))
    step = known.step("inspect")
    assert step.actor is Actor.WAREHOUSE
    assert step.summary.endswith(": still starts, serial, photos")
    assert known.state.units["2/1"].decision is Decision.PENDING


def test_a_second_look_brings_what_was_missing_and_then_it_is_decided() -> None:
    known = phone()
    known = known.when(inspection(known, seen("2/1", checks=looked(seal=True))))
    rest = seen("2/1", serial="SN-1", checks=looked(starts=True))
    known = known.when(inspection(known, rest)).settle()
    assert paid_minor(known.state) == PHONE_MINOR - LABEL_FEE - RESTOCKING
    assert not known.state.concerns


def test_what_is_missing_for_too_long_is_a_persons_business() -> None:
    known = phone()
    known = known.when(inspection(known, seen("2/1", checks=looked(seal=True))))
    known = known.wait()
    assert known.step("settle_concern").summary.startswith("overdue: warehouse is late")


def test_a_finding_is_deducted_as_the_policy_says_from_what_the_grade_leaves() -> None:
    known = phone()
    answers = looked(seal=False, starts=True)
    known = known.when(inspection(known, seen("2/1", serial="SN-1", checks=answers))).settle()
    unit = known.state.units["2/1"]
    assert (unit.decision, unit.share_bp) == (Decision.ACCEPTED_WITH_DEDUCTION, 8_000)
    assert paid_minor(known.state) == -(-PHONE_MINOR * 8 // 10) - LABEL_FEE - RESTOCKING


@pytest.mark.parametrize("reason", [Reason.DEFECTIVE, Reason.DAMAGED_IN_TRANSIT])
def test_a_finding_costs_nobody_anything_who_is_not_at_fault(reason: Reason) -> None:
    known = phone(reason=reason)
    answers = looked(seal=False, starts=True)
    known = known.when(inspection(known, seen("2/1", serial="SN-1", checks=answers))).settle()
    assert paid_minor(known.state) == PHONE_MINOR


def test_a_finding_can_say_why_it_came_back_and_the_fees_follow() -> None:
    known = phone()
    answers = looked(seal=True, starts=False)
    known = known.when(inspection(known, seen("2/1", serial="SN-1", checks=answers))).settle()
    assert known.state.units["2/1"].reason is Reason.DEFECTIVE
    assert known.state.units["2/1"].disposition is Disposition.REPAIR
    assert paid_minor(known.state) == PHONE_MINOR  # the label is not the customer's to pay


def test_fees_follow_the_other_way_as_well_where_it_was_the_customer() -> None:
    known = arrived(wish("1", reason=Reason.DEFECTIVE))
    assert promised_minor(known.state) == SHIRT_MINOR
    found = seen("1/1", found_reason=Reason.CHANGED_MIND)
    known = known.when(inspection(known, found)).settle()
    assert paid_minor(known.state) == SHIRT_MINOR - LABEL_FEE


def test_a_photo_is_a_reference_and_its_checksum() -> None:
    known = phone()
    whole = seen("2/1", Grade.USED, serial="SN-1", photos=(PHOTO,),
                 checks=looked(seal=True, starts=True))  # fmt: skip
    known = known.when(inspection(known, whole))
    assert known.state.units["2/1"].photos == 1
    assert "inspect" not in known.actions


def test_a_unit_is_found_by_its_article_and_of_several_alike_each_once() -> None:
    known = arrived(wish("1", 2))
    two = (c.InspectedUnit(sku="SHIRT", grade=Grade.LIKE_NEW),
           c.InspectedUnit(sku="SHIRT", grade=Grade.USED))  # fmt: skip
    known = known.when(inspection(known, *two))
    assert [unit.grade for unit in known.state.units.values()] == ["like_new", "used"]


def test_a_lot_stands_for_the_serial_where_an_article_is_told_apart_by_lots() -> None:
    known = phone()
    answers = looked(seal=True, starts=True)
    known = known.when(inspection(known, seen("2/1", lot="L-7", checks=answers)))
    assert known.state.units["2/1"].serial == "L-7"


def test_whoever_decided_first_does_not_decide_on_the_dispute() -> None:
    known = under_way().later(days=2)
    known = known.when(receipt(known, [counted("MUG")]))
    known = known.when(by_staff(c.Decline, because="a mug is no shirt"))
    known = known.when(ask(c.Dispute, unit="1/1", because="it was a shirt", evidence=(PHOTO,)))
    upheld = {"unit": "1/1", "outcome": "upheld", "because": "the photo shows it"}
    known.refuses(by_staff(c.ResolveDispute, **upheld), "same_person")
    known = known.when(ask(c.ResolveDispute, by=staff(2), **upheld)).settle()
    assert known.state.units["1/1"].decision is Decision.APPEAL_UPHELD


def test_the_inspector_does_not_decide_on_the_dispute_of_the_own_grade() -> None:
    known = arrived()
    known = known.when(inspection(known, seen("1/1", Grade.DAMAGED), inspector="s-1")).settle()
    known = known.later(days=1).when(ask(c.Dispute, unit="1/1", because="it came like that"))
    denied = {"unit": "1/1", "outcome": "denied", "because": "worn"}
    known.refuses(by_staff(c.ResolveDispute, **denied), "same_person")
    assert known.step("resolve_dispute").due_at <= known.now + timedelta(days=3)
    known.when(ask(c.ResolveDispute, by=staff(2), **denied))
