"""What the request asks for: a decision, and that the warehouse is told."""

from collections.abc import Iterator
from datetime import timedelta

from domain.returns.agenda.step import Step, must, we_must
from domain.returns.goods.inspecting import is_final
from domain.returns.state import ReturnState
from domain.words import Actor, Authorisation, Logistics


def of_request(state: ReturnState) -> Iterator[Step]:
    if state.authorisation in {Authorisation.REQUESTED, Authorisation.NEEDS_REVIEW}:
        yield must(
            state,
            Actor.MERCHANT,
            "review",
            step_id="review",
            since=state.requested_at,
            within=timedelta(hours=state.agreed.review_hours),
            summary="approve or decline the request",
        )
    if not state.is_approved or state.announced or state.keep_item:
        return
    labelled = all(p.logistics is not Logistics.AWAITING_LABEL for p in state.parcels.values())
    if state.parcels and labelled and any(not is_final(unit) for unit in state.expected_units):
        yield we_must(
            state,
            "announce",
            step_id="announce",
            since=state.approved_at,
            summary="tell the warehouse what to expect",
        )
