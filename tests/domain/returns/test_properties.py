"""Whatever is said, by whomever, in whatever order: what must hold of every return, holds."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.returns import commands as c
from tests.domain.returns.finishing import finish
from tests.domain.returns.holding import check, stored_is_known
from tests.domain.returns.wandering import Wanderer
from tests.domain.returns.wishing import any_opening

SEEDS = st.integers(min_value=0, max_value=2**32 - 1)
LENGTHS = st.integers(min_value=1, max_value=40)


@settings(max_examples=150)
@given(seed=SEEDS, length=LENGTHS)
def test_what_must_hold_of_a_return_holds_after_every_command(seed: int, length: int) -> None:
    pick = Random(seed).choice
    wanderer = Wanderer(any_opening(pick), pick)
    check(wanderer.known)
    for _ in range(length):
        before = wanderer.known
        command = wanderer.step()
        if not wanderer.is_refused:
            check(wanderer.known, before, command)
        elif not isinstance(command, c.Ask):
            refusal = wanderer.known.refusal
            assert refusal is not None
            assert refusal.code != "wrong_moment", "the world does not ask first"
    stored_is_known(wanderer.known)


@settings(max_examples=100)
@given(seed=SEEDS, length=LENGTHS)
def test_a_return_comes_to_its_end_when_everybody_does_their_step(seed: int, length: int) -> None:
    pick = Random(seed).choice
    wanderer = Wanderer(any_opening(pick), pick)
    for _ in range(length):
        wanderer.step()
    known = finish(wanderer.known)
    check(known)
    assert not known.steps or _money_is_with_the_bank(wanderer)


def _money_is_with_the_bank(wanderer: Wanderer) -> bool:
    """What a bank took back leaves less than was promised: a person has to find the rest."""
    ledger = wanderer.known.ledger
    return ledger is not None and any(known.live for known in ledger.chargebacks.values())
