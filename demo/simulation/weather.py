"""What goes wrong on purpose: partners' answers and webhooks, and programs that are killed."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, Literal, NamedTuple

from demo.struck import Blow, Program

Level = Literal["none", "some", "storm"]

Rule = dict[str, Any]

FACES = (
    "carrier",
    "dhl",
    "dhl_tracking",
    "gateway",
    "adyen",
    "paypal",
    "storedvalue",
    "warehouse",
    "mail",
    "twilio",
)

LOST = ("cut_after", "500_after")
"""Done, and the answer is lost: the same uncertainty as silence, without its seconds."""

LATE_S = 6 * 3_600
"""What is told late is told in the next step of the calendar, after what came later."""


class Weather(NamedTuple):
    """How often what goes wrong; shares of all calls, or of all webhooks."""

    lost: float  # answers lost after the deed, in all
    silent_per_100: float  # answers of gateways and of carriers that never come, for 100 returns
    before: float  # refused, throttled or failed before anything was done, in all
    slow: float
    twice: float
    late: float
    shuffled: float
    forged: float  # a webhook with a foreign signature first
    kills_per_100: float  # programs killed, for a hundred returns, unless some are named


LEVELS: dict[Level, Weather] = {
    "none": Weather(0, 0, 0, 0, 0, 0, 0, 0, 0),
    "some": Weather(0.02, 0, 0.01, 0.01, 0.05, 0.02, 0.05, 0.01, 0.5),
    "storm": Weather(0.10, 1, 0.03, 0.02, 0.20, 0.10, 0.20, 0.05, 2),
}


def rules(weather: Weather, returns: int) -> Iterator[Rule]:
    """Say it in the sandbox's words, for so many returns."""
    for face in FACES:
        for fault in LOST:
            yield {"face": face, "fault": fault, "rate": weather.lost / len(LOST)}
        for fault in ("refuse_before", "throttle", "500_before"):
            yield {"face": face, "fault": fault, "rate": weather.before / 3, "seconds": 1}
        yield {"face": face, "fault": "slow", "rate": weather.slow, "seconds": 0.3}
    for face, operation in (("gateway", "refund"), ("carrier", "buy")):
        times = round(weather.silent_per_100 * returns / 100)
        if times:
            silence = {"face": face, "operation": operation, "fault": "silence_after"}
            yield {**silence, "rate": weather.lost, "times": times}
    hooks = {"webhook_twice": weather.twice, "webhook_shuffled": weather.shuffled,
             "bad_signature": weather.forged, "webhook_late": weather.late}  # fmt: skip
    for fault, rate in hooks.items():
        rule: Rule = {"face": "webhooks", "fault": fault, "rate": rate}
        yield rule | ({"seconds": LATE_S} if fault == "webhook_late" else {})


def blows(kills: int, programs: Sequence[Program], days: float, seed: int) -> list[Blow]:
    """Spread the kills over the days, each drawn from its share of them; the programs take turns."""
    drawn = Random(f"{seed}:kills")
    return [
        Blow((nth + drawn.random()) * days / kills, programs[nth % len(programs)])
        for nth in range(kills)
    ]
