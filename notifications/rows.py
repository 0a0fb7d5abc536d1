"""Reading a file of rows: every line comes out as cells in a known order, or as a rejection with its line.

Pure and streaming. A row may go over several lines inside quotation marks; one that is never closed costs its own
line only.
"""

from __future__ import annotations

import csv
import dataclasses
import io
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter
from typing import BinaryIO, TypeVar

from incidents.errors import Invalid, Several
from notifications.phrases import clean

Source = Iterable[bytes] | Iterable[str]
"""A file opened as bytes (best) or text, or any iterable of lines."""
Row = tuple[str, ...]
Value = TypeVar("Value")

LINE_LIMIT = 64 * 1024
"""Bytes in a line, its end included; of a longer line no more than this is ever held."""
LINES_OF_A_ROW = 20
"""Over how many lines a row with line breaks in its cells may go."""
ENCODINGS = ("utf-8", "gb18030")
BESIDE = ("line", "reason")
"""Columns of a file of rejected rows, which are passed over when it is imported again."""
_BOM = b"\xef\xbb\xbf"
SHOWN = 40
"""Characters of a bad value in a reason."""
FORMULA = tuple("=+-@\t\r＝＋－＠")
"""A spreadsheet would run a cell that starts with one of these."""


ESCAPED = (*FORMULA, "'")
"""What gets an apostrophe in front when a row is written out for a spreadsheet."""
SEPARATORS = (",", ";", "\t")


class Defect(StrEnum):
    """What a line can suffer from, as English templates; {found} is shown, cut or masked."""

    TOO_LONG = "the line is longer than {found} bytes"
    NOT_UTF8 = "the line is not UTF-8; save the file as CSV UTF-8"
    NOT_GB18030 = "the line is not GB18030; save the file as CSV UTF-8"
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
    REPLACES = "the account was given on line {found} already; the later row counts"
    RANK = "{found} is none of the ranks"
    CHANNEL = "{found} is none of sms, email, both; accepted without it"
    DATE = "{found} is not a date such as 2026-10-14; accepted without it"
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
    row: Row = dataclasses.field(default=(), compare=False, repr=False)
    """The cells in the order of the columns; of a line that could not be read, its text alone."""

    @property
    def message(self) -> str:
        return self.reason.format(found=self.found)


@dataclass(frozen=True)
class Repeated:
    """This line's row takes the place of an earlier one, of line `found`. Comes right before its value."""

    line: int
    field: str
    reason: str
    found: str = ""


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
            yield Rejection(line, refused.field, refused.reason, refused.found, row)
        else:
            yield from values


@dataclass(frozen=True)
class Table:
    """The rows of a file, to be walked once, and how the file is written."""

    columns: tuple[str, ...]
    """All that the file may have, in the order of each row."""
    present: tuple[str, ...]
    """Those that it has."""
    rows: Iterator[tuple[int, Row] | Rejection]

    def __iter__(self) -> Iterator[tuple[int, Row] | Rejection]:
        return self.rows


def table(source: Source, columns: Sequence[str], required: int, encoding: str = "utf-8") -> Table:
    """Rows in the order of `columns`, of which the first so many must be there. Reads the header at once.

    Cells are separated by comma, semicolon or tab, whichever makes the header fit. Lines that begin with #
    before the header are passed over.
    """
    lines = _Lines(_lines(source))
    first = next(lines, (1, b""))
    while first[1] is not None and first[1].removeprefix(_BOM).startswith(b"#"):
        first = next(lines, (first[0] + 1, b""))
    separator, header = _header(first, columns, required, encoding)
    # A column that the file does not have reads as the "" that is put at the end of every row.
    order = itemgetter(*(header.index(name) if name in header else -1 for name in columns))
    reader = _Reader(lines, encoding, separator, len(header), order, escaped=set(BESIDE) <= set(header))
    return Table(tuple(columns), tuple(name for name in columns if name in header), reader.rows())


class _Lines:
    """Numbered lines that can be put back."""

    def __init__(self, lines: Iterator[bytes | None]):
        self._lines = enumerate(lines, start=1)
        self._back: list[tuple[int, bytes | None]] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> tuple[int, bytes | None]:
        return self._back.pop() if self._back else next(self._lines)

    def put_back(self, taken: Sequence[tuple[int, bytes | None]]) -> None:
        self._back.extend(reversed(taken))


@dataclass(frozen=True)
class _Reader:
    """How one file is read."""

    lines: _Lines
    encoding: str
    separator: str
    width: int
    order: Callable[[list[str]], Row]
    escaped: bool
    """Written by us for spreadsheets: an apostrophe stands before what would look like a formula."""

    def rows(self) -> Iterator[tuple[int, Row] | Rejection]:
        for line, content in self.lines:
            try:
                cells = self._cells(content)
                if not cells:
                    continue
                if len(cells) != self.width:
                    raise Refused("", Defect.FIELDS, f"{self.width} : {len(cells)}")
            except Refused as refused:
                text = (content or b"").decode(self.encoding, "replace").replace("\0", "").strip()
                yield Rejection(line, refused.field, refused.reason, refused.found, (text,))
            else:
                cells = [_unescaped(cell) for cell in cells] if self.escaped else cells
                cells.append("")
                yield line, self.order(cells)

    def _cells(self, content: bytes | None) -> list[str]:
        text = _text(content, self.encoding)
        if text.count('"') % 2:
            return self._over_lines(text)
        return _split(text, self.separator)

    def _over_lines(self, first: str) -> list[str]:
        """The row that begins in this line and ends in a later one; the later ones go back if there is none."""
        taken: list[tuple[int, bytes | None]] = []
        texts = [first]
        while len(taken) < LINES_OF_A_ROW and sum(map(len, texts)) < LINE_LIMIT:
            following = next(self.lines, None)
            if following is None:
                break
            taken.append(following)
            try:
                texts.append(_text(following[1], self.encoding))
                if texts[-1].count('"') % 2:
                    cells = _split("\n".join(texts), self.separator)
                    if len(cells) == self.width:
                        return cells
                    break
            except Refused:
                break
        self.lines.put_back(taken)
        raise Refused("", Defect.QUOTES)


def _unescaped(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(ESCAPED) else cell


def _text(line: bytes | None, encoding: str) -> str:
    if line is None:
        raise Refused("", Defect.TOO_LONG, str(LINE_LIMIT))
    if b"\0" in line:
        raise Refused("", Defect.NUL)
    try:
        return line.decode(encoding).rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise Refused("", Defect.NOT_UTF8 if encoding == "utf-8" else Defect.NOT_GB18030) from error


def _split(text: str, separator: str) -> list[str]:
    """The cells of one row; none of a blank line."""
    if not text or (text.isspace() and separator not in text):
        return []
    if "\r" in text:
        raise Refused("", Defect.QUOTES)
    if '"' not in text:  # most rows: what the reader of csv says too, much sooner
        first, *others = text.split(separator)
        return [first.strip(" ") if first[:1] in FORMULA else first.strip(), *map(str.strip, others)]
    try:
        rows = list(csv.reader(io.StringIO(text, newline="\n"), delimiter=separator, strict=True))
    except csv.Error as error:
        raise Refused("", Defect.QUOTES) from error
    if len(rows) != 1:
        raise Refused("", Defect.QUOTES)
    first, *others = rows[0]
    return [first.strip(" ") if first[:1] in FORMULA else first.strip(), *map(str.strip, others)]


def encoding_of(file: BinaryIO) -> str:
    """utf-8 or gb18030, whichever every line of the file fits; the file is left at its beginning.

    A file that is nearly all UTF-8 is never read as the other: its names would turn into nonsense.
    Invalid, with the line and the byte, when neither fits. Memory: one line.
    """
    utf8 = others = 0
    bad: tuple[int, int] | None = None
    nonsense = False
    marked = file.read(len(_BOM)) == _BOM
    file.seek(0)
    for number, line in enumerate(_lines(file), start=1):
        if marked or line is None or line.isascii():
            continue
        try:
            line.decode()
            utf8 += 1
        except UnicodeDecodeError as error:
            others += 1
            bad = bad or (number, error.start + 1)
            nonsense = nonsense or not _fits(line, "gb18030")
    file.seek(0)
    if bad is None:
        return "utf-8"
    if not nonsense and utf8 <= others // MOSTLY:
        return "gb18030"
    raise Invalid(
        "line {line}, byte {byte}: neither UTF-8 nor GB18030 fits the whole file",
        line=bad[0],
        byte=bad[1],
        field="encoding",
        next="save it as CSV UTF-8; or say --encoding, and the lines that do not fit are rejected one by one",
    )


MOSTLY = 20
"""A line of GB18030 that happens to be UTF-8 as well is rarer than one in so many."""


def _fits(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _header(
    first: tuple[int, bytes | None], columns: Sequence[str], required: int, encoding: str
) -> tuple[str, list[str]]:
    """The separator and the names of the columns."""
    number, line = first
    try:
        text = _text(line and line.removeprefix(_BOM), encoding)
        found = {mark: [cell.lower() for cell in _split(text, mark)] for mark in SEPARATORS}
    except Refused as refused:
        why = Several(((str(refused.reason), {"found": refused.found}),))
        raise _unfit("line {line}: {why}", "header", columns, line=number, why=why) from refused
    allowed = (*columns, *BESIDE)
    fitting = [mark for mark, cells in found.items() if cells and set(cells) <= set(allowed)]
    separator = fitting[0] if fitting else SEPARATORS[0]
    header = found[separator]
    if not header:
        raise _unfit("line {line}: there is no header", "header", columns, line=number)
    for name in header:
        if name not in allowed:
            raise _unfit("unknown column {column}", shown(name) or "(no name)", columns)
        if header.count(name) > 1:
            raise _unfit("column {column} is there twice", name, columns)
    for name in columns[:required]:
        if name not in header:
            raise _unfit("column {column} is missing", name, columns)
    return separator, header


def _unfit(template: str, column: str, columns: Sequence[str], **more: object) -> Invalid:
    return Invalid(
        template,
        field=column,
        column=column,
        **more,
        next=("the columns are {columns}", {"columns": ",".join(columns)}),
    )


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
    """Which line gave a name last: an open table of 64-bit hashes, so that millions of rows stay small."""

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
        self._count += not self._hashes[slot]
        self._hashes[slot], self._lines[slot] = key, line

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
