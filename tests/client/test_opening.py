"""A return is opened once, whatever is repeated, and known by an id that says nothing."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from api.client import ReturnsClient
from api.client.bodies import return_id_of, update_id_of
from domain.returns.asking.request import ReturnRequest
from tests.engine import LONG_AGO, Engine
from workflows.names import workflow_id

Wish = Callable[..., dict[str, Any]]


async def test_opening_answers_with_how_the_return_stands(
    returns: ReturnsClient, wish: Wish
) -> None:
    asked = wish()

    answer = await returns.open(asked)

    assert answer.accepted
    assert answer.return_id == asked["return_id"]
    assert answer.status is not None
    assert answer.status.money is not None
    assert answer.status.money.promised_minor == 5510  # 60.00 less the label of 4.90
    assert answer.status.authorisation == "approved"


async def test_a_return_without_an_id_gets_one_and_the_same_file_again_is_the_same_return(
    returns: ReturnsClient, wish: Wish, tenant: str
) -> None:
    asked = wish()
    del asked["return_id"]

    first, second = await returns.open(asked), await returns.open(asked)

    assert first.return_id == second.return_id
    assert len(first.return_id) == len("R-") + 26  # 128 bits in base32
    opened = [event.type for event in await returns.events(tenant, first.return_id)]
    assert opened.count("ReturnRequested") == 1


async def test_the_same_request_under_another_id_is_another_return(
    returns: ReturnsClient, wish: Wish
) -> None:
    asked = wish()
    del asked["return_id"]

    first = await returns.open(asked, request_id="monday")
    second = await returns.open(asked, request_id="tuesday")

    assert first.accepted
    assert second.accepted
    assert first.return_id != second.return_id


async def test_a_request_can_be_given_as_the_domain_says_it(
    returns: ReturnsClient, wish: Wish, tenant: str
) -> None:
    asked = wish()
    answer = await returns.open(ReturnRequest.model_validate_json(json.dumps(asked)), tenant=tenant)
    assert answer.accepted


async def test_twenty_openings_at_once_are_one_return(
    returns: ReturnsClient, wish: Wish, tenant: str
) -> None:
    asked = wish()

    answers = await asyncio.gather(*(returns.open(asked) for _ in range(20)))

    assert all(answer.accepted for answer in answers)
    opened = [event.type for event in await returns.events(tenant, asked["return_id"])]
    assert opened.count("ReturnRequested") == 1


async def test_the_ui_says_what_the_return_is_about_and_nothing_personal(
    returns: ReturnsClient, engine: Engine, wish: Wish, tenant: str
) -> None:
    asked = wish()
    await returns.open(asked)

    handle = engine.env.client.get_workflow_handle(workflow_id(tenant, asked["return_id"]))
    told = await handle.describe()
    summary, details = await told.static_summary(), await told.static_details()

    assert summary == f"Return {asked['return_id']} of order {asked['order_id']}"
    assert details is not None
    assert "too small" in details
    assert "drop off label" in details
    for personal in ("Camille", "camille@example.org", "rue de la Paix"):
        assert personal not in summary + details


async def test_a_request_without_a_merchant_is_refused_by_name(
    alone: ReturnsClient, wish: Wish
) -> None:
    asked = wish()
    del asked["order"]
    answer = await alone.open(asked)
    assert (answer.accepted, answer.code) == (False, "invalid")
    assert answer.because.startswith("tenant: ")


@pytest.mark.parametrize("tenant", ["ac/me", "", "a b", "x" * 101, "return:acme"])
def test_no_made_up_id_depends_on_how_its_parts_are_cut(tenant: str) -> None:
    assert return_id_of(tenant, "1") != return_id_of(f"{tenant}1", "")


def test_one_act_is_one_update_even_if_another_update_has_its_id() -> None:
    assert update_id_of("approve", "1", b"{}") != update_id_of("cancel", "1", b"{}")


def test_an_id_of_any_length_fits_the_server() -> None:
    assert len(update_id_of("approve", "é" * 200, b"{}")) < 100
    assert update_id_of("approve", "é" * 200, b"{}") != update_id_of("approve", "é" * 199, b"{}")


async def test_a_quote_is_what_the_opening_then_promises_and_records_nothing(
    returns: ReturnsClient, wish: Wish, tenant: str
) -> None:
    asked = wish(lines=[{"line_id": "1", "quantity": 2, "reason": "too_small"}])

    quoted = await returns.quote(asked)

    assert await returns.events(tenant, asked["return_id"]) == ()
    opened = await returns.open(asked)
    assert quoted.quote is not None
    assert opened.status is not None
    assert opened.status.money is not None
    assert quoted.quote.total_minor == opened.status.money.quoted_minor == 11510
    assert quoted.outcome == "approved"


async def test_a_quote_knows_what_other_returns_have_taken(
    returns: ReturnsClient, wish: Wish
) -> None:
    first = wish(lines=[{"line_id": "1", "quantity": 3, "reason": "too_small"}])
    await returns.open(first)

    quoted = await returns.quote({**first, "return_id": "R-other"})

    assert (quoted.accepted, quoted.code) == (False, "nothing_left_to_return")


async def test_a_quote_says_what_the_policy_would_decline(
    returns: ReturnsClient, wish: Wish
) -> None:
    late = wish(sold=LONG_AGO)
    quoted = await returns.quote(late)
    assert (quoted.accepted, quoted.outcome) == (True, "declined")
    assert quoted.because


async def test_a_caller_that_is_cancelled_is_cancelled_and_not_told_of_a_server_that_is_away(
    surroundings: dict[str, str], wish: Wish
) -> None:
    nobody_works = surroundings | {"BACKHAUL_TASK_QUEUE": "nobody-works-here"}
    async with await ReturnsClient.connect(nobody_works) as client:
        asking = asyncio.create_task(client.open(wish()))
        await asyncio.wait([asking], timeout=timedelta(milliseconds=300).total_seconds())
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
