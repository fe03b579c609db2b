"""News for returns that nobody has opened, in memory: for tests and for looking around."""

from activities.unplaced import UnplacedNews


class MemoryUnplaced:
    """Keeps `activities.unplaced.Unplaced`."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str, str], UnplacedNews] = {}

    async def keep(self, news: UnplacedNews) -> None:
        """Write it down, once."""
        self.kept.setdefault((news.tenant, news.return_id, news.message_id), news)
