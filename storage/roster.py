"""Who can be reached and how, and the shifts."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, update
from sqlalchemy.dialects.sqlite import insert as upsert

from notifications.roster import Person, Roster, Shift
from storage.paging_schema import shifts, staff
from storage.rows import Rows, inserted_id

_staff = Rows(staff, Person, key="name")
_shifts = Rows(shifts, Shift)


class Rosters:
    def __init__(self, connection: Connection):
        self._connection = connection
        self._read: Roster | None = None

    def roster(self) -> Roster:
        """Everybody and every shift, by name and by number; read once in a transaction."""
        self._read = self._read or self._found()
        return self._read

    def _found(self) -> Roster:
        people = {person.name: person for person in _staff.find(self._connection, "ORDER BY name")}
        return Roster(people, _shifts.find(self._connection, "ORDER BY id"))

    def put_person(self, person: Person) -> None:
        """Insert or replace by name."""
        self._read = None
        values = {**vars(person), "substitutes": list(person.substitutes)}
        changed = {name: value for name, value in values.items() if name != "name"}
        row = upsert(staff).values(**values)
        self._connection.execute(row.on_conflict_do_update(index_elements=["name"], set_=changed))

    def add_shift(self, shift: Shift) -> int:
        """Keep a new shift; its number."""
        self._read = None
        return inserted_id(self._connection.execute(insert(shifts).values(**_shifts.row(shift))))

    def save_shift(self, shift: Shift) -> None:
        self._read = None
        self._connection.execute(update(shifts).where(shifts.c.id == shift.id).values(**_shifts.row(shift)))

    def remove_shift(self, shift_id: int) -> bool:
        """Whether there was one."""
        self._read = None
        return self._connection.execute(delete(shifts).where(shifts.c.id == shift_id)).rowcount > 0
