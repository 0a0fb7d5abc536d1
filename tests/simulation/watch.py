"""The cheap invariants, looked at after every commit and at every call of a provider.

Plain SQL on the tables and a model written from windows.md and delivery.md: nothing of the rooms is imported.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from tests.simulation.watch_of_works import left_out, overdue, switched_on

SECOND = 1_000_000
GRACE = int(1.6 * SECOND)
"""A breach is written within a second of its due; a tick is a quarter, and the rest is turns of others."""
DOUBT_LIMIT = 15 * 60 * SECOND
STOP_LIMIT = 2 * SECOND
HALF_HOUR = 30 * 60 * SECOND
LEAD = {1: 20 * 60 * SECOND, 2: 20 * 60 * SECOND, 3: 40 * 60 * SECOND}
"""How long before due a holding notice leaves, by level; half of the window at most."""
CAP = 17 * 60 * SECOND
"""The longest that sending and its margin take in these worlds: half of a window must leave room for it."""
LOOKED_AGAIN = 60 * SECOND
"""An open window is looked at twice a minute."""

AHEAD = {
    "planned": {"claimed", "suppressed", "expired", "cancelled"},
    "claimed": {"calling", "planned", "expired", "cancelled"},
    "calling": {
        "accepted",
        "delivered",
        "undelivered",
        "failed",
        "in_doubt",
        "planned",
        "expired",
        "cancelled",
    },
    "in_doubt": {"accepted", "delivered", "undelivered", "planned", "unconfirmed", "expired", "cancelled"},
    "accepted": {"delivered", "undelivered"},
    "undelivered": {"delivered"},
    "unconfirmed": {"accepted", "delivered", "undelivered"},
    "failed": {"planned", "delivered"},
    "expired": {"delivered"},
    "cancelled": {"delivered"},
    "delivered": set(),
    "suppressed": set(),
}
"""delivery.md §2. A row that a receipt caught up with on its way back to the line was called before, so `planned`
and `claimed` may also become taken once there was an attempt."""
TAKEN = {"accepted", "delivered", "undelivered"}

Row = dict[str, Any]


class Watch:
    """What stood after the last commit, and what may follow from it."""

    def __init__(
        self, line: Any, clocks: Callable[[], Iterator[tuple[int, int]]], true_now: Callable[[], int]
    ):
        self._line, self._clocks, self._true_now = line, clocks, true_now
        self.problems: list[str] = []
        self.works = self.regimes = False
        """Whether there may be planned work, or regimes."""
        self.under: dict[tuple[int, int], tuple[str, ...]] = {}
        """(incident, sequence of an entry) -> the regimes that were switched on when it was committed."""
        self._deliveries: dict[int, Row] = {}
        self._windows: dict[int, Row] = {}
        self._notices: dict[int, Row] = {}
        self._breaches: dict[int, Row] = {}
        self._chains: dict[int, Row] = {}
        self._seen: dict[str, dict[int, tuple[tuple[Any, ...], Row]]] = {}
        """Statement -> what each of its rows was, as it came and by name."""
        self._people: dict[int, int] = {}
        """Released notice -> how many people its approval needed."""
        self._audiences: dict[int, list[Row]] = {}
        self._held: dict[int, int] = {}
        """Notice -> true instant at which it was seen stopped or paused."""
        self._touched: dict[int, int] = {}
        """Incident -> true instant of its last entry."""
        self._moved: dict[int, int] = {}
        """Window -> true instant at which it opened or was last changed; clocks of machines may be hours apart."""

    def committed(self, changes: int) -> None:
        """After a commit that changed so many rows."""
        if changes > 2:
            chains = self._by_id("SELECT id, level, status, chain_length FROM incidents")
            moved = self._window_steps() | self._notice_steps() | self._incident_steps(chains)
            for incident, row in chains.items():
                if row is not self._chains.get(incident):
                    self._touched[incident] = self._true_now()
            for incident in moved:
                before = self._chains.get(incident)
                if before is not None and chains[incident]["chain_length"] <= before["chain_length"]:
                    self._say("I16", f"incident {incident} changed with no entry on its chain")
            if self.regimes:
                self.under |= switched_on(self.rows, self._chains, chains)
            self._chains = chains
            self._delivery_steps()
        self.late()

    def _say(self, law: str, what: str) -> None:
        self.problems.append(f"{law}: {what}")

    def rows(self, sql: str, *values: object) -> list[Row]:
        found = self._line.execute(sql, values)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found]

    def _by_id(self, sql: str) -> dict[int, Row]:
        """Every row by its id, which is its first column; one that has not changed is the very value that it was."""
        found = self._line.execute(sql)
        names = [column[0] for column in found.description]
        seen, now = self._seen.get(sql, {}), {}
        for row in found:
            before = seen.get(row[0])
            now[row[0]] = before if before and before[0] == row else (row, dict(zip(names, row, strict=True)))
        self._seen[sql] = now
        return {number: row for number, (_, row) in now.items()}

    def _delivery_steps(self) -> None:
        """I5, I14, I6: the lattice, the epochs, and never more than one deliberate re-send."""
        now = self._by_id("SELECT id, channel, state, epoch, attempts, resends FROM deliveries")
        for number, row in now.items():
            before = self._deliveries.get(number)
            if before is None or before is row:
                continue
            old, new = before["state"], row["state"]
            late = new in TAKEN and old in ("planned", "claimed") and row["attempts"] > 0
            # A page that was lost while publishing is back in line and taken again in one commit.
            late = late or (row["channel"], old, new) == ("web", "calling", "claimed")
            if old != new and new not in AHEAD[old] and not late:
                self._say("I5", f"delivery {number} went from {old} to {new}")
            if row["epoch"] < before["epoch"] or row["attempts"] < before["attempts"]:
                self._say("I14", f"delivery {number} went back behind an epoch or an attempt")
            if row["resends"] > 1:
                self._say("I6", f"delivery {number} was re-sent {row['resends']} times")
        if self._deliveries.keys() - now.keys():
            self._say("I4", "a delivery is gone")
        self._deliveries = now

    def _window_steps(self) -> set[int]:
        """I9, I10, I12: a verdict is for ever, a breach has its row, a due moves with its history."""
        now = self._by_id(
            "SELECT id, incident, kind, state, duty, due_at, strict_due_at, told_at, decided_at, started_at,"
            " ended_by, history FROM windows"
        )
        breaches = {row["window_id"]: row for row in self.rows("SELECT * FROM breaches")}
        for number, row in self._breaches.items():
            if breaches.get(number) != row:
                self._say("I10", f"the breach of window {number} was changed")
        moved: set[int] = set()
        for number, row in now.items():
            before = self._windows.get(number)
            if before is row:
                continue
            self._moved[number] = self._true_now()
            if before is None:
                moved.add(row["incident"])
            else:
                moved |= self._window_step(before, row)
            if (row["state"] == "breached") != (number in breaches):
                self._say("I10", f"window {number} is {row['state']}, breach row: {breaches.get(number)}")
        self._windows, self._breaches = now, breaches
        return moved

    def _window_step(self, before: Row, row: Row) -> set[int]:
        number = row["id"]
        if before["state"] != "open" and (before["state"], before["due_at"]) != (row["state"], row["due_at"]):
            self._say("I9", f"window {number} was {before['state']} and is {row['state']} with another due")
        given_back = before["duty"] == "ended" and row["state"] == "breached" and self._just_undone(row)
        if before["duty"] in ("done", "ended") and row["duty"] != before["duty"] and not given_back:
            self._say("I9", f"the duty of window {number} was {before['duty']} and is {row['duty']}")
        if before["decided_at"] is not None and before["decided_at"] != row["decided_at"]:
            self._say("I9", f"window {number} was decided twice")
        old, new = json.loads(before["history"]), json.loads(row["history"])
        if old != new[: len(old)]:
            self._say("I12", f"the history of window {number} was rewritten")
        if before["due_at"] != row["due_at"] and len(new) == len(old):
            self._say("I12", f"the due of window {number} moved without a word in its history")
        if instant(new[-1]["due_at"]) != row["due_at"]:
            self._say("I12", f"the history of window {number} does not end at its due")
        changed = any(before[name] != row[name] for name in ("state", "duty", "due_at"))
        return {row["incident"]} if changed else set()

    def _just_undone(self, window: Row) -> bool:
        """windows.md §3: what an undone act had ended is owed again; the last commit has that act's entry."""
        entries = self.rows(
            "SELECT kind, at FROM timeline WHERE incident_id = ? ORDER BY sequence DESC", window["incident"]
        )
        return any(e["kind"] == "undone" for e in entries if e["at"] == entries[0]["at"])

    def _notice_steps(self) -> set[int]:
        """I3: what is released is frozen. Also since when a notice is held."""
        now = self._by_id(
            "SELECT id, incident, kind, state, submitted_at, released_at, audience_hash, text_hash,"
            " audience_size FROM notices"
        )
        moved: set[int] = set()
        for number, row in now.items():
            before = self._notices.get(number)
            if before is row:
                continue
            if before is None or before["state"] != row["state"]:
                moved.add(row["incident"])
                self._held.pop(number, None)
                if row["state"] in ("stopped", "paused"):
                    self._held[number] = self._true_now()
            if row["submitted_at"] is None:
                continue
            if number not in self._audiences:
                self._submitted(row)
            if row["released_at"] is None:
                continue
            if before is not None and before["released_at"] is None:
                if self._members(number) != self._audiences[number]:
                    self._say("I3", f"notice {number} was released for another audience than was approved")
            elif before is not None and any(
                before[name] != row[name]
                for name in ("audience_hash", "text_hash", "audience_size", "released_at")
            ):
                self._say("I3", f"notice {number} was changed after its release")
        self._notices = now
        return moved

    def _submitted(self, notice: Row) -> None:
        self._audiences[notice["id"]] = self._members(notice["id"])
        for what in left_out(self.rows, notice) if notice["kind"] == "planned_work_notice" else ():
            self._say("I3", what)

    def _members(self, notice: int) -> list[Row]:
        return self.rows(
            "SELECT customer_id, phone, email, language FROM members WHERE notice_id = ? ORDER BY 1", notice
        )

    def _incident_steps(self, now: dict[int, Row]) -> set[int]:
        before = self._chains
        return {
            number
            for number, row in now.items()
            if number in before and any(row[n] != before[number][n] for n in ("level", "status"))
        }

    def late(self) -> None:
        """I9, I11, I29: whoever could have looked has looked."""
        for shown, up_for in self._clocks():
            if up_for < GRACE:
                continue
            last = shown - GRACE
            for row in self._windows.values():
                known = self._true_now() - self._moved[row["id"]] > GRACE
                if row["state"] == "open" and row["due_at"] < last and known:
                    self._say("I9", f"window {row['id']} ({row['kind']}) is overdue and undecided")
            for incident in overdue(self.rows, last) if self.works else ():
                if self._true_now() - self._touched.get(incident, 0) > GRACE:
                    self._say("I9", f"work {incident} was to be over, and nobody has looked")
            if up_for > LOOKED_AGAIN:
                self._forgotten(shown)
            doubtful = shown - DOUBT_LIMIT
            if up_for > DOUBT_LIMIT:
                for row in self.rows(
                    "SELECT id FROM deliveries WHERE state = 'in_doubt' AND doubt_at < ?", doubtful
                ):
                    self._say("I29", f"delivery {row['id']} is in doubt for more than 15 minutes")

    def _forgotten(self, shown: int) -> None:
        """windows.md, "The holding notice": it goes by itself when nothing else will make it."""
        for row in self._windows.values():
            ahead = row["due_at"] - shown
            if row["kind"] != "first_notice" or row["state"] != "open" or not 0 <= ahead < max(LEAD.values()):
                continue
            changed = max(self._moved[row["id"]], self._touched.get(row["incident"], 0))
            if self._true_now() - changed > LOOKED_AGAIN:
                for what in self._withheld(row, shown):
                    self._say("I28", f"window {row['id']} is due in {ahead // SECOND} s, and {what}")

    def _withheld(self, window: Row, shown: int) -> Iterator[str]:
        (incident,) = self.rows("SELECT * FROM incidents WHERE id = ?", window["incident"])
        if incident["case"]:
            return  # its complainant alone is owed it, and nothing goes by itself
        half = (window["due_at"] - window["started_at"]) // 2
        since = window["due_at"] - min(LEAD[incident["level"]], half)
        approved = [
            one
            for one in self.rows("SELECT * FROM standing_approvals WHERE state = 'approved'")
            if incident["level"] in json.loads(one["levels"]) and shown < one["expires_at"]
        ]
        if shown - since < LOOKED_AGAIN or not approved or half < CAP or self._held_up(window):
            return
        notices = self.rows("SELECT * FROM notices WHERE incident = ?", incident["id"])
        gone = ("stopped", "superseded")
        people = [n for n in notices if n["kind"] != "holding_notice" and n["state"] not in gone]
        if any(n["released_at"] is not None and n["state"] in ("sending", "told") for n in people):
            return
        mine = [n for n in notices if n["window"] == window["id"]]
        if not mine and not any(n["page_live_at"] is not None for n in people):
            yield "neither a person's notice nor the holding notice is on its way"
        confirmed = incident["status"] != "pending_confirmation"
        for notice in mine:
            held = json.loads(notice["held"])
            few = 0 < notice["audience_size"] <= approved[-1]["maximum"]
            if held and confirmed and few and notice["state"] not in gone:
                yield f"the holding notice does not go by {held}"

    def _held_up(self, window: Row) -> bool:
        """By a person's reason, or because the clock is not accepted."""
        return bool(
            self.rows('SELECT 1 FROM outlooks WHERE "window" = ? AND held_at IS NOT NULL', window["id"])
            or self.rows(
                "SELECT 1 FROM operations WHERE about IN ('restored', 'long_gap') AND over_at IS NULL"
            )
        )

    def frozen(self) -> None:
        """I3 at rest: the released audiences are those that were released."""
        for notice, members in self._audiences.items():
            if self._members(notice) != members:
                self._say("I3", f"the audience of notice {notice} changed after its release")

    def called(self, channel: str, attempt: str, notice: int, to: str) -> None:
        """I7, I8: a call that leaves now."""
        delivery, _, number = attempt.partition(".")
        held = self._held.get(notice)
        if held is not None and self._true_now() - held > STOP_LIMIT:
            self._say(
                "I8", f"attempt {attempt} began {(self._true_now() - held) / SECOND:.1f} s after the stop"
            )
        intent = self.rows(
            "SELECT a.at, d.channel, d.notice_id FROM attempts a JOIN deliveries d ON d.id = a.delivery_id"
            " WHERE a.delivery_id = ? AND a.number = ?",
            int(delivery),
            int(number),
        )
        if not intent or (intent[0]["channel"], intent[0]["notice_id"]) != (channel, notice):
            self._say("I7", f"attempt {attempt} was called without a committed intent")
        row = self.rows("SELECT * FROM notices WHERE id = ?", notice)[0]
        approvals = json.loads(row["approvals"])
        people = {a["user"] for a in approvals}
        whole = all((a["text_hash"], a["audience_hash"]) == self._approved(row) for a in approvals)
        if row["released_at"] is None or not whole or len(people) < self._needed(row):
            self._say("I7", f"attempt {attempt} of notice {notice} left with approvals of {sorted(people)}")
        member = self.rows(
            "SELECT phone, email, opted_out FROM members m JOIN deliveries d ON d.notice_id = m.notice_id"
            " AND d.customer_id = m.customer_id WHERE d.id = ?",
            int(delivery),
        )
        if not member or member[0]["phone" if channel == "sms" else "email"] != to or member[0]["opted_out"]:
            self._say("I3", f"attempt {attempt} went to somebody who is not to be told there")
        if row["kind"] == "holding_notice" and self._told_by_people(row, int(delivery), intent[0]["at"]):
            self._say("I28", f"attempt {attempt} holds out to somebody whom a person's notice had reached")

    def _told_by_people(self, notice: Row, delivery: int, at: int) -> bool:
        """Whether a notice of a person had reached this recipient before the attempt was intended."""
        return bool(
            self.rows(
                "SELECT 1 FROM deliveries mine JOIN notices n ON n.incident = ? AND n.kind != 'holding_notice'"
                " AND n.released_at IS NOT NULL JOIN deliveries d ON d.notice_id = n.id AND d.channel != 'web'"
                " AND d.customer_id = mine.customer_id JOIN outcomes o ON o.delivery_id = d.id"
                " AND o.outcome IN ('accepted', 'delivered', 'undelivered')"
                " JOIN timeline t ON t.incident_id = o.incident_id AND t.sequence = o.sequence AND t.at < ?"
                " WHERE mine.id = ?",
                notice["incident"],
                at,
                delivery,
            )
        )

    def _approved(self, notice: Row) -> tuple[str, str]:
        """The hashes that each approval of a notice names: its own, or those of what was approved in advance."""
        if notice["kind"] != "holding_notice":
            return notice["text_hash"], notice["audience_hash"]
        (one,) = self.rows("SELECT * FROM standing_approvals WHERE id = ?", notice["standing"])
        rule = f"{one['audience_rule']} <= {one['maximum']}"
        return one["text_hash"], hashlib.sha256(rule.encode()).hexdigest()

    def _needed(self, notice: Row) -> int:
        """Two people at levels 1 and 2, by the level at which it was released."""
        if notice["id"] not in self._people:
            self._people[notice["id"]] = self._approvers(notice)
        return self._people[notice["id"]]

    def _approvers(self, notice: Row) -> int:
        level = 3
        entries = "SELECT kind, data FROM timeline WHERE incident_id = ? ORDER BY sequence"
        for row in self.rows(entries, notice["incident"]):
            data = json.loads(row["data"])
            if row["kind"] in ("opened", "planned_registered", "complaint_registered"):
                level = data["level"]
            elif row["kind"] in ("upgraded", "downgraded"):
                level = data["to"]
            elif row["kind"] == "duplicate_joined" and "level" in data["facts"]:
                level = data["facts"]["level"]["to"]
            elif row["kind"] == "undone" and data["act"] in ("upgraded", "downgraded"):
                level = self._before(notice["incident"], data["sequence"])
            elif row["kind"] == "notice_released" and data["notice"] == notice["id"]:
                break
        return 1 if level == 3 else 2

    def _before(self, incident: int, sequence: int) -> int:
        (row,) = self.rows(
            "SELECT data FROM timeline WHERE incident_id = ? AND sequence = ?", incident, sequence
        )
        return int(json.loads(row["data"])["from"])


def instant(text: str) -> int:
    """An ISO instant in microseconds since 1970."""
    at = datetime.fromisoformat(text)
    return int(at.timestamp()) * SECOND + at.microsecond
