"""A whole return with sealed payloads: nothing in its history says who or what was meant."""

import asyncio
import base64
import re

from google.protobuf.json_format import MessageToJson

from api.access.rights import Role
from deploy.local.temporal import temporal_cli
from tests.activities.test_privacy import PERSON, found_in
from tests.privacy.conftest import Sealed

SAID = "she told Käfigstraße 5b to the courier"


async def shown(sealed: Sealed, return_id: str) -> list[str]:
    """What the server has of a return: every byte of its history, and its row in the lists."""
    history = await sealed.engine.handle(return_id).fetch_history()
    described = await sealed.engine.handle(return_id).describe()
    texts = [MessageToJson(event) for event in history.events]
    texts += [str(event.SerializeToString()) for event in history.events]
    return [*texts, MessageToJson(described.raw_description)]


async def test_a_history_names_nobody_and_its_return_is_decided_as_ever(sealed: Sealed) -> None:
    wish = sealed.wish()
    wish["order"]["customer"] |= PERSON
    wish["lines"][0]["note"] = SAID
    answer = await sealed.returns.open(wish)
    assert answer.accepted, answer
    kept = await shown(sealed, wish["return_id"])
    assert wish["return_id"] in "".join(kept)
    assert found_in(kept) == set()


async def test_whoever_asks_in_clear_is_answered_in_clear(sealed: Sealed) -> None:
    wish = sealed.wish()
    answer = await sealed.engine.open(wish)
    assert answer["accepted"], answer
    status = await sealed.engine.status(wish["return_id"])
    assert status["return_id"] == wish["return_id"]


async def test_a_signal_in_clear_from_another_system_is_heard(sealed: Sealed) -> None:
    wish = sealed.wish()
    await sealed.returns.open(wish)
    body = {"message_id": "m-1", "occurred_at": "nonsense", "source": "dock"}
    await sealed.engine.tell(wish["return_id"], "report_tracking", body)
    await sealed.engine.until(wish["return_id"], lambda status: status["version"] > 0, "heard")


async def test_the_temporal_program_shows_staff_what_was_said_and_others_nothing(
    sealed: Sealed,
) -> None:
    wish = sealed.wish()
    wish["lines"][0]["note"] = SAID
    await sealed.returns.open(wish)
    async with sealed.api() as http:
        agent = await sealed.key(Role.AGENT)
        endpoint = ("--codec-endpoint", f"{http.base_url}/v1/codec", "--codec-auth", agent)
        in_clear = await history_by_program(sealed, wish["return_id"], *endpoint)
    assert SAID in in_clear
    assert SAID not in await history_by_program(sealed, wish["return_id"])


async def history_by_program(sealed: Sealed, return_id: str, *more: str) -> str:
    """Every payload of a history, as `temporal workflow show` has it."""
    argv = (
        *(str(temporal_cli()), "workflow", "show", "--output", "json"),
        *("--workflow-id", f"return:acme:{return_id}"),
        *("--address", sealed.env["TEMPORAL_ADDRESS"], *more),
    )
    program = await asyncio.create_subprocess_exec(*argv, stdout=asyncio.subprocess.PIPE)
    out, _ = await program.communicate()
    assert program.returncode == 0
    texts = re.findall(r'"data": "([^"]+)"', out.decode())
    return "\n".join(base64.b64decode(text).decode("utf-8", "replace") for text in texts)
