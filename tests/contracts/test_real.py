"""Which real providers the contract suite may run against."""

from tests.contracts.real import in_test_mode


def test_the_real_ones_are_opened_by_credentials_of_their_test_modes_alone() -> None:
    assert in_test_mode({}) == {}
    live = {"BACKHAUL_TEST_STRIPE_KEY": "sk_live_x", "BACKHAUL_TEST_ADYEN_KEY": "no account"}
    assert in_test_mode(live) == {}
    there = {
        "BACKHAUL_TEST_STRIPE_KEY": "rk_test_x",
        "BACKHAUL_TEST_ADYEN_KEY": "x",
        "BACKHAUL_TEST_ADYEN_ACCOUNT": "Shop",
        "BACKHAUL_TEST_PAYPAL_KEY": "client:secret",
    }
    opened = in_test_mode(there)
    assert [name.partition(" ")[0] for name in opened] == ["stripe", "adyen", "paypal"]
