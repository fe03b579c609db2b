"""The OpenAPI document, with the bodies that the routes read themselves.

`python -m api.described` prints it: `docs/openapi.json` is that, and a test compares them.
"""

import json
import sys
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.shapes import components


def describe_bodies(app: FastAPI) -> None:
    """Let the app's document hold every schema that its routes refer to."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            described = get_openapi(
                title=app.title, version=app.version, summary=app.summary, routes=app.routes
            )
            schemas = described.setdefault("components", {}).setdefault("schemas", {})
            for name, schema in components().items():
                schemas.setdefault(name, schema)
            app.openapi_schema = described
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend it


def document() -> str:
    """Give the document as it is committed."""
    from api.app import routes_only  # the app imports this module

    return json.dumps(routes_only().openapi(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())
