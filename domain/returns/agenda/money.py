"""What a payout waits for: to be sent, settled, looked up, or decided on."""

from collections.abc import Iterator
from datetime import timedelta

from domain.money import Money
from domain.returns.agenda.step import Step, must, we_must
from domain.returns.money.approvals import still_to_approve
from domain.returns.money.promising import is_sent_by_us
from domain.returns.state import Payout, ReturnState
from domain.words import Actor, MoneyState


def of_money(state: ReturnState) -> Iterator[Step]:
    in_doubt = any(map(_may_be_under_way, state.payouts.values()))
    for payout in state.payouts.values():
        if payout.news_open:
            yield _look_up(state, payout)
        if not payout.replaced and not (in_doubt and is_sent_by_us(payout)):
            yield from _payout(state, payout)


def _may_be_under_way(payout: Payout) -> bool:
    """It was cancelled while we may have been sending it: nothing is sent in its place yet."""
    return payout.state is MoneyState.CANCELLED and payout.news_open


def _look_up(state: ReturnState, payout: Payout) -> Step:
    """Under the name of its being sent, it waits until an attempt to do so has ended."""
    key = payout.instruction_id
    sending = _may_be_under_way(payout)
    return we_must(
        state,
        "look_up_payout",
        step_id=f"payout:{key}" if sending else f"lookup:{key}:{payout.news}",
        since=payout.since,
        summary=f"ask {payout.provider} for the truth",
        subject=key,
    )


def _payout(state: ReturnState, payout: Payout) -> Iterator[Step]:
    amount = Money(amount_minor=payout.amount_minor, currency=state.currency).plain()
    match payout.state:
        case MoneyState.PLANNED if payout.destination == "manual":
            how = "by hand" if payout.provider == "manual" else f"by {_spaced(payout.provider)}"
            summary = f"pay {amount} {how}, then release_payout with its reference"
            yield _person(state, payout, Actor.MERCHANT, "pay_by_hand", summary)
        case MoneyState.PLANNED | MoneyState.UNKNOWN:
            what = "send" if payout.state is MoneyState.PLANNED else "find out about"
            yield we_must(
                state,
                "pay_out",
                step_id=f"payout:{payout.instruction_id}",
                since=payout.since,
                summary=f"{what} {amount} through {payout.provider}",
                subject=payout.instruction_id,
            )
        case MoneyState.SUBMITTED | MoneyState.PENDING:
            yield must(
                state,
                Actor.GATEWAY,
                "settle_payout",
                step_id=f"settle:{payout.instruction_id}",
                since=payout.since,
                within=timedelta(days=state.agreed.payout_days),
                summary=f"{payout.provider} settles {amount}",
                subject=payout.instruction_id,
            )
        case MoneyState.REQUIRES_ACTION:
            summary = f"{payout.provider} needs the customer for {amount}"
            yield _person(state, payout, Actor.CUSTOMER, "act_on_payout", summary)
        case MoneyState.HELD if payout.reason == "needs_approval":
            left = still_to_approve(payout)
            summary = f"{amount} wait for {left} more to say yes: release_payout"
            yield _person(state, payout, Actor.MERCHANT, "release_payout", summary)
        case MoneyState.HELD | MoneyState.FAILED | MoneyState.REVERSED if _is_asked(state, payout):
            return  # the customer's answer is the step
        case MoneyState.HELD | MoneyState.FAILED | MoneyState.REVERSED:
            summary = f"{amount} are {payout.state} ({payout.reason}): choose another way"
            yield _person(state, payout, Actor.MERCHANT, "choose_payout", summary)
        case _:
            return


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _is_asked(state: ReturnState, payout: Payout) -> bool:
    """Whether the customer has been offered another way, and has not answered yet."""
    return any(
        not offer.answer and offer.instruction_id == payout.instruction_id
        for offer in state.offers.values()
    )


def _person(state: ReturnState, payout: Payout, actor: Actor, action: str, summary: str) -> Step:
    """Somebody has as long as the terms give to say which way the money takes."""
    name = "act" if action == "act_on_payout" else action
    return must(
        state,
        actor,
        action,
        step_id=f"{name}:{payout.instruction_id}",
        since=payout.since,
        within=timedelta(days=state.agreed.choose_payout_days),
        summary=summary,
        subject=payout.instruction_id,
    )
