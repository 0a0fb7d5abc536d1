"""The sandbox's own file: every message accepted or refused, and the dial.

Group commit by one writer (WAL, synchronous=FULL); `append` returns only after the commit.
"""

import asyncio
import dataclasses
import json
import queue
import threading
from collections.abc import Iterable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

try:  # the bundled SQLite is newer than most systems' one
    from pysqlite3 import dbapi2 as sqlite3
except ImportError:  # pragma: no cover
    import sqlite3

SCHEMA = """
CREATE TABLE IF NOT EXISTS ledger (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  channel TEXT NOT NULL, recipient TEXT NOT NULL, sender TEXT NOT NULL, body TEXT NOT NULL,
  notice TEXT, attempt TEXT, at TEXT NOT NULL, accepted INTEGER NOT NULL, code INTEGER,
  sid TEXT, message_id TEXT, subject TEXT, status TEXT, error_code INTEGER, parts INTEGER,
  service TEXT, raw BLOB);
CREATE INDEX IF NOT EXISTS ledger_recipient ON ledger (recipient, id);
CREATE UNIQUE INDEX IF NOT EXISTS ledger_sid ON ledger (sid) WHERE sid IS NOT NULL;
CREATE TABLE IF NOT EXISTS calls (sid TEXT PRIMARY KEY, answered_by TEXT, callback TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS dial (provider TEXT, fault TEXT, value TEXT, PRIMARY KEY (provider, fault));
"""
MOST_PER_COMMIT = 2_000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the ledger; `at` is ISO 8601 in UTC with microseconds, so that it sorts."""

    channel: str
    recipient: str
    sender: str
    body: str
    at: str
    accepted: bool
    notice: str | None = None
    attempt: str | None = None
    code: int | None = None
    sid: str | None = None
    message_id: str | None = None
    subject: str | None = None
    status: str | None = None
    error_code: int | None = None
    parts: int | None = None
    service: str | None = None
    raw: bytes | None = None


_FIELDS = tuple(field.name for field in dataclasses.fields(Row))
_READ = "id, " + ", ".join(name for name in _FIELDS if name != "raw")
_INSERT = f"INSERT INTO ledger ({', '.join(_FIELDS)}) VALUES ({', '.join('?' * len(_FIELDS))})"  # noqa: S608
_ADD_CALL = "INSERT INTO calls VALUES (?, ?, ?)"
_SET_DIAL = "INSERT OR REPLACE INTO dial VALUES (?, ?, ?)"

Statement = tuple[str, tuple[Any, ...]]
Job = tuple[list[Statement], "Future[None]"]


def _inserted(row: Row) -> Statement:
    return _INSERT, tuple(getattr(row, name) for name in _FIELDS)


def connect(path: Path) -> Any:
    """A connection that loses no acknowledged commit, even with the power."""
    connection = sqlite3.connect(str(path), isolation_level=None, check_same_thread=False, timeout=30)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.row_factory = sqlite3.Row
    return connection


class Ledger:
    """Appends through one writer thread; reads on a connection of its own."""

    def __init__(self, path: Path) -> None:
        self._writes = connect(path)
        self._writes.executescript(SCHEMA)
        self._reads = connect(path)
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="ledger", daemon=True)
        self._thread.start()

    async def append(self, rows: Iterable[Row]) -> None:
        """Commit the rows; several callers waiting at once share one commit."""
        await self._commit([_inserted(row) for row in rows])

    async def append_call(self, row: Row, answered_by: str | None, callback: str) -> None:
        """Commit a call with who picked up and where it reports to."""
        await self._commit([_inserted(row), (_ADD_CALL, (row.sid, answered_by, callback))])

    def call(self, sid: str) -> tuple[str | None, str]:
        """(who picked up, where it reports to) of a call."""
        row = self._reads.execute("SELECT answered_by, callback FROM calls WHERE sid = ?", (sid,)).fetchone()
        return (row["answered_by"], row["callback"]) if row else (None, "")

    async def keep_dial(self, provider: str, faults: dict[str, Any]) -> None:
        """Remember the dial across restarts."""
        await self._commit([(_SET_DIAL, (provider, k, json.dumps(v))) for k, v in faults.items()])

    def dial(self) -> list[tuple[str, str, Any]]:
        """(provider, fault, value) as last kept."""
        found = self._reads.execute("SELECT provider, fault, value FROM dial")
        return [(row["provider"], row["fault"], json.loads(row["value"])) for row in found]

    async def _commit(self, statements: list[Statement]) -> None:
        done: Future[None] = Future()
        self._jobs.put((statements, done))
        await asyncio.wrap_future(done)

    def close(self) -> None:
        """Finish what is queued, then close the file."""
        self._jobs.put(None)
        self._thread.join()
        self._reads.close()
        self._writes.close()

    def _write(self) -> None:
        while (first := self._jobs.get()) is not None:
            batch, last = self._waiting(first)
            self._write_batch(batch)
            if last:
                return

    def _waiting(self, first: Job) -> tuple[list[Job], bool]:
        """Everything that waits behind the first job, and whether the end was among it."""
        batch = [first]
        while len(batch) < MOST_PER_COMMIT:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return batch, True
            batch.append(job)
        return batch, False

    def _write_batch(self, batch: list[Job]) -> None:
        try:
            self._writes.execute("BEGIN IMMEDIATE")
            for statements, _ in batch:
                for sql, values in statements:
                    self._writes.execute(sql, values)
            self._writes.execute("COMMIT")
        except sqlite3.Error as error:
            if self._writes.in_transaction:
                self._writes.execute("ROLLBACK")
            for _, done in batch:
                done.set_exception(error)
            return
        for _, done in batch:
            done.set_result(None)

    def find(self, where: list[str], values: list[Any], tail: str) -> list[dict[str, Any]]:
        """Rows without their raw bytes; `where` and `tail` are written by us, values are bound."""
        clause = " AND ".join(["1=1", *where])
        sql = f"SELECT {_READ} FROM ledger WHERE {clause} {tail}"  # noqa: S608
        return [dict(row) for row in self._reads.execute(sql, values)]

    def raw(self, number: int) -> bytes | None:
        """The whole message as it came over SMTP."""
        row = self._reads.execute("SELECT raw FROM ledger WHERE id = ?", (number,)).fetchone()
        return bytes(row["raw"]) if row and row["raw"] is not None else None

    def counts(self, where: list[str], values: list[Any]) -> dict[str, Any]:
        """Accepted, refused, distinct people told and repeats, in all and by channel.

        A repeat is an accepted row with the notice, recipient and body of an earlier one.
        """
        clause = " AND ".join(["1=1", *where])
        sql = (
            "SELECT channel, sum(accepted), sum(1 - accepted), "  # noqa: S608
            "count(DISTINCT CASE WHEN accepted THEN recipient END), "
            "sum(accepted) - count(DISTINCT CASE WHEN accepted THEN "
            "ifnull(notice, '') || char(31) || recipient || char(31) || body END) "
            f"FROM ledger WHERE {clause} GROUP BY channel ORDER BY channel"
        )
        names = ("accepted", "refused", "told", "repeated")
        by = {row[0]: dict(zip(names, row[1:], strict=True)) for row in self._reads.execute(sql, values)}
        return {name: sum(c[name] for c in by.values()) for name in names} | {"by": by}
