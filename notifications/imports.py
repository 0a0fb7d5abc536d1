"""Files of customers, areas and services: every row comes out as a value or as a rejection by line.

Pure and streaming. One line is one row: a quotation mark that is never closed costs its own line only.
"""

from __future__ import annotations

import csv
import io
import re
from array import array
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from operator import itemgetter
from typing import TypeVar

from incidents.errors import Invalid
from incidents.terms import LANGUAGES
from notifications.directory import Area, Customer, Service, misplaced
from notifications.phrases import clean, forbidden

Source = Iterable[bytes] | Iterable[str]
"""A file opened as bytes (best) or text, or any iterable of lines."""

LINE_LIMIT = 64 * 1024
"""Bytes in a line, its end included; of a longer line no more than this is ever held."""
CODE = re.compile(r"[A-Za-z0-9_.-]{1,32}")
ACCOUNT_LIMIT, NAME_LIMIT, SHOWN = 64, 200, 40
"""Characters of an account, of any name, and of a bad value in a reason."""
FORMULA = tuple("=+-@\t\r＝＋－＠")
"""A spreadsheet would run a cell that starts with one of these."""

CUSTOMER_COLUMNS = (
    "account",
    "area",
    "services",
    "name",
    "phone",
    "email",
    "language",
    "segment",
    "marketing_opt_out",
    "service_opt_out",
)
AREA_COLUMNS = ("code", "parent", "name_zh", "name_en")
SERVICE_COLUMNS = ("code", "name_zh", "name_en")

_FLAGS = {
    **dict.fromkeys(("1", "yes", "y", "true", "t", "是"), True),
    **dict.fromkeys(("0", "no", "n", "false", "f", "否", ""), False),
}
_TONGUES = {"zh": "zh-CN", "cn": "zh-CN", "en": "en"}
_SEPARATORS = re.compile(r"[\s;|,；、，]+")
_CHINA_MOBILE = re.compile(r"(?:\+86)?(1[3-9][0-9]{9})")
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"(?=.{{1,64}}@){_LOCAL}(?:\.{_LOCAL})*@(?:{_LABEL}\.)+(?![0-9]+\Z){_LABEL}")


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


class _Refused(Exception):
    def __init__(self, field: str, reason: Defect, found: str = ""):
        super().__init__(field, reason, found)
        self.field, self.reason, self.found = field, reason, found


Row = tuple[str, ...]
Value = TypeVar("Value")


def customers(
    lines: Source,
    areas: Container[str],
    services: Container[str],
    country: str = "CN",
    language: str = "zh-CN",
) -> Iterator[Customer | Remark | Rejection]:
    """The customers of a CSV file, one Customer or one Rejection for each row that is not blank.

    `country` (ISO 3166) reads phones without a country code; `language` is for rows without one. Of two rows
    with one account the first that is sound is taken. Memory: about 24 bytes a row.
    Invalid when the header is wrong, or country or language unknown.
    """
    if language not in LANGUAGES:
        raise Invalid("unknown language {language}", field="language", language=language)
    reader = _Customers(areas, services, Phones(country), language)
    return _each(_table(lines, CUSTOMER_COLUMNS, required=3), reader.read)


def areas(lines: Source, catalogue: Mapping[str, Area] | None = None) -> Iterator[Area | Rejection]:
    """The areas of a CSV file, in its order; a parent is in the file, anywhere, or in the catalogue.

    Held whole in memory, because a tree is judged whole. Invalid when the header is wrong.
    """
    return _areas(_table(lines, AREA_COLUMNS, required=4), catalogue or {})


def _areas(
    rows: Iterator[tuple[int, Row] | Rejection], catalogue: Mapping[str, Area]
) -> Iterator[Area | Rejection]:
    seen = Seen()
    read = list(_each(rows, lambda line, row: [(line, _area(seen, line, row))]))
    new = {found[1].code: found[1] for found in read if not isinstance(found, Rejection)}
    faults = misplaced(new, catalogue)
    for found in read:
        if isinstance(found, Rejection):
            yield found
            continue
        line, area = found
        fault = faults.get(area.code)
        yield Rejection(line, "parent", fault, area.parent or "") if fault else area


def services(lines: Source) -> Iterator[Service | Rejection]:
    """The services of a CSV file. Invalid when the header is wrong."""
    seen = Seen()
    rows = _table(lines, SERVICE_COLUMNS, required=3)
    return _each(rows, lambda line, row: [_service(seen, line, row)])


def load_seed() -> tuple[list[Area], list[Service]]:
    """The catalogue a fresh home starts with; areas come before those below them.

    Sources: GB/T 2260 (provinces, cities of Guangdong), ISO 3166-2:AU; ZZ is made up for the demo.
    """
    folder = files("notifications") / "seed"
    found = list(areas(io.BytesIO((folder / "areas.csv").read_bytes())))
    offered = list(services(io.BytesIO((folder / "services.csv").read_bytes())))
    return (
        [area for area in found if isinstance(area, Area)],
        [service for service in offered if isinstance(service, Service)],
    )


class Phones:
    """Reads what people type as a phone number; Invalid for a country without a numbering plan."""

    def __init__(self, country: str):
        import phonenumbers

        if country not in phonenumbers.SUPPORTED_REGIONS:
            raise Invalid(
                "unknown country {country}",
                field="country",
                country=country,
                next="give two capital letters, such as CN or AU",
            )
        self._library = phonenumbers
        self._country = country
        self._china = re.compile(_china_mobiles())

    def read(self, text: str) -> tuple[str | None, Defect | None]:
        """E.164 if the number can receive SMS, otherwise None and why not."""
        plain = _CHINA_MOBILE.fullmatch(text)
        if plain and (self._country == "CN" or text[0] == "+") and self._china.fullmatch(plain[1]):
            return f"+86{plain[1]}", None  # what the library says too, much sooner
        return self._looked_up(text)

    def _looked_up(self, text: str) -> tuple[str | None, Defect | None]:
        library, kinds = self._library, self._library.PhoneNumberType
        try:
            number = library.parse(text, self._country)
        except library.NumberParseException:
            return None, Defect.BAD_PHONE
        kind = library.number_type(number)
        if kind == kinds.UNKNOWN or not library.is_valid_number(number):
            return None, Defect.BAD_PHONE
        if number.extension or kind not in (kinds.MOBILE, kinds.FIXED_LINE_OR_MOBILE):
            return None, Defect.NO_SMS
        return library.format_number(number, library.PhoneNumberFormat.E164), None


def _china_mobiles() -> str:
    """The library's own pattern of what is a mobile number in mainland China."""
    from phonenumbers import PhoneMetadata

    plan = PhoneMetadata.metadata_for_region("CN")
    return str(plan.mobile.national_number_pattern) if plan and plan.mobile else "(?!)"


def mask(number: str) -> str:
    """All but the last four characters hidden; of a short text nothing is shown."""
    tail = number[-4:] if len(number) >= 8 and number[-4:].isalnum() else ""
    return "*" * min(len(number) - len(tail), 12) + tail


def email(text: str) -> str | None:
    """The address if its syntax is plain ASCII `local@host.domain`, without quotes and encoded words."""
    if len(text) > 254 or "=?" in text or not _EMAIL.fullmatch(text):
        return None
    return text


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


class _Customers:
    """What reading one customer needs, built once per file."""

    def __init__(self, areas: Container[str], services: Container[str], phones: Phones, language: str):
        self._areas, self._services = areas, services
        self._phones, self._language = phones, language
        self._seen = Seen()

    def read(self, line: int, row: Row) -> list[Customer | Remark]:
        account = _account(row[0])
        area, services, segment = row[1], self._offered(row[2]), row[7]
        if not area:
            raise _Refused("area", Defect.MISSING)
        if area not in self._areas:
            raise _Refused("area", Defect.UNKNOWN, _shown(area))
        marketing, service = _flag("marketing_opt_out", row[8]), _flag("service_opt_out", row[9])
        first = self._seen.line_of(account)
        if first is not None:
            raise _Refused("account", Defect.REPEATED, str(first))
        remarks: list[Remark] = []
        name, segment = _tidy("name", row[3], line, remarks), _tidy("segment", segment, line, remarks)
        phone, address = self._addresses(row[4], row[5], line, remarks)
        language = self._tongue(row[6], line, remarks)
        self._seen.add(account, line)
        customer = Customer(
            account, name, phone, address, language, area, services, segment, marketing, service
        )
        return [*remarks, customer]

    def _offered(self, text: str) -> tuple[str, ...]:
        codes = tuple(dict.fromkeys(code for code in _SEPARATORS.split(text) if code))
        if not codes:
            raise _Refused("services", Defect.MISSING)
        for code in codes:
            if code not in self._services:
                raise _Refused("services", Defect.UNKNOWN, _shown(code))
        return codes

    def _addresses(
        self, number: str, mail: str, line: int, remarks: list[Remark]
    ) -> tuple[str | None, str | None]:
        phone = address = None
        if number:
            phone, defect = self._phones.read(number)
            if defect:
                remarks.append(Remark(line, "phone", defect, mask(number)))
        if mail:
            address = email(mail)
            if address is None:
                remarks.append(Remark(line, "email", Defect.BAD_EMAIL))
        if phone is None and address is None:
            remarks.append(Remark(line, "phone", Defect.NO_ADDRESS))
        return phone, address

    def _tongue(self, text: str, line: int, remarks: list[Remark]) -> str:
        if text in LANGUAGES or not text:
            return text or self._language
        found = _TONGUES.get(re.split("[-_]", text.lower(), maxsplit=1)[0])
        if found is None:
            remarks.append(Remark(line, "language", Defect.LANGUAGE, _shown(text)))
        return found or self._language


def _account(text: str) -> str:
    if text.startswith(FORMULA):
        raise _Refused("account", Defect.FORMULA, _shown(text))
    account = text.strip()
    if not account:
        raise _Refused("account", Defect.MISSING)
    if len(account) > ACCOUNT_LIMIT or not account.isprintable():
        raise _Refused("account", Defect.ACCOUNT)
    return account


def _flag(field: str, text: str) -> bool:
    flag = _FLAGS.get(text.lower())
    if flag is None:
        raise _Refused(field, Defect.FLAG, _shown(text))
    return flag


def _tidy(field: str, text: str, line: int, remarks: list[Remark]) -> str:
    """Text as it may be kept; formulas stay, as data, because whoever writes a sheet escapes them."""
    if len(text) <= NAME_LIMIT and text.isprintable():
        return text
    kept = clean(text)[:NAME_LIMIT].strip()
    if kept != text:
        remarks.append(Remark(line, field, Defect.CLEANED))
    return kept


def _area(seen: Seen, line: int, row: Row) -> Area:
    code, parent = row[0], row[1]
    _code(seen, line, code)
    if parent and not CODE.fullmatch(parent):
        raise _Refused("parent", Defect.CODE, _shown(parent))
    names = {"zh-CN": _name("name_zh", row[2]), "en": _name("name_en", row[3])}
    seen.add(code, line)
    return Area(code, parent or None, names)


def _service(seen: Seen, line: int, row: Row) -> Service:
    _code(seen, line, row[0])
    names = {"zh-CN": _name("name_zh", row[1]), "en": _name("name_en", row[2])}
    seen.add(row[0], line)
    return Service(row[0], names)


def _code(seen: Seen, line: int, code: str) -> None:
    if not CODE.fullmatch(code):
        raise _Refused("code", Defect.CODE if code else Defect.MISSING, _shown(code))
    first = seen.line_of(code)
    if first is not None:
        raise _Refused("code", Defect.REPEATED, str(first))


def _name(field: str, text: str) -> str:
    """Both languages are required: a customer must never read a code, nor the other language."""
    if not text:
        raise _Refused(field, Defect.MISSING)
    if len(text) > NAME_LIMIT or any(forbidden(char) for char in text):
        raise _Refused(field, Defect.NAME)
    return text


def _shown(text: str) -> str:
    return clean(text[: 2 * SHOWN])[:SHOWN]


def _each(
    rows: Iterable[tuple[int, Row] | Rejection], read: Callable[[int, Row], Sequence[Value]]
) -> Iterator[Value | Rejection]:
    for found in rows:
        if isinstance(found, Rejection):
            yield found
            continue
        line, row = found
        try:
            values = read(line, row)
        except _Refused as refused:
            yield Rejection(line, refused.field, refused.reason, refused.found)
        else:
            yield from values


def _table(source: Source, columns: Sequence[str], required: int) -> Iterator[tuple[int, Row] | Rejection]:
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
                raise _Refused("", Defect.FIELDS, f"{width} : {len(cells)}")
        except _Refused as refused:
            yield Rejection(line, refused.field, refused.reason, refused.found)
        else:
            cells.append("")
            yield line, order(cells)


def _cells(line: bytes | None) -> list[str]:
    """The cells of one line; none of a blank line."""
    if line is None:
        raise _Refused("", Defect.TOO_LONG, str(LINE_LIMIT))
    if b"\0" in line:
        raise _Refused("", Defect.NUL)
    try:
        text = line.decode().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise _Refused("", Defect.NOT_UTF8) from error
    if not text or text.isspace():
        return []
    try:
        rows = list(csv.reader((text,), strict=True))
    except csv.Error as error:
        raise _Refused("", Defect.QUOTES) from error
    if len(rows) != 1 or "\n" in text or "\r" in text:
        raise _Refused("", Defect.QUOTES)
    first, *others = rows[0]
    return [first.strip(" ") if first[:1] in FORMULA else first.strip(), *map(str.strip, others)]


def _header(line: bytes | None, columns: Sequence[str], required: int) -> list[str]:
    try:
        cells = _cells(line and line.removeprefix(b"\xef\xbb\xbf"))
    except _Refused as refused:
        raise _unfit(f"line 1: {refused.reason.format(found=refused.found)}", "header", columns) from refused
    header = [cell.lower() for cell in cells]
    if not header:
        raise _unfit("line 1: there is no header", "header", columns)
    for name in header:
        if name not in columns:
            raise _unfit("unknown column {column}", _shown(name) or "(no name)", columns)
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
