"""The OpenAPI document that callers build on."""

import json
from pathlib import Path

import httpx2

from api.described import document

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"


def test_the_committed_document_is_what_the_routes_say() -> None:
    """Made anew by `python -m api.described > docs/openapi.json`."""
    assert COMMITTED.read_text("utf-8") == document()


async def test_what_is_served_is_what_is_committed(http: httpx2.AsyncClient) -> None:
    served = (await http.get("/openapi.json")).json()
    assert served == json.loads(COMMITTED.read_text("utf-8"))


def test_every_reference_of_the_document_leads_somewhere() -> None:
    described = document()
    schemas = json.loads(described)["components"]["schemas"]
    named = {part.split('"')[0] for part in described.split('"#/components/schemas/')[1:]}
    assert named <= set(schemas)
