"""The one word that people see, for every combination that matters."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from domain.returns.lifecycle import Life
from domain.returns.shown.headline import headline
from domain.returns.state import Parcel, ReturnState, Unit
from domain.words import (
    Authorisation,
    Decision,
    Grade,
    Headline,
    LabelLife,
    Logistics,
    Receipt,
)
from tests.domain.returns.standing import KNOWN, LABEL, PARCEL, UNIT, approved

ENDS = [
    (Authorisation.REQUESTED, Headline.REQUESTED),
    (Authorisation.NEEDS_REVIEW, Headline.IN_REVIEW),
    (Authorisation.DECLINED, Headline.DECLINED),
    (Authorisation.CANCELLED, Headline.CANCELLED),
    (Authorisation.EXPIRED, Headline.EXPIRED),
]
YES = [Authorisation.APPROVED, Authorisation.PARTIALLY_APPROVED]


def _parcels(*places: Logistics) -> dict[str, Parcel]:
    return {f"P{n}": Parcel(f"P{n}", place) for n, place in enumerate(places, start=1)}


def _units(*units: dict[str, Any]) -> dict[str, Unit]:
    plain = replace(
        KNOWN.units[UNIT],
        approved=True,
        receipt=Receipt.AWAITING,
        decision=Decision.PENDING,
        grade=None,
    )
    return {f"1/{n}": replace(plain, **unit) for n, unit in enumerate(units, start=1)}


def _labels(life: LabelLife) -> dict[str, Any]:
    return {LABEL: replace(KNOWN.labels[LABEL], life=life, parcel_id=PARCEL)}


def test_a_return_that_nobody_asked_for_has_none() -> None:
    assert headline(ReturnState()) is None


@pytest.mark.parametrize(("authorisation", "word"), ENDS)
def test_a_return_that_may_not_come_back_says_so_wherever_its_goods_are(
    authorisation: Authorisation, word: Headline
) -> None:
    for place in Logistics:
        for receipt in Receipt:
            state = approved(
                authorisation=authorisation,
                parcels=_parcels(place),
                units=_units({"receipt": receipt}),
            )
            assert headline(state) is word


@pytest.mark.parametrize("authorisation", Authorisation)
def test_a_completed_return_is_completed(authorisation: Authorisation) -> None:
    state = approved(authorisation=authorisation, life=Life.COMPLETED)
    assert headline(state) is Headline.COMPLETED


@pytest.mark.parametrize("authorisation", YES)
@pytest.mark.parametrize(
    ("place", "word"),
    [
        (Logistics.NO_SHIPMENT, Headline.APPROVED),
        (Logistics.AWAITING_LABEL, Headline.APPROVED),
        (Logistics.AWAITING_HANDOVER, Headline.APPROVED),
        (Logistics.PICKUP_SCHEDULED, Headline.PICKUP_SCHEDULED),
        (Logistics.PICKUP_EXCEPTION, Headline.PICKUP_EXCEPTION),
        (Logistics.IN_TRANSIT, Headline.IN_TRANSIT),
        (Logistics.AT_HUB, Headline.IN_TRANSIT),
        (Logistics.DELIVERED_UNSCANNED, Headline.IN_TRANSIT),
        (Logistics.TRANSIT_EXCEPTION, Headline.TRANSIT_EXCEPTION),
        (Logistics.CUSTOMS_HOLD, Headline.TRANSIT_EXCEPTION),
        (Logistics.RETURNED_TO_CUSTOMER, Headline.TRANSIT_EXCEPTION),
        (Logistics.LOST, Headline.LOST),
        (Logistics.DELIVERED, Headline.PARTIALLY_RECEIVED),  # and nothing expected was in it
    ],
)
def test_while_no_unit_is_here_the_parcel_speaks(
    authorisation: Authorisation, place: Logistics, word: Headline
) -> None:
    state = approved(authorisation=authorisation, parcels=_parcels(place), units=_units({}))
    assert headline(state) is word


@pytest.mark.parametrize(
    ("places", "word"),
    [
        ((Logistics.IN_TRANSIT, Logistics.PICKUP_EXCEPTION), Headline.PICKUP_EXCEPTION),
        ((Logistics.CUSTOMS_HOLD, Logistics.PICKUP_EXCEPTION), Headline.PICKUP_EXCEPTION),
        ((Logistics.IN_TRANSIT, Logistics.TRANSIT_EXCEPTION), Headline.TRANSIT_EXCEPTION),
        ((Logistics.PICKUP_SCHEDULED, Logistics.AT_HUB), Headline.IN_TRANSIT),
        ((Logistics.LOST, Logistics.IN_TRANSIT), Headline.IN_TRANSIT),
        ((Logistics.LOST, Logistics.AWAITING_HANDOVER), Headline.LOST),
        ((Logistics.DELIVERED, Logistics.LOST), Headline.LOST),
        ((Logistics.DELIVERED, Logistics.AT_HUB), Headline.IN_TRANSIT),
        ((Logistics.AWAITING_LABEL, Logistics.PICKUP_SCHEDULED), Headline.PICKUP_SCHEDULED),
    ],
)
def test_of_two_parcels_the_more_troubled_one_speaks(
    places: tuple[Logistics, ...], word: Headline
) -> None:
    for order in (places, places[::-1]):
        assert headline(approved(parcels=_parcels(*order), units=_units({}, {}))) is word


@pytest.mark.parametrize("life", LabelLife)
def test_a_label_that_can_be_used_is_ready_and_no_other(life: LabelLife) -> None:
    state = approved(
        parcels=_parcels(Logistics.AWAITING_HANDOVER), labels=_labels(life), units=_units({})
    )
    ready = life is LabelLife.LIVE
    assert headline(state) is (Headline.LABEL_READY if ready else Headline.APPROVED)


HERE = {"receipt": Receipt.RECEIVED}
GRADED = {**HERE, "grade": Grade.USED}


@pytest.mark.parametrize(
    ("units", "word"),
    [
        ([HERE], Headline.RECEIVED),
        ([HERE, HERE], Headline.RECEIVED),
        ([HERE, {}], Headline.PARTIALLY_RECEIVED),
        ([GRADED, {}], Headline.PARTIALLY_RECEIVED),
        ([HERE, {"receipt": Receipt.SHORT_SHIPPED, "decision": Decision.REJECTED}],
         Headline.RECEIVED),
        ([HERE, {"receipt": Receipt.LOST_IN_TRANSIT, "decision": Decision.ACCEPTED}],
         Headline.RECEIVED),
        ([GRADED], Headline.INSPECTING),
        ([GRADED, HERE], Headline.INSPECTING),
        ([{**GRADED, "decision": Decision.NEEDS_REVIEW}], Headline.INSPECTING),
        ([{**GRADED, "decision": Decision.ACCEPTED}, HERE], Headline.INSPECTING),
        ([{**GRADED, "decision": Decision.ACCEPTED}], Headline.RESOLVING),
        ([{**GRADED, "decision": Decision.REJECTED}], Headline.RESOLVING),
        ([{**GRADED, "decision": Decision.ACCEPTED_WITH_DEDUCTION}], Headline.RESOLVING),
        ([{**GRADED, "decision": Decision.APPEAL_UPHELD}], Headline.RESOLVING),
        ([{**GRADED, "decision": Decision.APPEAL_DENIED}], Headline.RESOLVING),
        ([{"receipt": Receipt.LOST_IN_TRANSIT, "decision": Decision.ACCEPTED}],
         Headline.RESOLVING),
        ([{"decision": Decision.ACCEPTED}], Headline.RESOLVING),  # the first scan was enough
        ([{**GRADED, "decision": Decision.APPEALED}], Headline.DISPUTED),
        ([{**GRADED, "decision": Decision.APPEALED}, {}], Headline.DISPUTED),
        ([{**GRADED, "decision": Decision.APPEALED}, {**GRADED, "decision": Decision.ACCEPTED}],
         Headline.DISPUTED),
        ([HERE, {"approved": False, "receipt": Receipt.CANCELLED}], Headline.RECEIVED),
        ([{**GRADED, "decision": Decision.ACCEPTED}, {"approved": False}], Headline.RESOLVING),
    ],
)  # fmt: skip
def test_once_units_are_here_or_decided_they_speak(
    units: list[dict[str, Any]], word: Headline
) -> None:
    for place in (Logistics.IN_TRANSIT, Logistics.DELIVERED, Logistics.LOST):
        for order in (units, units[::-1]):
            assert headline(approved(parcels=_parcels(place), units=_units(*order))) is word


def test_every_combination_of_the_axes_has_a_word() -> None:
    words = set()
    for authorisation, place, receipt, decision in product(
        Authorisation, Logistics, Receipt, Decision
    ):
        unit = {"receipt": receipt, "decision": decision}
        state = approved(
            authorisation=authorisation, parcels=_parcels(place), units=_units(unit, {})
        )
        words.add(headline(state))
    assert None not in words
    never_here = {"completed", "label_ready", "received", "inspecting", "resolving"}
    assert words == {word for word in Headline if word not in never_here}
