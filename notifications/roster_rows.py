"""A file of shifts: every row comes out as a shift with its person's addresses, or as a rejection by line.

Pure. Times without an offset are local ones of the operator's zone.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from incidents.instants import within
from incidents.terms import LANGUAGES
from notifications.contacts import Phones, email, mask
from notifications.roster import Fault, Person, Roster, Shift, same, unfit
from notifications.rows import Defect, Rejection, Remark, Row, Source, Table, shown, table

COLUMNS = (
    *("person", "role", "from", "to", "unit", "repeat", "until"),
    *("phone", "email", "language", "substitutes"),
)
REQUIRED = 4
_REPEATS = {"": False, "no": False, "否": False, "weekly": True, "每周": True, "yes": True, "是": True}


@dataclass(frozen=True)
class Listed:
    """A row that can be taken; `known` says that the roster has this shift already."""

    person: Person
    shift: Shift
    known: bool


@dataclass(frozen=True)
class Around:
    """What rows are judged by: the users' roles, the units, the roster as it is, country, zone and now."""

    roles: Mapping[str, Sequence[str]]
    units: Container[str]
    roster: Roster
    country: str
    zone: str
    now: datetime
    called: Mapping[str, str] = field(default_factory=dict)
    """Other words for roles, in lower case, as a person or a screen has them: 值班经理 is duty_manager."""


class _Refused(Exception):
    def __init__(self, field: str, why: str, found: str = ""):
        super().__init__(field, why, found)
        self.field, self.why, self.found = field, why, found


def entries(lines: Source | Table, around: Around) -> Iterator[Listed | Remark | Rejection]:
    """The shifts of a CSV file, each judged against the roster and the rows before it. Invalid for a wrong header."""
    reader = _Reader(around)
    rows = lines if isinstance(lines, Table) else table(lines, COLUMNS, REQUIRED)
    for found in rows:
        if isinstance(found, Rejection):
            yield found
            continue
        line, row = found
        try:
            yield from reader.read(line, row)
        except _Refused as refused:
            yield Rejection(line, refused.field, refused.why, refused.found, row)


class _Reader:
    """Takes rows one after the other: each is on the roster for the next."""

    def __init__(self, around: Around):
        self._around = around
        self._phones = Phones(around.country)
        self._people = dict(around.roster.people)
        self._shifts = list(around.roster.shifts)

    def read(self, line: int, row: Row) -> list[Listed | Remark]:
        shift = self._shift(row)
        wrong = unfit(shift, Roster(self._people, self._shifts), self._around.roles)
        if wrong is not None:
            raise _Refused(wrong.field, wrong.why, shown(wrong.found))
        person = self._person(row, shift.person)
        known = any(same(one, shift) for one in self._shifts)
        self._people[person.name] = person
        if not known:
            self._shifts.append(shift)
        remarks: list[Listed | Remark] = []
        if not person.reachable:
            remarks.append(Remark(line, "phone", Defect.NO_ADDRESS))
        return [*remarks, Listed(person, shift, known)]

    def _shift(self, row: Row) -> Shift:
        weekly = _REPEATS.get(row[5].lower())
        if weekly is None:
            raise _Refused("repeat", Fault.REPEAT, shown(row[5]))
        if row[4] and row[4] not in self._around.units:
            raise _Refused("unit", Fault.NO_UNIT, shown(row[4]))
        until = self._time("until", row[6]) if row[6] else None
        begins, ends = self._time("from", row[2]), self._time("to", row[3])
        return Shift(
            row[0],
            self._around.called.get(row[1].lower(), row[1]),
            row[4],
            begins,
            ends,
            weekly,
            self._around.zone,
            until,
        )

    def _time(self, field: str, text: str) -> datetime:
        """An instant; a local time of the operator's zone where none is named."""
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            raise _Refused(field, Fault.BAD_TIME if text else Defect.MISSING, shown(text)) from None
        at = at if at.tzinfo else at.replace(tzinfo=ZoneInfo(self._around.zone))
        if not within(at, self._around.now):
            raise _Refused(field, Fault.FAR, shown(text))
        return at.astimezone(UTC)

    def _person(self, row: Row, name: str) -> Person:
        """How the person is reached: an empty cell leaves what is known."""
        person = self._people.get(name, Person(name))
        if row[7]:
            number, why = self._phones.read(row[7])
            if number is None:
                raise _Refused("phone", why or Defect.BAD_PHONE, mask(row[7]))
            person = replace(person, phone=number)
        if row[8]:
            address = email(row[8])
            if address is None:
                raise _Refused("email", Defect.BAD_EMAIL)
            person = replace(person, email=address)
        if row[9]:
            if row[9] not in LANGUAGES:
                raise _Refused("language", Defect.LANGUAGE, shown(row[9]))
            person = replace(person, language=row[9])
        others = tuple(dict.fromkeys(row[10].replace(";", " ").replace(",", " ").split()))
        for other in others:
            if other not in self._around.roles:
                raise _Refused("substitutes", Fault.NO_USER, shown(other))
        return replace(person, substitutes=others or person.substitutes, unit=row[4] or person.unit)
