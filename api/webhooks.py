"""What partners tell us unasked: proven, written down, acknowledged, and only then acted on.

The signature is judged over the raw bytes before anything of them is read. What is
acknowledged is durable; what is forged, stale or tampered leaves no trace but a log line.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Literal

import structlog
from fastapi import APIRouter, Request
from pydantic import BaseModel

from activities.failures import Unavailable
from adapters.postgres.inbox import Incoming
from adapters.telemetry.doors import count
from adapters.telemetry.instruments import Metric
from adapters.webhooks import VERIFIERS, paypal
from adapters.webhooks.event import Forged, SourceEvent, Unreadable, Verifier
from adapters.webhooks.facts import facts_of
from api.bodies import read_body
from api.doors import Behind, Doors
from api.problems import PROBLEMS, RETRY, Problem

LONGEST_ID = 200
PAYPAL = "paypal"

router = APIRouter(tags=["webhooks"])
log = structlog.get_logger()


class Taken(BaseModel):
    """The answer to a webhook: it is ours now, and need not be sent again."""

    event_id: str
    state: Literal["received", "known", "quarantined", "ignored"]


@router.post("/v1/webhooks/{provider}/{account}", status_code=202, responses=PROBLEMS)
async def take_webhook(provider: str, account: str, request: Request, behind: Behind) -> Taken:
    """Take an event of a partner, signed with a live secret of the account."""
    secrets = behind.secrets_of(provider, account)
    if provider not in {*VERIFIERS, PAYPAL} or not secrets:
        raise Problem(404, "unknown_account", "there is no such provider or account here")
    raw = await read_body(request)
    try:
        verify = await _verifier(behind, provider, request.headers)
        event = verify(raw, request.headers, secrets, await behind.clock.now())
    except Unavailable as away:
        detail = f"the signature cannot be judged now: {away}"
        raise Problem(503, "unavailable", detail, headers=RETRY) from away
    except Forged as forged:
        count(Metric.WEBHOOKS, provider=provider, outcome="refused")
        log.warning("webhook.refused", provider=provider, account=account, because=str(forged))
        raise Problem(401, "forged", f"the signature does not hold: {forged}") from forged
    except Unreadable as unreadable:
        raise Problem(400, "unreadable", f"body: {unreadable}", path="body") from unreadable
    for name, text in (("id", event.event_id), ("type", event.kind)):
        if len(text) > LONGEST_ID or not text.isprintable():
            raise Problem(400, "unreadable", f"{name}: expected a short text", path=f"body.{name}")
    return await _keep(behind, account, event, raw)


async def _verifier(behind: Doors, provider: str, headers: Mapping[str, str]) -> Verifier:
    """How a provider's signature is judged; for PayPal's, the certificate is had first.

    Raises:
        Forged: It names a certificate that is not PayPal's.
        Unavailable: The certificate cannot be had now.
    """
    if provider != PAYPAL:
        return VERIFIERS[provider]
    return paypal.verifier(await behind.certificates.of(headers))


async def _keep(behind: Doors, account: str, event: SourceEvent, raw: bytes) -> Taken:
    """Write it down with what it means; what means nothing, or cannot be read, as well."""
    state, reason, facts = _meaning(event)
    incoming = Incoming(
        provider=event.provider,
        account=account,
        event_id=event.event_id,
        kind=event.kind,
        occurred_at=event.occurred_at,
        body_sha256=hashlib.sha256(raw).digest(),
        facts=facts,
    )
    kept = await behind.inbox.keep(incoming, state, reason)
    about = {"provider": event.provider, "event_id": event.event_id, "kind": event.kind}
    outcome = state if kept == "new" else "known"
    count(Metric.WEBHOOKS, provider=event.provider, outcome=outcome)
    if kept != "new":
        log.info("webhook.repeated", same_body=kept == "known", **about)
        return Taken(event_id=event.event_id, state="known")
    log.info("webhook.kept", state=state, because=reason, **about)
    if state == "received":
        behind.relay.wake()
    return Taken(event_id=event.event_id, state=state)


def _meaning(
    event: SourceEvent,
) -> tuple[Literal["received", "quarantined", "ignored"], str, Sequence[dict[str, Any]]]:
    """Say what an event means in our words, or why it is not relayed."""
    try:
        facts = [asdict(fact) for fact in facts_of(event)]
        json.dumps(facts, ensure_ascii=False).encode()  # half a character cannot be passed on
    except (Unreadable, UnicodeEncodeError) as unreadable:
        because = str(unreadable) if isinstance(unreadable, Unreadable) else "expected whole text"
        return "quarantined", because, []
    if not facts:
        return "ignored", "says nothing of returns", []
    return "received", "", facts
