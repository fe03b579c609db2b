"""Orders come in by the file and returns are then opened by nothing but their id."""

import base64
import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from adapters.postgres.pool import Pool
from adapters.postgres.subjects import PostgresSubjects
from adapters.sealing.wrapping import MasterKeys
from adapters.settings import SettingsError
from api.client import ReturnsClient
from api.client.importing import OrderTaken
from domain.orders import commands as c
from domain.orders.events import LineTaken, TenderTaken
from domain.orders.importing.shopify_money import Shop
from tests.client.conftest import Processes, Sell, Shell
from tests.domain.orders.importing import lately, refund, row, shopify
from tests.engine import Engine

Wish = Callable[..., dict[str, Any]]


@pytest.fixture
def surroundings(surroundings: dict[str, str], engine: Engine) -> dict[str, str]:
    """Who takes orders in has the key that seals persons."""
    key = base64.b64encode(engine.settings.master_keys[0]).decode()
    return surroundings | {"BACKHAUL_MASTER_KEY": key}


async def take_in(returns: ReturnsClient, text: str, form: Any = "json") -> list[OrderTaken]:
    shop = Shop(returns.where.tenant, "DE")
    return [taken async for taken in returns.orders.take_in(io.StringIO(text), form, shop)]


def lines(*documents: dict[str, Any]) -> str:
    return "\n".join(map(json.dumps, documents))


async def test_a_return_is_opened_by_the_id_of_an_order_that_came_in_before(
    returns: ReturnsClient, sell: Sell, wish: Wish, tenant: str, engine: Engine
) -> None:
    sold = sell()
    await engine.sandbox.capture(sold["tenders"][0]["payment_ref"], 18_600, "EUR")
    [taken] = await take_in(returns, lines(sold))
    assert taken.outcome == "recorded"

    asked = wish(order_id=sold["order_id"])
    del asked["order"]
    answer = await returns.open(asked, tenant=tenant)

    assert answer.accepted, answer.because
    assert answer.status is not None
    assert answer.status.money is not None
    assert answer.status.money.promised_minor == 5_510  # 60.00 less the label of 4.90


async def test_the_person_is_in_the_vault_and_in_no_event(
    returns: ReturnsClient, sell: Sell, tenant: str, pool: Pool, engine: Engine
) -> None:
    sold = sell()
    await take_in(returns, lines(sold))
    kept = await PostgresSubjects(pool, MasterKeys(*engine.settings.master_keys)).get(
        tenant, sold["customer"]["customer_id"]
    )
    assert kept is not None
    assert kept["email"] == "camille@example.org"
    ledger = await returns.orders.look(tenant, sold["order_id"])
    assert "Camille" not in repr(ledger)


async def test_the_same_file_again_changes_nothing_and_a_changed_order_is_its_next_version(
    returns: ReturnsClient, sell: Sell
) -> None:
    one, other = sell(), sell()
    await take_in(returns, lines(one))
    later = {**one, "deliveries": []}
    told = await take_in(returns, lines(one, other, later, later))
    assert [taken.outcome for taken in told] == ["unchanged", "recorded", "changed", "unchanged"]


async def test_an_import_that_was_cut_off_goes_on_where_it_was(
    returns: ReturnsClient, sell: Sell
) -> None:
    file = lines(*(sell() for _ in range(20)))
    shop = Shop(returns.where.tenant)
    cut = returns.orders.take_in(io.StringIO(file), "json", shop)
    first = await anext(cut)
    await cut.aclose()
    told = await take_in(returns, file)
    assert first.outcome == "recorded"
    outcomes = [taken.outcome for taken in told]
    known = outcomes.count("unchanged")
    assert 1 <= known < 20
    assert outcomes == ["unchanged"] * known + ["recorded"] * (20 - known)


async def test_one_order_that_is_refused_keeps_no_other_out(
    returns: ReturnsClient, sell: Sell, tenant: str
) -> None:
    short = sell()
    short["tenders"][0]["captured_minor"] -= 1
    good = sell()
    told = await take_in(returns, lines(short, {"order_id": "W-x"}, good))
    assert [(taken.outcome, taken.code) for taken in told] == [
        ("refused", "does_not_add_up"),
        ("refused", "invalid"),
        ("recorded", ""),
    ]
    assert (told[0].differences[0].expected_minor, told[0].differences[0].found_minor) == (
        18_600,
        18_599,
    )
    assert await returns.orders.look(tenant, short["order_id"]) is None


async def test_refunds_made_in_the_shop_count_once_and_are_quoted_no_more(
    returns: ReturnsClient, tenant: str
) -> None:
    key = int(uuid4().int % 10**15)
    sold = lately(shopify(id=key, refunds=[refund(id=key)]))
    told = await take_in(returns, lines(sold, sold), "shopify")
    assert [(taken.outcome, taken.outside_refunds) for taken in told] == [
        ("recorded", 1),
        ("unchanged", 0),
    ]
    request = {
        "order_id": str(key),
        "requested_at": datetime.now(UTC).isoformat(),
        "method": "drop_off_label",
        "lines": [{"line_id": "11", "quantity": 2, "reason": "too_small"}],
    }
    quoted = await returns.quote(request, tenant=tenant)
    assert quoted.quote is not None
    assert [unit.refund_minor for unit in quoted.quote.units] == [4_014, 2]


async def test_a_refund_over_a_cap_is_given_to_a_person(
    returns: ReturnsClient, sell: Sell, tenant: str
) -> None:
    sold = sell()
    await take_in(returns, lines(sold))
    outside = c.RecordOutsideRefund(
        refund_ref="re_1",
        made_in="stripe",
        occurred_at=datetime.now(UTC),
        tenders=(TenderTaken(tender_id="t1", amount_minor=19_000),),
        lines=(LineTaken(line_id="1", quantity=3, amount_minor=19_000),),
    )
    outcome = await returns.orders.tell(tenant, sold["order_id"], outside, "1")
    assert [event.type for event in outcome.events] == ["OutsideRefundRecorded", "OrderEscalated"]


async def test_without_the_key_that_seals_persons_no_order_is_taken_in(
    surroundings: dict[str, str], sell: Sell
) -> None:
    del surroundings["BACKHAUL_MASTER_KEY"]
    async with await ReturnsClient.connect(surroundings) as keyless:
        with pytest.raises(SettingsError, match="BACKHAUL_MASTER_KEY"):
            await take_in(keyless, lines(sell()))


# ── Typed ─────────────────────────────────────────────────────────────────────────────────


async def test_orders_are_taken_in_from_a_table(shell: Shell) -> None:
    told = io.StringIO()
    table = csv.DictWriter(told, list(row()))
    table.writeheader()
    table.writerow(row(order_id="W-csv", payment_1_ref="pi_csv"))
    table.writerow(row(order_id="W-bad", payment_1_captured="41,65"))
    file = shell.file(told.getvalue(), "orders.csv")

    typed = await shell("orders", "import", file)

    assert typed.code == 1
    assert typed.out == "2 orders: 1 recorded, 1 refused; 0 outside refunds, 0 concerns\n"
    assert typed.err == (
        "line 3: order W-bad refused (invalid): "
        "payment_1_captured: expected an amount in EUR, as 10.55\n"
    )


async def test_a_program_gets_a_line_for_each_order(shell: Shell, sell: Sell) -> None:
    typed = await shell("orders", "import", shell.file(lines(sell(), sell())), "--json")
    told = [json.loads(line) for line in typed.out.splitlines()]
    assert typed.code == 0
    assert [each.get("outcome") for each in told] == ["recorded", "recorded", None]
    assert told[-1] == {"orders": {"recorded": 2, "outside_refunds": 0, "concerns": 0}}


async def test_a_check_needs_no_engine_and_records_nothing(bare_shell: Shell, sell: Sell) -> None:
    typed = await bare_shell("orders", "import", bare_shell.file(lines(sell())), "--check")
    assert (typed.code, typed.out) == (0, "1 orders: 1 checked; 0 outside refunds, 0 concerns\n")


async def test_an_import_for_one_merchant_takes_no_order_of_another(
    shell: Shell, sell: Sell
) -> None:
    file = shell.file(lines(sell(tenant="other")))
    typed = await shell("orders", "import", file, "--tenant", shell.tenant)
    assert typed.code == 1
    assert "foreign_tenant" in typed.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("import", "nowhere.json"), "nowhere.json: cannot be read"),
        (("import", "-", "--provider", "stripe"), "--provider stripe: expected THEIRS=OURS"),
        (("import", "-", "--ship-from", "Germany"), "--ship-from: expected a country"),
        (("refund", "W-1", "--part", "unit:1:1", "--because", "x"), "--part unit:1:1: expected"),
    ],
)
async def test_wrong_usage_is_told(shell: Shell, arguments: tuple[str, ...], said: str) -> None:
    typed = await shell("orders", *arguments)
    assert typed.code == 2
    assert said in typed.err


async def test_what_waits_for_a_person_is_listed_until_it_is_settled(
    shell: Shell, sell: Sell, returns: ReturnsClient
) -> None:
    sold = sell()
    await shell("orders", "import", shell.file(lines(sold)))
    body = {
        "refund_ref": "re_1",
        "made_in": "stripe",
        "occurred_at": "2026-03-10T10:00:00Z",
        "tenders": [{"tender_id": "t1", "amount_minor": 18_601}],
    }
    told = await shell("orders", "outside-refund", sold["order_id"], shell.file(body))
    assert told.out == (
        "recorded\nfor a person: refund re_1 made in stripe is over a cap: "
        "order by 1, tender t1 by 1 EUR minor units\n"
    )
    await returns.rebuild("order_concerns")
    listed = await shell("orders", "concerns", "--tenant", shell.tenant, "--json")
    assert [each["concern_id"] for each in listed.data] == ["over_cap.1"]
    settled = await shell(
        "orders", "settle", sold["order_id"], "over_cap.1", "--because", "goodwill"
    )
    assert settled.out == "over_cap.1 is settled\n"
    await returns.rebuild("order_concerns")
    listed = await shell("orders", "concerns", "--tenant", shell.tenant)
    assert listed.out == "nothing waits\n"


async def test_a_file_comes_in_through_a_pipe(processes: Processes, sell: Sell) -> None:
    typed = await processes(
        "orders", "import", "-", "--format", "json", stdin=lines(sell()).encode()
    )
    assert (typed.code, typed.err) == (0, "")
    assert typed.out.startswith("1 orders: 1 recorded")


async def test_what_is_no_text_is_told(processes: Processes) -> None:
    typed = await processes("orders", "import", "-", "--check", stdin=b"[\xff\xfe")
    assert typed.code == 1
    assert typed.err.startswith("refused (not_text): body: is not UTF-8")
