"""A claim has a workflow of its own: started by its return, followed for months, readable alone."""

from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowHandle

from tests.engine import TODAY, Engine, eventually
from tests.workflows.case import Case
from tests.workflows.replaying import differences

LOST_MINOR = 5_000


@pytest.fixture(scope="module")
def engine(engine_apart: Engine) -> Engine:
    return engine_apart


def recovery(case: Case, name: str = "P1-lost") -> WorkflowHandle[Any, Any]:
    return case.engine.env.client.get_workflow_handle(f"recovery:acme:{case.return_id}.{name}")


async def standing(case: Case, action: str) -> dict[str, Any]:
    """Wait until that is the claim's next step."""

    async def there() -> dict[str, Any]:
        status: dict[str, Any] = await recovery(case).query("status")
        return status if status["next_action"] == action else {}

    return await eventually(there, action)


async def say(case: Case, update: str, **said: Any) -> dict[str, Any]:
    body = {"request_id": update, "actor": {"kind": "staff", "id": "s-1"}, **said}
    answer: dict[str, Any] = await recovery(case).execute_update(update, body)
    return answer


async def lost(case: Case) -> str:
    """The carrier takes the parcel, and says that it is gone."""
    number = await case.labelled()
    await case.engine.sandbox.scan("in_transit", tracking_number=number)
    await case.track(number, "scanned")
    await case.track(number, "lost", occurred_at=_after(1))
    await case.engine.ended(case.return_id)
    return number


def _after(seconds: float) -> str:
    return (TODAY + timedelta(seconds=seconds)).isoformat()


async def claims(case: Case, kind: str) -> list[dict[str, Any]]:
    rows = await case.engine.sandbox.ledger("claims")
    return [row for row in rows if row["return_id"] == case.return_id and row["kind"] == kind]


async def test_a_lost_parcel_is_claimed_filed_granted_and_paid_beside_its_return(
    case: Case,
) -> None:
    await lost(case)
    assert (await case.status())["headline"] == "completed"
    waiting = await standing(case, "wait_to_file")
    assert waiting["claimed_minor"] == LOST_MINOR
    engine = case.engine
    await engine.env.fast_forward(recovery(case), timedelta(days=31))
    filed = await standing(case, "answer")
    assert len(await claims(case, "filed")) == 1
    assert filed["reference"].startswith("clm_")
    await engine.sandbox.advance(timedelta(days=10))
    await engine.env.fast_forward(recovery(case), timedelta(days=8))
    await standing(case, "pay")
    (paid,) = await claims(case, "paid")
    amount = {"amount_minor": LOST_MINOR, "currency": "EUR"}
    answer = await say(case, "book_payment", amount=amount, reference=paid["payment_ref"])
    assert answer["accepted"], answer["because"]
    assert await recovery(case).result() == "paid"
    assert await differences(await recovery(case).fetch_history()) == []


async def test_found_again_it_takes_its_claim_back_though_both_workflows_had_ended(
    case: Case,
) -> None:
    number = await lost(case)
    await standing(case, "wait_to_file")
    await case.track(number, "found", occurred_at=_after(2))
    assert await recovery(case).result() == "withdrawn"
    assert (await case.status())["headline"] != "lost"


async def test_what_is_told_of_a_claim_that_makes_no_sense_is_refused_and_it_goes_on(
    case: Case,
) -> None:
    await lost(case)
    await standing(case, "wait_to_file")
    answer = await say(case, "book_payment", amount=5, reference="x")
    assert (answer["accepted"], answer["code"]) == (False, "invalid")
    assert answer["because"].startswith("amount")
    assert (await say(case, "give_back", reference="x"))["code"] == "wrong_moment"
    assert (await say(case, "close", because="too small"))["accepted"]
    assert await recovery(case).result() == "closed"
