"""The telephones of customers, behind Twilio's Messages API: every text that is taken is one more.

They keep no key of whoever sends: a text that is sent twice is two. Of a text it is known for
which step it is by the address at which whoever sent it wants to hear of it.
"""

import base64
from email.utils import format_datetime
from urllib.parse import parse_qs, urlsplit

from sandbox.face import Face, Operation
from sandbox.settings import TWILIO_LOGIN
from sandbox.wire import Call, Json, Reply, digest, text, whole
from sandbox.world import World

MESSAGES = "/2010-04-01/Accounts/{account}/Messages.json"
LONGEST = 1600  # characters of a text
IN_ASCII, IN_OTHERS = 153, 67  # characters of a part, of which each is paid for

NEVER = {
    "+15005550001": (21211, "The 'To' number is not a valid phone number."),
    "+15005550004": (21610, "Attempt to send to unsubscribed recipient"),
    "+15005550009": (21614, "'To' number is not a valid mobile number"),
}
"""Numbers that never take a text: the magic ones of Twilio's test credentials."""


def twilio_face(world: World) -> Face:
    """Put the counter together."""
    phones = Telephones(world)
    pair = base64.b64encode(":".join(TWILIO_LOGIN).encode()).decode()
    return Face(
        name="twilio",
        prefix="/twilio",
        knows=lambda headers: headers.get("authorization") == f"Basic {pair}",
        complaint=complaint,
        operations=(
            Operation("message", "POST", MESSAGES, phones.take, step_of),
            Operation("list", "GET", MESSAGES, phones.listed, _number),
        ),
    )


class Telephones:
    """What was sent to whom."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._books = world.books

    def take(self, call: Call) -> Reply:
        """Take a text, whether it is the first of its kind or not."""
        to, body = text(call.body, "To"), text(call.body, "Body")
        if to in NEVER:
            return _no(*NEVER[to])
        if len(body) > LONGEST:
            return _no(21617, "The concatenated message body exceeds the 1600 character limit")
        number, now = len(self._books.every("text")) + 1, self._world.clock.now()
        sid = "SM" + digest("text", number)
        message: Json = {
            "sid": sid,
            "account_sid": call.path["account"],
            "to": to,
            "from": call.body.get("From"),
            "messaging_service_sid": call.body.get("MessagingServiceSid"),
            "body": body,
            "num_segments": str(-(-len(body) // (IN_ASCII if body.isascii() else IN_OTHERS))),
            "status": "queued",
            "direction": "outbound-api",
            "error_code": None,
            "date_created": format_datetime(now),
        }
        step = step_of(call)
        self._books.put("text", sid, message, reference=step, family=to)
        self._books.book("sms", now, kind="text", message_id=sid, to=to, step_id=step)
        return Reply(201, message)

    def listed(self, call: Call) -> Reply:
        """List the newest texts to a number."""
        size = whole({"PageSize": "50", **call.query}, "PageSize")
        newest = self._books.by_family("text", _number(call))[::-1]
        return Reply(200, {"messages": newest[:size], "page_size": size})


def texts(world: World, to: str) -> list[Json]:
    """Give the texts to one number, or with an empty `to` to all."""
    return world.books.by_family("text", to) if to else world.books.every("text")


def step_of(call: Call) -> str:
    """Read for which step a text is; without an address to be told at, it is of its own."""
    told_at = str(call.body.get("StatusCallback") or "")
    named = parse_qs(urlsplit(told_at).query).get("step")
    return named[0] if named else digest(call.body.get("To"), call.body.get("Body"))


def complaint(status: int, code: str, message: str, _field: str) -> Json:
    """Word a no: `{code, message, more_info, status}`, the code a number of theirs."""
    number = {401: 20003, 429: 20429, 422: 21602}.get(status, 20500)
    number = int(code) if code.isdecimal() else number
    info = f"https://www.twilio.com/docs/errors/{number}"
    return {"code": number, "message": message, "more_info": info, "status": status}


def _number(call: Call) -> str:
    return text(call.query, "To")


def _no(code: int, message: str) -> Reply:
    return Reply(400, complaint(400, str(code), message, ""))
