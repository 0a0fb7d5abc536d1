"""Real SQL on one in-memory SQLite that all simulated processes share; made once, then copied for every seed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.pool import StaticPool

from incidents.errors import Unavailable
from notifications.directory import Customer
from notifications.standing import Standing
from storage.columns import driver
from storage.database import _COUNT, PREPARED_STATEMENTS, Database, sqlite_module
from storage.transaction import Transaction
from tests.simulation.world import Killed, World
from wiring import seeds

PLANTED_AT = datetime(2026, 1, 1, tzinfo=UTC)


class MemoryDatabase(Database):
    """The production schema and its triggers, in memory, on one connection."""

    def __init__(self) -> None:
        self.path = Path(":memory:")
        self.module = sqlite_module()
        self._turn = threading.Lock()
        self.commits = 0
        self.engine = create_engine(
            "sqlite+pysqlite://",
            module=self.module,
            poolclass=StaticPool,
            connect_args={"cached_statements": PREPARED_STATEMENTS},
        )
        event.listen(self.engine, "connect", _plain)
        event.listen(self.engine, "begin", _begin)
        self.create()
        seeds.plant(self, PLANTED_AT, sandbox=False)
        with self.engine.begin() as connection:
            # A small directory: a world has a dozen customers.
            for table, column in (("org_units", "code"), ("areas", "code")):
                connection.execute(text(f"DELETE FROM {table} WHERE {column} NOT LIKE 'ZZ%'"))
        self.line: Any = self.engine.raw_connection().driver_connection
        # One connection for every turn of every world: what Core does to open and end one costs more than SQLite.
        bare = create_engine("sqlite+pysqlite://", module=self.module, creator=lambda: self.line)
        self._connection = bare.connect()
        self._template = self.module.connect(":memory:")
        self.line.backup(self._template)

    def renew(self) -> None:
        """As it was when it was made."""
        if self.line.in_transaction:
            self.line.rollback()
        self._template.backup(self.line)

    @contextmanager
    def turn(self, reads: bool = False) -> Iterator[Transaction]:
        """One transaction, as `transaction` and `snapshot` of a database in a file; who only reads cannot write."""
        line = self.line
        line.execute("BEGIN" if reads else "BEGIN IMMEDIATE")
        before = line.total_changes
        try:
            yield Transaction(self._connection)
            if reads and line.total_changes != before:
                # PRAGMA query_only would say it at once, and make SQLite prepare every statement anew.
                raise RuntimeError("a snapshot was written to")
            line.commit()
        except BaseException:
            line.rollback()
            raise

    def plant(self, customers: list[Customer], approved: Standing | None) -> None:
        """Who lives there, and what of the holding texts is approved in advance."""
        with self.transaction() as tx:
            tx.directory.put_customers(customers)
            if approved is not None:
                tx.approvals.add(approved)


def _plain(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys=ON")


def _begin(connection: Connection) -> None:
    driver(connection).execute("BEGIN IMMEDIATE")


class Store:
    """The port of one simulated process: a turn for others before and after; the disk may be full."""

    def __init__(self, world: World, database: MemoryDatabase, committed: Callable[[int], None]):
        self._world, self._database, self._committed = world, database, committed
        self.full_until = 0
        self.commits = 0

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        world, line = self._world, self._database.line
        world.step()
        before = line.total_changes
        world.locked = True
        try:
            with self._database.turn() as tx:
                yield tx
                if world.now < self.full_until and line.total_changes != before:
                    raise Unavailable("the database cannot be used just now: disk full", field="database")
                changes = line.total_changes - before
                if changes:
                    [self.commits] = line.execute(_COUNT).fetchone()
        finally:
            world.locked = False
        if changes:
            self._committed(changes)
        world.step()

    @contextmanager
    def snapshot(self) -> Iterator[Transaction]:
        """What a reader sees, beside any writer: it takes no turn and cannot write."""
        self._world.locked = True
        try:
            with self._database.turn(reads=True) as tx:
                yield tx
        finally:
            self._world.locked = False

    @property
    def locked(self) -> bool:
        return self._world.locked


__all__ = ["Killed", "MemoryDatabase", "Store"]
