"""POST /v1/triggers/{format}: stored first, answered then, read later.

2xx: stored, do not send again. 4xx: can never be accepted. 503: send again (Alertmanager retries only 5xx).
"""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from coordinator import intake
from coordinator.act import Actor
from coordinator.failpoints import fp
from coordinator.permissions import check
from incidents.errors import Invalid
from web.desk import Desk
from web.errors import BadBody, Unknown
from wiring.app import App

_BEARER = re.compile(r"Bearer +([A-Za-z0-9._~+/-]{1,512}=*)", re.ASCII | re.IGNORECASE)
PERMISSION = "trigger"


class Triggers:
    """The handler, with the app that it acts in."""

    def __init__(self, app: App, desk: Desk):
        self._app = app
        self._desk = desk

    async def __call__(self, request: Request) -> Response:
        token = bearer(request)
        name: str = request.path_params["format"]
        async with self._desk.place():
            actor = await self._desk.work(self._sender, token)
            intake.check_format(name)
            body = await self._desk.receive(request, self._desk.limits.trigger_bytes)
            event, new = await self._desk.work(self._store, actor, name, body)
        return JSONResponse({"event": event, "new": new}, 202)

    def _sender(self, token: str) -> Actor:
        actor = self._app.actor_for_key(token)
        check(PERMISSION, actor)
        return actor

    def _store(self, actor: Actor, name: str, body: bytes) -> tuple[int, bool]:
        """Keep the event, wake the reader, and tell the sender at once if it can never be read."""
        stored = self._app.coordinator.act(PERMISSION, actor, intake.store, name, actor.name, body)
        fp("intake.after_store")
        self._app.bell.ring()
        try:
            intake.read(name, body)
        except Invalid as problem:
            raise BadBody(
                "{problem}",
                problem=problem.message,
                field=problem.field,
                next=f"{problem.next}; kept as event {stored[0]}: tongbao trigger list",
            ) from None
        return stored


def bearer(request: Request) -> str:
    """The token; Unknown when there is none, more than one, or no such thing as a token."""
    given = request.headers.getlist("authorization")
    found = _BEARER.fullmatch(given[0].strip()) if len(given) == 1 else None
    if found is None:
        raise Unknown(
            "no bearer token", field="Authorization", next="send Authorization: Bearer and a key's text"
        )
    return found[1]
