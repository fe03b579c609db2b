"""Where a client finds the engine: less than the engine itself must know."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import quote, urlsplit

from pydantic import TypeAdapter, ValidationError
from temporalio.envconfig import ClientConfigProfile

from adapters.sealing.settings import MASTER_KEY, Payloads, master_keys, payloads
from adapters.sealing.wrapping import MasterKeys
from adapters.settings import LOCAL_STACK_HINT, SettingsError, find_temporal_profile
from deploy.local.addresses import with_running_stack
from domain.model import Id
from workflows.names import RECONCILED, TASK_QUEUE, workflow_id

LABEL_HOSTS = frozenset(
    {"easypost-files.s3-us-west-2.amazonaws.com", "easypost-files.s3.us-west-2.amazonaws.com"}
)
"""Where EasyPost keeps its labels, as its recordings show."""

_ID: TypeAdapter[str] = TypeAdapter(Id)


@dataclass(frozen=True)
class Surroundings:
    """What is not set is missed by the first call that needs it, and by no other.

    The master key is needed by who takes orders in, or asks a return something: it seals what is
    personal in it. Only with `payloads` as "readable" is a return asked without one.
    """

    temporal: ClientConfigProfile = field(repr=False)
    database_url: str = field(default="", repr=False)
    task_queue: str = TASK_QUEUE
    policy: Path | None = None
    sandbox_url: str = ""
    ui_url: str = ""
    tenant: str = "acme"
    reconcile_hours: int = 24
    reconcile_days: int = 90
    reconcile_providers: tuple[str, ...] = RECONCILED
    retention_days: int = 30  # of ended workflows, in a namespace that we make
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    label_hosts: frozenset[str] = LABEL_HOSTS
    payloads: Payloads = "sealed"

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Read variables such as `os.environ`, and where the local stack runs, if it does.

        Raises:
            SettingsError: One of them makes no sense.
        """
        env = with_running_stack(env)
        tenant = env.get("BACKHAUL_TENANT") or "acme"
        if not is_id(tenant):
            raise SettingsError("BACKHAUL_TENANT", "a merchant's id, such as acme")
        policy = env.get("BACKHAUL_POLICY")
        return cls(
            temporal=find_temporal_profile(env),
            database_url=env.get("DATABASE_URL") or "",
            task_queue=env.get("BACKHAUL_TASK_QUEUE") or TASK_QUEUE,
            policy=Path(policy) if policy else None,
            sandbox_url=(env.get("BACKHAUL_SANDBOX_URL") or "").rstrip("/"),
            ui_url=(env.get("TEMPORAL_UI_URL") or "").rstrip("/"),
            tenant=tenant,
            reconcile_hours=_whole(env, "BACKHAUL_RECONCILE_HOURS", 24, most=24 * 7),
            reconcile_providers=_ids(env, "BACKHAUL_RECONCILE_PROVIDERS", RECONCILED),
            reconcile_days=_whole(env, "BACKHAUL_RECONCILE_DAYS", 90, most=400),
            retention_days=_whole(env, "BACKHAUL_RETENTION_DAYS", 30, most=3_650),
            keys={MASTER_KEY: env[MASTER_KEY]} if env.get(MASTER_KEY) else {},
            label_hosts=_label_hosts(env),
            payloads=payloads(env),
        )

    def master_keys(self) -> MasterKeys:
        """The keys that wrap those of persons and of returns.

        Raises:
            SettingsError: None is set, or one is no key.
        """
        return MasterKeys(*master_keys(self.keys))

    @property
    def namespace(self) -> str:
        """The Temporal namespace."""
        return self.temporal.namespace or "default"

    @property
    def temporal_name(self) -> str:
        """The Temporal server, for messages."""
        return f"Temporal at {self.temporal.address or 'no address'}"

    @property
    def database_name(self) -> str:
        """The database, for messages: no user, no password."""
        url = urlsplit(self.database_url)
        return f"PostgreSQL at {url.hostname}:{url.port or 5432}{url.path}"

    def ui_link(self, tenant: str, return_id: str) -> str:
        """The page of a return in the Temporal UI; empty where no UI is known."""
        if not self.ui_url:
            return ""
        workflow = quote(workflow_id(tenant, return_id), safe="")
        return f"{self.ui_url}/namespaces/{quote(self.namespace, safe='')}/workflows/{workflow}"


def _label_hosts(env: Mapping[str, str]) -> frozenset[str]:
    """Where labels may be fetched from: named hosts, else EasyPost's; and the sandbox."""
    named = env.get("BACKHAUL_LABEL_HOSTS", "")
    hosts = {host.strip() for host in named.split(",") if host.strip()} or LABEL_HOSTS
    sandbox = urlsplit(env.get("BACKHAUL_SANDBOX_URL") or "").netloc
    return frozenset({*hosts, *filter(None, (sandbox,))})


def _whole(env: Mapping[str, str], variable: str, usual: int, *, most: int) -> int:
    text = env.get(variable)
    if not text:
        return usual
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= most):
        raise SettingsError(variable, f"a whole number, 1 to {most}")
    return int(text)


def _ids(env: Mapping[str, str], variable: str, usual: tuple[str, ...]) -> tuple[str, ...]:
    text = env.get(variable)
    if not text:
        return usual
    named = tuple(name.strip() for name in text.split(","))
    if not all(is_id(name) for name in named):
        raise SettingsError(variable, "names of providers with commas between them, such as stripe")
    return named


def is_id(text: str) -> bool:
    """Whether it can be the id of a merchant or a return."""
    try:
        _ID.validate_python(text)
    except ValidationError:
        return False
    return True


def not_set(variable: str) -> str:
    """Say that a variable is missing, and what to do."""
    return f"{variable} is not set: {LOCAL_STACK_HINT}"
