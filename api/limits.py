"""How often may be asked: by merchant, and by return, in any second of this process."""

from dataclasses import dataclass, field

from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from api.problems import Problem


@dataclass
class Limits:
    """Counts in memory: a limit is there to keep one caller from starving the others."""

    of_merchant: int = 200
    of_return: int = 20
    of_reader: int = 100  # openings: a page of the Temporal UI asks once for every event
    _counts: MovingWindowRateLimiter = field(
        default_factory=lambda: MovingWindowRateLimiter(MemoryStorage())
    )

    async def take(self, tenant: str, return_id: str) -> None:
        """Count one question.

        Raises:
            Problem: 429: too many came within this second.
        """
        if not await self._counts.hit(RateLimitItemPerSecond(self.of_merchant), "m", tenant):
            raise _slower("this merchant", self.of_merchant)
        item = RateLimitItemPerSecond(self.of_return)
        if return_id and not await self._counts.hit(item, "r", tenant, return_id):
            raise _slower("this return", self.of_return)

    async def take_opening(self, tenant: str, caller: str) -> None:
        """Count one opening of payloads.

        Raises:
            Problem: 429: this caller opens too many.
        """
        item = RateLimitItemPerSecond(self.of_reader)
        if not await self._counts.hit(item, "o", tenant, caller):
            raise _slower("the codec", self.of_reader)


def _slower(what: str, most: int) -> Problem:
    detail = f"{what} is asked more than {most} times a second: ask again in a second"
    return Problem(429, "too_many", detail, headers={"Retry-After": "1"})
