"""A defect in our rules is named and stops; it never keeps a worker busy for ever."""

import pytest

from domain.returns import rules
from domain.returns.rules import EndlessRulesError
from domain.returns.telling import plan_notice
from domain.returns.unfolding import Unfolding
from tests.domain.returns.resolving import COUPON
from tests.domain.returns.story import arrived, begin, inspection, opening, wish


def test_a_coupon_whose_key_is_another_ones_names_the_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """One key for two units: each of them finds the other's coupon in its place, for ever."""

    def key(_u: Unfolding, kind: str, _number: int) -> str:
        return f"the-{kind}"

    known = arrived(wish(**COUPON), wish(**COUPON, line_id="2"))
    monkeypatch.setattr(Unfolding, "made_id", key)
    with pytest.raises(EndlessRulesError, match=r"coupons\.plan_coupons.*CouponPlanned"):
        known.when(inspection(known))


def test_rules_that_answer_one_another_are_both_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def ping(u: Unfolding) -> None:
        plan_notice(u, "received", {})

    def pong(u: Unfolding) -> None:
        plan_notice(u, "approved", {})

    monkeypatch.setattr(rules, "RULES", (ping, pong))
    with pytest.raises(EndlessRulesError, match=r"ping.*pong"):
        begin().when(opening(wish()))
