"""What happened is kept for ever, and says of nobody who they are."""

import base64
import json
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any
from urllib.parse import quote

import pytest

from activities.recorded import Perform
from tests.activities.journey import EXCHANGE, TENANT, Journey
from tests.activities.stage import Stage
from tests.engine import TODAY

HOME = {"line1": "Käfigstraße 5b", "line2": "bei Goldfink", "city": "Vogelsang an der Aue"}
MOVED = {"line1": "Nestweg 77 links", "line2": "Hof rechts", "city": "Amselfeld am See"}
WHO = {
    "name": "Zoë Kanarienvogel",
    "email": "canary.bird@example.org",
    "phone": "+49 151 2345 6789",
}
CANARIES = frozenset({*WHO.values(), *HOME.values(), *MOVED.values()})
SOMEWHERE = {"postcode": "75099", "country": "FR"}
PERSON: dict[str, Any] = {**WHO, "address": {**HOME, **SOMEWHERE}}


def forms(canary: str) -> Iterator[str]:
    """How it may be written: as it is, as JSON, in a URL, in hex, in base64 wherever it begins."""
    raw = canary.encode()
    yield from (canary, json.dumps(canary)[1:-1], quote(canary), raw.hex())
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + raw).decode()
        yield encoded[4 if before else 0 : -4]


def found_in(texts: Iterable[str]) -> set[str]:
    """The canaries that are in any of the texts, in any form."""
    everything = "\n".join(texts).casefold()
    return {
        canary
        for canary in CANARIES
        if any(form.casefold() in everything for form in forms(canary))
    }


def test_a_canary_is_seen_in_every_form_that_it_may_be_written_in() -> None:
    for canary in CANARIES:
        text = f"<{canary}>"
        for written in (
            text,
            json.dumps(text),
            quote(text),
            text.encode().hex(),
            base64.b64encode(text.encode()).decode(),
            base64.b64encode(f"-{text}".encode()).decode(),
            base64.b64encode(f"--{text}".encode()).decode(),
        ):
            assert canary in found_in([written]), written


async def follow(journey: Journey) -> None:
    """Do whatever is ours to do, until nothing is."""
    while ours := [step for step in (await journey.status()).agenda if step.performs]:
        order = Perform(tenant=TENANT, return_id=journey.return_id, step_id=ours[0].id, now=TODAY)
        await journey.worker.attempt(ours[0].performs, order)


async def money_back(journey: Journey) -> None:
    """Fetched at the door, at another one than was said first; paid by a bank that takes time."""
    await journey.stage.sandbox.script(journey.payment, "refund.pending")
    await journey.open(method="carrier_pickup", customer=PERSON)
    await follow(journey)
    await journey.accepted(journey.asking("correct_address", address={**MOVED, **SOMEWHERE}))
    await follow(journey)
    await journey.arrives()
    await follow(journey)
    instruction = await journey.instruction()
    await journey.stage.sandbox.refund_outcome(instruction, "succeeded")
    await journey.accepted(journey.telling("report_payout", instruction_id=instruction))
    await follow(journey)
    assert (await journey.status()).headline == "completed"


async def goods_instead(journey: Journey) -> None:
    await journey.open(line=EXCHANGE, customer=PERSON)
    await follow(journey)
    await journey.arrives()
    await follow(journey)
    assert len(await journey.told("ReplacementOrdered")) == 1


async def cancelled(journey: Journey) -> None:
    await journey.open(customer=PERSON)
    await follow(journey)
    await journey.cancelled()
    await follow(journey)
    assert (await journey.status()).headline == "cancelled"


async def misunderstood(journey: Journey) -> None:
    """The person is in messages that do not fit, where nobody should have put them."""
    await journey.open(customer=PERSON)
    email, said = WHO["email"], json.dumps(PERSON, ensure_ascii=False)
    number = {"tracking_number": "T", "place": "x" * 300 + WHO["name"]}
    bodies: tuple[Any, ...] = (
        PERSON,
        said,
        said[:-1],
        {"message_id": "m-1", "occurred_at": email, "tracking_number": 7, "status": email},
        {"message_id": "m-2", "occurred_at": TODAY.isoformat(), "status": "lost", **number},
    )
    for body in bodies:
        await journey.record(journey.recording("report", "report_tracking", body))
    await journey.record(journey.recording("report", "report_pickup", said))
    assert len(await journey.told("MessageRejected")) == len(bodies) + 1


async def rows(stage: Stage, journey: Journey) -> AsyncIterator[str]:
    """Every column of every event of the return and of its order, as text."""
    cursor = await stage.owner.execute(
        "SELECT event::text FROM backhaul.event AS event WHERE stream_id = ANY(%s)",
        ([journey.stream, journey.ledger],),
    )
    for (row,) in await cursor.fetchall():
        yield str(row)


@pytest.mark.parametrize("live", [money_back, goods_instead, cancelled, misunderstood])
async def test_no_event_says_who_the_customer_is(journey: Journey, stage: Stage, live: Any) -> None:
    await live(journey)
    kept = [row async for row in rows(stage, journey)]
    assert len(kept) > 5
    assert journey.return_id in "".join(kept)
    assert found_in(kept) == set()


async def test_the_customer_is_known_to_whom_they_must_be(journey: Journey, stage: Stage) -> None:
    """Otherwise a search that finds nothing would say nothing."""
    await money_back(journey)
    person = await stage.subjects.get(TENANT, f"c-{journey.key}")
    assert found_in([json.dumps(person)]) == {*WHO.values(), *MOVED.values()}
    letters = await stage.sandbox.messages(WHO["email"])
    mine = [letter["text"] for letter in letters if journey.return_id in letter["step_id"]]
    assert WHO["name"] in "".join(mine)
