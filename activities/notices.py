"""Messages to customers: each under an id by which a second copy is dropped, or the first found."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from temporalio import activity
from temporalio.common import RawValue

from activities import ports
from activities.known import Known
from activities.recorded import Perform, Recorded
from activities.recorder import Recorder
from activities.steps import Steps, key_of
from domain.channels import Channel
from domain.orders.order import Customer
from domain.returns.agenda import Step
from domain.returns.notes import Note, NoteNotified


class _Reached(NamedTuple):
    """How somebody is reached."""

    by: ports.Notifier
    address: str


class Notices:
    """The activity that writes to customers."""

    def __init__(self, recorder: Recorder, channels: Mapping[Channel, ports.Notifier]) -> None:
        self._steps = Steps(recorder)
        self._recorder = recorder
        self._channels = channels

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
        wanted = known.state.channel_of(notice)
        reached = self._reached(customer, wanted) if customer is not None else None
        if customer is None or reached is None:
            return NoteNotified(notice_id=notice.notice_id, delivery_ref="nobody to write to")
        message = ports.Message(
            step_id=key_of(perform),
            to=reached.address,
            name=customer.name,
            locale=known.state.locale,
            template=notice.template,
            facts={
                **notice.facts,
                "return_id": known.state.return_id,
                "order_id": known.state.order_id,
            },
        )
        delivered = await reached.by.deliver(message)
        return NoteNotified(notice_id=notice.notice_id, delivery_ref=delivered)

    def _reached(self, customer: Customer, wanted: Channel) -> _Reached | None:
        """By the channel that is wanted, or by another, if we have both an account and an address."""
        addresses = {Channel.MAIL: customer.email, Channel.SMS: customer.phone}
        return next(
            (
                _Reached(self._channels[channel], address)
                for channel in sorted(Channel, key=lambda each: each is not wanted)
                if (address := addresses[channel]) and channel in self._channels
            ),
            None,
        )
