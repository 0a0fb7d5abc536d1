"""The checker's model of regulators' clocks, from windows.md, "Regimes", and the shipped packs read as data.

A pack's file is its specification: what each report is called, what it counts from and how long it has. Nothing that
reads packs in the program is imported.
"""

from __future__ import annotations

import json
import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.simulation.kinship import MERGED, SPLIT, kin, nothing_there, origin, parted, went_over
from tests.simulation.kinship import duty_of as duty_across
from tests.simulation.law_of_dues import HOUR, MINUTE, OPEN, SECOND, Check, aware_at, opened_by, taken_over
from tests.simulation.law_of_going_over import came_over, were_asked
from tests.simulation.law_of_people import told_by_word
from tests.simulation.watch import instant

if TYPE_CHECKING:
    from tests.simulation.checker import Record, Row

PACKS = Path(__file__).parents[2] / "windows" / "packs" / "regimes"
GRACE = 30 * MINUTE
LENGTH = re.compile(r"(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SETTLES = 2 * SECOND
Rule = dict[str, str]


@cache
def packs() -> dict[str, tuple[Rule, list[Rule]]]:
    """Pack -> (what stands above its rules, its rules), each a flat table of what its lines say."""
    found = {}
    for file in sorted(PACKS.glob("*.yaml")):
        head, *rules = re.split(r"^  - id: ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
        found[file.stem] = (_lines(head), [_lines(f"id: {rule}") for rule in rules])
    return found


def _lines(text: str) -> Rule:
    rows = (line.partition(" #")[0].strip().partition(": ") for line in text.splitlines())
    return {name: value.strip().strip('"') for name, _, value in rows if value}


def rules() -> dict[str, Rule]:
    return {rule["id"]: rule for _, every in packs().values() for rule in every}


def _micros(text: str) -> int:
    sign, days, hours, minutes = LENGTH.match(text).groups()  # type: ignore[union-attr]
    found = int(days or 0) * 24 * HOUR + int(hours or 0) * HOUR + int(minutes or 0) * MINUTE
    return -found if sign else found


def length(rule: Rule, started: int, aware: int) -> int:
    """How long a report has: a figure, the operator's figure, or calendar months in the rule's zone; capped."""
    if "months" in rule:
        found = _months_after(started, int(rule["months"]), rule["zone"]) - started
    else:
        found = _micros(rule.get("length") or rule["immediate"])
    if "hard_cap" in rule:
        found = min(found, aware + _micros(rule["hard_cap"]) - started)
    return found


def _months_after(started: int, months: int, zone: str) -> int:
    """The same day and time of day; a day that the month has not is its last one."""
    local = (EPOCH + timedelta(microseconds=started)).astimezone(ZoneInfo(zone))
    count = local.year * 12 + local.month - 1 + months
    year, month = count // 12, count % 12 + 1
    day = min(local.day, monthrange(year, month)[1])
    ended = local.replace(year=year, month=month, day=day, fold=0).astimezone(UTC)
    return (ended - EPOCH) // timedelta(microseconds=1)


def of_regimes(record: Record) -> dict[int, Row]:
    known = rules()
    return {n: w for n, w in record.windows.items() if w["rule"] in known}


def _pack_of(rule: str) -> str:
    return rule.rpartition(".")[0]


def _history(window: Row) -> list[tuple[int, int, str]]:
    return [(instant(m["at"]), instant(m["due_at"]), m["rule"]) for m in json.loads(window["history"])]


def _on(record: Record, incident: int, entry: Row) -> set[str]:
    """The packs that were switched on when this entry was committed, as whoever watched the commit saw it: switching is
    set-up, and its instant stands in no order with what happens to incidents."""
    return set(record.under.get((incident, entry["sequence"]), ()))


def _applied(record: Record, incident: int, pack: str) -> list[Row]:
    return [e for e in record.entries(incident, "regime_applied") if e["data"]["pack"] == pack]


def lengths(record: Record) -> Iterator[str]:
    """windows.md, "Regimes": each report counts from where its rule says, and strict is its length after it."""
    for number, window in of_regimes(record).items():
        rule = rules()[window["rule"]]
        if "no_figure" in rule:
            yield f"window {number} is judged, and {rule['id']} has no figure"
        elif origin(record, window) is None:  # a part's share opened where it ran then
            yield from _length_of(record, window, rule)


def _length_of(record: Record, window: Row, rule: Rule) -> Iterator[str]:
    number, (opened, due, how) = window["id"], _history(window)[0]
    aware, start = aware_at(record, window["incident"], opened), _first_start(window)
    if rule["clock_start"] == "aware_at" and start != aware and how != "renewed":
        yield f"window {number} ({rule['id']}) starts at {start}, not at awareness ({aware})"
    if how == MERGED:
        yield from _by_a_merge(record, window, start, due)
        return
    if rule["clock_start"] == "classified_at" and how != "renewed":
        wanted = _classified(record, window, opened)
        if start != wanted:
            yield f"window {number} ({rule['id']}) starts at {start}, classified at {wanted}"
    if rule["clock_start"] == "previous_told_at" and start not in _told(record, window, rule["after"]):
        yield f"window {number} ({rule['id']}) starts at {start}, when {rule['after']} was not told"
    long = length(rule, start, aware)
    if how == "opened" and due != start + long:
        yield f"window {number} ({rule['id']}) opened with another due than its rule's"
    if how == "became_owed" and due != max(start + long, opened + (min(long, GRACE) if long > 0 else GRACE)):
        yield f"window {number} ({rule['id']}) became owed by {due}, which no rule says"
    if how == "renewed":
        yield from _again(record, window)
    elif how not in ("opened", "became_owed") or (how == "opened") != ("after" in rule):
        yield f"window {number} ({rule['id']}) opened by {how}, of which the model knows nothing"


def _first_start(window: Row) -> int:
    """Where it counted from when it opened: the first move says what was before it."""
    said = json.loads(window["history"])
    before = said[1].get("started_before") if len(said) > 1 else None
    return instant(before) if before else int(window["started_at"])


def _by_a_merge(record: Record, window: Row, start: int, due: int) -> Iterator[str]:
    """M12: what a duplicate owed, by its due, and from where it counted unless that is awareness."""
    number, (at, _, _) = window["id"], _history(window)[0]
    theirs = went_over(record, window["incident"], duty_across(window), at)
    starts = {one["started_at"] for one in theirs}
    if rules()[window["rule"]]["clock_start"] != "aware_at" and start not in starts:
        yield f"window {number} ({window['rule']}) went over by a merge and starts at {start}, not at {starts}"
    if due not in taken_over(record, window, at):
        yield f"window {number} ({window['rule']}) went over by a merge and is due at {due}, which no rule says"


def _again(record: Record, window: Row) -> Iterator[str]:
    """Undone, or what a whole that was nothing had missed: the old due if that is ahead, else half an hour or less."""
    at, due, _ = _history(window)[0]
    family = kin(record, window["incident"])
    before = [
        one
        for one in record.windows.values()
        if one["incident"] in family and one["rule"] == window["rule"] and one["id"] < window["id"]
    ]
    ahead = {one["due_at"] for one in before if one["due_at"] > at}
    stricts = {one["strict_due_at"]: one["strict_due_at"] - one["started_at"] for one in before}
    late = {max(one, at + (min(long, GRACE) if long > 0 else GRACE)) for one, long in stricts.items()}
    if due not in ahead | late:
        yield f"window {window['id']} ({window['rule']}) is owed again by {due}, which no rule says"


def _classified(record: Record, window: Row, opened: int) -> int:
    """The act of applying, or the instant that it names (the people of these worlds say it in their reason too)."""
    entry = next(
        e for e in _applied(record, window["incident"], _pack_of(window["rule"])) if e["at"] == opened
    )
    said = re.search(r"classified at (\d+)", entry["data"]["reason"])
    return int(said[1]) if said else opened


def _told(record: Record, window: Row, rule: str) -> list[int]:
    """When the report before it was told."""
    family = kin(record, window["incident"]) if opened_by(window) == "renewed" else {window["incident"]}
    mine = [w for w in record.windows.values() if w["incident"] in family and w["rule"] == rule]
    return [w["told_at"] for w in mine if w["told_at"] is not None]


def moves(record: Record) -> Iterator[str]:
    """windows.md, "What may move a clock": a level leaves half an hour or what was left, awareness moves what counts
    from it and a cap; strict never becomes later, and nothing else moves a due."""
    for window in of_regimes(record).values():
        rule = rules()[window["rule"]]
        if "no_figure" not in rule:
            yield from _moves_of(record, window, rule)


def _moves_of(record: Record, window: Row, rule: Rule) -> Iterator[str]:
    history, said = _history(window), json.loads(window["history"])
    stricts = [instant(m["strict_before"]) for m in said[1:] if m["strict_before"]] + [
        window["strict_due_at"]
    ]
    shared = max([0, *(n for n, (_, _, by) in enumerate(history) if by == SPLIT)])
    name, from_aware = f"window {window['id']} ({rule['id']})", rule["clock_start"] == "aware_at"
    for place, ((_, old, _), (at, due, by)) in enumerate(pairwise(history), start=1):
        if place < shared:
            continue  # judged where it ran then
        if by == SPLIT:
            if due != old or not _handed(record, window, at):
                yield f"{name} went to a part at {at}, and from {old} to {due}"
            continue
        moved = place - sum(how == SPLIT for _, _, how in history[:place])
        before, strict = stricts[moved - 1], stricts[moved]
        aware = aware_at(record, window["incident"], at)
        if by == "undo":
            if due not in {old, *(d for when, d, _ in history if d > at and when < at)}:
                yield f"{name} was moved by an undo from {old} to {due}"
        elif by == MERGED:
            if due not in {min(old, one) for one in taken_over(record, window, at)} or strict != before:
                yield f"{name} was moved by a merge from {old} to {due}"
        elif by == "aware_later":
            if not from_aware or due != max(old, aware + length(rule, aware, aware)) or strict != before:
                yield f"{name} was moved by a later awareness from {old} to {due}"
        elif by in ("upgrade", "aware_earlier"):
            yield from _sooner(window, rule, aware, (at, due, by), (old, before, strict, place))
        else:
            yield f"{name} was moved by {by}, of which the model knows nothing"


def _sooner(
    window: Row, rule: Rule, aware: int, move: tuple[int, int, str], was: tuple[int, int, int, int]
) -> Iterator[str]:
    (at, due, by), (old, before, strict, place) = move, was
    start = instant(json.loads(window["history"])[place]["started_before"])
    from_aware = rule["clock_start"] == "aware_at"
    begins = min(start, aware) if by == "aware_earlier" and from_aware else start
    wanted = min(before, begins + length(rule, begins, aware))
    if by == "aware_earlier" and not (from_aware or "hard_cap" in rule):
        yield f"window {window['id']} ({rule['id']}) does not count from awareness, and was moved by {by}"
    if strict != wanted or due != min(old, max(strict, at + GRACE)):
        yield f"window {window['id']} ({rule['id']}) was moved by {by} from {old} to {due}, strict {strict}"


def _handed(record: Record, window: Row, at: int) -> bool:
    """Whether something of its family had turned out to be nothing then; a split leaves reports where they are."""
    family = kin(record, window["incident"])
    return any(when == at and one in family for one, when in nothing_there(record))


def due_when_moved(record: Record) -> Iterator[str]:
    """What counts from awareness is moved by every earlier one that was said while it was undecided."""
    for number, window in of_regimes(record).items():
        rule = rules()[window["rule"]]
        if rule["clock_start"] != "aware_at" or "no_figure" in rule:
            continue
        history, until = _history(window), window["decided_at"] or record.now + 1
        opened = max(at for n, (at, _, by) in enumerate(history) if by == SPLIT or not n)
        moved = {at for at, _, by in history if by in ("aware_earlier", "aware_later")}
        for entry in record.entries(window["incident"], "aware_changed"):
            if opened < entry["at"] < until and entry["at"] not in moved:
                yield f"window {number} ({rule['id']}) stayed where it was when awareness changed at {entry['at']}"
        for entry in record.entries(window["incident"], "duplicate_joined"):
            known = entry["data"]["facts"].get("aware_at")
            earlier = known is not None and instant(known["to"]) < window["started_at"]
            if earlier and opened < entry["at"] < until and entry["at"] not in moved:
                yield f"window {number} ({rule['id']}) does not count from the duplicate's awareness ({entry['at']})"


def owed_by_word(record: Record) -> Iterator[str]:
    """A regime owes nothing until a person, or its own threshold, says that it applies; then all that it asks."""
    for number, window in of_regimes(record).items():
        rule, opened = rules()[window["rule"]], _history(window)[0]
        applied = _applied(record, window["incident"], _pack_of(window["rule"]))
        if opened[2] in ("renewed", MERGED) or origin(record, window) is not None:
            if not any(e["at"] <= _history(window)[-1][0] for e in applied):
                yield f"window {number} ({rule['id']}) went over, and its regime does not apply"
        elif "after" not in rule and opened[0] not in {e["at"] for e in applied}:
            yield f"window {number} ({rule['id']}) is owed, and nobody said that its regime applies"
    for incident in record.incidents:
        for entry in record.entries(incident, "regime_applied"):
            pack = entry["data"]["pack"]
            if came_over(record, incident, entry) is not None:
                if len(_applied(record, incident, pack)) > 1:
                    yield f"incident {incident}: {pack} is applied twice"
                continue
            for rule in packs()[pack][1]:
                if (
                    "after" not in rule
                    and "no_figure" not in rule
                    and not _begun(record, incident, rule, entry)
                ):
                    yield f"incident {incident}: {pack} applies since {entry['at']}, and {rule['id']} is not owed"
            yield from _said_by(record, incident, entry)


def _begun(record: Record, incident: int, rule: Rule, entry: Row) -> bool:
    """Whether its window opened by that word, or ran or was told already."""
    mine = [w for w in record.windows.values() if (w["incident"], w["rule"]) == (incident, rule["id"])]
    return any(_history(w)[0][0] <= entry["at"] for w in mine)


def _said_by(record: Record, incident: int, entry: Row) -> Iterator[str]:
    """By a person, where it is switched on or was asked about; by the record, when its figures are reached."""
    pack, at = entry["data"]["pack"], entry["at"]
    earlier = [e for e in record.timeline[incident] if e["sequence"] < entry["sequence"]]
    asked = [e for e in earlier if e["kind"].startswith("regime_") and e["data"].get("pack") == pack]
    if any(e["kind"] == "regime_applied" for e in asked):
        yield f"incident {incident}: {pack} is applied twice"
    if entry["data"]["decided_by"] != "system":
        if not asked and pack not in _on(record, incident, entry):
            yield f"incident {incident}: {pack} is applied, and was switched off"
        return
    if "outage_minutes" not in packs()[pack][0].get("computed", ""):
        yield f"incident {incident}: {pack} was applied by nobody"
    elif not were_asked(record, incident, pack, at):
        yield f"incident {incident}: {pack} was applied by the record, and nobody had been asked"
    elif not _reached(record, incident, pack, at):
        yield f"incident {incident}: {pack} was applied by the record at {at}, and its figures were not reached"


def _reached(record: Record, incident: int, pack: str, at: int) -> bool:
    """Whether users × minutes since the onset, and the minutes, had come to the figures by then, by any figure that the
    record has had so far."""
    minutes, users = _threshold(pack)
    for affected, since, until in _outages(record, incident, at):
        lasted = min(at, until) - since if until is not None else at - since
        if lasted >= minutes * MINUTE and affected * lasted >= users * MINUTE:
            return True
    return False


def _threshold(pack: str) -> tuple[int, int]:
    said = packs()[pack][0]["computed"]
    found = dict(re.findall(r"(\w+): (\d+)", said))
    return int(found["outage_minutes"]), int(found["user_minutes"])


def _outages(record: Record, incident: int, at: int) -> Iterator[tuple[int, int, int | None]]:
    """(affected services, onset, end) by every combination that the record has named by then."""
    affected, onset, ends = set[int](), set[int](), set[int | None]([None])
    for entry in (e for e in record.timeline[incident] if e["at"] <= at):
        data = entry["data"]
        changed = data if entry["kind"] == "updated" else data.get("facts", {})
        facts = {name: one["to"] for name, one in changed.items() if isinstance(one, dict) and "to" in one}
        if entry["kind"] == "opened":
            facts |= {name: data.get(name) for name in ("affected", "onset_at", "aware_at", "users_at_once")}
        counts = [facts.get("affected"), facts.get("users_at_once")]
        affected |= {n["count"] if isinstance(n, dict) else int(n) for n in counts if n}
        onset |= {instant(facts[name]) for name in ("onset_at", "aware_at") if facts.get(name)}
        ends |= {instant(facts[name]) for name in ("restored_at", "resolved_at") if facts.get(name)}
    yield from ((n, since, until) for n in affected for since in onset for until in ends)


def asked(record: Record) -> Iterator[str]:
    """Each incident that opens while a pack is on is asked about it, if it can concern it; a question is ended by its
    answer alone, and no record closes over it."""
    for number, row in record.incidents.items():
        if row["planned_end_at"] is not None or row["case"] or parted(record, number) is not None:
            continue  # a split leaves it with the whole
        first = record.timeline[number][0]
        for pack, (head, _) in packs().items():
            said = [e for e in record.timeline[number] if e["data"].get("pack") == pack]
            concerned = "types" not in head or first["data"]["type"] in head["types"]
            at_once = any(e["at"] == first["at"] for e in said)
            if concerned and pack in _on(record, number, first) and not at_once:
                yield f"incident {number} opened while {pack} was on, and nobody is asked about it"
            if at_once and pack not in _on(record, number, first):
                yield f"incident {number} was asked about {pack}, which was off"
            last = said[-1]["kind"] if said else ""
            yield from _question(record, number, pack, last)


def _question(record: Record, incident: int, pack: str, last: str) -> Iterator[str]:
    step = f"regime:{pack}"
    (task,) = record.rows("SELECT * FROM tasks WHERE incident_id = ? AND step = ?", incident, step) or [None]
    status = record.incidents[incident]["status"]
    if (
        last == "regime_asked"
        and (task is None or task["ended_at"] is not None)
        and status in (*OPEN, "resolved")
    ):
        yield f"incident {incident}: {pack} was asked about and not answered, and nobody is asked any more"
    if status == "merged" and task is not None and task["state"] in ("open", "acknowledged"):
        yield f"incident {incident} was merged, and people are still asked about {pack} there"
    if last in ("regime_applied", "regime_waived") and task is not None and task["ended_at"] is None:
        yield f"incident {incident}: {pack} is answered ({last}), and people are still asked"
    if status == "closed" and task is not None and task["ended_at"] is None:
        yield f"incident {incident} was closed over the question about {pack}"


def thresholds(record: Record) -> Iterator[str]:
    """What the record computes applies by itself, when it has been asked about; "no" does not stop it."""
    for number, row in record.incidents.items():
        if row["status"] not in (*OPEN, "resolved") or row["affected"] is None:
            continue
        for pack, (head, _) in packs().items():
            said = [e for e in record.timeline[number] if e["data"].get("pack") == pack]
            applied = any(e["kind"] == "regime_applied" for e in said)
            if "computed" not in head or applied or not were_asked(record, number, pack, record.now):
                continue
            minutes, users = _threshold(pack)
            affected = json.loads(row["affected"])["count"]
            since, until = row["onset_at"] or row["aware_at"], row["restored_at"] or row["resolved_at"]
            needed = max(minutes * MINUTE, -(-users * 60 // affected) * SECOND) if affected else None
            at = None if needed is None else since + needed
            reached = at is not None and at < record.now - SETTLES and (until is None or at <= until)
            if reached and record.timeline[number][-1]["at"] < record.now - SETTLES:
                yield f"incident {number} has reached the figures of {pack} at {at}, and it does not apply"


def chains_of_reports(record: Record) -> Iterator[str]:
    """A report that counts from the one before opens once, when that is told, late or not, and never without it."""
    for incident in record.incidents:
        for rule in (one for one in rules().values() if "after" in one):
            mine = [
                w for w in record.windows.values() if (w["incident"], w["rule"]) == (incident, rule["id"])
            ]
            before = [
                w for w in record.windows.values() if (w["incident"], w["rule"]) == (incident, rule["after"])
            ]
            told = [w["told_at"] for w in before if w["told_at"] is not None]
            if told and not mine:
                yield f"incident {incident}: {rule['after']} was told, and {rule['id']} is not owed"
            first = mine[0] if mine else None
            by_itself = (
                first and origin(record, first) is None and opened_by(first) not in ("renewed", MERGED)
            )
            if first and by_itself and _history(first)[0][0] not in told:
                yield f"incident {incident}: {rule['id']} is owed, and {rule['after']} was not told then"


def by_word(record: Record) -> Iterator[str]:
    """windows.md §3: a person's word with how, to whom and evidence tells an authority; late is late."""
    for number, window in record.windows.items():
        if window["kind"] == "regulator_report":
            yield from told_by_word(record, number)


def as_shipped(record: Record) -> Iterator[str]:
    """A window copies its rule: kind, audience and version are those of the pack that is shipped."""
    for number, window in of_regimes(record).items():
        head, rule = packs()[_pack_of(window["rule"])][0], rules()[window["rule"]]
        wanted = (rule["kind"], rule["audience"], f"{head['pack']}@{head['version']}", "person")
        if (window["kind"], window["audience"], window["rule_version"], window["told_by"]) != wanted:
            yield f"window {number} is not as {rule['id']} has it"


REGIME_LAWS: dict[str, tuple[str, Check]] = {
    "lengths of regimes": ("windows.md, Regimes", lengths),
    "moves of regimes": ("I12", moves),
    "moved with awareness": ("windows.md M05, M06", due_when_moved),
    "owed by word": ("windows.md, Regimes", owed_by_word),
    "asked": ("windows.md, Regimes", asked),
    "thresholds": ("windows.md, Regimes", thresholds),
    "chains of reports": ("windows.md, Regimes", chains_of_reports),
    "regulators by word": ("windows.md §3", by_word),
    "as shipped": ("windows.md §1", as_shipped),
}
