"""What can still be chosen of a return, in short."""

from domain.model import Value
from domain.returns.state import ReturnState
from domain.words import Decision


class ChoiceStatus(Value):
    """What another resolution would bring, in short; the whole is in the quote."""

    resolution: str
    total_minor: int
    to: str
    days: int


def choices_of(state: ReturnState) -> tuple[ChoiceStatus, ...]:
    """Shown while it can still be chosen: nothing has left, and nothing is decided."""
    quote = state.quote
    decided = any(unit.decision is not Decision.PENDING for unit in state.live_units)
    if quote is None or state.has_left or decided:
        return ()
    return tuple(
        ChoiceStatus(
            resolution=str(choice.resolution),
            total_minor=choice.total_minor,
            to=",".join(choice.to),
            days=choice.days,
        )
        for choice in quote.choices
    )
