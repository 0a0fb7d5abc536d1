"""Files of customers, areas and services: every row comes out as a value or as a rejection by line.

Pure and streaming; how lines are read is in rows.py, what a number or an address must be in contacts.py.
"""

from __future__ import annotations

import io
import re
from collections.abc import Container, Iterator, Mapping
from importlib.resources import files

from incidents.errors import Invalid
from incidents.terms import LANGUAGES
from notifications.contacts import Phones, email, mask
from notifications.directory import Area, Customer, Service, misplaced
from notifications.phrases import clean, forbidden
from notifications.rows import (
    FORMULA,
    Defect,
    Refused,
    Rejection,
    Remark,
    Row,
    Seen,
    Source,
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
)
AREA_COLUMNS = ("code", "parent", "name_zh", "name_en")
SERVICE_COLUMNS = ("code", "name_zh", "name_en")

_FLAGS = {
    **dict.fromkeys(("1", "yes", "y", "true", "t", "是"), True),
    **dict.fromkeys(("0", "no", "n", "false", "f", "否", ""), False),
}
_TONGUES = {"zh": "zh-CN", "cn": "zh-CN", "en": "en"}
_SEPARATORS = re.compile(r"[\s;|,；、，]+")


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
    return each(table(lines, CUSTOMER_COLUMNS, required=3), reader.read)


def areas(lines: Source, catalogue: Mapping[str, Area] | None = None) -> Iterator[Area | Rejection]:
    """The areas of a CSV file, in its order; a parent is in the file, anywhere, or in the catalogue.

    Held whole in memory, because a tree is judged whole. Invalid when the header is wrong.
    """
    return _areas(table(lines, AREA_COLUMNS, required=4), catalogue or {})


def _areas(
    rows: Iterator[tuple[int, Row] | Rejection], catalogue: Mapping[str, Area]
) -> Iterator[Area | Rejection]:
    seen = Seen()
    read = list(each(rows, lambda line, row: [(line, _area(seen, line, row))]))
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
    rows = table(lines, SERVICE_COLUMNS, required=3)
    return each(rows, lambda line, row: [_service(seen, line, row)])


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

    def read(self, line: int, row: Row) -> list[Customer | Remark]:
        account = _account(row[0])
        area, services, segment = row[1], self._offered(row[2]), row[7]
        if not area:
            raise Refused("area", Defect.MISSING)
        if area not in self._areas:
            raise Refused("area", Defect.UNKNOWN, shown(area))
        marketing, service = _flag("marketing_opt_out", row[8]), _flag("service_opt_out", row[9])
        first = self._seen.line_of(account)
        if first is not None:
            raise Refused("account", Defect.REPEATED, str(first))
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
    seen.add(code, line)
    return Area(code, parent or None, names)


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
