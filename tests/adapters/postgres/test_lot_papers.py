"""What a carrier hands out once for a lot is kept as it came, the first of its name."""

from activities.ports import Paper
from adapters.documents.lot_papers import LotPapers
from adapters.postgres.pool import Pool
from domain.lots.words import LotKey

KEY = LotKey("acme", "consolidation.hub-cn.hub-de.EUR.1")
LABEL = Paper(kind="label", media_type="application/pdf", content=b"%PDF-1.4 to Leipzig")


async def test_the_first_paper_of_a_name_is_the_one_that_is_kept(pool: Pool) -> None:
    papers = LotPapers(pool)
    await papers.keep(KEY, "label:o-1", LABEL)
    await papers.keep(KEY, "label:o-1", LABEL.model_copy(update={"content": b"another"}))

    found = await papers.get(KEY, "label:o-1")
    assert found is not None
    assert (found.media_type, found.content) == (LABEL.media_type, LABEL.content)
    assert await papers.get(KEY, "label:o-2") is None
    assert await papers.get(LotKey("brio", KEY.lot_id), "label:o-1") is None
