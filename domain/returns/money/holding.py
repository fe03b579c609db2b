"""Goods sent first: the worth of the old ones is kept ready on what the order was paid with.

A unit that is to be exchanged in advance has its article sent as soon as the bank keeps the
amount ready. Accepted, it is let go; never handed over or rejected, it is taken.
"""

from datetime import datetime, timedelta

from domain.money import percentage
from domain.orders.ledger import Ledger, Payment
from domain.returns.events import OfferMade, UnitMissed
from domain.returns.events.holds import CarrierAsked, HoldCalledIn, HoldLetGo, HoldPlanned
from domain.returns.goods.replacing import is_earned, is_refused, is_sent, must_release
from domain.returns.money.billing import is_paid_for, is_wanted
from domain.returns.state import Hold, ReturnState, Unit
from domain.returns.telling import plan_notice
from domain.returns.unfolding import Unfolding
from domain.words import Decision, Receipt, Resolution
from domain.words_of_money import HoldState

_MARGIN = timedelta(days=1)
"""Before a bank lets a hold lapse another one is placed."""


def in_advance(unit: Unit) -> bool:
    """Whether its article is sent before the unit has come back."""
    return unit.approved and unit.resolution is Resolution.ADVANCE_EXCHANGE


def holds_of(state: ReturnState, unit_id: str) -> list[Hold]:
    """All holds for a unit, the newest first."""
    return [hold for hold in reversed(state.holds.values()) if hold.unit == unit_id]


def held_for(state: ReturnState, unit_id: str) -> Hold | None:
    """The hold that keeps the worth of a unit ready now, if there is one."""
    kept = (hold for hold in holds_of(state, unit_id) if hold.state is HoldState.HELD)
    return next((hold for hold in kept if not hold.let_go), None)


def may_go_first(state: ReturnState, unit: Unit) -> bool:
    """Whether its article may be sent before the unit is here."""
    return in_advance(unit) and not is_refused(unit) and held_for(state, unit.id) is not None


def renew_at(state: ReturnState, hold: Hold) -> datetime:
    """When another one is to take its place."""
    lasts = timedelta(days=state.agreed.collecting.hold_days)
    return hold.since + lasts - min(_MARGIN, lasts // 2)


def return_by(state: ReturnState) -> datetime | None:
    """Until when the old goods are to be handed over; none where nothing was sent for them."""
    days = timedelta(days=state.agreed.collecting.hand_over_days)
    sent = [
        unit.replacement.sent_at
        for unit in state.live_units
        if in_advance(unit) and is_sent(unit) and unit.receipt is Receipt.AWAITING
        and unit.replacement is not None
    ]  # fmt: skip
    known = [moment + days for moment in sent if moment is not None]
    if not known or state.ship_by is None:
        return None
    return max(state.ship_by, *known)


def is_worth_minor(state: ReturnState, unit: Unit) -> int:
    """What has to be kept ready for a unit."""
    quoted = state.quoted(unit.id)
    return quoted.exchange.value_minor if quoted is not None and quoted.exchange else 0


# ── Rules ─────────────────────────────────────────────────────────────────────────────────


def plan_holds(u: Unfolding) -> None:
    """Keep the worth of a unit ready as soon as its article is held and paid for."""
    for unit in list(u.state.live_units):
        if not in_advance(unit) or not _needs_hold(u.state, unit):
            continue
        worth = is_worth_minor(u.state, unit)
        refused = next(iter(holds_of(u.state, unit.id)), None)
        if (
            refused is not None
            and refused.state is HoldState.REFUSED
            and not _asked_again(u.state, unit, refused)
        ):
            _offer_plain(u, unit, refused.instruction_id, "the bank does not keep the amount ready")
        elif worth:
            plan_hold(u, unit, worth)


def _needs_hold(state: ReturnState, unit: Unit) -> bool:
    ready = unit.replacement is not None and unit.replacement.life == "reserved"
    standing = any(hold.stands for hold in holds_of(state, unit.id))
    open_offer = any(
        offer.unit == unit.id
        and offer.kind == "hold_refused"
        and (offer.answer in {"", "accepted"} or f"offer:{offer.offer_id}" in state.concerns)
        for offer in state.offers.values()
    )
    paid = ready and is_wanted(state, unit) and is_paid_for(state, unit)
    return paid and not standing and not open_offer and not is_earned(unit)


def _asked_again(state: ReturnState, unit: Unit, refused: Hold) -> bool:
    """Whether the customer has said no to a plain exchange since that refusal."""
    return any(
        offer.unit == unit.id and offer.instruction_id == refused.instruction_id
        for offer in state.offers.values()
    )


def plan_hold(u: Unfolding, unit: Unit, amount_minor: int, replaces: str = "") -> None:
    """Ask the provider of the order's card; without a card there is nothing to ask."""
    card = card_of(u.books, u.state.agreed.collecting.provider)
    if card is None:
        _offer_plain(u, unit, replaces, "the order was not paid with a card that can be asked")
        return
    u.happened(
        HoldPlanned(
            occurred_at=u.now,
            instruction_id=u.made_id("hold", len(u.state.holds) + 1),
            unit=unit.id,
            provider=card.provider,
            payment_ref=card.payment_ref,
            amount_minor=amount_minor,
            currency=u.state.currency,
            replaces=replaces,
        )
    )


def _offer_plain(u: Unfolding, unit: Unit, hold_id: str, because: str) -> None:
    """The article is sent all the same, once the unit is here; unanswered, that holds."""
    answer_by = u.now + timedelta(days=u.state.agreed.customer_answer_days)
    u.happened(
        OfferMade(
            occurred_at=u.now,
            offer_id=u.made_id("offer", len(u.state.offers) + 1),
            unit=unit.id,
            resolution=Resolution.EXCHANGE,
            because=because,
            answer_by=answer_by,
            kind="hold_refused",
            instruction_id=hold_id,
        )
    )
    plan_notice(u, "hold_refused", {"answer_by": answer_by.date().isoformat()})


def settle_holds(u: Unfolding) -> None:
    """Let go what is not needed, take what is owed, and place anew what a bank let lapse."""
    for hold in list(u.state.holds.values()):
        if hold.let_go or hold.to_take_minor or not hold.is_open:
            continue
        unit = u.state.units[hold.unit]
        if because := _needless(u.state, unit, hold):
            u.happened(
                HoldLetGo(occurred_at=u.now, instruction_id=hold.instruction_id, because=because)
            )
        elif hold.state is HoldState.HELD and _never_handed_over(u.state, unit):
            call_in(u, hold, hold.amount_minor, "the old goods were not handed over in time")
        elif hold.state is HoldState.HELD and is_sent(unit) and not u.state.is_approved:
            call_in(u, hold, hold.amount_minor, "the return ended, and the article was sent")
    for unit in list(u.state.live_units):
        _keep_ready(u, unit)


def card_of(ledger: Ledger, provider: str) -> Payment | None:
    """The card that most was paid with, at a provider that keeps amounts ready."""
    cards = [
        tender
        for tender in ledger.order.tenders
        if tender.kind in {"card", "wallet"} and tender.provider == provider
    ]
    most = max(cards, key=lambda tender: tender.captured_minor, default=None)
    return Payment(most.tender_id, most.provider, most.payment_ref) if most else None


def _needless(state: ReturnState, unit: Unit, hold: Hold) -> str:
    if not is_sent(unit):
        needed = in_advance(unit) and is_wanted(state, unit) and not is_earned(unit)
        may_be_under_way = not state.is_approved and must_release(state, unit)
        return "" if needed or may_be_under_way else "the article is not sent in advance"
    if is_earned(unit):
        return "the old goods were accepted"
    others = [other for other in holds_of(state, unit.id) if other is not hold]
    if any((other.to_take_minor and other.is_open) or other.taken_minor for other in others):
        return "another one is taken for it"
    newer = list(state.holds).index(hold.instruction_id) + 1
    kept = list(state.holds.values())[newer:]
    if any(other.unit == unit.id and other.state is HoldState.HELD for other in kept):
        return "another one is kept ready instead"
    return ""


def _never_handed_over(state: ReturnState, unit: Unit) -> bool:
    return is_refused(unit) and unit.decided_unseen and not state.has_left


def call_in(u: Unfolding, hold: Hold, amount_minor: int, because: str) -> None:
    """Take so much of it."""
    u.happened(
        HoldCalledIn(
            occurred_at=u.now,
            instruction_id=hold.instruction_id,
            amount_minor=min(amount_minor, hold.amount_minor),
            because=because,
        )
    )


def take_for_rejection(u: Unfolding, hold: Hold) -> None:
    """The customer has not objected in time: the policy's share of the worth is taken."""
    amount = percentage(hold.amount_minor, u.state.agreed.collecting.rejected_bp)
    if amount:
        call_in(u, hold, amount, "the old goods were not accepted, and nobody objected")
    else:
        because = "the policy takes nothing for it"
        u.happened(
            HoldLetGo(occurred_at=u.now, instruction_id=hold.instruction_id, because=because)
        )


def _keep_ready(u: Unfolding, unit: Unit) -> None:
    """What a bank let lapse while it was needed is placed anew."""
    newest = next(iter(holds_of(u.state, unit.id)), None)
    if newest is None or not is_sent(unit) or is_earned(unit) or newest.let_go:
        return
    if newest.state is HoldState.LAPSED:
        plan_hold_again(u, newest)


def plan_hold_again(u: Unfolding, hold: Hold) -> None:
    """Place another one, before the first lapses or after it has."""
    u.happened(
        HoldPlanned(
            occurred_at=u.now,
            instruction_id=u.made_id("hold", len(u.state.holds) + 1),
            unit=hold.unit,
            provider=hold.provider,
            payment_ref=hold.payment_ref,
            amount_minor=hold.amount_minor,
            currency=u.state.currency,
            replaces=hold.instruction_id,
        )
    )


# ── The day has come ──────────────────────────────────────────────────────────────────────


def ask_carriers(u: Unfolding) -> None:
    """Nothing is taken before those who may have the parcels have been asked."""
    waiting = [
        parcel
        for parcel in u.state.parcels.values()
        if not parcel.has_left and parcel.tracking_numbers
    ]
    for parcel in waiting:
        u.happened(CarrierAsked(occurred_at=u.now, parcel_id=parcel.parcel_id))
    if not waiting:
        miss_all(u)


def follow_silence(u: Unfolding) -> None:
    """All carriers were asked, and none has seen anything: the goods do not come."""
    due = return_by(u.state)
    asked = [p for p in u.state.parcels.values() if p.tracking_numbers and not p.has_left]
    silent = [p for p in asked if p.silent_at is not None and due and p.silent_at >= due]
    if due is None or u.state.has_left or not asked or len(silent) < len(asked):
        return
    miss_all(u)


def miss_all(u: Unfolding) -> None:
    """What was to be handed over was not; should it turn up, it is looked at all the same."""
    for unit in list(u.state.live_units):
        if unit.receipt is Receipt.AWAITING:
            u.happened(
                UnitMissed(
                    occurred_at=u.now,
                    unit=unit.id,
                    kind="short_shipped",
                    because="it was not handed over in time",
                )
            )


def objection_is_open(state: ReturnState, hold: Hold) -> bool:
    """Whether the customer may still object before the hold is taken for a rejected unit."""
    unit = state.units[hold.unit]
    is_live = hold.state is HoldState.HELD and not hold.let_go and not hold.to_take_minor
    refused = is_refused(unit) and unit.decision is not Decision.APPEALED
    return is_live and refused and is_sent(unit) and not _never_handed_over(state, unit)
