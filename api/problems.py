"""Everything that is not done is said in one form: `application/problem+json` (RFC 9457).

`code` is for programs, `detail` is a sentence, `path` names the field where there is one.
What was sent is never repeated: it may be personal, and it may be long.
"""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, TypeVar

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from psycopg.errors import UndefinedTable
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from activities.event_store import StoreUnavailable
from api.client.answers import Unavailable
from domain.refusal import Refused
from projections.board import InvalidCursor

MEDIA_TYPE = "application/problem+json"
RETRY = {"Retry-After": "1"}

log = structlog.get_logger()


class ProblemDetails(BaseModel):
    """What a problem says."""

    title: str
    status: int
    code: str
    detail: str
    path: str | None = None


class Problem(Exception):
    """A request that is not served, and why."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        path: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.details = ProblemDetails(
            title=HTTPStatus(status).phrase, status=status, code=code, detail=detail, path=path
        )
        self.headers = headers

    def response(self, **more: Any) -> JSONResponse:
        """Say it; `more` is added to it."""
        said = self.details.model_dump(exclude_none=True) | more
        return JSONResponse(said, self.details.status, self.headers, media_type=MEDIA_TYPE)


_STATUS = {
    "too_large": 413,
    "unknown_return": 404,
    "unknown_order": 404,
    "unknown_subscription": 404,
    "unknown_update": 404,
    "unknown_news": 404,
    "staff_only": 403,
    "not_yours": 403,
}
Said = TypeVar("Said")
_MISFITS = frozenset({"invalid", "not_json", "too_deep"})
_PATH = re.compile(r"^([A-Za-z_][A-Za-z0-9_.\[\]]*): ")


def refusal(code: str, because: str) -> Problem:
    """Say a no of the domain's. Its sentence begins with the field, where it is about one."""
    status = 400 if code in _MISFITS else _STATUS.get(code, 409)
    named = _PATH.match(because)
    return Problem(status, code, because, path=named[1] if named else None)


def or_problem(answer: Said | Refused) -> Said:
    """Give an answer that is no no of ours.

    Raises:
        Problem: It is one.
    """
    if isinstance(answer, Refused):
        raise refusal(answer.code, answer.because)
    return answer


def unknown_return(return_id: str) -> Problem:
    """Say that there is none, in the same words for one of somebody else."""
    return Problem(404, "unknown_return", f"there is no return {return_id}", path="return_id")


PROBLEMS: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "Not done, and why",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
    }
}
"""For the OpenAPI document: any other answer of a route."""


def explain_problems(app: FastAPI) -> None:
    """Let every error of the app leave it as a problem."""

    @app.exception_handler(Problem)
    async def _problem(_request: Request, problem: Problem) -> JSONResponse:
        return problem.response()

    @app.exception_handler(RequestValidationError)
    async def _misfit(_request: Request, misfit: RequestValidationError) -> JSONResponse:
        first = misfit.errors()[0]
        path = ".".join(str(part) for part in first["loc"])
        return Problem(400, "invalid", f"{path}: {first['msg']}", path=path).response()

    @app.exception_handler(InvalidCursor)
    async def _cursor(_request: Request, invalid: InvalidCursor) -> JSONResponse:
        return Problem(400, "invalid", str(invalid), path="query.cursor").response()

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        code = HTTPStatus(error.status_code).name.lower()
        wrong_method = error.status_code == HTTPStatus.METHOD_NOT_ALLOWED
        methods = _methods_of(request) if wrong_method else ""
        headers = {"Allow": methods} if methods else error.headers
        return Problem(error.status_code, code, str(error.detail), headers=headers).response()

    @app.exception_handler(StoreUnavailable)
    async def _away(_request: Request, _away: StoreUnavailable) -> JSONResponse:
        detail = "the database does not answer: ask again"
        return Problem(503, "unavailable", detail, headers=RETRY).response()

    @app.exception_handler(Unavailable)
    async def _nobody(_request: Request, away: Unavailable) -> JSONResponse:
        detail = f"{away.who} does not answer: ask again with the same Idempotency-Key"
        return Problem(503, "unavailable", detail, headers=RETRY).response()

    @app.exception_handler(UndefinedTable)
    async def _unbuilt(_request: Request, _missing: UndefinedTable) -> JSONResponse:
        detail = "the read models were not built yet: ask again"
        return Problem(503, "not_built", detail, headers=RETRY).response()

    app.add_middleware(_NoDefectLeaves)


def _methods_of(request: Request) -> str:
    """Name every method that a path takes: each is a route, and a route knows of itself alone. Empty: none of ours."""
    routes: Sequence[Route] = request.app.state.routes
    found = [route for route in routes if route.matches(request.scope)[0] is not Match.NONE]
    return ", ".join(sorted({method for route in found for method in route.methods or ()}))


class _NoDefectLeaves:
    """Answers for our defects. Only their type is logged: their text may hold what was sent."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except ClientDisconnect:
            return  # nobody is there to be answered
        except Exception as defect:
            if scope["type"] != "http":
                raise
            log.error("request.failed", error=type(defect).__name__)  # noqa: TRY400 see above
            problem = Problem(500, "defect", "a defect of ours; it was noted")
            await problem.response()(scope, receive, send)
