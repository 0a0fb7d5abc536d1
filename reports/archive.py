"""Writes a proof archive part by part: stored, without dates, the same bytes for the same parts.

A part is written as it comes, so that a record of a million people needs no memory for all of them.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from typing import BinaryIO

from reports.verifier.packed import directory, local_header


class Archive:
    """An archive in a file that can be gone back in; `close` writes its directory."""

    def __init__(self, file: BinaryIO):
        self._file = file
        self._entries: list[tuple[str, int, int, int]] = []

    def add(self, name: str, chunks: Iterable[bytes]) -> tuple[int, str]:
        """Write one part; how many bytes it has, and their SHA-256. Less than 4 GiB, by the format."""
        begin = self._file.tell()
        self._file.write(local_header(name, 0, 0))
        crc, size, digest = 0, 0, hashlib.sha256()
        for chunk in chunks:
            crc, size = zlib.crc32(chunk, crc), size + len(chunk)
            digest.update(chunk)
            self._file.write(chunk)
        end = self._file.tell()
        self._file.seek(begin)
        self._file.write(local_header(name, crc, size))
        self._file.seek(end)
        self._entries.append((name, crc, size, begin))
        return size, digest.hexdigest()

    def close(self) -> None:
        self._file.write(b"".join(directory(self._entries)))
