"""The sign of life on its way out: a request to a watcher, or a file that is touched. No redirect, no second try."""

from __future__ import annotations

from pathlib import Path

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
    from urllib3 import PoolManager, Timeout
    from urllib3.exceptions import HTTPError

    with PoolManager(retries=False, timeout=Timeout(total=heartbeat.timeout_seconds)) as pool:
        try:
            answer = pool.request(heartbeat.method, heartbeat.url, redirect=False, preload_content=False)
            status = answer.status
            answer.close()
        except HTTPError as error:
            return type(error).__name__
    return "" if 200 <= status < 300 else f"HTTP {status}"
