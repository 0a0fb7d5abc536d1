"""A small client of a sandbox: start and stop it, turn its dial, read its ledger.

Only the standard library, so that importing it costs next to nothing.
"""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from sandbox.home import Home

_PACKAGE_PARENT = Path(__file__).resolve().parent.parent
_PAGE = 5_000


class SandboxError(Exception):
    """The sandbox is not there or did not do what was asked; the message says why."""


class Sandbox:
    """The sandbox of one home folder."""

    def __init__(self, home: Path | str) -> None:
        self._home = Home(Path(home))

    @property
    def address(self) -> dict[str, Any]:
        """http, twilio, slack, smtp_host, smtp_port, pid, account_sid, auth_token; raises before a first start."""
        try:
            found = self._home.address()
        except OSError as error:
            raise SandboxError(f"the address of the sandbox cannot be read: {error}") from error
        if not found:
            raise SandboxError(f"no sandbox was ever started in {self._home.root}: start it first")
        return found

    def is_running(self) -> bool:
        """Whether this home's own sandbox answers."""
        try:
            return bool(self._get("/_sandbox/health")["account_sid"] == self.address["account_sid"])
        except (SandboxError, KeyError, TypeError):
            return False

    def start(self, timeout: float = 10, *options: str) -> dict[str, Any]:
        """Make sure it serves; returns the address. Options go to `python -m sandbox serve`.

        Raises SandboxError when it does not listen within `timeout` seconds, or its folder cannot be made.
        """
        if not self.is_running():
            try:
                self._spawn(timeout, options)
            except OSError as error:
                raise SandboxError(f"the sandbox did not start: {error}") from error
        return self.address

    def _spawn(self, timeout: float, options: tuple[str, ...]) -> None:
        self._home.prepare()
        path = os.pathsep.join(filter(None, [str(_PACKAGE_PARENT), os.environ.get("PYTHONPATH")]))
        command = [sys.executable, "-m", "sandbox", "serve", "--detach", "--home", str(self._home.root)]
        deadline = time.monotonic() + timeout
        try:
            done = subprocess.run(  # noqa: S603
                [*command, *options],
                cwd=self._home.folder,
                env={**os.environ, "PYTHONPATH": path},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise SandboxError(f"the sandbox did not start within {timeout} s") from error
        if done.returncode != 0:
            raise SandboxError(f"the sandbox did not start: {done.stderr.strip()} {self._log_end()}")
        while not self.is_running():
            if time.monotonic() > deadline:
                raise SandboxError(f"the sandbox does not answer; see {self._home.log_file}")
            time.sleep(0.02)

    def _log_end(self) -> str:
        with contextlib.suppress(OSError):
            return self._home.log_file.read_text("utf-8", "replace")[-500:].strip()
        return ""

    def stop(self, timeout: float = 10) -> bool:
        """End it and wait until it is gone; False when it was not running."""
        if not self.is_running():
            return False
        os.kill(int(self._get("/_sandbox/health")["pid"]), signal.SIGTERM)
        deadline = time.monotonic() + timeout
        while self._home.is_served():
            if time.monotonic() > deadline:
                raise SandboxError(f"the sandbox did not end within {timeout} s")
            time.sleep(0.01)
        return True

    def ledger(self, **filters: Any) -> list[dict[str, Any]]:
        """Rows oldest first; filters: channel, to, notice, attempt, after (an id), limit."""
        limit = int(filters.pop("limit", 0) or sys.maxsize)
        items: list[dict[str, Any]] = []
        while len(items) < limit:
            asked = {**filters, "limit": min(_PAGE, limit - len(items))}
            page = self._get("/_sandbox/ledger", asked)["items"]
            items += page
            if len(page) < asked["limit"]:
                break
            filters["after"] = page[-1]["id"]
        return items

    def counts(self, **filters: Any) -> dict[str, Any]:
        """accepted, refused, told, repeated, and `by` channel; filters: channel, to, notice, attempt."""
        return dict(self._get("/_sandbox/ledger/counts", filters))

    def raw(self, number: int) -> bytes:
        """A mail of the ledger as it came over SMTP."""
        return self._call("GET", f"/_sandbox/ledger/{number}/raw")

    def dial(self, provider: str, **faults: Any) -> dict[str, Any]:
        """Set faults of twilio, smtp, slack or web; returns all of that provider's faults."""
        return dict(self._json("PUT", f"/_sandbox/dial/{provider}", faults))

    def dials(self) -> dict[str, Any]:
        """Every provider's faults."""
        return dict(self._get("/_sandbox/dial"))

    def calm(self) -> None:
        """Take every fault away."""
        self._call("DELETE", "/_sandbox/dial")

    def health(self) -> dict[str, Any]:
        """pid, account_sid and the tally of callbacks."""
        return dict(self._get("/_sandbox/health"))

    def _get(self, path: str, filters: dict[str, Any] | None = None) -> Any:
        asked = {name: value for name, value in (filters or {}).items() if value is not None}
        return self._json("GET", f"{path}?{urlencode(asked)}")

    def _json(self, method: str, path: str, document: Any = None) -> Any:
        """The answer as an object; SandboxError when another program has the port."""
        content = self._call(method, path, document)
        try:
            found = json.loads(content)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise SandboxError(f"what answers at {self.address['http']} is no sandbox")
        return found

    def _call(self, method: str, path: str, document: Any = None) -> bytes:
        """One request; raises SandboxError with the sandbox's own words."""
        body = None if document is None else json.dumps(document).encode()
        target = urlsplit(self.address["http"])
        line = http.client.HTTPConnection(str(target.hostname), target.port, timeout=30)
        try:
            line.request(method, path, body, {"Content-Type": "application/json"} if body else {})
            answer = line.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise SandboxError(f"no sandbox answers at {self.address['http']}: {error}") from error
        finally:
            line.close()
        if answer.status >= 400:
            raise SandboxError(_reason(answer.status, content))
        return content


def _reason(status: int, content: bytes) -> str:
    try:
        return str(json.loads(content)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return f"the sandbox answered {status}: {content[:200].decode('utf-8', 'replace')}"
