"""One thing that an event says about a return."""

from dataclasses import dataclass, field
from typing import Any, Literal

ReferenceKind = Literal["tracking", "payout", "pickup", "label", "payment", "return"]


@dataclass(frozen=True)
class Fact:
    """A signal to send, and by which of our stored references its return is found.

    `body` is exactly what the signal takes. An empty `reference` means that the event names
    none: it belongs to a person. `proven` is what the signature covers, kept for providers
    that cannot be asked how something stands.
    """

    signal: str
    reference_kind: ReferenceKind
    reference: str
    body: dict[str, Any]
    proven: dict[str, Any] = field(default_factory=dict)
    only_if_known: bool = False  # it may well be about other goods than returned ones
    series: str = ""  # of reports, each in place of the one before: what all their ids begin with
    serials: tuple[str, ...] = ()  # of goods that it is about: they lead to a return as well
