"""The HTTP application: every route on one page."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from incidents.errors import TongbaoError
from web.answers import Answers
from web.callbacks import Callbacks
from web.desk import Desk
from web.errors import broken, not_http, refused
from web.limits import Limits
from web.public import PublicPages
from web.triggers import Triggers
from wiring.app import App


def build(app: App, limits: Limits = Limits()) -> Starlette:  # noqa: B008 - a frozen value
    """The application over `app`; `limits` bound every request."""
    desk = Desk(limits)
    triggers, callbacks, answers = Triggers(app, desk), Callbacks(app, desk), Answers(app, desk)

    async def trigger(request: Request) -> Response:
        return await triggers(request)

    async def callback(request: Request) -> Response:
        return await callbacks(request)

    async def pressed(request: Request) -> Response:
        return await callbacks.pressed(request)

    async def reported(request: Request) -> Response:
        return await callbacks.reported(request)

    async def opened(request: Request) -> Response:
        return await answers.show(request)

    async def answered(request: Request) -> Response:
        return await answers.act(request)

    async def replied(request: Request) -> Response:
        return await answers.reply(request)

    async def ready(_request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(app.ready))

    routes: list[BaseRoute] = [
        Mount("/v1", routes=[Route("/triggers/{format}", trigger, methods=["POST"])]),
        Mount(
            "/callbacks",
            routes=[
                Route("/twilio/inbound", replied, methods=["POST"]),
                Route("/{provider}", callback, methods=["POST"]),
                Route("/twilio/voice/{page}", pressed, methods=["POST"]),
                Route("/twilio/voice/{page}/status", reported, methods=["POST"]),
            ],
        ),
        Route("/p/{token}", opened, methods=["GET"]),
        Route("/p/{token}", answered, methods=["POST"]),
        Route("/healthz", _alive, methods=["GET"]),
        Route("/readyz", ready, methods=["GET"]),
        Mount("/", PublicPages(app.public_dir)),
    ]
    starlette = Starlette(
        routes=routes,
        exception_handlers={TongbaoError: refused, HTTPException: not_http, Exception: broken},
    )
    starlette.router.redirect_slashes = False
    starlette.add_middleware(FewHeaders, most=limits.headers)
    return starlette


async def _alive(_request: Request) -> Response:
    return JSONResponse({"ok": True})


class FewHeaders:
    """Refuses a request with more headers than anyone needs (431)."""

    def __init__(self, app: ASGIApp, most: int):
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and len(scope["headers"]) > self._most:
            error = {"code": "too_many_headers", "message": f"more than {self._most} headers"}
            document = {"error": {**error, "field": "headers", "next": None}}
            await JSONResponse(document, 431)(scope, receive, send)
            return
        await self._app(scope, receive, send)
