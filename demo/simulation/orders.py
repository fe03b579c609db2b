"""Orders as shops have them, made from a seed: the same seed, the same orders to the cent."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from demo.simulation.assortment import ARTICLES, MARKETS, WEIGHTS, Article, Market
from domain.money import allocate
from domain.orders.order import (
    Customer,
    DeliveredLine,
    Delivery,
    OrderLine,
    OrderSnapshot,
    PostalAddress,
    Shipping,
    Tender,
)
from domain.orders.values import expected_total

TENANT = "acme"
BP = 10_000
SHIPPING_EUR_MINOR = 412

Kind = Literal["card", "wallet", "bank", "gift_card"]
Means = tuple[tuple[Kind, str], ...]

MEANS: tuple[tuple[Means, int], ...] = (
    ((("card", "stripe"),), 50),
    ((("card", "adyen"),), 10),
    ((("wallet", "paypal"),), 14),
    ((("bank", "bank_transfer"),), 4),
    ((("gift_card", "stored_value"),), 4),
    ((("gift_card", "stored_value"), ("card", "stripe")), 14),
    ((("gift_card", "stored_value"), ("wallet", "paypal"), ("card", "stripe")), 4),
)
"""What orders are paid with and through whom, and how often."""


def order(seed: int, number: int, delivered_at: datetime) -> OrderSnapshot:
    """Make the order of that number."""
    random = Random(f"order-{seed}-{number}")
    market = random.choices(MARKETS, [market.share for market in MARKETS])[0]
    lines = _lines(random, market)
    off = _order_discount(random, lines)
    lines = _taxed(lines, off, market)
    way = random.choice([0, _in_minor(SHIPPING_EUR_MINOR, market)])
    shipping = Shipping(net_minor=way, tax_minor=_share(way, market.tax_bp), standard_net_minor=way)
    placed_at = delivered_at - timedelta(days=random.randint(2, 6))
    unpaid = OrderSnapshot(
        order_id=f"S-{number:04}",
        tenant=TENANT,
        placed_at=placed_at,
        currency=market.currency,
        ship_from=market.ship_from,
        ship_to=market.country,
        customer=_customer(random, market, number),
        customer_group=random.choices(["", "vip"], [95, 5])[0],
        lines=tuple(lines),
        order_discount_minor=off,
        shipping=shipping,
        tenders=(_tender(number, 1, ("card", "stripe"), 0, placed_at),),
        deliveries=_deliveries(random, lines, delivered_at),
    )
    total = expected_total(unpaid.order())
    means = random.choices([ways for ways, _ in MEANS], [weight for _, weight in MEANS])[0]
    shares = allocate(total, [random.randint(1, 4) for _ in means])
    paid = tuple(
        _tender(number, place, way, share, placed_at)
        for place, (way, share) in enumerate(zip(means, shares, strict=True), start=1)
    )
    return unpaid.model_copy(update={"tenders": paid})


def _lines(random: Random, market: Market) -> list[OrderLine]:
    count = random.choices([1, 2, 3, 4], [45, 30, 17, 8])[0]
    articles: list[Article] = []
    while len(articles) < count:
        article = random.choices(ARTICLES, WEIGHTS)[0]
        if article not in articles:
            articles.append(article)
    return [_line(random, market, place, one) for place, one in enumerate(articles, start=1)]


def _line(random: Random, market: Market, place: int, article: Article) -> OrderLine:
    quantity = random.choices([1, 2, 3, 5], [70, 20, 8, 2])[0]
    price = _in_minor(article.eur_minor, market)
    listed = price * quantity
    off = random.choice([0, 0, 0, 0, listed // 10, listed // 3])
    abroad = market.duty_bp or market.import_tax_bp
    duty = _share(listed - off, random.choice([0, market.duty_bp])) if abroad else 0
    return OrderLine(
        line_id=str(place),
        sku=article.sku,
        name=article.name,
        category=article.category,
        quantity=quantity,
        unit_price_minor=price,
        line_discount_minor=off,
        duty_minor=duty,
        import_tax_minor=_share(listed - off + duty, market.import_tax_bp) if abroad else 0,
        weight_grams=article.weight_grams,
        hs_code=article.hs_code,
        origin_country=article.origin,
        final_sale=off > 0 and random.choices([False, True], [95, 5])[0],
    )


def _order_discount(random: Random, lines: Sequence[OrderLine]) -> int:
    """A voucher, a percentage that does not divide, or nothing."""
    goods = sum(line.listed_minor - line.line_discount_minor for line in lines)
    return random.choice([0, 0, 0, 0, goods // 7, goods // 10])


def _taxed(lines: Sequence[OrderLine], off: int, market: Market) -> list[OrderLine]:
    """Tax is rounded line by line, on what a line cost after every discount."""
    after = [line.listed_minor - line.line_discount_minor for line in lines]
    shares = allocate(off, after) if off else [0 for _ in after]
    return [
        line.model_copy(update={"tax_minor": _share(net - share, market.tax_bp)})
        for line, net, share in zip(lines, after, shares, strict=True)
    ]


def _deliveries(
    random: Random, lines: Sequence[OrderLine], delivered_at: datetime
) -> tuple[Delivery, ...]:
    """All in one box, or the first line a day ahead."""
    goods = [DeliveredLine(line_id=line.line_id, quantity=line.quantity) for line in lines]
    if len(goods) == 1 or random.choices([True, False], [85, 15])[0]:
        return (Delivery(delivered_at=delivered_at, lines=tuple(goods)),)
    first = Delivery(delivered_at=delivered_at - timedelta(days=1), lines=tuple(goods[:1]))
    return (first, Delivery(delivered_at=delivered_at, lines=tuple(goods[1:])))


def _customer(random: Random, market: Market, number: int) -> Customer:
    city, postcode = random.choice(market.places)
    return Customer(
        customer_id=f"c-{number:04}",
        name=random.choice(market.names),
        email=f"customer-{number:04}@example.com",
        locale=market.locale,
        address=PostalAddress(
            line1=f"{random.randint(1, 99)} Main Street",
            city=city,
            postcode=postcode,
            country=market.country,
        ),
    )


def _tender(
    number: int, place: int, way: tuple[Kind, str], captured_minor: int, at: datetime
) -> Tender:
    kind, provider = way
    begins = {"stored_value": "gc", "paypal": "CAP"}.get(provider, "pi")
    return Tender(
        tender_id=f"t{place}",
        kind=kind,
        provider=provider,
        payment_ref=f"{begins}_s{number:04}_{place}",
        captured_minor=captured_minor,
        captured_at=at,
    )


def _in_minor(eur_minor: int, market: Market) -> int:
    units, cents = market.per_eur
    return eur_minor * units // cents


def _share(amount: int, bp: int) -> int:
    """A part of an amount, half a minor unit rounded up."""
    return (amount * bp + BP // 2) // BP
