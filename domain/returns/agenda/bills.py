"""What a bill waits for: to be sent, paid, looked up, or called off."""

from collections.abc import Iterator
from datetime import timedelta

from domain.money import Money
from domain.returns.agenda.step import Step, must, we_must
from domain.returns.state import Bill, ReturnState
from domain.words import Actor
from domain.words_of_money import BillState


def of_bills(state: ReturnState) -> Iterator[Step]:
    for bill in state.bills.values():
        if bill.news_open:
            yield we_must(
                state,
                "look_up_bill",
                step_id=f"lookup_bill:{bill.instruction_id}:{bill.news}",
                since=bill.since,
                summary=f"ask {bill.provider} whether the bill was paid",
                subject=bill.instruction_id,
            )
        if bill.is_open:
            yield _bill(state, bill)


def _bill(state: ReturnState, bill: Bill) -> Step:
    amount = Money(amount_minor=bill.amount_minor, currency=state.currency).plain()
    if bill.withdrawn:
        return we_must(
            state,
            "cancel_bill",
            step_id=f"cancel_bill:{bill.instruction_id}",
            since=bill.since,
            summary=f"call the bill of {amount} off",
            subject=bill.instruction_id,
        )
    if bill.state is BillState.OPEN:
        return must(
            state,
            Actor.CUSTOMER,
            "pay_bill",
            step_id=f"pay_bill:{bill.instruction_id}",
            since=bill.pay_by,
            within=timedelta(0),
            summary=f"pay {amount} before anything is sent",
            subject=bill.instruction_id,
        )
    what = "ask the customer for" if bill.state is BillState.PLANNED else "find the bill of"
    return we_must(
        state,
        "send_bill",
        step_id=f"bill:{bill.instruction_id}",
        since=bill.since,
        summary=f"{what} {amount} through {bill.provider}",
        subject=bill.instruction_id,
    )
