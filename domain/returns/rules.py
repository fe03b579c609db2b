"""What follows of itself from how a return stands, whatever led to it; and in which turn.

The order is that in which answers are needed: what came, what it is worth, where it goes,
and only then what is bought, asked for and paid. A rule so finds what it builds on settled
by those before it, and a decision is over after few rounds. Where a later one brings news
for an earlier one, all of them speak once more, until none has anything to add; so most
could change places. Those that could not say so in their line.
"""

from collections.abc import Callable

from domain.returns.asking import consenting, ending, offering
from domain.returns.closing import complete, reopen_completed
from domain.returns.deadlines import settle_overdue
from domain.returns.goods import (
    correcting,
    disposing,
    exchanging,
    inspecting,
    looking,
    receiving,
    repairing,
    sending_back,
)
from domain.returns.money import (
    billing,
    coupons,
    giving_back,
    holding,
    planning,
    stopping,
)
from domain.returns.money.adjusting import adjust_promise
from domain.returns.transport import customs, label_life, scans
from domain.returns.unfolding import Unfolding

Rule = Callable[[Unfolding], None]

_WHAT_CAME: tuple[Rule, ...] = (
    receiving.explain_wrong_items,
    receiving.lose_units,
)
_WHAT_IT_IS_WORTH: tuple[Rule, ...] = (
    offering.offer_shares,
    looking.follow_looks,
    inspecting.decide_units,
    correcting.settle_corrections,
    adjust_promise,  # before money is planned: a payout is a promise, and no more than that
)
_WHERE_IT_GOES: tuple[Rule, ...] = (
    sending_back.keep_what_is_upheld,
    disposing.follow_places,
    disposing.dispose_of_units,
    exchanging.bear_differences,
    sending_back.tell_of_waiting_goods,
    repairing.answer_what_is_lost,
)
_WHAT_TRANSPORT_COSTS: tuple[Rule, ...] = (
    label_life.void_what_is_not_needed,
    label_life.charge_for_what_travelled,
)
_WHAT_THE_CUSTOMER_OWES: tuple[Rule, ...] = (
    billing.withdraw_bills,
    billing.offer_instead,
    billing.plan_bills,
    holding.follow_silence,
    holding.plan_holds,
    ending.go_on_with_what_was_sent,  # before holds are let go: it needs the one it has
    holding.settle_holds,
)
_WHAT_THE_CUSTOMER_GETS: tuple[Rule, ...] = (
    giving_back.promise_back,
    giving_back.promise_taken_back,
    stopping.stop_what_is_not_due,
    planning.plan_payouts,
    coupons.plan_coupons,
    consenting.withdraw_offers,
    giving_back.plan_back,
)
_PAPERS: tuple[Rule, ...] = (
    customs.ask_for_facts,
    customs.issue_documents,
)
_WHETHER_ANYTHING_IS_LEFT: tuple[Rule, ...] = (
    settle_overdue,
    scans.settle_silence,
    reopen_completed,
    complete,
)

RULES: tuple[Rule, ...] = (
    *_WHAT_CAME,
    *_WHAT_IT_IS_WORTH,
    *_WHERE_IT_GOES,
    *_WHAT_TRANSPORT_COSTS,
    *_WHAT_THE_CUSTOMER_OWES,
    *_WHAT_THE_CUSTOMER_GETS,
    *_PAPERS,
    *_WHETHER_ANYTHING_IS_LEFT,
)


class EndlessRulesError(Exception):
    """A defect of ours: rules that answer one another, or one that never sees its own work."""


MOST_ROUNDS = 50
"""How often the rules may speak in turn. A life has few turns that follow from one another, and
each rule speaks of all units at once: the longest known takes six rounds."""


def follow(u: Unfolding) -> None:
    """Let the rules speak, in order, until none of them adds anything.

    Raises:
        EndlessRulesError: They would speak for ever; it names those that spoke last.
    """
    if not u.state.version:
        return
    silent = 0  # rules in a row: once it is all of them, another round would say nothing either
    for _ in range(MOST_ROUNDS):
        spoke: list[Callable[[Unfolding], None]] = []
        for rule in RULES:
            if _speaks(u, rule):
                silent, spoke = 0, [*spoke, rule]
            elif (silent := silent + 1) == len(RULES):
                return
    names = ", ".join(f"{rule.__module__}.{rule.__name__}" for rule in spoke)
    told = ", ".join(dict.fromkeys(event.move for event in u.events[-2 * len(spoke) :]))
    raise EndlessRulesError(f"after {MOST_ROUNDS} rounds still speaking: {names} ({told})")


def _speaks(u: Unfolding, rule: Callable[[Unfolding], None]) -> bool:
    """Let a rule speak; whether it had anything to say."""
    before = len(u.events) + len(u.ledger_events)
    rule(u)
    return len(u.events) + len(u.ledger_events) > before
