"""One thing to be done with a lot."""

from pydantic import AwareDatetime

from domain.lots.words import LotOwner
from domain.model import Value


class LotStep(Value):
    """One thing to be done. `performs` names the activity, where it is ours to do.

    `due_at` is when something happens by itself: they are asked how it stands (`looks`), or
    somebody is late. From `late_at` on somebody is.
    """

    id: str
    owner: LotOwner
    action: str
    due_at: AwareDatetime
    late_at: AwareDatetime
    summary: str
    subject: str = ""
    performs: str = ""
    account: str = ""  # of the contract with a carrier that is asked; empty: the one for most
    looks: bool = False
