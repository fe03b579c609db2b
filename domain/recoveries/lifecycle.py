"""The life of a recovery, as a table: which event may follow in which state.

Drawn beside the return's in docs/lifecycle.md.
"""

from collections.abc import Mapping
from enum import StrEnum

from domain.recoveries.words import RecoveryLife as L

_PAID: Mapping[str, StrEnum] = {"RecoveryPaid(full)": L.PAID, "RecoveryPaid(part)": L.GRANTED}
_ANSWERED: Mapping[str, StrEnum] = {
    "RecoveryAnswered(granted)": L.GRANTED,
    "RecoveryAnswered(refused)": L.REFUSED,
}
_ASKED: Mapping[str, StrEnum] = {"RecoveryAnswered(asks)": L.FILED}
_GIVEN_UP: Mapping[str, StrEnum] = {"RecoveryClosed": L.CLOSED}
_GONE: Mapping[str, StrEnum] = {"RecoveryWithdrawn": L.WITHDRAWN}
_RECALLED: Mapping[str, StrEnum] = {
    "RecoveryWithdrawalAsked": L.WITHDRAWING,
    "RecoveryOwedBack": L.OWED_BACK,
}
_TOO_LATE: Mapping[str, StrEnum] = {
    "RecoveryPaid(full)": L.OWED_BACK,
    "RecoveryPaid(part)": L.OWED_BACK,
}

RECOVERY: Mapping[StrEnum | None, Mapping[str, StrEnum]] = {
    None:          {"RecoveryOpened": L.OPEN},
    L.OPEN:        {"RecoveryFiled": L.FILED, "FilingRefused": L.OPEN, "RecoveryLapsed": L.LAPSED,
                    **_PAID, **_GONE, **_GIVEN_UP},
    L.FILED:       {"RecoveryFiled": L.FILED, **_ANSWERED, **_ASKED, **_PAID, **_RECALLED, **_GONE,
                    **_GIVEN_UP},
    L.GRANTED:     {**_ANSWERED, **_PAID, **_RECALLED, **_GONE, **_GIVEN_UP},
    L.REFUSED:     {"RecoveryFiled": L.FILED, **_ANSWERED, **_PAID, **_GONE, **_GIVEN_UP},
    L.WITHDRAWING: {"RecoveryAnswered(granted)": L.WITHDRAWING, "RecoveryAnswered(refused)": L.WITHDRAWN,
                    "RecoveryReopened": L.FILED, **_TOO_LATE, **_GONE, **_GIVEN_UP},
    L.WITHDRAWN:   {"RecoveryReopened": L.OPEN, "RecoveryFiled": L.WITHDRAWING, **_TOO_LATE},
    L.PAID:        {"RecoveryPaid(full)": L.PAID, "RecoveryOwedBack": L.OWED_BACK},
    L.OWED_BACK:   {"RecoveryGivenBack": L.GIVEN_BACK, "RecoveryReopened": L.PAID, **_TOO_LATE},
    L.GIVEN_BACK:  {"RecoveryReopened": L.OPEN, **_TOO_LATE},
    L.LAPSED:      {"RecoveryFiled": L.FILED, **_PAID},
    L.CLOSED:      {"RecoveryReopened": L.OPEN, "RecoveryFiled": L.FILED, **_ANSWERED, **_PAID},
}  # fmt: skip

MOVES = frozenset(move for row in RECOVERY.values() for move in row)

QUESTION = (
    "What became of the money claimed back from a carrier, or from customs? One for each claim."
)


def after(life: L | None, move: str) -> L | None:
    """Follow a recorded move. It is history: no rule is asked again."""
    target = RECOVERY[life].get(move)
    return L(target) if target is not None else life


def allows(life: L | None, move: str) -> bool:
    """Say whether this move may be made now (moves that the table does not know, it allows)."""
    return move not in MOVES or move in RECOVERY[life]
