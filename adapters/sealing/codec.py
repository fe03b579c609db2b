"""Payloads of workflows, sealed: what reaches the Temporal server says nothing of what was said.

Bound to the namespace and to the workflow: a payload that was copied elsewhere does not open.
What somebody else put there (a plain body, one of another workflow, a forged one) becomes data
that whoever reads it refuses, and never an error that would stop a workflow. Errors are for keys
that cannot be had now: the task is tried again, and nothing is taken for lost.
"""

import json
from collections.abc import Sequence
from copy import copy
from typing import NamedTuple, Protocol, Self
from uuid import UUID

import structlog
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import (
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
)

from adapters.postgres.data_keys import DataKey, DestroyedKey, UnknownKey
from adapters.sealing import cipher
from adapters.sealing.settings import Payloads
from domain.sealed import READABLE, SEALED_WITH, is_file

ENCODING = b"binary/backhaul-sealed"
_VERSION = "1"
_PLAIN, _NULL, _SHOWN = b"json/plain", b"binary/null", b"temporal.api.sdk.v1.WorkflowMetadata"

log = structlog.get_logger()


class Keys(Protocol):
    """Keeps what `adapters.postgres.data_keys.DataKeys` says."""

    async def newest(self, file: str) -> DataKey:
        """The key that seals what is said of a file."""

    async def named(self, key_id: UUID) -> DataKey:
        """The key of that id."""


class _Place(NamedTuple):
    """Where a payload is: empty where nobody says."""

    namespace: str
    workflow_id: str


class SealingCodec(PayloadCodec, WithSerializationContext):
    """Opens what was sealed; seals, where it is told to."""

    def __init__(
        self, keys: Keys, namespace: str, workflow_id: str = "", *, seals: bool = True
    ) -> None:
        self._keys = keys
        self._seals = seals
        self._place = _Place(namespace, workflow_id)

    def with_context(self, context: SerializationContext) -> Self:
        """Give the codec of one workflow's payloads."""
        namespace = getattr(context, "namespace", self._place.namespace)
        workflow_id = getattr(context, "workflow_id", None) or ""
        return type(self)(self._keys, namespace, workflow_id, seals=self._seals)

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Seal what is of a file, but for what is shown to everybody.

        Raises:
            StoreUnavailable: No key can be had now.
        """
        if not self._seals or not is_file(self._place.workflow_id):
            return [_unmarked(payload) for payload in payloads]
        return [
            _unmarked(payload) if _is_for_everybody(payload) else await self._sealed(payload)
            for payload in payloads
        ]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Open what was sealed; what anybody else wrote stays as it is.

        Raises:
            StoreUnavailable: No key can be had now.
            UnknownKey: Its key is not here; perhaps it will be.
        """
        return [
            await self._opened(payload) if is_sealed(payload) else payload for payload in payloads
        ]

    async def _sealed(self, payload: Payload) -> Payload:
        key = await self._keys.newest(self._place.workflow_id)
        named = str(key.key_id)
        content = payload.SerializeToString()
        sealed = cipher.seal(key.secret, content, _whose(self._place.namespace, key))
        metadata = {"encoding": ENCODING, SEALED_WITH: named.encode()}
        return Payload(metadata=metadata, data=sealed)

    async def _opened(self, payload: Payload) -> Payload:
        key_id = key_id_of(payload)
        if key_id is None:
            return _stands_for("foreign", "it names no key")
        try:
            key = await self._keys.named(key_id)
        except DestroyedKey:
            return _stands_for("erased", "its key was destroyed")
        except UnknownKey:
            about = {"key_id": str(key_id), "workflow_id": self._place.workflow_id}
            log.error("payload.unknown_key", **about)  # noqa: TRY400 ids of ours alone
            raise
        if self._place.workflow_id not in {"", key.file}:
            return _stands_for("foreign", "it is of another workflow")
        try:
            content = cipher.unseal(key.secret, payload.data, _whose(self._place.namespace, key))
        except cipher.Tampered as tampered:
            return _stands_for("foreign", str(tampered))
        opened = Payload.FromString(content)
        opened.metadata[SEALED_WITH] = str(key_id).encode()
        return opened


class _Converter(DataConverter):
    """One whose codec alone knows where a payload is.

    The SDK's own makes every converter anew for each place, some hundred times in the life of
    a return, and then throws all of them but the codec away.
    """

    def with_context(self, context: SerializationContext) -> Self:
        codec = self.payload_codec
        if not isinstance(codec, SealingCodec):
            return super().with_context(context)
        there = copy(self)
        object.__setattr__(there, "payload_codec", codec.with_context(context))
        return there


def converter_of(keys: Keys, namespace: str, payloads: Payloads) -> DataConverter:
    """The converter of every client and worker; failures keep what they say to themselves."""
    return _Converter(
        payload_converter_class=pydantic_data_converter.payload_converter_class,
        payload_codec=SealingCodec(keys, namespace, seals=payloads == "sealed"),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )


def is_sealed(payload: Payload) -> bool:
    """Whether it claims to be sealed by us."""
    return payload.metadata.get("encoding") == ENCODING


def key_id_of(payload: Payload) -> UUID | None:
    """The key that a sealed payload names."""
    try:
        return UUID(payload.metadata.get(SEALED_WITH, b"").decode())
    except ValueError:
        return None


def _whose(namespace: str, key: DataKey) -> bytes:
    return cipher.about("payload", _VERSION, namespace, key.file, str(key.key_id))


def _is_for_everybody(payload: Payload) -> bool:
    """Whether it says nothing of a person: what the UI shows of every workflow, or an answer to
    whoever asked in clear. A bare text is a summary or the word that a workflow ends with.
    """
    said = payload.metadata
    text = said.get("encoding") == _PLAIN and payload.data.startswith(b'"')
    shown = said.get("messageType") == _SHOWN
    return text or shown or READABLE in said or said.get("encoding") == _NULL


def _unmarked(payload: Payload) -> Payload:
    if READABLE not in payload.metadata:
        return payload
    left = {name: value for name, value in payload.metadata.items() if name != READABLE}
    return Payload(metadata=left, data=payload.data)


def _stands_for(what: str, because: str) -> Payload:
    """Data instead of what cannot be opened: no body that we take looks so."""
    log.warning("payload.unopened", what=what, because=because)
    told = json.dumps({what: True, "because": because}).encode()
    return Payload(metadata={"encoding": _PLAIN}, data=told)
