"""Goods that leave their hub with others: which lot a return puts them in, and takes them out of."""

from typing import Any

from domain.returns import notes as n
from domain.returns.agenda import is_unfinished
from domain.returns.goods.gathering import goes_onward, lot_unit, wanted
from domain.returns.shown.status import status_of
from domain.words import Disposition, Grade, Headline
from tests.domain.returns.scenario import Scenario
from tests.domain.returns.story import arrived, inspection, receipt, seen, wish

JOBBER = {"disposition": "liquidate", "counterparty": "jobber", "closes_at_units": 50}
VENDOR = {"disposition": "return_to_vendor", "counterparty": "maker", "categories": ["shoes"]}
RULES = {"lots": [JOBBER, VENDOR]}


def taken_back(known: Scenario) -> Scenario:
    """The dock says that it never was in the box."""
    (report,) = known.state.receipts
    return known.when(receipt(known, [], corrects=report))


def moved(how: Disposition | None = None, grade: Grade = Grade.DAMAGED, **rules: Any) -> Scenario:
    """It came, was looked at, and is put away."""
    known = arrived(wish("2"), rules={**RULES, **rules})
    known = known.when(inspection(known, seen("2/1", grade, suggested_disposition=how)))
    return known.perform("move_stock")


def test_a_unit_that_is_put_away_joins_the_lot_of_what_goes_the_same_way() -> None:
    known = moved(Disposition.LIQUIDATE)
    step = known.step("join_lot")
    assert (step.id, is_unfinished(step)) == ("join_lot:2/1:1", False)
    known = known.perform("join_lot").then_moves("LotChosen")
    known = known.perform("join_lot").then_moves("LotJoined")
    assert "join_lot" not in known.actions
    status = status_of("acme", "R-1", known.state)
    assert status.units[0].lot_id == "liquidation.hub-de.jobber.EUR.1"
    assert known.settle().headline is Headline.COMPLETED


def test_a_return_does_not_wait_for_its_lot_and_joins_it_all_the_same() -> None:
    known = moved(Disposition.LIQUIDATE).settle(but=["join_lot"])
    assert known.headline is Headline.COMPLETED
    assert known.actions == ["join_lot"]
    assert known.settle().steps == ()


def test_a_lot_that_was_closed_meanwhile_is_left_and_the_next_one_chosen() -> None:
    known = moved(Disposition.LIQUIDATE).perform("join_lot")
    known = known.perform("join_lot", taken=False).then_moves("LotLeft")
    assert known.step("join_lot").id == "join_lot:2/1:2"
    known = known.perform("join_lot", lot_id="liquidation.hub-de.jobber.EUR.2").perform("join_lot")
    place = known.state.units["2/1"].lot
    assert place is not None
    assert (place.lot_id, place.life, place.word) == ("liquidation.hub-de.jobber.EUR.2", "in", 2)


def test_what_no_rule_gathers_stays_at_its_hub() -> None:
    for how in (Disposition.DONATE, Disposition.RESTOCK, Disposition.RETURN_TO_VENDOR):
        assert "join_lot" not in moved(how).actions


def test_what_the_dock_takes_back_leaves_its_lot() -> None:
    known = moved(Disposition.LIQUIDATE).settle().later(days=1)
    known = taken_back(known)
    step = known.step("leave_lot")
    assert step.id == "leave_lot:2/1:2"
    known = known.perform("leave_lot")
    assert "join_lot" not in known.actions
    assert "leave_lot" not in known.actions
    late = known.state.units["2/1"].lot
    assert late is not None
    assert (late.life, late.word) == ("left", 2)


def test_what_had_left_with_its_lot_joins_no_other() -> None:
    known = moved(Disposition.LIQUIDATE).settle().later(days=1)
    known = taken_back(known).perform("leave_lot", gone=True)
    assert not {"join_lot", "leave_lot"} & set(known.actions)
    assert status_of("acme", "R-1", known.state).units[0].lot_id.startswith("liquidation.")


def test_what_is_sold_at_another_warehouse_is_not_put_on_the_shelf_of_its_hub() -> None:
    hubs = [
        {"warehouse": name, "name": name, "line1": "1", "city": "x", "postcode": "1", "country": c}
        for name, c in (("hub-de", "DE"), ("other", "CN"))
    ]
    onward = {"disposition": "restock", "to": "other"}
    known = arrived(wish("2"), rules={"lots": [onward], "hubs": hubs})
    known = known.when(inspection(known, seen("2/1", Grade.LIKE_NEW)))
    unit = known.state.units["2/1"]
    assert goes_onward(known.state, unit, unit.disposition)
    known = known.perform("move_stock")
    assert known.count("UnitRestocked") == 0
    facts = wanted(known.state, known.state.units["2/1"])
    assert facts is not None
    assert (facts.kind, facts.counterparty) == ("consolidation", "other")
    told = lot_unit(known.state, known.state.units["2/1"])
    assert (told.key, told.value_minor > 0) == ("r-1:2/1", True)


def test_where_it_is_sold_already_it_is_on_the_shelf_at_once_and_joins_nothing() -> None:
    known = moved(grade=Grade.LIKE_NEW, lots=[JOBBER, {"disposition": "restock", "to": "hub-de"}])
    assert known.count("UnitRestocked") == 1
    assert "join_lot" not in known.actions


def regraded(known: Scenario) -> Scenario:
    """The inspector has looked at the wrong thing: it is as new."""
    (report,) = known.state.inspections
    return known.when(inspection(known, seen("2/1", Grade.LIKE_NEW), corrects=report))


def test_what_was_put_there_by_mistake_leaves_its_lot_before_it_is_taken_back() -> None:
    known = regraded(moved(Disposition.LIQUIDATE).perform("join_lot").perform("join_lot"))
    assert known.count("MoveWithdrawn") == 1
    assert "leave_lot" in known.actions
    assert "move_stock" not in known.actions
    known = known.perform("leave_lot")
    assert known.step("move_stock").id == "move_back:2/1"
    known = known.perform("move_stock").perform("move_stock")
    assert known.state.units["2/1"].disposition is Disposition.RESTOCK
    assert not {"join_lot", "leave_lot", "move_stock"} & set(known.actions)


def test_what_had_left_with_its_lot_is_not_asked_back_of_its_hub() -> None:
    known = regraded(moved(Disposition.LIQUIDATE).perform("join_lot").perform("join_lot"))
    known = known.perform("leave_lot", gone=True)
    assert "move_stock" not in known.actions
    assert known.state.units["2/1"].disposition is Disposition.LIQUIDATE


def given_back(known: Scenario, disposition: Disposition = Disposition.QUARANTINE) -> Scenario:
    """Its lot has put it elsewhere at the hub."""
    place = known.state.units["2/1"].lot
    assert place is not None
    return known.when(
        n.NoteLotGaveBack(
            unit="2/1", lot_id=place.lot_id, disposition=disposition, move_ref="lot-move",
            because="it is broken",
        )
    )  # fmt: skip


def test_what_people_took_out_of_its_lot_is_where_they_put_it_and_joins_no_other() -> None:
    known = moved(Disposition.LIQUIDATE).settle().later(days=1)
    known = given_back(known).then_moves("LotGaveBack")
    unit = known.state.units["2/1"]
    assert (unit.disposition, unit.move_ref) == (Disposition.QUARANTINE, "lot-move")
    assert not {"join_lot", "leave_lot", "move_stock"} & set(known.actions)
    assert given_back(known).count("LotGaveBack") == 1


def test_taken_out_before_the_answer_of_its_lot_was_heard_it_does_not_join_the_next() -> None:
    known = given_back(moved(Disposition.LIQUIDATE).perform("join_lot"))
    assert known.state.units["2/1"].lot is not None
    assert "join_lot" not in known.actions


def test_looked_at_again_it_goes_where_that_sends_it_from_where_it_was_put() -> None:
    known = regraded(given_back(moved(Disposition.LIQUIDATE).settle()))
    assert known.step("move_stock").id == "move_back:2/1"
    known = known.perform("move_stock").perform("move_stock")
    assert known.state.units["2/1"].disposition is Disposition.RESTOCK


def test_what_a_workshop_made_of_it_joins_whatever_gathers_that() -> None:
    known = given_back(moved(Disposition.LIQUIDATE).settle(), Disposition.RETURN_TO_VENDOR)
    assert "join_lot" not in known.actions  # the vendor takes shoes alone
    rules = [JOBBER, {"disposition": "donate", "counterparty": "church"}]
    known = given_back(moved(Disposition.LIQUIDATE, lots=rules).settle(), Disposition.DONATE)
    assert known.step("join_lot").id == "join_lot:2/1:2"


def test_given_back_while_its_return_wants_it_elsewhere_it_goes_there_from_where_it_is_now() -> (
    None
):
    known = regraded(moved(Disposition.LIQUIDATE).perform("join_lot").perform("join_lot"))
    known = given_back(known)
    assert known.step("move_stock").id == "move_back:2/1"
    assert known.state.units["2/1"].move_ref == "lot-move"
    known = known.perform("move_stock").perform("move_stock")
    assert known.state.units["2/1"].disposition is Disposition.RESTOCK
