"""Every setting that a deployment sets is one that the code reads."""

import inspect
import re
from collections.abc import Iterator

from adapters.settings import WEBHOOK_SECRET, Settings
from adapters.telemetry.opening import ENDPOINT, HEADERS, INTERVAL
from api.client import surroundings
from api.settings import WEBHOOK_TENANT, ApiSettings
from sandbox.settings import Settings as SandboxSettings
from tests.deploy.files import compose_services, of_kind
from tests.deploy.test_compose import OURS
from tests.deploy.test_settings import ENOUGH

TEMPORALS = {  # what the SDK reads of its own profile
    "TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE", "TEMPORAL_API_KEY", "TEMPORAL_TLS",
    "TEMPORAL_TLS_CLIENT_CERT_PATH", "TEMPORAL_TLS_CLIENT_KEY_PATH",
    "TEMPORAL_TLS_SERVER_CA_CERT_PATH", "TEMPORAL_TLS_SERVER_NAME",
}  # fmt: skip


class Watched(dict[str, str]):
    """Surroundings that know what they were asked for."""

    def __init__(self, said: dict[str, str]) -> None:
        super().__init__(said)
        self.asked: set[str] = set()

    def get(self, key: str, default: str | None = None) -> str | None:  # type: ignore[override]
        self.asked.add(key)
        return super().get(key, default)

    def __getitem__(self, key: str) -> str:
        self.asked.add(key)
        return super().__getitem__(key)


def read() -> set[str]:
    """Every variable that any process asks for."""
    asked: set[str] = set()
    for reader in (Settings, ApiSettings, SandboxSettings):
        env = Watched(ENOUGH)
        reader.from_env(env)
        asked |= env.asked
    named = re.findall(r'"([A-Z]+_[A-Z_]+)"', inspect.getsource(surroundings))
    return asked | set(named) | TEMPORALS | {ENDPOINT, HEADERS, INTERVAL}


def set_by_deployments() -> Iterator[str]:
    for name in OURS:
        yield from compose_services()[name].get("environment", ())
    for one in of_kind("ConfigMap"):
        yield from one["data"]
    for one in of_kind("Deployment", "Job"):
        for container in one["spec"]["template"]["spec"]["containers"]:
            yield from (setting["name"] for setting in container.get("env", ()))


def test_every_setting_of_a_deployment_is_read_by_the_code() -> None:
    by_prefix = (WEBHOOK_SECRET, WEBHOOK_TENANT)
    unknown = {name for name in set_by_deployments() if not name.startswith(by_prefix)} - read()
    assert not unknown
