"""The way in to PayPal: a token for some hours, fetched when it is needed and once it is refused."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from activities.failures import AnswerLost, Misspoken, Unauthorised, Unavailable
from adapters.http import DEFAULT_DEADLINE, Answer, PartnerHttp, TheirObject, unexpected

EARLY = timedelta(minutes=5)
"""How long before its end a token is not used any more."""


class Token(TheirObject):
    """What opens their door."""

    access_token: str
    expires_in: int


class PayPalHttp:
    """Asks PayPal, as `PartnerHttp.ask` does, with a token that lives."""

    def __init__(
        self,
        client: httpx2.AsyncClient,
        *,
        base_url: str,
        api_key: str,
        deadline: timedelta = DEFAULT_DEADLINE,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Connect to the API at `base_url`; the key is `client id:secret`."""
        name, _, secret = api_key.partition(":")
        self._client = client
        self._base_url = base_url
        self._deadline = deadline
        self._now = now
        self._doorman = self._as((name, secret))
        self._fetching = asyncio.Lock()
        self._token = ""
        self._ends_at = datetime.min.replace(tzinfo=UTC)

    async def ask(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request; when the token is refused nothing was done, so a new one asks again.

        Raises:
            PartnerFailure: As `PartnerHttp.ask` says.
        """
        for last in (False, True):
            token = await self._live_token()
            try:
                partner = self._as(token)
                return await partner.ask(method, path, body=body, query=query, headers=headers)
            except Unauthorised:
                if last:
                    raise
                if self._token == token:
                    self._token = ""
        raise AssertionError  # the last round returns or raises

    async def _live_token(self) -> str:
        async with self._fetching:
            if not self._token or self._now() >= self._ends_at:
                await self._fetch()
            return self._token

    async def _fetch(self) -> None:
        call, form = "POST /v1/oauth2/token", {"grant_type": "client_credentials"}
        try:
            answer = await self._doorman.ask("POST", "/v1/oauth2/token", form=form)
        except AnswerLost as lost:  # a token that nobody has harms nobody
            raise Unavailable(f"paypal: {call}: no answer") from lost
        if not answer.accepted:
            raise unexpected(f"paypal: {call}", answer, answer.body.get("error"))
        token = answer.read(Token)
        if not token.access_token:
            raise Misspoken(f"paypal: {call}: a token that is none")
        self._token = token.access_token
        self._ends_at = self._now() + timedelta(seconds=token.expires_in) - EARLY

    def _as(self, auth: tuple[str, str] | str) -> PartnerHttp:
        return PartnerHttp(
            self._client,
            partner="paypal",
            base_url=self._base_url,
            auth=auth,
            deadline=self._deadline,
        )
