"""A publish target at the wire: a folder behind a real HTTP server on loopback that can be down, hang or be old."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False


class Site:
    """It serves `folder` at `url` from the start; the address stays the same whatever happens to it."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir()
        self._served = folder
        self.on_get: Callable[[], object] = lambda: None
        """Told of every request, before it is answered."""
        self._held: list[socket.socket] = []
        self._goes_on = threading.Event()
        self._goes_on.set()
        self._port = 0
        self._server: _Server | None = None
        self.comes_back()
        self.url = f"http://127.0.0.1:{self._port}"

    def goes_down(self) -> None:
        """Connections are refused from now on."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def hangs(self) -> None:
        """Connections are taken, and nothing is answered."""
        self._goes_on.clear()

    def is_old(self) -> None:
        """What is written from now on is not served: a cache in front of it keeps what was there."""
        self._served = self.folder.with_name(f"{self.folder.name}.old")
        shutil.copytree(self.folder, self._served)

    def is_somebody_elses(self, reference: str) -> None:
        """A page that is not ours answers at the address of an incident, as a catch-all of a new host does."""
        self.is_old()
        page = self._served / "incidents" / reference / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(f"<p>Coming soon: {reference}</p>", encoding="utf-8")

    def comes_back(self) -> None:
        self._goes_on.set()
        self._served = self.folder
        if self._server is None:
            self._server = _Server(("127.0.0.1", self._port), partial(_Handler, self))
            self._port = self._server.server_address[1]
            threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def given_up(self) -> bool:
        """Whether somebody who waited for an answer has hung up without one."""
        return any(_hung_up(one) for one in self._held)

    def page(self, reference: str) -> str:
        """What the public would read here of an incident; "" when there is nothing."""
        file = self.folder / "incidents" / reference / "index.html"
        return file.read_text("utf-8") if file.exists() else ""

    def files(self) -> list[str]:
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())


def _hung_up(line: socket.socket) -> bool:
    try:
        return line.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, site: Site, *args: Any):
        self._site = site
        super().__init__(*args, directory=str(site._served))

    def do_GET(self) -> None:
        self._site.on_get()
        if not self._site._goes_on.is_set():
            self._site._held.append(self.connection)
        self._site._goes_on.wait()
        with suppress(ConnectionError):
            super().do_GET()

    def log_message(self, *args: object) -> None:
        """Nobody reads it."""
