"""The papers of a return: made or fetched when first asked for, and the same bytes ever after."""

from typing import Any, Literal, get_args

from activities.failures import PartnerFailure
from adapters.documents.customs_invoice import (
    CustomsInvoice,
    InvoiceLine,
    render_customs_invoice,
)
from adapters.documents.fetching import fetch_label
from adapters.documents.packing_slip import PackingSlip, SlipLine, render_packing_slip
from adapters.documents.paper import qr_image
from adapters.documents.store import Document, Documents
from adapters.http import open_client
from adapters.postgres.subjects import PostgresSubjects
from api.client.answers import Unavailable
from api.client.books import Books
from api.client.surroundings import Surroundings
from domain.money import Money
from domain.policy.serving import Hub
from domain.refusal import Refused
from domain.returns.events.customs import CustomsDocumentIssued
from domain.returns.state import Label, Parcel, ReturnState
from domain.returns.upcasting import read_event

Kind = Literal["label", "code", "packing_slip", "customs", "customs_json"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class ReturnDocuments:
    """Every method may raise `Unavailable`."""

    def __init__(self, where: Surroundings, books: Books) -> None:
        self._where = where
        self._books = books

    async def get(
        self, tenant: str, return_id: str, kind: Kind, *, parcel_id: str = ""
    ) -> Document | Refused:
        """Give a paper of a return.

        Args:
            tenant: Whose return it is.
            return_id: Which return.
            kind: The carrier's label, the code to show instead of one, or the slip for the box.
            parcel_id: Which parcel, where there are several; else the first one.

        Raises:
            SettingsError: The key that seals persons is not set.
        """
        state = (await self._books.known(tenant, return_id)).state
        parcel = _parcel(state, parcel_id)
        if isinstance(parcel, Refused):
            return parcel
        if kind == "packing_slip":
            name = f"packing_slip:{parcel.parcel_id}"
            return (
                await self._kept(state, name, None)
                or await self._kept(state, name, _slip(state, parcel))
                or _NOBODY
            )
        if kind in {"customs", "customs_json"}:
            return await self._customs(state, parcel, as_json=kind == "customs_json")
        label = state.live_label(parcel.parcel_id)
        if label is None:
            return Refused(code="no_label", because=f"{parcel.parcel_id} has no label now")
        if kind == "code" and not label.code:
            return Refused(code="no_code", because=f"{label.carrier} gave a label and no code")
        name = f"{kind}:{parcel.parcel_id}:{label.tracking_number}"
        kept = await self._kept(state, name, None)
        if kept is None and label.document_ref:  # else it came once, with the label, and is gone
            made = await self._made(label, kind, return_id)
            kept = await self._kept(state, name, made)
        return kept or _NOBODY

    async def _customs(
        self, state: ReturnState, parcel: Parcel, *, as_json: bool
    ) -> Document | Refused:
        """The invoice of the parcel's newest label over a border, for people or for programs."""
        issued: CustomsDocumentIssued | None = None
        for stored in await self._books.events(state.tenant, state.return_id):
            if stored.type == "CustomsDocumentIssued":
                event = read_event(stored.type, stored.schema_version, stored.data)
                if isinstance(event, CustomsDocumentIssued) and event.parcel_id == parcel.parcel_id:
                    issued = event
        if issued is None:
            because = f"{parcel.parcel_id} crosses no border, or has no label yet"
            return Refused(code="no_customs_document", because=because)
        name = f"{'customs_json' if as_json else 'customs'}:{issued.document_id}"
        kept = await self._kept(state, name, None)
        if kept is None and as_json:
            made = Document("application/json", issued.model_dump_json().encode())
            kept = await self._kept(state, name, made)
        elif kept is None:
            async with self._books.pool("read the exporter") as pool:
                subjects = PostgresSubjects(pool, self._where.master_keys())
                person = await subjects.get(state.tenant, state.customer_id)
            if person is not None:
                kept = await self._kept(state, name, _invoice(state, issued, person))
        return kept or _NOBODY

    async def _made(self, label: Label, kind: Kind, return_id: str) -> Document:
        if kind == "code":
            return Document("image/png", qr_image(label.code))
        return await fetched(self._where, label.document_ref, label.carrier, return_id)

    async def _kept(self, state: ReturnState, name: str, made: Document | None) -> Document | None:
        """What is kept under that name; with something `made`, that, unless there was one."""
        async with self._books.pool("read a document") as pool:
            documents = Documents(pool, self._where.master_keys())
            if made is None:
                return await documents.get(state.tenant, state.return_id, name)
            whose = (state.tenant, state.return_id, name, state.customer_id)
            return await documents.put(*whose, made)


_NOBODY = Refused(code="person_forgotten", because="the customer is not known any more")


def _parcel(state: ReturnState, parcel_id: str) -> Parcel | Refused:
    if not state.version:
        return Refused(code="unknown_return", because="there is no such return")
    announced = [parcel for parcel in state.parcels.values() if parcel.method is not None]
    found = [parcel for parcel in announced if parcel_id in {"", parcel.parcel_id}]
    if not found:
        return Refused(code="unknown_parcel", because="no parcel of this return is to be sent")
    return found[0]


async def fetched(where: Surroundings, url: str, carrier: str, what: str) -> Document:
    """Fetch a label from its carrier.

    Raises:
        Unavailable: The carrier does not give it now.
    """
    try:
        async with open_client() as client:
            return await fetch_label(client, url, where.label_hosts)
    except PartnerFailure as failure:
        raise Unavailable(carrier, f"the label of {what}", str(failure)) from failure


def address_of(hub: Hub) -> tuple[str, ...]:
    """A warehouse's address, line by line."""
    return (hub.name, hub.line1, f"{hub.postcode} {hub.city}", hub.country)


def _slip(state: ReturnState, parcel: Parcel) -> Document:
    hub = state.agreed.hub
    slip = PackingSlip(
        return_id=state.return_id,
        order_id=state.order_id,
        parcel_id=parcel.parcel_id,
        parcels=sum(known.method is not None for known in state.parcels.values()),
        locale=state.locale,
        to=address_of(hub),
        lines=tuple(
            SlipLine(unit=unit.id, name=unit.asked.name, sku=unit.asked.sku)
            for unit in state.expected_units
        ),
    )
    return Document("application/pdf", render_packing_slip(slip))


def _invoice(state: ReturnState, issued: CustomsDocumentIssued, person: dict[str, Any]) -> Document:
    hub, where = state.agreed.hub, person.get("address", {})
    exporter = [person.get("name", "")]
    exporter += [str(where.get(part, "")) for part in ("line1", "line2", "postcode", "city")]
    invoice = CustomsInvoice(
        number=issued.document_id,
        about=("Return", state.return_id),
        export_reference=issued.export_reference,
        exporter=(*exporter, issued.exporter_country),
        importer=address_of(hub),
        incoterm=issued.incoterm,
        relief=issued.relief,
        lines=[
            InvoiceLine(
                one.description,
                one.sku,
                one.hs_code,
                one.origin_country or "",
                one.weight_grams,
                Money(amount_minor=one.value_minor, currency=issued.currency),
            )
            for one in issued.goods
        ],
    )
    return Document("application/pdf", render_customs_invoice(invoice))
