"""What goes with a message beside its words: a label that is kept here, or a link."""

from datetime import datetime, timedelta
from typing import NamedTuple

from activities import ports
from domain.channels import Channel
from domain.returns.state import Label, Notice, ReturnState

OPEN_FOR = timedelta(days=60)
"""How long a link in a message opens what it is for."""


class Enclosed(NamedTuple):
    """Facts beside the notice's own, and a paper."""

    facts: dict[str, str]
    paper: ports.Paper | None = None


NOTHING = Enclosed({})


class Enclosing:
    """Finds it. Nothing is asked of anybody for a notice that has all it needs."""

    def __init__(self, papers: ports.Papers, links: ports.Links) -> None:
        self._papers = papers
        self._links = links

    async def of(
        self, state: ReturnState, notice: Notice, channel: Channel, now: datetime
    ) -> Enclosed:
        """Say what goes with a notice.

        A carrier's own address of a label is in the notice already. One that was handed out
        once goes with the mail, or where it is too large, or in a text, by a link.
        """
        if notice.template == "feedback":
            return self._linked("feedback_url", "feedback", state, now)
        label = _handed_out(state, notice)
        if label is None:
            return NOTHING
        name = f"label:{label.parcel_id}:{label.tracking_number}"
        paper = await self._papers.kept(state.tenant, state.return_id, name)
        if paper is None:
            return NOTHING
        most = state.message_terms.attach_up_to_kb * 1_024
        if channel is Channel.MAIL and len(paper.content) <= most:
            return Enclosed({}, paper)
        return self._linked("label_url", "label", state, now)

    def _linked(
        self, fact: str, purpose: ports.Purpose, state: ReturnState, now: datetime
    ) -> Enclosed:
        opens = ports.Opens(
            tenant=state.tenant,
            return_id=state.return_id,
            customer_id=state.customer_id,
            until=now + OPEN_FOR,
        )
        link = self._links.to(purpose, opens)
        return Enclosed({fact: link} if link else {})


def _handed_out(state: ReturnState, notice: Notice) -> Label | None:
    """The label that a notice brings, where its carrier keeps no copy to be fetched."""
    if notice.template != "label" or "label_url" in notice.facts:
        return None
    number = notice.facts.get("tracking_number")
    labels = (label for label in state.labels.values() if label.tracking_number == number)
    return next(labels, None)
