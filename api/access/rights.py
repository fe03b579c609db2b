"""What each role may do: one table, and nothing beside it.

Whether the return itself takes what is asked (a decision twice, a second person above a limit)
is decided in the domain; here is who gets that far.
"""

import sys
from collections.abc import Mapping
from enum import StrEnum

from domain.returns.commands import UPDATES


class Role(StrEnum):
    """What somebody is to a merchant."""

    CUSTOMER = "customer"  # of one return, by its link
    VIEWER = "viewer"
    AGENT = "agent"  # helps customers
    APPROVER = "approver"  # decides
    FINANCE = "finance"  # moves money
    ADMIN = "admin"
    BACKEND = "backend"  # the merchant's shop
    WAREHOUSE = "warehouse"
    READER = "reader"  # a screen of staff, such as the Temporal UI without a login


_C, _V, _G, _P, _F, _A, _B, _W, _R = Role
_STAFF = frozenset({_V, _G, _P, _F, _A})
_HELPS = frozenset({_C, _G, _P, _A, _B})
_DECIDES = frozenset({_P, _A})
_PAYS = frozenset({_F, _A})
_SORTS = frozenset({_G, _P, _A, _W})
_GATHERS = frozenset({_P, _A, _B, _W})

RIGHTS: Mapping[str, frozenset[Role]] = {
    # looking
    "list": _STAFF | {_B, _W},
    "look": _STAFF | {_C, _B, _W},
    "look_at_money": _STAFF | {_C, _B},
    "look_at_events": _STAFF | {_B},
    "look_at_documents": _STAFF | {_C, _B, _W},
    # asking for something
    "quote": frozenset({_G, _P, _A, _B}),
    "open": frozenset({_G, _P, _A, _B}),
    "link": frozenset({_G, _P, _A, _B}),
    "cancel": _HELPS,
    "choose_method": _HELPS,
    "accept_offer": _HELPS,
    "decline_offer": _HELPS,
    "correct_address": _HELPS,
    "reschedule_pickup": _HELPS,
    "dispute": _HELPS,
    "choose_goods": _HELPS,
    "choose_contact": _HELPS,
    "give_feedback": _HELPS,
    # deciding
    "approve": _DECIDES,
    "decline": _DECIDES,
    "override": _DECIDES,
    "resolve_dispute": _DECIDES,
    "declare_goods": _SORTS | {_B},
    "match_unit": _SORTS,
    "unmatch_unit": _SORTS,
    # telling what was found in a box
    "report": frozenset({_W, _B, _A}),
    # webhooks out: a URL may hold a key of its own
    "keep_subscriptions": frozenset({_A, _B}),
    # reading what people said, as it was said
    "open_payloads": frozenset({_G, _P, _A, _R}),
    # what came in and could be told to nobody
    "look_at_quarantine": _DECIDES,
    "end_quarantine": _DECIDES,
    # forgetting a person
    "erase": frozenset({_A}),
    "look_at_erasures": frozenset({_A}),
    # money
    "choose_payout": _PAYS | {_C, _G, _B},
    "release_payout": _PAYS,
    "write_off_payout": _PAYS,
    # goods that leave a hub together
    "look_at_lots": _STAFF | {_B, _W},
    "handle_lots": _GATHERS,
    "agree_lots": _DECIDES | {_B},
    "account_for_lots": _PAYS | {_B},
}
"""By what is done, who may do it. A customer only to the return of their link."""

LOT_RIGHTS: Mapping[str, str] = {
    "close": "handle_lots",
    "take_out": "handle_lots",
    "declare": "handle_lots",
    "hand_over": "handle_lots",
    "receive": "handle_lots",
    "grade": "handle_lots",
    "agree": "agree_lots",
    "refuse": "agree_lots",
    "certify": "agree_lots",
    "dispute_finding": "agree_lots",
    "resolve_finding": "agree_lots",
    "accept": "agree_lots",
    "dissolve": "agree_lots",
    "retry": "agree_lots",
    "book_proceeds": "account_for_lots",
    "book_cost": "account_for_lots",
}
"""By the update of a lot, the right that it takes."""

UNLISTED = frozenset(UPDATES) - frozenset(RIGHTS)
"""Updates that nobody may ask over HTTP; a test keeps this empty."""


def may(role: Role, operation: str) -> bool:
    """Say whether somebody of that role may do it at all."""
    return role in RIGHTS.get(operation, frozenset())


def as_table() -> str:
    """Write the table as Markdown, as `docs/http.md` shows it."""
    head = f"| | {' | '.join(Role)} |"
    rows = [
        f"| {name} | {' | '.join('yes' if role in roles else '' for role in Role)} |"
        for name, roles in RIGHTS.items()
    ]
    return "\n".join([head, "|---" * (len(Role) + 1) + "|", *rows])


if __name__ == "__main__":
    sys.stdout.write(as_table() + "\n")
