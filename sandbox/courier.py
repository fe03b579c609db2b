"""Takes a webhook to its receiver: signs it anew for each attempt, and says whether it was taken."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass

import httpx2

from sandbox.books import Books
from sandbox.clock import Clock
from sandbox.faults import Arrival, Faults, Stage
from sandbox.paypal_seal import PayPalSeal
from sandbox.settings import Settings
from sandbox.signing import compact, signed_headers, signed_item
from sandbox.trust import authorities

AT_ONCE = 32
TIMEOUT_S = 10.0
ACCOUNT = "main"
SENDING: tuple[Stage, ...] = ("signature",)
PARTNERS = {
    "easypost": "carrier",
    "stripe": "gateway",
    "adyen": "adyen",
    "paypal": "paypal",
    "warehouse": "warehouse",
    "shipbob": "shipbob",
}


@dataclass(frozen=True)
class Letter:
    """A webhook as it is sent."""

    key: int
    provider: str
    event_id: str
    raw: bytes
    copies: int
    sending: Arrival


class Courier:
    """Knows where each provider's webhooks go, and what they are signed with."""

    def __init__(self, books: Books, clock: Clock, faults: Faults, settings: Settings) -> None:
        self._books = books
        self._clock = clock
        self._faults = faults
        self._settings = settings
        self.seal = PayPalSeal(settings.state, settings.url)
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._http = httpx2.AsyncClient(timeout=TIMEOUT_S, trust_env=False, verify=authorities())

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def endpoint(self, provider: str) -> tuple[str, str] | None:
        """Give the address and the secret, if the webhooks go anywhere."""
        set_by_hand = self._books.get("endpoint", provider)
        secret = self._settings.secrets[provider]
        if set_by_hand is not None:
            return set_by_hand["url"], set_by_hand["secret"] or secret
        if not self._settings.webhook_url:
            return None
        return f"{self._settings.webhook_url}/{provider}/{ACCOUNT}", secret

    def letter(self, key: int) -> Letter:
        """Read a webhook from the books."""
        query = "SELECT provider, event_id, type, body, about, copies FROM outbox WHERE id = ?"
        provider, event_id, kind, body, about, copies = self._books.run(query, key).fetchone()
        return Letter(
            key=key,
            provider=provider,
            event_id=event_id,
            raw=compact(json.loads(body)),
            copies=copies,
            sending=Arrival(
                "webhooks",
                kind,
                event_id,
                SENDING,
                partner=PARTNERS[provider],
                about=tuple(json.loads(about)),
            ),
        )

    async def attempt(self, letter: Letter) -> bool:
        """Send once; say whether it was taken."""
        async with self._gate:
            endpoint = self.endpoint(letter.provider)
            if endpoint is None:
                return False
            url, secret = endpoint
            with self._books.transaction():
                found = self._faults.arrive(letter.sending)
                statement = "UPDATE outbox SET attempts = attempts + 1 WHERE id = ?"
                self._books.run(statement, letter.key)
            raw = letter.raw
            if letter.provider == "adyen":  # its signature stands inside
                raw = signed_item(raw, secret=secret, forged="signature" in found)
            headers = self._headers(letter, raw, secret, forged="signature" in found)
            return await self._post(url, raw, headers)

    def _headers(
        self, letter: Letter, raw: bytes, secret: str, *, forged: bool
    ) -> Mapping[str, str]:
        event_id, now = letter.event_id, self._clock.now()
        if letter.provider == "paypal":
            return self.seal.headers(
                raw, webhook_id=secret, event_id=event_id, now=now, forged=forged
            )
        return signed_headers(
            letter.provider, raw, secret=secret, event_id=event_id, now=now, forged=forged
        )

    async def _post(self, url: str, raw: bytes, headers: Mapping[str, str]) -> bool:
        try:
            answer = await self._http.post(
                url, content=raw, headers={"Content-Type": "application/json", **headers}
            )
        except httpx2.HTTPError:
            return False
        return answer.is_success
