"""The one table from errors to HTTP statuses, and the one form of an error's document."""

from __future__ import annotations

from http import HTTPStatus
from typing import cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from incidents.errors import Conflict, Invalid, NotAllowed, NotFound, TongbaoError, Unavailable
from web.limits import Limits


class BadBody(Invalid):
    """A body that can never be accepted; the sender need not try again. HTTP 400."""


class Unknown(NotAllowed):
    """Nobody has said who they are. HTTP 401."""

    code = "not_authenticated"


class TooLarge(Invalid):
    """HTTP 413."""

    code = "too_large"


class TooSlow(Invalid):
    """The body did not come in time. HTTP 408."""

    code = "too_slow"


STATUSES: dict[type[TongbaoError], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    NotAllowed: HTTPStatus.FORBIDDEN,
    Conflict: HTTPStatus.CONFLICT,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    BadBody: HTTPStatus.BAD_REQUEST,
    Unknown: HTTPStatus.UNAUTHORIZED,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TooSlow: HTTPStatus.REQUEST_TIMEOUT,
    TongbaoError: HTTPStatus.INTERNAL_SERVER_ERROR,
}

_HEADERS: dict[HTTPStatus, dict[str, str]] = {
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": 'Bearer realm="tongbao"'},
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": str(Limits.retry_after_seconds)},
    HTTPStatus.REQUEST_TIMEOUT: {"Connection": "close"},
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: {"Connection": "close"},
}


def status_of(error: TongbaoError) -> HTTPStatus:
    """The status of the error's own class, or of the nearest class above it."""
    return next(STATUSES[cls] for cls in type(error).__mro__ if cls in STATUSES)


async def refused(_request: Request, error: Exception) -> Response:
    """A refusal of the core, as every surface tells it."""
    refusal = cast(TongbaoError, error)
    return _document(status_of(refusal), refusal.code, refusal.message, refusal.field, refusal.next)


async def not_http(_request: Request, error: Exception) -> Response:
    """What the framework itself refuses: no such path, wrong method."""
    problem = cast(HTTPException, error)
    status = HTTPStatus(problem.status_code)
    code = status.phrase.lower().replace(" ", "_")
    response = _document(status, code, problem.detail, None, None)
    response.headers.update(problem.headers or {})
    return response


async def broken(_request: Request, _error: Exception) -> Response:
    """Our own mistake: the server logs it, the client learns nothing of it."""
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return _document(status, "error", "something went wrong here; it is in the log", None, "try again")


def _document(
    status: HTTPStatus, code: str, message: str, field: str | None, next_step: str | None
) -> JSONResponse:
    error = {"code": code, "message": message, "field": field, "next": next_step}
    return JSONResponse({"error": error}, status, _HEADERS.get(status))
