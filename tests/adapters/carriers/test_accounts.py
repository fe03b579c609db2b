"""More contracts with the same carriers: named in the surroundings, each with key and quota."""

import pytest

from adapters.carriers.accounts import accesses_of, carrier_accounts, carrier_limits
from adapters.misset import SettingsError

SAID = {"BACKHAUL_CARRIER_ACCOUNTS": "easypost-uk:easypost, dhl-at:dhl_returns"}


def test_accounts_are_read_with_the_partner_that_each_is_with() -> None:
    assert carrier_accounts(SAID) == {"easypost-uk": "easypost", "dhl-at": "dhl_returns"}
    assert carrier_accounts({}) == {}


@pytest.mark.parametrize("said", ["easypost-uk", "easypost-uk:ups", ":easypost"])
def test_an_account_without_a_partner_that_we_speak_to_is_named(said: str) -> None:
    with pytest.raises(SettingsError, match=r"BACKHAUL_CARRIER_ACCOUNTS: expected account:partner"):
        carrier_accounts({"BACKHAUL_CARRIER_ACCOUNTS": said})


def test_each_account_has_an_address_and_a_key_of_its_own() -> None:
    env = {"BACKHAUL_DHL_AT_URL": "https://api.example/returns/", "BACKHAUL_DHL_AT_KEY": "k-1"}
    access = accesses_of(env, {"dhl-at": "dhl_returns"})["dhl-at"]
    assert (access.base_url, access.api_key) == ("https://api.example/returns", "k-1")
    with pytest.raises(SettingsError, match="BACKHAUL_DHL_AT_KEY: expected the key of"):
        accesses_of({}, {"dhl-at": "dhl_returns"})


def test_limits_are_calls_a_second_by_account_and_the_one_for_most_has_no_name() -> None:
    said = {"BACKHAUL_CARRIER_LIMITS": "easypost:20,dhl:0.2"}
    assert carrier_limits(said, ["", "dhl"]) == {"": 20.0, "dhl": 0.2}


@pytest.mark.parametrize("said", ["dhl", "dhl:fast", "dhl:0", "dhl:-1", "dhl:inf", "dhl:nan"])
def test_a_limit_that_is_no_number_above_zero_is_named(said: str) -> None:
    with pytest.raises(SettingsError, match="BACKHAUL_CARRIER_LIMITS: expected account:calls"):
        carrier_limits({"BACKHAUL_CARRIER_LIMITS": said}, ["", "dhl"])


@pytest.mark.parametrize("said", ["dlh:0.2", "easypost:20,dlh:0.2", ":5", "easypost-uk:3"])
def test_a_limit_of_an_account_that_is_not_there_is_named_with_those_that_are(said: str) -> None:
    expected = "BACKHAUL_CARRIER_LIMITS: expected account:.* above zero, of dhl, easypost$"
    with pytest.raises(SettingsError, match=expected):
        carrier_limits({"BACKHAUL_CARRIER_LIMITS": said}, ["", "dhl"])
