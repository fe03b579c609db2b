"""What goes wrong, decided per request and never by chance of the process.

Whether a rule fires is drawn from HMAC(seed, fault, face, operation, business key, n-th
arrival of these): who comes first, how many come at once, or a restart change nothing.
"""

import hashlib
import hmac
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

from sandbox.books import Books
from sandbox.wire import Json, Unfit, text, tokens

Stage = Literal["delay", "answer", "webhook", "order", "signature"]
STAGES: Mapping[str, Stage] = {
    "slow": "delay",
    "refuse_before": "answer",
    "throttle": "answer",
    "throttle_bare": "answer",
    "500_before": "answer",
    "500_stored": "answer",
    "500_after": "answer",
    "silence_after": "answer",
    "cut_after": "answer",
    "webhook_late": "webhook",
    "webhook_twice": "webhook",
    "webhook_shuffled": "webhook",
    "webhook_before_answer": "order",
    "bad_signature": "signature",
}
BEFORE = frozenset({"refuse_before", "throttle", "throttle_bare", "500_before", "500_stored"})

# Which stages a face has. A partner's webhooks can be named by the partner or by `webhooks`.
_TALKS: frozenset[Stage] = frozenset({"delay", "answer", "order", "webhook", "signature"})
STAGES_OF: Mapping[str, frozenset[Stage]] = {
    "carrier": _TALKS,
    "dhl": frozenset({"delay", "answer"}),
    "dhl_tracking": frozenset({"delay", "answer"}),
    "gateway": _TALKS,
    "adyen": _TALKS,
    "warehouse": _TALKS,
    "shipbob": _TALKS,
    "adyen_reports": frozenset({"delay", "answer"}),
    "paypal_certificates": frozenset({"delay", "answer"}),
    "paypal": frozenset({"delay", "answer"}),
    "storedvalue": frozenset({"delay", "answer"}),
    "mail": frozenset({"delay", "answer"}),
    "twilio": frozenset({"delay", "answer"}),
    "webhooks": frozenset({"webhook", "order", "signature"}),
}
EVENTS = frozenset(
    {
        *("tracker", "pickup", "receipt", "inspection", "replacement", "repair", "goods"),
        *("refund", "charge", "checkout", "payment_intent"),
        *("REFUND", "REFUND_FAILED", "CHARGEBACK", "CHARGEBACK_REVERSED"),
        "return",
        *("PAYMENT", "CUSTOMER"),
    }
)

# 99 of 100 slow answers take less than this (seconds); the delays are log-normal, sigma 1.
SLOW_P99_S: Mapping[str, float] = {"buy": 8.0, "refund": 2.0}
SLOW_P99_OTHERS_S = 1.0
SIGMA = 1.0
STANDARD = NormalDist()


@dataclass(frozen=True)
class Fault:
    """A rule that has fired: what goes wrong, and for how many seconds where that matters."""

    name: str
    seconds: float | None
    drawn: float  # from [0, 1), for whatever else has to be decided


@dataclass(frozen=True)
class Rule:
    """Something that goes wrong at a rate, for some operation of some face."""

    id: int
    face: str
    operation: str
    fault: str
    rate: float
    seconds: float | None
    key: str | None
    times: int | None

    def concerns(self, arrival: "Arrival") -> bool:
        """Say whether the rule is about this arrival."""
        return (
            self.face in arrival.faces
            and self.operation in {"*", arrival.operation, arrival.operation.partition(".")[0]}
            and (self.key is None or self.key in arrival.names)
        )

    def as_body(self) -> Json:
        """Write the rule as it was given."""
        return {
            "face": self.face,
            "operation": self.operation,
            "fault": self.fault,
            "rate": self.rate,
            "seconds": self.seconds,
            "key": self.key,
            "times": self.times,
        }


@dataclass(frozen=True)
class Arrival:
    """Something that a rule can be about.

    `key` names its business and alone decides the draw; a rule can also single it out by a
    part of the key (`R-1` of `label:R-1:p1`) or by what else it is `about`.
    """

    face: str
    operation: str
    key: str
    stages: tuple[Stage, ...]
    partner: str = ""  # whose webhook it is
    about: tuple[str, ...] = ()

    @property
    def faces(self) -> frozenset[str]:
        """Give the faces under which a rule can mean it."""
        return frozenset({self.face, self.partner} - {""})

    @property
    def names(self) -> frozenset[str]:
        """Give everything by which a rule can single it out."""
        return frozenset({self.key, *tokens(self.key), *self.about} - {""})


class Faults:
    """The rules in force, and the record of what they did."""

    def __init__(self, books: Books, seed: str) -> None:
        self._books = books
        self._seed = seed.encode()
        self._operations: dict[str, frozenset[str]] = {"mail": frozenset({"message"})}
        self._rules = [
            _rule(key, json.loads(body))
            for key, body in books.run("SELECT id, body FROM fault_rules ORDER BY id")
        ]

    def add(self, said: Json) -> None:
        """Add a rule.

        Raises:
            Unfit: A field makes no sense.
        """
        rule = _rule(0, said)
        known = {*self._operations.get(rule.face, ()), "*"}
        if {"webhook", "order", "signature"} & {STAGES[rule.fault]}:
            known |= {*EVENTS, rule.operation if "." in rule.operation else "*"}
        if rule.operation not in known:
            raise Unfit("operation", "one of " + ", ".join(sorted(known)))
        body = rule.as_body()
        statement = "INSERT INTO fault_rules (body) VALUES (?)"
        key = self._books.run(statement, json.dumps(body)).lastrowid or 0
        self._rules.append(_rule(key, body))

    def clear(self) -> None:
        """Drop all rules. Arrivals go on being counted from where they were."""
        self._books.run("DELETE FROM fault_rules")
        self._rules.clear()

    def know(self, face: str, operations: Iterable[str]) -> None:
        """Learn what a face can be asked, so that a rule about nothing is refused."""
        self._operations[face] = frozenset(operations)

    def arrive(self, arrival: Arrival) -> Mapping[Stage, Fault]:
        """Count an arrival and say what goes wrong with it: at most one fault of each stage."""
        nth = self._count(arrival)
        found: dict[Stage, Fault] = {}
        for rule in self._rules:
            stage = STAGES[rule.fault]
            if stage not in arrival.stages or stage in found or not rule.concerns(arrival):
                continue
            where = (arrival.face, arrival.operation, arrival.key, nth)
            drawn = self._draw(rule.fault, *where)
            if drawn >= rule.rate or self._is_spent(rule):
                continue
            self._record(rule, *where)
            found[stage] = Fault(rule.fault, rule.seconds, drawn / rule.rate)
        return found

    def listed(self) -> list[Json]:
        """Give the rules with how often each has fired."""
        return [{**rule.as_body(), "fired": self._times(rule)} for rule in self._rules]

    def fired(self) -> list[Json]:
        """Give every fault that was ever done, one line each, enough to do it again."""
        query = "SELECT fault, face, operation, key, arrival FROM fired ORDER BY id"
        names = ("fault", "face", "operation", "key", "arrival")
        return [dict(zip(names, row, strict=True)) for row in self._books.run(query)]

    def _count(self, arrival: Arrival) -> int:
        statement = (
            "INSERT INTO arrivals (face, operation, key, n) VALUES (?, ?, ?, 1)"
            " ON CONFLICT (face, operation, key) DO UPDATE SET n = n + 1 RETURNING n"
        )
        counter = f"{arrival.operation} {arrival.stages[0]}"
        return int(self._books.run(statement, arrival.face, counter, arrival.key).fetchone()[0])

    def _draw(self, *parts: object) -> float:
        said = json.dumps([str(part) for part in parts]).encode()
        drawn = hmac.new(self._seed, said, hashlib.sha256).digest()
        return int.from_bytes(drawn[:6]) / 2**48

    def _is_spent(self, rule: Rule) -> bool:
        return rule.times is not None and self._times(rule) >= rule.times

    def _times(self, rule: Rule) -> int:
        query = "SELECT count(*) FROM fired WHERE rule = ?"
        return int(self._books.run(query, rule.id).fetchone()[0])

    def _record(self, rule: Rule, face: str, operation: str, key: str, arrival: int) -> None:
        self._books.run(
            "INSERT INTO fired (rule, fault, face, operation, key, arrival)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            rule.id,
            rule.fault,
            face,
            operation,
            key,
            arrival,
        )


def delay_of(fault: Fault, operation: str) -> float:
    """Say how many seconds a slow answer takes."""
    if fault.seconds is not None:
        return fault.seconds
    p99_s = SLOW_P99_S.get(operation, SLOW_P99_OTHERS_S)
    drawn = min(max(fault.drawn, 0.001), 0.999)
    return p99_s * math.exp(SIGMA * (STANDARD.inv_cdf(drawn) - STANDARD.inv_cdf(0.99)))


def _rule(key: int, said: Json) -> Rule:
    face, fault = text(said, "face"), text(said, "fault")
    if face not in STAGES_OF:
        raise Unfit("face", " or ".join(STAGES_OF))
    possible = [name for name, stage in STAGES.items() if stage in STAGES_OF[face]]
    if fault not in possible:
        raise Unfit("fault", f"for {face}: " + " or ".join(possible))
    times = said.get("times")
    if times is not None and (not isinstance(times, int) or isinstance(times, bool) or times < 1):
        raise Unfit("times", "a whole number, at least 1")
    return Rule(
        id=key,
        face=face,
        operation=text(said, "operation", default="*"),
        fault=fault,
        rate=_share(said),
        seconds=_seconds(said),
        key=text(said, "key", default="") or None,
        times=times,
    )


def _share(said: Json) -> float:
    rate = said.get("rate", 1)
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate <= 1:
        raise Unfit("rate", "a number from 0 to 1")
    return float(rate)


def _seconds(said: Json) -> float | None:
    seconds = said.get("seconds")
    if seconds is None:
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
        raise Unfit("seconds", "a number, at least 0")
    return float(seconds)
