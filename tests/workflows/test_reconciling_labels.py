"""A label that a carrier sold and nobody knows of is found, and given back by its return."""

from dataclasses import replace

from activities.ports import Address, LabelBought, LabelOrder, Prepared
from adapters.carriers.easypost import EasyPostCarrier
from adapters.http import open_client
from adapters.postgres.event_store import PostgresEventStore
from domain.reconciliation.words import Kind
from tests.engine import Engine, eventually
from tests.workflows.books import BooksOf
from tests.workflows.case import Case
from tests.workflows.test_reconciling import relayed

HOME = Address(name="Ann", line1="1 Weg", city="Berlin", postcode="10115", country="DE")


async def bought_behind_our_back(engine: Engine, reference: str) -> LabelBought:
    """As by a worker that was taken for dead, or restored from an older state."""
    async with open_client() as client:
        access = engine.settings.partner("easypost").model_dump()
        carrier = EasyPostCarrier(client, **access)
        order = LabelOrder(
            step_id=reference, carrier="swiftpost", service="return_label", sender=HOME,
            recipient=HOME, weight_grams=500,
        )  # fmt: skip
        offer = await carrier.prepare_label(order)
        assert isinstance(offer, Prepared)
        label = await carrier.buy_label(order.model_copy(update={"offer_ref": offer.offer_ref}))
        assert isinstance(label, LabelBought)
        return label


async def test_an_orphan_is_found_told_to_its_return_and_given_back(
    engine: Engine, store: PostgresEventStore
) -> None:
    books = replace(BooksOf.of(engine, store), provider="easypost")
    case = await Case.of(books.engine)
    await case.open(order={**case.order(), "tenant": books.engine.tenant})
    await case.until_open("hand_over")
    step = f"{books.engine.tenant}:{case.return_id}:label:P1:9"
    orphan = await bought_behind_our_back(books.engine, step)
    compared = await books.compared()
    finding = await books.only()
    assert (finding.kind, finding.ref, compared.opened) == (Kind.ORPHAN_LABEL, orphan.label_ref, 1)
    await relayed(books.engine)

    async def is_given_back() -> bool:
        rows = await books.engine.sandbox.ledger("labels")
        return any(
            row["kind"] == "void_requested" and row["label_id"] == orphan.label_ref for row in rows
        )

    await eventually(is_given_back, "given back")
    assert (await books.compared()).resolved == 1
    stream = f"return:{books.engine.tenant}:{case.return_id}"
    events = (await store.read((stream, 0)))[stream]
    types = [event.type for event in events]
    assert types.count("LabelPurchased") == 2
    assert types.count("LabelVoidRequested") == 1
