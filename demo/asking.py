"""Asks the returns of one merchant; each question has an id of its own, and acts once."""

from collections.abc import Mapping
from typing import Any

from api.client import Answer, ReturnsClient
from demo.patience import patiently
from domain.returns.asking.request import ReturnRequest


class Asking:
    """What shops, customers and staff ask."""

    def __init__(self, returns: ReturnsClient, tenant: str) -> None:
        self._returns = returns
        self._tenant = tenant

    async def open(self, request: ReturnRequest) -> Answer:
        """Open a return; asked again it is the same return.

        Raises:
            Unavailable: Nobody answers.
        """
        key = f"{request.return_id}:open"
        returns, tenant = self._returns, self._tenant
        return await patiently(lambda: returns.open(request, tenant=tenant, request_id=key))

    async def ask(self, return_id: str, update: str, body: Mapping[str, Any]) -> Answer:
        """Ask a return something.

        Raises:
            Unavailable: Nobody answers.
        """
        return await patiently(lambda: self._returns.ask(self._tenant, return_id, update, body))
