"""The public pages as they lie in their folder: GET and HEAD, cacheable, nothing outside the folder."""

from __future__ import annotations

import mimetypes
import os
import stat
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

PAGE = "text/html; charset=utf-8"
_HEADERS = {
    "Cache-Control": "max-age=30",
    "Access-Control-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:",
}
_TYPES = {".atom": "application/atom+xml", ".rss": "application/rss+xml", ".ics": "text/calendar"}


class PublicPages(StaticFiles):
    """A folder shows its index.html, and an address may leave .html out."""

    def __init__(self, directory: Path):
        super().__init__(directory=directory, check_dir=False)

    async def check_config(self) -> None:
        """The folder may come later: until then there is simply no page."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            # What we may not read looks like what is not there.
            raise HTTPException(404 if error.status_code == 401 else error.status_code) from None
        response.headers.update(_HEADERS)
        return response

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """The file itself, else the folder's index, else the same name with .html; hidden names never."""
        if any(part.startswith(".") and part != "." for part in path.split(os.sep)):
            return "", None
        full, found = super().lookup_path(path)
        if found is not None and stat.S_ISDIR(found.st_mode):
            return super().lookup_path(os.path.join(path, "index.html"))
        return (full, found) if found is not None else super().lookup_path(f"{path}.html")

    def file_response(self, full_path: Any, *args: Any, **named: Any) -> Response:
        """The file with the type that its readers expect; a name without an ending is a page."""
        response = super().file_response(full_path, *args, **named)
        ending = os.path.splitext(str(full_path))[1]
        if "content-type" in response.headers and (ending in _TYPES or not ending):
            response.headers["content-type"] = _TYPES.get(ending) or mimetypes.types_map.get(ending, PAGE)
        return response
