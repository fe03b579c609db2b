"""Forgetting a person at their own wish, and again where a copy of the store came back."""

from collections.abc import Sequence

from adapters.postgres.erasures import Erasure, Erasures
from api.client.books import Books
from domain.refusal import Refused
from domain.returns.agenda import is_closed
from domain.returns.commands import Who


class Erasing:
    """Every method may raise `Unavailable`."""

    def __init__(self, books: Books, actor: Who) -> None:
        self._books = books
        self._actor = actor

    async def erase(self, tenant: str, customer_id: str, reference: str) -> Erasure | Refused:
        """Forget a customer: after this no store of ours gives the person back.

        Other processes may have keys at hand for five minutes more. While a return of theirs is
        open the person is needed, to be paid and to be told: it is refused, and names those.

        Args:
            tenant: Whose customer it is.
            customer_id: As the orders name them.
            reference: Of the wish, such as a ticket; it names nobody.
        """
        async with self._books.pool("find a customer's returns") as pool:
            returns = await Erasures(pool).returns_of(tenant, customer_id)
        known = [await self._books.known(tenant, return_id) for return_id, _ in returns]
        still_open = [
            return_id
            for (return_id, _), one in zip(returns, known, strict=True)
            if not is_closed(one.state)
        ]
        if still_open:
            names = ", ".join(still_open)
            because = f"customer {customer_id} is needed until these have ended: {names}"
            return Refused(code="open_returns", because=because)
        async with self._books.pool("forget a customer") as pool:
            erasures = Erasures(pool)
            files = await erasures.files_of(tenant, returns)
            by = str(self._actor)
            await erasures.erase(tenant, customer_id, files=files, reference=reference, by=by)
            return (await erasures.done(tenant))[-1]

    async def done(self, tenant: str | None) -> Sequence[Erasure]:
        """Who was forgotten, of one merchant or of all; the first first."""
        async with self._books.pool("list who was forgotten") as pool:
            return await Erasures(pool).done(tenant)

    async def again(self, told: Sequence[Erasure]) -> None:
        """Forget again whoever was forgotten before a copy of the store came back."""
        async with self._books.pool("forget again") as pool:
            erasures = Erasures(pool)
            for one in told:
                found = await erasures.returns_of(one.tenant, one.subject_id)
                files = {*one.files, *await erasures.files_of(one.tenant, found)}
                await erasures.erase(
                    one.tenant,
                    one.subject_id,
                    files=sorted(files),
                    reference=one.reference,
                    by=one.by,
                )
