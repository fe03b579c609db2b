"""Statutory floors: what the law gives a consumer, whatever a merchant's policy says.

A table, so that a lawyer can read it; each row names its source. Only what can be decided
from the facts of a request is here. This is not legal advice, and local law may give more.
"""

from typing import Literal

from domain.model import Country, Id, Short, Value
from domain.words import Reason, Resolution


class Floor(Value):
    """A right that a policy cannot shorten or charge for.

    Attributes:
        days: How long it lasts after the day the count starts from.
        counts_from: `last_delivery` where the law counts an order delivered in pieces from
            its last piece, else the delivery of the unit itself.
        reasons: For which reasons; none named means without giving any.
        resolutions: For which remedies; none named means every one.
        except_categories: Goods that the law itself leaves out.
        only_sealed: Goods that it leaves out once their seal was broken after delivery.
        free_way_back: The trader bears the cost of returning.
        free_of_deduction: No restocking fee.
        refunds_shipping: The standard way out is refunded when the whole order comes back.
        refund_days: Within how many days of getting the goods back the money is due.
        hand_over_days: How long the consumer has at least to send the goods, once asked.
    """

    floor_id: Id
    source: Short
    countries: tuple[Country, ...]
    days: int
    counts_from: Literal["unit_delivery", "last_delivery"]
    reasons: tuple[Reason, ...] = ()
    resolutions: tuple[Resolution, ...] = ()
    except_categories: tuple[Short, ...] = ()
    only_sealed: tuple[Short, ...] = ()
    free_way_back: bool = False
    free_of_deduction: bool = True
    refunds_shipping: bool = False
    hand_over_days: int = 0
    refund_days: int = 0

    def covers(self, country: str, category: str, reason: Reason, resolution: Resolution) -> bool:
        """Say whether the right exists for such a unit; how long is asked elsewhere."""
        return (
            country in self.countries
            and category not in self.except_categories
            and (not self.reasons or reason in self.reasons)
            and (not self.resolutions or resolution in self.resolutions)
        )


# fmt: off
EU = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
)
# fmt: on
EEA = (*EU, "IS", "LI", "NO")

# Goods that do not conform, also where they were broken or lost before the consumer had them
# (the risk passes at delivery: Directive 2011/83/EU art. 20).
NOT_CONFORMING = (
    Reason.QUALITY_BELOW_EXPECTATION,
    Reason.NOT_AS_DESCRIBED,
    Reason.WRONG_ITEM,
    Reason.MISSING_PARTS,
    Reason.DEFECTIVE,
    Reason.EXPIRED_PRODUCT,
    Reason.WARRANTY,
    Reason.DAMAGED_IN_TRANSIT,
    Reason.MISSING_ITEM,
    Reason.EMPTY_BOX,
)

FLOORS: tuple[Floor, ...] = (
    Floor(
        floor_id="eu_withdrawal",
        source="Directive 2011/83/EU art. 9, 13, 14; exceptions art. 16 (c) (d) (e) (i) (m)",
        countries=EEA,
        days=14,
        counts_from="last_delivery",
        except_categories=("custom_made", "perishable", "digital"),
        only_sealed=("hygiene", "sealed_media"),  # art. 16 (e) (i): unsealed after delivery
        refunds_shipping=True,  # art. 13 (2): not what a faster way than the standard cost more
        hand_over_days=14,  # art. 14 (1)
        refund_days=14,  # art. 13 (1); it may wait for the goods, art. 13 (3)
    ),
    Floor(
        floor_id="eu_conformity",
        source="Directive (EU) 2019/771 art. 10 (1); return at the seller's expense art. 16 (3)",
        countries=EU,
        days=731,  # two years, a leap day included
        counts_from="unit_delivery",
        reasons=NOT_CONFORMING,
        free_way_back=True,
    ),
    Floor(
        floor_id="uk_cancellation",
        source="Consumer Contracts Regulations 2013 (SI 2013/3134) reg. 29-35; exceptions reg. 28",
        countries=("GB",),
        days=14,
        counts_from="last_delivery",
        except_categories=("custom_made", "perishable", "digital"),
        only_sealed=("hygiene", "sealed_media"),  # reg. 28 (3): unsealed after delivery
        refunds_shipping=True,  # reg. 34 (3)
        hand_over_days=14,  # reg. 35 (4)
        refund_days=14,  # reg. 34 (4) (5)
    ),
    Floor(
        floor_id="uk_right_to_reject",
        source="Consumer Rights Act 2015 s. 22 (3); the trader bears the cost s. 20 (8)",
        countries=("GB",),
        days=30,
        counts_from="unit_delivery",
        reasons=NOT_CONFORMING,
        free_way_back=True,
    ),
    Floor(
        floor_id="cn_quality_refund",
        source="PRC Consumer Protection Law (2013) art. 24: return within seven days",
        countries=("CN",),
        days=7,
        counts_from="unit_delivery",
        reasons=NOT_CONFORMING,
        free_way_back=True,
    ),
    Floor(
        floor_id="cn_without_reason",
        source="PRC Consumer Protection Law (2013) art. 25; Measures of 2017 art. 6, 7",
        countries=("CN",),
        days=7,
        counts_from="unit_delivery",
        except_categories=("custom_made", "perishable", "digital"),
        # Hygiene only where the buyer confirmed it at the purchase, which no order tells us.
        only_sealed=("hygiene", "sealed_media"),
        refund_days=7,  # art. 25: within seven days of getting the goods
    ),
    Floor(
        floor_id="cn_three_guarantees",
        source="PRC Provisions on Repair, Replacement and Return (1995) art. 10: fifteen days",
        countries=("CN",),
        days=15,
        counts_from="unit_delivery",
        reasons=NOT_CONFORMING,
        resolutions=(
            Resolution.EXCHANGE,
            Resolution.ADVANCE_EXCHANGE,
            Resolution.REPLACEMENT,
            Resolution.REPAIR,
        ),
        free_way_back=True,
    ),
)
