"""The life of a lot, as a table: which event may follow in which state.

Drawn beside the return's in docs/lifecycle.md.
"""

from collections.abc import Mapping
from enum import StrEnum

from domain.lots.words import LotLife as L

_OVER: Mapping[str, StrEnum] = {"LotDissolved": L.DISSOLVED}


def _stays(life: L, *moves: str) -> Mapping[str, StrEnum]:
    return dict.fromkeys(moves, life)


LOT: Mapping[StrEnum | None, Mapping[str, StrEnum]] = {
    None:         {"LotOpened": L.COLLECTING},
    L.COLLECTING: {**_stays(L.COLLECTING, "UnitAdded"), "LotClosed": L.CLOSED, **_OVER},
    L.CLOSED:     {**_stays(L.CLOSED, "CustomsDeclared", "LotInvoiced", "LotOfferRefused",
                            "LotLabelPrepared", "LotLabelBought", "LotCharged"),
                   "LotAgreed": L.AGREED, **_OVER},
    L.AGREED:     {**_stays(L.AGREED, "LotAgreed", "LotInvoiced", "LotPaid", "LotCharged"),
                   "LotOfferRefused": L.CLOSED, "LotSent": L.SENT, **_OVER},
    L.SENT:       {**_stays(L.SENT, "LotPaid", "LotCharged", "LotCertified", "LotReceived",
                            "UnitGraded", "LotAccepted"),
                   "LotSettled": L.SETTLED},
    L.SETTLED:    _stays(L.SETTLED, "LotPaid", "LotCharged", "LotCertified", "LotReceived",
                         "LotSettled"),
    L.DISSOLVED:  _stays(L.DISSOLVED, "LotCharged"),
}  # fmt: skip

MOVES = frozenset(move for row in LOT.values() for move in row)

QUESTION = "Where are the goods that leave a hub together? One for each lot."


def after(life: L | None, move: str) -> L | None:
    """Follow a recorded move. It is history: no rule is asked again."""
    target = LOT[life].get(move)
    return L(target) if target is not None else life


def allows(life: L | None, move: str) -> bool:
    """Say whether this move may be made now (moves that the table does not know, it allows)."""
    return move not in MOVES or move in LOT[life]
