"""Persons without a disk, for tests and trials. Keeps `activities.subjects.Subjects`."""

import json
from collections.abc import Mapping
from typing import Any


class MemorySubjects:
    """Keeps JSON text, so that nothing a caller holds on to can change what is known."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], str] = {}

    async def put(self, tenant: str, subject_id: str, person: Mapping[str, Any]) -> None:
        self._known[tenant, subject_id] = json.dumps(dict(person))

    async def get(self, tenant: str, subject_id: str) -> dict[str, Any] | None:
        text = self._known.get((tenant, subject_id))
        if text is None:
            return None
        person: dict[str, Any] = json.loads(text)
        return person

    async def erase(self, tenant: str, subject_id: str) -> None:
        self._known.pop((tenant, subject_id), None)
