"""Named scripts: what the outside does for a return, a payment or a parcel, by itself."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.books import Books
from sandbox.wire import Json, Unfit, text

EVERYTHING = "*"

GRADES = ("new_sealed", "like_new", "minor_wear", "used", "damaged", "unsalvageable")
NAMES: Mapping[str, tuple[str, ...]] = {
    "parcel": (
        "happy",
        "hub",
        "customs",
        "lost",
        "lost_and_found",
        "late_handover",
        "never",
        "returned",
        "in_store",
    ),
    "pickup": ("ok", "fails", "fails_twice", "item_mismatch"),
    "receipt": ("exact", "one_more", "wrong_item", "short", "two_boxes", "unannounced"),
    "inspection": GRADES,
    "refund": (
        "instant",
        "pending",
        "pending_fails",
        "fails_later",
        "requires_action",
        "disputed",
        "low_balance",
        "refused",
    ),
    "bill": ("paid", "unpaid"),
    "hold": ("held", "declined", "requires_action"),
    "void": ("refunded", "rejected"),
    "claim": ("paid", "partial", "refused", "asks", "silent"),
    "lot": ("short", "refused", "missing", "extra", "scrapped", "silent"),
    "replacement": ("ships",),
    "repair": ("works", "fails", "refused"),
    "send_back": ("ships", "refused"),
}


@dataclass(frozen=True)
class Script:
    """A script chosen for a key, with its parameters."""

    family: str
    name: str
    params: Json

    @property
    def full_name(self) -> str:
        """Give the name as it is asked for, `parcel.happy`."""
        return f"{self.family}.{self.name}"


class Scripts:
    """Which script counts for what. One of each family for a key; `*` is the default."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def choose(self, said: Json) -> Script:
        """Set the script for a key, in place of the one of its family that it had.

        Raises:
            Unfit: There is no such script.
        """
        key, full_name = text(said, "key"), text(said, "script")
        family, _, name = full_name.partition(".")
        if name not in NAMES.get(family, ()):
            known = (f"{family}.{name}" for family, names in NAMES.items() for name in names)
            raise Unfit("script", "one of " + ", ".join(known))
        params = {field: value for field, value in said.items() if field not in {"key", "script"}}
        script = Script(family, name, params)
        body = {"key": key, "script": full_name, "params": params, "used": 0}
        self._books.put("script", json.dumps([key, family]), body, family=key)
        return script

    def find(self, family: str, *keys: str) -> Script | None:
        """Find the script of the first key that has one, else the default."""
        for key in (*keys, EVERYTHING):
            found = self._books.get("script", json.dumps([key, family])) if key else None
            if found is not None and not _is_spent(found):
                return Script(family, found["script"].partition(".")[2], found["params"])
        return None

    def use_up(self, family: str, *keys: str) -> None:
        """Count one use of the script that `find` gives, for those with a limit of `times`."""
        for key in (*keys, EVERYTHING):
            place = json.dumps([key, family])
            found = self._books.get("script", place) if key else None
            if found is not None and not _is_spent(found):
                self._books.change("script", place, {**found, "used": found["used"] + 1})
                return

    def is_known(self, key: str) -> bool:
        """Say whether any script was chosen for this very key."""
        return bool(self._books.by_family("script", key))

    def listed(self) -> list[Json]:
        """Give all choices."""
        return self._books.every("script")


def _is_spent(choice: Json) -> bool:
    times = choice["params"].get("times")
    return isinstance(times, int) and choice["used"] >= times
