"""What a warehouse may say of one return: counts and looks, corrected, taken back, mixed up."""

from random import Random
from typing import Any, TypeVar

from domain.returns import commands as c
from domain.words import Disposition, Grade, Reason, RefundTrigger
from tests.domain.returns import shop, story
from tests.domain.returns.scenario import Scenario

GRADES = (Grade.LIKE_NEW, Grade.LIKE_NEW, Grade.USED, Grade.DAMAGED, Grade.UNSALVAGEABLE)
FOUND = (
    None, None, None, None, Reason.DEFECTIVE, Reason.DAMAGED_IN_TRANSIT, Reason.CHANGED_MIND,
)  # fmt: skip
PLACES = (None, None, None, Disposition.REFURBISH, Disposition.DONATE)


def any_return(rng: Random) -> Scenario:
    """Shirts and a phone, or everything that was ordered, in two boxes that are on their way."""
    wishes = [story.wish("1", rng.randint(1, 3), reason=_reason(rng))]
    wishes += [story.wish("2", reason=_reason(rng))] if rng.random() < 0.7 else []
    wishes += [story.wish("3", reason=_reason(rng))] if rng.random() < 0.3 else []
    rules: dict[str, Any] = {
        "refund_trigger": rng.choice([RefundTrigger.RECEIVED, RefundTrigger.INSPECTED])
    }
    if rng.random() < 0.3:
        rules["inspecting"] = {"checklists": [_LIST]}
    parcels = min(2, sum(wish.quantity for wish in wishes))
    snapshot = shop.order()
    return story.under_way(*wishes, rules=rules, parcels=parcels, snapshot=snapshot).later(days=7)


def _reason(rng: Random) -> Reason:
    return rng.choice([Reason.CHANGED_MIND, Reason.CHANGED_MIND, Reason.DEFECTIVE])


_LIST = {
    "rule": "shirts",
    "photos_from": "damaged",
    "checks": [
        {"check": "tag", "asks": "Is the tag on?", "deduct_bp": 1_000},
        {"check": "works", "asks": "Is it whole?", "reason": "defective", "disposition": "repair"},
    ],
}

Told = TypeVar("Told", c.ReportReceipt, c.ReportInspection)


class Warehouse:
    """Says things about `known`, each at another second."""

    def __init__(self, known: Scenario, rng: Random) -> None:
        self._known, self._rng = known, rng
        self._second = 0

    def words(self) -> list[c.Report]:
        """Everything it says, corrections behind what they correct; or two of one report."""
        said: list[c.Report] = []
        for _ in range(self._rng.randint(0, 3)):
            said += self._counted()
        for _ in range(self._rng.randint(0, 5)):
            said += self._looked_at()
        return said

    def _now(self) -> Scenario:
        self._second += 1
        return self._known.later(days=-3, seconds=self._second)

    # ── Boxes ─────────────────────────────────────────────────────────────────────────────

    def _counted(self) -> list[c.Report]:
        said = [story.receipt(self._now(), self._box(), self._parcel())]
        for _ in range(self._rng.choice([0, 0, 1, 1, 2, 3])):
            corrects = self._one_of(said).message_id
            if self._rng.random() < 0.25:
                said.append(story.receipt(self._now(), [], "", retracts=corrects))
            else:
                said.append(
                    story.receipt(self._now(), self._box(), self._parcel(), corrects=corrects)
                )
        return [*said]

    def _one_of(self, said: list[Told]) -> Told:
        """What was said last; or, by somebody who did not know of that, something before."""
        return said[-1] if self._rng.random() < 0.7 else self._rng.choice(said)

    def _parcel(self) -> str:
        """One of those announced; none where nobody could read its number."""
        return self._rng.choice([*self._known.state.parcels, *self._known.state.parcels, ""])

    def _box(self) -> list[c.CountedUnits]:
        kinds: list[tuple[str, str, str]] = [
            ("SHIRT", "1", ""), ("SHIRT", "", ""), ("PHONE", "2", ""),
            ("LAMP", "3", ""), ("MUG", "", ""),
        ]  # fmt: skip
        found = self._rng.sample(kinds, k=self._rng.randint(0, 3))
        units = self._known.state.units
        return [
            story.counted(
                sku,
                1 if serial or line == "2" else self._rng.randint(1, 3),
                line_id=line if f"{line}/1" in units else "",
                serial=serial,
            )
            for sku, line, serial in found
        ]

    # ── Looks ─────────────────────────────────────────────────────────────────────────────

    def _looked_at(self) -> list[c.Report]:
        said = [story.inspection(self._now(), *self._seen())]
        for _ in range(self._rng.choice([0, 0, 1, 1, 2, 3])):
            of = self._one_of(said)
            if self._rng.random() < 0.4:
                said.append(story.taken_back(self._now(), of))
            else:
                corrects = of.message_id
                said.append(story.inspection(self._now(), *self._seen(), corrects=corrects))
        return [*said]

    def _seen(self) -> list[c.InspectedUnit]:
        units = [*self._known.state.units, *self._known.state.units, "9/9"]
        some = self._rng.sample(units, k=min(len(units), self._rng.choice([1, 1, 1, 2])))
        return [self._look(unit) for unit in dict.fromkeys(some)]

    def _look(self, unit: str) -> c.InspectedUnit:
        pick, is_phone = self._rng.choice, unit.startswith("2/")
        checks = pick(
            [{}, {"tag": True, "works": True}, {"tag": False, "works": pick([True, False])}]
        )
        return story.seen(
            unit,
            pick(GRADES),
            found_reason=pick(FOUND),
            serial=pick(["", "SN-1", "SN-9"]) if is_phone else "",
            suggested_disposition=pick(PLACES),
            checks=tuple({"check": check, "passed": passed} for check, passed in checks.items()),
            photos=pick([(), ({"url_ref": "evidence/p.jpg", "sha256": "a" * 64},)]),
        )
