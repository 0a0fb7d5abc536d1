"""The connection: SQLite's profile, asserted from inside, and one transaction per use case."""

from __future__ import annotations

import sqlite3
import threading
import types
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text

from incidents.errors import Unavailable
from storage.columns import driver, metadata
from storage.transaction import Transaction

PROFILE = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
"""WAL, FULL, foreign keys on. synchronous=NORMAL loses acknowledged commits at a power cut."""
BUSY_SECONDS = 10
PREPARED_STATEMENTS = 1000
"""How many statements a connection keeps prepared. There are some hundreds; the driver's 128 would prepare them
again and again."""
GLANCE_SECONDS = 1
SCHEMA_VERSION = "4"
"""Counts up with every change of a table; a home of another version is refused, not guessed at."""
COMMITS = "commits"
_FIRST = "INSERT OR IGNORE INTO meta(key, value) VALUES (:key, :value)"
_COUNT = "UPDATE meta SET value = value + 1 WHERE key = 'commits' RETURNING value"
APPEND_ONLY = (
    *("timeline", "packs", "breaches", "attempts", "outcomes", "report_files", "reads"),
    *("checkpoints", "checkpoint_heads"),
)
"""Tables whose rows a trigger protects against UPDATE and DELETE (known failure 9; I10, I16)."""


def sqlite_module() -> types.ModuleType:
    """The SQLite to use: the bundled newer one where there is a wheel for it.

    SQLite below 3.51.3 has a WAL corruption defect with several writing connections.
    """
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        return sqlite3
    return dbapi2  # type: ignore[no-any-return]


class Database:
    """One SQLite file with its profile; every write goes through `transaction`."""

    def __init__(self, path: Path):
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.module = sqlite_module()
        self._turn = threading.Lock()
        self.commits = 0
        """The number of the last transaction of this process that changed anything."""
        self.engine = self._connections(_set_profile, _begin_immediate)
        # What only reads has connections of its own: to switch one over makes SQLite prepare all its statements anew.
        self._readers = self._connections(_set_profile_of_readers, _begin_reading)

    def _connections(self, prepared: Callable[..., None], begun: Callable[[Connection], None]) -> Engine:
        engine = create_engine(
            f"sqlite+pysqlite:///{self.path}",
            module=self.module,
            connect_args={
                "timeout": BUSY_SECONDS,
                "check_same_thread": False,
                "cached_statements": PREPARED_STATEMENTS,
            },
            pool_size=16,
        )
        event.listen(engine, "connect", prepared)
        event.listen(engine, "begin", begun)
        return engine

    def create(self) -> None:
        """Make the tables and the append-only triggers; harmless when they exist.

        Unavailable for a home whose tables are of another version: nothing in it is touched.
        """
        with self._begin() as connection:
            _refuse_other_version(connection)
            metadata.create_all(connection)
            for table in APPEND_ONLY:
                for act in ("UPDATE", "DELETE"):
                    connection.execute(text(_append_only(table, act)))
            for key, value in (("schema", SCHEMA_VERSION), (COMMITS, "0")):
                connection.execute(text(_FIRST), {"key": key, "value": value})

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """One write transaction: committed when the block ends, rolled back when it raises.

        Unavailable when another process holds the database for longer than BUSY_SECONDS.
        """
        # SQLite has one writer, and who waits for it there sleeps; our own threads take turns instead.
        if not self._turn.acquire(timeout=BUSY_SECONDS):
            raise Unavailable("the database is busy", field="database", next="try again")
        try:
            with self._begin() as connection:
                before = driver(connection).total_changes
                yield Transaction(connection)
                number = self.commits
                if driver(connection).total_changes > before:
                    [number] = driver(connection).execute(_COUNT).fetchone()
            # Only now is it durable, and only now may anybody be told of it.
            self.commits = int(number)
        finally:
            self._turn.release()

    @contextmanager
    def snapshot(self) -> Iterator[Transaction]:
        """The record as it stands at one instant: a reader that waits for no writer and holds none up."""
        with self._readers.begin() as connection:
            # A reader's instant is that of its first look.
            driver(connection).execute("SELECT 1 FROM meta LIMIT 1").fetchone()
            yield Transaction(connection)

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        from sqlalchemy.exc import OperationalError

        try:
            with self.engine.begin() as connection:
                yield connection
        except (OperationalError, self.module.OperationalError) as error:
            raise Unavailable(
                "the database cannot be used just now: {why}",
                why=getattr(error, "orig", error),
                field="database",
                next="try again",
            ) from error

    def profile(self) -> dict[str, Any]:
        """What the connection itself says of its profile and of SQLite's version."""
        with self.engine.connect() as connection:
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PROFILE}
        return {**found, "version": self.module.sqlite_version}

    def glance(self) -> dict[str, Any]:
        """What a reader finds, on a connection of its own that cannot write and waits for no writer.

        Unavailable says why nothing can be read.
        """
        try:
            connection = self.module.connect(
                f"{self.path.absolute().as_uri()}?mode=ro", uri=True, timeout=GLANCE_SECONDS
            )
            with closing(connection):
                version = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
                mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
        except self.module.Error as error:
            raise Unavailable(
                "the database cannot be read: {why}", why=error, field="database", next="check the disk"
            ) from error
        return {"journal_mode": mode, "schema": version and version[0], "version": self.module.sqlite_version}

    def check(self) -> list[str]:
        """SQLite's own integrity check; empty when sound."""
        with self.engine.connect() as connection:
            rows = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check")]
        return [] if rows == ["ok"] else rows

    def close(self) -> None:
        self._readers.dispose()
        self.engine.dispose()


def _refuse_other_version(connection: Connection) -> None:
    if not connection.dialect.has_table(connection, "meta"):
        return
    found = connection.execute(text("SELECT value FROM meta WHERE key = 'schema'")).scalar()
    if found is not None and found != SCHEMA_VERSION:
        raise Unavailable(
            "this home was made by another version of tongbao (tables {found}, here {here})",
            found=found,
            here=SCHEMA_VERSION,
            field="TONGBAO_HOME",
            next="use the version that made it, or a new home; nothing in it was changed",
        )


def _set_profile(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA temp_store=MEMORY")
    for name, wanted in PROFILE.items():
        found = cursor.execute(f"PRAGMA {name}").fetchone()[0]
        if found != wanted:
            raise Unavailable(
                "SQLite refuses {name}={wanted}", name=name, wanted=wanted, next="check the disk"
            )
    cursor.close()


def _set_profile_of_readers(connection: Any, record: object) -> None:
    _set_profile(connection, record)
    connection.execute("PRAGMA query_only = ON")


def _begin_immediate(connection: Connection) -> None:
    # A deferred read-then-write fails at once with SQLITE_BUSY_SNAPSHOT, whatever the timeout.
    driver(connection).execute("BEGIN IMMEDIATE")


def _begin_reading(connection: Connection) -> None:
    driver(connection).execute("BEGIN")


def _append_only(table: str, act: str) -> str:
    return (
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{act.lower()} BEFORE {act} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )
