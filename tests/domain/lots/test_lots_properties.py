"""Whatever comes twice, late or early: a unit is in one lot, a lot is on somebody's list, money adds up."""

from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.lots import commands as c
from domain.lots.accounting import shares
from domain.lots.decider import decide
from domain.lots.facts import CountedLine, GradedUnit
from domain.lots.state import LotState
from domain.lots.words import LotLife
from domain.refusal import Refused
from domain.returns import notes as n
from domain.returns.goods import gathering
from domain.returns.learn.gathering import LEARN
from domain.returns.state import ReturnState, Unit
from domain.returns.unfolding import Unfolding
from domain.words import Disposition, Grade
from tests.domain.lots.gathered import BEGUN, PROOF, STAFF, Lot, euro, facts, full, key
from tests.domain.returns.story import arrived, inspection, seen, wish

OVER = {LotLife.SETTLED, LotLife.DISSOLVED}
KINDS = (
    Disposition.RETURN_TO_VENDOR, Disposition.LIQUIDATE, Disposition.DONATE, Disposition.DISPOSE,
    Disposition.REFURBISH, Disposition.RESTOCK,
)  # fmt: skip
WHO: dict[str, Any] = {"request_id": "r", "actor": STAFF}


def _said(disposition: Disposition) -> dict[str, c.LotCommand]:
    """Everything that anybody may say of a lot, sense or not."""
    lot = Lot(disposition)
    done = tuple(
        GradedUnit(key=key(n), grade=Grade.USED, goes=Disposition.RESTOCK) for n in (1, 2, 3)
    )
    return {
        "add 4": lot.adding(4),
        "add 1 anew": lot.adding(1, 3),
        "remove 1": lot.removing(1),
        "remove 2": lot.removing(2),
        "close": c.CloseLot(**WHO),
        "agree": c.AgreeLot(**WHO, reference="RMA-1", price=euro(20_000)),
        "refuse": c.RefuseLot(**WHO, because="no"),
        "send": c.HandOver(**WHO),
        "part": c.BookProceeds(**WHO, amount=euro(7_001), reference="p-1"),
        "rest": c.BookProceeds(**WHO, amount=euro(13_000), reference="p-2"),
        "cost": c.BookCost(**WHO, amount=euro(333), reference="c-1"),
        "proof": c.CertifyLot(**WHO, certificate=PROOF),
        "some": c.ReceiveLot(**WHO, report_id="1", units=(CountedLine(sku="CUP"),)),
        "all": c.ReceiveLot(**WHO, report_id="2", units=(CountedLine(sku="CUP", quantity=3),)),
        "graded": c.GradeUnits(**WHO, units=done),
        "dispute": c.DisputeFinding(**WHO, finding_id="short", because="three came"),
        "resolve": c.ResolveFinding(**WHO, finding_id="short", because="so be it"),
        "accept": c.AcceptLot(**WHO, because="enough"),
        "dissolve": c.DissolveLot(**WHO, because="no use"),
        "placed": c.NotePlaced(moves={key(n): f"m-{n}" for n in (1, 2, 3, 4)}),
        "time": c.NoteTimePassed(),
    }


SAID = {disposition: _said(disposition) for disposition in KINDS}
WORDS = st.lists(
    st.tuples(st.sampled_from(sorted(SAID[KINDS[0]])), st.integers(0, 20)), max_size=25
)


@given(st.sampled_from(KINDS), WORDS)
def test_whatever_is_said_it_is_over_or_somebodys_turn_and_its_money_is_its_units(
    disposition: Disposition, words: list[tuple[str, int]]
) -> None:
    lot = full(disposition)
    for word, days in words:
        lot = lot.later(days)
        if isinstance(decide(lot.state, SAID[disposition][word], lot.now), Refused):
            continue
        lot = lot.when(SAID[disposition][word])
        if lot.state.life not in OVER:
            assert lot.steps
        if lot.state.life is LotLife.SETTLED:
            brought = sum(each.amount_minor for each in lot.state.settled)
            assert brought == lot.state.settled_minor == lot.state.proceeds_minor


LATE = ("send", "part", "rest", "cost", "proof", "some", "all", "graded", "placed")


@given(
    st.sampled_from(KINDS),
    st.lists(st.sampled_from(LATE), max_size=6),
    st.permutations(LATE),
    st.permutations(LATE),
)
def test_told_in_any_order_and_twice_it_comes_to_the_same(
    disposition: Disposition, twice: list[str], one: list[str], other: list[str]
) -> None:
    ends = []
    for words in ([*one, *twice, *LATE], [*twice, *other, *twice, *LATE]):
        lot = full(disposition).says("agree", reference="RMA-1", price=euro(20_001))
        for word in words:
            decided = decide(lot.state, SAID[disposition][word], lot.now)
            if not isinstance(decided, Refused):
                lot = lot.when(SAID[disposition][word])
        state = lot.state
        ends.append(
            (
                [step.action for step in lot.steps], state.paid, state.charged, state.certificate, shares(state),
                [(unit.counted, unit.goes, bool(unit.placed)) for unit in state.inside.values()],
                {(finding.what, finding.subject) for finding in state.open_findings},
            )
        )  # fmt: skip
    assert ends[0] == ends[1]


@given(st.permutations([1, 2, 3, 4, 5]), st.lists(st.integers(1, 5), max_size=5))
def test_of_all_that_a_return_says_of_a_unit_the_last_word_counts(
    order: list[int], again: list[int]
) -> None:
    lot = Lot(Disposition.LIQUIDATE).when(c.OpenLot(facts=facts(Disposition.LIQUIDATE)))
    for word in [*order, *again]:
        lot = lot.when(lot.adding(1, word) if word % 2 else lot.removing(1, word))
    assert (key(1) in lot.state.inside, lot.state.heard) == (True, {key(1): 5})


# ── One unit, its return, and all the lots that it may ever be told to ────────────────────


@dataclass
class World:
    """The return's side as it is, and each lot's; what was ever said may be heard again."""

    state: ReturnState
    lots: dict[str, LotState] = field(default_factory=dict)
    letters: list[tuple[str, c.OfReturn]] = field(default_factory=list)
    begun: dict[str, int] = field(default_factory=dict)

    @property
    def unit(self) -> Unit:
        return self.state.units["2/1"]

    def wants(self, disposition: Disposition | None) -> None:
        unit = replace(self.unit, disposition=disposition, moved=disposition is not None)
        self.state = replace(self.state, units={"2/1": unit})

    def note(self, note: Any) -> None:
        handlers: dict[Any, Any] = {
            n.NoteLotChosen: gathering.note_lot_chosen,
            n.NoteLotJoined: gathering.note_lot_joined,
            n.NoteLotLeft: gathering.note_lot_left,
            n.NoteLotGaveBack: gathering.note_lot_gave_back,
        }
        u: Any = Unfolding(self.state, None, BEGUN, POLICY)
        handlers[type(note)](u, note)
        for event in u.events:
            self.state = LEARN[type(event)](self.state, event)

    def told(self, lot_id: str, word: c.LotCommand) -> bool:
        decided = decide(self.lots[lot_id], word, BEGUN)
        if isinstance(decided, Refused):
            return False
        self.lots[lot_id] = decided.state
        return True

    def act(self) -> None:
        """What the activities do, one stage of it."""
        unit = self.unit
        if gathering.is_to_leave(self.state, unit) and unit.lot is not None:
            lot_id, word = unit.lot.lot_id, unit.lot.word + 1
            removed = c.RemoveUnit(key="r-1:2/1", because="x", word=word)
            self.letters.append((lot_id, removed))
            self.told(lot_id, removed)
            gone = "r-1:2/1" in self.lots[lot_id].inside
            self.note(n.NoteLotLeft(unit="2/1", lot_id=lot_id, word=word, gone=gone))
        elif gathering.is_to_join(self.state, unit):
            self._join(unit)

    def take_out(self) -> None:
        """A person takes it out wherever it is, and its return is told where it was put."""
        for lot_id in self.lots:
            if self.told(lot_id, c.TakeOut(**WHO, key="r-1:2/1", because="x")):
                self.told(lot_id, c.NotePlaced(moves={"r-1:2/1": "mov"}))
                aside: dict[str, Any] = {
                    "unit": "2/1",
                    "disposition": Disposition.QUARANTINE,
                    "move_ref": "mov",
                }
                self.note(n.NoteLotGaveBack(**aside, lot_id=lot_id, because="x"))
                assert not gathering.is_to_join(self.state, self.unit)

    def _join(self, unit: Unit) -> None:
        wish_ = gathering.wanted(self.state, unit)
        assert wish_ is not None
        word = gathering.next_word(unit)
        if unit.lot is None or unit.lot.life != "chosen":
            self.note(n.NoteLotChosen(unit="2/1", lot_id=self._gathering(wish_), word=word))
            return
        added = c.AddUnit(unit=gathering.lot_unit(self.state, unit), word=word)
        self.letters.append((unit.lot.lot_id, added))
        taken = self.told(unit.lot.lot_id, added)
        self.note(n.NoteLotJoined(unit="2/1", lot_id=unit.lot.lot_id, taken=taken))

    def _gathering(self, wish_: Any) -> str:
        shelf = gathering.shelf_of(self.state, wish_)
        lot_id = shelf.lot_id(self.begun.get(shelf.name, 0))
        if lot_id not in self.lots or self.lots[lot_id].life is not LotLife.COLLECTING:
            self.begun[shelf.name] = self.begun.get(shelf.name, 0) + 1
            lot_id = shelf.lot_id(self.begun[shelf.name])
            self.lots[lot_id] = LotState()
            self.told(lot_id, c.OpenLot(facts=wish_))
        return lot_id


RULES = {
    "lots": [
        {"disposition": "liquidate", "counterparty": "jobber"},
        {"disposition": "donate", "counterparty": "church"},
    ]
}
STORY = arrived(wish("2"), rules=RULES)
STORY = STORY.when(inspection(STORY, seen("2/1", Grade.DAMAGED)))
POLICY = STORY.policy
MOVES = st.one_of(
    st.sampled_from(["act", "close", "send", "take_out", "none", "liquidate", "donate"]),
    st.integers(0, 30),
)


@settings(max_examples=150)
@given(st.lists(MOVES, max_size=40))
def test_a_unit_is_in_at_most_one_lot_that_is_not_over(moves: list[str | int]) -> None:
    world = World(STORY.state)
    for move in moves:
        match move:
            case int():
                if world.letters:
                    world.told(*world.letters[move % len(world.letters)])
            case "act":
                world.act()
            case "take_out":
                world.take_out()
            case "close" | "send":
                for lot_id in world.lots:
                    world.told(lot_id, c.CloseLot(**WHO))
                    if move == "send":
                        world.told(lot_id, c.AgreeLot(**WHO, reference="x", price=euro(1)))
                        world.told(lot_id, c.HandOver(**WHO))
            case _:
                world.wants(None if move == "none" else Disposition(move))
        holding = [
            lot_id
            for lot_id, lot in world.lots.items()
            if "r-1:2/1" in lot.inside and lot.life not in OVER
        ]
        assert len(holding) <= 1, holding
        if world.unit.lot is not None and world.unit.lot.life == "in":
            assert holding == [world.unit.lot.lot_id]
