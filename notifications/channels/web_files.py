"""The public page as static files: a reader sees the old file or the new one, never a half.

Any web server or CDN can serve the folder, so the page stays up when this program is down. Whether an entry
is live is asked where the public asks, without the environment's proxies. Reads the monotonic clock only.
"""

from __future__ import annotations

import errno
import http.client
import os
import re
import secrets
import ssl
import time
from contextlib import suppress
from pathlib import Path, PurePosixPath
from urllib.parse import quote, urlsplit

LARGEST_PAGE = 2 << 20
_CHUNK = 1 << 16
_ENTRY = re.compile(rb'data-entry="([\x21-\x7e]+?)"')
_INCIDENT = re.compile(rb'data-incident="([\x21-\x7e]+?)"')


def _is_of(body: bytes, reference: str) -> bool:
    """Whether this is our page of the incident."""
    return reference.encode() in _INCIDENT.findall(body)


class WebFiles:
    """A folder that the public reads at `public_url`.

    `seconds` bounds a look: to connect, for each read and for all of the page.
    """

    def __init__(
        self, folder: Path | str, public_url: str, *, seconds: float = 5.0, tls: ssl.SSLContext | None = None
    ) -> None:
        self._folder = Path(folder)
        self._public_url = public_url.rstrip("/")
        self._seconds = seconds
        self._tls = tls

    def publish(self, files: dict[str, bytes]) -> None:
        """Write each relative path atomically, in the order given. OSError if it cannot.

        All paths are checked before the first byte is written.
        """
        targets = [(self._target(path), content) for path, content in files.items()]
        for target, content in targets:
            self._make(target.parent)
            _replace(target, content)
        for folder in {target.parent for target, _ in targets}:
            _sync_folder(folder)

    def is_live(self, path: str, token: str) -> bool:
        """Whether the public address of `path` answers 200 with this entry; any failure is a no."""
        return token in (self.shown(path) or ())

    def shown(self, path: str) -> tuple[str, ...] | None:
        """The tokens of the entries on the page at the public address, from the top; None for any failure.

        A page without entries must say whose it is: whatever else answers there would look the same.
        """
        try:
            body = self._get(self.url(path))
        except (OSError, http.client.HTTPException, ValueError):
            return None
        tokens = () if body is None else tuple(one.decode() for one in _ENTRY.findall(body))
        return tokens if tokens or _is_of(body or b"", PurePosixPath(path).name) else None

    def url(self, path: str) -> str:
        """The public address of a relative path."""
        return f"{self._public_url}/{quote(path.lstrip('/'))}"

    def _target(self, path: str) -> Path:
        """Where a path is written; PermissionError when that is not inside the folder."""
        parts = PurePosixPath(path).parts
        if not parts or path.startswith("/") or ".." in parts or "\\" in path or "\0" in path:
            raise PermissionError(errno.EPERM, "not a path inside the public folder", path)
        target = self._folder.joinpath(*parts)
        # A link inside the folder may lead out of it.
        if not target.parent.resolve().is_relative_to(self._folder.resolve()):
            raise PermissionError(errno.EPERM, "not a path inside the public folder", path)
        return target

    def _make(self, folder: Path) -> None:
        """The folder and its parents; each new name is synced in the folder that holds it."""
        missing = [each for each in (folder, *folder.parents) if not each.exists()]
        for each in reversed(missing):
            each.mkdir(exist_ok=True)
            _sync_folder(each.parent)

    def _get(self, url: str) -> bytes | None:
        """The page; None unless it is a 200 that ends within the time and the size."""
        deadline = time.monotonic() + self._seconds
        line = self._connection(url)
        target = urlsplit(url)
        try:
            line.request("GET", target.path, headers={"Accept-Encoding": "identity", "Connection": "close"})
            answer = line.getresponse()
            return _bounded(answer, deadline) if answer.status == 200 else None
        finally:
            line.close()

    def _connection(self, url: str) -> http.client.HTTPConnection:
        target = urlsplit(url)
        if target.scheme not in ("http", "https") or not target.hostname:
            raise ValueError("the public address is neither http nor https")
        if target.scheme == "http":
            return http.client.HTTPConnection(target.hostname, target.port, timeout=self._seconds)
        return http.client.HTTPSConnection(
            target.hostname, target.port, timeout=self._seconds, context=self._tls
        )


def _replace(target: Path, content: bytes) -> None:
    """Temporary name beside the target, write, fsync, rename; the temporary file never stays behind."""
    temporary = target.parent / f".{target.name[:100]}.{secrets.token_hex(8)}.tmp"
    try:
        with open(temporary, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _bounded(answer: http.client.HTTPResponse, deadline: float) -> bytes | None:
    chunks, size = [], 0
    while chunk := answer.read1(_CHUNK):
        chunks.append(chunk)
        size += len(chunk)
        if size > LARGEST_PAGE or time.monotonic() > deadline:
            return None
    return b"".join(chunks)
