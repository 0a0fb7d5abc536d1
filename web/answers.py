"""/p/{token}: a person answers a page by its link; and the SMS that people send back to our number.

GET shows and changes nothing, however often a scanner fetches it; only the form of that very page acts.
"""

from __future__ import annotations

import logging
from html import escape

from starlette.requests import Request
from starlette.responses import Response

from incidents.errors import Conflict, NotAllowed, NotFound
from notifications.message import CallbackRequest
from web.callbacks import form_of, headers_of, target_of
from web.desk import Desk
from web.errors import status_of
from wiring import answers
from wiring.app import App

_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}
_log = logging.getLogger(__name__)


class Answers:
    """The handlers, with the app that they act in."""

    def __init__(self, app: App, desk: Desk):
        self._app = app
        self._desk = desk

    async def show(self, request: Request) -> Response:
        """The page behind a link."""
        async with self._desk.place():
            return await self._desk.work(self._shown, request.path_params["token"])

    async def act(self, request: Request) -> Response:
        """The form of that page, sent."""
        async with self._desk.place():
            body = await self._desk.receive(request, self._desk.limits.callback_bytes)
            form = form_of(request, body)
            token = request.path_params["token"]
            return await self._desk.work(self._acted, token, form.get("confirmation", ""))

    async def reply(self, request: Request) -> Response:
        """An SMS to our number, as the provider hands it on; its signature is checked first."""
        async with self._desk.place():
            body = await self._desk.receive(request, self._desk.limits.callback_bytes)
            callback = CallbackRequest(target_of(request), headers_of(request), form_of(request, body))
            said = await self._desk.work(answers.replied, self._app, callback)
        message = f"<Message>{escape(said)}</Message>" if said else ""
        return Response(f"<Response>{message}</Response>", media_type="text/xml")

    def _shown(self, token: str) -> Response:
        try:
            return _html(answers.shown(self._app, token))
        except (NotAllowed, NotFound, Conflict) as error:
            _log.warning("a link was refused: %s", type(error).__name__)
            return _html(answers.refusal_page(self._app), 403)

    def _acted(self, token: str, confirmation: str) -> Response:
        try:
            said = answers.by_link(self._app, token, confirmation)
        except (NotAllowed, NotFound) as error:
            _log.warning("a link was refused: %s", type(error).__name__)
            return _html(answers.refusal_page(self._app), 403)
        status = 200 if said.error is None else int(status_of(said.error))
        return _html(answers.said_page(self._app, said), status)


def _html(body: bytes, status: int = 200) -> Response:
    return Response(body, status, _HEADERS, media_type="text/html; charset=utf-8")
