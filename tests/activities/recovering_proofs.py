"""What is claimed back from others: opened beside a return, filed, followed, taken back."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from activities.recorded import Recordings
from domain.recoveries.messages import PerformRecovery, RecordRecovery, RecoveryRecorded
from tests.activities.deeds import AtPartner, Deed, InBooks, Trade
from tests.activities.journey import TENANT, Journey
from tests.activities.stage import OneWorker
from tests.engine import TODAY

RIPE = TODAY + timedelta(days=40)
FILED = Trade("carrier", ("claim_list", "claim"), "claims", "filed", "RecoveryFiled")
LOOKED = Trade(
    "carrier", ("claim_get",), "claims", "filed", "RecoveryAnswered", is_a_look=True,
    done_before=("claim",),
)  # fmt: skip
CANCELLED = Trade(
    "carrier", ("claim_cancel",), "claims", "cancelled", "RecoveryWithdrawn", found=False
)


@dataclass
class ClaimJourney(Journey):
    """The claim of a return whose parcel is lost: its stream is the claim's."""

    @property
    def recovery_id(self) -> str:
        return f"{self.return_id}.P1-lost"

    @property
    def stream(self) -> str:
        return f"recovery:{TENANT}:{self.recovery_id}"

    @classmethod
    def beside(cls, journey: Journey) -> "ClaimJourney":
        return cls(journey.stage, journey.worker, journey.key, journey.payment)

    async def said(self, kind: Any, name: str = "", body: str = "", now: Any = RIPE) -> Any:
        asked = self.asked(kind, name, body, now)
        recorded: Any = await self.worker.attempt("record_recovery", asked)
        assert recorded.accepted, recorded.because
        return recorded

    def asked(self, kind: Any, name: str = "", body: str = "", now: Any = RIPE) -> RecordRecovery:
        return RecordRecovery(
            tenant=TENANT, recovery_id=self.recovery_id, now=now, kind=kind, name=name, body=body
        )

    async def ordered(self, action: str) -> PerformRecovery:
        known: RecoveryRecorded = await self.said("look")
        (step,) = known.status.agenda
        assert step.performs == action, step
        return PerformRecovery(
            tenant=TENANT, recovery_id=self.recovery_id, step_id=step.id, now=RIPE
        )


class Beside(InBooks):
    """A step of the return that writes to the claim: in one process one after the other."""

    async def at_once(self, *workers: OneWorker) -> list[Any]:
        stage = self.journey.stage
        async with stage.held(self.stream):
            writing = [asyncio.create_task(self.by(worker)) for worker in workers]
            await stage.waiting(len({id(worker) for worker in workers}))
        return list(await asyncio.gather(*writing))


class AtClaims(AtPartner):
    """A step of a claim: who is about to file it says so first."""

    async def _is_prepared(self) -> bool:
        return bool(await self.journey.told("RecoveryFilingBegun"))


async def _lost(journey: Journey) -> str:
    await journey.labelled()
    number = await journey.tracking_number()
    await journey.stage.sandbox.scan("in_transit", tracking_number=number)
    for status in ("scanned", "lost"):
        said = {"message_id": status, "tracking_number": number, "status": status}
        await journey.accepted(journey.telling("report_tracking", **said))
    return number


async def _opened(journey: Journey) -> tuple[ClaimJourney, str]:
    number = await _lost(journey)
    await journey.perform("open_recovery")
    claim = ClaimJourney.beside(journey)
    await claim.said("time")
    return claim, number


async def opened_claim(journey: Journey) -> tuple[ClaimJourney, PerformRecovery]:
    """A claim for a lost parcel, and the order to file it."""
    claim, _ = await _opened(journey)
    return claim, await claim.ordered("file_claim")


async def _filed(journey: Journey) -> tuple[ClaimJourney, str]:
    claim, number = await _opened(journey)
    await claim.worker.attempt("file_claim", await claim.ordered("file_claim"))
    return claim, number


async def open_recovery(journey: Journey) -> Deed:
    await _lost(journey)
    order = await journey.order("open_recovery")
    stream = ClaimJourney.beside(journey).stream
    nothing = Recordings(recordings=())
    return Beside(
        journey, nothing, "RecoveryOpened", stream, "open_recovery", order, journey.return_id
    )


async def recall_recovery(journey: Journey) -> Deed:
    claim, number = await _opened(journey)
    found = {"message_id": "found", "tracking_number": number, "status": "scanned"}
    when = (TODAY + timedelta(seconds=1)).isoformat()
    await journey.accepted(journey.telling("report_tracking", **found, occurred_at=when))
    order = await journey.order("recall_recovery")
    nothing = Recordings(recordings=())
    return Beside(
        journey, nothing, "RecoveryWithdrawn", claim.stream, "recall_recovery", order, "because"
    )


async def record_recovery(journey: Journey) -> Deed:
    claim, _ = await _opened(journey)
    body = '{"request_id": "q", "actor": {"kind": "staff", "id": "s"}, "because": "not worth it"}'
    asked = claim.asked("ask", "close", body)
    nothing = Recordings(recordings=())
    return InBooks(
        claim, nothing, "RecoveryClosed", claim.stream, "record_recovery", asked, "not worth it"
    )


async def file_claim(journey: Journey) -> Deed:
    claim, order = await opened_claim(journey)
    number = await journey.tracking_number()
    return AtClaims(FILED, claim, "file_claim", (order,), number, number)


async def look_up_claim(journey: Journey) -> Deed:
    await journey.stage.sandbox.script(journey.return_id, "claim.refused", days=0)
    claim, number = await _filed(journey)
    (filed,) = await claim.told("RecoveryFiled")
    await claim.said("time", now=RIPE + timedelta(days=8))
    arguments = (await claim.ordered("look_up_claim"),)
    return AtClaims(LOOKED, claim, "look_up_claim", arguments, number, filed["reference"])


async def cancel_claim(journey: Journey) -> Deed:
    claim, number = await _filed(journey)
    (filed,) = await claim.told("RecoveryFiled")
    found = {"message_id": "found", "tracking_number": number, "status": "scanned"}
    when = (TODAY + timedelta(seconds=1)).isoformat()
    await journey.accepted(journey.telling("report_tracking", **found, occurred_at=when))
    await journey.perform("recall_recovery")
    arguments = (await claim.ordered("cancel_claim"),)
    return AtClaims(CANCELLED, claim, "cancel_claim", arguments, number, filed["reference"])


ALL = (open_recovery, recall_recovery, record_recovery, file_claim, look_up_claim, cancel_claim)
