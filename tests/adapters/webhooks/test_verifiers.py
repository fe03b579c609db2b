"""A webhook is theirs, whole and of now, or it is nothing."""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

from adapters.webhooks import VERIFIERS
from adapters.webhooks.easypost import sign as easypost_sign
from adapters.webhooks.event import DEPTH_LIMIT, TOLERANCE, Forged, SourceEvent, Unreadable, parse
from adapters.webhooks.stripe import sign as stripe_sign
from tests.adapters.recordings import recorded_json

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
A_SECOND = timedelta(seconds=1)
WHSEC = "whsec_" + b64encode(b"sandbox-warehouse-secret").decode()
OTHER_WHSEC = "whsec_" + b64encode(b"another").decode()


@dataclass(frozen=True)
class Signed:
    """A provider's event as it comes in, signed by one of its secrets."""

    provider: str
    raw: bytes
    headers: Mapping[str, str]
    secret: str
    other_secret: str = "another"

    def verify(
        self,
        *,
        raw: bytes | None = None,
        secrets: Sequence[str] | None = None,
        headers: Mapping[str, str] | None = None,
        now: datetime = NOW,
    ) -> SourceEvent:
        return VERIFIERS[self.provider](
            self.raw if raw is None else raw,
            self.headers if headers is None else headers,
            [self.secret] if secrets is None else secrets,
            now,
        )


def easypost(body: Any) -> Signed:
    raw = json.dumps(body, separators=(",", ":")).encode()
    headers = {"X-Hmac-Signature": easypost_sign(raw, "sécret")}
    return Signed("easypost", raw, headers, "sécret")


def stripe(body: Any, at: datetime = NOW) -> Signed:
    raw = json.dumps(body).encode()
    stamp = str(int(at.timestamp()))
    signature = f"t={stamp},v1={stripe_sign(raw, 'whsec_x', stamp)},v0=old"
    return Signed("stripe", raw, {"Stripe-Signature": signature}, "whsec_x")


def warehouse(body: Any, at: datetime = NOW) -> Signed:
    raw = json.dumps(body).encode()
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(WHSEC).sign("msg_1", at, raw.decode()),
    }
    return Signed("warehouse", raw, headers, WHSEC, OTHER_WHSEC)


EASYPOST = easypost(
    {"id": "evt_1", "description": "tracker.updated", "created_at": "2026-03-01T11:00:00Z"}
)
STRIPE = stripe({"id": "evt_1", "type": "refund.updated", "created": 1_772_362_800})
WAREHOUSE = warehouse(
    {"type": "receipt.reported", "data": {"occurred_at": "2026-03-01T12:00:00+01:00"}}
)
ALL = pytest.mark.parametrize("signed", [EASYPOST, STRIPE, WAREHOUSE], ids=lambda one: one.provider)
TIMED = pytest.mark.parametrize("make", [stripe, warehouse])
TIMED_BODY = {"id": "evt_1", "type": "x", "created": 1}


@ALL
def test_what_is_theirs_is_read_with_its_id_kind_and_time(signed: Signed) -> None:
    event = signed.verify()
    assert event.provider == signed.provider
    assert event.event_id in {"evt_1", "msg_1"}
    assert event.kind in {"tracker.updated", "refund.updated", "receipt.reported"}
    assert event.occurred_at == datetime(2026, 3, 1, 11, tzinfo=UTC)
    assert event.body == json.loads(signed.raw)


@ALL
def test_either_of_two_live_secrets_will_do(signed: Signed) -> None:
    assert signed.verify(secrets=[signed.other_secret, signed.secret])


@ALL
@pytest.mark.parametrize("how", ["other secret", "no secret", "empty secret"])
def test_without_a_live_secret_it_is_a_forgery(signed: Signed, how: str) -> None:
    secrets = {"other secret": [signed.other_secret], "no secret": [], "empty secret": [""]}[how]
    with pytest.raises(Forged):
        signed.verify(secrets=secrets)


def test_what_is_signed_with_nothing_is_a_forgery() -> None:
    signature = "hmac-sha256-hex=" + hmac.new(b"", EASYPOST.raw, hashlib.sha256).hexdigest()
    with pytest.raises(Forged):
        EASYPOST.verify(headers={"X-Hmac-Signature": signature}, secrets=[""])


@ALL
def test_headers_are_found_whatever_their_capitals(signed: Signed) -> None:
    assert signed.verify(headers={name.upper(): v for name, v in signed.headers.items()})
    assert signed.verify(headers={name.lower(): v for name, v in signed.headers.items()})


@ALL
def test_a_missing_header_is_a_forgery(signed: Signed) -> None:
    for name in signed.headers:
        rest = {key: value for key, value in signed.headers.items() if key != name}
        with pytest.raises(Forged):
            signed.verify(headers=rest)


@ALL
def test_any_one_byte_changed_is_a_forgery(signed: Signed) -> None:
    for place in range(len(signed.raw)):
        changed = bytearray(signed.raw)
        changed[place] ^= 1
        with pytest.raises(Forged):
            signed.verify(raw=bytes(changed))


@ALL
@given(garbage=st.text(max_size=200))
def test_a_garbled_signature_is_a_forgery(signed: Signed, garbage: str) -> None:
    with pytest.raises(Forged):
        signed.verify(headers=dict.fromkeys(signed.headers, garbage))


@TIMED
@pytest.mark.parametrize("side", [-1, 1], ids=["past", "future"])
def test_the_tolerance_holds_at_both_ends(make: Any, side: int) -> None:
    at_the_edge = NOW + side * TOLERANCE
    assert make(TIMED_BODY, at_the_edge).verify()
    with pytest.raises(Forged):
        make(TIMED_BODY, at_the_edge + side * A_SECOND).verify()


@TIMED
@pytest.mark.parametrize("stamp", ["", "-1", "1e9", "NaN", "٣", "9" * 40])
def test_a_time_that_is_none_is_a_forgery(make: Any, stamp: str) -> None:
    signed = make(TIMED_BODY)
    now = str(int(NOW.timestamp()))
    headers = {name: value.replace(now, stamp) for name, value in signed.headers.items()}
    with pytest.raises(Forged):
        signed.verify(headers=headers)


def test_two_times_in_one_signature_are_a_forgery() -> None:
    signature = STRIPE.headers["Stripe-Signature"]
    with pytest.raises(Forged):
        STRIPE.verify(headers={"Stripe-Signature": f"t=1,{signature}"})


@pytest.mark.parametrize(
    "signed",
    [
        easypost({"description": "tracker.updated"}),
        easypost({"id": "evt_1", "description": "x", "created_at": "2026-03-01T11:00:00"}),
        easypost(["evt_1"]),
        stripe({"id": "evt_1", "type": "x"}),
        stripe({"id": "evt_1", "type": "x", "created": 10**17}),
        warehouse({"data": {}}),
        warehouse({"type": "x", "data": {"occurred_at": "yesterday"}}),
    ],
)
def test_theirs_but_no_event_is_unreadable(signed: Signed) -> None:
    with pytest.raises(Unreadable):
        signed.verify()


def test_the_published_vector_of_easypost_holds() -> None:
    vector = vector_of("easypost")
    body = recorded_json("easypost/event-body.json")
    raw = json.dumps(body, separators=(",", ":")).encode()
    signed = Signed("easypost", raw, {vector["header"]: vector["signature"]}, vector["secret"])
    event = signed.verify()
    assert (event.event_id, event.kind) == ("evt_1", "tracker.updated")
    with pytest.raises(Forged):
        signed.verify(raw=raw.replace(b'"trk_1"', b'"trk_2"'))


def test_the_published_vector_of_standard_webhooks_holds() -> None:
    vector = vector_of("standard-webhooks-v1")
    headers = {
        "webhook-id": vector["id"],
        "webhook-timestamp": str(vector["timestamp"]),
        "webhook-signature": "v1,bm9uc2Vuc2U= " + vector["signature"],
    }
    signed = Signed("warehouse", vector["body"].encode(), headers, vector["secret"])
    now = datetime.fromtimestamp(vector["timestamp"], UTC)
    with pytest.raises(Unreadable, match="type"):  # the signature holds; the body is no event
        signed.verify(now=now)
    with pytest.raises(Forged):
        signed.verify(now=now, raw=signed.raw.replace(b"2432232314", b"2432232315"))


def vector_of(scheme: str) -> Any:
    vectors = recorded_json("signatures/vectors.json")
    return next(vector for vector in vectors if vector["scheme"] == scheme)


def nested(depth: int) -> bytes:
    return b'{"a":' * (depth - 1) + b"{}" + b"}" * (depth - 1)


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"1", b"{", b'{"a":NaN}', b'{"a":Infinity}', b'{"a":1,"a":2}', b"\xff",
     b'{"a":1234567890123456789}', b'{"a":' * 60_000, nested(DEPTH_LIMIT + 1)],
    ids=lambda raw: repr(raw[:12]),
)  # fmt: skip
def test_json_with_surprises_is_unreadable(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        parse(raw)


def test_json_up_to_the_limits_is_read() -> None:
    assert parse(b'{"a":-123456789012345678,"b":614.4,"c":null}')["b"] == 614.4
    assert parse(nested(DEPTH_LIMIT))
