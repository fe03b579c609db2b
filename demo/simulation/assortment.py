"""What the shop sells and where to: articles, countries, and what each adds to a price."""

from typing import NamedTuple


class Article(NamedTuple):
    """Something that is sold; `eur_minor` is its net price at home."""

    sku: str
    name: str
    category: str
    eur_minor: int
    weight_grams: int
    hs_code: str
    origin: str


class Market(NamedTuple):
    """A country that is sold to, in its own money."""

    country: str
    ship_from: str
    currency: str
    per_eur: tuple[int, int]  # minor units of it for so many euro cents
    tax_bp: int
    duty_bp: int  # where goods cross a border of customs
    import_tax_bp: int
    locale: str
    places: tuple[tuple[str, str], ...]  # city and postcode
    names: tuple[str, ...]
    share: int  # of the orders, as a weight


ARTICLES = (
    Article("SHOE-RUN", "Running shoe", "shoes", 8395, 780, "6404", "VN"),
    Article("BOOT-HIKE", "Hiking boot", "shoes", 13433, 1400, "6403", "IT"),
    Article("TEE", "T-shirt", "clothing", 1672, 180, "6109", "BD"),
    Article("SHIRT-OX", "Oxford shirt", "clothing", 4193, 280, "6205", "TR"),
    Article("JKT-RAIN", "Rain jacket", "clothing", 10917, 620, "6201", "CN"),
    Article("DRESS-MIDI", "Midi dress", "clothing", 7099, 350, "6204", "PT"),
    Article("SCARF-WOOL", "Wool scarf", "clothing", 2933, 160, "6214", "GB"),
    Article("SOCKS-3", "Socks, three pairs", "clothing", 1090, 120, "6115", "TR"),
    Article("PAN-28", "Frying pan, 28 cm", "household", 5033, 1900, "7323", "DE"),
    Article("KNIFE-CHEF", "Chef's knife", "household", 7983, 310, "8211", "JP"),
    Article("MUG", "Mug", "household", 799, 340, "6912", "PT"),
    Article("LAMP-DESK", "Desk lamp", "household", 6714, 1450, "9405", "CN"),
    Article("EARBUDS", "Earbuds", "electronics", 11756, 60, "8518", "CN"),
    Article("CAM-ACTION", "Action camera", "electronics", 27722, 180, "8525", "CN"),
    Article("LAPTOP-14", "Laptop, 14 inch", "electronics", 119319, 1350, "8471", "CN"),
    Article("CHAIR-OAK", "Oak chair", "furniture", 15117, 6200, "9401", "PL"),
    Article("TOOTHBRUSH", "Toothbrush", "hygiene", 333, 40, "9603", "DE"),
)

WEIGHTS = (16, 6, 14, 10, 9, 9, 5, 6, 4, 3, 5, 4, 6, 3, 2, 2, 1)
"""How often each is sold."""

MARKETS = (
    Market("DE", "DE", "EUR", (1, 1), 1900, 0, 0, "de",
           (("Leipzig", "04105"), ("Bremen", "28195"), ("Köln", "50667")),
           ("Lena Vogt", "Jonas Brandt", "Mira Schöne"), 30),
    Market("FR", "DE", "EUR", (1, 1), 2000, 0, 0, "fr",
           (("Lyon", "69002"), ("Nantes", "44000")), ("Chloé Martel", "Éric Dubois"), 14),
    Market("PL", "DE", "PLN", (43, 10), 2300, 0, 0, "pl",
           (("Kraków", "31-146"), ("Gdańsk", "80-831")), ("Anna Nowak", "Piotr Zając"), 10),
    Market("GB", "GB", "GBP", (86, 100), 2000, 0, 0, "en",
           (("Leeds", "LS1 4AP"), ("Bath", "BA1 1SU")), ("Owen Hart", "Priya Nair"), 14),
    Market("US", "US", "USD", (109, 100), 725, 0, 0, "en",
           (("Columbus", "43215"), ("Austin", "78701")), ("Dana Whitlock", "Luis Ortega"), 14),
    Market("JP", "CN", "JPY", (165, 100), 0, 350, 1000, "ja",
           (("Osaka", "530-0001"), ("Sapporo", "060-0001")), ("Yui Mori", "Ken Arai"), 9),
    Market("CN", "CN", "CNY", (78, 10), 1300, 0, 0, "zh",
           (("Suzhou", "215000"), ("Chengdu", "610000")), ("Li Na", "Wang Wei"), 5),
    Market("KW", "DE", "KWD", (333, 100), 0, 500, 0, "ar",
           (("Kuwait City", "13001"), ("Hawalli", "32001")), ("Noor Al-Sabah", "Omar Khalid"), 6),
)  # fmt: skip
