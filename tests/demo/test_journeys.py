import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from demo.journeys import (
    ORDERS,
    REQUESTS,
    Unusable,
    moved_to,
    read_journeys,
    read_orders,
    with_orders,
)
from demo.wishes import wishes_for
from domain.money import exponent
from domain.orders.values import total_difference
from domain.returns.commands import UPDATES

TODAY = datetime(2027, 2, 3, 12, 0, tzinfo=UTC)


def test_every_shipped_order_is_explained_to_the_minor_unit() -> None:
    differences = {
        o.order_id: total_difference(o.order()).amount_minor for o in read_orders(ORDERS)
    }
    assert len(differences) >= 44
    assert {order_id for order_id, minor in differences.items() if minor} == set()


def test_the_shipped_orders_show_the_breadth_of_a_merchants_trade() -> None:
    orders = read_orders(ORDERS)
    lines = [line for order in orders for line in order.lines]
    assert {exponent(order.currency) for order in orders} == {0, 2, 3}
    assert len({order.currency for order in orders}) >= 5
    assert len({order.ship_to for order in orders}) >= 8
    assert any(len({t.kind for t in order.tenders}) > 1 for order in orders)
    assert any(order.order_discount_minor for order in orders)
    assert any(len(order.deliveries) > 1 for order in orders)
    for told in ("line_discount_minor", "tax_minor", "duty_minor", "import_tax_minor", "serials"):
        assert any(getattr(line, told) for line in lines), told
    assert all(line.hs_code for line in lines)


def test_every_shipped_request_is_for_a_shipped_order_and_its_acts_can_be_done() -> None:
    from demo.deeds import DEEDS

    journeys = with_orders(read_journeys(REQUESTS), read_orders(ORDERS))
    acts = [act for j in journeys for top in j.acts for act in (top.together or (top,))]
    assert len({journey.journey for journey in journeys}) >= 18
    assert {act.do for act in acts} <= {*UPDATES, *DEEDS}


def test_a_plain_list_of_requests_is_played_on_a_good_day(tmp_path: Path) -> None:
    wish = {
        "order_id": "W-2001",
        "requested_at": "2026-06-15T09:00:00Z",
        "lines": [{"line_id": "1", "quantity": 1, "reason": "too_small"}],
        "method": "drop_off_label",
    }
    path = tmp_path / "requests.json"
    path.write_text(json.dumps([wish, wish]))
    first, second = read_journeys(path)
    assert first.scripts == ({"script": "parcel.happy"},)
    assert (first.return_id, second.return_id) == ("R-W-2001-1", "R-W-2001-2")


def test_a_file_may_hold_an_object_a_line(tmp_path: Path) -> None:
    path = tmp_path / "orders.jsonl"
    path.write_text("\n".join(json.dumps(o) for o in json.loads(ORDERS.read_text("utf-8"))))
    assert read_orders(path) == read_orders(ORDERS)


def test_a_misfit_is_named_with_its_file_and_field(tmp_path: Path) -> None:
    path = tmp_path / "requests.json"
    path.write_text('[{"order_id": "W-1", "requested_at": "2026-06-15T09:00:00Z", "lines": []}]')
    with pytest.raises(
        Unusable, match=r"requests\.json: 0\.request\.method: .*0\.request\.lines: "
    ):
        read_journeys(path)


@pytest.mark.parametrize("text", ["{", "[1,", "\x00"])
def test_a_file_that_is_no_json_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "orders.json"
    path.write_text(text)
    with pytest.raises(Unusable, match=r"orders\.json: "):
        read_orders(path)


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"missing\.json: cannot be read"):
        read_orders(tmp_path / "missing.json")


def test_a_request_for_an_unknown_order_is_refused_by_name() -> None:
    with pytest.raises(Unusable, match="there is no order W-2001"):
        with_orders(read_journeys(REQUESTS), [])


def test_two_merchants_may_have_an_order_of_one_number(tmp_path: Path) -> None:
    [ours] = [order for order in read_orders(ORDERS) if order.order_id == "W-2001"]
    theirs = ours.model_copy(update={"tenant": "zeta"})
    asked = json.loads(REQUESTS.read_text("utf-8"))[0]["request"] | {"order_id": "W-2001"}
    path = tmp_path / "requests.json"
    path.write_text(json.dumps([{"tenant": "zeta", **asked}]))
    [journey] = with_orders(read_journeys(path), [ours, theirs])
    assert journey.request.order == theirs
    path.write_text(json.dumps([asked]))
    with pytest.raises(Unusable, match="acme, zeta each have an order W-2001: say tenant"):
        with_orders(read_journeys(path), [ours, theirs])


def test_an_order_given_twice_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "orders.json"
    order = json.loads(ORDERS.read_text("utf-8"))[0]
    path.write_text(json.dumps([order, order]))
    with pytest.raises(Unusable, match="W-2001 is given twice"):
        read_orders(path)


def test_the_calendar_of_each_order_moves_as_a_whole() -> None:
    before = with_orders(read_journeys(REQUESTS), read_orders(ORDERS))
    after = moved_to(before, TODAY)
    assert {(TODAY - journey.request.requested_at) // timedelta(days=1) for journey in after} == {0}
    for old, new in zip(before, after, strict=True):
        assert old.request.order is not None
        assert new.request.order is not None
        assert new.request.requested_at - new.request.order.placed_at == (
            old.request.requested_at - old.request.order.placed_at
        )
        assert new.request.lines == old.request.lines


def test_orders_without_requests_get_the_same_wishes_every_time() -> None:
    orders = read_orders(ORDERS)
    wishes = wishes_for(orders)
    assert wishes == wishes_for(orders)
    assert [wish.request.order_id for wish in wishes] == [order.order_id for order in orders]
    both = [orders[0], orders[0].model_copy(update={"tenant": "zeta"})]
    assert [wish.request.order for wish in with_orders(wishes_for(both), both)] == both
