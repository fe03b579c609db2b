"""Takes webhooks over a socket, proves them as the intake does, and keeps what was proven."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from adapters.payments.told import Said, standing
from adapters.webhooks import VERIFIERS
from adapters.webhooks.facts import facts_of
from sandbox.settings import DEFAULT_SECRETS
from tests.adapters.wire import Answer, Request, says

PATIENCE_S = 20.0


@dataclass
class Hearing:
    """Keeps `adapters.payments.told.Told` for one session of tests."""

    _said: list[Said] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, request: Request) -> Answer:
        provider = request.path.split("/")[1]
        if provider not in VERIFIERS:  # PayPal can be asked
            return says(202)
        secrets = [DEFAULT_SECRETS[provider]]
        event = VERIFIERS[provider](request.body, request.headers, secrets, datetime.now(UTC))
        self._said += [Said.model_validate(one.proven) for one in facts_of(event) if one.proven]
        self._news.set()
        return says(202)

    async def of_payout(
        self, provider: str, instruction_id: str, payout_ref: str
    ) -> Sequence[Said]:
        return [one for one in self._said if one.instruction_id == instruction_id]

    async def until_told(self, instruction_id: str) -> Said:
        """Wait until something was said of it."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                self._news.clear()
                said = standing(await self.of_payout("", instruction_id, ""))
                if said is not None:
                    return said
                await self._news.wait()
