import base64
from pathlib import Path

import pytest
from pydantic import ValidationError

from adapters.settings import Settings, SettingsError, temporal_profile
from deploy.local.addresses import ensure_secrets, with_running_stack, write_variables

KEY = base64.b64encode(bytes(range(32))).decode()
ENOUGH = {
    "DATABASE_URL": "postgresql://engine:hunter2@db.example/returns",
    "TEMPORAL_ADDRESS": "temporal.example:7233",
    "BACKHAUL_MASTER_KEY": KEY,
}


def test_the_defaults_serve_one_machine() -> None:
    settings = Settings.from_env(ENOUGH)
    assert settings.task_queue == "returns"
    assert settings.master_keys == (bytes(range(32)),)
    assert settings.temporal_connect() == {"target_host": "temporal.example:7233"}


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("DATABASE_URL", "", r"DATABASE_URL: expected a postgresql:// address .*make up"),
        ("DATABASE_URL", "mysql://x", r"DATABASE_URL: .* begins with postgresql://"),
        ("TEMPORAL_ADDRESS", "", r"TEMPORAL_ADDRESS: expected host:port"),
        ("TEMPORAL_PROFILE", "nowhere", r"TEMPORAL_PROFILE: .*'nowhere' not found"),
        ("BACKHAUL_MASTER_KEY", "", r"BACKHAUL_MASTER_KEY: expected 32 random bytes"),
        ("BACKHAUL_MASTER_KEY", KEY[:-4], r"BACKHAUL_MASTER_KEY: expected 32 random bytes"),
        ("BACKHAUL_SMTP_PORT", "65536", r"BACKHAUL_SMTP_PORT: expected a port, 1 to 65535"),
        ("BACKHAUL_SMTP_PORT", "-1", r"BACKHAUL_SMTP_PORT: expected a port"),
        ("BACKHAUL_SANDBOX_URL", "ftp://x", r"BACKHAUL_SANDBOX_URL: .* begins with https://"),
        ("BACKHAUL_POLICY", "/no/such/file", r"BACKHAUL_POLICY: expected the path of a file"),
        ("BACKHAUL_CARRIER_LIMITS", "dlh:1", r"BACKHAUL_CARRIER_LIMITS: .* of dhl, easypost"),
        ("BACKHAUL_LOG", "xml", r"BACKHAUL_LOG: expected json or console"),
    ],
)
def test_a_variable_that_makes_no_sense_is_named_with_what_was_expected(
    variable: str, value: str, sentence: str
) -> None:
    with pytest.raises(SettingsError, match=sentence):
        Settings.from_env(ENOUGH | {variable: value})


def test_a_partner_is_the_sandboxs_until_settings_say_otherwise() -> None:
    env = ENOUGH | {"BACKHAUL_SANDBOX_URL": "http://127.0.0.1:8090"}
    assert Settings.from_env(env).partner("stripe").base_url == "http://127.0.0.1:8090/stripe/v1"
    real = env | {"BACKHAUL_STRIPE_URL": "https://api.example/v1", "BACKHAUL_STRIPE_KEY": "sk_1"}
    assert Settings.from_env(real).partner("stripe").api_key == "sk_1"
    assert Settings.from_env(real).partner("easypost").base_url.startswith("http://127.0.0.1")


def test_a_further_contract_with_a_carrier_may_have_a_limit() -> None:
    account = {"BACKHAUL_DHL_AT_URL": "https://api.example", "BACKHAUL_DHL_AT_KEY": "k-1"}
    said = {
        "BACKHAUL_CARRIER_ACCOUNTS": "dhl-at:dhl_returns",
        "BACKHAUL_CARRIER_LIMITS": "dhl-at:3",
    }
    assert Settings.from_env(ENOUGH | account | said).carrier_limits == {"dhl-at": 3.0}


def test_half_of_a_partners_access_is_a_mistake_that_is_named() -> None:
    with pytest.raises(SettingsError, match=r"BACKHAUL_STRIPE_KEY: expected both"):
        Settings.from_env(ENOUGH | {"BACKHAUL_STRIPE_URL": "https://api.example/v1"})
    with pytest.raises(SettingsError, match=r"BACKHAUL_WAREHOUSE_URL: expected"):
        Settings.from_env(ENOUGH).partner("warehouse")


def test_texts_are_sent_from_a_number_that_somebody_named() -> None:
    account = {"BACKHAUL_TWILIO_URL": "https://api.twilio.com", "BACKHAUL_TWILIO_KEY": "AC1:token"}
    with pytest.raises(SettingsError, match=r"BACKHAUL_TWILIO_SENDER: expected a number"):
        Settings.from_env(ENOUGH | account)
    named = Settings.from_env(ENOUGH | account | {"BACKHAUL_TWILIO_SENDER": "MG1"})
    assert named.twilio_sender == "MG1"


def test_both_secrets_count_while_one_retires() -> None:
    env = ENOUGH | {"BACKHAUL_WEBHOOK_SECRET_STRIPE": "whsec_new,whsec_old"}
    assert Settings.from_env(env).webhook_secrets == {"stripe": ("whsec_new", "whsec_old")}


def test_no_secret_shows_in_the_representation() -> None:
    env = ENOUGH | {"BACKHAUL_WEBHOOK_SECRET_STRIPE": "whsec_x", "TEMPORAL_API_KEY": "tmprl"}
    shown = repr(Settings.from_env(env))
    assert [secret for secret in ("hunter2", KEY, "whsec_x", "tmprl") if secret in shown] == []


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        Settings.from_env(ENOUGH).task_queue = "other"  # type: ignore[misc]  # it is the point


def test_a_profile_file_counts_only_when_it_is_asked_for(tmp_path: Path) -> None:
    home = tmp_path / ".config" / "temporalio"
    home.mkdir(parents=True)
    (home / "temporal.toml").write_text('[profile.default]\naddress = "production.example:7233"\n')
    in_home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / ".config")}
    with pytest.raises(SettingsError, match="TEMPORAL_ADDRESS"):
        temporal_profile(in_home)

    asked_for = in_home | {"TEMPORAL_CONFIG_FILE": str(home / "temporal.toml")}
    assert temporal_profile(asked_for).address == "production.example:7233"


def test_a_running_stack_is_found_and_the_environment_wins(tmp_path: Path) -> None:
    env = {"BACKHAUL_STATE": str(tmp_path), "BACKHAUL_API_URL": "https://returns.example"}
    assert with_running_stack(env) == env

    secrets = ensure_secrets(tmp_path)
    write_variables(
        tmp_path / "addresses.json",
        {"TEMPORAL_ADDRESS": "127.0.0.1:7233", "BACKHAUL_API_URL": "http://127.0.0.1:8080"},
    )
    assert with_running_stack(env) == {**env, **secrets, "TEMPORAL_ADDRESS": "127.0.0.1:7233"}


def test_the_keys_of_a_stack_stay_the_same_and_are_its_owners_alone(tmp_path: Path) -> None:
    assert ensure_secrets(tmp_path) == ensure_secrets(tmp_path)
    assert (tmp_path / "secrets.json").stat().st_mode & 0o077 == 0
