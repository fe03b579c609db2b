"""Recomputes from the ledgers alone whether the outside world still adds up."""

import re
from collections import defaultdict
from collections.abc import Iterable

from sandbox.books import Books
from sandbox.stored_value import GIFT_CARD
from sandbox.wire import Json

BACK = frozenset({"refund", "refund_settled", "credit"})
FREES = frozenset({"voided", "void_requested"})
GENERATION = re.compile(r":\d+$")


def audit(books: Books) -> list[Json]:
    """List every violation: money, labels, visits, claims, stock and messages."""
    return [
        *_money(books.ledger("payments")),
        *_collected(books.ledger("payments")),
        *_labels(books.ledger("labels")),
        *_bills(books.ledger("labels")),
        *_visits(books.ledger("labels")),
        *_claims(books.ledger("claims")),
        *_stock(books.ledger("warehouse")),
        *_messages(books.ledger("mail")),
        *_messages(books.ledger("sms")),
    ]


def _money(rows: Iterable[Json]) -> Iterable[Json]:
    """At no moment is more paid back than was taken, nor in another currency."""
    taken: dict[str, tuple[int, str]] = {}
    back: dict[str, int] = defaultdict(int)
    for row in rows:
        payment, amount = row["payment_ref"], row["amount_minor"]
        if row["kind"] == "capture":
            taken[payment] = (amount, row["currency"])
        elif row["kind"] in BACK and row["status"] == "succeeded":
            if payment not in taken:
                if row["kind"] != "credit" or payment.startswith(GIFT_CARD):
                    yield _violation("refunded_without_capture", row, payment)
                continue  # store credit is issued: nothing was taken for it
            back[payment] += amount
            captured, currency = taken[payment]
            if back[payment] > captured:
                yield _violation("refunded_more_than_captured", row, payment)
            if row["currency"] != currency:
                yield _violation("another_currency", row, payment)
        elif row["kind"] == "refund_failed" and row["previous_status"] == "succeeded":
            back[payment] -= amount


def _claims(rows: Iterable[Json]) -> Iterable[Json]:
    """Nobody lets two claims for one parcel stand, nor is paid for what was cancelled."""
    standing: dict[tuple[str, str], dict[str, Json]] = defaultdict(dict)
    cancelled: set[str] = set()
    for row in rows:
        about = (row["tracking_number"], row["type"])
        if row["kind"] == "filed":
            standing[about][row["claim"]] = row
        elif row["kind"] == "cancelled":
            cancelled.add(row["claim"])
            standing[about].pop(row["claim"], None)
        elif row["kind"] == "paid" and row["claim"] in cancelled:
            yield _violation("paid_for_a_cancelled_claim", row, row["claim"])
    for (tracking_number, _), claims in standing.items():
        for row in list(claims.values())[1:]:
            yield _violation("claimed_twice", row, tracking_number)


def _collected(rows: Iterable[Json]) -> Iterable[Json]:
    """No instruction is paid for twice by a customer, and none takes more than it held."""
    paid: dict[str, str] = {}
    held: dict[str, tuple[str, int]] = {}
    for row in rows:
        key, amount = str(row.get("idempotency_key") or ""), row["amount_minor"]
        if row["kind"] == "bill_paid" and key and paid.setdefault(key, row["bill_id"]):
            if paid[key] != row["bill_id"]:
                yield _violation("bill_paid_twice", row, key)
        elif row["kind"] == "hold" and key:
            hold, _ = held.setdefault(key, (row["hold_id"], amount))
            if hold != row["hold_id"]:
                yield _violation("held_twice", row, key)
        elif row["kind"] == "hold_taken" and amount > held.get(key, ("", 0))[1]:
            yield _violation("taken_more_than_held", row, key)


def _labels(rows: Iterable[Json]) -> Iterable[Json]:
    """At no moment are two labels of one reference alive, nor two unused ones of one parcel.

    References that differ in a last number alone (`…:p1:0`, `…:p1:1`) are one parcel's.
    """
    bought: dict[str, set[str]] = defaultdict(set)
    unused: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        reference, label = row["reference"], row["label_id"]
        parcel = GENERATION.sub("", reference)
        if row["kind"] == "purchase" and reference:
            bought[reference].add(label)
            unused[parcel].add(label)
            if len(bought[reference]) > 1:
                yield _violation("two_live_labels", row, reference)
            elif len(unused[parcel]) > 1:
                yield _violation("two_live_labels_for_a_parcel", row, parcel)
        if row["kind"] in FREES:
            bought[reference].discard(label)
        if row["kind"] in {*FREES, "scan"}:
            unused[parcel].discard(label)


def _bills(rows: Iterable[Json]) -> Iterable[Json]:
    """What is billed on its scan was scanned before, and a parcel is billed once.

    That two of its labels are alive is nothing: they cost nothing unused.
    """
    scanned: set[str] = set()
    billed: set[str] = set()
    for row in rows:
        if row["kind"] == "scan":
            scanned.add(row["label_id"])
        elif row["kind"] == "billed":
            parcel = GENERATION.sub("", row["reference"]) or row["label_id"]
            if row["label_id"] not in scanned:
                yield _violation("billed_before_its_scan", row, row["label_id"])
            if parcel in billed:
                yield _violation("billed_twice", row, parcel)
            billed.add(parcel)


def _visits(rows: Iterable[Json]) -> Iterable[Json]:
    """At no moment are two visits booked for one parcel."""
    booked: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if not row["kind"].startswith("pick"):
            continue
        parcel, visit = row["tracking_number"], row["pickup_id"]
        if row["kind"] == "pickup_booked":
            booked[parcel].add(visit)
            if len(booked[parcel]) > 1:
                yield _violation("two_visits_booked", row, parcel)
        else:
            booked[parcel].discard(visit)


def _stock(rows: Iterable[Json]) -> Iterable[Json]:
    """No more of a return is put away than was counted of it."""
    counted: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        goods = (row["return_id"], row.get("sku", ""))
        if row["kind"] == "counted" or row["kind"] == "move_reversed":
            counted[goods] += row["quantity"]
        elif row["kind"] == "stock_move" and not str(row.get("reference", "")).startswith("lot:"):
            counted[goods] -= row["quantity"]
            if counted[goods] < 0:
                yield _violation("moved_more_than_counted", row, "/".join(goods))


def _messages(rows: Iterable[Json]) -> Iterable[Json]:
    """Each step's message has one id, so that a mailbox can drop the second copy; a telephone
    shows every copy, each under an id of its own.
    """
    seen: dict[str, str] = {}
    for row in rows:
        step = row["step_id"]
        if step and seen.setdefault(step, row["message_id"]) != row["message_id"]:
            yield _violation("message_sent_twice", row, step)


def _violation(what: str, row: Json, subject: str) -> Json:
    return {"violation": what, "subject": subject, "seq": row["seq"], "kind": row.get("kind", "")}
