"""The contracts with carriers: whose adapter serves which, and what is kept before anything is bought."""

from collections.abc import Mapping

from activities import ports
from activities.known import Known
from activities.recorded import Perform
from activities.recorder import Recorder
from activities.steps import defect, time_of
from domain.orders.order import Customer
from domain.returns import notes as n
from domain.returns.agenda import Step


class Contracts:
    """By their names in the policy (`account`); the empty name is the one for most."""

    def __init__(
        self, recorder: Recorder, carriers: Mapping[str, ports.Carrier], papers: ports.Papers
    ) -> None:
        self._recorder = recorder
        self._carriers = carriers
        self._papers = papers

    def at(self, account: str) -> ports.Carrier:
        """The adapter of a contract; one that nobody set up is a person's to mend."""
        carrier = self._carriers.get(account)
        if carrier is None:
            raise defect(f"account: {account} is in the policy and in no setting of this worker")
        return carrier

    async def keep(
        self,
        known: Known,
        step: Step,
        perform: Perform,
        prepared: ports.Prepared,
        by: tuple[str, str],
    ) -> str:
        """Record the offer before anything is bought on it; gives the one that was kept first.

        Two who prepare at once have two offers, which cost nothing; the stream keeps one. Its
        papers are there before it: who finds an offer finds what came with it.
        """
        state = known.state
        for paper in prepared.papers:
            name = f"{paper.kind}:{step.subject}:{prepared.offer_ref}"
            await self._papers.keep(state.tenant, state.return_id, name, state.customer_id, paper)
        note = n.NoteTransportPrepared(
            step_id=step.id, offer_ref=prepared.offer_ref, carrier=by[0], service=by[1]
        )
        cause = f"prepared:{step.id}"
        outcome = await self._recorder.decide(perform, note, time_of(perform), cause)
        return outcome.known.state.prepared[step.id]

    async def customer(self, known: Known, perform: Perform) -> Customer:
        """Who sends the parcel; without an address nothing can be asked of a carrier."""
        customer = await self._recorder.person(perform.tenant, known.state.customer_id)
        if customer is None:
            raise defect("the customer is not known any more: there is no address")
        return customer
