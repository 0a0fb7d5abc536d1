"""What must hold after any death, read from the provider's ledger and the bare tables with SQL of its own.

Nothing here uses the code that wrote the rows: a model written from docs/delivery.md and docs/windows.md.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from storage.database import sqlite_module

TAKEN = ("accepted", "delivered", "undelivered")
SETTLED = (*TAKEN, "failed", "suppressed", "expired", "cancelled", "unconfirmed")
ONE_IN_200 = 0.005
"""The share of an audience that may stay unconfirmed; one person always may (docs/windows.md)."""

A_SECOND = 1_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Row = dict[str, Any]


class Record:
    """The tables of one home as they lie on disk, and what reached the provider."""

    def __init__(self, home: Path, ledger: list[Row]):
        self._line = sqlite_module().connect(f"file:{home / 'tongbao.db'}?mode=ro", uri=True)
        self._line.row_factory = sqlite_module().Row
        self.ledger = ledger
        self.taken = [row for row in ledger if row["accepted"]]

    def rows(self, sql: str) -> list[Row]:
        return [dict(row) for row in self._line.execute(sql)]

    def close(self) -> None:
        self._line.close()

    def window(self, kind: str) -> Row:
        """The only window of its kind."""
        (found,) = self.rows(f"SELECT * FROM windows WHERE kind = '{kind}'")
        return found

    def now(self) -> int:
        """The last committed instant in microseconds."""
        (row,) = self.rows("SELECT value FROM meta WHERE key = 'last_instant'")
        return (datetime.fromisoformat(row["value"]) - EPOCH) // timedelta(microseconds=1)

    def in_doubt(self) -> set[int]:
        """Deliveries that were in doubt at some time: what a crash leaves behind."""
        return {r["delivery_id"] for r in self.rows("SELECT * FROM outcomes WHERE outcome = 'in_doubt'")}

    def deliveries(self, notice: int | None = None) -> list[Row]:
        where = "channel != 'web'" + (f" AND notice_id = {notice}" if notice else "")
        return self.rows(f"SELECT * FROM deliveries WHERE {where}")


def everything_holds(record: Record, level: int) -> None:
    """Each promise, by the name of its invariant."""
    one_of_each(record)
    nobody_is_told_twice(record, level)
    nobody_is_forgotten(record, level)
    every_call_was_intended(record)
    every_send_was_approved(record)
    counts_are_conserved(record)
    windows_follow_the_law(record)
    every_rung_once(record)


def one_of_each(record: Record) -> None:
    """I2: one alarm is one event, one alarm row, one incident, one first-notice window."""
    assert [1] == [r["n"] for r in record.rows("SELECT count(*) n FROM events WHERE state = 'parsed'")]
    for table in ("events", "alarms", "incidents", "playbook_runs"):
        assert 1 == len(record.rows(f"SELECT * FROM {table}")), table
    kinds = Counter(r["kind"] for r in record.rows("SELECT kind FROM windows"))
    assert 1 == kinds["first_notice"]
    alive = "state NOT IN ('superseded', 'stopped')"
    notices = Counter(r["kind"] for r in record.rows(f"SELECT kind FROM notices WHERE {alive}"))
    assert {1} == set(notices.values())


def nobody_is_told_twice(record: Record, level: int) -> None:
    """I6: an SMS once; a mail once, or at level 1 once more after doubt, under the same Message-ID."""
    sms = Counter((r["notice"], r["to"]) for r in record.taken if r["channel"] == "sms")
    assert {} == {who: n for who, n in sms.items() if n > 1}
    mails = defaultdict(list)
    for row in record.taken:
        if row["channel"] == "email":
            mails[row["notice"], row["to"]].append(row)
    doubted = {str(one) for one in record.in_doubt()}
    for copies in (copies for copies in mails.values() if len(copies) > 1):
        assert (1, 2) == (level, len(copies))
        assert 1 == len({copy["message_id"] for copy in copies})
        assert 1 == len({copy["body"] for copy in copies})
        assert copies[0]["attempt"].partition(".")[0] in doubted


def nobody_is_forgotten(record: Record, level: int) -> None:
    """I3, I4: no delivery is outside the audience; each has ended, and what it says is what the provider's ledger says.

    Level 1: everybody was reached by every channel they have. Levels 2 and 3: a mail that was in doubt is
    unconfirmed, since nobody can ask a mail server, and whatever else the person has was used.
    """
    reached = {row["attempt"].partition(".")[0] for row in record.taken}
    members = {(m["notice_id"], m["customer_id"]): m for m in record.rows("SELECT * FROM members")}
    planned = {(d["notice_id"], d["customer_id"], d["channel"]) for d in record.deliveries()}
    assert {(notice, customer) for notice, customer, _ in planned} <= set(members)
    for (notice, customer), member in members.items():
        if record.rows(f"SELECT 1 FROM notices WHERE id = {notice} AND released_at IS NOT NULL"):
            wanted = {c for c, has in (("sms", member["phone"]), ("email", member["email"])) if has}
            assert wanted == {c for n, one, c in planned if (n, one) == (notice, customer)}
    doubted = record.in_doubt()
    for delivery in record.deliveries():
        assert delivery["state"] in SETTLED, delivery
        assert delivery["next_at"] is None or delivery["state"] == "accepted", delivery
        if level > 1 and delivery["channel"] == "email" and delivery["id"] in doubted:
            assert "unconfirmed" == delivery["state"]
            continue
        assert delivery["state"] in TAKEN, delivery
        assert str(delivery["id"]) in reached, delivery


def every_call_was_intended(record: Record) -> None:
    """I7: each call that reached the provider has its attempt on the record, and no attempt called twice."""
    intended = {f"{r['delivery_id']}.{r['number']}" for r in record.rows("SELECT * FROM attempts")}
    called = Counter(row["attempt"] for row in record.ledger)
    assert set() == set(called) - intended
    assert {} == {attempt: n for attempt, n in called.items() if n > 1}


def every_send_was_approved(record: Record) -> None:
    """I7: no attempt is older than its notice's release, and two people stand behind each notice."""
    early = (
        "SELECT attempts.* FROM attempts JOIN deliveries ON deliveries.id = delivery_id "
        "JOIN notices ON notices.id = notice_id WHERE released_at IS NULL OR attempts.at < released_at"
    )
    assert [] == record.rows(early)
    for notice in record.rows("SELECT * FROM notices WHERE released_at IS NOT NULL"):
        assert '"alice"' in notice["approvals"]
        assert '"bob"' in notice["approvals"]


def counts_are_conserved(record: Record) -> None:
    """I20: the counters equal the tables, and no pair of recipient and channel was lost or added."""
    counted = record.rows("SELECT notice_id, channel, language, state, n FROM counts WHERE n != 0")
    grouped = (
        "SELECT notice_id, channel, language, state, count(*) n FROM deliveries "
        "GROUP BY notice_id, channel, language, state"
    )
    key = ("notice_id", "channel", "language", "state")
    table = {tuple(r[k] for k in key): r["n"] for r in record.rows(grouped)}
    assert table == {tuple(r[k] for k in key): r["n"] for r in counted}


def windows_follow_the_law(record: Record) -> None:
    """I9, I10: met exactly when told by due; a missed one has its breach row; nobody else has one."""
    now = record.now()
    breached = {row["window_id"] for row in record.rows("SELECT * FROM breaches")}
    for window in record.rows("SELECT * FROM windows"):
        assert (window["state"] == "breached") == (window["id"] in breached), window
        if window["told_at"] is not None:
            wanted = "met" if window["told_at"] <= window["due_at"] else "breached"
            assert (wanted, "done") == (window["state"], window["duty"])
        elif window["duty"] == "owed":
            assert ("open" if now <= window["due_at"] else "breached") == window["state"], window


def every_rung_once(record: Record) -> None:
    """I11: no warning is on the record twice."""
    said = "SELECT data, count(*) n FROM timeline WHERE kind = 'warning' GROUP BY data HAVING n > 1"
    assert [] == record.rows(said)


def first_notice_verdict(record: Record, *, due: bool = False) -> None:
    """The first notice was told at the instant at which its page was live and its last person answered.

    More people unconfirmed than the law allows leave the window open, and breached once it was due.
    """
    window = record.window("first_notice")
    (notice,) = record.rows("SELECT * FROM notices WHERE kind = 'first_notice'")
    people: dict[int, list[Row]] = defaultdict(list)
    for delivery in record.deliveries(notice["id"]):
        people[delivery["customer_id"]].append(delivery)
    answered = [
        min((d["accepted_at"] for d in rows if d["accepted_at"]), default=None) for rows in people.values()
    ]
    last = max(at for at in (*answered, notice["page_live_at"]) if at is not None)
    assert last <= notice["told_at"]
    unconfirmed = answered.count(None)
    if unconfirmed > max(1, int(ONE_IN_200 * notice["audience_size"])):
        assert ("breached" if due else "open", None) == (window["state"], window["told_at"])
        assert "too_few_accepted" in window["causes"]
        return
    assert "met" == window["state"]
    assert last <= window["told_at"] <= window["due_at"]
    if not unconfirmed:
        assert window["told_at"] - last < A_SECOND
