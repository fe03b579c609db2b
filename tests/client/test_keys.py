"""`keys`: who may come in through HTTP."""

import pytest

from tests.client.conftest import Shell


async def test_a_key_is_made_listed_and_revoked(shell: Shell) -> None:
    made = await shell("keys", "make", "shop-eu", "--role", "backend", "--days", "90", "--json")
    assert made.code == 0, made.err
    key_id = made.data["key"].split("_")[1]
    assert made.data["key"].startswith("bh_")
    listed = await shell("keys", "list")
    assert f"{key_id}  backend    shop-eu  until " in listed.out
    assert made.data["key"].split("_", 2)[2] not in listed.out
    assert (await shell("keys", "revoke", key_id)).code == 0
    assert "revoked" in (await shell("keys", "list")).out
    again = await shell("keys", "revoke", key_id)
    assert (again.code, "unknown_key" in again.err) == (1, True)


@pytest.mark.parametrize("role", ["customer", "emperor"])
async def test_a_role_that_no_key_can_have_is_wrong_usage(shell: Shell, role: str) -> None:
    made = await shell("keys", "make", "x", "--role", role)
    assert made.code == 2
    assert not made.out


async def test_where_nothing_was_denied_the_list_says_so(shell: Shell) -> None:
    assert (await shell("keys", "denied")).out == "nothing was denied\n"
