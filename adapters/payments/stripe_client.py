"""Stripe's own client, on our connections: their words and types, our deadlines and failures.

Their client builds and reads requests; what it sends goes through `PartnerHttp`, so that it
waits as long as we say, raises our failures, and is never retried behind our back. What it
would tell of this machine (telemetry, other headers) stays here.
"""

import json
import logging
from collections.abc import Awaitable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import stripe

from activities.failures import Misspoken
from adapters.http import Answer, PartnerHttp

API_VERSION = "2026-10-28.endive"
"""Theirs, and pinned: what they answer does not change until we say so."""

SENT = frozenset({"content-type", "idempotency-key", "stripe-version"})

stripe.enable_telemetry = False
logging.getLogger("stripe").setLevel(logging.ERROR)  # it would log their prose


class StripeApi:
    """The account that we speak for; `v1` has their services."""

    def __init__(
        self, client: httpx2.AsyncClient, *, base_url: str, api_key: str, deadline: timedelta
    ) -> None:
        """Connect to the API at `base_url`, which ends in `/v1`."""
        http = PartnerHttp(
            client, partner="stripe", base_url=base_url, auth=api_key, deadline=deadline
        )
        root = base_url.rstrip("/").removesuffix("/v1")
        self.v1 = stripe.StripeClient(
            api_key,
            stripe_version=API_VERSION,
            base_addresses={"api": root},
            max_network_retries=0,
            http_client=_OurConnections(http, root + "/v1"),
        ).v1

    @staticmethod
    async def answer(call: str, asked: Awaitable[stripe.StripeObject]) -> Answer:
        """Wait for what they say; their no is an answer as well.

        Raises:
            Misspoken: Their client would not send it.
            PartnerFailure: As `PartnerHttp.ask` says.
        """
        try:
            said = await asked
        except stripe.StripeError as refused:
            status, body = refused.http_status, refused.json_body
        else:
            return Answer(httpx2.codes.OK, said.to_dict())
        if not isinstance(status, int):
            raise Misspoken(f"stripe: {call}: their client does not send it") from None
        return Answer(status, body if isinstance(body, dict) else {})


class _OurConnections(stripe.HTTPClient):
    name = "httpx2"

    def __init__(self, http: PartnerHttp, base_url: str) -> None:
        super().__init__()
        self._http = http
        self._base_url = base_url

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Send what their client made; it parses again what we have read and bounded."""
        parts = urlsplit(url)
        path = url.partition("?")[0].removeprefix(self._base_url)
        answer = await self._http.ask(
            method.upper(),
            path,
            form=dict(parse_qsl(post_data, keep_blank_values=True)) if post_data else None,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)) or None,
            headers={name: value for name, value in headers.items() if name.lower() in SENT},
        )
        return json.dumps(answer.body).encode(), answer.status, {}
