"""The public folder at /, and the sandbox's own pages (ledger, dial, health) under /_sandbox/.

Files are served as they lie; nothing outside the folder is ever read.
"""

import asyncio
import mimetypes
import os
import stat
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from sandbox.dial import FAULTS, DialError, Gate, calm, check, faults_of
from sandbox.ledger import Ledger

LARGEST_LIST = 10_000
_FILTERS = {"channel": "channel = ?", "to": "recipient = ?", "notice": "notice = ?", "attempt": "attempt = ?"}
_SHOWN = ("id", "channel", "body", "notice", "attempt", "at", "sid", "message_id", "subject", "service")
_TYPES = {
    ".atom": "application/atom+xml",
    ".rss": "application/rss+xml",
    ".ics": "text/calendar; charset=utf-8",
    ".xml": "application/xml",
    ".json": "application/json",
}


@dataclass(frozen=True)
class Desk:
    """What the pages need: the ledger, the gates, and ways to turn the dial and to tell health."""

    ledger: Ledger
    gates: Mapping[str, Gate]
    turn: Callable[[str, dict[str, Any]], Awaitable[None]]
    health: Callable[[], dict[str, Any]]
    touch: Callable[[], None]


class PublicFolder(StaticFiles):
    """The public pages: a folder shows its index.html, and a name may leave .html out."""

    def __init__(self, directory: str, gate: Gate) -> None:
        super().__init__(directory=directory, check_dir=False)
        self._gate = gate

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The page, or what the dial's `web` faults make of it."""
        faults = self._gate.faults
        await asyncio.sleep(faults["latency_ms"] / 1000)
        if status := 503 if faults["down"] else faults["status"]:
            raise HTTPException(status_code=status)
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "max-age=30"
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """The file itself, else the folder's index, else the same name with .html."""
        full, found = super().lookup_path(path)
        if found is not None and stat.S_ISDIR(found.st_mode):
            return super().lookup_path(os.path.join(path, "index.html"))
        return (full, found) if found is not None else super().lookup_path(f"{path}.html")

    def file_response(self, full_path: Any, *args: Any, **kwargs: Any) -> Response:
        """The file with the type its readers expect; a name without an ending is a page."""
        response = super().file_response(full_path, *args, **kwargs)
        ending = os.path.splitext(str(full_path))[1]
        known = _TYPES.get(ending) or mimetypes.guess_type(str(full_path))[0]
        if "content-type" in response.headers and (known in _TYPES.values() or not ending):
            response.headers["content-type"] = known or "text/html; charset=utf-8"
        return response


def app(desk: Desk, public: str, exercise: str) -> Starlette:
    """The web application of one sandbox: the public folder, and beside it the one that only exercises write."""
    pages = SandboxPages(desk)
    routes = [
        Route("/_sandbox/health", pages.health),
        Route("/_sandbox/ledger", pages.ledger),
        Route("/_sandbox/ledger/counts", pages.counts),
        Route("/_sandbox/ledger/{number:int}/raw", pages.raw),
        Route("/_sandbox/dial", pages.dial),
        Route("/_sandbox/dial", pages.calm_all, methods=["DELETE"]),
        Route("/_sandbox/dial/{provider}", pages.turn, methods=["PUT"]),
        Route("/_sandbox/dial/{provider}", pages.calm_one, methods=["DELETE"]),
        Mount("/_sandbox", Starlette()),
        Mount("/exercise", PublicFolder(exercise, desk.gates["web"])),
        Mount("/", PublicFolder(public, desk.gates["web"])),
    ]
    return Starlette(routes=routes, exception_handlers={DialError: _bad_dial, ValueError: _bad_value})


def counted(application: Starlette, touch: Callable[[], None]) -> Any:
    """The same application, telling of every request that it is in use."""

    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        touch()
        await application(scope, receive, send)

    return run


def _error(field: str, message: str) -> JSONResponse:
    document = {"code": "invalid", "message": message, "field": field, "next": "GET /_sandbox/dial"}
    return JSONResponse({"error": document}, status_code=422)


async def _bad_dial(request: Request, error: Exception) -> Response:
    return _error(getattr(error, "field", ""), str(error))


async def _bad_value(request: Request, error: Exception) -> Response:
    return _error("", str(error))


class SandboxPages:
    """Handlers under /_sandbox/."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def health(self, request: Request) -> Response:
        """Who serves here, and how busy it is."""
        return JSONResponse(self._desk.health())

    async def ledger(self, request: Request) -> Response:
        """Rows oldest first; `after` and `limit` page through them."""
        where, values = _where(request)
        asked = request.query_params
        where.append("id > ?")
        limit = min(int(asked.get("limit") or LARGEST_LIST), LARGEST_LIST)
        values += [int(asked.get("after") or 0), max(limit, 1)]
        found = await asyncio.to_thread(self._desk.ledger.find, where, values, "ORDER BY id LIMIT ?")
        return JSONResponse({"items": [_item(row) for row in found]})

    async def counts(self, request: Request) -> Response:
        """Totals, in all and by channel."""
        return JSONResponse(await asyncio.to_thread(self._desk.ledger.counts, *_where(request)))

    async def raw(self, request: Request) -> Response:
        """A mail as it came."""
        found = self._desk.ledger.raw(request.path_params["number"])
        if found is None:
            raise HTTPException(status_code=404)
        return Response(found, media_type="message/rfc822")

    async def dial(self, request: Request) -> Response:
        """Every provider's faults."""
        return JSONResponse({name: gate.faults for name, gate in self._desk.gates.items()})

    async def turn(self, request: Request) -> Response:
        """Set some faults of one provider; nothing is set when one of them is wrong."""
        provider = request.path_params["provider"]
        await self._desk.turn(provider, check(provider, await _wanted(request)))
        return JSONResponse(self._desk.gates[provider].faults)

    async def calm_one(self, request: Request) -> Response:
        """Take every fault of one provider away."""
        provider = request.path_params["provider"]
        faults_of(provider)
        await self._desk.turn(provider, calm(provider))
        return JSONResponse(self._desk.gates[provider].faults)

    async def calm_all(self, request: Request) -> Response:
        """Take every fault away."""
        for provider in FAULTS:
            await self._desk.turn(provider, calm(provider))
        return await self.dial(request)


async def _wanted(request: Request) -> dict[str, Any]:
    if "json" in request.headers.get("content-type", ""):
        document = await request.json()
        if not isinstance(document, dict):
            raise DialError("", "the body must be a JSON object {FAULT: VALUE}")
        return document
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))


def _where(request: Request) -> tuple[list[str], list[Any]]:
    asked = {name: value for name, value in request.query_params.items() if name in _FILTERS}
    return [_FILTERS[name] for name in asked], list(asked.values())


def _item(row: dict[str, Any]) -> dict[str, Any]:
    """A row as the ledger shows it."""
    return {name: row[name] for name in _SHOWN} | {
        "to": row["recipient"],
        "from": row["sender"],
        "accepted": bool(row["accepted"]),
        "code": row["code"],
        "parts": row["parts"],
    }
