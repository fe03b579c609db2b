"""Keys under the master key: wrapped anew after it changed."""

from collections.abc import AsyncIterator

from adapters.postgres.rewrapping import Rewrapped, Rewrapping
from api.client.books import Books
from api.client.surroundings import Surroundings


class Keys:
    """Every method may raise `Unavailable`, and `SettingsError` where no master key is set."""

    def __init__(self, where: Surroundings, books: Books) -> None:
        self._where = where
        self._books = books

    async def rewrap(self) -> AsyncIterator[Rewrapped]:
        """Wrap every key anew that an older master key wraps; as often as one likes."""
        wrapper = self._where.master_keys()
        async with self._books.pool("wrap keys anew") as pool:
            async for some in Rewrapping(pool, wrapper).run():
                yield some

    async def left(self) -> dict[str, int]:
        """Count the keys that the newest master key does not wrap, by table."""
        wrapper = self._where.master_keys()
        async with self._books.pool("count keys") as pool:
            return await Rewrapping(pool, wrapper).left()
