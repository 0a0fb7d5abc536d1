"""Every problem of a playbook at once, each with its line (R01, R02, R05, R14, R18).

Pure. A problem is a template and its values, so that every surface can say it in its reader's language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import ValidationError

from incidents.terms import LANGUAGES, LEVELS
from playbooks.playbook import DEPARTMENTS, PHASES, Playbook, same
from playbooks.reading import Path, Reading, read


class Said(StrEnum):
    """What can be wrong, in words."""

    UNREADABLE = "it cannot be read: {why}"
    TOO_LONG = "the file is longer than {limit} characters"
    NOT_YAML = "it is not YAML: {why}"
    REFERENCE = "anchors and references are not used in playbooks; write it out"
    TOO_DEEP = "it is nested too deeply"
    KEY_TWICE = "the key {key} comes twice"
    NO_PLAYBOOK = "there is no playbook in it"
    MISSING = "{where} is missing"
    UNKNOWN_KEY = "there is no {where} in a playbook"
    WRONG = "{where}: {why}"
    NO_LANGUAGE = "{where} is missing in {language}"
    OWNERLESS = "step {step} has no owner: its {field} is missing"
    UNKNOWN_DEPARTMENT = "{department} is no department; known: {known}"
    UNKNOWN_ROLE = "{role} is no role that can own a step; known: {known}"
    SAME_ID = "step {step} stands on line {line} already"
    UNKNOWN_STEP = "{where} names step {step}, which there is not"
    CIRCLE = "these steps wait for each other: {steps}"
    MAY_NEVER = "step {step} waits for {other}, which begins only if the level rises"
    TRACKS_WAIT = (
        "step {step} ({track}) waits for {other} ({others}): repair and service never wait for each other"
    )
    BACKWARDS_AFTER = "step {step} ({phase}) waits for {other}, which comes later ({later})"
    BACKWARDS_WHEN = "step {step} begins at {when} but belongs to the earlier phase {phase}"
    NO_STEP = "level {level} has no step"
    NO_TRACK = "level {level} has no step on the {track} track"
    SHARED_TRACK = "{department} owns steps of both repair and service; they need separate owners"
    NO_HEADQUARTERS = "level 1 has no step of headquarters with a limit that escalates"
    NO_LIMIT = "step {step} escalates but has no limit"
    NOT_AT_LEVEL = "closing at level {level} names step {step}, which is not of that level"
    NEVER_CLOSES = "closing names step {step}, which begins only if the level rises"
    OWN_APPROVAL = "{name} wrote it and cannot approve it"
    UNAPPROVED = "nobody has approved it: it does not take effect"
    REVIEW_BEFORE = "its review is due before it takes effect"
    OVERDUE = "its review was due on {day}"
    ACTIVE_TWICE = "{type} has two active playbooks: {name} here and {other} in {file}"
    VERSION_TWICE = "version {version} of {id} is in {file} too"
    NOT_NEWER = "version {version} stands before version {shipped} that comes with the program; compare them"


WARNINGS = (Said.UNAPPROVED, Said.OVERDUE, Said.NOT_NEWER)
"""What does not make a playbook wrong."""
FIRST_PHASE = {
    "opened": "report",
    "confirmed": "respond",
    "upgraded": "report",
    "restored": "recover",
    "resolved": "recover",
}
"""Event -> the earliest phase that a step which begins at it can belong to."""
TRACKS = ("repair", "service")
OWNER = ("department", "role")


@dataclass(frozen=True)
class Problem:
    file: str
    line: int
    said: Said
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def warning(self) -> bool:
        return self.said in WARNINGS

    @property
    def message(self) -> str:
        return self.said.value.format(**self.params)


def problems(text: str, file: str, today: date | None = None) -> list[Problem]:
    """Everything that is wrong with one playbook, by line. Without `today` no date is overdue."""
    reading = read(text)
    if reading.flaws:
        found = [Problem(file, flaw.line, Said[flaw.what], flaw.params) for flaw in reading.flaws]
    elif not isinstance(reading.value, dict):
        found = [Problem(file, 1, Said.NO_PLAYBOOK)]
    else:
        found = [Problem(file, *rest) for rest in _all(reading, today)]
    return sorted(found, key=lambda problem: problem.line)


Finding = tuple[int, Said, dict[str, object]]


def _all(reading: Reading, today: date | None) -> Iterator[Finding]:
    yield from _shape(reading)
    book = _Book(reading)
    for look in (_owners, _ids, _waiting, _circles, _phases, _levels, _tracks, _closing):
        yield from look(book)
    yield from _standing(reading, today)


def _shape(reading: Reading) -> Iterator[Finding]:
    """What pydantic finds, in words of ours where there are some."""
    try:
        Playbook.model_validate(reading.value)
    except ValidationError as error:
        for one in error.errors():
            path = tuple(part for part in one["loc"] if part != "[key]")
            yield _said_of(reading, path, one["type"], one["msg"])


def _said_of(reading: Reading, path: Path, kind: str, why: str) -> Finding:
    line, where, last = reading.line(path), dotted(path), path[-1] if path else ""
    if kind == "missing" and last in OWNER:
        return line, Said.OWNERLESS, {"step": _step_name(reading, path), "field": last}
    if kind == "missing" and last in LANGUAGES:
        return line, Said.NO_LANGUAGE, {"where": dotted(path[:-1]), "language": last}
    if kind == "missing":
        return line, Said.MISSING, {"where": where}
    if kind == "extra_forbidden":
        return line, Said.UNKNOWN_KEY, {"where": where}
    if kind == "literal_error" and last == "role":
        known = ", ".join(ROLES)
        return line, Said.UNKNOWN_ROLE, {"role": _at(reading.value, path), "known": known}
    return line, Said.WRONG, {"where": where, "why": why}


ROLES: tuple[str, ...] = ("duty_manager", "comms", "legal", "commander", "headquarters", "admin")
"""Roles that can own a step: those who may end tasks."""


def dotted(path: Path) -> str:
    """steps.3.title: as it is said to people, places counted from 1."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in path)


def _at(value: Any, path: Path) -> Any:
    for part in path:
        value = value[part]
    return value


def _step_name(reading: Reading, path: Path) -> str:
    step = _at(reading.value, path[:-1])
    return str(step.get("id") or path[-2]) if isinstance(step, dict) else str(path[-2])


@dataclass(frozen=True)
class _Step:
    """As much of a step as can be read; what cannot is left to the shape."""

    place: int
    id: str
    raw: Mapping[str, Any]

    def text(self, name: str) -> str:
        value = self.raw.get(name)
        return value if isinstance(value, str) else ""

    def list(self, name: str) -> list[Any]:
        value = self.raw.get(name)
        return value if isinstance(value, list) else []

    @property
    def levels(self) -> tuple[int, ...]:
        return (
            tuple(LEVELS)
            if "levels" not in self.raw
            else tuple(n for n in self.list("levels") if n in LEVELS)
        )

    @property
    def after(self) -> tuple[str, ...]:
        return tuple(one for one in self.list("after") if isinstance(one, str))


class _Book:
    def __init__(self, reading: Reading):
        self.reading = reading
        self.value: Mapping[str, Any] = reading.value
        raw = self.value.get("steps")
        rows = raw if isinstance(raw, list) else []
        self.steps = [
            _Step(place, str(row.get("id", "")), row)
            for place, row in enumerate(rows)
            if isinstance(row, dict)
        ]
        self.by_id = {step.id: step for step in reversed(self.steps) if step.id}

    def line(self, step: _Step, *more: str | int) -> int:
        return self.reading.line(("steps", step.place, *more))

    def part(self, name: str) -> Mapping[Any, Any]:
        value = self.value.get(name)
        return value if isinstance(value, dict) else {}

    @property
    def departments(self) -> tuple[str, ...]:
        return (*DEPARTMENTS, *map(str, self.part("departments")))

    def waits(self, step: _Step) -> list[_Step]:
        return [self.by_id[one] for one in step.after if one in self.by_id]


def _owners(book: _Book) -> Iterator[Finding]:
    """R01, R04: every step has an owner that exists."""
    known = ", ".join(book.departments)
    for step in book.steps:
        for name in OWNER:
            if name in step.raw and step.raw[name] in (None, ""):
                yield book.line(step, name), Said.OWNERLESS, {"step": step.id, "field": name}
        department = step.text("department")
        if department and department not in book.departments:
            params: dict[str, object] = {"department": department, "known": known}
            yield book.line(step, "department"), Said.UNKNOWN_DEPARTMENT, params
    for level, department in book.part("levels").items():
        if isinstance(department, str) and department not in book.departments:
            params = {"department": department, "known": known}
            yield book.reading.line(("levels", level)), Said.UNKNOWN_DEPARTMENT, params


def _ids(book: _Book) -> Iterator[Finding]:
    for step in book.steps:
        first = book.by_id.get(step.id, step)
        if first.place != step.place:
            yield book.line(step, "id"), Said.SAME_ID, {"step": step.id, "line": book.line(first, "id")}


def _waiting(book: _Book) -> Iterator[Finding]:
    """R18: what a step waits for exists, can come, and is not of the other track."""
    for step in book.steps:
        for place, name in enumerate(step.list("after")):
            other = book.by_id.get(str(name))
            line = book.line(step, "after", place)
            if other is None:
                yield line, Said.UNKNOWN_STEP, {"where": f"after of {step.id}", "step": name}
                continue
            named = {"step": step.id, "other": other.id}
            if other.text("when") == "upgraded" != step.text("when"):
                yield line, Said.MAY_NEVER, {**named}
            tracks = (step.text("track"), other.text("track"))
            if tracks in (TRACKS, TRACKS[::-1]):
                yield line, Said.TRACKS_WAIT, {**named, "track": tracks[0], "others": tracks[1]}


def _circles(book: _Book) -> Iterator[Finding]:
    """Steps that wait for each other, each circle once, at its first step."""
    seen: set[str] = set()
    for step in book.steps:
        circle = _circle(book, step)
        if circle and not seen & set(circle):
            seen |= set(circle)
            yield book.line(step, "after"), Said.CIRCLE, {"steps": " → ".join((*circle, circle[0]))}


def _circle(book: _Book, start: _Step) -> tuple[str, ...]:
    """The shortest way from a step back to itself; () when there is none."""
    ways: list[tuple[_Step, ...]] = [(start,)]
    reached: set[str] = set()
    for way in ways:
        for other in book.waits(way[-1]):
            if other.id == start.id:
                return tuple(step.id for step in way)
            if other.id not in reached:
                reached.add(other.id)
                ways.append((*way, other))
    return ()


def _phases(book: _Book) -> Iterator[Finding]:
    """R05: no step belongs to a phase before its event, or waits for a later phase."""
    for step in book.steps:
        phase, when = step.text("phase"), step.text("when")
        if phase not in PHASES:
            continue
        if when in FIRST_PHASE and PHASES.index(phase) < PHASES.index(FIRST_PHASE[when]):
            params: dict[str, object] = {"step": step.id, "when": when, "phase": phase}
            yield book.line(step, "phase"), Said.BACKWARDS_WHEN, params
        for other in book.waits(step):
            later = other.text("phase")
            if later in PHASES and PHASES.index(later) > PHASES.index(phase):
                params = {"step": step.id, "phase": phase, "other": other.id, "later": later}
                yield book.line(step, "after"), Said.BACKWARDS_AFTER, params


def _levels(book: _Book) -> Iterator[Finding]:
    """R01, R14: every level is there and has its steps, and the first has headquarters."""
    for name in ("levels", "closing"):
        for level in LEVELS:
            if name in book.value and level not in book.part(name):
                yield book.reading.line((name,)), Said.MISSING, {"where": f"{name}.{level}"}
    if not book.steps:
        return
    line = book.reading.line(("steps",))
    for level in LEVELS:
        here = [step for step in book.steps if level in step.levels]
        if not here:
            yield line, Said.NO_STEP, {"level": level}
            continue
        for track in TRACKS:
            if not any(step.text("track") == track for step in here):
                yield line, Said.NO_TRACK, {"level": level, "track": track}
    command = [s for s in book.steps if 1 in s.levels and s.text("role") == "headquarters"]
    if not any(s.raw.get("escalates") is True and "limit" in s.raw for s in command):
        yield line, Said.NO_HEADQUARTERS, {}
    for step in book.steps:
        if step.raw.get("escalates") is True and "limit" not in step.raw:
            yield book.line(step, "escalates"), Said.NO_LIMIT, {"step": step.id}


def _tracks(book: _Book) -> Iterator[Finding]:
    """R18: repair and service have separate owners."""
    first: dict[str, str] = {}
    told: set[str] = set()
    for step in book.steps:
        department, track = step.text("department"), step.text("track")
        if not department or track not in TRACKS:
            continue
        if first.setdefault(department, track) != track and department not in told:
            told.add(department)
            yield book.line(step, "track"), Said.SHARED_TRACK, {"department": department}


def _closing(book: _Book) -> Iterator[Finding]:
    """R10: what closing asks for is there to be done."""
    for level, names in book.part("closing").items():
        for place, name in enumerate(names if isinstance(names, list) else []):
            line = book.reading.line(("closing", level, place))
            step = book.by_id.get(str(name))
            if step is None:
                yield line, Said.UNKNOWN_STEP, {"where": f"closing of level {level}", "step": name}
            elif level not in step.levels:
                yield line, Said.NOT_AT_LEVEL, {"level": level, "step": step.id}
            elif step.text("when") == "upgraded":
                yield line, Said.NEVER_CLOSES, {"step": step.id}


def _standing(reading: Reading, today: date | None) -> Iterator[Finding]:
    """R02: who approved it, and when it must be looked at again."""
    author, approver = (str(reading.value.get(name) or "") for name in ("author", "approved_by"))
    if not approver.strip():
        yield reading.line(("approved_by",)), Said.UNAPPROVED, {}
    elif same(approver) == same(author):
        yield reading.line(("approved_by",)), Said.OWN_APPROVAL, {"name": author}
    begins, review = (_day(reading.value.get(name)) for name in ("effective_from", "review_due"))
    line = reading.line(("review_due",))
    if begins and review and review <= begins:
        yield line, Said.REVIEW_BEFORE, {}
    if review and today and review < today:
        yield line, Said.OVERDUE, {"day": review.isoformat()}


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def wrong(found: Sequence[Problem]) -> list[Problem]:
    """Those that are not only warnings."""
    return [problem for problem in found if not problem.warning]
