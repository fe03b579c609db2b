"""What a link in a message opens: one thing of one return, for whoever has the message.

The token stands in the address, because a mail program follows nothing else; so it opens this
one thing and nothing more, and the answer tells browsers to keep neither it nor the address.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from adapters.links import NotSigned, Opens, Purpose, SignedLinks
from api.doors import Behind, Doors
from api.problems import PROBLEMS, Problem
from domain.refusal import Refused

router = APIRouter(tags=["linked"], responses=PROBLEMS)

Token = Annotated[str, Path(max_length=1_000, pattern=r"^[A-Za-z0-9._-]+$")]
KEPT_NOWHERE = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"}


@router.get(
    "/v1/linked/label/{token}",
    response_class=Response,
    responses={200: {"content": {name: {} for name in ("application/pdf", "image/png")}}},
)
async def show_label(token: Token, behind: Behind) -> Response:
    """Give the label that a message could not hold."""
    opens = await opened(behind, "label", token)
    found = await behind.returns.documents.get(opens.tenant, opens.return_id, "label")
    if isinstance(found, Refused):
        raise Problem(404, found.code, found.because)
    return Response(found.content, media_type=found.media_type, headers=KEPT_NOWHERE)


async def opened(behind: Doors, purpose: Purpose, token: str) -> Opens:
    """Say what a token opens; one that is not ours, or not for this, opens nothing."""
    links = SignedLinks(behind.settings.link_secrets)
    try:
        opens = links.open(purpose, token, await behind.clock.now())
    except NotSigned as unsigned:
        raise Problem(404, "no_such_link", str(unsigned)) from unsigned
    await behind.limits.take(opens.tenant, opens.return_id)
    return opens
