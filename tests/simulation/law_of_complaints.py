"""The checker's model of ordinary complaints, from windows.md §2 and its rows M31 and M32 alone.

What one person is owed, that nobody else hears and no page shows it, and what becomes of it when it is promoted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.simulation.kinship import duplicates, kin, survivor
from tests.simulation.law_of_dues import HOUR, OPEN, SECOND, Check, awareness
from tests.simulation.law_of_families import after_merge, can_be_told, in_one, passed, reached_at
from tests.simulation.law_of_windows import fits, words_for
from tests.simulation.watch import instant

if TYPE_CHECKING:
    from tests.simulation.checker import Record, Row

TO_THE_ONE = {"first_notice", "resolution_notice", "correction_notice", "withdrawal_notice"}
OWED = {*TO_THE_ONE, "archive"}
"""All that an ordinary complaint owes."""
FIRST_WORD, ITS_END = 4 * HOUR, 2 * HOUR
CLASSES = {
    "service_quality": "service_quality",
    "policy_change": "major",
    "several_departments": "major",
}
"""What promotes a complaint, and the class of complaint that the incident is of (R40, R44, R45)."""


def cases(record: Record) -> dict[int, Row]:
    return {number: row for number, row in record.incidents.items() if row["case"]}


def complainant(record: Record, case: int) -> set[int]:
    """Whom its list has."""
    rows = record.rows(
        "SELECT a.customer_id FROM uploaded a JOIN uploads u ON u.id = a.upload_id WHERE u.incident_id = ?",
        case,
    )
    return {row["customer_id"] for row in rows}


def _windows(record: Record, case: int, *kinds: str) -> dict[int, Row]:
    return {n: w for n, w in record.windows.items() if w["incident"] == case and w["kind"] in kinds}


def registered(record: Record) -> Iterator[str]:
    """M31: from the instant of the complaint its complainant is owed a word within 4 hours, once, as of level 3."""
    said = {key[0]: key[1:] for what, key in record.acknowledged if what == "complained"}
    accounts = {row["id"]: row["account"] for row in record.rows("SELECT id, account FROM customers")}
    for number, row in cases(record).items():
        first = record.timeline[number][0]
        since = instant(first["data"]["aware_at"])
        names = [accounts[one] for one in complainant(record, number)]
        account, at = said.get(row["reference"], (None, None))
        if len(names) != 1 or (account is not None and names != [account]):
            yield f"complaint {number} is of {account}, and its list has {names}"
        if at is not None and instant(at) != since:
            yield f"complaint {number} is of {at}, and the record has {since}"
        firsts = _windows(record, number, "first_notice").values()
        opened = [json.loads(w["history"])[0] for w in firsts]
        mine = [(instant(one["due_at"]), one["rule"]) for one in opened if instant(one["at"]) == first["at"]]
        if mine != [(since + FIRST_WORD, "opened")]:
            yield f"complaint {number} of {since} owes its first word by {mine}"
        if first["data"]["level"] != 3 or record.entries(number, "upgraded", "downgraded"):
            yield f"complaint {number} is not of level 3 throughout"
        if row["status"] in OPEN and not any(
            w["duty"] in ("owed", "done") or w["ended_by"] or w["state"] == "waived" for w in firsts
        ):
            yield f"complaint {number} is {row['status']}, and owes its complainant nothing"


def one_person(record: Record) -> Iterator[str]:
    """M31: whatever it owes is the complainant's alone, and nobody else is sent anything by it."""
    for number in cases(record):
        person = complainant(record, number)
        for window, row in _windows(record, number, *TO_THE_ONE).items():
            if row["audience"] != "complainant":
                yield f"window {window} of complaint {number} is owed to {row['audience']}"
        for notice in (n for n in record.notices.values() if n["incident"] == number):
            others = set(record.members[notice["id"]]) - person
            if others:
                yield f"notice {notice['id']} of complaint {number} is for {sorted(others)} too"
            whole = notice["kind"] == "first_notice" and notice["released_at"] is not None
            if whole and not record.members[notice["id"]]:
                yield f"notice {notice['id']} of complaint {number} went out for nobody"
    for number, window in record.windows.items():
        if window["audience"] == "complainant" and not record.incidents[window["incident"]]["case"]:
            yield f"window {number} is owed to a complainant, and is of no complaint"


def nothing_wider(record: Record) -> Iterator[str]:
    """M31: no page, no cadence, no reports, no tasks, no question of a regime; its reference is on no page."""
    for number, row in cases(record).items():
        kinds = {w["kind"] for w in record.windows.values() if w["incident"] == number} - OWED
        if kinds:
            yield f"complaint {number} owes {sorted(kinds)}"
        mine = {n["id"]: n for n in record.notices.values() if n["incident"] == number}
        for notice, one in mine.items():
            if one["kind"] not in TO_THE_ONE or "web" in json.loads(one["channels"]):
                yield f"notice {notice} ({one['kind']}) of complaint {number} goes by {one['channels']}"
            if one["page_live_at"] is not None or any(c == "web" for _, c in record.deliveries_of[notice]):
                yield f"notice {notice} of complaint {number} has a page entry"
        if record.entries(number, "holding_held", "holding_sent"):
            yield f"complaint {number} has a holding notice"
        if record.rows("SELECT 1 FROM tasks WHERE incident_id = ?", number):
            yield f"complaint {number} has tasks"
        if any(entry["kind"].startswith("regime_") for entry in record.timeline[number]):
            yield f"complaint {number} was looked at by a regime"
        shown = [path for path, page in record.site.items() if row["reference"] in f"{path} {page.decode()}"]
        if shown:
            yield f"{row['reference']} is a complaint of one person, and is on {shown}"


def reached(record: Record) -> Iterator[str]:
    """M31: told when the one person is reached by any channel, or by a person's word after a call; met when that was in
    time, and owed until then."""
    for case in cases(record):
        for number, window in _windows(record, case, *TO_THE_ONE).items():
            if window["state"] in ("lapsed", "waived") or window["ended_by"]:
                continue
            at, least = (_told_at(record, case, window, stopped=one) for one in (False, True))
            if window["told_at"] is not None and (least is None or window["told_at"] < least):
                yield f"window {number} ({window['kind']}) was told at {window['told_at']}, and reached at {least}"
            if at is None:
                continue
            if at <= window["due_at"] and window["state"] != "met" and at <= record.now - SECOND:
                yield f"window {number} ({window['kind']}) was told in time, at {at}, and is {window['state']}"
            if window["state"] == "met" and window["told_at"] > window["due_at"]:
                yield f"window {number} ({window['kind']}) is met, and was told after its due"
            if window["duty"] == "owed" and at <= record.now - SECOND:
                yield f"window {number} ({window['kind']}) is owed though it was told at {at}"


def _told_at(record: Record, case: int, window: Row, stopped: bool = False) -> int | None:
    """When a message of a notice that stands, or of one that was `stopped` since, had reached the complainant, or a
    person had said so."""
    found = [entry["at"] for entry in words_for(record, window["id"])]
    for notice in record.notices.values():
        if (notice["state"] == "stopped" and not stopped) or not fits(record, window, notice):
            continue
        found += _reached(record, case, notice)
    return min(found, default=None)


def _reached(record: Record, case: int, notice: Row) -> list[int]:
    people = record.members[notice["id"]]
    at = [reached_at(record, notice["id"], people[one]) for one in complainant(record, case) if one in people]
    return [one for one in at if one is not None]


def its_end(record: Record) -> Iterator[str]:
    """§2, M15: resolved after its complainant was told, or was left without a word, it owes within 2 hours how it
    ended."""
    for number in cases(record):
        ends = _windows(record, number, "resolution_notice").values()
        for entry in record.entries(number, "resolved"):
            at = entry["at"]
            mine = [w for w in ends if instant(json.loads(w["history"])[0]["at"]) == at]
            wrong = [w for w in mine if instant(json.loads(w["history"])[0]["due_at"]) != at + ITS_END]
            if wrong or len(mine) > 1:
                yield f"complaint {number} was resolved at {at}, and owes its end by {[w['due_at'] for w in mine]}"
            if not mine and _hears(record, number, at):
                yield f"complaint {number} was resolved at {at}, and its complainant need not hear of that"


def _hears(record: Record, case: int, at: int) -> bool:
    """Whether its complainant had been told by then, or was owed a word that is late."""
    for window in _windows(record, case, "first_notice").values():
        told = _told_at(record, case, window)
        if told is not None and told < at and window["told_at"] is not None:
            return True
        missed = window["state"] == "breached" and window["decided_at"] < at and not window["ended_by"]
        if missed and (window["told_at"] is None or window["told_at"] > at):
            return True
    return False


def promoted(record: Record) -> Iterator[str]:
    """M32: it goes into one incident in that very act; a new one counts from the complaint, is of the class that the
    condition says, and was of level 3 until then."""
    for number, row in cases(record).items():
        for entry in record.entries(number, "promoted"):
            gone = [e for e in record.entries(number, "merged") if e["at"] == entry["at"]]
            if row["merged_into"] is None or not gone:
                yield f"complaint {number} was promoted at {entry['at']}, and is {row['status']}"
                continue
            if entry["data"]["because"] not in CLASSES:
                yield f"complaint {number} was promoted because of {entry['data']['because']}"
            yield from _new_one(record, number, entry)
    for number, row in record.incidents.items():
        into = row["merged_into"]
        if into is not None and record.incidents[into]["case"]:
            yield f"incident {number} went into complaint {into}"
        if row["split_from"] is not None and record.incidents[row["split_from"]]["case"]:
            yield f"complaint {row['split_from']} was divided"


def _new_one(record: Record, case: int, entry: Row) -> Iterator[str]:
    """Of the incident that was opened for it."""
    into = record.incidents[case]["merged_into"]
    first = record.timeline[into][0]
    if first["at"] != entry["at"] or first["kind"] != "opened":
        return
    said, since = first["data"], awareness(record, case)[-1][1]
    if instant(said["aware_at"]) != since:
        yield f"incident {into} counts from {said['aware_at']}; complaint {case}, which it is of, from {since}"
    if (said["type"], said["level"]) != ("complaint_escalation", 3):
        yield f"incident {into} of complaint {case} opened as {said['type']} of level {said['level']}"
    if said["complaint"] != CLASSES.get(entry["data"]["because"]):
        yield f"incident {into} is of class {said['complaint']}: {entry['data']['because']}"
    if not any(w["incident"] == into and w["kind"] == "first_notice" for w in record.windows.values()):
        yield f"incident {into} of complaint {case} owes no first notice"


def after_promotion(record: Record, reference: str) -> Iterator[str]:
    """Right after it: what the complaint owed is owed by the incident, to everybody who is hit and is told by nothing,
    and to the complainant, wherever they live."""
    (case,) = [n for n, row in cases(record).items() if row["reference"] == reference]
    into = record.incidents[case]["merged_into"]
    if into is None:
        yield f"{reference} was promoted, and went into nothing"
        return
    yield from after_merge(record, reference, record.incidents[into]["reference"])
    yield from _forgotten(record, case)


def nobody_forgotten(record: Record) -> Iterator[str]:
    """M32: a complainant whose complaint went into an incident is told by a message, or owed a word by what goes on."""
    for case, row in cases(record).items():
        if row["merged_into"] is not None:
            yield from _forgotten(record, case)


def _forgotten(record: Record, case: int) -> Iterator[str]:
    top = survivor(record, case)
    if record.incidents[top]["status"] not in OPEN:
        return
    family = kin(record, top)
    open_ones = [one for one in family if record.incidents[one]["status"] in OPEN]
    owes = any(
        w["duty"] == "owed" and w["kind"] == "first_notice" and w["incident"] in open_ones
        for w in record.windows.values()
    )
    if owes or any(passed(record, one) for one in (*open_ones, *duplicates(record, top))):
        return
    told = {who for one in family for who in in_one(record, one)}
    left = (complainant(record, case) & can_be_told(record)) - told
    if left:
        yield f"complaint {case} went into incident {top}, and {sorted(left)} is told by nothing and owed nothing"


COMPLAINT_LAWS: dict[str, tuple[str, Check]] = {
    "complaints are owed a word": ("windows.md M31", registered),
    "one person": ("windows.md M31", one_person),
    "nothing wider": ("windows.md M31", nothing_wider),
    "reached alone": ("windows.md M31, I9", reached),
    "how a complaint ended": ("windows.md §2", its_end),
    "promoted": ("windows.md M32", promoted),
    "no complainant forgotten": ("windows.md M32", nobody_forgotten),
}
