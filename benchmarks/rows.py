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
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks import home as homes
from benchmarks.figure import Figure, child, in_turns
from coordinator import directory, notices, sending
from notifications.directory import Customer
from notifications.imports import customers
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
    while app.coordinator.system(sending.expand_next):
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
    """As `tongbao customers import` does it: checked rows, in batches with a transaction each."""
    with app.database.transaction() as tx:
        areas, services = tx.directory.areas(), tx.directory.services()
    file = _file(n)
    begun = time.perf_counter()
    rows = customers(file, areas, services)
    while batch := list(islice(rows, directory.BATCH)):
        sound = [row for row in batch if isinstance(row, Customer)]
        app.coordinator.act("directory", homes.HQ, directory.put_customers, sound)
    taken = time.perf_counter() - begun
    _must_be(app, n, "SELECT count(*) FROM customers")
    return taken


def _import_bare(app: App, n: int) -> float:
    rows = [
        (c.account, c.name, c.phone, c.email, c.language, c.area, c.segment, 0, 0) for c in homes.customers(n)
    ]
    people = """INSERT INTO customers (account, name, phone, email, language, area, segment, marketing_opt_out,
    service_opt_out) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
    served = "INSERT INTO customer_services SELECT id, 'mobile' FROM customers"

    def write(line: Any) -> None:
        line.executemany(people, rows)
        line.execute(served)

    taken = _in_one_transaction(app, write)
    _must_be(app, n, "SELECT count(*) FROM customer_services")
    return taken


def _file(n: int) -> io.BytesIO:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["account", "name", "phone", "email", "language", "area", "services", "segment"])
    for c in homes.customers(n):
        writer.writerow([c.account, c.name, c.phone, "", c.language, c.area, "mobile", c.segment])
    return io.BytesIO(text.getvalue().encode())


def _in_one_transaction(app: App, write: Callable[[Any], object]) -> float:
    """Seconds of `write` and its commit, on a connection with our own profile."""
    with app.database.engine.connect() as connection:
        line: Any = connection.connection.driver_connection
        connection.exec_driver_sql("SELECT 1")
        begun = time.perf_counter()
        write(line)
        connection.commit()
        return time.perf_counter() - begun


def _must_be(app: App, n: int, question: str) -> None:
    with homes.reader(app.home) as line:
        found = line.execute(question).fetchone()[0]
    assert n == found, f"{found} of {n}"


ROLES = {"expand": _expand, "expand-bare": _expand_bare, "import": _import, "import-bare": _import_bare}

if __name__ == "__main__":
    sys.exit(main())
