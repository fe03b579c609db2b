"""Messages to customers: at least once, under an id by which a second copy is recognised."""

from collections.abc import Sequence

from temporalio import activity
from temporalio.common import RawValue

from activities import ports
from activities.known import Known
from activities.recorded import Perform, Recorded
from activities.recorder import Recorder
from activities.steps import Steps, key_of
from domain.returns.agenda import Step
from domain.returns.notes import Note, NoteNotified


class Notices:
    """The activity that writes to customers."""

    def __init__(self, recorder: Recorder, notifier: ports.Notifier) -> None:
        self._steps = Steps(recorder)
        self._recorder = recorder
        self._notifier = notifier

    @activity.defn
    async def notify(self, perform: Perform) -> Recorded:
        """Send one message. Once recorded it is not sent again; its id is the step's."""
        return await self._steps.perform(perform, self._notify)

    @activity.defn(dynamic=True)
    async def here(self, arguments: Sequence[RawValue]) -> Recorded:
        """Do the same on the workflow's own worker, under whatever name the UI is to show."""
        converter = activity.payload_converter()
        perform: Perform = converter.from_payload(arguments[0].payload, Perform)
        return await self._steps.perform(perform, self._notify)

    async def _notify(self, known: Known, step: Step, perform: Perform) -> Note:
        notice = known.state.notices[step.subject]
        customer = await self._recorder.person(perform.tenant, known.state.customer_id)
        if customer is None or not customer.email:
            return NoteNotified(notice_id=notice.notice_id, delivery_ref="nobody to write to")
        message = ports.Message(
            step_id=key_of(perform),
            to=customer.email,
            name=customer.name,
            locale=known.state.locale,
            template=notice.template,
            facts={
                **notice.facts,
                "return_id": known.state.return_id,
                "order_id": known.state.order_id,
            },
        )
        delivered = await self._notifier.deliver(message)
        return NoteNotified(notice_id=notice.notice_id, delivery_ref=delivered)
