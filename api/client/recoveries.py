"""What is claimed back from carriers and customs: listed, shown, and told what came by post."""

from datetime import datetime

from api.client.beside import Beside, Kind
from api.client.books import Books
from api.client.surroundings import Surroundings
from api.client.temporal import Returns
from domain.recoveries.commands import RECOVERY_UPDATES
from domain.recoveries.events import read_recovery_event
from domain.recoveries.messages import RecoveryAnswer, StartRecovery
from domain.recoveries.showing import RecoveryStatus, status_of
from domain.recoveries.state import RecoveryState, fold
from domain.recoveries.words import RECOVERY_TYPE, RecoveryKey
from domain.returns.commands import Who
from projections.claims import ClaimList, ClaimRow

CLAIM = Kind(
    what="Recovery",
    workflow=RECOVERY_TYPE,
    key=RecoveryKey,
    of_name=RecoveryKey.of_name,
    start=lambda key: StartRecovery(**key._asdict()),
    read=read_recovery_event,
    fold=fold,
    status=status_of,
    updates=RECOVERY_UPDATES,
    answer=RecoveryAnswer,
)


class Recoveries(Beside[RecoveryKey, RecoveryState, RecoveryStatus, RecoveryAnswer]):
    """`ReturnsClient.recoveries`. Every method may raise `Unavailable`."""

    def __init__(self, where: Surroundings, actor: Who, books: Books, running: Returns) -> None:
        super().__init__(CLAIM, where, actor, books, running)

    async def claims(
        self,
        tenant: str,
        *,
        only_open: bool | None = None,
        overdue_at: datetime | None = None,
        return_id: str | None = None,
    ) -> tuple[ClaimRow, ...]:
        """List claims, the most pressing first; the list may be a moment behind."""
        async with self._books.pool("list recoveries") as pool:
            return await ClaimList(pool).claims(
                tenant, only_open=only_open, overdue_at=overdue_at, return_id=return_id
            )
