"""Bills, as Stripe's Checkout Sessions: a page that a customer pays on, for a day at most."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sandbox import gateway_objects as objects
from sandbox.collecting_objects import session as shown
from sandbox.driving import Work
from sandbox.face import Operation
from sandbox.payments import Payments
from sandbox.stripe_wire import Keys, key_of, listing, missing, no
from sandbox.wire import Call, Json, Reply, Unfit, digest, iso, mapping, number, text, whole
from sandbox.world import World

SHORTEST, LONGEST = timedelta(minutes=30), timedelta(hours=24)
EVERYBODYS = "everybody's"
PAYS_AFTER_DAYS = 0.1


class Checkout:
    """Sessions in the gateway's books; each move is booked and told."""

    def __init__(self, world: World, payments: Payments, keys: Keys) -> None:
        self._world = world
        self._books = world.books
        self._payments = payments
        self._keys = keys
        world.hear("bill_expires", self._expires)
        world.hear("bill_pays", self._pays)

    def operations(self) -> tuple[Operation, ...]:
        """Give what the gateway can be asked about bills."""
        where, one = "/checkout/sessions", "/checkout/sessions/{ref}"
        return (
            Operation("bill", "POST", where, self.create, _key, self._keys.keep, _about),
            Operation("bill_list", "GET", where, self.listing, lambda _call: EVERYBODYS),
            Operation("bill_get", "GET", one, self.show, _ref, about=self._known_as),
            Operation("bill_mark", "POST", one, self.mark, _ref, about=self._known_as),
            Operation(
                "bill_expire", "POST", f"{one}/expire", self.expire, _ref, about=self._known_as
            ),
        )

    def works(self) -> list[Work]:
        """Give what a hand can do to bills."""
        return [
            ("POST", "/payments/bills/{ref:path}/paid", self.pay_by_hand),
            ("POST", "/payments/bills/{ref:path}/expired", self.expire_by_hand),
        ]

    def create(self, call: Call) -> Reply:
        """Make a page; under a key that was used the first answer comes again."""
        return self._keys.once(call, lambda: self._create(call.body, key_of(call)))

    def listing(self, call: Call) -> Reply:
        """List all sessions, newest first."""
        found = list(reversed(self._books.every("session")))
        return listing(call, "checkout/sessions", found, shown)

    def show(self, call: Call) -> Reply:
        session = self._books.get("session", call.path["ref"])
        return missing("checkout.session") if session is None else Reply(200, shown(session))

    def mark(self, call: Call) -> Reply:
        """Write into a session's metadata."""
        session = self._books.get("session", call.path["ref"])
        if session is None:
            return missing("checkout.session")
        session["metadata"] |= mapping(call.body, "metadata", optional=True)
        self._books.change("session", session["id"], session)
        return Reply(200, shown(session))

    def expire(self, call: Call) -> Reply:
        """Close a page that is open."""
        session = self._books.get("session", call.path["ref"])
        if session is None:
            return missing("checkout.session")
        if session["status"] != "open":
            message = f"This Session is {session['status']}: only open ones can be expired."
            return no(400, "", message)
        self._end(session, self._world.clock.now())
        return Reply(200, shown(session))

    def pay_by_hand(self, call: Call) -> Reply:
        """Let the customer pay now."""
        session = self._open_one(call.path["ref"])
        self._pay(session, self._world.clock.now())
        return Reply(200, {"id": session["id"], "payment_intent": session["payment_intent"]})

    def expire_by_hand(self, call: Call) -> Reply:
        """Let the day of the page be over now."""
        session = self._open_one(call.path["ref"])
        now = self._world.clock.now()
        session["expires_at"] = min(session["expires_at"], int(now.timestamp()))
        self._end(session, now)
        return Reply(200, {"id": session["id"], "status": session["status"]})

    def _create(self, said: Json, key: str) -> Reply:
        if text(said, "mode") != "payment":
            raise Unfit("mode", "payment")
        text(said, "success_url")
        item = mapping(mapping(said, "line_items"), "0")
        price = mapping(item, "price_data")
        text(mapping(price, "product_data"), "name")
        amount = whole(price, "unit_amount") * whole(item, "quantity")
        now = self._world.clock.now()
        reference = text(said, "client_reference_id", default="")
        earlier = self._books.by_reference("session", reference) if reference else []
        session: Json = {
            "id": "cs_test_" + digest("session", key, reference, len(earlier)),
            "amount": amount,
            "currency": text(price, "currency").upper(),
            "client_reference_id": reference or None,
            "metadata": mapping(said, "metadata", optional=True),
            "for_payment": mapping(
                mapping(said, "payment_intent_data", optional=True), "metadata", optional=True
            ),
            "success_url": said["success_url"],
            "created": int(now.timestamp()),
            "expires_at": _expires_at(said, now),
            "status": "open",
            "payment_intent": None,
            "key": key,
        }
        self._books.put("session", session["id"], session, reference=reference)
        self._book(session, now, "bill")
        self._plan(session, now, first=not earlier)
        return Reply(200, shown(session))

    def _plan(self, session: Json, now: datetime, *, first: bool) -> None:
        """Let the page lapse in time, and the customer do what their script says, once."""
        left_s = session["expires_at"] - session["created"]
        key = f"bill:{session['id']}"
        self._world.later(now, left_s / 86_400, "bill_expires", key, {"id": session["id"]})
        names = (session["metadata"].get("return_id", ""), session["client_reference_id"] or "")
        script = self._world.scripts.find("bill", *names)
        if first and script is not None and script.name == "paid":
            days = number(script.params, "days", PAYS_AFTER_DAYS)
            body = {"reference": session["client_reference_id"] or session["id"]}
            self._world.later(now, days, "bill_pays", f"pays:{session['id']}", body)

    def _pays(self, at: datetime, body: Json) -> None:
        for session in self._of(body["reference"]):
            if session["status"] == "open":
                self._pay(session, at)
                return

    def _expires(self, at: datetime, body: Json) -> None:
        session = self._books.get("session", body["id"])
        if session is not None and session["status"] == "open":
            self._end(session, at)

    def _pay(self, session: Json, at: datetime) -> None:
        payment_ref = "pi_" + digest("paid", session["id"])[:24]
        session |= {"status": "complete", "payment_intent": payment_ref}
        self._books.change("session", session["id"], session)
        self._world.schedule.call_off(f"bill:{session['id']}")
        amount_minor = objects.to_iso(session["amount"], session["currency"])
        self._payments.capture(
            payment_ref, amount_minor, session["currency"], metadata=session["for_payment"]
        )
        self._book(session, at, "bill_paid")
        self._tell(session, at, "checkout.session.completed")

    def _end(self, session: Json, at: datetime) -> None:
        session["status"] = "expired"
        self._books.change("session", session["id"], session)
        self._world.schedule.call_off(f"bill:{session['id']}")
        self._book(session, at, "bill_expired")
        self._tell(session, at, "checkout.session.expired")

    def _open_one(self, ref: str) -> Json:
        for session in self._of(ref):
            if session["status"] == "open":
                return session
        raise Unfit("ref", "the id or the reference of a session that is open")

    def _of(self, ref: str) -> list[Json]:
        found = self._books.get("session", ref)
        return [found] if found else list(reversed(self._books.by_reference("session", ref)))

    def _known_as(self, call: Call) -> tuple[str, ...]:
        session = self._books.get("session", call.path["ref"])
        return () if session is None else _names(session)

    def _book(self, session: Json, at: datetime, kind: str) -> None:
        self._books.book(
            "payments",
            at,
            kind=kind,
            bill_id=session["id"],
            payment_ref=session["payment_intent"],
            refund_id=None,
            idempotency_key=session["client_reference_id"],
            amount_minor=objects.to_iso(session["amount"], session["currency"]),
            currency=session["currency"],
            status=session["status"],
            metadata=session["metadata"],
        )

    def _tell(self, session: Json, at: datetime, kind: str) -> None:
        event_id = "evt_" + digest(kind, session["id"])[:24]
        created = int(at.timestamp())
        event = objects.event(kind, shown(session), event_id=event_id, created=created, key=None)
        about = _names(session)
        self._world.outbox.book("stripe", kind, event_id, event, at=at, about=about)


def _expires_at(said: Mapping[str, object], now: datetime) -> int:
    """Read when the page closes: half an hour to a day from now, and a day by default."""
    if "expires_at" not in said:
        return int((now + LONGEST).timestamp())
    asked = whole(said, "expires_at")
    left = timedelta(seconds=asked - int(now.timestamp()))
    if not SHORTEST <= left <= LONGEST:
        raise Unfit("expires_at", f"from 30 minutes to 24 hours after {iso(now)}")
    return asked


def _names(session: Json) -> tuple[str, ...]:
    return (session["client_reference_id"] or "", session["metadata"].get("return_id", ""))


def _ref(call: Call) -> str:
    return call.path["ref"]


def _key(call: Call) -> str:
    return key_of(call) or text(call.body, "client_reference_id", default="no key")


def _about(call: Call) -> tuple[str, ...]:
    metadata = mapping(call.body, "metadata", optional=True)
    reference = text(call.body, "client_reference_id", default="")
    return (reference, str(metadata.get("return_id", "")))
