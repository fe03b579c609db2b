"""What is claimed back from others on this return's account: that it is, and that it is not."""

from typing import Literal

from domain.model import Id
from domain.recoveries.words import RecoveryKind
from domain.returns.events.base import Event


class RecoveryBegun(Event):
    """A claim is opened; what becomes of it is told in its own stream."""

    type: Literal["RecoveryBegun"] = "RecoveryBegun"
    recovery_id: Id
    kind: RecoveryKind
    subject: Id


class RecoveryRecalled(Event):
    """Its reason is gone, and it has been told so."""

    type: Literal["RecoveryRecalled"] = "RecoveryRecalled"
    recovery_id: Id


RecoveringEvent = RecoveryBegun | RecoveryRecalled
