"""A label that came once goes with its mail; too large, or in a text, it is a link of its own."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from activities.enclosing import NOTHING, OPEN_FOR, Enclosed, Enclosing
from activities.ports import Opens, Paper
from adapters.documents.store import Documents
from adapters.links import LinkedPages, NotSigned, SignedLinks
from adapters.postgres.pool import connect
from adapters.postgres.subjects import PostgresSubjects
from adapters.sealing.wrapping import MasterKeys
from domain.channels import Channel
from domain.returns.state import Label, Notice, ReturnState
from domain.words import LabelLife

NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)
SECRET = "s" * 32
KEY = MasterKeys(bytes(32))
PDF = Paper(kind="label", media_type="application/pdf", content=b"%PDF-1.4 " + bytes(2_000))
LARGE = PDF.model_copy(update={"content": b"%PDF-1.4 " + bytes(1_024 * 1_024)})
LABEL = Label("label:P1:0", "P1", "1", "dhl", "340", "", "", LabelLife.LIVE, NOW)
STATE = ReturnState(
    tenant="acme", return_id="R-1", customer_id="c-1", labels={LABEL.label_id: LABEL}
)
NOTICE = Notice("N1", "label", {"tracking_number": "340"}, NOW)


@pytest.fixture
async def documents(fresh_database: str) -> AsyncIterator[Documents]:
    async with await connect(fresh_database) as pool:
        await PostgresSubjects(pool, KEY).put("acme", "c-1", {"name": "Ann"})
        yield Documents(pool, KEY)


async def enclosed(
    documents: Documents,
    paper: Paper = PDF,
    *,
    notice: Notice = NOTICE,
    channel: Channel = Channel.MAIL,
    secrets: tuple[str, ...] = (SECRET,),
) -> Enclosed:
    await documents.keep("acme", "R-1", "label:P1:340", "c-1", paper)
    enclosing = Enclosing(documents, LinkedPages(secrets, "https://returns.example"))
    return await enclosing.of(STATE, notice, channel, NOW)


async def test_a_label_that_came_once_goes_with_its_mail(documents: Documents) -> None:
    assert await enclosed(documents) == Enclosed({}, PDF)


@pytest.mark.parametrize(("paper", "channel"), [(LARGE, Channel.MAIL), (PDF, Channel.SMS)])
async def test_one_that_is_too_large_or_for_a_telephone_is_a_link_to_it_alone(
    documents: Documents, paper: Paper, channel: Channel
) -> None:
    facts, attached = await enclosed(documents, paper, channel=channel)
    assert attached is None
    base, _, token = facts["label_url"].rpartition("/")
    assert base == "https://returns.example/v1/linked/label"
    opens = SignedLinks((SECRET,)).open("label", token, NOW)
    until = NOW + OPEN_FOR
    assert opens == Opens(tenant="acme", return_id="R-1", customer_id="c-1", until=until)


async def test_where_nothing_signs_links_there_is_none(documents: Documents) -> None:
    assert await enclosed(documents, LARGE, secrets=()) == NOTHING


@pytest.mark.parametrize(
    "notice",
    [
        replace(NOTICE, template="received"),
        replace(NOTICE, facts={**NOTICE.facts, "label_url": "https://carrier.example/1.pdf"}),
        replace(NOTICE, facts={"tracking_number": "another"}),
    ],
)
async def test_nothing_goes_with_what_has_all_it_needs(
    documents: Documents, notice: Notice
) -> None:
    assert await enclosed(documents, notice=notice) == NOTHING


async def test_what_is_not_kept_is_not_enclosed(documents: Documents) -> None:
    enclosing = Enclosing(documents, LinkedPages((SECRET,), "https://returns.example"))
    assert await enclosing.of(STATE, NOTICE, Channel.MAIL, NOW + timedelta(days=1)) == NOTHING


async def test_a_question_for_an_opinion_goes_with_the_link_that_answers_it(
    documents: Documents,
) -> None:
    facts, attached = await enclosed(documents, notice=replace(NOTICE, template="feedback"))
    base, _, token = facts["feedback_url"].rpartition("/")
    assert (base, attached) == ("https://returns.example/v1/linked/feedback", None)
    assert SignedLinks((SECRET,)).open("feedback", token, NOW).return_id == "R-1"
    with pytest.raises(NotSigned):
        SignedLinks((SECRET,)).open("label", token, NOW)
