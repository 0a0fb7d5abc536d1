"""The auditor: reads the books of a house from outside and says everything that does not add up.

It trusts no verb: it counts rows, refolds hashes and compares with the sandbox's own ledger.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import text

from incidents import chain, rebuild
from incidents.terms import Verdict
from notifications.delivery import Delivery
from notifications.notice import Notice
from notifications.states import State, answer_of
from sandbox.client import Sandbox
from storage.transaction import Transaction
from wiring.app import App

_SLICE = 100_000


def problems(app: App, sandbox: Sandbox) -> list[str]:
    """Every way in which the books of this house disagree with themselves or with the provider's ledger."""
    now = app.clock.now()
    with app.database.transaction() as tx:
        found = [*_chains(tx), *_breaches(tx, now), *_in_advance(tx)]
        for incident in (*tx.incidents.all(), *tx.incidents.cases(), *tx.incidents.works()):
            for notice in tx.notices.of_incident(incident.id):
                found += [f"notice {notice.id}: {said}" for said in _notice(tx, notice)]
    with app.database.engine.connect() as connection:
        attempts = connection.execute(
            text(
                "SELECT a.delivery_id, a.number, a.at, n.released_at, n.text_hash, n.audience_hash, "
                "n.approvals, n.standing FROM attempts a JOIN deliveries d ON d.id = a.delivery_id "
                "JOIN notices n ON n.id = d.notice_id"
            )
        ).all()
    return found + list(_unapproved(attempts)) + list(_ledger(app, sandbox))


def _chains(tx: Transaction) -> Iterator[str]:
    """I16, R34: every chain verifies, gives back its incident, and every batch's root covers its outcomes."""
    for incident_id, reference, head, length in tx.incidents.heads():
        entries = list(tx.incidents.entries(incident_id))
        yield from chain.check(reference, entries, head, length)
        for entry in entries:
            if entry.kind == "batch_settled":
                rows = tx.deliveries.batch(incident_id, entry.sequence)
                if chain.merkle_root([chain.leaf(*row) for row in rows]) != entry.data["root"]:
                    yield f"{reference}: the root of entry {entry.sequence} does not cover its outcomes"
        wrong = rebuild.differing(tx.incidents.by_id(incident_id), entries)
        if wrong:
            yield f"{reference}: its timeline tells other {', '.join(wrong)} (R34)"


def _breaches(tx: Transaction, now: datetime) -> Iterator[str]:
    """I9, I10: decided once due has passed; exactly one breach row per breached window, with its due."""
    rows = {row["window_id"]: row for row in tx.windows.breaches()}
    for incident in (*tx.incidents.all(), *tx.incidents.cases(), *tx.incidents.works()):
        for window in tx.windows.of_incident(incident.id):
            row = rows.pop(window.id, None)
            if (window.state == Verdict.BREACHED) != (row is not None):
                yield f"window {window.id} is {window.state}, its breach row: {row}"
            if row is not None and row["due_at"] != window.due_at:
                yield f"window {window.id}: the breach row names another due"
            if now > window.due_at and window.state == Verdict.OPEN:
                yield f"window {window.id} is overdue and undecided"
            if window.state == Verdict.MET and not (window.told_at and window.told_at <= window.due_at):
                yield f"window {window.id} is met but was not told in time"
            if not window.history or window.history[-1].due_at != window.due_at:
                yield f"window {window.id}: its history does not end at its due"
            for rung in window.rungs:
                if rung.fired_at and rung.skipped:
                    yield f"window {window.id}: rung {rung.name} both fired and was skipped"
    yield from (f"a breach row for no window: {row}" for row in rows.values())


def _notice(tx: Transaction, notice: Notice) -> Iterator[str]:
    """I20: counts equal rows, counters equal answers, every state is legal, answers follow deliveries."""
    rows = tx.deliveries.first(notice.id, _SLICE)
    members = list(tx.audience.members(notice.id))
    counted = Counter(tx.notices.counts(notice.id))
    if notice.released:
        wanted = Counter((d.channel, d.language, d.state.value) for d in rows)
        wanted += _waiting(notice, members)
        if counted != wanted:
            yield f"counts say {dict(counted)}, rows say {dict(wanted)}"
    elif rows or counted:
        yield "deliveries before release"
    answers = Counter(member.answer for member in members)
    counters = {name: n for name, n in vars(notice.counters).items() if n}
    if notice.submitted_at is not None and counters != dict(answers):
        yield f"counters say {counters}, people say {dict(answers)}"
    by_person: dict[int, list[Delivery]] = {}
    for row in rows:
        if row.state not in State:
            yield f"delivery {row.id} is {row.state}"
        by_person.setdefault(row.customer_id, []).append(row)
    known = {member.customer_id: member for member in members}
    for person in by_person.keys() - known.keys() - {0}:
        yield f"delivery to {person}, who is not in the audience"
    for person, member in known.items():
        theirs = list(by_person.get(person, []))
        for another, channel in ((member.sms_with, "sms"), (member.mail_with, "email")):
            theirs += [d for d in by_person.get(another or 0, []) if d.channel == channel]
        said = answer_of([(d.state, d.reason) for d in theirs])
        if theirs and said != member.answer and not notice.held:
            yield f"person {person} is {member.answer}, deliveries say {said}"


def _in_advance(tx: Transaction) -> Iterator[str]:
    """I7, I28: a holding notice names the approval of two people in advance, and is the only one of its window."""
    seen: set[int] = set()
    for incident in (*tx.incidents.all(), *tx.incidents.cases(), *tx.incidents.works()):
        for notice in tx.notices.of_incident(incident.id):
            if not notice.standing:
                continue
            one = tx.approvals.get(notice.standing)
            named = {(a.user, a.text_hash, a.audience_hash) for a in notice.approvals}
            if one.author == one.decided_by or named != {
                (user, one.text_hash, one.audience_hash) for user in (one.author, one.decided_by)
            }:
                yield f"notice {notice.id}: its approval in advance is not that of two people"
            if notice.window in seen:
                yield f"window {notice.window} has two holding notices"
            seen.add(notice.window)


def _waiting(notice: Notice, members: list[Any]) -> Counter[tuple[str, str, str]]:
    """Pairs that have no row yet count as planned."""
    waiting: Counter[tuple[str, str, str]] = Counter()
    for member in members:
        if not notice.expanded and member.customer_id > notice.cursor:
            for channel, wanted, another in (
                ("sms", member.sms, member.sms_with),
                ("email", member.mail, member.mail_with),
            ):
                if wanted and another is None and channel in notice.walking:
                    waiting[(channel, member.language, State.PLANNED.value)] += 1
    return waiting


def _unapproved(attempts: Any) -> Iterator[str]:
    """I7: every attempt follows the release, and every approval names the text and audience that stand."""
    for row in attempts:
        if row.released_at is None or row.at < row.released_at:
            yield f"attempt {row.delivery_id}.{row.number} came before the release"
        if row.standing:
            continue
        if row.text_hash not in row.approvals or row.audience_hash not in row.approvals:
            yield f"attempt {row.delivery_id}.{row.number} has no approval of its text and audience"


STAFF = ("chat", "voice")
"""Channels that customers are never told by."""


def _ledger(app: App, sandbox: Sandbox) -> Iterator[str]:
    """I3, I6: the provider took each delivery once, plus its deliberate re-sends, and only for its person."""
    accepted = [item for item in sandbox.ledger() if item["accepted"]]
    to_staff = Counter(item["attempt"] for item in accepted if item["channel"] in STAFF and not is_page(item))
    yield from (f"staff were told {token} {n} times" for token, n in to_staff.items() if n > 1)
    yield from _paged(app, [item for item in accepted if is_page(item)])
    taken = [item for item in accepted if item["channel"] not in STAFF and not is_page(item)]
    times = Counter(int(item["attempt"].partition(".")[0]) for item in taken)
    with app.database.transaction() as tx:
        rows = tx.deliveries.by_ids(sorted(times))
        for number, n in times.items():
            if n > 1 + rows[number].resends:
                yield f"delivery {number} was taken {n} times with {rows[number].resends} re-sends"
        met = Counter(
            (rows[int(item["attempt"].partition(".")[0])].notice_id, item["channel"], item["to"])
            for item in taken
        )
        resent = sum(row.resends for row in rows.values())
        if sum(n - 1 for n in met.values()) > resent:
            yield "somebody was told the same twice at one number or address"
        for item in taken:
            row = rows[int(item["attempt"].partition(".")[0])]
            people = tx.audience.some(row.notice_id, [row.customer_id])
            if people[row.customer_id].address(row.channel) != item["to"]:
                yield f"delivery {row.id} went to somebody else"


def is_page(item: dict[str, Any]) -> bool:
    """Whether the provider took this for one of the house, not for a customer."""
    return str(item["attempt"]).startswith("page")


def _paged(app: App, taken: list[dict[str, Any]]) -> Iterator[str]:
    """Every page that left is a row, went to its person, and once plus its deliberate re-sends."""
    times = Counter(int(item["attempt"].removeprefix("page").partition(".")[0]) for item in taken)
    with app.database.transaction() as tx:
        for number, n in times.items():
            page = tx.paging.page(number)
            if n > 1 + page.resends:
                yield f"page {number} was taken {n} times with {page.resends} re-sends"
        for item in taken:
            page = tx.paging.page(int(item["attempt"].removeprefix("page").partition(".")[0]))
            if page.to != item["to"]:
                yield f"page {page.id} went to somebody else"
