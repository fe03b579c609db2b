"""Money given back without a return, typed: paid by the gateway, let go by people, revived."""

import base64

import pytest

from tests.client.conftest import Sell, Shell
from tests.client.test_orders import lines
from tests.engine import Engine
from workflows.names import refund_id


@pytest.fixture
def surroundings(surroundings: dict[str, str], engine: Engine) -> dict[str, str]:
    """Who takes orders in has the key that seals persons."""
    key = base64.b64encode(engine.settings.master_keys[0]).decode()
    return surroundings | {"BACKHAUL_MASTER_KEY": key}


async def test_staff_refund_an_order_within_its_caps_from_the_command_line(
    shell: Shell, sell: Sell, engine: Engine
) -> None:
    sold = sell()
    await engine.sandbox.capture(sold["tenders"][0]["payment_ref"], 18_600, "EUR")
    await shell("orders", "import", shell.file(lines(sold)))
    refunding = ("orders", "refund", sold["order_id"], "--because", "stained")
    done = await shell(*refunding, "--part", "unit:1:1=6000", "--instruction-id", "s1")
    assert (done.code, done.out.splitlines()[0]) == (
        0, "s1 is planned: send 60.00 EUR through stripe",
    )  # fmt: skip
    over = await shell(*refunding, "--part", "unit:1:1=1")
    assert over.code == 1
    assert "refused (over_unit_cap): 1 EUR minor units asked of the unit 1 1, 0 still" in over.err

    refund = refund_id(shell.tenant, sold["order_id"], "s1")
    assert await engine.env.client.get_workflow_handle(refund).result() == "succeeded"
    shown = await shell("orders", "show", sold["order_id"])
    assert shown.out.splitlines()[0] == (
        f"order {sold['order_id']}: 186.00 EUR captured, 126.00 EUR may still go back"
    )
    assert "  paid: 60.00 EUR by staff, s1" in shown.out
    assert "      asked for by staff:command-line" in shown.out


async def test_a_dear_refund_waits_for_two_others_who_are_named(shell: Shell, sell: Sell) -> None:
    sold = sell(shipping={"net_minor": 400_000, "tax_minor": 0})
    sold["tenders"][0]["captured_minor"] = 418_000
    await shell("orders", "import", shell.file(lines(sold)))
    which = (sold["order_id"], "s1")
    asked = await shell(
        "orders", "refund", sold["order_id"], "--because", "late",
        "--part", "shipping=400000", "--instruction-id", "s1",
    )  # fmt: skip
    assert "4000.00 EUR wait for 2 more to say yes: refund-approve" in asked.out
    own = await shell("orders", "refund-approve", *which)
    assert "refused (not_independent)" in own.err
    bert = await shell("orders", "refund-approve", *which, "--actor", "staff:bert")
    assert "wait for 1 more" in bert.out
    shown = await shell("orders", "show", sold["order_id"], "--json")
    [payout] = shown.data["payouts"]
    assert payout["refund"]["approved_by"] == ["staff:bert"]
    assert payout["refund"]["next"]["action"] == "approve_refund"
    no = await shell("orders", "refund-decline", *which, "--because", "no", "--actor", "staff:c")
    assert no.out == "s1 is cancelled\n"


async def test_a_refund_that_temporal_has_lost_is_revived_once(
    shell: Shell, sell: Sell, engine: Engine
) -> None:
    sold = sell()
    sold["tenders"][0] |= {"kind": "cash", "provider": "cash"}
    await shell("orders", "import", shell.file(lines(sold)))
    asked = ("orders", "refund", sold["order_id"], "--because", "x", "--part", "shipping=1")
    await shell(*asked, "--instruction-id", "s1")
    workflow = refund_id(shell.tenant, sold["order_id"], "s1")
    await engine.env.client.get_workflow_handle(workflow).terminate()
    first = await shell("revive", "--tenant", shell.tenant)
    second = await shell("revive", "--tenant", shell.tenant)
    assert (first.out, second.out) == (
        "1 started, 0 were running\n", "0 started, 1 were running\n",
    )  # fmt: skip
