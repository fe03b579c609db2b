"""How Stripe answers: its errors, its codes, and its lists in pages."""

import math
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx2
import stripe

from activities.failures import AnswerLost, Misspoken
from adapters.http import Answer, TheirObject, unexpected
from adapters.payments.stripe_client import StripeApi

PAGE_SIZE = 100
PAGES_LIMIT = 50
"""Of one payment's or one customer's objects; more of them are somebody's mistake."""

BOOK_PAGES_LIMIT = 2_000
"""Of an account's own list; 200,000 movements between two reconciliations are not ours."""


Theirs = TypeVar("Theirs", bound=TheirObject)


class Page(TheirObject):
    """One page of a list, newest first."""

    data: tuple[dict[str, Any], ...]
    has_more: bool


async def listed(
    call: str,
    page_after: Callable[[str], Awaitable[stripe.StripeObject]],
    *,
    missing_is_empty: bool = False,
    pages_limit: int = PAGES_LIMIT,
) -> AsyncIterator[dict[str, Any]]:
    """Walk a list to its end, newest first; `missing_is_empty` where its owner may be unknown.

    `page_after` asks for the page after the object of that id, or for the first after none.

    Raises:
        Misspoken: They refuse to list, or the list has no end.
    """
    last = ""
    for _ in range(pages_limit):
        answer = await StripeApi.answer(call, page_after(last))
        if missing_is_empty and code_of(answer) == "resource_missing":
            return
        page = accepted(call, answer).read(Page)
        for one in page.data:
            yield one
        if not (page.has_more and page.data):
            return
        last = str(page.data[-1].get("id", ""))
    raise Misspoken(f"stripe: {call}: more than {pages_limit} pages")


def read(shape: type[Theirs], one: dict[str, Any]) -> Theirs:
    """Read one object of a list, as `Answer.read` does a whole answer."""
    return Answer(status=httpx2.codes.OK, body=one).read(shape)


def in_seconds(since: datetime, until: datetime) -> tuple[int, int]:
    """Say a span of time in their seconds, the last one left out; it never gets shorter."""
    return math.floor(since.timestamp()), math.ceil(until.timestamp())


def at_second(created: int) -> datetime:
    """Read one of their times.

    Raises:
        Misspoken: It is out of all time.
    """
    try:
        return datetime.fromtimestamp(0, UTC) + timedelta(seconds=created)
    except OverflowError:
        raise Misspoken("stripe: a time that is none") from None


def accepted(call: str, answer: Answer) -> Answer:
    """Take what they did as asked; a no to such a call is a defect of ours."""
    if not answer.accepted:
        raise unexpected(f"stripe: {call}", answer, code_of(answer))
    return answer


def no_of(call: str, answer: Answer) -> str:
    """Give the code of their no (docs.stripe.com/error-codes).

    Raises:
        AnswerLost: The same key is under way there.
        Misspoken: The key was used for something else.
    """
    if answer.status == httpx2.codes.CONFLICT:
        raise AnswerLost(f"stripe: {call}: the same instruction is under way there")
    if error_of(answer).get("type") == "idempotency_error":
        raise unexpected(f"stripe: {call}", answer, "idempotency_error")
    return code_of(answer)


def error_of(answer: Answer) -> Mapping[str, Any]:
    """Give the error object of a refusal, or nothing."""
    error = answer.body.get("error")
    return error if isinstance(error, dict) else {}


def code_of(answer: Answer) -> str:
    """Give the code of a refusal, or nothing."""
    code = error_of(answer).get("code")
    return code if isinstance(code, str) else ""


def key_for(instruction_id: str) -> stripe.RequestOptions:
    """Make them keep our instruction as the key of what we ask."""
    return {"idempotency_key": instruction_id}
