"""Which channels there are to customers: mail always, texts where there is an account."""

from datetime import timedelta

import httpx2

from activities.ports import Notifier
from adapters.mail.rendering import Writer
from adapters.mail.smtp import SmtpNotifier
from adapters.settings import Settings
from adapters.sms.twilio import TwilioSms
from domain.channels import Channel

SENDER = "returns@backhaul.example"


def connect_channels(
    http: httpx2.AsyncClient, settings: Settings, *, deadline: timedelta
) -> dict[Channel, Notifier]:
    """Connect to whoever delivers letters and texts."""
    mail = connect_mail(settings, deadline=deadline)
    if "twilio" not in settings.partners:
        return {Channel.MAIL: mail}
    # Nothing here listens for what becomes of a text; the sandbox reads its step in the address.
    told_at = f"{settings.api_url}/told" if settings.sandbox_url else ""
    sms = TwilioSms(
        http,
        **settings.partner("twilio").model_dump(),
        sender=settings.twilio_sender,
        told_at=told_at,
        deadline=deadline,
    )
    return {Channel.MAIL: mail, Channel.SMS: sms}


def connect_mail(
    settings: Settings, *, deadline: timedelta, writer: Writer | None = None
) -> SmtpNotifier:
    """Connect to the mail server; without `writer`, what customers are written is sent."""
    return SmtpNotifier(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=SENDER,
        renderer=writer,
        deadline=deadline,
    )
