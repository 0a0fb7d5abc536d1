"""Areas, services and customers: the directory that audiences are drawn from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Insert, and_, delete, exists, func, insert, or_, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.sql.elements import ColumnElement

from notifications.audience import Scope
from notifications.directory import Area, Breakdown, Customer, HomeOf, Service
from storage.columns import driver
from storage.rows import Rows
from storage.schema import areas, customer_services, customers, services, uploaded

_COLUMNS = tuple(column.name for column in customers.c if column.name != "id")
"""In the table's order, which is the order of the parameters of an INSERT."""
_areas = Rows(areas, Area, key="code")
_services = Rows(services, Service, key="code")
_WITHIN = """WITH RECURSIVE tree (code) AS (
SELECT code FROM areas WHERE code IN (SELECT value FROM json_each(?))
UNION SELECT areas.code FROM areas JOIN tree ON areas.parent = tree.code) SELECT code FROM tree"""
_SERVED = "SELECT service FROM customer_services WHERE customer_id = ? ORDER BY service"
_MET = """(customers.area IN (SELECT value FROM json_each(?)) AND EXISTS (
SELECT 1 FROM customer_services WHERE customer_id = customers.id AND service IN (SELECT value FROM json_each(?))))"""
_LISTED = """customers.id IN (
SELECT customer_id FROM uploaded WHERE upload_id IN (SELECT value FROM json_each(?)))"""
_STEP = 2000
"""Rows per statement: SQLite takes 32,766 parameters."""


class Directory:
    def __init__(self, connection: Connection):
        self._connection = connection

    def areas(self) -> dict[str, Area]:
        return {area.code: area for area in _areas.find(self._connection, "ORDER BY code")}

    def services(self) -> dict[str, Service]:
        return {service.code: service for service in _services.find(self._connection, "ORDER BY code")}

    def put_areas(self, rows: Sequence[Area]) -> None:
        row = upsert(areas)
        changed = {name: row.excluded[name] for name in ("parent", "names", "rank")}
        kept = row.on_conflict_do_update(index_elements=["code"], set_=changed)
        if rows:
            self._connection.execute(kept, [vars(area) for area in rows])

    def put_services(self, rows: Sequence[Service]) -> None:
        row = upsert(services)
        kept = row.on_conflict_do_update(index_elements=["code"], set_={"names": row.excluded.names})
        if rows:
            self._connection.execute(kept, [vars(service) for service in rows])

    def put_customers(self, rows: Sequence[Customer], columns: Sequence[str] | None = None) -> int:
        """Insert, or replace by account what `columns` names (None: everything), with their services; returns how
        many were new. Of two rows with one account the last stays.
        """
        last = list({customer.account: customer for customer in rows}.values())
        named = tuple(name for name in _COLUMNS if columns is None or name in columns)
        return sum(self._put(last[at : at + _STEP], named) for at in range(0, len(last), _STEP))

    def within(self, codes: Sequence[str]) -> tuple[str, ...]:
        """These areas and everything below them, sorted; a loop in the tree ends at its first repeat."""
        found = driver(self._connection).execute(_WITHIN, (json.dumps(list(codes)),))
        return tuple(sorted(row[0] for row in found))

    def breakdown(self, area_codes: Sequence[str], service_codes: Sequence[str]) -> Breakdown:
        """How many customers these areas and services have, and how they can be told.

        Areas are taken as given, without those below them.
        """
        refused = customers.c.service_opt_out
        open_to, phone, email = ~refused, customers.c.phone.is_not(None), customers.c.email.is_not(None)
        query = select(
            func.count(),
            _count(open_to, phone),
            _count(open_to, email),
            _count(open_to, email, ~phone),
            _count(open_to, ~email, ~phone),
            _count(refused),
        ).where(affected(Scope(tuple(area_codes), tuple(service_codes))))
        return Breakdown(*self._connection.execute(query).one())

    def home_of(self, account: str) -> HomeOf | None:
        """The area and the services of the customer with this account; None when the directory has none."""
        execute = driver(self._connection).execute
        found = execute("SELECT id, area FROM customers WHERE account = ?", (account,)).fetchone()
        if found is None:
            return None
        return HomeOf(found[1], tuple(row[0] for row in execute(_SERVED, (found[0],))))

    def _put(self, rows: Sequence[Customer], columns: Sequence[str]) -> int:
        accounts = [customer.account for customer in rows]
        before = self._ids(accounts)
        self._write(_upsert_customers(columns), _COLUMNS, list(map(attrgetter(*_COLUMNS), rows)))
        old = list(before.values())
        if old:
            self._connection.execute(
                delete(customer_services).where(customer_services.c.customer_id.in_(old))
            )
        ids = before if len(old) == len(rows) else self._ids(accounts)
        served = [
            (ids[customer.account], code) for customer in rows for code in dict.fromkeys(customer.services)
        ]
        self._write(insert(customer_services), ("customer_id", "service"), served)
        return len(rows) - len(old)

    def _write(self, statement: Insert, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
        """Straight to the driver: building parameters row by row costs more than SQLite's own work."""
        if rows:
            compiled = statement.compile(dialect=self._connection.dialect, column_keys=columns)
            self._connection.exec_driver_sql(str(compiled), rows)

    def _ids(self, accounts: Sequence[str]) -> dict[str, int]:
        found = select(customers.c.account, customers.c.id).where(customers.c.account.in_(accounts))
        return dict(self._connection.execute(found).all())


def affected_as_text(scope: Scope) -> tuple[str, tuple[str, ...]]:
    """`affected` for a statement that is repeated all day, with its values: straight to the driver."""
    met, listed = bool(scope.areas and scope.services) and not scope.alone, bool(scope.uploads)
    found = [(_MET, json.dumps(scope.areas), json.dumps(scope.services))] if met or not listed else []
    among = [(_LISTED, json.dumps(scope.uploads))] if listed else []
    both = (*found, *among)
    return " OR ".join(one[0] for one in both), tuple(value for one in both for value in one[1:])


def affected(scope: Scope) -> ColumnElement[bool]:
    """Customers in one of these areas who have one of these services, and those on an uploaded list."""
    served = exists().where(
        customer_services.c.customer_id == customers.c.id, customer_services.c.service.in_(scope.services)
    )
    met = and_(customers.c.area.in_(scope.areas), served)
    if not scope.uploads:
        return met
    listed = customers.c.id.in_(select(uploaded.c.customer_id).where(uploaded.c.upload_id.in_(scope.uploads)))
    return listed if scope.alone or not (scope.areas and scope.services) else or_(met, listed)


def _count(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(*conditions)


def _upsert_customers(columns: Sequence[str]) -> Insert:
    row = upsert(customers)
    changed = {name: row.excluded[name] for name in columns if name != "account"}
    return row.on_conflict_do_update(index_elements=["account"], set_=changed)
