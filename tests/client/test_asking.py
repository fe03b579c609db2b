"""A return answers what it is asked, also after its end; what makes no sense is never sent."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowExecutionStatus
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from api.client import ReturnsClient, Unavailable
from domain.returns.commands import SIGNALS, UPDATES, Who
from domain.returns.doors import BODY_LIMIT
from tests.engine import LONG_AGO, Engine
from workflows.names import workflow_id

Wish = Callable[..., dict[str, Any]]

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
STAFF = Who(kind="staff", id="s-7")


async def test_who_asked_is_recorded(returns: ReturnsClient, wish: Wish, tenant: str) -> None:
    asked = wish()
    await returns.open(asked)

    answer = await returns.cancel(tenant, asked["return_id"], because="kept", actor=STAFF)

    assert answer.accepted
    recorded = {event.type: event.actor for event in await returns.events(tenant, answer.return_id)}
    assert recorded["ReturnCancelled"] == "staff:s-7"
    assert recorded["ReturnRequested"] == "service:python-client"


async def test_the_same_question_under_one_id_acts_once(
    returns: ReturnsClient, wish: Wish, tenant: str
) -> None:
    asked = wish()
    await returns.open(asked)

    for _ in range(3):
        answer = await returns.give_feedback(tenant, asked["return_id"], 5, request_id="one")
        assert answer.accepted

    told = [event.type for event in await returns.events(tenant, asked["return_id"])]
    assert told.count("FeedbackReceived") == 1


async def test_a_return_that_has_ended_is_started_again_to_answer(
    returns: ReturnsClient, engine: Engine, wish: Wish, tenant: str
) -> None:
    late = wish(sold=LONG_AGO)
    declined = await returns.open(late)
    assert declined.code == "declined"
    handle = engine.env.client.get_workflow_handle(workflow_id(tenant, late["return_id"]))
    await handle.result()

    answer = await returns.override(tenant, late["return_id"], because="a loyal customer")

    assert answer.accepted
    assert answer.status is not None
    assert answer.status.authorisation == "approved"
    assert (await handle.describe()).status is WorkflowExecutionStatus.RUNNING


async def test_a_question_to_a_return_nobody_opened_is_refused(
    returns: ReturnsClient, tenant: str
) -> None:
    answer = await returns.approve(tenant, "R-nobody")
    assert (answer.accepted, answer.code) == (False, "unknown_return")


def _named(returns: ReturnsClient, tenant: str) -> dict[str, Any]:
    """Each method by the update it stands for, called with sense but for a return nobody opened."""
    who = (tenant, "R-nobody")
    return {
        "approve": returns.approve(*who, units=["1/1"]),
        "decline": returns.decline(*who, because="no"),
        "cancel": returns.cancel(*who),
        "override": returns.override(*who, because="yes"),
        "choose_method": returns.choose_method(*who, "own_carrier"),  # type: ignore[arg-type]
        "accept_offer": returns.accept_offer(*who, "o-1"),
        "decline_offer": returns.decline_offer(*who, "o-1"),
        "correct_address": returns.correct_address(
            *who, {"line1": "1 rue", "city": "Paris", "country": "FR"}
        ),
        "declare_goods": returns.declare_goods(*who, export_reference="26DE1"),
        "reschedule_pickup": returns.reschedule_pickup(*who, NOW),
        "dispute": returns.dispute(*who, "1/1", because="it was new"),
        "resolve_dispute": returns.resolve_dispute(*who, "1/1", "upheld", because="it was"),
        "match_unit": returns.match_unit(*who, "s-1", unit="1/1"),
        "unmatch_unit": returns.unmatch_unit(*who, "s-1"),
        "release_payout": returns.release_payout(*who, "p-1"),
        "choose_payout": returns.choose_payout(*who, "p-1", "manual"),
        "choose_goods": returns.choose_goods(*who, "1/1", "leave"),
        "write_off_payout": returns.write_off_payout(*who, "p-1", because="even"),
        "choose_contact": returns.choose_contact(*who, "sms", time_zone="Asia/Tokyo"),
        "give_feedback": returns.give_feedback(*who, 5),
    }


async def test_every_update_has_a_method_whose_body_the_return_can_read(
    returns: ReturnsClient, tenant: str
) -> None:
    answers = {name: await asked for name, asked in _named(returns, tenant).items()}
    assert {name: answer.code for name, answer in answers.items()} == dict.fromkeys(
        UPDATES.keys() - {"open"}, "unknown_return"
    )


MISFITS = [
    ("decline", {}, "because: "),
    ("give_feedback", {"rating": 6}, "rating: "),
    ("give_feedback", {"rating": "5"}, "rating: "),
    ("choose_method", {"method": "by_owl"}, "method: "),
    ("cancel", {"becuase": "typo"}, "becuase: "),
    ("cancel", {"actor": {"kind": "robot", "id": "r"}}, "actor.kind: "),
    ("cancel", {"occurred_at": "2026-11-24T10:00:00"}, "occurred_at: "),
    ("cancel", {"because": "\ud800"}, "body: "),
    ("cancel", {"because": object()}, "body: "),
    ("give_feedback", {"rating": float("nan")}, "body: "),
    ("reschedule_pickup", {"not_before": "tomorrow"}, "not_before: "),
    ("match_unit", {"stray_id": "s"}, "unit: "),
    ("no_such_update", {}, "there is no update"),
]


@pytest.mark.parametrize(("update", "body", "said"), MISFITS)
async def test_what_cannot_be_read_is_refused_with_its_field_before_anybody_is_asked(
    alone: ReturnsClient, update: str, body: dict[str, Any], said: str
) -> None:
    answer = await alone.ask("acme", "R-1", update, body)
    assert not answer.accepted
    assert said in answer.because


@pytest.mark.parametrize("size", [BODY_LIMIT + 1, 2_100_000, 4_300_000])
async def test_a_body_that_is_too_large_never_leaves(alone: ReturnsClient, size: int) -> None:
    answer = await alone.ask("acme", "R-1", "cancel", {"because": "x" * size})
    assert (answer.accepted, answer.code) == (False, "too_large")


@pytest.mark.parametrize("return_id", ["", "R 1", "../R", "R:1", "R/1", "x" * 101])
async def test_what_cannot_be_an_id_is_refused(alone: ReturnsClient, return_id: str) -> None:
    answer = await alone.cancel("acme", return_id)
    assert answer.because.startswith("return_id: ")


@pytest.mark.parametrize("signal", sorted(SIGNALS))
async def test_a_report_without_its_fields_is_refused_before_anybody_is_told(
    alone: ReturnsClient, signal: str
) -> None:
    answer = await alone.tell("acme", "R-1", signal, {"message_id": "m"})
    assert (answer.accepted, answer.code) == (False, "invalid")
    assert "occurred_at: " in answer.because


async def test_where_nothing_is_known_of_an_engine_it_says_what_to_set(
    alone: ReturnsClient,
) -> None:
    with pytest.raises(Unavailable, match="TEMPORAL_ADDRESS is not set"):
        await alone.cancel("acme", "R-1")
    with pytest.raises(Unavailable, match="DATABASE_URL is not set"):
        await alone.events("acme", "R-1")


async def test_where_nobody_listens_it_says_where_and_what_was_tried(away: ReturnsClient) -> None:
    with pytest.raises(Unavailable) as nobody:
        await away.cancel("acme", "R-1")
    assert str(nobody.value) == "cancel R-1: Temporal at 127.0.0.1:1: nobody listens there"


async def test_where_nobody_works_it_gives_up_at_its_deadline(
    surroundings: dict[str, str], tenant: str
) -> None:
    nobody_works = surroundings | {"BACKHAUL_TASK_QUEUE": "nobody-works-here"}
    async with await ReturnsClient.connect(nobody_works, deadline_s=0.5) as client:
        with pytest.raises(Unavailable, match=r"no answer within 0.5 s; perhaps no worker"):
            await client.cancel(tenant, "R-1")


async def test_a_database_that_is_away_is_named_without_its_password(
    surroundings: dict[str, str],
) -> None:
    elsewhere = surroundings | {"DATABASE_URL": "postgresql://me:hush@127.0.0.1:1/books"}
    async with await ReturnsClient.connect(elsewhere) as client:
        with pytest.raises(Unavailable) as away:
            await client.events("acme", "R-1")
    assert "PostgreSQL at 127.0.0.1:1/books" in str(away.value)
    assert "hush" not in str(away.value)


class _Draining:
    """What a run does that is about to be followed by another."""

    def __init__(self) -> None:
        self.attempts = 0


DRAINING = _Draining()


@workflow.defn(name="ReturnWorkflow")
class AlwaysDraining:
    @workflow.run
    async def run(self, _start: dict[str, str]) -> None:
        await workflow.wait_condition(lambda: False)

    @workflow.update
    async def cancel(self, _body: RawValue = RawValue(Payload())) -> dict[str, Any]:  # noqa: B008
        status = {"tenant": "t", "return_id": "R-1"}
        return {"accepted": True, "status": status, "added_by_a_newer_engine": 1}

    @cancel.validator
    def _check(self, _body: RawValue = RawValue(Payload())) -> None:  # noqa: B008
        DRAINING.attempts += 1
        if DRAINING.attempts < 4:
            raise ApplicationError("a new run is about to begin: ask again", type="draining")


async def test_a_run_that_is_ending_is_asked_again_and_new_fields_do_no_harm(
    engine: Engine, surroundings: dict[str, str], tenant: str
) -> None:
    queue = f"draining-{uuid4().hex}"
    async with (
        Worker(
            engine.env.client,
            task_queue=queue,
            workflows=[AlwaysDraining],
            workflow_runner=UnsandboxedWorkflowRunner(),
        ),
        await ReturnsClient.connect(surroundings | {"BACKHAUL_TASK_QUEUE": queue}) as client,
    ):
        answer = await client.cancel(tenant, "R-1")
        await engine.env.client.get_workflow_handle(workflow_id(tenant, "R-1")).terminate()
    assert answer.accepted
    assert DRAINING.attempts >= 4
