"""What a request would bring: decided as an opening is, on the store's ledger, and thrown away."""

from datetime import datetime

from activities.known import Known
from adapters.policies import Policies
from adapters.settings import SettingsError
from api.client.answers import Quoted
from api.client.opening import Opening
from api.client.surroundings import Surroundings
from domain.policy.outlook import Outlook, Records
from domain.policy.reading import PolicyInvalid
from domain.refusal import Refused
from domain.returns.decider import Asked, decide
from domain.returns.events import PolicyEvaluated, QuoteIssued, ReturnDeclined, ReviewRequested
from domain.returns.state import ReturnState


def policies_of(where: Surroundings) -> Policies:
    """Load the merchant's policies.

    Raises:
        SettingsError: `BACKHAUL_POLICY` names no policy.
    """
    try:
        return Policies.load(*([where.policy] if where.policy else []))
    except (OSError, PolicyInvalid) as unfit:
        raise SettingsError("BACKHAUL_POLICY", f"a policy that can be read ({unfit})") from unfit


def quoted(
    opening: Opening, known: Known, policies: Policies, now: datetime, records: Records
) -> Quoted:
    """Say what would come of opening it now, on what is known of the order and of carriers."""
    which, ask = opening.which, opening.ask
    order = ask.request.order
    if order is not None:
        placed_at = order.placed_at
    else:
        placed_at = known.ledger.order.placed_at if known.ledger else now
    policy = policies.in_force(placed_at)
    asked = Asked(which.tenant, which.return_id, ask, now, policy, Outlook(records))
    decided = decide(ReturnState(), known.ledger, asked)
    if isinstance(decided, Refused):
        return Quoted(accepted=False, code=decided.code, because=decided.because)
    answer: dict[str, object] = {"outcome": "approved"}
    for event in decided.events:
        match event:
            case PolicyEvaluated():
                answer |= {"verdicts": event.verdicts, "fired": event.fired}
                answer |= {"keep_item": event.keep_item}
            case QuoteIssued():
                answer["quote"] = event.quote
            case ReviewRequested():
                answer |= {"outcome": "review", "because": event.because}
            case ReturnDeclined():
                answer |= {"outcome": "declined", "code": "declined", "because": event.because}
            case _:
                pass
    return Quoted.model_validate(answer)
