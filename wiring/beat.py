"""The sign of life on its way out: a request to a watcher, or a file that is touched. No redirect, no second try."""

from __future__ import annotations

from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

from wiring.settings import Heartbeat


def send(heartbeat: Heartbeat) -> str:
    """Send it by every way that is configured; what went wrong, or ""."""
    problems = [_touch(heartbeat.file), _ask(heartbeat)]
    return "; ".join(problem for problem in problems if problem)


def _touch(name: str) -> str:
    if not name:
        return ""
    try:
        Path(name).touch()
    except OSError as error:
        return f"{name}: {error.strerror}"
    return ""


def _ask(heartbeat: Heartbeat) -> str:
    if not heartbeat.url:
        return ""
    at = urlsplit(heartbeat.url)
    kind = HTTPSConnection if at.scheme == "https" else HTTPConnection
    path = (at.path or "/") + (f"?{at.query}" if at.query else "")
    try:
        line = kind(at.hostname or "", at.port, timeout=heartbeat.timeout_seconds)
        with closing(line):
            line.request(heartbeat.method, path)
            status = line.getresponse().status
    except (OSError, HTTPException, ValueError) as error:
        return type(error).__name__
    return "" if 200 <= status < 300 else f"HTTP {status}"
