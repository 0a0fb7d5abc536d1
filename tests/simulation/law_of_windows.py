"""The checker's model of the clocks, from windows.md §1-5 alone: dues, verdicts, rungs, and who is owed what."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.simulation.watch import instant

if TYPE_CHECKING:
    from tests.simulation.checker import Record, Row

MINUTE = 60 * 1_000_000
HOUR = 60 * MINUTE
SECOND = 1_000_000
LENGTHS = {
    "first_notice": {1: 120, 2: 120, 3: 240},
    "progress_update": {1: 60, 2: 120, 3: 240},
    "material_update": {1: 30, 2: 30, 3: 60},
    "resolution_notice": {1: 60, 2: 60, 3: 120},
    "correction_notice": {1: 30, 2: 30, 3: 60},
    "withdrawal_notice": {1: 30, 2: 30, 3: 60},
}
"""Minutes by level: windows.md §2."""
UPWARDS = {
    "handbook.superior_report.phone": {1: 15, 2: 30},
    "handbook.superior_report.written": {1: 30, 2: 60, 3: 60},
}
"""The same for reports to superiors; where a level has none, nothing becomes owed at it."""
SLOW_AFTER, SLOW = 24 * HOUR, 24 * 60
FULFILLED_BY = {
    "first_notice": {"first_notice", "resolution_notice"},
    "progress_update": {"first_notice", "progress_update", "material_update", "correction_notice"},
    "material_update": {"first_notice", "material_update", "resolution_notice"},
    "resolution_notice": {"resolution_notice"},
    "correction_notice": {"correction_notice", "withdrawal_notice"},
    "withdrawal_notice": {"withdrawal_notice"},
}
BY_PEOPLE = {"first_notice", "resolution_notice", "correction_notice", "withdrawal_notice"}
OF_THEIR_OWN = {"grown", "merged"}
"""How a first notice opens that is for people who are in no earlier one."""
BY_A_PERSON = ("waived", "ended_by_person")
NOTHING_THERE = ("false_alarm", "rejected")
DECIDED = {"met", "breached", "waived", "lapsed"}
OPEN = {"pending_confirmation", "open", "responding", "partially_restored", "restored"}
Check = Callable[["Record"], Iterator[str]]


def levels(record: Record, incident: int) -> list[tuple[int, int, int]]:
    """(sequence, instant, level) of every change of the level, undone ones included."""
    found: list[tuple[int, int, int]] = []
    for entry in record.timeline[incident]:
        data = entry["data"]
        if entry["kind"] == "opened":
            found.append((entry["sequence"], entry["at"], data["level"]))
        elif entry["kind"] in ("upgraded", "downgraded"):
            found.append((entry["sequence"], entry["at"], data["to"]))
        elif entry["kind"] == "undone" and data["act"] in ("upgraded", "downgraded"):
            was = record.timeline[incident][data["sequence"] - 1]
            found.append((entry["sequence"], entry["at"], was["data"]["from"]))
    return found


def statuses(record: Record, incident: int) -> list[tuple[int, str]]:
    """(instant, status since then), undone ones included."""
    by_act = {
        "confirmed": "responding",
        "partly_restored": "partially_restored",
        "restored": "restored",
        "resolved": "resolved",
        "closed": "closed",
    }
    found: list[tuple[int, str]] = []
    entries = record.timeline[incident]
    for entry in entries:
        data = entry["data"]
        if entry["kind"] == "opened":
            found.append((entry["at"], data["status"]))
        elif entry["kind"] in by_act:
            found.append((entry["at"], by_act[entry["kind"]]))
        if "status" in data.get("facts", {}):
            found.append((entry["at"], data["facts"]["status"]["to"]))
        elif entry["kind"] == "undone":
            was = entries[data["sequence"] - 1]
            if "status" in was["data"].get("facts", {}):
                found.append((entry["at"], was["data"]["facts"]["status"]["from"]))
            elif was["kind"] in by_act:
                found.append((entry["at"], was["data"]["from"]))
    return found


def status_at(record: Record, incident: int, at: int) -> str:
    """The status after everything that happened until that instant."""
    return [status for when, status in statuses(record, incident) if when <= at][-1]


def awareness(record: Record, incident: int) -> list[tuple[int, int]]:
    """(instant of the entry, awareness since then), undone ones included."""
    found: list[tuple[int, int]] = []
    for entry in record.timeline[incident]:
        data = entry["data"]
        if entry["kind"] in ("opened", "aware_changed"):
            found.append((entry["at"], instant(data["aware_at"])))
        elif entry["kind"] == "undone" and data["act"] == "aware_changed":
            was = record.timeline[incident][data["sequence"] - 1]
            found.append((entry["at"], instant(was["data"]["facts"]["aware_at"]["from"])))
    return found


def aware_at(record: Record, incident: int, at: int) -> int:
    """What the record said of awareness at that instant."""
    return [aware for when, aware in awareness(record, incident) if when <= at][-1]


def level_at(record: Record, incident: int, at: int) -> set[int]:
    """The levels that the incident had at that instant; two at the very instant of a change."""
    changes = levels(record, incident)
    before = [level for _, when, level in changes if when < at][-1:]
    return {*before, *(level for _, when, level in changes if when == at)}


def length(kind: str, level: int, started: int, aware: int) -> int:
    if kind in UPWARDS:
        return (UPWARDS[kind].get(level) or UPWARDS[kind][max(UPWARDS[kind])]) * MINUTE
    if kind == "progress_update" and started - aware >= SLOW_AFTER:
        return SLOW * MINUTE
    return LENGTHS[kind][level] * MINUTE


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
        if window["state"] == "lapsed" and not (
            window["ended_by"] and window["decided_at"] <= window["due_at"]
        ):
            yield f"window {number} lapsed without cause or after its due"
        if (window["duty"] == "owed") != (window["told_at"] is None and not window["ended_by"]):
            yield f"window {number} is {window['duty']}, told {window['told_at']}, ended by {window['ended_by']!r}"


def dues(record: Record) -> Iterator[str]:
    """I12: due moves by the table of windows.md, "What may move a clock", only."""
    for number, window in record.windows.items():
        if window["kind"] not in LENGTHS and window["rule"] not in UPWARDS:
            continue
        history = [(instant(m["at"]), instant(m["due_at"]), m["rule"]) for m in json.loads(window["history"])]
        yield from _opening(record, number, window, history[0])
        yield from _moves(record, number, window, history)


def _first_of(record: Record, incident: int) -> Row:
    return next(
        w for w in record.windows.values() if w["incident"] == incident and w["kind"] == "first_notice"
    )


def _started(record: Record, window: Row, at: int) -> int:
    """Where the window began as it stood at that instant: awareness that was found to be earlier moves it."""
    if not _from_awareness(window):
        return int(window["started_at"])
    incident, (first, *moves) = window["incident"], json.loads(window["history"])
    start = aware_at(record, incident, instant(first["at"]))
    before = _goes_on_with(record, window)
    if before is not None:
        start = _started(record, before, instant(first["at"]))
    of_awareness = {
        e["at"] for e in record.entries(incident, "undone") if e["data"]["act"] == "aware_changed"
    }
    for moved, rule in ((instant(move["at"]), move["rule"]) for move in moves):
        if moved <= at and rule == "aware_earlier":
            # An override to a later awareness extends the due and leaves the start.
            start = min(start, aware_at(record, incident, moved))
        elif moved <= at and rule == "undo" and moved in of_awareness:
            start = aware_at(record, incident, moved)
    return start


def _goes_on_with(record: Record, window: Row) -> Row | None:
    """The window that ended by a slip and whose clock this one goes on with (§4, "undo")."""
    for entry in record.entries(window["incident"], "window_opened"):
        if entry["data"]["window"] == window["id"] and entry["data"].get("instead_of"):
            return record.windows[entry["data"]["instead_of"]]
    return None


def _from_awareness(window: Row) -> bool:
    """First notices but those of who joined later, and reports to superiors."""
    first = window["kind"] == "first_notice" and _rule(window) not in OF_THEIR_OWN
    return first or window["rule"] in UPWARDS


def _duty(window: Row) -> str:
    """What the table of lengths knows it by."""
    return str(window["rule"] if window["rule"] in UPWARDS else window["kind"])


def _rule(window: Row) -> str:
    """How it opened."""
    return str(json.loads(window["history"])[0]["rule"])


def _opening(record: Record, number: int, window: Row, first: tuple[int, int, str]) -> Iterator[str]:
    (at, due, rule), kind = first, _duty(window)
    aware, started = aware_at(record, window["incident"], at), _started(record, window, at)
    at_levels = level_at(record, window["incident"], at)
    stricts = {started + length(kind, level, started, aware) for level in at_levels}
    if rule == "opened" and due not in stricts:
        yield f"window {number} ({kind}) opened with another due than its rule's"
    if rule == "promise" and not any(due < strict for strict in stricts):
        yield f"window {number} was promised for later than its cadence"
    if rule == "grown":
        moves = json.loads(_first_of(record, window["incident"])["history"])
        before = [instant(move["due_at"]) for move in moves if instant(move["at"]) <= at][-1]
        if due not in {max(before, started + LENGTHS["material_update"][one] * MINUTE) for one in at_levels}:
            yield f"window {number} for those who joined is due at {due}, which no rule says"
    if rule == "renewed":
        given_back = {
            w["due_at"]
            for n, w in record.windows.items()
            if n < number and (w["incident"], _duty(w)) == (window["incident"], kind) and w["due_at"] > at
        }
        grace = {min(30 * MINUTE, length(kind, one, started, aware)) for one in at_levels}
        least = grace if kind in UPWARDS else {30 * MINUTE}
        if due not in {*(max(strict, at + one) for strict in stricts for one in least), *given_back}:
            yield f"window {number} is owed again by {due}, which no rule says"
    if rule == "became_owed" and due not in {
        max(started + one, at + min(one, 30 * MINUTE))
        for one in (length(kind, level, started, aware) for level in at_levels)
    }:
        yield f"window {number} became owed by {due}, which no rule says"
    if rule not in ("opened", "promise", "grown", "renewed", "became_owed"):
        yield f"window {number} opened by {rule}, of which the model knows nothing"


def _moves(record: Record, number: int, window: Row, history: list[tuple[int, int, str]]) -> Iterator[str]:
    kind, incident = _duty(window), window["incident"]
    for (_, old, _), (at, due, rule) in pairwise(history):
        started, aware = _started(record, window, at), aware_at(record, incident, at)
        lengths = {length(kind, level, started, aware) for level in level_at(record, incident, at)}
        if rule.startswith("aware_") and not _from_awareness(window):
            yield f"window {number} ({kind}) does not count from awareness, and was moved by {rule}"
        if rule.startswith("aware_") and at not in {when for when, _ in awareness(record, incident)}:
            yield f"window {number} was moved by {rule}, and nobody said anything of awareness"
        soon = {min(old, max(started + one, at + 30 * MINUTE)) for one in lengths}
        if rule in ("upgrade", "aware_earlier"):
            if due not in soon or due > old:
                yield f"window {number} was moved by {rule} from {old} to {due}"
        elif rule == "aware_later":
            if due not in {max(old, aware + one) for one in lengths}:
                yield f"window {number} was moved by a later awareness from {old} to {due}"
        elif rule == "undo":
            if due not in {old, *(d for _, d, _ in history if d > at)}:
                yield f"window {number} was moved by an undo from {old} to {due}"
        else:
            yield f"window {number} was moved by {rule}, of which the model knows nothing"


def told(record: Record) -> Iterator[str]:
    """I9: the verdict that the ledger of outcomes and pages gives, window by window."""
    for number, window in record.windows.items():
        if window["kind"] not in LENGTHS or window["state"] in ("lapsed", "waived") or window["ended_by"]:
            continue
        if words_for(record, number):
            continue
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
    fitting = [n for n in record.notices.values() if _fits(record, window, n)]
    if any(n["state"] == "stopped" for n in fitting):
        return None
    live = {n["id"]: _live_at(record, n) for n in fitting}
    alive = [at for n, at in live.items() if at is not None]
    if window["kind"] not in BY_PEOPLE:
        after = window["started_at"] if window["kind"] == "progress_update" else 0
        return (min((at for at in alive if at > after), default=None),)
    released = [n for n in fitting if n["audience_size"]]
    if not released:
        told = [max(at, window["history_at"]) if "history_at" in window else at for at in alive]
        return (min(told, default=None),) if window["audience_state"] == "impact_unknown" else None
    if len(fitting) != 1:
        return None
    (notice,) = released
    return (_answered_at(record, notice, live[notice["id"]]),)


def _fits(record: Record, window: Row, notice: Row) -> bool:
    if notice["incident"] != window["incident"] or notice["kind"] not in FULFILLED_BY[window["kind"]]:
        return False
    if notice["released_at"] is None:
        return False
    if window["kind"] in ("correction_notice", "withdrawal_notice"):
        if notice["kind"] == window["kind"]:
            return bool(notice["sequence"] == window["sequence"])
        return any(
            wrong_of(notice) >= wrong_of(n)
            for n in record.notices.values()
            if n["incident"] == window["incident"]
            and (n["kind"], n["sequence"]) == (window["kind"], window["sequence"])
        )
    if window["kind"] == "first_notice":
        if _rule(window) in OF_THEIR_OWN:
            return notice["kind"] == "first_notice" and bool(notice["sequence"] == window["sequence"])
        return bool(notice["kind"] != "first_notice" or max(1, notice["sequence"]) == window["sequence"])
    if window["kind"] == "material_update":
        joined = notice["kind"] == "first_notice" and any(
            w["incident"] == window["incident"]
            and (w["kind"], w["sequence"]) == ("first_notice", notice["sequence"])
            and _rule(w) in OF_THEIR_OWN
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
        incident, decided = window["incident"], window["decided_at"]
        if status_at(record, incident, decided) not in OPEN or record.entries(incident, *BY_A_PERSON):
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
        if record.entries(incident, *BY_A_PERSON):
            continue
        if row["status"] in OPEN and not any(
            w["incident"] == incident and w["duty"] == "owed" and w["kind"] in LENGTHS
            for w in record.windows.values()
        ):
            yield f"incident {incident} is {row['status']} and owes nothing"


def promises(record: Record) -> Iterator[str]:
    """windows.md §2: an earlier promise moves the next due forward."""
    for number, window in record.windows.items():
        if window["kind"] != "progress_update":
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


def only_those_told(record: Record) -> Iterator[str]:
    """The end, a correction and a withdrawal go to exactly those who were told, or may have been."""
    for number, notice in record.notices.items():
        if notice["released_at"] is None:
            continue
        if notice["kind"] in ("correction_notice", "withdrawal_notice"):
            wrong, had = wrong_of(notice), set[int]()
            for one in wrong:
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
            firsts = [
                n["id"]
                for n in record.notices.values()
                if n["incident"] == notice["incident"]
                and n["kind"] == "first_notice"
                and n["released_at"] is not None
            ]
            family = {c for first in firsts for c in record.members[first]}
            if firsts and set(record.members[number]) - family:
                yield f"notice {number} tells of the end to people who were in no audience"
            yield from _own_form(record, number, firsts)


def _own_form(record: Record, number: int, firsts: list[int]) -> Iterator[str]:
    """`own` says "is over" to somebody who heard of it; `combined` is for who never did."""
    for delivery in record.deliveries.values():
        if delivery["notice_id"] != number or delivery["channel"] == "web" or delivery["form"] != "own":
            continue
        if not record.taken.get(delivery["id"]):
            continue
        heard = False
        for first in firsts:
            person = record.members[first].get(delivery["customer_id"])
            if person is not None:
                telling = record.telling(first, person).values()
                heard = heard or any(record.deliveries[d]["attempts"] for d in telling)
        if firsts and not heard:
            yield f"delivery {delivery['id']} tells {delivery['customer_id']} of the end of what they never heard of"


def at_most_one_sms(record: Record) -> Iterator[str]:
    """windows.md §2: material updates send one SMS per customer in two hours."""
    for number, taken in record.taken.items():
        row = record.deliveries[number]
        notice = record.notices[row["notice_id"]]
        if row["channel"] != "sms" or notice["kind"] != "material_update":
            continue
        others = [
            d
            for d in record.deliveries.values()
            if d["channel"] == "sms"
            and d["notice_id"] != notice["id"]
            and record.notices[d["notice_id"]]["incident"] == notice["incident"]
            and record.taken.get(d["id"])
            and record.taken[d["id"]][0].to == taken[0].to
            and d["accepted_at"] is not None
        ]
        since = notice["released_at"] - 2 * HOUR
        if any(since < d["accepted_at"] < notice["released_at"] for d in others):
            yield f"delivery {number} is the second SMS to one number within two hours"


def starts(record: Record) -> Iterator[str]:
    """windows.md §1: each clock starts where its rule says."""
    for number, window in record.windows.items():
        incident, kind = window["incident"], window["kind"]
        if _from_awareness(window) and window["started_at"] != _started(record, window, record.now):
            yield f"window {number} does not start at awareness"
        later = kind in ("resolution_notice", "correction_notice", "withdrawal_notice", "material_update")
        if later and window["started_at"] not in {entry["at"] for entry in record.timeline[incident]}:
            yield f"window {number} ({kind}) starts at nothing that happened"


def material(record: Record) -> Iterator[str]:
    """windows.md §2: a higher level, restored and partly restored owe a material update once the first is submitted."""
    for incident, entries in record.timeline.items():
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
