"""The workflow of one lot: it follows the lot's agenda from its first unit to its last word."""

from typing import ClassVar

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.lots.commands import LOT_UPDATES, NoteLotStepFailed
    from domain.lots.messages import LotAnswer, LotRecorded, PerformLot, RecordLot, StartLot
    from domain.lots.showing import LotStatus
    from domain.lots.step import LotStep
    from domain.lots.words import LOT_TYPE
    from workflows.attributes import attributes_of_lot
    from workflows.following import Followed, Following
    from workflows.messages import asks_of
    from workflows.options import GATHERING


@workflow.defn(name=LOT_TYPE)
class LotWorkflow(Following):
    """Follows one lot until nothing is left to do for anybody."""

    followed: ClassVar[Followed] = Followed(
        what="Lot",
        records="record_lot",
        record=RecordLot,
        perform=PerformLot,
        recorded=LotRecorded,
        answer=LotAnswer,
        status=LotStatus,
        step_failed=NoteLotStepFailed,
        trying=GATHERING,
        attributes=attributes_of_lot,
    )

    @workflow.init
    def __init__(self, start: StartLot) -> None:
        super().__init__(start)

    def account_of(self, step: LotStep) -> str:
        """A lot names the contract by which it travels."""
        return step.account

    @workflow.run
    async def run(self, _start: StartLot) -> str:
        """Follow the agenda; answers with the life it ended in."""
        return await self.follow()

    close = asks_of("close", LOT_UPDATES)
    take_out = asks_of("take_out", LOT_UPDATES)
    declare = asks_of("declare", LOT_UPDATES)
    agree = asks_of("agree", LOT_UPDATES)
    refuse = asks_of("refuse", LOT_UPDATES)
    hand_over = asks_of("hand_over", LOT_UPDATES)
    book_proceeds = asks_of("book_proceeds", LOT_UPDATES)
    book_cost = asks_of("book_cost", LOT_UPDATES)
    certify = asks_of("certify", LOT_UPDATES)
    receive = asks_of("receive", LOT_UPDATES)
    grade = asks_of("grade", LOT_UPDATES)
    dispute_finding = asks_of("dispute_finding", LOT_UPDATES)
    resolve_finding = asks_of("resolve_finding", LOT_UPDATES)
    accept = asks_of("accept", LOT_UPDATES)
    dissolve = asks_of("dissolve", LOT_UPDATES)
    retry = asks_of("retry", LOT_UPDATES)
