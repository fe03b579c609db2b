from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from deploy.search_attributes import (
    SEARCH_ATTRIBUTES,
    SearchAttributeMismatch,
    register_search_attributes,
)


@pytest.fixture
async def new_namespace(temporal_env: WorkflowEnvironment) -> Client:
    request = RegisterNamespaceRequest(namespace=f"new-{uuid4().hex[:8]}")
    request.workflow_execution_retention_period.FromTimedelta(timedelta(days=1))
    await temporal_env.client.workflow_service.register_namespace(request)
    return await temporal_env.connect_client(namespace=request.namespace)


async def test_a_new_namespace_learns_every_attribute_and_then_no_more(
    new_namespace: Client,
) -> None:
    assert await register_search_attributes(new_namespace) == tuple(SEARCH_ATTRIBUTES)
    assert await register_search_attributes(new_namespace) == ()


async def test_an_attribute_of_another_type_is_named(new_namespace: Client) -> None:
    await new_namespace.operator_service.add_search_attributes(
        AddSearchAttributesRequest(
            namespace=new_namespace.namespace,
            search_attributes={"DueAt": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD},
        )
    )
    with pytest.raises(SearchAttributeMismatch, match=r"DueAt .*_DATETIME, .*_KEYWORD$"):
        await register_search_attributes(new_namespace)
