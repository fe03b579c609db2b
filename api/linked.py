"""What a link in a message opens: one thing of one return, for whoever has the message.

The token stands in the address, because a mail program follows nothing else; so it opens this
one thing and nothing more, and the answer tells browsers to keep neither it nor the address.
"""

import hashlib
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse

from adapters.links import NotSigned, Opens, Purpose, SignedLinks
from adapters.mail.feedback_page import feedback_page
from api.bodies import read_body
from api.doors import Behind, Doors
from api.problems import PROBLEMS, Problem, refusal
from domain.refusal import Refused
from domain.returns.commands import Who

router = APIRouter(tags=["linked"], responses=PROBLEMS)

Token = Annotated[str, Path(max_length=1_000, pattern=r"^[A-Za-z0-9._-]+$")]
POINTS = frozenset("12345")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"
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


@router.get("/v1/linked/feedback/{token}", response_class=HTMLResponse)
async def ask_opinion(token: Token, behind: Behind) -> HTMLResponse:
    """Ask the customer what they thought of it. Opening the page records nothing.

    Mail programs open links by themselves, to look for what is evil.
    """
    opens = await opened(behind, "feedback", token)
    state = (await behind.known(opens.tenant, opens.return_id)).state
    return _page(feedback_page(state.locale, opens.return_id, answered=state.rated))


@router.post("/v1/linked/feedback/{token}", response_class=HTMLResponse)
async def take_opinion(token: Token, request: Request, behind: Behind) -> HTMLResponse:
    """Take what the customer says: `rating` from 1 to 5, and a `note`. A link answers once."""
    opens = await opened(behind, "feedback", token)
    form = dict(parse_qsl((await read_body(request)).decode("utf-8", "replace")))
    state = (await behind.known(opens.tenant, opens.return_id)).state
    if not state.rated:
        rating = form.get("rating", "")
        answer = await behind.returns.ask(
            opens.tenant,
            opens.return_id,
            "give_feedback",
            {"rating": int(rating) if rating in POINTS else rating, "note": form.get("note", "")},
            f"linked:{hashlib.sha256(token.encode()).hexdigest()[:32]}",
            actor=Who(kind="customer", id=opens.customer_id),
        )
        if not answer.accepted:
            raise refusal(answer.code, answer.because)
    return _page(feedback_page(state.locale, opens.return_id, answered=True))


def _page(text: str) -> HTMLResponse:
    return HTMLResponse(text, headers={**KEPT_NOWHERE, "Content-Security-Policy": POLICY})


async def opened(behind: Doors, purpose: Purpose, token: str) -> Opens:
    """Say what a token opens; one that is not ours, or not for this, opens nothing."""
    links = SignedLinks(behind.settings.link_secrets)
    try:
        opens = links.open(purpose, token, await behind.clock.now())
    except NotSigned as unsigned:
        raise Problem(404, "no_such_link", str(unsigned)) from unsigned
    await behind.limits.take(opens.tenant, opens.return_id)
    return opens
