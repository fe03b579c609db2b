"""Requests as telemetry sees them: by route, never by the path that was asked for."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.telemetry.doors import measure, served
from adapters.telemetry.instruments import Metric

NO_ROUTE = "none"
TRACED = frozenset({"traceparent", "tracestate"})
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})


class Seen:
    """A span and a duration for each request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and say by which route and how."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.monotonic(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        headers = {
            name.decode("latin-1"): text.decode("latin-1") for name, text in scope["headers"]
        }
        traced = {name: text for name, text in headers.items() if name in TRACED}
        method = scope["method"] if scope["method"] in METHODS else "other"
        with served(method, traced) as begun:
            try:
                await self._app(scope, receive, sending)
            finally:
                route = getattr(scope.get("route"), "path", NO_ROUTE)
                begun.update_name(f"{method} {route}")
                begun.set_attribute("http.route", route)
                begun.set_attribute("http.response.status_code", status)
                took = time.monotonic() - began
                measure(Metric.HTTP_DURATION, took, method=method, route=route, status=str(status))
