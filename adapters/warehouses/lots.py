"""Whoever takes lots, over the plain REST of our own warehouse: a PUT under the lot's name.

What they know of a lot is read as a whole, each time; they tell nothing by themselves.
"""

from datetime import timedelta

import httpx2

from activities.ports import (
    Capabilities,
    LotCount,
    LotGrade,
    LotNotTaken,
    LotOrder,
    LotPaper,
    LotPayment,
    LotStands,
    LotTaken,
)
from adapters.http import DEFAULT_DEADLINE, Answer, PartnerHttp, TheirObject, path_of, unexpected
from domain.model import Moment
from domain.money import Money

LOTS = "/lots/{ref}"


class _Payment(TheirObject):
    reference: str
    amount_minor: int


class _Paper(TheirObject):
    number: str
    sha256: str
    issued_at: Moment | None = None


class _Line(TheirObject):
    sku: str
    quantity: int
    key: str = ""


class _Count(TheirObject):
    report_id: str
    lines: tuple[_Line, ...]


class _Graded(TheirObject):
    key: str
    grade: str
    goes: str


class _Lot(TheirObject):
    id: str
    price_minor: int = 0
    currency: str = ""
    payments: tuple[_Payment, ...] = ()
    paper: _Paper | None = None
    count: _Count | None = None
    graded: tuple[_Graded, ...] = ()

    @property
    def taken(self) -> LotTaken:
        priced = self.price_minor > 0
        price = Money(amount_minor=self.price_minor, currency=self.currency) if priced else None
        return LotTaken(reference=self.id, price=price)


class RestLots:
    """Keeps `activities.ports.LotPartners`."""

    capabilities = Capabilities(idempotency="natural_key", final_answer="poll", can_cancel=False)

    def __init__(
        self,
        client: httpx2.AsyncClient,
        *,
        base_url: str,
        api_key: str,
        deadline: timedelta = DEFAULT_DEADLINE,
    ) -> None:
        """Connect to the API at `base_url`, which ends in `/v1`."""
        self._http = PartnerHttp(
            client, partner="lots", base_url=base_url, auth=api_key, deadline=deadline
        )

    async def find_lot(self, order: LotOrder) -> LotTaken | None:
        """Say under which number they took it."""
        found = await self._get(order.step_id)
        return found.taken if found is not None else None

    async def offer_lot(self, order: LotOrder) -> LotTaken | LotNotTaken:
        """Offer it; the same again is answered with the same number."""
        body = order.model_dump(mode="json", exclude={"step_id"})
        answer = await self._http.ask("PUT", path_of(LOTS, ref=order.step_id), body=body)
        code = answer.body.get("code")
        if answer.status == httpx2.codes.CONFLICT and code == "not_possible":
            return LotNotTaken(theirs=str(answer.body.get("message") or code)[:200])
        return _read(answer).taken

    async def look_up_lot(self, step_id: str) -> LotStands:
        """Give all that they know of it; nothing, where they never took it."""
        lot = await self._get(step_id)
        if lot is None:
            return LotStands()
        return LotStands(
            payments=tuple(
                LotPayment(
                    reference=one.reference,
                    amount=Money(amount_minor=one.amount_minor, currency=lot.currency),
                )
                for one in lot.payments
            ),
            paper=LotPaper(
                number=lot.paper.number, sha256=lot.paper.sha256, issued_at=lot.paper.issued_at
            )
            if lot.paper is not None
            else None,
            report_id=lot.count.report_id if lot.count is not None else "",
            counted=tuple(
                LotCount(sku=line.sku, quantity=line.quantity, key=line.key)
                for line in (lot.count.lines if lot.count is not None else ())
            ),
            graded=tuple(
                LotGrade(key=one.key, grade=one.grade, goes=one.goes) for one in lot.graded
            ),
        )

    async def _get(self, step_id: str) -> _Lot | None:
        answer = await self._http.ask("GET", path_of(LOTS, ref=step_id))
        return None if answer.status == httpx2.codes.NOT_FOUND else _read(answer)


def _read(answer: Answer) -> _Lot:
    if not answer.accepted:
        raise unexpected("lots: /lots", answer, answer.body.get("code"))
    return answer.read(_Lot)
