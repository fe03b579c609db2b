from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from api.client import Answer
from demo.acting import Acting
from demo.stories import Story
from tests.demo.tale import MORNING, RETURN, Tale, cancelled, completed, opened
from tests.demo.test_verdict import journey, told

A_DAY = timedelta(days=1)


@dataclass
class Played:
    """Acts on one return, and what came of them."""

    story: Story
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    done: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    async def ask(self, _return_id: str, update: str, body: Mapping[str, Any]) -> Answer:
        self.asked.append((update, dict(body)))
        return Answer(accepted=update != "decline", code="no", because="not now")

    async def do(self, deed: str, body: Mapping[str, Any], _story: Story) -> None:
        self.done.append((deed, dict(body)))

    def acting(self, *acts: dict[str, Any]) -> Acting:
        acting = Acting(self.ask, self.do, MORNING)
        acting.expect(journey(acts=acts))
        return acting

    def is_due(self, acting: Acting, *, day: float = 1) -> bool:
        return bool(acting.due({RETURN: self.story}, MORNING + day * A_DAY))

    async def play(self, *acts: dict[str, Any], day: float = 1) -> Acting:
        acting = self.acting(*acts)
        now = MORNING + day * A_DAY
        while due := acting.due({RETURN: self.story}, now):
            await acting.do(due[0], self.story, now)
        return acting


def on(tale: Tale) -> Played:
    return Played(told(tale))


def act(do: str = "cancel", **said: Any) -> dict[str, Any]:
    return {"do": do, **said}


def test_an_act_comes_due_with_its_day_and_not_before() -> None:
    played = on(opened())
    acting = played.acting(act(when={"day": 2}))
    assert not played.is_due(acting, day=1.99)
    assert played.is_due(acting, day=2)
    assert acting.next_moment(MORNING) == MORNING + 2 * A_DAY


def test_an_act_waits_for_its_headline() -> None:
    when = {"headline": "completed"}
    assert not on(opened()).is_due(on(opened()).acting(act(when=when)))
    assert on(completed()).is_due(on(completed()).acting(act(when=when)))


def test_an_act_waits_for_its_event() -> None:
    when = {"event": "ReturnCancelled"}
    assert not on(opened()).is_due(on(opened()).acting(act(when=when)))
    assert on(cancelled()).is_due(on(cancelled()).acting(act(when=when)))


def test_an_act_waits_some_days_more_if_it_says_so() -> None:
    played = on(opened())
    acting = played.acting(act(when={"event": "LabelPurchased", "after_days": 2}))
    assert not played.is_due(acting, day=1)
    assert acting.next_moment(MORNING + A_DAY) == MORNING + 3 * A_DAY
    assert not played.is_due(acting, day=2.9)
    assert played.is_due(acting, day=3)


async def test_an_act_is_done_once_with_the_subject_of_its_step() -> None:
    played = on(opened())
    when = {"action": "hand_over", "subject": "P"}
    acting = await played.play(act("choose_method", when=when, body={"parcel_id": "$subject"}))
    assert [(update, body["parcel_id"]) for update, body in played.asked] == [
        ("choose_method", "P1")
    ]
    assert not list(acting.waiting)


async def test_an_act_for_each_step_is_not_done_twice_for_the_same_one() -> None:
    played = on(opened())
    acting = await played.play(act("approve", when={"action": "hand_over"}, each=True))
    assert len(played.asked) == 1
    assert len(list(acting.waiting)) == 1


def test_an_act_does_not_come_due_for_a_step_with_another_subject() -> None:
    played = on(opened())
    assert not played.is_due(played.acting(act(when={"action": "hand_over", "subject": "X"})))


async def test_a_time_some_days_from_then_is_filled_in() -> None:
    played = on(opened())
    await played.play(act("reschedule_pickup", body={"not_before": "$in:1.5d"}), day=2)
    assert played.asked[0][1]["not_before"] == (MORNING + 3.5 * A_DAY).isoformat()


async def test_who_asks_is_the_customer_or_the_staff() -> None:
    played = on(opened())
    await played.play(act("dispute", actor="customer"), act("approve"))
    assert [body["actor"]["kind"] for _, body in played.asked] == ["customer", "staff"]
    assert played.asked[0][1]["actor"]["id"] == played.story.state.customer_id


async def test_every_question_has_an_id_of_its_own() -> None:
    played = on(opened())
    await played.play(act("approve"), act("approve"))
    assert len({body["request_id"] for _, body in played.asked}) == 2


async def test_acts_that_stand_together_are_all_done_and_one_may_be_refused() -> None:
    played = on(opened())
    together = [act("decline"), act("scan", body={"status": "in_transit"})]
    acting = await played.play({"together": together})
    assert [update for update, _ in played.asked] == ["decline"]
    assert played.done == [("scan", {"status": "in_transit"})]
    assert acting.refused == []


async def test_a_refusal_is_kept_by_name() -> None:
    acting = await on(opened()).play(act("decline"))
    assert acting.refused == ["R-1: decline was refused: no: not now"]
