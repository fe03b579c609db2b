"""The state with one of its things replaced; what is not known is not invented."""

from dataclasses import replace
from typing import Any

from domain.returns.state import ReturnState


def with_unit(state: ReturnState, key: str, **learned: Any) -> ReturnState:
    if key not in state.units:
        return state
    return replace(state, units={**state.units, key: replace(state.units[key], **learned)})


def with_parcel(state: ReturnState, key: str, **learned: Any) -> ReturnState:
    if key not in state.parcels:
        return state
    known = state.parcels[key]
    return replace(state, parcels={**state.parcels, key: replace(known, **learned)})


def with_payout(state: ReturnState, key: str, **learned: Any) -> ReturnState:
    if key not in state.payouts:
        return state
    known = state.payouts[key]
    return replace(state, payouts={**state.payouts, key: replace(known, **learned)})


def with_hand(state: ReturnState, by: str) -> ReturnState:
    """Somebody had a hand in whether money is due."""
    return replace(state, hands=(*state.hands, by)) if by and by not in state.hands else state
