"""What people do about whatever is their turn: the same rules for every return."""

from demo.simulation.ways import RESCHEDULE, Spec, act


def _on(action: str, days: float = 0.25) -> Spec:
    return {"action": action, "after_days": days}


def _another_way(destination: str, days: float) -> Spec:
    return act(
        "choose_payout", when=_on("choose_payout", days), each=True,
        instruction_id="$subject", destination=destination, because="It could not go back.",
    )  # fmt: skip


def _two_people(do: str, action: str, days: float) -> list[Spec]:
    """What takes two: one says it, and the other, a little later."""
    said = {"instruction_id": "$subject", "because": "Looked at, and agreed."}
    first = act(do, when=_on(action, days), each=True, **said)
    second = act(do, when=_on(action, days + 0.25), each=True, **said)
    return [first, {**second, "who": "demo-lead"}]


STANDING: tuple[Spec, ...] = (
    act("approve", when=_on("review"), each=True, because="It is fine."),
    act("approve", when=_on("decide"), each=True, units=["$subject"], because="It is fine."),
    act("resolve_dispute", when=_on("resolve_dispute", 1), each=True,
        unit="$subject", outcome="upheld", because="The photo shows it."),
    act("match_unit", when=_on("match_unit"), each=True,
        stray_id="$subject", disposition="donate", because="It is nobody's."),
    act("override", when=_on("settle_concern"), each=True,
        settles="$subject", because="Looked at it."),
    act("override", when=_on("offer_resolution"), each=True,
        units=["$subject"], share_bp=2_000, because="For the trouble."),
    act("override", when=_on("offer_resolution", 2), each=True,
        units=["$subject"], resolution="refund_original", because="For the trouble."),
    act("choose_method", when=_on("send_again"), each=True, method="drop_off_label"),
    act("accept_offer", who="customer", when=_on("answer_offer", 1), each=True,
        offer_id="$subject"),
    act("choose_goods", who="customer", when=_on("choose_goods", 1), each=True,
        unit="$subject", choice="leave", because="Keep it."),
    act("choose_method", who="customer", when={"event": "LabelRefused"},
        method="drop_off_label"),
    RESCHEDULE,
    act("release_payout", when=_on("pay_by_hand", 1), each=True,
        instruction_id="$subject", because="bank transfer, slip 7"),
    *_two_people("release_payout", "release_payout", 0.5),
    _another_way("tender", 1),
    _another_way("store_credit", 2),
    _another_way("manual", 3),
    *_two_people("release_payout", "choose_payout", 4),
    *_two_people("write_off_payout", "choose_payout", 5),
)  # fmt: skip
