"""Payloads sealed as a bare workflow would seal them: one codec, one key for everything.

Nobody keeps addresses of customers in a server's histories in clear, so both sides seal; that
the engine has a key for each return, kept in the database and bound to its workflow, is a cost
of its own and stays on its side.
"""

from collections.abc import Sequence
from dataclasses import replace

from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, PayloadCodec

from adapters.sealing import cipher

_ENCODING = b"binary/encrypted"
_KEY = bytes(cipher.KEY_BYTES)  # of a server that is thrown away
_WHOSE = b"bare"


class _OneKey(PayloadCodec):
    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [
            Payload(
                metadata={"encoding": _ENCODING},
                data=cipher.seal(_KEY, payload.SerializeToString(), _WHOSE),
            )
            for payload in payloads
        ]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [
            Payload.FromString(cipher.unseal(_KEY, payload.data, _WHOSE))
            if payload.metadata.get("encoding") == _ENCODING
            else payload
            for payload in payloads
        ]


def converter() -> DataConverter:
    """The converter of the bare worker and of who speaks to it."""
    return replace(pydantic_data_converter, payload_codec=_OneKey())
