"""The hub by landed cost: near and consolidated onward, or abroad with duty; and why."""

from domain.policy.hubs import HubWay, choose_hub, landed_cost
from domain.policy.serving import Hub

DE = Hub(warehouse="hub-de", name="D", line1="1", city="L", postcode="1", country="DE")
CH = Hub(warehouse="hub-ch", name="C", line1="1", city="Z", postcode="1", country="CH")
HOME = HubWay(warehouse="hub-ch", freight={"EUR": 700}, onward={"EUR": 250})
ABROAD = HubWay(warehouse="hub-de", freight={"EUR": 1_200}, duty_bp=1_000)


def _chosen(*units: int, currency: str = "EUR") -> tuple[str, str]:
    choice = choose_hub([DE, CH], "hub-de", [HOME, ABROAD], units=units, currency=currency)
    return choice.hub.warehouse, choice.fired.because if choice.fired else ""


def test_one_cheap_unit_goes_home_and_many_go_straight_abroad() -> None:
    assert _chosen(4_000)[0] == "hub-ch"  # 950 against 1,600
    assert _chosen(*[100] * 5)[0] == "hub-de"  # 1,950 against 1,250


def test_the_choice_says_what_each_way_costs() -> None:
    _, because = _chosen(4_000)
    assert "hub-ch 950" in because
    assert "hub-de 1600" in because


def test_duty_is_rounded_up_and_relief_takes_it_away() -> None:
    assert landed_cost(ABROAD, units=[1], currency="EUR") == 1_201
    free = ABROAD.model_copy(update={"duty_bp": 0})
    assert landed_cost(free, units=[10_000], currency="EUR") == 1_200


def test_what_is_not_priced_in_the_orders_currency_is_not_compared() -> None:
    assert _chosen(4_000, currency="JPY") == ("hub-de", "")
