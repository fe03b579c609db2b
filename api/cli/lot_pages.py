"""Lots, in lines for a person at a terminal."""

from collections.abc import Iterable

from api.cli.showing import columns, money, owed_next, when, words
from domain.lots.showing import LotShown, LotStatus
from projections.lots import LotRow


def rows(found: Iterable[LotRow]) -> list[str]:
    """A line for each lot."""
    return list(
        columns(
            [
                [
                    one.lot_id,
                    words(one.life),
                    f"{one.units} units",
                    f"to {one.counterparty}",
                    f"owed {money(one.due_minor, one.currency)}",
                    f"paid {money(one.paid_minor, one.currency)}",
                    owed_next(one.next_owner, one.next_action, one.due_at),
                ]
                for one in found
            ],
            "",
        )
    )


def whole(status: LotStatus) -> Iterable[str]:
    """How one stands."""
    yield f"{status.lot_id}: {words(status.kind)}, {words(status.life)}"
    for step in status.agenda:
        yield f"  {step.owner} must {words(step.action)} by {when(step.late_at)}: {step.summary}"
    facts = [
        ["from", status.hub],
        ["to", status.counterparty],
        ["units", f"{status.units}, {status.grams} g"],
        ["owed", money(status.due_minor, status.currency)],
        ["paid", money(status.paid_minor, status.currency)],
        ["cost", money(status.charged_minor, status.currency)],
        ["brought", money(status.proceeds_minor, status.currency)],
        *([["their number", status.reference]] if status.reference else []),
        *([["parcel", status.tracking_number]] if status.tracking_number else []),
        *([["their paper", status.certificate]] if status.certificate else []),
        *([["invoice", status.document]] if status.document else []),
        *([["because", status.because]] if status.because else []),
    ]
    yield from columns(facts)
    for one in status.findings:
        end = f": {one.resolved}" if one.resolved else ""
        yield f"  finding {one.finding_id}: {words(one.what)} {one.subject}{end}"


def units(found: LotShown) -> Iterable[str]:
    """A line for each unit that is in it."""
    return columns(
        [
            [
                f"{unit.return_id}:{unit.unit}",
                unit.name,
                words(unit.grade),
                money(unit.value_minor, unit.currency),
                "" if unit.recovered_minor is None else money(unit.recovered_minor, unit.currency),
            ]
            for unit in found.units
        ]
    )
