"""The phrases that all findings share."""

from datetime import UTC, datetime

from domain.reconciliation.books import BooksKey, Movement


def at(moment: datetime) -> str:
    """A time, to the minute."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def paid_back(books: BooksKey, movement: Movement) -> str:
    """What the provider did, by its own list."""
    doing = "has paid" if movement.state == "succeeded" else f"has ({movement.state})"
    return (
        f"{books.provider} {doing} {movement.amount.plain()} back to {movement.payment_ref} "
        f"({movement.ref}, {at(movement.at)})"
    )
