"""Whole weathers of faults: `calm` for a demo, `rough` for every day, `hostile` for a storm."""

from collections.abc import Mapping

from sandbox.faults import STAGES_OF
from sandbox.wire import Json, Unfit

PROFILE_RATES: Mapping[str, float] = {"calm": 0.0, "rough": 0.02, "hostile": 0.3}
ANSWER_FAULTS = (
    "slow",
    "refuse_before",
    "throttle",
    "throttle_bare",
    "500_before",
    "500_after",
    "silence_after",
    "cut_after",
)
WEBHOOK_FAULTS = ("webhook_late", "webhook_twice", "webhook_shuffled", "bad_signature")


def rules_of(profile: str) -> list[Json]:
    """Give the rules of a profile.

    Raises:
        Unfit: There is no such profile.
    """
    rate = PROFILE_RATES.get(profile)
    if rate is None:
        raise Unfit("profile", " or ".join(PROFILE_RATES))
    return _rules(rate) if rate else []


def _rules(rate: float) -> list[Json]:
    """Let everything go wrong: at half the `rate` each when it is low, else sharing it."""
    rules: list[Json] = []
    for face, stages in STAGES_OF.items():
        if face == "webhooks":
            faults: tuple[str, ...] = WEBHOOK_FAULTS
        else:
            faults = (*ANSWER_FAULTS, *(("webhook_before_answer",) if "order" in stages else ()))
        share = rate / 2 if rate <= PROFILE_RATES["rough"] else rate / len(faults)
        about = {"face": face, "operation": "*", "rate": share}
        rules += [{**about, "fault": fault} for fault in faults]
    return rules
