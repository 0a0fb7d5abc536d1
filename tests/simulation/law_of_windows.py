"""The checker's model of duties, from windows.md §1-5 alone: verdicts, who is told, who is owed what."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.simulation.kinship import NOTHING_THERE, kin, notices_of, parted
from tests.simulation.law_of_dues import (
    HOUR,
    LENGTHS,
    OF_THEIR_OWN,
    OPEN,
    SECOND,
    Check,
    dues,
    from_awareness,
    levels,
    opened_by,
    started_at,
    status_at,
)
from tests.simulation.watch import instant

if TYPE_CHECKING:
    from tests.simulation.checker import Record, Row

FULFILLED_BY = {
    "first_notice": {"first_notice", "holding_notice", "resolution_notice"},
    "progress_update": {"first_notice", "progress_update", "material_update", "correction_notice"},
    "material_update": {"first_notice", "material_update", "resolution_notice"},
    "resolution_notice": {"resolution_notice"},
    "correction_notice": {"correction_notice", "withdrawal_notice"},
    "withdrawal_notice": {"withdrawal_notice"},
    "planned_work_notice": {"planned_work_notice"},
}
BY_PEOPLE = {
    "first_notice",
    "resolution_notice",
    "correction_notice",
    "withdrawal_notice",
    "planned_work_notice",
}
TELLING = ("first_notice", "holding_notice")
PAGE_ALONE = 3
"""The level at which a holding notice needs no channel but the page."""
BY_A_PERSON = ("waived", "ended_by_person")
DECIDED = {"met", "breached", "waived", "lapsed"}


def verdicts(record: Record) -> Iterator[str]:
    """I9, I10: past due exactly one verdict; met was told in time; a breach has its row, with its due."""
    breaches = {row["window_id"]: row for row in record.rows("SELECT * FROM breaches")}
    for number, window in record.windows.items():
        if record.now > window["due_at"] + 2 * SECOND and window["state"] not in DECIDED:
            yield f"window {number} is past due and {window['state']}"
        if window["state"] == "met" and not (
            window["told_at"] is not None and window["told_at"] <= window["due_at"]
        ):
            yield f"window {number} is met, told {window['told_at']}, due {window['due_at']}"
        row = breaches.get(number)
        if row is not None and (row["due_at"] != window["due_at"] or row["recorded_at"] < row["due_at"]):
            yield f"the breach of window {number} names another due"
        if window["state"] == "breached" and window["duty"] == "ended" and not window["ended_by"]:
            yield f"the duty of window {number} ended by nothing"
        if window["state"] == "breached" and not json.loads(window["causes"]) and window["told_at"] is None:
            yield f"window {number} is breached without a cause"
        if window["state"] == "breached" and json.loads(window["causes"]) == [window["ended_by"]]:
            yield f"window {number} is breached, and nothing says what was missing"
        if window["state"] == "lapsed" and not (
            window["ended_by"] and window["decided_at"] <= window["due_at"]
        ):
            yield f"window {number} lapsed without cause or after its due"
        if (window["duty"] == "owed") != (window["told_at"] is None and not window["ended_by"]):
            yield f"window {number} is {window['duty']}, told {window['told_at']}, ended by {window['ended_by']!r}"


def told(record: Record) -> Iterator[str]:
    """I9: the verdict that the ledger of outcomes and pages gives, window by window."""
    for number, window in record.windows.items():
        if (
            window["kind"] not in FULFILLED_BY
            or window["state"] in ("lapsed", "waived")
            or window["ended_by"]
        ):
            continue
        if words_for(record, number) or window["audience"] == "complainant":
            continue  # of a complaint: law_of_complaints.py
        if window["kind"] in BY_PEOPLE and len(kin(record, window["incident"])) > 1:
            continue  # law_of_families.py
        judged = _told_at(record, window)
        if judged is None:
            continue
        at = judged[0]
        if at is not None and at <= window["due_at"] and window["state"] != "met":
            yield f"window {number} ({window['kind']}) was told in time, at {at}, and is {window['state']}"
        if (at is None or at > window["due_at"]) and window["state"] == "met":
            yield f"window {number} ({window['kind']}) is met; by the record it was told at {at}"
        if None not in (at, window["told_at"]) and window["told_at"] < at:
            yield f"window {number} ({window['kind']}) says told at {window['told_at']}; by the record it was at {at}"
        if at is None and window["duty"] == "done":
            yield f"window {number} ({window['kind']}) counts as done and was never told"
        if at is not None and window["duty"] == "owed" and at <= record.now - SECOND:
            yield f"window {number} ({window['kind']}) is owed though it was told at {at}"


def words_for(record: Record, number: int) -> list[Row]:
    """The entries by which a person said how this window was told."""
    said = record.entries(record.windows[number]["incident"], "fulfilled")
    return [entry for entry in said if entry["data"]["window"] == number]


def _told_at(record: Record, window: Row) -> tuple[int | None] | None:
    """(when it was told or None,); None itself where several notices share the window and the model passes."""
    fitting = [n for n in record.notices.values() if fits(record, window, n)]
    instead = _entries_instead(record, window, fitting)
    if any(n["state"] == "stopped" for n in (*fitting, *instead)):
        return None
    live = {n["id"]: _live_at(record, n) for n in fitting}
    alive = [at for n, at in live.items() if at is not None]
    if window["kind"] not in BY_PEOPLE:
        after = window["started_at"] if window["kind"] == "progress_update" else 0
        return (min((at for at in alive if at > after), default=None),)
    alone = None
    if len(fitting) == 1 and fitting[0]["kind"] == "holding_notice" and not window["audience_state"]:
        alone = _page_suffices_at(record, window["incident"], alive)
        if not fitting[0]["audience_size"]:
            # Customers who arrived later: whether there was anybody to tell when it went live is not kept.
            nobody = record.rows(
                "SELECT 1 FROM call_outs WHERE about = 'nobody_to_tell' AND \"window\" = ?", window["id"]
            )
            return (alone,) if window["told_at"] is not None and not nobody else None
    alive += [at for n in instead if (at := _live_at(record, n)) is not None]
    released = [n for n in fitting if n["audience_size"]]
    if not released:
        told = [max(at, window["history_at"]) if "history_at" in window else at for at in alive]
        return (min(told, default=None),) if window["audience_state"] == "impact_unknown" else None
    if len(fitting) != 1:
        return None
    (notice,) = released
    found = (alone, _answered_at(record, notice, min(alive, default=None)))
    return (min((at for at in found if at is not None), default=None),)


def _entries_instead(record: Record, window: Row, fitting: list[Row]) -> list[Row]:
    """windows.md, "The holding notice": its entry leaves unless a person's is live, which its people read then."""
    if not any(n["kind"] == "holding_notice" for n in fitting):
        return []
    return [
        n
        for n in record.notices.values()
        if n["incident"] == window["incident"] and n["kind"] != "holding_notice"
        if n["released_at"] is not None and n not in fitting
    ]


def _page_suffices_at(record: Record, incident: int, live: list[int]) -> int | None:
    """windows.md, "The holding notice": its page entry alone tells the window at level 3, by the level at that time."""
    if not live:
        return None
    changes = [(at, level) for _, at, level in levels(record, incident)]
    then = [level for at, level in changes if at <= live[0]][-1]
    later = [at for at, level in changes if at > live[0] and level == PAGE_ALONE]
    return live[0] if then == PAGE_ALONE else next(iter(later), None)


def fits(record: Record, window: Row, notice: Row) -> bool:
    if notice["incident"] != window["incident"] or notice["kind"] not in FULFILLED_BY[window["kind"]]:
        return False
    if notice["released_at"] is None:
        return False
    if window["kind"] in ("correction_notice", "withdrawal_notice"):
        if (notice["kind"], notice["sequence"]) == (window["kind"], window["sequence"]):
            return True
        if notice["kind"] != "withdrawal_notice" or notice["submitted_at"] < window["started_at"]:
            return False
        return any(
            wrong_of(notice) >= wrong_of(n)
            for n in record.notices.values()
            if n["incident"] == window["incident"]
            and (n["kind"], n["sequence"]) == (window["kind"], window["sequence"])
        )
    if window["kind"] == "first_notice":
        if opened_by(window) in OF_THEIR_OWN:
            own = notice["kind"] in ("first_notice", "holding_notice")
            return own and bool(notice["sequence"] == window["sequence"])
        return bool(notice["kind"] != "first_notice" or max(1, notice["sequence"]) == window["sequence"])
    if window["kind"] == "material_update":
        joined = notice["kind"] == "first_notice" and any(
            w["incident"] == window["incident"]
            and (w["kind"], w["sequence"]) == ("first_notice", notice["sequence"])
            and opened_by(w) in OF_THEIR_OWN
            for w in record.windows.values()
        )
        return bool(notice["submitted_at"] >= window["started_at"]) and not joined
    if window["kind"] == "resolution_notice":
        return bool(notice["submitted_at"] >= window["started_at"])
    return True


def wrong_of(notice: Row) -> set[int]:
    """The notices that a correction or withdrawal takes back."""
    return set(json.loads(notice["takes_back"])) or {notice["corrects"]}


def _live_at(record: Record, notice: Row) -> int | None:
    return next(
        (
            e["at"]
            for e in record.entries(notice["incident"], "page_live")
            if e["data"]["notice"] == notice["id"]
        ),
        None,
    )


def _answered_at(record: Record, notice: Row, live: int | None) -> int | None:
    """windows.md §3: page live, everybody answered, 90 % reached, at most one or 0.5 % unconfirmed."""
    from tests.simulation.checker import answer_now

    if live is None:
        return None
    number = notice["id"]
    people = list(record.members[number].values())
    deliveries = record.deliveries_of[number].values()
    instants = {live, *(at for d in deliveries for at, _, _ in record.outcomes[d] if at > live)}
    addressed = sum(1 for p in people if not p["opted_out"] and (p["phone"] or p["email"]))
    for at in sorted(instants):
        answers = Counter(_with_earlier(record, p, answer_now(record, number, p, at)) for p in people)
        if answers["pending"] or answers["spared"]:
            continue
        enough = answers["reached"] >= 1 and answers["reached"] >= 0.9 * addressed
        if enough and answers["unconfirmed"] <= max(1, int(0.005 * len(people))):
            return at
    return None


def _with_earlier(record: Record, person: Row, answer: str) -> str:
    """Who has no delivery here because an earlier notice reached them stays reached."""
    return "reached" if answer == "impossible" and person["answer"] == "reached" else answer


def silence(record: Record) -> Iterator[str]:
    """windows.md §2: a missed first or progress window starts the next, at its due; a live entry does too."""
    for number, window in record.windows.items():
        if window["kind"] not in ("first_notice", "progress_update") or window["state"] != "breached":
            continue
        if window["sequence"] > 1 and window["kind"] == "first_notice":
            continue
        if window["audience"] == "complainant":
            continue  # a complaint has no cadence
        incident, decided = window["incident"], window["decided_at"]
        if status_at(record, incident, decided) not in OPEN or _let_go(record, incident):
            continue
        if not any(
            w["id"] != number
            and (w["incident"], w["kind"]) == (incident, "progress_update")
            and (w["started_at"] >= window["due_at"] or w["due_at"] > window["due_at"])
            and instant(json.loads(w["history"])[0]["at"]) <= decided
            for w in record.windows.values()
        ):
            yield f"window {number} was missed and nothing follows it"
    for incident, row in record.incidents.items():
        if row["case"] or _let_go(record, incident):
            continue
        if row["status"] in OPEN and not any(
            w["incident"] == incident and w["duty"] == "owed" and w["kind"] in LENGTHS
            for w in record.windows.values()
        ):
            yield f"incident {incident} is {row['status']} and owes nothing"


def _let_go(record: Record, incident: int) -> bool:
    """Whether a person has ended a duty of it, or of what it was split off."""
    apart = parted(record, incident)
    return bool(record.entries(incident, *BY_A_PERSON)) or (apart is not None and _let_go(record, apart[0]))


def promises(record: Record) -> Iterator[str]:
    """windows.md §2: an earlier promise moves the next due forward."""
    for number, window in record.windows.items():
        if window["kind"] != "progress_update" or _follows_at_once(record, number, window):
            continue
        notice = next(
            (
                n
                for n in record.notices.values()
                if n["incident"] == window["incident"] and n["page_live_at"] == window["started_at"]
            ),
            None,
        )
        if notice is None or notice["next_update_at"] is None:
            continue
        first = instant(json.loads(window["history"])[0]["due_at"])
        if first > notice["next_update_at"]:
            yield f"window {number} is due after what notice {notice['id']} promised"


def _follows_at_once(record: Record, number: int, window: Row) -> bool:
    """Whether it comes after a promise that had passed when its page entry went live."""
    return any(
        n < number and all(w[name] == window[name] for name in ("incident", "kind", "started_at"))
        for n, w in record.windows.items()
    )


def only_those_told(record: Record) -> Iterator[str]:
    """The end, a correction and a withdrawal go to exactly those who were told, or may have been."""
    for number, notice in record.notices.items():
        if notice["released_at"] is None:
            continue
        if notice["kind"] in ("correction_notice", "withdrawal_notice"):
            wrong, had = wrong_of(notice), set[int]()
            back = {
                n["id"]
                for n in record.notices.values()
                if n["kind"] in ("correction_notice", "withdrawal_notice") and n["released_at"] is not None
                if n["id"] < number and wrong_of(n) <= wrong
            }
            for one in wrong | back:
                mine = {
                    d["customer_id"]
                    for d in record.deliveries.values()
                    if d["notice_id"] == one and d["channel"] != "web" and d["attempts"]
                }
                had |= mine | {
                    p["customer_id"]
                    for p in record.members[one].values()
                    if {p["sms_with"], p["mail_with"]} & mine
                }
            extra = set(record.members[number]) - had
            if extra:
                yield f"notice {number} takes back {sorted(wrong)} before {sorted(extra)}, who never had it"
        if notice["kind"] == "resolution_notice":
            # Of an end that was none some heard with the outage.
            firsts = [
                n["id"]
                for n in notices_of(record, notice["incident"])
                if n["released_at"] is not None
                if n["kind"] in ("first_notice", "holding_notice")
                or (n["kind"] == "resolution_notice" and n["id"] < number)
            ]
            family = {c for first in firsts for c in record.members[first]}
            new = set(record.members[number]) - family
            if firsts and new and not _both_in_one(record, notice, new):
                yield f"notice {number} tells of the end to people who were in no audience"
            yield from _own_form(record, number, firsts)


def _both_in_one(record: Record, notice: Row, people: set[int]) -> bool:
    """Whether these, whom no earlier notice was for, get outage and end in one text: a first notice is owed still."""
    owed = any(
        w["incident"] in kin(record, notice["incident"])
        and w["kind"] == "first_notice"
        and (w["told_at"] is None or w["told_at"] >= notice["released_at"])
        for w in record.windows.values()
    )
    return owed and all(record.members[notice["id"]][one]["form"] == "combined" for one in people)


def _own_form(record: Record, number: int, firsts: list[int]) -> Iterator[str]:
    """`own` says "is over" to somebody who heard of it; `combined` is for who never did."""
    for delivery in record.deliveries.values():
        if delivery["notice_id"] != number or delivery["channel"] == "web" or delivery["form"] != "own":
            continue
        if not record.taken.get(delivery["id"]):
            continue
        # A first notice keeps as told whom another of the family has told, which may be no notice of this incident.
        family = kin(record, record.notices[number]["incident"])
        theirs = [
            n["id"] for n in record.notices.values() if n["incident"] in family and n["kind"] in TELLING
        ]
        if firsts and not any(_tried(record, one, delivery["customer_id"]) for one in {*firsts, *theirs}):
            yield f"delivery {delivery['id']} tells {delivery['customer_id']} of the end of what they never heard of"


def _tried(record: Record, notice: int, customer: int) -> bool:
    """Whether a message of this notice set out for them."""
    person = record.members[notice].get(customer)
    sent = record.telling(notice, person).values() if person is not None else ()
    return any(record.deliveries[d]["attempts"] for d in sent)


def at_most_one_sms(record: Record) -> Iterator[str]:
    """windows.md §2: material updates send one SMS per customer in two hours; the first notice of a person after an
    automatic one is exempt."""
    for number, taken in record.taken.items():
        row = record.deliveries[number]
        notice = record.notices[row["notice_id"]]
        if row["channel"] != "sms" or notice["kind"] != "material_update" or _first_by_people(record, notice):
            continue
        family = {n["id"] for n in _before(record, notice)} - {notice["id"]}
        others = [
            d
            for d in record.deliveries.values()
            if d["channel"] == "sms"
            and d["notice_id"] in family
            and record.taken.get(d["id"])
            and record.taken[d["id"]][0].to == taken[0].to
            and d["accepted_at"] is not None
        ]
        since = notice["released_at"] - 2 * HOUR
        if any(since < d["accepted_at"] < notice["released_at"] for d in others):
            yield f"delivery {number} is the second SMS to one number within two hours"


def _before(record: Record, notice: Row) -> list[Row]:
    """What was released until then, for people of this incident as far as it was one with others."""
    joined = {record.incidents[number]["reference"]: number for number in kin(record, notice["incident"])}
    later = {
        joined[entry["data"]["ref"]]
        for number in joined.values()
        for entry in record.entries(number, "duplicate_joined")
        if entry["at"] > notice["released_at"]
    }
    return [
        n
        for n in notices_of(record, notice["incident"])
        if n["released_at"] is not None and n["released_at"] <= notice["released_at"]
        if n["incident"] not in later or n["incident"] == notice["incident"]
    ]


def _first_by_people(record: Record, notice: Row) -> bool:
    """Whether all that went before it went by itself, and something did."""
    before = [n for n in _before(record, notice) if n["id"] != notice["id"]]
    return bool(before) and all(n["kind"] == "holding_notice" for n in before)


def starts(record: Record) -> Iterator[str]:
    """windows.md §1: each clock starts where its rule says."""
    for number, window in record.windows.items():
        incident, kind = window["incident"], window["kind"]
        if from_awareness(window) and window["started_at"] != started_at(record, window, record.now):
            yield f"window {number} does not start at awareness"
        later = kind in ("resolution_notice", "correction_notice", "withdrawal_notice", "material_update")
        happened = {entry["at"] for one in kin(record, incident) for entry in record.timeline[one]}
        if later and window["started_at"] not in happened:
            yield f"window {number} ({kind}) starts at nothing that happened"


def material(record: Record) -> Iterator[str]:
    """windows.md §2: a higher level, restored and partly restored owe a material update once the first is submitted."""
    for incident, entries in record.timeline.items():
        if record.incidents[incident]["case"]:
            continue  # a complaint owes none: law_of_complaints.py
        alive: set[int] = set()
        for entry in entries:
            data = entry["data"]
            if entry["kind"] == "notice_submitted" and data["kind"] == "first_notice":
                alive.add(data["notice"])
            elif entry["kind"] in ("notice_superseded", "notice_stopped", "notice_declined"):
                alive.discard(data["notice"])
            elif entry["kind"] in ("upgraded", "restored", "partly_restored", "lost_again") and alive:
                owed = {"material_update"} | (
                    {"correction_notice"} if entry["kind"] == "lost_again" else set()
                )
                same = [e for e in entries if e["at"] == entry["at"] and e["sequence"] > entry["sequence"]]
                if not any(
                    e["kind"] == "change_joined"
                    or (e["kind"] == "window_opened" and e["data"]["kind"] in owed)
                    for e in same
                ):
                    yield f"incident {incident}: entry {entry['sequence']} ({entry['kind']}) owes no material update"


def progress_ends(record: Record) -> Iterator[str]:
    """windows.md §2: progress ends at resolution."""
    for number, window in record.windows.items():
        status = record.incidents[window["incident"]]["status"]
        if (
            window["kind"] == "progress_update"
            and window["duty"] == "owed"
            and status in ("resolved", "closed", *NOTHING_THERE)
        ):
            yield f"window {number} is a progress update that is owed though the incident is {status}"


def forecasts(record: Record) -> Iterator[str]:
    """I27: every release stores a forecast."""
    for number, notice in record.notices.items():
        if notice["released_at"] is not None and notice["forecast_at"] is None:
            yield f"notice {number} was released without a forecast"


WINDOW_LAWS: dict[str, tuple[str, Check]] = {
    "verdicts": ("I9, I10", verdicts),
    "dues": ("I12", dues),
    "told": ("I9", told),
    "starts": ("windows.md §1", starts),
    "material": ("windows.md §2", material),
    "progress ends": ("windows.md §2", progress_ends),
    "silence": ("windows.md §2", silence),
    "promises": ("windows.md §2", promises),
    "only those told": ("windows.md §3", only_those_told),
    "one SMS": ("windows.md §2", at_most_one_sms),
    "forecasts": ("I27", forecasts),
}
