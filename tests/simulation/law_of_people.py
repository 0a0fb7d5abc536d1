"""The checker's model of what people may decide about duties: waivers, lower levels, false alarms, reopenings.

From windows.md alone, as law_of_windows.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.simulation.kinship import NOTHING_THERE, kin
from tests.simulation.law_of_dues import (
    BEGINS,
    OF_THEIR_OWN,
    OPEN,
    UPWARDS,
    Check,
    levels,
    opened_by,
)
from tests.simulation.law_of_windows import words_for

if TYPE_CHECKING:
    from tests.simulation.checker import Record, Row

TOLD_BY_A_WORD = {"archive", "superior_report", "regulator_report"}
FOUND_NOBODY = {"no_match", "directory_empty"}
ENDED_BY = {
    "resolved": "resolution",
    "reopened": "reopened",
    "false_alarm": "false_alarm",
    "rejected": "rejected",
    "waived": "waiver",
}
"""An act, and what stands on the duties that it ended."""


def nothing_there(record: Record) -> Iterator[str]:
    """windows.md §4: a false alarm ends everything but the withdrawal, which is owed if anybody was told."""
    for incident, row in record.incidents.items():
        if row["status"] not in NOTHING_THERE:
            continue
        for number, window in record.windows.items():
            owed = window["incident"] == incident and window["duty"] == "owed"
            if owed and window["kind"] != "withdrawal_notice":
                yield f"window {number} ({window['kind']}) is owed though it was a {row['status']}"
        sent = [
            d["id"]
            for d in record.deliveries.values()
            if record.notices[d["notice_id"]]["incident"] == incident and d["channel"] != "web"
            if record.notices[d["notice_id"]]["kind"] not in ("correction_notice", "withdrawal_notice")
            if any(outcome == "accepted" for _, outcome, _ in record.outcomes[d["id"]])
        ]
        if sent and not any(
            w["incident"] == incident and w["kind"] == "withdrawal_notice" for w in record.windows.values()
        ):
            yield f"incident {incident} was a {row['status']}, and those who were told need not hear of it"


def second_person(record: Record) -> Iterator[str]:
    """windows.md §1, §4: leaving level 1, and a waiver at levels 1 and 2, are for two people, with a reason."""
    for incident, entries in record.timeline.items():
        agreed: set[tuple[str, str]] = set()
        asked: dict[tuple[str, str], str] = {}
        level = 3
        for entry in entries:
            data = entry["data"]
            what = (entry["kind"].partition("_")[0], str(data.get("window") or data.get("level")))
            if entry["kind"] in ("downgrade_asked", "waiver_asked"):
                asked[what] = entry["actor"]
            elif entry["kind"] in ("downgrade_approved", "waiver_approved"):
                if asked[what] == entry["actor"]:
                    yield f"incident {incident}: {entry['actor']} agreed to what they asked for"
                agreed.add((entry["kind"], what[1]))
            elif entry["kind"] == "downgraded":
                wanted = ("downgrade_approved", str(data["to"]))
                if (data["from"] == 1 and wanted not in agreed) or not data["reason"]:
                    yield f"incident {incident}: entry {entry['sequence']} left level 1 on one person's word"
            elif entry["kind"] == "waived":
                wanted = ("waiver_approved", str(data["window"]))
                if (level < 3 and wanted not in agreed) or not data["reason"]:
                    yield f"incident {incident}: window {data['window']} was waived on one person's word"
            if entry["kind"] in (*BEGINS, "upgraded", "downgraded", "undone", "duplicate_joined"):
                level = next(
                    lv for seq, _, lv in reversed(levels(record, incident)) if seq <= entry["sequence"]
                )


def waived(record: Record) -> Iterator[str]:
    """windows.md §1: waived before it is due, by a person; only what was missed is ended by one."""
    for number, window in record.windows.items():
        said = [e for e in record.entries(window["incident"], "waived") if e["data"]["window"] == number]
        if window["state"] == "waived" and not said:
            yield f"window {number} is waived and nobody said so"
        if window["state"] == "waived" and window["decided_at"] > window["due_at"]:
            yield f"window {number} was waived after it was due"
        if window["ended_by"] == "person" and window["state"] != "breached":
            yield f"window {number} was ended by a person, and is {window['state']}"


def by_word(record: Record) -> Iterator[str]:
    """windows.md §3: a person's word tells what a person fulfils, the page's audience of nobody, and a complainant who
    was called; nothing else."""
    for incident, entries in record.timeline.items():
        for entry in (e for e in entries if e["kind"] == "fulfilled"):
            window = record.windows[entry["data"]["window"]]
            by_word = window["kind"] in TOLD_BY_A_WORD or window["audience"] == "complainant"
            if not by_word and window["audience_state"] not in FOUND_NOBODY:
                yield f"incident {incident}: window {window['id']} ({window['kind']}) was told by a person's word"


def given_back(record: Record) -> Iterator[str]:
    """windows.md §4: what an act had ended is owed again when the act is taken back."""
    for incident, entries in record.timeline.items():
        for undone in (e for e in entries if e["kind"] == "undone"):
            was = entries[undone["data"]["sequence"] - 1]
            cause = ENDED_BY.get(was["kind"])
            gone_on = {
                e["data"].get("instead_of")
                for e in entries
                if e["at"] == undone["at"] and e["kind"] == "window_opened"
            }
            for number, window in record.windows.items():
                lapsed = window["incident"] == incident and window["decided_at"] == was["at"]
                along = opened_by(window) in OF_THEIR_OWN and not _something_stands(
                    record, incident, undone["at"]
                )
                along = along or _told_meanwhile(record, window, was["at"], undone["at"])
                if lapsed and window["ended_by"] == cause and number not in gone_on and not along:
                    yield f"window {number} ({window['kind']}) was ended by what was undone, and is not owed again"


def _told_meanwhile(record: Record, window: Row, since: int, until: int) -> bool:
    """Whether a page entry went live before the undo and started the next progress duty: it tells every older one."""
    return window["kind"] == "progress_update" and any(
        (w["incident"], w["kind"]) == (window["incident"], window["kind"])
        and since < w["started_at"] <= until
        for w in record.windows.values()
    )


def _something_stands(record: Record, incident: int, at: int) -> bool:
    """Whether a first notice for all that was released until then was not stopped: else what is written anew is for
    who joined too."""
    for_all = {
        w["sequence"]
        for w in record.windows.values()
        if (w["incident"], w["kind"]) == (incident, "first_notice") and opened_by(w) not in OF_THEIR_OWN
    }
    return any(
        (n["incident"], n["kind"]) == (incident, "first_notice")
        and max(1, n["sequence"]) in for_all
        and n["state"] != "stopped"
        for n in record.notices.values()
        if n["released_at"] is not None and n["released_at"] <= at
    )


def reopened(record: Record) -> Iterator[str]:
    """windows.md §4: what was reopened owes no end; after it the cadence resumes, or a first notice is owed."""
    for incident, row in record.incidents.items():
        if row["status"] not in OPEN or not record.entries(incident, "reopened"):
            continue
        for number, window in record.windows.items():
            late = window["kind"] in ("resolution_notice", "handling_report", "summary_report")
            if window["incident"] == incident and window["duty"] == "owed" and late:
                yield f"window {number} ({window['kind']}) is owed though incident {incident} was reopened"


def upwards(record: Record) -> Iterator[str]:
    """windows.md §2, §3: every level's reports to superiors are owed, and a person's word with evidence tells them."""
    for incident, row in record.incidents.items():
        if row["planned_end_at"] is not None or row["case"]:
            continue
        mine = [n for n, w in record.windows.items() if w["incident"] == incident and w["rule"] in UPWARDS]
        for rule, lengths in UPWARDS.items():
            owed = any(level in lengths for _, _, level in levels(record, incident))
            there = [n for n in mine if record.windows[n]["rule"] == rule]
            if bool(there) != owed and not _heard_elsewhere(record, incident, rule):
                yield f"incident {incident}: {rule} is owed {owed}, its windows are {there}"
            yield from _one_after_the_other(record, rule, there)
        for number in mine:
            yield from told_by_word(record, number)


def _heard_elsewhere(record: Record, incident: int, rule: str) -> bool:
    """Superiors hear of a whole once: by a duplicate, by what it was split off, or by the part that goes on for it."""
    others = kin(record, incident) - {incident}
    return any(w["incident"] in others and w["rule"] == rule for w in record.windows.values())


def _one_after_the_other(record: Record, rule: str, numbers: list[int]) -> Iterator[str]:
    """A report that was made or missed is not owed a second time; after a waiver or a lapse it may be."""
    for number, following in pairwise(numbers):
        if opened_by(record.windows[following]) == "merged":
            continue  # a duplicate owed it
        if record.windows[number]["state"] not in ("waived", "lapsed"):
            yield f"{rule} is owed again though window {number} is {record.windows[number]['state']}"


def told_by_word(record: Record, number: int) -> Iterator[str]:
    window, said = record.windows[number], words_for(record, number)
    if [window["told_at"]] != ([entry["at"] for entry in said] or [None]):
        yield f"window {number} was told at {window['told_at']}, by words of {[e['at'] for e in said]}"
    if any(not entry["data"][name] for entry in said for name in ("how", "whom", "evidence")):
        yield f"window {number} was told by a word without how, whom or evidence"
    if said and (said[0]["at"] <= window["due_at"]) != (window["state"] == "met"):
        yield f"window {number} was told at {said[0]['at']}, due {window['due_at']}, and is {window['state']}"


PEOPLE_LAWS: dict[str, tuple[str, Check]] = {
    "nothing there": ("windows.md §4", nothing_there),
    "second person": ("windows.md §4", second_person),
    "waived": ("windows.md §1", waived),
    "by word": ("windows.md §3", by_word),
    "given back": ("windows.md §4", given_back),
    "upwards": ("windows.md §2", upwards),
    "reopened": ("windows.md §4", reopened),
}
