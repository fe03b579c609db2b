"""Reading what was stored in an older shape, for ever, without touching it.

An event whose shape changes gets the next `schema_version`, and one function that turns
the older shape's JSON object into the next one. What is stored stays as it is.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""From one version's JSON object to the next one's; `schema_version` is set for it."""

Upcasters = Mapping[tuple[str, int], Upcaster]
"""By the type and the version that are stored. An event may get another type on the way."""

EventT = TypeVar("EventT")


class EventReader(Generic[EventT]):
    """Reads the events of one kind of stream, whichever version they were stored in."""

    def __init__(self, adapter: TypeAdapter[EventT], upcasters: Upcasters) -> None:
        self._adapter = adapter
        self._upcasters = upcasters

    def read(self, event_type: str, schema_version: int, data: str | bytes) -> EventT:
        """Read a stored event; one in today's shape costs nothing but its validation.

        Args:
            event_type: As the store has it beside the data.
            schema_version: As the store has it beside the data.
            data: The event's own JSON, type and version included.

        Raises:
            ValidationError: It is none that this code knows: newer than it, or tampered with.
        """
        if (event_type, schema_version) in self._upcasters:
            data = self._upcast(event_type, schema_version, data)
        return self._adapter.validate_json(data)

    def _upcast(self, event_type: str, schema_version: int, data: str | bytes) -> str:
        told: dict[str, Any] = json.loads(data)
        key = event_type, schema_version
        while key in self._upcasters:
            version = key[1] + 1
            told = {**self._upcasters[key](told), "schema_version": version}
            key = told["type"], version
        return json.dumps(told)
