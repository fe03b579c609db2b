"""The workflow of one claim: it follows the claim's agenda for months, and decides nothing."""

from typing import ClassVar

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.recoveries.commands import RECOVERY_UPDATES, NoteRecoveryStepFailed
    from domain.recoveries.messages import (
        PerformRecovery,
        RecordRecovery,
        RecoveryAnswer,
        RecoveryRecorded,
        StartRecovery,
    )
    from domain.recoveries.showing import RecoveryStatus
    from domain.recoveries.words import RECOVERY_TYPE
    from workflows.attributes import attributes_of_recovery
    from workflows.following import Followed, Following
    from workflows.messages import asks_of
    from workflows.options import RECOVERING


@workflow.defn(name=RECOVERY_TYPE)
class RecoveryWorkflow(Following):
    """Follows one claim until nothing is left to do for anybody."""

    followed: ClassVar[Followed] = Followed(
        what="Recovery",
        records="record_recovery",
        record=RecordRecovery,
        perform=PerformRecovery,
        recorded=RecoveryRecorded,
        answer=RecoveryAnswer,
        status=RecoveryStatus,
        step_failed=NoteRecoveryStepFailed,
        trying=RECOVERING,
        attributes=attributes_of_recovery,
    )

    @workflow.init
    def __init__(self, start: StartRecovery) -> None:
        super().__init__(start)

    @workflow.run
    async def run(self, _start: StartRecovery) -> str:
        """Follow the agenda; answers with the life it ended in."""
        return await self.follow()

    file = asks_of("file", RECOVERY_UPDATES)
    answer = asks_of("answer", RECOVERY_UPDATES)
    book_payment = asks_of("book_payment", RECOVERY_UPDATES)
    withdraw = asks_of("withdraw", RECOVERY_UPDATES)
    close = asks_of("close", RECOVERY_UPDATES)
    give_back = asks_of("give_back", RECOVERY_UPDATES)
    retry = asks_of("retry", RECOVERY_UPDATES)
