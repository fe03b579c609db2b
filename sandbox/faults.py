"""What goes wrong, decided per request and never by chance of the process.

Whether a rule fires is drawn from HMAC(seed, fault, face, operation, business key, n-th
arrival of these): who comes first, how many come at once, or a restart change nothing.
"""

import hashlib
import hmac
import json
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

from sandbox.books import Books
from sandbox.wire import Json, Unfit, text

FACES = ("carrier", "gateway", "storedvalue", "warehouse", "mail", "webhooks")

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

# 99 of 100 slow answers take less than this (seconds); the delays are log-normal, sigma 1.
SLOW_P99_S: Mapping[str, float] = {"buy": 8.0, "refund": 2.0}
SLOW_P99_OTHERS_S = 1.0
SIGMA = 1.0
STANDARD = NormalDist()

PROFILE_RATES: Mapping[str, float] = {"calm": 0.0, "rough": 0.02, "hostile": 0.3}
ANSWER_FAULTS = (
    "refuse_before",
    "throttle",
    "throttle_bare",
    "500_before",
    "500_after",
    "silence_after",
    "cut_after",
)
WEBHOOK_FAULTS = ("webhook_late", "webhook_twice", "webhook_shuffled")


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

    def concerns(self, face: str, operation: str, key: str) -> bool:
        """Say whether the rule is about this arrival."""
        return (
            self.face == face
            and self.operation in {"*", operation}
            and (self.key is None or self.key == key)
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


class Faults:
    """The rules in force, and the record of what they did."""

    def __init__(self, books: Books, seed: str) -> None:
        self._books = books
        self._seed = seed.encode()
        self._rules = [
            _rule(key, json.loads(body))
            for key, body in books.run("SELECT id, body FROM fault_rules ORDER BY id")
        ]

    def add(self, said: Json) -> None:
        """Add a rule.

        Raises:
            Unfit: A field makes no sense.
        """
        body = _rule(0, said).as_body()
        statement = "INSERT INTO fault_rules (body) VALUES (?)"
        key = self._books.run(statement, json.dumps(body)).lastrowid or 0
        self._rules.append(_rule(key, body))

    def use_profile(self, profile: str) -> None:
        """Replace all rules by those of `calm`, `rough` or `hostile`.

        Raises:
            Unfit: There is no such profile.
        """
        rate = PROFILE_RATES.get(profile)
        if rate is None:
            raise Unfit("profile", " or ".join(PROFILE_RATES))
        self.clear()
        for rule in _profile(rate) if rate else ():
            self.add(rule)

    def clear(self) -> None:
        """Drop all rules. Arrivals go on being counted from where they were."""
        self._books.run("DELETE FROM fault_rules")
        self._rules.clear()

    def arrive(
        self, face: str, operation: str, key: str, *, stages: Collection[Stage]
    ) -> Mapping[Stage, Fault]:
        """Count an arrival and say what goes wrong with it: at most one fault of each stage."""
        arrival = self._count(face, f"{operation} {min(stages)}", key)
        found: dict[Stage, Fault] = {}
        for rule in self._rules:
            stage = STAGES[rule.fault]
            if stage not in stages or stage in found or not rule.concerns(face, operation, key):
                continue
            drawn = self._draw(rule.fault, face, operation, key, arrival)
            if drawn >= rule.rate or self._is_spent(rule):
                continue
            self._record(rule, face, operation, key, arrival)
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

    def _count(self, face: str, operation: str, key: str) -> int:
        statement = (
            "INSERT INTO arrivals (face, operation, key, n) VALUES (?, ?, ?, 1)"
            " ON CONFLICT (face, operation, key) DO UPDATE SET n = n + 1 RETURNING n"
        )
        return int(self._books.run(statement, face, operation, key).fetchone()[0])

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


def _profile(rate: float) -> list[Json]:
    """Let everything go wrong at `rate`; a silence costs time, so it comes less often."""
    rules: list[Json] = []
    for face in FACES:
        faults = (*WEBHOOK_FAULTS, "bad_signature") if face == "webhooks" else ANSWER_FAULTS
        share = rate / len(faults) if rate > PROFILE_RATES["rough"] else rate / 2
        rules += [
            {"face": face, "operation": "*", "fault": fault, "rate": share} for fault in faults
        ]
        if face not in {"webhooks", "mail"}:
            order = {"face": face, "operation": "*", "fault": "webhook_before_answer"}
            rules.append({**order, "rate": rate})
    return rules


def _rule(key: int, said: Json) -> Rule:
    face, fault = text(said, "face"), text(said, "fault")
    if face not in FACES:
        raise Unfit("face", " or ".join(FACES))
    if fault not in STAGES:
        raise Unfit("fault", " or ".join(STAGES))
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
