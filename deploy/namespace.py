"""The Temporal namespace that the engine lives in: made where it is missing, else left alone."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

KNOWN_EVERYWHERE = timedelta(seconds=60)
"""Every part of a cluster has heard of a new namespace by then."""

_LOOK_AGAIN_S = 0.5


async def ensure_namespace(client: Client, retention: timedelta) -> bool:
    """Make the client's namespace if there is none; whether it was new.

    Args:
        client: Connected to the server; names the namespace.
        retention: How long an ended workflow's history is kept. What happened is kept for ever
            in PostgreSQL; this is only for looking at it in the Temporal UI.

    Raises:
        RPCError: The server does not let us, as Temporal Cloud, where an account makes them.
        TimeoutError: It was made, but the server does not use it.
    """
    if await _exists(client):
        return False
    request = RegisterNamespaceRequest(namespace=client.namespace)
    request.workflow_execution_retention_period.FromTimedelta(retention)
    try:
        await client.workflow_service.register_namespace(request)
    except RPCError as error:
        if error.status is not RPCStatusCode.ALREADY_EXISTS:  # another process was faster
            raise
        return False
    for _ in range(int(KNOWN_EVERYWHERE.total_seconds() / _LOOK_AGAIN_S)):
        if await _is_used(client):
            return True
        await asyncio.sleep(_LOOK_AGAIN_S)
    raise TimeoutError(f"namespace {client.namespace} was made, and is not used yet: ask again")


async def _exists(client: Client) -> bool:
    asked = DescribeNamespaceRequest(namespace=client.namespace)
    return await _found(client.workflow_service.describe_namespace(asked))


async def _is_used(client: Client) -> bool:
    """Whether the part that keeps the lists has heard of it."""
    asked = ListSearchAttributesRequest(namespace=client.namespace)
    return await _found(client.operator_service.list_search_attributes(asked))


async def _found(asking: Awaitable[object]) -> bool:
    try:
        await asking
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True
