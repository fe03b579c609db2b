"""What the article wanted instead costs, beside what the unit is worth."""

from domain.orders.caps import room
from domain.returns.events import PayoutPlanned, QuoteIssued
from domain.returns.money.promising import paid_minor, promised_minor
from domain.words import Headline, Reason, Resolution
from tests.domain.returns.exchanges import BILLED, DEAR, DIFFERENCE, here, lives
from tests.domain.returns.shop import LABEL_FEE, LAMP_MINOR, SHIRT_MINOR
from tests.domain.returns.story import (
    exchange,
    inspection,
    opened,
    wish,
)

# ── The price ─────────────────────────────────────────────────────────────────────────────


def test_the_quote_says_what_the_article_costs_beside_what_the_unit_is_worth() -> None:
    (unit,) = opened(exchange(price=DEAR)).last(QuoteIssued).quote.units
    told = unit.exchange
    assert (told.price_minor, told.tax_minor) == (5_000, 950)
    assert (told.cost_minor, told.value_minor) == (5_950, SHIRT_MINOR)
    assert told.difference_minor == DIFFERENCE


def test_a_tax_that_is_named_is_taken_as_it_is() -> None:
    (unit,) = opened(exchange(price=DEAR, tax=350)).last(QuoteIssued).quote.units
    assert (unit.exchange.tax_minor, unit.exchange.cost_minor) == (350, 5_350)


def test_an_article_at_the_list_price_of_the_unit_is_an_even_exchange() -> None:
    quote = opened(exchange(price=4_000)).last(QuoteIssued).quote
    assert quote.units[0].exchange.difference_minor == 0
    assert (quote.to_pay_minor, quote.billed_fee_minor) == (0, 0)


def test_the_label_is_on_the_bill_where_no_refund_can_bear_it() -> None:
    alone = opened(exchange(price=DEAR)).last(QuoteIssued).quote
    assert (alone.label_fee_minor, alone.billed_fee_minor) == (0, LABEL_FEE)
    assert alone.to_pay_minor == BILLED
    beside = opened(exchange(price=DEAR), wish("3")).last(QuoteIssued).quote
    assert (beside.label_fee_minor, beside.billed_fee_minor) == (LABEL_FEE, 0)
    assert (beside.total_minor, beside.to_pay_minor) == (LAMP_MINOR - LABEL_FEE, DIFFERENCE)


def test_the_same_article_again_for_a_faulty_one_is_never_dearer() -> None:
    line = exchange(
        sku="SHIRT", price=DEAR, reason=Reason.DEFECTIVE, resolution=Resolution.REPLACEMENT
    )
    quote = opened(line).last(QuoteIssued).quote
    assert (quote.units[0].exchange.borne_minor, quote.to_pay_minor) == (DIFFERENCE, 0)


def test_a_cheaper_article_gives_the_difference_back_the_way_it_was_paid() -> None:
    known = here(opened(exchange(price=3_000)).settle())
    assert promised_minor(known.state) == SHIRT_MINOR - 3_570 - LABEL_FEE
    known = known.when(inspection(known)).settle()
    assert (known.headline, lives(known)) == (Headline.COMPLETED, ["ordered"])
    assert known.last(PayoutPlanned).tender_id == "gift"
    assert paid_minor(known.state) == SHIRT_MINOR - 3_570 - LABEL_FEE
    assert known.ledger is not None
    assert room(known.ledger).parts["unit:1:1"] == LABEL_FEE
