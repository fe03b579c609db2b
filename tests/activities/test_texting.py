"""Told by text, or by whichever way leads to the customer: once, and by no number in an event."""

import json

import pytest

from adapters.sms.twilio import number_of
from tests.activities.deeds import ONCE, AtPartner, Trade, at_partner
from tests.activities.journey import Journey
from tests.activities.stage import Stage
from tests.activities.test_privacy import forms
from tests.engine import TODAY, where_it_is

PHONE = "+49 151 2345 6789"
BY_DAY = {"channel": "sms", "time_zone": where_it_is(12, TODAY)}
GONE = "ann@gone.example"
TEXTED = Trade("twilio", ("message",), "sms", "text", "CustomerNotified")


@pytest.fixture
async def deed(journey: Journey) -> AtPartner:
    await journey.labelled(customer={"phone": PHONE}, contact=BY_DAY)
    return await at_partner(TEXTED, journey, "notify")


async def test_who_wants_texts_is_texted_once(deed: AtPartner, stage: Stage) -> None:
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


async def reached(journey: Journey) -> list[str]:
    """By which messages the customer was told, once everything was tried."""
    for _ in range(2):
        if "notify" in [step.performs for step in (await journey.status()).agenda]:
            await journey.perform("notify")
    return [told["delivery_ref"] for told in await journey.told("CustomerNotified")]


async def test_who_has_a_mailbox_is_not_texted(journey: Journey) -> None:
    await journey.labelled(customer={"phone": PHONE})
    (told,) = await reached(journey)
    assert told.startswith("<")


@pytest.mark.parametrize("email", ["", GONE, "no address"])
async def test_what_no_mailbox_takes_is_told_by_text(journey: Journey, email: str) -> None:
    clock = {**BY_DAY, "channel": "mail"}
    await journey.labelled(customer={"email": email, "phone": PHONE}, contact=clock)
    (told,) = await reached(journey)
    assert told.startswith("SM")
    assert len(await journey.told("NoticeUndelivered")) == 1


@pytest.mark.parametrize("phone", ["", "+15005550009", "01 23"])
async def test_what_no_telephone_takes_is_told_by_mail(journey: Journey, phone: str) -> None:
    await journey.labelled(customer={"phone": phone}, contact=BY_DAY)
    (told,) = await reached(journey)
    assert told.startswith("<")


async def test_who_cannot_be_reached_at_all_is_a_persons_to_find(journey: Journey) -> None:
    await journey.labelled(customer={"email": GONE, "phone": "+15005550001"})
    assert await reached(journey) == []
    because = [told["because"] for told in await journey.told("NoticeUndelivered")]
    assert because == ["550", "21211"]
    status = await journey.status()
    assert [step.action for step in status.agenda if step.actor == "merchant"] == ["reach_customer"]


async def test_who_gave_no_address_at_all_worries_nobody(journey: Journey) -> None:
    await journey.labelled(customer={"email": "", "phone": ""})
    assert await reached(journey) == ["nobody to write to"]
