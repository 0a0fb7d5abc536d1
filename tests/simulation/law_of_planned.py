"""The checker's model of planned work, from windows.md alone: what is owed before it begins (M27), what a move owes
(M28), what its end owes (M29), and what becomes of it when it is not over in time (M30)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.simulation.law_of_dues import HOUR, SECOND, Check
from tests.simulation.watch import TAKEN, instant

if TYPE_CHECKING:
    from tests.simulation.checker import Record, Row

NOTICE, REPORT = "handbook.planned_work_notice", "handbook.planned_work_report"
BEFORE = {NOTICE: 72 * HOUR, REPORT: 0}
"""How long before the planned start each is due."""
AHEAD = ("scheduled", "in_progress")
OVER = ("completed", "cancelled", "overrun")
GOING = ("draft", "submitted", "approved", "sending", "paused")
TAKING_BACK = ("correction_notice", "withdrawal_notice")
BY_A_PERSON = ("waiver", "person")
Span = tuple[int, int]


def works(record: Record) -> dict[int, Row]:
    return {n: row for n, row in record.incidents.items() if row["planned_end_at"] is not None}


def spans(record: Record, work: int) -> list[tuple[int, int, Span]]:
    """(sequence, instant, begin and end since then)."""
    found: list[tuple[int, int, Span]] = []
    for entry in record.entries(work, "planned_registered", "planned_changed"):
        data = entry["data"]
        facts = data.get("facts", {})
        times = []
        for place, name in enumerate(("planned_start_at", "planned_end_at")):
            said = data.get(name) or facts.get(name, {}).get("to")
            times.append(instant(said) if said else found[-1][2][place])
        found.append((entry["sequence"], entry["at"], (times[0], times[1])))
    return found


def _stood(record: Record, work: int, at: int) -> set[Span]:
    """The times at that instant; both at the very instant of a move."""
    every = spans(record, work)
    before = [span for _, when, span in every if when < at][-1:]
    return {*before, *(span for _, when, span in every if when == at)}


def clocks(record: Record) -> Iterator[str]:
    """M27, M28: due = strict = planned start − 72 h, or the start; what is undecided moves with it."""
    for number, window in record.windows.items():
        if window["rule"] not in BEFORE:
            continue
        work, before = window["incident"], BEFORE[window["rule"]]
        history = [(instant(m["at"]), instant(m["due_at"]), m["rule"]) for m in json.loads(window["history"])]
        until = window["decided_at"] or record.now
        if window["started_at"] not in {start for start, _ in _stood(record, work, until)}:
            yield f"window {number} does not count from when the work was to begin at {until}"
        if not window["started_at"] - before == window["strict_due_at"] == window["due_at"]:
            yield f"window {number} is not due {before // HOUR} h before the planned start"
        for (at, due, rule), wanted in zip(history, ("opened", *["replanned"] * len(history)), strict=False):
            if rule != wanted or due not in {start - before for start, _ in _stood(record, work, at)}:
                yield f"window {number} is due at {due} by {rule}, which no rule says"
        at, due, _ = history[-1]
        if (due < at) != ("registered_late" in json.loads(window["causes"])):
            yield f"window {number} was put on the record at {at}, due {due}, and its causes are {window['causes']}"


def owed(record: Record) -> Iterator[str]:
    """M27, M28: both are owed from the first; with nobody told, what was waived or ended is owed for another time."""
    for number in works(record):
        for sequence, at, _ in spans(record, number):
            if sequence > 1 and _anybody_had_it(record, number, at):
                continue
            for rule in BEFORE:
                mine = [w for w in record.windows.values() if (w["incident"], w["rule"]) == (number, rule)]
                if not any(_owed_at(record, w, at) or (sequence > 1 and w["told_at"]) for w in mine):
                    yield f"work {number}: {rule} is not owed after entry {sequence}"


def _owed_at(record: Record, window: Row, at: int) -> bool:
    """Whether it was owed right after that instant."""
    opened = instant(json.loads(window["history"])[0]["at"])
    said = record.entries(window["incident"], "ended_by_person", "duty_ended")
    ends = [e["at"] for e in said if e["data"].get("window") == window["id"]]
    ends += [window["decided_at"]] if window["state"] in ("waived", "lapsed") else []
    ends += [window["told_at"]] if window["told_at"] is not None else []
    return opened <= at and not any(end <= at for end in ends)


def _anybody_had_it(record: Record, work: int, at: int) -> bool:
    """Whether anybody can have read of it by then: an attempt began, or a page entry was live."""
    mine = [n for n in record.notices.values() if n["incident"] == work and n["kind"] not in TAKING_BACK]
    released = [n for n in mine if n["released_at"] is not None and n["released_at"] <= at]
    return any(
        n["page_live_at"] is not None or _had(record, n["id"]) or _published(record, n["id"], at)
        for n in released
    )


def _published(record: Record, notice: int, at: int) -> bool:
    """Whether its page entry had been on its way by then: what became of it, somebody may have read."""
    began = record.rows(
        "SELECT 1 FROM attempts a JOIN deliveries d ON d.id = a.delivery_id"
        " WHERE d.notice_id = ? AND d.channel = 'web' AND a.at <= ?",
        *(notice, at),
    )
    return bool(began)


def _had(record: Record, notice: int) -> dict[int, dict[str, list[int]]]:
    """Customer -> channel -> the true instants at which a provider took this notice for them, in whoever's name."""
    found: dict[int, dict[str, list[int]]] = {}
    for customer, person in record.members[notice].items():
        for channel, number in record.telling(notice, person).items():
            taken = [one.at for one in record.taken.get(number, ())]
            if taken:
                found.setdefault(customer, {})[channel] = taken
    return found


def _of_times(notice: Row) -> bool:
    return bool(notice["kind"] == "correction_notice" and json.loads(notice["takes_back"]))


def _held(record: Record, work: int) -> dict[int, dict[str, Span]]:
    """Customer -> channel -> the times that the last message by it has said."""
    found: dict[int, dict[str, Span]] = {}
    for n, span in _tells(record, work, of_times=False):
        notice = record.notices[n]
        by_all = notice["kind"] == "planned_work_notice" or _of_times(notice)
        for customer, ways in _had(record, n).items():
            for channel in ways if by_all else set(ways) & {"email"}:
                found.setdefault(customer, {})[channel] = span
    return found


def _tells(record: Record, work: int, of_times: bool = True) -> list[tuple[int, Span]]:
    """The notices that say from when to when, in the order of their submission, each with the times that stood then.
    What a person corrects beside them, of one notice, says them by e-mail alone."""
    found, every = [], spans(record, work)
    for entry in record.entries(work, "notice_submitted"):
        notice = record.notices[entry["data"]["notice"]]
        if notice["kind"] == "planned_work_notice" or _of_times(notice) or not of_times:
            stood = [span for sequence, _, span in every if sequence < entry["sequence"]][-1]
            found.append((notice["id"], stood))
    return found


def nobody_forgotten(record: Record) -> Iterator[str]:
    """M28, M29: whoever has read other times is owed the right ones, and whoever has read of what was cancelled is owed
    that; until they have it, or nobody could tell them."""
    for number, work in works(record).items():
        tells = _tells(record, number)
        last = _held(record, number)
        if work["status"] == "cancelled":
            yield from _withdrawn(record, number, set(last))
            continue
        span = (work["planned_start_at"], work["planned_end_at"])
        other = {customer for customer, held in last.items() if set(held.values()) != {span}}
        if other and not _being_told(record, number, "correction_notice"):
            out = [(n, told) for n, told in tells if record.notices[n]["released_at"] is not None]
            since = max((at for at, (_, told) in enumerate(out) if told != span), default=-1)
            left = other - _tried(record, [n for n, _ in out[since + 1 :]])
            if left:
                yield f"work {number} is at other times than {sorted(left)} were told, and nothing is owed to them"


def _being_told(record: Record, work: int, kind: str) -> bool:
    """Whether a duty of this kind stands, or a person has answered for its end."""
    return any(
        w["duty"] == "owed" or w["ended_by"] in BY_A_PERSON
        for w in record.windows.values()
        if (w["incident"], w["kind"]) == (work, kind)
    )


def _tried(record: Record, notices: list[int]) -> set[int]:
    """Whom one of these was for, and who is answered by it: reached, out of reach, or unknown for good."""
    return {
        customer
        for n in notices
        for customer, person in record.members[n].items()
        if record.notices[n]["released_at"] is not None and person["answer"] != "pending"
    }


def _withdrawn(record: Record, work: int, had: set[int]) -> Iterator[str]:
    kind = "withdrawal_notice"
    mine = [w for w in record.windows.values() if (w["incident"], w["kind"]) == (work, kind)]
    every = [n for n in record.notices.values() if (n["incident"], n["kind"]) == (work, kind)]
    if had and not mine:
        yield f"work {work} is cancelled, and {sorted(had)}, who were told of it, need not hear of that"
    # What a person withdraws beside it, of one notice, is for those who had that.
    of_work = [n for n in every if json.loads(n["takes_back"])]
    released = [n["id"] for n in of_work if n["released_at"] is not None and n["state"] != "stopped"]
    for n in released:
        left = had - set(record.members[n])
        if left:
            yield f"notice {n} withdraws work {work} without {sorted(left)}, who were told of it"
    if had and mine and not released and not _being_told(record, work, kind):
        yield f"work {work} is cancelled, and nothing is owed any more to {sorted(had)}"


def not_twice(record: Record) -> Iterator[str]:
    """S: nobody whom a notice had told these times, as far as was known, is told the same ones again."""
    for number in works(record):
        tells = _tells(record, number)
        for (earlier, held), (later, told) in pairwise(tells):
            if held != told:
                continue
            known = {
                customer
                for customer, person in record.members[earlier].items()
                if any(
                    at < (record.notices[later]["released_at"] or 0) and outcome in TAKEN
                    for one in record.telling(earlier, person).values()
                    for at, outcome, _ in record.outcomes[one]
                )
            }
            again = {one for whom in _by_message(record, later) if whom <= known for one in whom}
            if again:
                yield f"notice {later} tells {sorted(again)} the times that notice {earlier} had told them"


def _by_message(record: Record, notice: int) -> list[set[int]]:
    """Whom each of its messages that a provider took is for: those of one mailbox or number have one."""
    found: dict[int, set[int]] = {}
    for customer, person in record.members[notice].items():
        for number in record.telling(notice, person).values():
            if record.taken.get(number):
                found.setdefault(number, set()).add(customer)
    return list(found.values())


def nothing_to_come(record: Record) -> Iterator[str]:
    """M29, M30: what is over, does not take place or overran is not announced any more."""
    for number, work in works(record).items():
        if work["status"] not in OVER:
            continue
        cancelled = max((e["at"] for e in record.entries(number, "planned_cancelled")), default=None)
        for window in (w for w in record.windows.values() if w["incident"] == number and w["duty"] == "owed"):
            if window["kind"] == "planned_work_notice" or _ended_by(window, "started_at", cancelled):
                yield f"window {window['id']} ({window['kind']}) is owed though work {number} is {work['status']}"
        for notice in (n for n in record.notices.values() if n["incident"] == number):
            says = notice["kind"] == "planned_work_notice" or _ended_by(notice, "created_at", cancelled)
            if says and notice["state"] in GOING:
                yield f"notice {notice['id']} is {notice['state']} though work {number} is {work['status']}"


def overruns(record: Record) -> Iterator[str]:
    """M30: what is not over at its planned end is an incident, one, known since that end; nothing else is."""
    for number, work in works(record).items():
        end = work["planned_end_at"]
        over = record.entries(number, "planned_overran")
        became = [
            n for n, row in record.incidents.items() if row["overrun_of"] == number and not row["split_from"]
        ]
        if work["status"] in AHEAD and end < record.now - 2 * SECOND:
            yield f"work {number} was to be over at {end}, and nothing came of it"
        if len(over) > 1 or len(became) != len(over):
            yield f"work {number} overran {len(over)} times, and became incidents {became}"
        for entry in record.entries(number, "planned_completed", "planned_cancelled", "planned_changed"):
            before = [e for e in over if e["sequence"] < entry["sequence"]]
            if entry["at"] > _end_before(record, number, entry) and not before:
                yield f"work {number} was late at entry {entry['sequence']} ({entry['kind']}), and is no incident"
            if before and entry["kind"] != "planned_completed":
                yield f"work {number} had overrun before entry {entry['sequence']} ({entry['kind']})"
        for one in became:
            first = record.timeline[one][0]
            if instant(first["data"]["aware_at"]) != end or first["at"] < end:
                yield f"incident {one} is known since {first['data']['aware_at']}; work {number} was to end at {end}"
            areas = json.loads(work["areas"])
            if first["data"]["areas"] != areas or first["data"]["status"] != "pending_confirmation":
                yield f"incident {one} opened where work {number} is not, or as if somebody had confirmed it"


def _end_before(record: Record, work: int, entry: Row) -> int:
    return [end for sequence, _, (_, end) in spans(record, work) if sequence < entry["sequence"]][-1]


def as_it_began(record: Record) -> Iterator[str]:
    """windows.md §4: nobody begins before the instant that customers were told, nor ends what has not begun."""
    for number in works(record):
        for entry in record.entries(number, "planned_begun", "planned_completed"):
            start = [s for sequence, _, (s, _) in spans(record, number) if sequence < entry["sequence"]][-1]
            if entry["at"] < start:
                yield f"work {number} has {entry['kind']} before it was to begin"


PLANNED_LAWS: dict[str, tuple[str, Check]] = {
    "clocks of planned work": ("windows.md M27, M28", clocks),
    "planned work is owed": ("windows.md M27, M28", owed),
    "nobody holds other times": ("I1, windows.md M28, M29", nobody_forgotten),
    "nobody twice": ("windows.md M28", not_twice),
    "nothing to come": ("windows.md M29, M30", nothing_to_come),
    "overruns": ("windows.md M30", overruns),
    "as it began": ("windows.md M29", as_it_began),
}


def _ended_by(row: Row, since: str, cancelled: int | None) -> bool:
    """Whether a cancellation ends it: all but the withdrawal, and what a person corrects in that."""
    if cancelled is None or row["kind"] == "withdrawal_notice":
        return False
    return row["kind"] != "correction_notice" or bool(row[since] <= cancelled)
