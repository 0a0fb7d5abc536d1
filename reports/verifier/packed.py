"""The archive and its parts: stored, without dates, in a fixed order, so that every byte of it is known."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

FORMAT = "tongbao-proof/1"
CHECKPOINT = "tongbao-checkpoint/1"
OPENING = "tongbao-opening/1"
PARTS = (
    *("README.zh-CN.md", "README.en.md", "verify.py", "incident.json", "rules.json", "chain.jsonl"),
    *("windows.json", "notices.json", "reports.json", "texts.jsonl", "audience.jsonl", "deliveries.jsonl"),
    *("attempts.jsonl", "outcomes.jsonl", "receipts.jsonl", "checkpoint.json", "manifest.json"),
    "signature.json",
)
"""Every part of an archive, in this order; the last two speak of the others."""
Row = dict[str, Any]
Problem = tuple[str, dict[str, Any]]
MOST_PARTS = 4 * len(PARTS)
"""An archive with more is not looked at further: its directory would be made anew for nothing."""
MOST_BYTES = 2**32 - 1
"""What the directory of this format can point at."""
TROUBLE = (
    *(KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError, OverflowError),
    struct.error,
)
"""What reading a part that is not of this format can raise."""


def canonical(value: object) -> bytes:
    """The one JSON form that is hashed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def leaf(*parts: object) -> str:
    return sha(canonical([str(part) for part in parts]))


def pair(left: str, right: str) -> str:
    return sha(bytes.fromhex(left + right))


def root(leaves: Sequence[str]) -> str:
    """The Merkle root; an odd leaf is paired with itself."""
    level = list(leaves)
    while len(level) > 1:
        level += level[-1:] * (len(level) % 2)
        level = [pair(left, right) for left, right in zip(level[::2], level[1::2], strict=True)]
    return level[0] if level else ""


LOCAL, CENTRAL, END = (
    struct.Struct("<IHHHHHIIIHH"),
    struct.Struct("<IHHHHHHIIIHHHHHII"),
    struct.Struct("<IHHHHIIH"),
)
NO_DATE = 0x21  # 1980-01-01, the first that the format knows


def local_header(name: str, crc: int, size: int) -> bytes:
    """What stands before a part."""
    return LOCAL.pack(0x04034B50, 20, 0, 0, 0, NO_DATE, crc, size, size, len(name), 0) + name.encode()


def directory(entries: Sequence[tuple[str, int, int, int]]) -> list[bytes]:
    """What stands behind the parts (name, crc, size, offset): a line for each, and the end."""
    lines = [
        CENTRAL.pack(
            0x02014B50, 0x314, 20, 0, 0, 0, NO_DATE, crc, size, size, len(name), 0, 0, 0, 0, 0x81A4 << 16, at
        )
        + name.encode()
        for name, crc, size, at in entries
    ]
    begin = sum(LOCAL.size + len(name) + size for name, _, size, _ in entries)
    end = END.pack(0x06054B50, 0, 0, len(entries), len(entries), sum(map(len, lines)), begin, 0)
    return [*lines, end]


class Pack:
    """An opened archive: its parts by name, and what is wrong with it."""

    def __init__(self, data: bytes):
        self.parts: dict[str, bytes] = {}
        self.problems: list[Problem] = []
        self.order: list[str] = []
        self.signer = ""
        """The public key that its signature was made with; "" while no signature fits."""
        self._open(data)

    def wrong(self, template: str, **values: object) -> None:
        self.problems.append((template, values))

    def _open(self, data: bytes) -> None:
        entries: list[tuple[str, int, int, int]] = []
        at = 0
        if len(data) > MOST_BYTES:
            self.wrong("the archive has more than {n} bytes", n=MOST_BYTES)
            return
        while data[at : at + 4] == b"PK\x03\x04" and len(data) >= at + LOCAL.size:
            if len(entries) == MOST_PARTS:
                self.wrong("the archive has more than {n} parts", n=MOST_PARTS)
                self.parts.clear()
                return
            size, length = LOCAL.unpack_from(data, at)[7], LOCAL.unpack_from(data, at)[9]
            start = at + LOCAL.size + length
            name = data[at + LOCAL.size : start].decode("ascii", "replace")
            content = data[start : start + size]
            if len(content) < size:
                self.wrong("the archive is cut off inside part {part}", part=name)
                return
            if data[at:start] != local_header(name, zlib.crc32(content), size):
                self.wrong("the header of part {part} does not fit its content", part=name)
            entries.append((name, zlib.crc32(content), size, at))
            if name in self.parts:
                self.wrong("part {part} is there twice", part=name)
            self.parts.setdefault(name, content)
            at = start + size
        self.order = [name for name, _, _, _ in entries]
        self._close(data[at:], entries, at)

    def _close(self, rest: bytes, entries: list[tuple[str, int, int, int]], at: int) -> None:
        lines = directory(entries)
        if not entries:
            self.wrong("this is not a proof archive")
        elif rest[:4] not in (b"PK\x01\x02", b""):
            following = next((name for name in PARTS if name not in self.parts), self.order[-1])
            self.wrong("part {part} does not begin at byte {at}, where it should", part=following, at=at)
        elif b"".join(lines).startswith(rest) and len(rest) < sum(map(len, lines)):
            self.wrong("the archive is cut off after part {part}", part=self.order[-1])
        elif rest.startswith(b"".join(lines)) and rest != b"".join(lines):
            self.wrong("{n} bytes follow the end of the archive", n=len(rest) - sum(map(len, lines)))
        else:
            self._compare(rest, lines)

    def _compare(self, rest: bytes, lines: list[bytes]) -> None:
        for name, line in zip([*self.order, "END"], lines, strict=True):
            if not rest.startswith(line):
                self.wrong("the directory of the archive does not fit part {part}", part=name)
                return
            rest = rest[len(line) :]

    def json(self, part: str) -> Any:
        """A part as a value; Broken when it is not there or not JSON."""
        return self._read(part, self.parts.get(part, b""))

    def rows(self, part: str) -> Iterator[Row]:
        """A part as its lines, each a value."""
        return (self._read(part, line) for line in io.BytesIO(self.parts.get(part, b"")))

    def _read(self, part: str, data: bytes) -> Any:
        if part not in self.parts:
            raise Broken("")
        try:
            return strict(data)
        except (ValueError, RecursionError) as error:
            self.wrong("part {part} cannot be read: {why}", part=part, why=error)
            raise Broken(part) from error


LONGEST_SHOWN = 200
"""Characters of a value from outside that a sentence shows; a SHA-256 has 64."""


def shown(value: object) -> str:
    """A value from outside as a terminal may show it: no control characters, no other line, not a whole file."""
    text = str(value)
    short = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in short)


class Broken(Exception):
    """A part could not be read; that has been said."""


def strict(data: bytes) -> Any:
    """JSON with one reading: no key twice, no NaN."""

    def once(pairs: list[tuple[str, Any]]) -> Row:
        if len({name for name, _ in pairs}) != len(pairs):
            raise ValueError("a key stands twice")
        return dict(pairs)

    def no_number(word: str) -> None:
        raise ValueError(word)

    return json.loads(data, object_pairs_hook=once, parse_constant=no_number)
