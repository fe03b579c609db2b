"""PayPal's certificates: fetched from PayPal's own hosts alone, and kept.

The address stands in a header of a request that nobody has proven yet, so whoever sends one
chooses it. It is asked for only where it is on a host of PayPal's, below the one path, by
HTTPS, without a redirect, a few at a time; what is found is kept for a day.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import httpx2

from activities.failures import Unavailable
from adapters.webhooks.event import Forged, header

HOSTS = ("api.paypal.com", "api-m.paypal.com", "api.sandbox.paypal.com", "api-m.sandbox.paypal.com")
PATH = "/v1/notifications/certs/"
NAME = re.compile(r"CERT-[0-9A-Za-z-]{1,100}")

LARGEST = 16_384
PATIENCE_S = 5.0
KEPT_FOR = timedelta(days=1)
MOST_KEPT = 16
MOST_A_MINUTE = 10
"""Certificates asked for: theirs change once a year, so more of them are somebody's play."""


class PayPalCertificates:
    """Those of PayPal's, or of a stand-in at `base_url` where the settings name one."""

    def __init__(
        self,
        http: httpx2.AsyncClient,
        *,
        base_url: str = "",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._http = http
        self._now = now
        self._places = tuple(f"https://{host}{PATH}" for host in HOSTS)
        if base_url and httpx2.URL(base_url).host not in HOSTS:
            self._places = (f"{base_url.rstrip('/')}{PATH}",)
        self._kept: OrderedDict[str, tuple[datetime, bytes]] = OrderedDict()
        self._asked: list[datetime] = []
        self._asking = asyncio.Lock()

    async def of(self, headers: Mapping[str, str]) -> bytes:
        """Give the certificate that a webhook's headers name, in PEM.

        Raises:
            Forged: They name none, or one that is not where PayPal's are.
            Unavailable: PayPal does not give it now; the webhook will be sent again.
        """
        url = self._pinned(header(headers, "paypal-cert-url"))
        async with self._asking:
            kept = self._kept.get(url)
            if kept is not None and self._now() - kept[0] < KEPT_FOR:
                return kept[1]
            found = await self._ask(url)
            self._kept[url] = (self._now(), found)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
            return found

    def _pinned(self, url: str) -> str:
        place = next((one for one in self._places if url.startswith(one)), None)
        if place is None or NAME.fullmatch(url.removeprefix(place)) is None:
            raise Forged("its certificate is not where PayPal's are")
        return url

    async def _ask(self, url: str) -> bytes:
        now = self._now()
        self._asked = [at for at in self._asked if now - at < timedelta(minutes=1)]
        if len(self._asked) >= MOST_A_MINUTE:
            raise Unavailable("paypal: too many certificates were asked for")
        self._asked.append(now)
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._read(url)
        except (httpx2.HTTPError, TimeoutError):
            raise Unavailable("paypal: the certificate cannot be had now") from None

    async def _read(self, url: str) -> bytes:
        found = b""
        async with self._http.stream("GET", url, follow_redirects=False) as answer:
            if answer.status_code == httpx2.codes.NOT_FOUND:
                raise Forged("PayPal has no such certificate")
            if answer.status_code != httpx2.codes.OK:
                raise Unavailable("paypal: the certificate cannot be had now")
            async for part in answer.aiter_bytes():
                found += part
                if len(found) > LARGEST:
                    raise Forged("the certificate is too large")
        return found
