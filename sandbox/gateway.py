"""The gateway's counter, in Stripe's dialect: refund once per key, list, look up, cancel."""

from collections.abc import Mapping

from sandbox import gateway_objects as objects
from sandbox.face import Face, Operation
from sandbox.payments import Payments
from sandbox.scripts import Script
from sandbox.settings import STRIPE_KEY
from sandbox.stripe_wire import Keys, expand_of, key_of, listing, missing, no
from sandbox.wire import Call, Json, Reply, Unfit, number, text, whole
from sandbox.world import World

EVERYBODYS = "everybody's"

# Status at birth, why it waits, and (days later, status, why) by script.
OUTCOMES: Mapping[str, tuple[str, str, tuple[float, str, str] | None]] = {
    "instant": ("succeeded", "", None),
    "pending": ("pending", "processing", (2, "succeeded", "")),
    "pending_fails": ("pending", "processing", (2, "failed", "expired_or_canceled_card")),
    "fails_later": ("succeeded", "", (9, "failed", "lost_or_stolen_card")),
    "requires_action": ("requires_action", "", None),
    "low_balance": ("pending", "insufficient_funds", (3, "succeeded", "")),
}


def stripe_face(
    world: World, payments: Payments, collecting: tuple[Operation, ...], keys: Keys
) -> Face:
    """Put the counter together with those that collect money."""
    counter = Gateway(world, payments, keys)
    return Face(
        name="gateway",
        prefix="/stripe/v1",
        knows=lambda headers: headers.get("authorization") == f"Bearer {STRIPE_KEY}",
        complaint=objects.complaint,
        operations=(
            Operation("refund", "POST", "/refunds", counter.create, _key, counter.keep_500, _about),
            Operation("cancel", "POST", "/refunds/{ref}/cancel", counter.cancel, counter.ref),
            Operation("get", "GET", "/refunds/{ref}", counter.show, counter.ref),
            Operation("list", "GET", "/refunds", counter.listing, _payment_of_query),
            Operation("disputes", "GET", "/disputes", counter.disputes, _payment_of_query),
            Operation("charge", "GET", "/charges/{ref}", counter.charge, counter.ref),
            *collecting,
        ),
    )


class Gateway:
    """Refunds of payments."""

    def __init__(self, world: World, payments: Payments, keys: Keys) -> None:
        self._world = world
        self._payments = payments
        self._keys = keys

    @staticmethod
    def ref(call: Call) -> str:
        return call.path["ref"]

    def create(self, call: Call) -> Reply:
        """Refund; under a key that was used the first answer comes again, even a 500."""
        return self._keys.once(call, lambda: self._refund(call.body, key_of(call)))

    def keep_500(self, call: Call, broken: Reply) -> None:
        """Keep a 500 as the answer, as they do once a request has begun to be worked on."""
        self._keys.keep(call, broken)

    def cancel(self, call: Call) -> Reply:
        """Call off a refund that has not gone through."""
        refund = self._payments.refund(call.path["ref"])
        if refund is None:
            return missing("refund")
        if refund["status"] not in {"pending", "requires_action"}:
            return no(400, "refund_not_cancelable", "This refund cannot be canceled.")
        self._world.schedule.call_off(f"refund:{refund['id']}")
        self._payments.move(refund, "canceled", "merchant_request", self._world.clock.now())
        return Reply(200, objects.refund(refund))

    def show(self, call: Call) -> Reply:
        refund = self._payments.refund(call.path["ref"])
        if refund is None:
            return missing("refund")
        return Reply(200, self._shown(refund, expand_of(call.query)))

    def listing(self, call: Call) -> Reply:
        """List a payment's refunds, or everybody's, newest first."""
        asked = {path.removeprefix("data.") for path in expand_of(call.query)}
        if _payment_of_query(call) == EVERYBODYS:
            every = self._payments.all_refunds()
            return listing(call, "refunds", every, lambda one: self._shown(one, asked))
        payment = self._payments.get(_payment_of_query(call))
        if payment is None:
            return missing("payment_intent")
        found = self._payments.refunds(payment["payment_ref"])
        return listing(call, "refunds", found, lambda one: self._shown(one, asked))

    def disputes(self, call: Call) -> Reply:
        """List all disputes, newest first."""
        return listing(call, "disputes", self._payments.disputes(), objects.dispute)

    def charge(self, call: Call) -> Reply:
        payment = self._payments.get(call.path["ref"])
        if payment is None:
            return missing("charge")
        refunded = self._payments.refunded(payment["payment_ref"])
        return Reply(200, objects.charge(payment, refunded))

    def _refund(self, said: Json, key: str) -> Reply:
        payment = self._payments.get(_payment_of(said))
        if payment is None:
            return missing("payment_intent")
        captured = objects.to_gateway(payment["amount_minor"], payment["currency"])
        left = captured - self._payments.refunded(payment["payment_ref"])
        amount = whole(said, "amount") if "amount" in said else left
        if not objects.taken_of(amount, payment["currency"]):
            raise Unfit("amount", f"an amount of {payment['currency']} that is taken here")
        metadata = _metadata(said)
        script = self._script(payment, metadata, key)
        if script.name == "disputed" and not payment["disputed"]:
            now = self._world.clock.now()
            self._payments.dispute(payment, captured, "product_not_received", now)
        if script.name == "refused":
            return no(400, text(script.params, "code"), "This refund is refused.")
        refusal = _refusal(payment, amount, left)
        if refusal is not None:
            return refusal
        status, why, then = OUTCOMES.get(script.name, OUTCOMES["instant"])
        reason = text(said, "reason", default="") or None
        refund = self._payments.pay_back(
            payment, amount, key=key, status=status, why=why, metadata=metadata, reason=reason
        )
        self._plan(refund, script, then)
        return Reply(200, self._shown(refund, expand_of(said)))

    def _shown(self, refund: Json, paths: set[str]) -> Json:
        payment = self._payments.get(refund["payment_ref"])
        shown = objects.refund(refund)
        return objects.expanded(shown, payment, paths) if payment and paths else shown

    def _script(self, payment: Json, metadata: Json, key: str) -> Script:
        keys = (payment["payment_ref"], metadata.get("return_id", ""), key)
        found = self._world.scripts.find("refund", *keys)
        self._world.scripts.use_up("refund", *keys)
        return found or Script("refund", "instant", {})

    def _plan(self, refund: Json, script: Script, then: tuple[float, str, str] | None) -> None:
        """Let the bank have its say later; `days`, `then` and `why` of the script count first."""
        if then is None and "days" in script.params:
            then = (0, "succeeded", "")
        if then is None:
            return
        days, status, why = then
        status = text(script.params, "then", default=status)
        why = text(script.params, "why", default=why or " ").strip()
        body = {"refund_id": refund["id"], "status": status, "why": why}
        days = number(script.params, "days", days)
        now = self._world.clock.now()
        self._world.later(now, days, "refund_moves", f"refund:{refund['id']}", body)


def _refusal(payment: Json, amount: int, left: int) -> Reply | None:
    """Say why there is no money, if there is none."""
    if payment["disputed"] in {"open", "lost"}:
        return no(400, "charge_disputed", "This charge is disputed.")
    if left <= 0:
        return no(400, "charge_already_refunded", "The charge has been refunded in full.")
    if amount > left:
        message = f"The amount is greater than the unrefunded amount ({left})."
        return no(400, "amount_too_large", message, "amount")
    return None


def _metadata(said: Json) -> Json:
    metadata = said.get("metadata", {})
    if not isinstance(metadata, dict):
        raise Unfit("metadata", "fields such as metadata[return_id]")
    return metadata


def _payment_of(said: Mapping[str, object]) -> str:
    if said.get("charge"):
        return text(said, "charge")
    return text(said, "payment_intent")


def _payment_of_query(call: Call) -> str:
    named = call.query.get("charge") or call.query.get("payment_intent")
    return named or EVERYBODYS


def _key(call: Call) -> str:
    return call.headers.get("idempotency-key") or _payment_of(call.body)


def _about(call: Call) -> tuple[str, ...]:
    return (_payment_of(call.body), str(_metadata(call.body).get("return_id", "")))
