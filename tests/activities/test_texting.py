"""Who has no mailbox is told by text: once, and their number is nowhere but where persons are."""

import json

import pytest

from adapters.sms.twilio import number_of
from tests.activities.deeds import ONCE, AtPartner, Trade, at_partner
from tests.activities.journey import Journey
from tests.activities.stage import Stage
from tests.activities.test_privacy import forms

PHONE = "+49 151 2345 6789"
TEXTED = Trade("twilio", ("message",), "sms", "text", "CustomerNotified")


@pytest.fixture
async def deed(journey: Journey) -> AtPartner:
    await journey.labelled(customer={"email": "", "phone": PHONE})
    return await at_partner(TEXTED, journey, "notify")


async def test_who_has_no_mailbox_is_texted_once(deed: AtPartner, stage: Stage) -> None:
    await deed.by(stage.first)
    await deed.by(stage.second)
    assert await deed.times() == ONCE
    texts = await stage.sandbox.texts(str(number_of(PHONE)))
    (body,) = (text["body"] for text in texts if deed.journey.return_id in text["body"])
    assert body.startswith("Comment envoyer votre retour")


async def test_a_text_of_a_worker_that_died_is_found_by_the_next(
    deed: AtPartner, stage: Stage
) -> None:
    await deed.dies_before_it_is_recorded(stage.first)
    assert (await deed.times())[0] == 1
    await deed.must_not_be_asked_for_again()
    await deed.by(stage.second, nth=2)
    assert await deed.times() == ONCE


@pytest.mark.parametrize("fault", ["500_after", "cut_after"])
async def test_a_text_whose_answer_is_lost_is_found_and_not_sent_again(
    deed: AtPartner, stage: Stage, fault: str
) -> None:
    await deed.answer_is_lost(stage.first, fault)
    await deed.must_not_be_asked_for_again()
    await deed.by(stage.first, nth=2)
    assert await deed.times() == ONCE


async def test_no_event_has_the_number_that_was_texted(deed: AtPartner, stage: Stage) -> None:
    await deed.by(stage.first)
    kept = json.dumps([json.loads(one.data) for one in await stage.events(deed.stream)])
    assert '"SM' in kept
    for number in (PHONE, str(number_of(PHONE))):
        assert not any(form in kept for form in forms(number))


async def test_who_has_a_mailbox_is_not_texted(journey: Journey, stage: Stage) -> None:
    await journey.labelled(customer={"phone": PHONE})
    await journey.perform("notify")
    (told,) = await journey.told("CustomerNotified")
    assert told["delivery_ref"].startswith("<")
