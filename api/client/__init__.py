"""The Python way in: open returns, ask them, tell them, look at them.

    async with await ReturnsClient.connect() as returns:
        answer = await returns.open(request)

Every method gives an answer; a refusal is one, with a code and a sentence. What does not
answer raises `Unavailable`, and asking again with the same `request_id` is always safe.
"""

from api.client.answers import Answer, Quoted, Unavailable
from api.client.client import ReturnsClient
from api.client.surroundings import Surroundings

__all__ = [
    "Answer",
    "Quoted",
    "ReturnsClient",
    "Surroundings",
    "Unavailable",
]
