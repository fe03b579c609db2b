"""Every read model there is."""

from collections.abc import Callable, Mapping

from adapters.postgres.subscription import Projection
from projections.carrier_legs import CarrierLegs
from projections.claims import Claims
from projections.findings import Findings
from projections.lots import LotBoard
from projections.order_concerns import OrderConcerns
from projections.partner_references import PartnerReferences
from projections.payouts import Payouts
from projections.return_board import ReturnBoard

PROJECTIONS: Mapping[str, Callable[[], Projection]] = {
    ReturnBoard.name: ReturnBoard,
    PartnerReferences.name: PartnerReferences,
    Payouts.name: Payouts,
    Findings.name: Findings,
    Claims.name: Claims,
    LotBoard.name: LotBoard,
    OrderConcerns.name: OrderConcerns,
    CarrierLegs.name: CarrierLegs,
}
"""By name; each call makes one of its own, since it may hold on to what it has read."""
