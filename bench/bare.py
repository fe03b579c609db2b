"""The bare workflow: the plain journey written down as it goes, and nothing else."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue, SearchAttributeUpdate

with workflow.unsafe.imports_passed_through():
    from bench.bare_words import Done, Order, Said
    from workflows import attributes
    from workflows.names import StartReturn, partner_queue
    from workflows.options import (
        LOCAL_TRY,
        MISSED,
        ONCE,
        PERFORMING,
        RECORD_DEADLINE,
        RECORD_RETRY,
        retrying,
    )

WORKFLOW = "BareReturn"
LISTED = "L-"
A_DAY = timedelta(days=1)
HANDOVER, INSPECTION = timedelta(days=11), timedelta(days=3)


@workflow.defn(name=WORKFLOW)
class BareReturn:
    """One update, five signals, five activities, ten local activities, two timers.

    Where its id begins with L it is listed besides: the server's lists can be filtered by how it
    stands, as they can by the engine's returns.
    """

    @workflow.init
    def __init__(self, start: StartReturn) -> None:
        self._start = start
        self._heard: list[str] = []
        self._one_at_a_time = asyncio.Lock()
        self._is_listed = start.return_id.startswith(LISTED)

    @workflow.run
    async def run(self, _start: StartReturn) -> str:
        await self._until("open")
        await self._partner("buy_label")
        self._list("label_ready", "customer", "hand_over", HANDOVER)
        waiting = asyncio.create_task(workflow.sleep(HANDOVER, summary="the customer: hand over"))
        await asyncio.gather(self._partner("announce"), self._write("label"))
        await self._until("report_tracking")
        self._list("in_transit", "carrier", "deliver", HANDOVER)
        await self._until("report_tracking", times=2)
        await self._until("report_receipt")
        waiting.cancel()
        waiting = asyncio.create_task(workflow.sleep(INSPECTION, summary="the dock: inspect"))
        self._list("received", "warehouse", "inspect", INSPECTION)
        await self._write("received")
        await self._until("report_inspection")
        await asyncio.gather(
            self._partner("move_stock"),
            self._partner("pay_out"),
            self._write("refund_sent"),
        )
        self._list("resolving", "gateway", "settle", INSPECTION)
        await self._until("report_payout")
        await self._partner("look_up_payout")
        await self._write("completed")
        self._list("completed", "nobody", "nothing", A_DAY)
        return "completed"

    @workflow.update
    async def open(self, body: RawValue) -> Done:
        return await self._record("open", body.payload.data.decode())

    @workflow.signal(dynamic=True)
    async def tell(self, name: str, arguments: Sequence[RawValue]) -> None:
        await self._record(name, arguments[0].payload.data.decode())

    def _list(self, headline: str, actor: str, action: str, due: timedelta) -> None:
        if not self._is_listed:
            return
        told: list[SearchAttributeUpdate[Any]] = [
            attributes.HEADLINE.value_set(headline),
            attributes.NEXT_ACTOR.value_set(actor),
            attributes.NEXT_ACTION.value_set(action),
            attributes.DUE_AT.value_set(workflow.now() + due),
        ]
        if headline == "label_ready":
            told += [
                attributes.TENANT.value_set(self._start.tenant),
                attributes.ORDER_ID.value_set(f"W-{self._start.return_id}"),
                attributes.METHOD.value_set("drop_off_label"),
                attributes.CARRIER.value_set("swiftpost"),
                attributes.COUNTRY.value_set("FR"),
                attributes.CURRENCY.value_set("EUR"),
                attributes.REASONS.value_set(["too_small"]),
                attributes.TRACKING_NUMBERS.value_set([f"SP-{self._start.return_id}"]),
                attributes.REFUND_MINOR.value_set(5_510),
            ]
        workflow.upsert_search_attributes(told)

    async def _until(self, name: str, times: int = 1) -> None:
        await workflow.wait_condition(lambda: self._heard.count(name) >= times)

    async def _record(self, name: str, body: str) -> Done:
        said = Said(
            tenant=self._start.tenant, return_id=self._start.return_id, now=workflow.now(),
            kind="ask", name=name, body=body,
        )  # fmt: skip
        async with self._one_at_a_time:
            done: Done = await workflow.execute_local_activity(
                "record",
                said,
                result_type=Done,
                start_to_close_timeout=RECORD_DEADLINE,
                retry_policy=RECORD_RETRY,
            )
        self._heard.append(name)
        return done

    def _order(self, step: str) -> Order:
        start = self._start
        return Order(
            tenant=start.tenant, return_id=start.return_id, step_id=f"{step}:1", now=workflow.now()
        )

    async def _partner(self, name: str) -> Done:
        """Tried as the engine tries it: the same deadlines cost the same on the server."""
        trying = PERFORMING[name]
        done: Done = await workflow.execute_activity(
            name,
            self._order(name),
            result_type=Done,
            task_queue=partner_queue(workflow.info().task_queue, trying.queue),
            summary=f"{name} of the plain journey",
            start_to_close_timeout=trying.deadline,
            schedule_to_close_timeout=A_DAY,
            heartbeat_timeout=MISSED,
            retry_policy=retrying(trying),
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )
        return done

    async def _write(self, template: str) -> Done:
        done: Done = await workflow.execute_local_activity(
            "notify",
            self._order(template),
            result_type=Done,
            start_to_close_timeout=LOCAL_TRY,
            retry_policy=ONCE,
        )
        return done
