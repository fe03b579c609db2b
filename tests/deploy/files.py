"""The deployment's files, read as the tools they are for read them."""

import json
import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import yaml
from compose_spec import PyCompose
from compose_spec.models import ComposeSpecification
from dockerfile_parse import DockerfileParser

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "deploy/compose/compose.yaml"
DOCKERFILE = ROOT / "deploy/Dockerfile"
KUBERNETES = ROOT / "deploy/kubernetes"

_VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<how>[-?])(?P<rest>[^}]*))?\}")

Json = dict[str, Any]


class NotSetError(ValueError):
    """The file asks for a variable that the surroundings do not have."""


def example() -> dict[str, str]:
    """The variables of the example, filled in."""
    lines = (ROOT / "deploy/compose/example.env").read_text("utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value or "k" * 44 for name, _, value in pairs}


def interpolated(text: str, env: Mapping[str, str]) -> str:
    """Fill in variables as `docker compose config` does.

    Raises:
        NotSetError: One that must be set is not.
    """

    def fill(found: re.Match[str]) -> str:
        value = env.get(found["name"], "")
        if value or found["how"] is None:
            return value
        if found["how"] == "?":
            raise NotSetError(found["name"])
        return found["rest"]

    return _VARIABLE.sub(fill, text)


def compose(env: Mapping[str, str]) -> ComposeSpecification:
    """The compose file with these variables, held to its specification."""
    said = yaml.safe_load(interpolated(COMPOSE.read_text("utf-8"), env))
    return PyCompose.from_json(json.dumps(said)).to_spec()


def compose_services() -> dict[str, Json]:
    """Its services as they are written."""
    said = yaml.safe_load(interpolated(COMPOSE.read_text("utf-8"), example()))
    services: dict[str, Json] = said["services"]
    return services


def manifests() -> Iterator[Json]:
    """Every object that is given to a cluster, in the order of the kustomization."""
    listed = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text("utf-8"))
    for name in listed["resources"]:
        yield from yaml.safe_load_all((KUBERNETES / name).read_text("utf-8"))


def of_kind(*kinds: str) -> list[Json]:
    return [one for one in manifests() if one["kind"] in kinds]


def steps() -> list[tuple[str, str]]:
    """The Dockerfile's instructions of the image's last stage: which, and with what."""
    parsed = DockerfileParser(fileobj=BytesIO(DOCKERFILE.read_bytes())).structure
    told = [(step["instruction"], step["value"]) for step in parsed]
    last = max(number for number, (what, _) in enumerate(told) if what == "FROM")
    return told[last:]
