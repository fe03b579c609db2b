"""docs/http.md: its commands work as they stand there, and its table is the one in the code."""

import ast
import asyncio
import json
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from api.access.rights import Role, as_table
from api.over_http import HttpClient
from api.returns import BoardQuery
from domain.subscriptions.wishes import SubscriptionWish
from tests.http.conftest import Shop
from tests.receiver import Receiver, receiving

DOCUMENT = (Path(__file__).parents[2] / "docs" / "http.md").read_text("utf-8")


def test_the_table_of_rights_is_the_one_in_the_code() -> None:
    [shown] = re.findall(r"<!-- rights:.*?-->\n(.*?)\n<!-- /rights -->", DOCUMENT, re.DOTALL)
    assert shown == as_table()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as server:
        yield server


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not on this machine")
async def test_every_curl_of_the_document_does_what_it_says(
    shop: Shop, receiver: Receiver, tmp_path: Path
) -> None:
    wish = shop.wish()
    (tmp_path / "request.json").write_text(json.dumps(wish), "utf-8")
    header = (await shop.key(Role.BACKEND))["Authorization"]
    async with await shop.client() as returns:
        wished = SubscriptionWish(url=receiver.url)
        subscribed = await returns.subscribe(wished)
    env = {
        "KEY": header.removeprefix("Bearer "),
        "API": str(shop.http.base_url).rstrip("/"),
        "CUSTOMER": "c-7",
        "RETURN": wish["return_id"],
        "HOOK": receiver.url,
        "SUBSCRIPTION": subscribed.subscription_id,
        "PATH": "/usr/bin:/bin:/usr/local/bin",
    }
    lines = re.findall(r"^curl .*$", DOCUMENT, re.MULTILINE)
    assert len(lines) == 19
    for line in lines:
        said = line.replace("W-1042-", f"{uuid4().hex}-")
        process = await asyncio.create_subprocess_exec(
            "sh", "-c", said, cwd=tmp_path, env=env, stdout=asyncio.subprocess.PIPE
        )
        out, _ = await process.communicate()
        assert process.returncode == 0, line
        assert "-o " in line or isinstance(json.loads(out), dict), line


async def test_the_python_of_the_document_does_what_it_says(shop: Shop) -> None:
    [shown] = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    wish = shop.wish()
    key = (await shop.key(Role.BACKEND))["Authorization"].removeprefix("Bearer ")
    known: dict[str, Any] = {"API": str(shop.http.base_url), "KEY": key, "request": wish}
    known |= {"HttpClient": HttpClient, "BoardQuery": BoardQuery}
    run = eval(  # noqa: S307 our own document
        compile(shown, "docs/http.md", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), known
    )
    await run
    assert known["status"].return_id == wish["return_id"]
    assert known["status"].method == "drop_off_code"
