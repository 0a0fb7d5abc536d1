"""Rows: the audience's expansion and the customers' import, beside the statement that does no more than that.

Every turn is a process of its own: `python -m benchmarks.rows expand|expand-bare|import|import-bare HOME N`.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import home as homes
from benchmarks.figure import Figure, child, in_turns
from coordinator import directory, notices
from incidents.terms import LANGUAGES
from notifications.imports import Rejection, customers
from storage.database import Database, sqlite_module
from wiring.app import App

NOWHERE = "http://127.0.0.1:9"


def expand(n: int, pairs: int) -> Figure:
    """Released audience to planned deliveries, slice by slice with its cursor."""
    ours, peer = in_turns(pairs, lambda: _turn("expand", n), lambda: _turn("expand-bare", n))
    against = "one bare INSERT … SELECT, same columns and indexes"
    return Figure(f"expand, {n:,} recipients", against, ours, peer, amount=n)


def import_(n: int, pairs: int) -> Figure:
    """A customers' file, checked line by line, to rows."""
    ours, peer = in_turns(pairs, lambda: _turn("import", n), lambda: _turn("import-bare", n))
    against = "bare executemany of the same rows, unchecked"
    return Figure(f"import, {n:,} customers", against, ours, peer, amount=n)


def _turn(role: str, n: int) -> float:
    with tempfile.TemporaryDirectory() as home:
        return float(child("benchmarks.rows", role, home, n)["seconds"])


def main() -> int:
    role, home, n = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    app = homes.opened(homes.settings(NOWHERE, home / "public", 8), home)
    print(json.dumps({"seconds": ROLES[role](app, n)}))
    app.close()
    return 0


def _expand(app: App, n: int) -> float:
    notice = homes.submitted(app, n)
    app.coordinator.act("approve", homes.BOB, notices.approve, notice.id)
    begun = time.perf_counter()
    while app.coordinator.system(notices.expand_next):
        pass
    taken = time.perf_counter() - begun
    _must_be(app, n, "SELECT count(*) FROM deliveries WHERE channel = 'sms'")
    return taken


def _expand_bare(app: App, n: int) -> float:
    homes.submitted(app, n)
    statement = """INSERT INTO deliveries (notice_id, customer_id, channel, language, form, state, next_at)
    SELECT notice_id, customer_id, 'sms', language, form, 'planned', 0 FROM members ORDER BY customer_id"""
    taken = _in_one_transaction(app, lambda line: line.execute(statement))
    _must_be(app, n, "SELECT count(*) FROM deliveries")
    return taken


def _import(app: App, n: int) -> float:
    file = io.BytesIO(_csv(n))
    areas, services = _known(app)
    begun = time.perf_counter()
    batch = []
    for row in customers(file, areas, services):
        assert not isinstance(row, Rejection), row
        batch.append(row.customer)
        if len(batch) == directory.BATCH:
            app.coordinator.act("directory", homes.HQ, directory.put_customers, batch)
            batch = []
    if batch:
        app.coordinator.act("directory", homes.HQ, directory.put_customers, batch)
    taken = time.perf_counter() - begun
    _must_be(app, n, "SELECT count(*) FROM customers")
    return taken
