"""What every notifier owes the port, against mailboxes that count copies."""

from typing import Any

import pytest

from activities.failures import AnswerLost, Unavailable
from activities.ports import Message, Notifier
from adapters.mail.smtp import SmtpNotifier, message_id
from tests.contracts.partners import SHORT, Partners

SHOP = "shop@merchant.example"


@pytest.fixture
def notifier(partners: Partners) -> Notifier:
    return SmtpNotifier(host="127.0.0.1", port=partners.smtp_port, sender=SHOP, deadline=SHORT)


@pytest.fixture
def message(partners: Partners) -> Message:
    return Message(
        step_id=partners.new_id("notify"),
        to=f"{partners.new_id('ann').replace(':', '.')}@example.com",
        name="Ann",
        locale="fr",
        template="refund_sent",
        facts={"return_id": "R-1", "order_id": "W-1", "amount": "10.85 EUR"},
    )


async def mailbox(partners: Partners, message: Message) -> list[dict[str, Any]]:
    return await partners.control.messages(message.to)


async def fail(partners: Partners, message: Message, fault: str) -> None:
    key = message_id(message.step_id, "merchant.example")
    await partners.fail("mail", "message", fault, key=key)


async def test_a_message_is_in_its_mailbox_under_its_id_and_in_its_language(
    notifier: Notifier, message: Message, partners: Partners
) -> None:
    delivered = await notifier.deliver(message)
    [mail] = await mailbox(partners, message)
    assert mail["message_id"] == delivered
    assert (mail["step_id"], mail["template"]) == (message.step_id, "refund_sent")
    assert mail["locale"] == "fr"
    assert "10,85" in mail["text"]


async def test_a_message_sent_twice_under_one_id_is_one_in_the_mailbox(
    notifier: Notifier, message: Message, partners: Partners
) -> None:
    assert await notifier.deliver(message) == await notifier.deliver(message)
    [mail] = await mailbox(partners, message)
    assert mail["copies"] == 2  # SMTP takes both; the id lets the mailbox drop the second
    assert notifier.capabilities.idempotency == "none"


@pytest.mark.parametrize("fault", ["silence_after", "cut_after"])
async def test_a_message_whose_answer_is_lost_may_be_sent_again(
    notifier: Notifier, message: Message, partners: Partners, fault: str
) -> None:
    await fail(partners, message, fault)
    with pytest.raises(AnswerLost):
        await notifier.deliver(message)
    await notifier.deliver(message)
    assert len(await mailbox(partners, message)) == 1


@pytest.mark.parametrize("fault", ["refuse_before", "throttle", "500_before"])
async def test_where_nothing_happened_it_is_told_and_can_be_sent_again(
    notifier: Notifier, message: Message, partners: Partners, fault: str
) -> None:
    await fail(partners, message, fault)
    with pytest.raises(Unavailable):
        await notifier.deliver(message)
    assert await mailbox(partners, message) == []
    await notifier.deliver(message)
    assert len(await mailbox(partners, message)) == 1
