"""What is known of a person, kept apart from what happened so that it can be forgotten."""

from collections.abc import Mapping
from typing import Any, Protocol


class Subjects(Protocol):
    """Personal data of customers, each under a key of its own.

    A subject is named by `(tenant, subject_id)`; neither may itself say who it is.
    Every method may raise `activities.event_store.StoreUnavailable`.
    """

    async def put(self, tenant: str, subject_id: str, person: Mapping[str, Any]) -> None:
        """Remember a person as JSON. Idempotent; the last one written is what is known."""

    async def get(self, tenant: str, subject_id: str) -> dict[str, Any] | None:
        """Give what is known, or None for a person who is unknown or was erased."""

    async def erase(self, tenant: str, subject_id: str) -> None:
        """Destroy the person's key, and with it every copy of what it sealed. Idempotent."""
