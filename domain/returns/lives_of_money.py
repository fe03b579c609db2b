"""The lives of a payout, a bill and a hold, as tables: what a provider may say, and when.

They stand beside the tables of `lifecycle`, and are read with them.
"""

from collections.abc import Mapping
from enum import StrEnum

from domain import words, words_of_money

B = words_of_money.BillState
H = words_of_money.HoldState
M = words.MoneyState
"""Short, so that a table's row stays a row."""

Table = Mapping[StrEnum | None, Mapping[str, StrEnum]]

# What a provider says of an instruction, whenever it says so.
_ANSWERS: Mapping[str, StrEnum] = {
    "PayoutSubmitted": M.SUBMITTED,
    "PayoutUnknown": M.UNKNOWN,
    "PayoutPending": M.PENDING,
    "PayoutRequiresAction": M.REQUIRES_ACTION,
    "PayoutSucceeded": M.SUCCEEDED,
    "PayoutFailed": M.FAILED,
}


def _but(state: StrEnum, answers: Mapping[str, StrEnum]) -> Mapping[str, StrEnum]:
    """All but one of them. What is said again moves nothing."""
    return {move: to for move, to in answers.items() if to is not state}


_STOP: Mapping[str, StrEnum] = {"PayoutHeld": M.HELD, "PayoutCancelled": M.CANCELLED}

MONEY: Table = {
    None:              {"PayoutPlanned": M.PLANNED, "PayoutHeld": M.HELD},
    M.PLANNED:         {**_ANSWERS, **_STOP},
    # What is withheld is in no doubt: it is not sent again to find out.
    M.HELD:            {**_but(M.UNKNOWN, _ANSWERS), **_STOP, "PayoutApproved": M.HELD,
                        "PayoutReleased": M.PLANNED, "PayoutNewsHeard": M.HELD},
    M.SUBMITTED:       {**_but(M.SUBMITTED, _ANSWERS), "PayoutNewsHeard": M.SUBMITTED},
    M.UNKNOWN:         {**_but(M.UNKNOWN, _ANSWERS), "PayoutNewsHeard": M.UNKNOWN},
    M.PENDING:         {**_but(M.PENDING, _ANSWERS), "PayoutNewsHeard": M.PENDING},
    M.REQUIRES_ACTION: {**_but(M.REQUIRES_ACTION, _ANSWERS), "PayoutNewsHeard": M.REQUIRES_ACTION},
    M.SUCCEEDED:       {"PayoutFailed": M.REVERSED, "PayoutNewsHeard": M.SUCCEEDED},
    M.FAILED:          {"PayoutSucceeded": M.SUCCEEDED, "PayoutNewsHeard": M.FAILED,
                        "PayoutApproved": M.FAILED, "PayoutCancelled": M.CANCELLED},
    # An answer that was under way when it was cancelled: it was sent after all.
    M.CANCELLED:       {"PayoutSubmitted": M.SUBMITTED, "PayoutPending": M.PENDING,
                        "PayoutRequiresAction": M.REQUIRES_ACTION,
                        "PayoutSucceeded": M.SUCCEEDED, "PayoutNewsHeard": M.CANCELLED},
    M.REVERSED:        {"PayoutNewsHeard": M.REVERSED,
                        "PayoutApproved": M.REVERSED, "PayoutCancelled": M.CANCELLED},
}  # fmt: skip

# What a provider says of a bill, whenever it says so.
_OF_BILL: Mapping[str, StrEnum] = {
    "BillSent": B.OPEN,
    "BillUnknown": B.UNKNOWN,
    "BillPaid": B.PAID,
    "BillExpired": B.EXPIRED,
    "BillCancelled": B.CANCELLED,
}

BILL: Table = {
    None:        {"BillPlanned": B.PLANNED},
    B.PLANNED:   {**_OF_BILL, "BillWithdrawn": B.PLANNED},
    B.UNKNOWN:   {**_but(B.UNKNOWN, _OF_BILL), "BillWithdrawn": B.UNKNOWN, "BillNewsHeard": B.UNKNOWN},
    B.OPEN:      {"BillUnknown": B.UNKNOWN, "BillPaid": B.PAID, "BillExpired": B.EXPIRED,
                  "BillCancelled": B.CANCELLED, "BillWithdrawn": B.OPEN,
                  "BillNewsHeard": B.OPEN},
    B.PAID:      {"BillNewsHeard": B.PAID},
    B.EXPIRED:   {"BillPaid": B.PAID, "BillNewsHeard": B.EXPIRED},
    B.CANCELLED: {"BillSent": B.OPEN, "BillPaid": B.PAID, "BillNewsHeard": B.CANCELLED},
}  # fmt: skip

# What a provider says of a hold, whenever it says so.
_OF_HOLD: Mapping[str, StrEnum] = {
    "HoldPlaced": H.HELD,
    "HoldRefused": H.REFUSED,
    "HoldTaken": H.TAKEN,
    "HoldReleased": H.RELEASED,
    "HoldLapsed": H.LAPSED,
}

HOLD: Table = {
    None:       {"HoldPlanned": H.PLANNED},
    H.PLANNED:  {**_OF_HOLD, "HoldUnknown": H.UNKNOWN, "HoldLetGo": H.PLANNED},
    H.UNKNOWN:  {**_OF_HOLD, "HoldLetGo": H.UNKNOWN, "HoldNewsHeard": H.UNKNOWN},
    H.HELD:     {"HoldRefused": H.REFUSED, "HoldTaken": H.TAKEN, "HoldReleased": H.RELEASED,
                 "HoldLapsed": H.LAPSED, "HoldCalledIn": H.HELD, "HoldLetGo": H.HELD,
                 "HoldNewsHeard": H.HELD},
    H.REFUSED:  {"HoldPlaced": H.HELD, "HoldTaken": H.TAKEN, "HoldNewsHeard": H.REFUSED},
    H.TAKEN:    {"HoldNewsHeard": H.TAKEN},
    H.RELEASED: {"HoldPlaced": H.HELD, "HoldTaken": H.TAKEN, "HoldNewsHeard": H.RELEASED},
    H.LAPSED:   {"HoldTaken": H.TAKEN, "HoldNewsHeard": H.LAPSED},
}  # fmt: skip
