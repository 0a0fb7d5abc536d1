"""What providers call: a later word about a message or a call, a key on a telephone; channels check signatures.

POST /callbacks/{provider}, and for calls /callbacks/twilio/voice/{page} and …/{page}/status.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TypeVar
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from incidents.errors import NotAllowed
from notifications.message import CallbackRequest
from web.desk import Desk
from web.errors import BadBody
from wiring.answers import telephone
from wiring.app import App

MOST_FIELDS = 200
_FORM = "application/x-www-form-urlencoded"
R = TypeVar("R")
_log = logging.getLogger(__name__)


class Callbacks:
    """The handler, with the app that it acts in."""

    def __init__(self, app: App, desk: Desk):
        self._app = app
        self._desk = desk

    async def __call__(self, request: Request) -> Response:
        """A receipt: verified, stored, 204."""
        await self._handled(request, partial(self._app.receipt, request.path_params["provider"]))
        return Response(status_code=204)

    async def pressed(self, request: Request) -> Response:
        """A key on a telephone: what it is to say next."""
        twiml = await self._handled(request, lambda callback: telephone(self._app).pressed(callback))
        return Response(twiml, media_type="text/xml; charset=utf-8")

    async def reported(self, request: Request) -> Response:
        """How a call is going."""
        await self._handled(request, lambda callback: telephone(self._app).reported(callback))
        return Response(status_code=204)

    async def _handled(self, request: Request, keep: Callable[[CallbackRequest], R]) -> R:
        async with self._desk.place():
            body = await self._desk.receive(request, self._desk.limits.callback_bytes)
            callback = CallbackRequest(target_of(request), headers_of(request), form_of(request, body))
            return await self._desk.work(_verified, keep, callback)


def _verified(keep: Callable[[CallbackRequest], R], callback: CallbackRequest) -> R:
    """Verify and keep; a verifier that stumbles over what it was sent has not verified it (S7)."""
    try:
        return keep(callback)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        _log.warning("a callback could not be verified: %s", type(error).__name__)
        raise NotAllowed("the callback could not be verified", field="signature") from error


def target_of(request: Request) -> str:
    """The path with its query as they came in, which is what a signature covers."""
    path: bytes = request.scope["raw_path"]
    query: bytes = request.scope["query_string"]
    return (path + b"?" + query if query else path).decode("latin-1")


def headers_of(request: Request) -> dict[str, str]:
    """Headers in lower case; a doubled one is joined, so that no signature fits it."""
    return {name: ", ".join(request.headers.getlist(name)) for name in request.headers}


def form_of(request: Request, body: bytes) -> dict[str, str]:
    """The form's fields; none when the body is no form, and then no signature fits."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        return {}
    try:
        text = body.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise BadBody("the form cannot be read", field="body", next="send it URL-encoded in UTF-8") from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise NotAllowed("a field of the form comes twice", field="body")
    return form
