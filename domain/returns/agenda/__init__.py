"""What must happen next: every open step, with who must act, what to do, and by when.

A pure function of what was recorded. The workflow follows it; the UI, the search
attributes, the overdue query and the customer's page show it. A return whose agenda is
empty is closed: "open, and nobody's turn" cannot be said.
"""

from collections import Counter, deque

from domain.returns.agenda.bills import of_bills
from domain.returns.agenda.goods import of_goods
from domain.returns.agenda.holds import of_holds
from domain.returns.agenda.labels import of_labels, visits_to_call_off
from domain.returns.agenda.lots import of_lots
from domain.returns.agenda.money import of_money
from domain.returns.agenda.parcels import of_parcels
from domain.returns.agenda.people import of_people
from domain.returns.agenda.recoveries import of_recoveries
from domain.returns.agenda.request import of_request
from domain.returns.agenda.resolving import of_resolutions
from domain.returns.agenda.step import SOON, Step
from domain.returns.agenda.units import of_strays, of_units
from domain.returns.money.promising import is_explained
from domain.returns.state import ReturnState

__all__ = [
    "MOST_ALIKE",
    "SOON",
    "Step",
    "agenda",
    "everything_explained",
    "is_closed",
    "is_unfinished",
    "most_pressing",
    "visits_to_call_off",
]

_AFTERMATH = frozenset(
    {
        "notify",
        "wait_for_morning",
        "ask_opinion",
        "reach_customer",
        "void_label",
        "answer_void",
        "ask_carrier",
        "track",
        "look_up_label",
        "look_up_pickup",
        "follow_parcel",
        "look_up_payout",
        "look_up_bill",
        "look_up_hold",
        "cancel_pickup",
        "open_recovery",
        "recall_recovery",
        "join_lot",
        "leave_lot",
    }
)
"""Steps that may be open after a return is completed: they do not concern its outcome."""


MOST_ALIKE = 10
"""Open steps of one action that are shown before the rest is only counted."""


_LATEST: deque[tuple[ReturnState, tuple[Step, ...]]] = deque(maxlen=32)
"""A state is never changed, so neither is its agenda."""


def agenda(state: ReturnState) -> tuple[Step, ...]:
    """List the open steps, the most pressing first.

    A return that is read up to the middle of its opening is not judged yet, and has none.
    One state is asked for its agenda several times over: decided on, shown, and looked up.
    """
    if state.terms is None:
        return ()
    known = next((steps for asked, steps in tuple(_LATEST) if asked is state), None)
    if known is None:
        known = _listed(state)
        _LATEST.append((state, known))
    return known


def _listed(state: ReturnState) -> tuple[Step, ...]:
    steps = [
        *of_request(state),
        *of_parcels(state),
        *of_labels(state),
        *of_units(state),
        *of_strays(state),
        *of_money(state),
        *of_bills(state),
        *of_holds(state),
        *of_goods(state),
        *of_resolutions(state),
        *of_people(state),
        *of_recoveries(state),
        *of_lots(state),
    ]
    return tuple(sorted(steps, key=lambda step: (step.due_at, step.id)))


def most_pressing(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The first of each action: however many there are of one kind, they hide no other."""
    seen: Counter[str] = Counter()
    shown = []
    for step in steps:
        seen[step.action] += 1
        if seen[step.action] <= MOST_ALIKE:
            shown.append(step)
    return tuple(shown)


def is_unfinished(step: Step) -> bool:
    """Whether a return with this step cannot be called completed."""
    return step.action not in _AFTERMATH


def is_closed(state: ReturnState) -> bool:
    """Whether nothing is left to do for anybody."""
    return state.terms is not None and not agenda(state)


def everything_explained(state: ReturnState) -> bool:
    """Whether every unit has its outcome."""
    return all(is_explained(unit) for unit in state.units.values())
