"""Where every minor unit of a return comes from: the same numbers as the quote and the events."""

from collections.abc import Callable, Iterator
from typing import Self

from domain.money import Money
from domain.policy.quote import UnitQuote
from domain.returns.events.bills import BillPart
from domain.returns.money.explained import (
    Adjusted,
    CollectedExplained,
    CouponExplained,
    Explained,
    PayoutExplained,
    PotExplained,
    UnitExplained,
)
from domain.returns.money.explained_text import text_of
from domain.returns.money.promising import (
    collected_minor,
    fee_promise,
    fee_taken,
    paid_minor,
    promised_minor,
    shipping_promise,
    unit_promise,
)
from domain.returns.state import ReturnState

__all__ = ["Adjusted", "Explanation", "UnitExplained", "explain"]


class Explanation(Explained):
    """A return's whole derivation, or what of it one unit or one payout is about."""

    def as_text(self, shown: Callable[[Money], str] = str) -> str:
        """The derivation for people, line by line; `shown` writes an amount."""
        return "\n".join(text_of(self, shown))

    def of_unit(self, unit: str) -> Self | None:
        """What concerns one unit; none where the quote has no such unit."""
        units = tuple(one for one in self.units if one.unit == unit)
        payouts = tuple(one for one in self.payouts if any(part.key == unit for part in one.parts))
        coupons = tuple(one for one in self.coupons if one.unit == unit)
        if not units:
            return None
        return self.model_copy(update={"units": units, "payouts": payouts, "coupons": coupons})

    def of_payout(self, instruction_id: str) -> Self | None:
        """One instruction, by its id or the beginning of it, and the units that it is for."""
        found = [one for one in self.payouts if one.instruction_id.startswith(instruction_id)]
        if len(found) != 1 or not instruction_id:
            return None
        keys = {part.key for part in found[0].parts}
        units = tuple(one for one in self.units if one.unit in keys)
        return self.model_copy(update={"units": units, "payouts": tuple(found), "coupons": ()})


def explain(state: ReturnState) -> Explanation:
    """Derive all that is promised and paid from what was recorded."""
    quote = state.quote
    return Explanation(
        return_id=state.return_id,
        order_id=state.order_id,
        currency=state.currency,
        units=tuple(_unit(state, quoted) for quoted in (quote.units if quote else ())),
        shipping=PotExplained(
            quoted_minor=quote.shipping_minor if quote else 0,
            adjustments=_adjusted(state, "shipping"),
            result_minor=shipping_promise(state),
        ),
        label_fee=PotExplained(
            quoted_minor=quote.label_fee_minor if quote else 0,
            adjustments=_adjusted(state, "label_fee"),
            result_minor=fee_promise(state),
        ),
        label_fee_taken_minor=fee_taken(state),
        promised_minor=promised_minor(state),
        paid_minor=paid_minor(state),
        payouts=_payouts(state),
        collected=tuple(_collected(state)),
        collected_minor=collected_minor(state),
        coupons=tuple(
            CouponExplained(
                instruction_id=coupon.instruction_id,
                unit=coupon.unit,
                state=coupon.life,
                face_minor=coupon.amount.amount_minor,
                value_minor=coupon.value_minor,
                valid_until=coupon.valid_until,
            )
            for coupon in state.coupons.values()
        ),
    )


def _unit(state: ReturnState, quoted: UnitQuote) -> UnitExplained:
    unit = state.units[quoted.unit]
    return UnitExplained(
        unit=unit.id,
        sku=unit.asked.sku,
        name=unit.asked.name,
        resolution=str(unit.resolution),
        listed_minor=quoted.listed_minor,
        discount_minor=quoted.discount_minor,
        net_minor=quoted.net_minor,
        tax_minor=quoted.tax_minor,
        duty_minor=quoted.duty_minor,
        import_tax_minor=quoted.import_tax_minor,
        refunded_before_minor=quoted.already_refunded_minor,
        restocking_fee_minor=quoted.restocking_fee_minor,
        quoted_minor=quoted.refund_minor,
        adjustments=_adjusted(state, unit.id),
        refund_minor=unit_promise(state, unit),
        exchange=None if quoted.in_money else quoted.exchange,
        borne_minor=unit.borne_minor,
    )


def _collected(state: ReturnState) -> Iterator[CollectedExplained]:
    """Every bill; and of holds those that were taken."""
    asked = [(b.instruction_id, b.provider, str(b.state), b.parts) for b in state.bills.values()]
    asked += [
        (
            hold.instruction_id,
            hold.provider,
            "taken from what was kept ready",
            (BillPart(key=hold.unit, amount_minor=hold.taken_minor),),
        )
        for hold in state.holds.values()
        if hold.taken_minor
    ]
    for key, provider, how, parts in asked:
        names = {f"collected:{key}:{part.key}" for part in parts}
        back = tuple(one for name in sorted(names) for one in _adjusted(state, name))
        yield CollectedExplained(
            instruction_id=key,
            provider=provider,
            state=how,
            amount_minor=sum(part.amount_minor for part in parts),
            parts=parts,
            given_back=back,
            given_back_minor=sum(one.amount_minor for one in back),
        )


def _adjusted(state: ReturnState, key: str) -> tuple[Adjusted, ...]:
    return tuple(
        Adjusted(amount_minor=one.amount_minor, reason=one.reason, because=one.because)
        for one in state.adjustments
        if one.key == key
    )


def _payouts(state: ReturnState) -> tuple[PayoutExplained, ...]:
    return tuple(
        PayoutExplained(
            **payout.in_short,
            counts=payout.stands,
            parts=payout.parts,
            chosen_by=payout.chosen_by,
            approved_by=payout.approved_by,
            exchange_loss=payout.exchange_loss,
        )
        for payout in state.payouts.values()
    )
