"""The record's mark: a small file that says how far the record had come, to know a restored backup by.

It is written after commits, at most once a second and at a clean stop, so it may lag behind the record and
never leads it: a record that is behind its mark is an old one.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

EVERY_SECONDS = 1.0
log = logging.getLogger("tongbao.mark")


@dataclass(frozen=True)
class Marked:
    """What a mark says: of which record, the number of its last commit then, and its last committed instant."""

    record: str
    commits: int
    instant: datetime | None

    def covers(self, other: Marked) -> bool:
        """Whether this mark is of the same record, and as far."""
        return self.record == other.record and self.commits >= other.commits


class Mark:
    """The mark of one home. Any number of processes write it; the newest to come wins, which may lag a little."""

    def __init__(self, file: Path):
        self.file = file
        self._record = ""
        self._passed: Marked | None = None
        self._next = 0.0
        self._lock = threading.Lock()

    def read(self) -> Marked | None:
        """What it says; None when there is none, or none that can be read."""
        try:
            said = json.loads(self.file.read_text(encoding="utf-8"))
            instant = said["instant"]
            at = instant and datetime.fromisoformat(instant)
            return Marked(str(said["record"]), int(said["commits"]), at)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def begin(self, record: str, commits: int, instant: datetime | None) -> None:
        """Mark this record from now on, and write it down at once."""
        self._record = record
        self._write(Marked(record, commits, instant))

    def follow(self, record: str) -> None:
        """Mark this record from now on."""
        self._record = record

    def passed(self, instant: datetime, commits: int) -> None:
        """The record has committed so far; written down at most once a second."""
        self._passed = Marked(self._record, commits, instant)
        if time.monotonic() < self._next or not self._lock.acquire(blocking=False):
            return
        try:
            self._write(self._passed)
        finally:
            self._lock.release()

    def close(self) -> None:
        """Write down how far it has come."""
        if self._passed is not None:
            self._write(self._passed)
            self._passed = None

    def _write(self, marked: Marked) -> None:
        """Whole or not at all, and on the disk. A disk that refuses leaves the mark behind, which is harmless."""
        self._next = time.monotonic() + EVERY_SECONDS
        before = self.read()
        if before is not None and before.covers(marked):
            return
        instant = marked.instant and marked.instant.isoformat()
        said = json.dumps({"record": marked.record, "commits": marked.commits, "instant": instant})
        fresh = self.file.with_name(f"{self.file.name}.{os.getpid()}.{threading.get_ident()}")
        try:
            with fresh.open("w", encoding="utf-8") as handle:
                handle.write(said)
                handle.flush()
                os.fsync(handle.fileno())
            fresh.replace(self.file)
        except OSError as trouble:
            log.warning("the record's mark cannot be written: %s", trouble.strerror)
