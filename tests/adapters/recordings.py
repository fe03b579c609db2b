"""Recordings of real partners, played back over a socket."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from tests.adapters.wire import Answer, Handler, Request, says

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def recorded(name: str) -> Path:
    """Find a recording, or skip by its name where the data are not there."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"shared/data/{name} is not beside this checkout")
    return path


def recorded_json(name: str) -> Any:
    return json.loads(recorded(name).read_text(encoding="utf-8"))


def interactions(name: str) -> list[dict[str, Any]]:
    cassette = yaml.safe_load(recorded(name).read_text(encoding="utf-8"))
    return list(cassette["interactions"])


def answer_of(interaction: dict[str, Any]) -> Answer:
    response = interaction["response"]
    return says(response["status"]["code"], response["body"]["string"].encode())


def played(recording: list[dict[str, Any]], *, prefix: str = "/v2") -> Handler:
    """Answer as recorded, in the recorded order.

    What the recording never looked at is as it was last shown, or not there at all.
    """
    rest = list(recording)
    shown: dict[str, Answer] = {}

    def handle(request: Request) -> Answer:
        wanted = rest[0]["request"] if rest else None
        if wanted and (request.method, prefix + request.path) == (
            wanted["method"],
            urlsplit(wanted["uri"]).path,
        ):
            interaction = rest.pop(0)
            told = json.loads(interaction["response"]["body"]["string"])
            shown[str(told.get("id"))] = answer_of(interaction)
            return answer_of(interaction)
        assert request.method == "GET", f"not recorded: {request.method} {request.path}"
        known = shown.get(request.path.rpartition("/")[2])
        return known or says(404, {"error": {"code": "NOT_FOUND", "message": "", "errors": []}})

    return handle
