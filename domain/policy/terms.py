"""The part of a policy that binds one return, picked for its order."""

from domain.policy.case import Case
from domain.policy.gathering import lots_at
from domain.policy.hubs import HubChoice, choose_hub
from domain.policy.judge import Judgement
from domain.policy.policy import Policy
from domain.policy.quote import RuleFired, Terms
from domain.policy.recovery import Line, exits_of
from domain.policy.resolving import STAYS, ResolvingTerms
from domain.words import Method


def terms_of(case: Case, judgements: tuple[Judgement, ...]) -> Terms:
    """Pick the terms for an order's country and currency, raised to the floors in force."""
    policy, order = case.policy, case.order
    days = policy.deadlines.model_dump()
    days["ship_by_days"] = max(
        days["ship_by_days"], *(_hand_over_days(judged) for judged in judgements), 0
    )
    due = [floor.refund_days for judged in judgements for floor in judged.floors]
    hub = hub_for(case, judgements).hub
    lines = [_line(case, judged) for judged in judgements]
    days["inspection_days"] = min([days["inspection_days"], *filter(None, due)])
    return Terms(
        policy_id=policy.policy_id,
        policy_version=policy.version,
        refund_trigger=policy.refund_trigger,
        **days,
        pickup_attempts=policy.pickup_attempts,
        transports=case.routes.transports,
        turned_down=case.routes.turned_down,
        carrier_currency=policy.routing.currency,
        check_at_door=case.routes.check_at_door,
        fallback_method=policy.fallback_method,
        hub=hub,
        grade_share_bp={grade: terms.share_bp for grade, terms in policy.grades.items()},
        disposition_by_grade={grade: terms.disposition for grade, terms in policy.grades.items()},
        ways_out=exits_of(policy.ways_out, lines, order.currency),
        lots=lots_at(policy.lots, hub, policy.hubs, lines),
        tender_order=tuple(policy.tender_order),
        restocking_fee_bp=policy.fees.restocking_bp["*"],
        restocking_fee_bp_by_unit={
            judged.unit.unit: restocking_bp(case, judged) for judged in judgements
        },
        label_fee_minor={
            method: label_fee(policy, method, order.currency)
            for method in methods_for(policy, order.ship_to)
        },
        approval_from_minor=approval_from(policy, order.currency),
        other_destination=policy.other_destination,
        collecting=policy.collecting,
        messages=policy.messages.terms(case.order.ship_to),
        checklists={
            judged.unit.unit: asked
            for judged in judgements
            if (asked := policy.inspecting.checklist(case.line(judged.unit).category)) is not None
        },
        resolving=ResolvingTerms(
            share_bp_by_unit={
                judged.unit.unit: share
                for judged in judgements
                if (share := partial_share_bp(case, judged))
            },
            coupon=policy.resolving.coupon,
            repair=policy.resolving.repair,
            send_back=policy.resolving.send_back,
        ),
    )


def _line(case: Case, judged: Judgement) -> Line:
    line = case.line(judged.unit)
    return Line(line.line_id, line.category)


def partial_share_bp(case: Case, judged: Judgement) -> int:
    """What of a unit is paid if its goods are kept, in basis points; 0: a person has to say."""
    category = case.line(judged.unit).category
    return case.policy.resolving.share_bp(judged.unit.reason, category)


def approval_from(policy: Policy, currency: str) -> int | None:
    """A currency that the policy has no limit in is let go by two people always."""
    return policy.approval.limit_minor.get(currency, 0) if policy.approval else None


def longer_hand_over(case: Case, judgements: tuple[Judgement, ...]) -> tuple[RuleFired, ...]:
    """Say which right gives the customer longer to send the goods than the policy does."""
    given = case.policy.deadlines.ship_by_days
    return tuple(
        RuleFired(
            rule=floor.floor_id,
            outcome="note",
            because=f"the law gives {floor.hand_over_days} days to send the goods, "
            f"the policy {given}",
            units=(judged.unit.unit,),
            source=floor.source,
        )
        for judged in judgements
        for floor in judged.floors
        if floor.hand_over_days > given
    )


def restocking_bp(case: Case, judged: Judgement) -> int:
    """What restocking a unit costs where the customer is at fault, in basis points of its net.

    A right that depends on a fault of the merchant's is none against a reason of the
    customer's own, such as an inspection may find.
    """
    if any(floor.free_of_deduction and not floor.reasons for floor in judged.floors):
        return 0
    return listed_restocking_bp(case, judged)


def listed_restocking_bp(case: Case, judged: Judgement) -> int:
    """What the policy asks for restocking a unit, before the law is asked."""
    by_category = case.policy.fees.restocking_bp
    return by_category.get(case.line(judged.unit).category, by_category["*"])


def label_fee(policy: Policy, method: Method, currency: str) -> int:
    """What the way back costs where the customer pays it; nothing where no fee is named."""
    return policy.fees.label.get(method, {}).get(currency, 0)


def methods_for(policy: Policy, country: str) -> tuple[Method, ...]:
    """The methods a customer of a country may choose from."""
    return policy.methods.get(country, policy.methods["*"])


def hub_for(case: Case, judgements: tuple[Judgement, ...]) -> HubChoice:
    """Where this return's goods go: by what their way costs, where the policy compares."""
    policy, country = case.policy, case.order.ship_to
    going = [one for one in judgements if one.unit.resolution not in STAYS]
    return choose_hub(
        policy.hubs,
        policy.restock_hub.get(country, policy.restock_hub["*"]),
        policy.hub_ways.get(country, policy.hub_ways.get("*", ())),
        units=[case.value(one.unit).net_minor for one in going],
        currency=case.order.currency,
    )


def _hand_over_days(judged: Judgement) -> int:
    return max((floor.hand_over_days for floor in judged.floors), default=0)
