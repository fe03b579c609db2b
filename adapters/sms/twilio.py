"""Texts to telephones over Twilio's Messages API: looked for first, then sent.

Docs: twilio.com/docs/messaging/api/message-resource ("Create a Message resource", "Read
multiple Message resources"); twilio.com/docs/api/errors for the codes. They keep no key of
ours, so that each text ends with a mark that follows from its step: by the mark it is found
in their list after an unknown outcome.
"""

import hashlib
import re
from datetime import timedelta
from urllib.parse import urlencode

import httpx2

from activities.failures import Throttled
from activities.ports import Capabilities, Message, NotTaken
from adapters.http import (
    DEFAULT_DEADLINE,
    DEFAULT_PAUSE,
    PartnerHttp,
    TheirObject,
    path_of,
    unexpected,
)
from adapters.mail.rendering import Renderer

MESSAGES = "/2010-04-01/Accounts/{account}/Messages.json"

NEVER = frozenset({21211, 21214, 21217, 21265, 21408, 21610, 21612, 21614})
"""The number is none, cannot be texted, or its owner does not want to be (21610)."""

TOO_FAST = frozenset({14107, 20429})

SERVICE = "MG"
"""How the name of a messaging service begins, which picks the number to send from by itself."""

LATEST = 100
"""The newest texts to one number, among which one of ours is looked for."""

_SPACING = re.compile(r"[\s().\-/]")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")  # ITU-T E.164: 15 digits at most


class _Sent(TheirObject):
    sid: str
    body: str | None = None


class _Page(TheirObject):
    messages: tuple[_Sent, ...]


class TwilioSms:
    """Keeps `activities.ports.Notifier`."""

    capabilities = Capabilities(idempotency="natural_key", final_answer="webhook")

    def __init__(
        self,
        client: httpx2.AsyncClient,
        *,
        base_url: str,
        api_key: str,
        sender: str,
        told_at: str = "",
        renderer: Renderer | None = None,
        deadline: timedelta = DEFAULT_DEADLINE,
    ) -> None:
        """Send through one account.

        Args:
            client: Our connections.
            base_url: Such as `https://api.twilio.com`.
            api_key: The account's SID and its token, `AC…:…`.
            sender: A number of theirs, or the SID of a messaging service (`MG…`).
            told_at: Where they are to tell what becomes of a text; empty: nowhere.
            renderer: Who words it.
            deadline: Of one call.
        """
        account, _, token = api_key.partition(":")
        self._http = PartnerHttp(
            client, partner="twilio", base_url=base_url, auth=(account, token), deadline=deadline
        )
        self._path = path_of(MESSAGES, account=account)
        self._sender = {"MessagingServiceSid" if sender.startswith(SERVICE) else "From": sender}
        self._told_at = told_at
        self._renderer = renderer or Renderer()

    async def deliver(self, message: Message) -> str | NotTaken:
        """Have it sent, unless it was already.

        Returns:
            Their SID of it; or why not, if the number is none, or never takes it.

        Raises:
            AnswerLost: It may have been sent: deliver it again, and it is looked for.
            PartnerFailure: As `PartnerHttp.ask` says.
        """
        to = number_of(message.to)
        if to is None:
            return NotTaken(because="no_number")
        mark = mark_of(message.step_id)
        return await self._found(to, mark) or await self._send(to, message, mark)

    async def _found(self, to: str, mark: str) -> str | None:
        answer = await self._http.ask("GET", self._path, query={"To": to, "PageSize": str(LATEST)})
        if not answer.accepted:
            raise unexpected("twilio: GET Messages", answer, _code(answer.body))
        sent = answer.read(_Page).messages
        return next((one.sid for one in sent if (one.body or "").endswith(mark)), None)

    async def _send(self, to: str, message: Message, mark: str) -> str | NotTaken:
        written = self._renderer.short(message.template, locale=message.locale, facts=message.facts)
        form = {"To": to, "Body": f"{written.text}\n{mark}", **self._sender}
        if self._told_at:
            form["StatusCallback"] = f"{self._told_at}?{urlencode({'step': message.step_id})}"
        answer = await self._http.ask("POST", self._path, form=form)
        if answer.accepted:
            return answer.read(_Sent).sid
        code = answer.body.get("code")
        if code in TOO_FAST:
            raise Throttled(f"twilio: answered {answer.status} {code}", DEFAULT_PAUSE)
        if code in NEVER:
            return NotTaken(because=str(code))
        raise unexpected("twilio: POST Messages", answer, _code(answer.body))


def mark_of(step_id: str) -> str:
    """Make the end of a step's text: the same for each attempt, and telling nothing of the step."""
    return f"[{hashlib.sha256(step_id.encode()).hexdigest()[:8].upper()}]"


def number_of(phone: str) -> str | None:
    """Read a number with its country's code (`+33 1 …`, `0033 1 …`); any other is none."""
    plain = _SPACING.sub("", phone)
    plain = f"+{plain[2:]}" if plain.startswith("00") else plain
    return plain if _E164.fullmatch(plain) else None


def _code(body: dict[str, object]) -> str:
    return str(body.get("code", ""))
