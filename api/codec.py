"""Sealed payloads, opened for staff: what the Temporal UI and the `temporal` program ask for.

The protocol is theirs (`/decode` and `/encode` behind any address). Whoever asks comes with a
credential of their own, as at every other door; the UI of a stack without a login has the key of
a reader in its address instead, which opens payloads and nothing else. Each opening is written
down before it is answered. Payloads of other merchants stay as they are.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from google.protobuf.json_format import MessageToJson, Parse, ParseError
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send
from temporalio.api.common.v1 import Payload, Payloads

from adapters.postgres.data_keys import UnknownKey
from adapters.sealing.codec import SealingCodec, is_sealed, key_id_of
from api.access.allowed import allowed
from api.access.caller import Caller
from api.access.openings import Openings
from api.bodies import read_body
from api.doors import Behind, Doors
from api.problems import PROBLEMS, Problem
from domain.sealed import SEALED_WITH

ADDRESS = "/v1/codec"
LARGEST = 4 * 1024 * 1024
"""Bytes of one question: what the server gives of a history at once, and no more."""

router = APIRouter(tags=["codec"], responses=PROBLEMS)
_Reader = Annotated[Caller, Depends(allowed("open_payloads"))]


@router.post(f"{ADDRESS}/decode")
@router.post(f"{ADDRESS}/as/{{reader_key}}/decode", include_in_schema=False)
async def decode(request: Request, behind: Behind, caller: _Reader) -> Response:
    """Open payloads; one that is not theirs, or that nobody can open now, stays as it is."""
    if behind.keys_of_files is None:
        raise Problem(503, "no_keys", "this process was given no keys")
    await behind.limits.take_opening(caller.tenant, str(caller.who))
    asked = await _payloads(request)
    files = await _files(behind, caller, asked)
    await Openings(behind.pool).note(caller, files)
    codec = SealingCodec(behind.keys_of_files, behind.namespace)
    return _said([await _opened(codec, one) if file else one for one, file in files])


@router.post(f"{ADDRESS}/encode")
@router.post(f"{ADDRESS}/as/{{reader_key}}/encode", include_in_schema=False)
async def encode(request: Request, _caller: _Reader) -> Response:
    """Give them back: what staff send from the UI is not sealed, and taken all the same.

    Nobody says which workflow it is for, and what is sealed is sealed for one.
    """
    return _said(list(await _payloads(request)))


async def _payloads(request: Request) -> list[Payload]:
    raw = await read_body(request, LARGEST)
    try:
        return list(Parse(raw, Payloads(), ignore_unknown_fields=True).payloads)
    except (ParseError, UnicodeDecodeError) as unread:
        raise Problem(400, "invalid", "body: expected payloads as JSON", path="body") from unread


async def _files(
    behind: Doors, caller: Caller, payloads: list[Payload]
) -> list[tuple[Payload, str]]:
    """Say which file of the caller's merchant each is of; none where it is not."""
    ids = {key_id for one in payloads if is_sealed(one) and (key_id := key_id_of(one))}
    files = await Openings(behind.pool).files(ids, caller.tenant)
    return [(one, files.get(key_id_of(one), "") if is_sealed(one) else "") for one in payloads]


async def _opened(codec: SealingCodec, payload: Payload) -> Payload:
    try:
        [opened] = await codec.decode([payload])
    except UnknownKey:
        return payload
    metadata = {name: value for name, value in opened.metadata.items() if name != SEALED_WITH}
    return Payload(metadata=metadata, data=opened.data)


def _said(payloads: list[Payload]) -> Response:
    return Response(MessageToJson(Payloads(payloads=payloads)), media_type="application/json")


class CodecForBrowsers:
    """Lets pages of the UI ask the codec from a browser, and nothing else of the API."""

    def __init__(self, app: ASGIApp, origins: tuple[str, ...]) -> None:
        self._app = app
        self._for_pages = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=["POST"],
            allow_headers=["authorization", "authorization-extras", "content-type", "x-namespace"],
            max_age=600,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        codec = scope["type"] == "http" and scope["path"].startswith(f"{ADDRESS}/")
        await (self._for_pages if codec else self._app)(scope, receive, send)
