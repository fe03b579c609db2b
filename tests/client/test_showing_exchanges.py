"""What is told at the command line of articles that cost more, and of goods sent first."""

from api.cli.showing import price, whole
from api.client import Quoted
from domain.returns.events import QuoteIssued
from domain.returns.shown.status import status_of
from tests.domain.returns.exchanges import DEAR, billed
from tests.domain.returns.story import exchange, in_advance, opened


def test_a_quote_says_what_the_article_costs_and_what_is_to_be_paid_first() -> None:
    quote = opened(exchange(price=DEAR)).last(QuoteIssued).quote
    told = "\n".join(price(Quoted(outcome="approved", quote=quote)))
    assert "1/1: SHIRT-L instead for 59.50 EUR, the unit is worth 47.60 EUR" in told
    assert "to be paid before anything is sent: 16.80 EUR, 4.90 EUR of it for the label" in told


def test_a_return_shows_the_bill_that_waits() -> None:
    told = "\n".join(whole(status_of("acme", "r-1", billed().state), ""))
    assert "16.80 EUR" in told
    assert "to be paid by" in told


def test_a_return_shows_what_is_kept_ready() -> None:
    told = "\n".join(whole(status_of("acme", "r-1", opened(in_advance()).settle().state), ""))
    assert "kept ready for 1/1" in told
