"""What every notifier owes the port, against mailboxes and telephones that count copies."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from activities.failures import AnswerLost, PartnerFailure, Unavailable
from activities.ports import Message, Notifier, NotTaken
from adapters.mail.smtp import SmtpNotifier, message_id
from adapters.settings import OPTIONAL, SANDBOX_SENDER
from adapters.sms.twilio import TwilioSms
from tests.contracts.partners import LOST, NOTHING_HAPPENED, SHORT, Partners

SHOP = "shop@merchant.example"
FACTS = {"return_id": "R-1", "order_id": "W-1", "amount": "10.85 EUR"}


@dataclass(frozen=True)
class ByMail:
    """Mailboxes, over SMTP."""

    partners: Partners
    notifier: Notifier
    message: Message

    async def came(self) -> list[dict[str, Any]]:
        return await self.partners.control.messages(self.message.to)

    async def fail(self, fault: str) -> None:
        key = message_id(self.message.step_id, "merchant.example")
        await self.partners.fail("mail", "message", fault, key=key)


@dataclass(frozen=True)
class ByText:
    """Telephones, over Twilio's dialect."""

    partners: Partners
    notifier: Notifier
    message: Message

    async def came(self) -> list[dict[str, Any]]:
        return await self.partners.control.texts(self.message.to)

    async def fail(self, fault: str) -> None:
        await self.partners.fail("twilio", "message", fault, key=self.message.step_id)


def a_message(partners: Partners, to: str) -> Message:
    return Message(
        step_id=partners.new_id("notify"),
        to=to,
        name="Ann",
        locale="fr",
        template="refund_sent",
        facts=FACTS,
    )


@pytest.fixture
def by_mail(partners: Partners) -> ByMail:
    notifier = SmtpNotifier(host="127.0.0.1", port=partners.smtp_port, sender=SHOP, deadline=SHORT)
    address = f"{partners.new_id('ann').replace(':', '.')}@example.com"
    return ByMail(partners, notifier, a_message(partners, address))


@pytest.fixture
def by_text(partners: Partners, client: httpx2.AsyncClient) -> ByText:
    face, key = OPTIONAL["twilio"]
    notifier = TwilioSms(
        client,
        base_url=partners.url + face,
        api_key=key,
        sender=SANDBOX_SENDER,
        told_at="https://shop.example/told",
        deadline=SHORT,
    )
    number = f"+4915{uuid4().int % 10**9:09}"
    return ByText(partners, notifier, a_message(partners, number))


# ── Mail ──────────────────────────────────────────────────────────────────────────────────


async def test_a_message_is_in_its_mailbox_under_its_id_and_in_its_language(
    by_mail: ByMail,
) -> None:
    delivered = await by_mail.notifier.deliver(by_mail.message)
    [mail] = await by_mail.came()
    assert mail["message_id"] == delivered
    assert (mail["step_id"], mail["template"]) == (by_mail.message.step_id, "refund_sent")
    assert mail["locale"] == "fr"
    assert "10,85" in mail["text"]


async def test_a_message_sent_twice_under_one_id_is_one_in_the_mailbox(by_mail: ByMail) -> None:
    deliver = by_mail.notifier.deliver
    assert await deliver(by_mail.message) == await deliver(by_mail.message)
    [mail] = await by_mail.came()
    assert mail["copies"] == 2  # SMTP takes both; the id lets the mailbox drop the second
    assert by_mail.notifier.capabilities.idempotency == "none"


async def test_a_mailbox_that_is_gone_is_an_answer(by_mail: ByMail) -> None:
    message = by_mail.message.model_copy(update={"to": "ann@gone.example"})
    assert await by_mail.notifier.deliver(message) == NotTaken(because="550")


@pytest.mark.parametrize("fault", ["silence_after", "cut_after"])
async def test_a_message_whose_answer_is_lost_may_be_sent_again(
    by_mail: ByMail, fault: str
) -> None:
    await by_mail.fail(fault)
    with pytest.raises(AnswerLost):
        await by_mail.notifier.deliver(by_mail.message)
    await by_mail.notifier.deliver(by_mail.message)
    assert len(await by_mail.came()) == 1


@pytest.mark.parametrize("fault", ["refuse_before", "throttle", "500_before"])
async def test_where_nothing_happened_it_is_told_and_can_be_sent_again(
    by_mail: ByMail, fault: str
) -> None:
    await by_mail.fail(fault)
    with pytest.raises(Unavailable):
        await by_mail.notifier.deliver(by_mail.message)
    assert await by_mail.came() == []
    await by_mail.notifier.deliver(by_mail.message)
    assert len(await by_mail.came()) == 1


# ── Texts ─────────────────────────────────────────────────────────────────────────────────


async def test_a_text_is_on_its_telephone_in_its_language_and_within_two_parts(
    by_text: ByText,
) -> None:
    delivered = await by_text.notifier.deliver(by_text.message)
    [text] = await by_text.came()
    assert text["sid"] == delivered
    assert "Le remboursement de votre retour R-1" in text["body"]
    assert "10,85" in text["body"]
    assert int(text["num_segments"]) <= 2


async def test_a_text_that_was_sent_is_found_and_not_sent_again(by_text: ByText) -> None:
    deliver = by_text.notifier.deliver
    assert await deliver(by_text.message) == await deliver(by_text.message)
    assert len(await by_text.came()) == 1
    assert by_text.notifier.capabilities.idempotency == "natural_key"


@pytest.mark.parametrize("fault", LOST)
async def test_a_text_whose_answer_is_lost_is_found(by_text: ByText, fault: str) -> None:
    await by_text.fail(fault)
    with pytest.raises(AnswerLost):
        await by_text.notifier.deliver(by_text.message)
    [text] = await by_text.came()
    assert await by_text.notifier.deliver(by_text.message) == text["sid"]
    assert len(await by_text.came()) == 1


@pytest.mark.parametrize(("fault", "failure"), NOTHING_HAPPENED)
async def test_a_text_that_was_not_taken_is_sent_once_in_the_end(
    by_text: ByText, fault: str, failure: type[PartnerFailure]
) -> None:
    await by_text.fail(fault)
    with pytest.raises(failure):
        await by_text.notifier.deliver(by_text.message)
    assert await by_text.came() == []
    await by_text.notifier.deliver(by_text.message)
    assert len(await by_text.came()) == 1


async def test_two_notices_in_the_same_words_are_two_texts(by_text: ByText) -> None:
    again = by_text.message.model_copy(update={"step_id": f"{by_text.message.step_id}:2"})
    await by_text.notifier.deliver(by_text.message)
    await by_text.notifier.deliver(again)
    assert len(await by_text.came()) == 2


@pytest.mark.parametrize(
    ("number", "why"),
    [("+15005550001", "21211"), ("+15005550004", "21610"), ("+15005550009", "21614")],
)
async def test_a_number_that_never_takes_texts_is_an_answer(
    by_text: ByText, number: str, why: str
) -> None:
    message = by_text.message.model_copy(update={"to": number})
    assert await by_text.notifier.deliver(message) == NotTaken(because=why)


@pytest.mark.parametrize("number", ["01 23 45 67 89", "call me", "+0123456789", ""])
async def test_what_is_no_number_with_its_country_is_sent_nothing(
    by_text: ByText, number: str
) -> None:
    message = by_text.message.model_copy(update={"to": number})
    assert await by_text.notifier.deliver(message) == NotTaken(because="no_number")
