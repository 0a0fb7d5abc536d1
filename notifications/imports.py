"""Files of customers, areas and services: every row comes out as a value or as a rejection by line.

Pure and streaming; how lines are read is in rows.py, what a number or an address must be in contacts.py.
"""

from __future__ import annotations

import io
import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import BinaryIO

from incidents.errors import Invalid
from incidents.terms import LANGUAGES
from notifications.contacts import Phones, email, mask
from notifications.directory import RANKS, Area, Customer, Service, misplaced, rank_of
from notifications.organisation import RANKS as RANKS_OF_UNITS
from notifications.organisation import OrgUnit, Rank, Unfit, unfit
from notifications.phrases import clean, forbidden
from notifications.rows import (
    FORMULA,
    Defect,
    Refused,
    Rejection,
    Remark,
    Repeated,
    Row,
    Seen,
    Source,
    Table,
    each,
    shown,
    table,
)

CODE = re.compile(r"[A-Za-z0-9_.-]{1,32}")
ACCOUNT_LIMIT, NAME_LIMIT = 64, 200
"""Characters of an account, and of any name."""

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
    "channel",
    "marketing_opt_out_basis",
    "marketing_opt_out_date",
    "service_opt_out_basis",
    "service_opt_out_date",
)
AREA_COLUMNS = ("code", "parent", "name_zh", "name_en", "rank")
ORG_COLUMNS = ("code", "parent", "rank", "name_zh", "name_en", "areas")
SERVICE_COLUMNS = ("code", "name_zh", "name_en")

_FLAGS = {
    **dict.fromkeys(("1", "yes", "y", "true", "t", "是"), True),
    **dict.fromkeys(("0", "no", "n", "false", "f", "否", ""), False),
}
_CHANNELS = {
    **{name: name for name in ("", "sms", "email", "both")},
    "短信": "sms",
    "邮件": "email",
    "电子邮件": "email",
    "e-mail": "email",
    "mail": "email",
    "全部": "both",
}
_DAY = re.compile(r"([0-9]{4})[-/.]?([0-9]{1,2})[-/.]?([0-9]{1,2})", re.ASCII)
_TONGUES = {"zh": "zh-CN", "cn": "zh-CN", "en": "en"}
_SEPARATORS = re.compile(r"[\s;|,；、，]+")


def customers(
    lines: Source | Table,
    areas: Container[str],
    services: Container[str],
    country: str = "CN",
    language: str = "zh-CN",
) -> Iterator[Customer | Remark | Repeated | Rejection]:
    """The customers of a CSV file, one Customer or one Rejection for each row that is not blank.

    `country` (ISO 3166) reads phones without a country code; `language` is for rows without one. Of two sound
    rows with one account the later counts: it comes after a Repeated. Memory: about 24 bytes a row.
    Invalid when the header is wrong, or country or language unknown.
    """
    if language not in LANGUAGES:
        raise Invalid("unknown language {language}", field="language", language=language)
    reader = _Customers(areas, services, Phones(country), language)
    rows = lines if isinstance(lines, Table) else table(lines, CUSTOMER_COLUMNS, required=3)
    return each(rows, reader.read)


def accounts(lines: Source | Table) -> Iterator[Listed | Rejection]:
    """The accounts of a CSV file of customers; its other columns are passed over. Invalid for a wrong header."""
    seen = Seen()

    def read(line: int, row: Row) -> list[Listed]:
        account = _account(row[0])
        before = seen.line_of(account)
        seen.add(account, line)
        return [Listed(line, account, row, before)]

    rows = lines if isinstance(lines, Table) else table(lines, CUSTOMER_COLUMNS, required=1)
    return each(rows, read)


@dataclass(frozen=True)
class Listed:
    """An account of an uploaded list; whether the directory has it is not looked at here."""

    line: int
    account: str
    row: Row
    before: int | None
    """The line that gave it already."""


def units(
    lines: Source | Table, areas: Container[str], catalogue: Mapping[str, OrgUnit]
) -> list[OrgUnit | Rejection]:
    """The units of a CSV file, in its order; held whole, because a tree is judged whole."""
    seen = Seen()
    rows = lines if isinstance(lines, Table) else table(lines, ORG_COLUMNS, required=5)
    read = list(each(rows, lambda line, row: [(line, row, _unit(seen, areas, line, row))]))
    new = {found[2].code: found[2] for found in read if not isinstance(found, Rejection)}
    faults = unfit(new, catalogue)
    out: list[OrgUnit | Rejection] = []
    for found in read:
        if isinstance(found, Rejection):
            out.append(found)
            continue
        line, row, unit = found
        fault = faults.get(unit.code)
        out.append(Rejection(line, _FIELD.get(fault[0], "parent"), *fault, row) if fault else unit)
    return out


_FIELD = {Unfit.TAKEN: "areas", Unfit.SECOND_GROUP: "rank"}


def _unit(seen: Seen, areas: Container[str], line: int, row: Row) -> OrgUnit:
    _code(seen, line, row[0])
    if row[2] not in RANKS_OF_UNITS:
        raise Refused("rank", Defect.RANK if row[2] else Defect.MISSING, shown(row[2]))
    names = {"zh-CN": _name("name_zh", row[3]), "en": _name("name_en", row[4])}
    looked_after = tuple(dict.fromkeys(code for code in _SEPARATORS.split(row[5]) if code))
    for code in looked_after:
        if code not in areas:
            raise Refused("areas", Defect.UNKNOWN, shown(code))
    seen.add(row[0], line)
    return OrgUnit(row[0], row[1] or None, Rank(row[2]), names, looked_after)


def areas(lines: Source | Table, catalogue: Mapping[str, Area] | None = None) -> Iterator[Area | Rejection]:
    """The areas of a CSV file, in its order; a parent is in the file, anywhere, or in the catalogue.

    Held whole in memory, because a tree is judged whole. Invalid when the header is wrong.
    """
    rows = lines if isinstance(lines, Table) else table(lines, AREA_COLUMNS, required=4)
    return _areas(iter(rows), catalogue or {})


def _areas(
    rows: Iterator[tuple[int, Row] | Rejection], catalogue: Mapping[str, Area]
) -> Iterator[Area | Rejection]:
    seen = Seen()
    read = list(each(rows, lambda line, row: [(line, row, _area(seen, line, row))]))
    new = {found[2].code: found[2] for found in read if not isinstance(found, Rejection)}
    faults = misplaced(new, catalogue)
    for found in read:
        if isinstance(found, Rejection):
            yield found
            continue
        line, row, area = found
        fault = faults.get(area.code)
        yield Rejection(line, "parent", fault, area.parent or "", row) if fault else area


def services(lines: Source | Table) -> Iterator[Service | Rejection]:
    """The services of a CSV file. Invalid when the header is wrong."""
    seen = Seen()
    rows = lines if isinstance(lines, Table) else table(lines, SERVICE_COLUMNS, required=3)
    return each(rows, lambda line, row: [_service(seen, line, row)])


def shipped(name: str) -> BinaryIO:
    """A file that comes with the program: `cn`, the divisions of China (its head says where from)."""
    found = files("notifications") / "seed" / f"{name}.csv"
    if name not in SHIPPED:
        raise Invalid(
            "no shipped areas {name}",
            name=shown(name),
            field="shipped",
            next=("one of: {known}", {"known": tuple(SHIPPED)}),
        )
    return io.BytesIO(found.read_bytes())


SHIPPED = ("cn",)


def load_units(areas: Container[str]) -> list[OrgUnit]:
    """The organisation of a fresh home: made up, for the demo tree ZZ."""
    content = (files("notifications") / "seed" / "org.csv").read_bytes()
    return [unit for unit in units(io.BytesIO(content), areas, {}) if isinstance(unit, OrgUnit)]


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


class _Customers:
    """What reading one customer needs, built once per file."""

    def __init__(self, areas: Container[str], services: Container[str], phones: Phones, language: str):
        self._areas, self._services = areas, services
        self._phones, self._language = phones, language
        self._seen = Seen()

    def read(self, line: int, row: Row) -> list[Customer | Remark | Repeated]:
        account = _account(row[0])
        area, services, segment = row[1], self._offered(row[2]), row[7]
        if not area:
            raise Refused("area", Defect.MISSING)
        if area not in self._areas:
            raise Refused("area", Defect.UNKNOWN, shown(area))
        marketing, service = _flag("marketing_opt_out", row[8]), _flag("service_opt_out", row[9])
        first = self._seen.line_of(account)
        remarks: list[Remark] = []
        name, segment = _tidy("name", row[3], line, remarks), _tidy("segment", segment, line, remarks)
        phone, address = self._addresses(row[4], row[5], line, remarks)
        language = self._tongue(row[6], line, remarks)
        self._seen.add(account, line)
        customer = Customer(
            account,
            name,
            phone,
            address,
            language,
            area,
            services,
            segment,
            marketing,
            service,
            *(self._wishes(row, line, remarks) if any(row[10:]) else ()),
        )
        again = [Repeated(line, "account", Defect.REPLACES, str(first))] if first is not None else []
        return [*remarks, *again, customer]

    def _wishes(self, row: Row, line: int, remarks: list[Remark]) -> tuple[str, ...]:
        """The preferred channel, and of each refusal its basis and day."""
        return (
            self._channel(row[10], line, remarks),
            _tidy("marketing_opt_out_basis", row[11], line, remarks),
            _date("marketing_opt_out_date", row[12], line, remarks),
            _tidy("service_opt_out_basis", row[13], line, remarks),
            _date("service_opt_out_date", row[14], line, remarks),
        )

    def _channel(self, text: str, line: int, remarks: list[Remark]) -> str:
        found = _CHANNELS.get(text.lower())
        if found is None:
            remarks.append(Remark(line, "channel", Defect.CHANNEL, shown(text)))
        return found or ""

    def _offered(self, text: str) -> tuple[str, ...]:
        codes = tuple(dict.fromkeys(code for code in _SEPARATORS.split(text) if code))
        if not codes:
            raise Refused("services", Defect.MISSING)
        for code in codes:
            if code not in self._services:
                raise Refused("services", Defect.UNKNOWN, shown(code))
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
            remarks.append(Remark(line, "language", Defect.LANGUAGE, shown(text)))
        return found or self._language


def _date(field: str, text: str, line: int, remarks: list[Remark]) -> str:
    """A day as YYYY-MM-DD, also when it is written with slashes or without marks."""
    if not text:
        return ""
    found = _DAY.fullmatch(text)
    try:
        return date(*map(int, found.groups())).isoformat() if found else _no_date(field, text, line, remarks)
    except ValueError:
        return _no_date(field, text, line, remarks)


def _no_date(field: str, text: str, line: int, remarks: list[Remark]) -> str:
    remarks.append(Remark(line, field, Defect.DATE, shown(text)))
    return ""


def _account(text: str) -> str:
    if text.startswith(FORMULA):
        raise Refused("account", Defect.FORMULA, shown(text))
    account = text.strip()
    if not account:
        raise Refused("account", Defect.MISSING)
    if len(account) > ACCOUNT_LIMIT or not account.isprintable():
        raise Refused("account", Defect.ACCOUNT)
    return account


def _flag(field: str, text: str) -> bool:
    flag = _FLAGS.get(text.lower())
    if flag is None:
        raise Refused(field, Defect.FLAG, shown(text))
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
        raise Refused("parent", Defect.CODE, shown(parent))
    names = {"zh-CN": _name("name_zh", row[2]), "en": _name("name_en", row[3])}
    if row[4] not in ("", *RANKS):
        raise Refused("rank", Defect.RANK, shown(row[4]))
    seen.add(code, line)
    return Area(code, parent or None, names, row[4] or rank_of(code))


def _service(seen: Seen, line: int, row: Row) -> Service:
    _code(seen, line, row[0])
    names = {"zh-CN": _name("name_zh", row[1]), "en": _name("name_en", row[2])}
    seen.add(row[0], line)
    return Service(row[0], names)


def _code(seen: Seen, line: int, code: str) -> None:
    if not CODE.fullmatch(code):
        raise Refused("code", Defect.CODE if code else Defect.MISSING, shown(code))
    first = seen.line_of(code)
    if first is not None:
        raise Refused("code", Defect.REPEATED, str(first))


def _name(field: str, text: str) -> str:
    """Both languages are required: a customer must never read a code, nor the other language."""
    if not text:
        raise Refused(field, Defect.MISSING)
    if len(text) > NAME_LIMIT or any(forbidden(char) for char in text):
        raise Refused(field, Defect.NAME)
    return text
