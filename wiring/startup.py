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
from storage.database import COMMITS, Database
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
        here = _here(tx)
        known = here is not None and tx.meta.get(MARKED) is not None
        if here is None:
            here = Marked(secrets.token_hex(8), 0, None)
            tx.meta.put(RECORD, here.record)
            if said is not None:
                at = said.instant or PLAUSIBLE_FROM
                tx.operations.stand(Operation(RECORD_GONE, at, alarm=True, data={"until": at.isoformat()}))
        elif known:
            here = _compared(tx, here, said)
    if known and said is not None and said.record == here.record:
        mark.follow(here.record)
        return here.instant
    mark.begin(here.record, here.commits, here.instant)
    if not known:
        with database.transaction() as tx:
            tx.meta.put(MARKED, "yes")
    return here.instant


def _here(tx: Transaction) -> Marked | None:
    """How far the record itself has come; None before it has a name."""
    record = tx.meta.get(RECORD)
    if record is None:
        return None
    return Marked(record, int(tx.meta.get(COMMITS) or 0), tx.meta.instant(LAST_INSTANT))


def _compared(tx: Transaction, here: Marked, said: Marked | None) -> Marked:
    """Put a record that is not what its mark knows on hold; how far it is known to have come."""
    if said is not None and here.covers(said):
        return here
    why = "mark_missing" if said is None else "another_record" if said.record != here.record else "older"
    known = here
    if said is not None and why == "older":
        # What the mark names was committed once: time and count go on from there.
        newest = max((at for at in (here.instant, said.instant) if at is not None), default=None)
        known = Marked(here.record, said.commits, newest)
        tx.meta.put(COMMITS, str(said.commits))
        if newest is not None:
            tx.meta.put_instant(LAST_INSTANT, newest)
    data: dict[str, Any] = {
        "why": why,
        "since": here.instant and here.instant.isoformat(),
        "until": known.instant and known.instant.isoformat(),
    }
    tx.operations.stand(Operation(RESTORED, known.instant or PLAUSIBLE_FROM, alarm=True, data=data))
    return known


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
