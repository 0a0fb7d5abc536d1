"""Reading a file of rows: every line comes out as cells in a known order, or as a rejection with its line.

Pure and streaming. One line is one row: a quotation mark that is never closed costs its own line only.
"""

from __future__ import annotations

import csv
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter
from typing import TypeVar

from incidents.errors import Invalid
from notifications.phrases import clean

Source = Iterable[bytes] | Iterable[str]
"""A file opened as bytes (best) or text, or any iterable of lines."""
Row = tuple[str, ...]
Value = TypeVar("Value")

LINE_LIMIT = 64 * 1024
"""Bytes in a line, its end included; of a longer line no more than this is ever held."""
SHOWN = 40
"""Characters of a bad value in a reason."""
FORMULA = tuple("=+-@\t\r＝＋－＠")
"""A spreadsheet would run a cell that starts with one of these."""


class Defect(StrEnum):
    """What a line can suffer from, as English templates; {found} is shown, cut or masked."""

    TOO_LONG = "the line is longer than {found} bytes"
    NOT_UTF8 = "the line is not UTF-8; save the file as CSV UTF-8"
    NUL = "the line holds a NUL byte"
    QUOTES = "the line is not sound CSV (quotation marks or line breaks in a cell)"
    FIELDS = "the row has {found} fields (expected : given)"
    MISSING = "nothing is given"
    CODE = "{found} is not a code: 1 to 32 of letters, digits, _ . -"
    ACCOUNT = "an account is 1 to 64 visible characters"
    FORMULA = "{found} starts like a spreadsheet formula"
    UNKNOWN = "{found} is not known"
    FLAG = "{found} is neither yes nor no"
    NAME = "a name is 1 to 200 visible characters"
    REPEATED = "the same was given on line {found} already"
    BAD_PHONE = "{found} is not a valid number; accepted without it"
    NO_SMS = "{found} cannot receive SMS; accepted without it"
    BAD_EMAIL = "the address is not valid; accepted without it"
    NO_ADDRESS = "neither phone nor e-mail; accepted, but cannot be told in person"
    LANGUAGE = "{found} is no language of our notices; accepted with the default"
    CLEANED = "control characters or more than 200 characters; accepted without them"


@dataclass(frozen=True)
class Rejection:
    """A row that was not taken. `line` counts from 1; `field` is "" when the whole line is at fault."""

    line: int
    field: str
    reason: str
    """An English template (Defect or Misplaced), which the surfaces translate."""
    found: str = ""

    @property
    def message(self) -> str:
        return self.reason.format(found=self.found)


@dataclass(frozen=True)
class Remark:
    """A warning: the row of this line was accepted, but not all of it. Comes right before its customer."""

    line: int
    field: str
    reason: str
    found: str = ""

    @property
    def message(self) -> str:
        return self.reason.format(found=self.found)


class Refused(Exception):
    """A value that cannot be taken; `each` makes a Rejection of it."""

    def __init__(self, field: str, reason: Defect, found: str = ""):
        super().__init__(field, reason, found)
        self.field, self.reason, self.found = field, reason, found


def each(
    rows: Iterable[tuple[int, Row] | Rejection], read: Callable[[int, Row], Sequence[Value]]
) -> Iterator[Value | Rejection]:
    """What `read` makes of each row, and each row that it refuses, in the order of the file."""
    for found in rows:
        if isinstance(found, Rejection):
            yield found
            continue
        line, row = found
        try:
            values = read(line, row)
        except Refused as refused:
            yield Rejection(line, refused.field, refused.reason, refused.found)
        else:
            yield from values


def table(source: Source, columns: Sequence[str], required: int) -> Iterator[tuple[int, Row] | Rejection]:
    """Rows in the order of `columns`, of which the first so many must be there. Reads the header at once."""
    lines = enumerate(_lines(source), start=1)
    header = _header(next(lines, (1, b""))[1], columns, required)
    # A column that the file does not have reads as the "" that is put at the end of every row.
    order = itemgetter(*(header.index(name) if name in header else -1 for name in columns))
    return _rows(lines, len(header), order)


def _rows(
    lines: Iterator[tuple[int, bytes | None]], width: int, order: Callable[[list[str]], Row]
) -> Iterator[tuple[int, Row] | Rejection]:
    for line, content in lines:
        try:
            cells = _cells(content)
            if not cells:
                continue
            if len(cells) != width:
                raise Refused("", Defect.FIELDS, f"{width} : {len(cells)}")
        except Refused as refused:
            yield Rejection(line, refused.field, refused.reason, refused.found)
        else:
            cells.append("")
            yield line, order(cells)


def _cells(line: bytes | None) -> list[str]:
    """The cells of one line; none of a blank line."""
    if line is None:
        raise Refused("", Defect.TOO_LONG, str(LINE_LIMIT))
    if b"\0" in line:
        raise Refused("", Defect.NUL)
    try:
        text = line.decode().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise Refused("", Defect.NOT_UTF8) from error
    if not text or text.isspace():
        return []
    try:
        rows = list(csv.reader((text,), strict=True))
    except csv.Error as error:
        raise Refused("", Defect.QUOTES) from error
    if len(rows) != 1 or "\n" in text or "\r" in text:
        raise Refused("", Defect.QUOTES)
    first, *others = rows[0]
    return [first.strip(" ") if first[:1] in FORMULA else first.strip(), *map(str.strip, others)]


def _header(line: bytes | None, columns: Sequence[str], required: int) -> list[str]:
    try:
        cells = _cells(line and line.removeprefix(b"\xef\xbb\xbf"))
    except Refused as refused:
        raise _unfit(f"line 1: {refused.reason.format(found=refused.found)}", "header", columns) from refused
    header = [cell.lower() for cell in cells]
    if not header:
        raise _unfit("line 1: there is no header", "header", columns)
    for name in header:
        if name not in columns:
            raise _unfit("unknown column {column}", shown(name) or "(no name)", columns)
        if header.count(name) > 1:
            raise _unfit("column {column} is there twice", name, columns)
    for name in columns[:required]:
        if name not in header:
            raise _unfit("column {column} is missing", name, columns)
    return header


def _unfit(template: str, column: str, columns: Sequence[str]) -> Invalid:
    return Invalid(template, field=column, column=column, next="the columns are " + ",".join(columns))


def _lines(source: Source) -> Iterator[bytes | None]:
    """The lines as bytes; None for one over LINE_LIMIT, which is passed over piece by piece."""
    readline = getattr(source, "readline", None)
    pieces = _whole(readline) if readline else source
    for piece in pieces:
        # A lone surrogate of a text file becomes bytes that are not UTF-8, and is rejected as such.
        line = piece.encode("utf-8", "surrogatepass") if isinstance(piece, str) else piece
        yield line if line is not None and len(line) <= LINE_LIMIT else None


def _whole(readline: Callable[[int], bytes | str]) -> Iterator[bytes | str | None]:
    while piece := readline(LINE_LIMIT + 1):
        if len(piece) <= LINE_LIMIT:
            yield piece
            continue
        while piece and piece[-1:] not in ("\n", b"\n"):
            piece = readline(LINE_LIMIT)
        yield None


def shown(text: str) -> str:
    """A bad value as it may stand in a reason: cut, and without control characters."""
    return clean(text[: 2 * SHOWN])[:SHOWN]


class Seen:
    """Which line gave a name first: an open table of 64-bit hashes, so that millions of rows stay small."""

    def __init__(self) -> None:
        self._count = 0
        self._hashes, self._lines = array("Q", bytes(8 * 1024)), array("Q", bytes(8 * 1024))

    def line_of(self, name: str) -> int | None:
        return self._lines[self._slot(_hash(name))] or None

    def add(self, name: str, line: int) -> None:
        if 3 * self._count >= 2 * len(self._hashes):
            self._grow()
        key = _hash(name)
        slot = self._slot(key)
        self._hashes[slot], self._lines[slot] = key, line
        self._count += 1

    def _slot(self, key: int) -> int:
        hashes, size = self._hashes, len(self._hashes) - 1
        slot = key & size
        while hashes[slot] not in (0, key):
            slot = (slot + 1) & size
        return slot

    def _grow(self) -> None:
        old, lines, size = self._hashes, self._lines, 2 * len(self._hashes)
        self._hashes, self._lines = array("Q", bytes(8 * size)), array("Q", bytes(8 * size))
        for key, line in zip(old, lines, strict=True):
            if key:
                slot = self._slot(key)
                self._hashes[slot], self._lines[slot] = key, line


def _hash(name: str) -> int:
    # Python's own hash is keyed per process: nobody can write a file of accounts that collide.
    return hash(name) & 0xFFFF_FFFF_FFFF_FFFF or 1
