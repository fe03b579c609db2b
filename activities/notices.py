"""Messages to customers: each under an id by which a second copy is dropped, or the first found."""

from collections.abc import Mapping, Sequence

from temporalio import activity
from temporalio.common import RawValue

from activities import ports
from activities.enclosing import Enclosing
from activities.known import Known
from activities.recorded import Perform, Recorded
from activities.recorder import Recorder
from activities.steps import Steps, key_of
from domain.channels import Channel
from domain.orders.order import Customer
from domain.returns.agenda import Step
from domain.returns.notes import Note, NoteNotified, NoteUndelivered
from domain.returns.state import Notice


class Notices:
    """The activity that writes to customers."""

    def __init__(
        self,
        recorder: Recorder,
        channels: Mapping[Channel, ports.Notifier],
        enclosing: Enclosing,
    ) -> None:
        self._steps = Steps(recorder)
        self._recorder = recorder
        self._channels = channels
        self._enclosing = enclosing

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
        addresses = self._addresses(customer) if customer is not None else {}
        if customer is None or not (addresses or notice.failed):
            return NoteNotified(notice_id=notice.notice_id, delivery_ref="nobody to write to")
        channel = known.state.channel_of(notice)
        if channel not in addresses:
            return _undelivered(notice, channel, "no_address")
        enclosed = await self._enclosing.of(known.state, notice, channel, perform.now)
        message = ports.Message(
            step_id=key_of(perform),
            to=addresses[channel],
            name=customer.name,
            locale=known.state.locale,
            template=notice.template,
            facts={
                **notice.facts,
                **enclosed.facts,
                "return_id": known.state.return_id,
                "order_id": known.state.order_id,
            },
            attached=enclosed.paper,
        )
        delivered = await self._channels[channel].deliver(message)
        if isinstance(delivered, ports.NotTaken):
            return _undelivered(notice, channel, delivered.because)
        return NoteNotified(notice_id=notice.notice_id, delivery_ref=delivered)

    def _addresses(self, customer: Customer) -> dict[Channel, str]:
        """Where somebody can be reached, by the channels that we have."""
        known = {Channel.MAIL: customer.email, Channel.SMS: customer.phone}
        return {
            channel: address
            for channel, address in known.items()
            if address and channel in self._channels
        }


def _undelivered(notice: Notice, channel: Channel, because: str) -> NoteUndelivered:
    return NoteUndelivered(notice_id=notice.notice_id, channel=channel, because=because)
