"""How a process begins: is the record the one that its mark knows, and what time is it?

A record that is behind its mark was restored from a backup: it is put on hold before anybody can send from it.
"""

from __future__ import annotations

import json
import secrets
from datetime import datetime, timedelta
from typing import Any

from coordinator.perform import LAST_INSTANT
from incidents.operation import IMPLAUSIBLE, RECORD_GONE, RESTORED, Operation
from storage.database import Database
from storage.transaction import Transaction
from windows.timekeeping import PLAUSIBLE_FROM
from wiring.clock import Boot, SystemClock, boot
from wiring.mark import Mark, Marked

RECORD = "record"
"""The record's own name, drawn when it was made."""
MARKED = "marked"
"""Whether a mark was ever written for it: without one it is new, or stands where its mark does not."""
RUNNING = "running_clock"
"""The clock of the processes that run: its instant at an instant of the boot clock."""
ALIVE_WITHIN = timedelta(seconds=5)


def recognise(database: Database, mark: Mark) -> datetime | None:
    """Compare the record with its mark; returns the last committed instant, None for a new record.

    What the mark says is read first: it never leads, so whatever it says was committed before.
    """
    said = mark.read()
    with database.transaction() as tx:
        record, last = tx.meta.get(RECORD), tx.meta.instant(LAST_INSTANT)
        fresh = record is None
        if record is None:
            record = secrets.token_hex(8)
            tx.meta.put(RECORD, record)
        known = tx.meta.get(MARKED) is not None
        if known:
            last = _compared(tx, record, last, said)
        elif fresh and said is not None:
            at = said.instant or PLAUSIBLE_FROM
            tx.operations.stand(Operation(RECORD_GONE, at, alarm=True, data={"until": at.isoformat()}))
    if known and said is not None and said.record == record:
        mark.follow(record)
        return last
    mark.begin(record, last)
    if not known:
        with database.transaction() as tx:
            tx.meta.put(MARKED, "yes")
    return last


def _compared(tx: Transaction, record: str, last: datetime | None, said: Marked | None) -> datetime | None:
    """Put a record that is not what its mark knows on hold; the last instant that is known of."""
    why = ""
    if said is None:
        why = "mark_missing"
    elif said.record != record:
        why = "another_record"
    elif said.instant is not None and (last is None or last < said.instant):
        why = "older"
    if not why:
        return last
    until = said.instant if said is not None and said.record == record else None
    newest = max((at for at in (last, until) if at is not None), default=None)
    data: dict[str, Any] = {
        "why": why,
        "since": last and last.isoformat(),
        "until": until and until.isoformat(),
    }
    tx.operations.stand(Operation(RESTORED, newest or PLAUSIBLE_FROM, alarm=True, data=data))
    if newest is not None:
        tx.meta.put_instant(LAST_INSTANT, newest)
    return newest


def clock(database: Database, last: datetime | None, starting: bool) -> SystemClock:
    """The clock of a process. One that starts anew takes the wall's time; a command that is typed while others run
    takes theirs, else one stepped wall clock would move all of them."""
    with database.transaction() as tx:
        ticking = SystemClock(last, None if starting else _running(tx))
        now = ticking.now()
        if now < PLAUSIBLE_FROM:
            tx.operations.stand(Operation(IMPLAUSIBLE, now, alarm=True, data={"wall": now.isoformat()}))
    return ticking


def keep_running(tx: Any, now: datetime) -> None:
    """Note what time it is for the processes that run, against the boot clock."""
    here = boot()
    tx.meta.put(RUNNING, json.dumps([here.id, here.seconds, now.isoformat()]))


def _running(tx: Transaction) -> datetime | None:
    """What time it is for processes that run on this machine now; None when none does."""
    text = tx.meta.get(RUNNING)
    if text is None:
        return None
    name, seconds, at = json.loads(text)
    here: Boot = boot()
    passed = timedelta(seconds=here.seconds - seconds)
    if name != here.id or not timedelta(0) <= passed <= ALIVE_WITHIN:
        return None
    return datetime.fromisoformat(at) + passed
