"""`rewrap`, as an operator types it after a change of the master key."""

import base64

import pytest

from adapters.postgres.data_keys import DataKeys
from adapters.postgres.pool import Pool
from adapters.sealing.wrapping import MasterKeys
from tests.client.conftest import Shell
from tests.engine import Engine

NEWER = bytes(range(32))


async def test_it_says_what_it_wrapped_and_whether_an_older_key_may_go(
    shell: Shell, pool: Pool, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    current = engine.settings.master_keys[0]
    await DataKeys(pool, MasterKeys(NEWER)).newest(f"return:{shell.tenant}:R-1")

    def keys(*listed: bytes) -> None:
        told = ",".join(base64.b64encode(key).decode() for key in listed)
        monkeypatch.setenv("BACKHAUL_MASTER_KEY", told)

    keys(current)
    refused = await shell("rewrap")
    assert (refused.code, "data_key: 0 wrapped anew, 1 left" in refused.out) == (1, True)
    assert "1 left: older master keys have to stay" in refused.out
    keys(current, NEWER)
    done = await shell("rewrap")
    assert (done.code, "data_key: 1 wrapped anew, 0 left" in done.out) == (0, True)
    assert "older master keys wrap nothing: they may go" in done.out


async def test_without_a_master_key_it_is_wrong_usage(shell: Shell) -> None:
    typed = await shell("rewrap")
    assert (typed.code, "BACKHAUL_MASTER_KEY: expected" in typed.err) == (2, True)
