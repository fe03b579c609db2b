"""Forgetting a person at their own wish, and again where a copy of the store came back."""

from collections.abc import AsyncIterator, Sequence

from adapters.postgres.erasures import Erasure, Erasures
from api.client.books import Books
from api.client.orders import Orders
from api.client.recoveries import Recoveries
from domain.orders.refunds.agenda import next_step
from domain.recoveries.words import RecoveryKey
from domain.refusal import Refused
from domain.returns.agenda import is_closed
from domain.returns.commands import Who


class Erasing:
    """Every method may raise `Unavailable`."""

    def __init__(self, books: Books, orders: Orders, recoveries: Recoveries, actor: Who) -> None:
        self._books = books
        self._orders = orders
        self._recoveries = recoveries
        self._actor = actor

    async def erase(
        self, tenant: str, customer_id: str, reference: str, *, actor: Who | None = None
    ) -> Erasure | Refused:
        """Forget a customer: name, addresses and papers at once, own words once their keys are
        destroyed, `UNTIL_DESTROYED` from now.

        While a return or a refund of theirs is open, or a claim for them, the person is needed, to
        be paid, to be told, to prove it: it is refused, and names those; so it is where something of
        theirs began while that was looked at. The same wish again is
        the same erasure.

        Args:
            tenant: Whose customer it is.
            customer_id: As the orders name them.
            reference: Of the wish, such as a ticket; it names nobody.
            actor: Who wants it; without it, this client.
        """
        async with self._books.pool("find what is a customer's") as pool:
            seen = await Erasures(pool).found(tenant, customer_id)
        still_open = [
            *[one async for one in self._open_returns(tenant, seen.returns)],
            *[one async for one in self._open_refunds(tenant, seen.orders)],
            *[one async for one in self._open_claims(seen.files)],
        ]
        if still_open:
            names = ", ".join(still_open)
            because = f"customer {customer_id} is needed until these have ended: {names}"
            return Refused(code="open_returns", because=because)
        async with self._books.pool("forget a customer") as pool:
            by = str(actor or self._actor)
            done = await Erasures(pool).erase(
                tenant, customer_id, files=seen.files, reference=reference, by=by, seen=seen
            )
        if done is None:
            because = f"something new of customer {customer_id} began meanwhile: wish it again"
            return Refused(code="open_returns", because=because)
        return done

    async def done(self, tenant: str | None) -> Sequence[Erasure]:
        """Who was forgotten, of one merchant or of all; the first first."""
        async with self._books.pool("list who was forgotten") as pool:
            return await Erasures(pool).done(tenant)

    async def again(self, told: Sequence[Erasure]) -> None:
        """Forget again whoever was forgotten before a copy of the store came back."""
        async with self._books.pool("forget again") as pool:
            erasures = Erasures(pool)
            for one in told:
                found = await erasures.found(one.tenant, one.subject_id)
                files = {*one.files, *found.files}
                await erasures.erase(
                    one.tenant,
                    one.subject_id,
                    files=sorted(files),
                    reference=one.reference,
                    by=one.by,
                )

    async def _open_returns(
        self, tenant: str, returns: Sequence[tuple[str, str]]
    ) -> AsyncIterator[str]:
        for return_id, _ in returns:
            if not is_closed((await self._books.known(tenant, return_id)).state):
                yield return_id

    async def _open_refunds(self, tenant: str, orders: Sequence[str]) -> AsyncIterator[str]:
        """Those that staff make without a return."""
        for order_id in orders:
            ledger = await self._orders.look(tenant, order_id)
            if ledger is None:
                continue
            for instruction_id in ledger.reservations:
                if next_step(ledger, instruction_id) is not None:
                    yield f"refund {instruction_id} of order {order_id}"

    async def _open_claims(self, files: Sequence[str]) -> AsyncIterator[str]:
        """Those against carriers and customs: their workflows outlive the returns, keys and all."""
        for key in map(RecoveryKey.of_name, files):
            if key is not None and not (await self._recoveries.status(*key)).closed:
                yield f"claim {key.recovery_id}"
