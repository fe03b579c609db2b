"""What the outside may ask of a return (updates) or tell it (signals), as it is said.

Names and shapes are an interface: they are what travels in an update, a signal or an HTTP
body. `UPDATES` and `SIGNALS` map each update's or signal's name to its shape.
"""

from collections.abc import Mapping

from domain.returns.commands.asks import (
    AcceptOffer,
    Approve,
    Cancel,
    ChooseMethod,
    ChoosePayout,
    CorrectAddress,
    Decline,
    DeclineOffer,
    Dispute,
    GiveFeedback,
    MatchUnit,
    Open,
    Override,
    ReleasePayout,
    ReschedulePickup,
    ResolveDispute,
    UnmatchUnit,
    WriteOffPayout,
)
from domain.returns.commands.base import Ask, Key, Report, Who
from domain.returns.commands.reports import (
    CountedUnits,
    InspectedUnit,
    ReceivedParcel,
    ReportChargeback,
    ReportInspection,
    ReportLabel,
    ReportPayout,
    ReportPickup,
    ReportReceipt,
    ReportReplacement,
    ReportTracking,
)

UPDATES: Mapping[str, type[Ask]] = {
    "open": Open,
    "approve": Approve,
    "decline": Decline,
    "cancel": Cancel,
    "override": Override,
    "choose_method": ChooseMethod,
    "accept_offer": AcceptOffer,
    "decline_offer": DeclineOffer,
    "correct_address": CorrectAddress,
    "reschedule_pickup": ReschedulePickup,
    "dispute": Dispute,
    "resolve_dispute": ResolveDispute,
    "match_unit": MatchUnit,
    "unmatch_unit": UnmatchUnit,
    "release_payout": ReleasePayout,
    "choose_payout": ChoosePayout,
    "write_off_payout": WriteOffPayout,
    "give_feedback": GiveFeedback,
}

SIGNALS: Mapping[str, type[Report]] = {
    "report_tracking": ReportTracking,
    "report_pickup": ReportPickup,
    "report_receipt": ReportReceipt,
    "report_inspection": ReportInspection,
    "report_payout": ReportPayout,
    "report_label": ReportLabel,
    "report_chargeback": ReportChargeback,
    "report_replacement": ReportReplacement,
}

__all__ = [
    "SIGNALS",
    "UPDATES",
    "AcceptOffer",
    "Approve",
    "Ask",
    "Cancel",
    "ChooseMethod",
    "ChoosePayout",
    "CorrectAddress",
    "CountedUnits",
    "Decline",
    "DeclineOffer",
    "Dispute",
    "GiveFeedback",
    "InspectedUnit",
    "Key",
    "MatchUnit",
    "Open",
    "Override",
    "ReceivedParcel",
    "ReleasePayout",
    "Report",
    "ReportChargeback",
    "ReportInspection",
    "ReportLabel",
    "ReportPayout",
    "ReportPickup",
    "ReportReceipt",
    "ReportReplacement",
    "ReportTracking",
    "ReschedulePickup",
    "ResolveDispute",
    "UnmatchUnit",
    "Who",
    "WriteOffPayout",
]
