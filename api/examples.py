"""A body for each command, as it stands in the OpenAPI document. Tests let each be read."""

from collections.abc import Mapping
from typing import Any

_ORDER: dict[str, Any] = {
    "order_id": "W-1042",
    "tenant": "acme",
    "placed_at": "2026-11-02T09:00:00Z",
    "currency": "EUR",
    "ship_from": "DE",
    "ship_to": "FR",
    "customer": {
        "customer_id": "c-7",
        "name": "Camille Moreau",
        "email": "camille@example.org",
        "phone": "+33600000000",
        "locale": "fr",
        "address": {
            "line1": "8 rue des Lilas",
            "city": "Lyon",
            "postcode": "69003",
            "country": "FR",
        },
    },
    "lines": [
        {
            "line_id": "1",
            "sku": "SHOE-42",
            "name": "Shoe, 42",
            "category": "shoes",
            "quantity": 2,
            "unit_price_minor": 1000,
            "tax_minor": 400,
            "weight_grams": 800,
            "hs_code": "6403",
            "origin_country": "VN",
        }
    ],
    "shipping": {"net_minor": 500, "tax_minor": 100, "standard_net_minor": 500},
    "tenders": [
        {
            "tender_id": "t1",
            "kind": "card",
            "provider": "stripe",
            "payment_ref": "pi_1042",
            "captured_minor": 3000,
            "captured_at": "2026-11-02T09:00:05Z",
        }
    ],
    "deliveries": [
        {"delivered_at": "2026-11-06T14:00:00Z", "lines": [{"line_id": "1", "quantity": 2}]}
    ],
}

EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "open": {
        "order_id": "W-1042",
        "order": _ORDER,
        "requested_at": "2026-11-20T10:00:00Z",
        "lines": [
            {
                "line_id": "1",
                "quantity": 1,
                "reason": "too_small",
                "resolution": "refund_original",
            }
        ],
        "method": "drop_off_label",
    },
    "approve": {"because": "the photo shows the damage"},
    "decline": {"because": "sold as final sale, and whole"},
    "cancel": {"because": "I keep them"},
    "override": {"because": "a good customer of ten years"},
    "choose_method": {"method": "drop_off_code"},
    "accept_offer": {"offer_id": "offer-1"},
    "decline_offer": {"offer_id": "offer-1", "because": "I want the money"},
    "correct_address": {
        "address": {
            "line1": "9 rue des Lilas",
            "city": "Lyon",
            "postcode": "69003",
            "country": "FR",
        }
    },
    "declare_goods": {
        "goods": [{"line_id": "1", "hs_code": "6403.99", "origin_country": "VN"}],
        "export_reference": "26DE999900001234E5",
    },
    "reschedule_pickup": {"not_before": "2026-11-27T08:00:00Z"},
    "dispute": {"unit": "1/1", "because": "it was like this when it came"},
    "resolve_dispute": {"unit": "1/1", "outcome": "upheld", "because": "the photos agree"},
    "match_unit": {"stray_id": "rcpt-9/1", "unit": "1/1", "because": "the label fell off"},
    "unmatch_unit": {"stray_id": "rcpt-9/1", "because": "another customer's after all"},
    "release_payout": {"instruction_id": "pay-1", "because": "the bank confirmed the payment"},
    "choose_payout": {"instruction_id": "pay-1", "destination": "store_credit"},
    "choose_goods": {"unit": "1/1", "choice": "send_back"},
    "write_off_payout": {"instruction_id": "pay-1", "because": "below what a transfer costs"},
    "choose_contact": {"contact": {"channel": "sms", "time_zone": "Europe/Paris"}},
    "give_feedback": {"rating": 5, "note": "quick"},
    "SubscriptionWish": {
        "url": "https://hooks.example.com/backhaul",
        "types": ["return.*", "refund.succeeded.v1"],
        "owner": "shop-it@example.com",
    },
    "RotationWish": {"overlap_hours": 24},
    "LinkWish": {"hours": 72},
    "ErasureWish": {"customer_id": "c-1042", "reference": "ticket-7"},
    "EndingWish": {"because": "ticket-8: the label was bought by hand"},
    "ReplayWish": {"since": "2026-11-24T00:00:00Z"},
    "report_receipt": {
        "message_id": "rcpt-9",
        "occurred_at": "2026-11-24T08:30:00Z",
        "warehouse": "leipzig",
        "parcel": {"tracking_number": "SP363800551405"},
        "units": [{"sku": "SHOE-42", "quantity": 1, "condition": "like_new"}],
    },
    "report_inspection": {
        "message_id": "ins-9",
        "occurred_at": "2026-11-24T09:30:00Z",
        "warehouse": "leipzig",
        "return_id": "R-1042",
        "inspector": "i-3",
        "units": [{"line_id": "1", "unit": 1, "grade": "like_new", "note": "", "photos": []}],
    },
}

LOT_EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "close": {},
    "take_out": {"key": "R-1:1/1", "because": "it is broken"},
    "declare": {"key": "R-1:1/1", "hs_code": "6403", "origin_country": "VN"},
    "agree": {"reference": "RMA-7", "price": {"amount_minor": 9000, "currency": "EUR"}},
    "refuse": {"because": "not of this season"},
    "hand_over": {"tracking_number": "PD-1"},
    "book_proceeds": {"reference": "wire-1", "amount": {"amount_minor": 9000, "currency": "EUR"}},
    "book_cost": {"reference": "freight-1", "amount": {"amount_minor": 500, "currency": "EUR"}},
    "certify": {"certificate": {"number": "CERT-7", "sha256": "ab" * 32}},
    "receive": {"report_id": "count-1", "units": [{"sku": "SHOE-42", "quantity": 12}]},
    "grade": {"units": [{"key": "R-1:1/1", "grade": "like_new", "goes": "restock"}]},
    "dispute_finding": {"finding_id": "short", "because": "all of them were sent"},
    "resolve_finding": {"finding_id": "short", "because": "a bank took its share"},
    "accept": {"because": "no receipt is needed"},
    "dissolve": {"because": "nobody takes them", "goes": "quarantine"},
    "retry": {},
}
"""The same for what a lot is told."""
