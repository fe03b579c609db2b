"""What the lists of the Temporal UI can be filtered by, on any Temporal server.

SQL visibility holds 10 keywords and 3 of each other kind; the table stays below that.
No personal data: search attributes are never encrypted.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.client import Client
from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError, RPCStatusCode

SEARCH_ATTRIBUTES: Mapping[str, SearchAttributeKey[Any]] = MappingProxyType(
    {
        key.name: key
        for key in (
            SearchAttributeKey.for_keyword("Tenant"),
            SearchAttributeKey.for_keyword("OrderId"),
            SearchAttributeKey.for_keyword("Headline"),
            SearchAttributeKey.for_keyword("NextActor"),
            SearchAttributeKey.for_keyword("NextAction"),
            SearchAttributeKey.for_keyword("Method"),
            SearchAttributeKey.for_keyword("Carrier"),
            SearchAttributeKey.for_keyword("Country"),
            SearchAttributeKey.for_keyword("Currency"),
            SearchAttributeKey.for_keyword_list("Reasons"),
            SearchAttributeKey.for_keyword_list("TrackingNumbers"),
            SearchAttributeKey.for_keyword_list("Flags"),
            SearchAttributeKey.for_datetime("DueAt"),
            SearchAttributeKey.for_int("RefundMinor"),
        )
    }
)


def server_type(key: SearchAttributeKey[Any]) -> str:
    """Spell the type of `key` as Temporal's command line does, such as `KeywordList`."""
    return key.indexed_value_type.name.title().replace("_", "")


class SearchAttributeMismatch(RuntimeError):
    """The server knows a name of ours as another type, which no server can change."""


async def register_search_attributes(client: Client) -> tuple[str, ...]:
    """Make the server know every search attribute of ours; those it knows are left alone.

    Needs the right to administer the client's namespace. Safe to call from several
    processes at once.

    Returns:
        The names that were new to the server.

    Raises:
        SearchAttributeMismatch: A name is taken by an attribute of another type.
    """
    known = await _known_types(client)
    for name, key in SEARCH_ATTRIBUTES.items():
        if known.get(name, _type_of(key)) != _type_of(key):
            raise SearchAttributeMismatch(
                f"search attribute {name} of namespace {client.namespace}: expected "
                f"{IndexedValueType.Name(_type_of(key))}, "
                f"the server has {IndexedValueType.Name(known[name])}"
            )
    missing = {name: _type_of(key) for name, key in SEARCH_ATTRIBUTES.items() if name not in known}
    if missing:
        await _add(client, missing)
    return tuple(missing)


async def _known_types(client: Client) -> dict[str, IndexedValueType.ValueType]:
    answer = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    return dict(answer.custom_attributes)


async def _add(client: Client, missing: Mapping[str, IndexedValueType.ValueType]) -> None:
    try:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing)
        )
    except RPCError as error:  # another process of ours was faster
        if error.status is not RPCStatusCode.ALREADY_EXISTS:
            raise


def _type_of(key: SearchAttributeKey[Any]) -> IndexedValueType.ValueType:
    return IndexedValueType.ValueType(key.indexed_value_type)
