"""Report values as Markdown in one language: same value, same bytes (I18).

Every word comes from the templates; what people and providers wrote is made inert first (S9).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from string import Template
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import PackageLoader

from coordinator.release import SMS_LIMIT
from incidents.incident import Bilingual
from incidents.terms import LANGUAGES, Channel
from notifications.notice import FORM_OWN
from notifications.states import State
from rendering.allow import PAGE_NODES, Allowance
from rendering.shelf import Shelf, Value
from rendering.words import words as words_of
from reports.handling import HandlingReport, Sent
from windows.window import Window

LONGEST = 8_000_000
SLOTS = (
    "reference",
    "title",
    "facts",
    "name",
    "value",
    "windows",
    "kind",
    "sequence",
    "started",
    "due",
    "strict",
    "told",
    "verdict",
    "late",
    "why",
    "coverage",
    "notices",
    "number",
    "released",
    "approvals",
    "live",
    "people",
    "spared",
    "texts",
    "label",
    "body",
    "outcomes",
    "channel",
    "language",
    "counts",
    "timeline",
    "at",
    "actor",
    "what",
    "detail",
    "tasks",
    "task",
    "department",
    "state",
    "ended",
    "chain_head",
    "chain_length",
    "batches",
    "summary",
)
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~])")


def inert(text: object) -> str:
    """Somebody's words as Markdown that is only words: one line, every mark escaped."""
    return _SPECIAL.sub(r"\\\1", " ".join(str(text).split()))


class Words:
    """The report's words in one language; an unknown code stands as itself."""

    def __init__(self, language: str, zone: str):
        self.language = language
        self._words = words_of(language)
        self._zone = ZoneInfo(zone)

    def word(self, family: str, code: object) -> str:
        return str(self._words[family].get(str(code), str(code)))

    def say(self, key: str) -> str:
        return str(self._words["report"][key])

    def at(self, instant: datetime | None) -> str:
        """Local time to the second with its offset; the word for "none" where there is none."""
        if instant is None:
            return self.say("none")
        return instant.astimezone(self._zone).isoformat(sep=" ", timespec="seconds")

    def own(self, text: Bilingual) -> str:
        """A person's words in this language, else in the other one, which is marked by its own script."""
        return inert(text.get(self.language) or next(iter(text.values()), "")) or self.say("unknown")


def markdown(report: HandlingReport, language: str, zone: str) -> str:
    """The handling report in `language` (one of LANGUAGES), times in `zone`."""
    words = Words(language, zone)
    shelf = Shelf(PackageLoader("templates", "."), Allowance(SLOTS, PAGE_NODES))
    return shelf.render(f"reports/handling_report.{language}.md", _context(report, words), LONGEST)


def _context(report: HandlingReport, words: Words) -> dict[str, Value]:
    return {
        "reference": report.incident.reference,
        "title": inert(report.incident.title),
        "facts": [(words.say(name), value) for name, value in _facts(report, words)],
        "summary": _summary(report, words),
        "windows": [_window(window, words) for window in report.windows],
        "notices": [_notice(sent, words) for sent in report.sent],
        "outcomes": _outcomes(report, words),
        "timeline": [
            (words.at(e.at), inert(e.actor), words.word("entries", e.kind), _detail(e.kind, e.data, words))
            for e in report.timeline
        ],
        "tasks": [
            (
                words.own(task.title),
                inert(words.word("departments", task.department)),
                words.word("tasks", task.state),
                words.at(task.due_at),
                words.at(task.ended_at),
            )
            for task in report.tasks
        ],
        "chain_head": report.chain_head,
        "chain_length": report.chain_length,
        "batches": report.settled_batches,
    }


def _names(codes: Sequence[str], report: HandlingReport, words: Words) -> str:
    found = [report.names.get(code, {}).get(words.language, code) for code in codes]
    return inert(words.say("comma").join(found)) or words.say("unknown")


def _facts(report: HandlingReport, words: Words) -> list[tuple[str, str]]:
    incident = report.incident
    affected = words.say("unknown") if incident.affected is None else f"{incident.affected.count:,}"
    cause = words.own(incident.cause)
    if incident.cause:
        cause += f" ({words.word('cause_status', incident.cause_status)})"
    actions = words.say("semicolon").join(words.own(action) for action in incident.actions)
    return [
        ("onset", words.at(incident.onset_at) if incident.onset_at else words.say("unknown")),
        ("aware", f"{words.at(incident.aware_at)} ({inert(incident.aware_source)})"),
        ("place", _names(incident.areas, report, words)),
        ("type", words.word("types", incident.type)),
        (
            "level",
            f"{words.word('levels', incident.level)} · {inert('; '.join(incident.level_reasons))}"
            if incident.level_reasons
            else words.word("levels", incident.level),
        ),
        ("scope", f"{_names(incident.services, report, words)}{words.say('comma')}{affected}"),
        ("cause", cause),
        ("measures", actions or words.say("nothing_recorded")),
        ("expected", words.at(incident.expected_at) if incident.expected_at else words.say("unknown")),
        ("effects", words.own(incident.effects)),
        ("restored", words.at(incident.restored_at)),
        ("resolved", words.at(incident.resolved_at)),
        ("result", words.word("incident_statuses", incident.status)),
        ("department", _departments(report, words)),
        ("handlers", inert(words.say("comma").join(report.handlers)) or words.say("none")),
    ]


def _departments(report: HandlingReport, words: Words) -> str:
    names = dict.fromkeys(words.word("departments", task.department) for task in report.tasks)
    return inert(words.say("comma").join(names)) or words.say("none")


def _summary(report: HandlingReport, words: Words) -> str:
    tally: dict[str, int] = {}
    for window in report.windows:
        tally[window.state] = tally.get(window.state, 0) + 1
    parts = [f"{words.word('verdicts', state)} {n}" for state, n in sorted(tally.items())]
    return words.say("comma").join(parts) or words.say("none")


def _window(window: Window, words: Words) -> Value:
    coverage = window.coverage
    reached = f"{coverage.reached}/{coverage.audience}" if coverage.audience else words.say("page_only")
    reasons = dict.fromkeys((*window.causes, *([window.ended_by] if window.ended_by else [])))
    why = words.say("comma").join(words.word("misses", cause) for cause in reasons)
    found = "; ".join(words.word("findings", finding.kind) for finding in window.findings)
    return (
        words.word("kinds", window.kind),
        window.sequence,
        words.at(window.started_at),
        words.at(window.due_at),
        words.at(window.strict_due_at),
        words.at(window.told_at),
        words.word("verdicts", window.state),
        _late(window, words),
        "; ".join(part for part in (why, found) if part),
        reached,
    )


def _late(window: Window, words: Words) -> str:
    if window.seconds_late is None:
        return words.say("none")
    late = window.seconds_late > 0
    span = str(timedelta(seconds=round(abs(window.seconds_late))))
    return f"{words.say('late' if late else 'early')} {span}"


def _notice(sent: Sent, words: Words) -> Value:
    notice = sent.notice
    approvals = "; ".join(f"{inert(a.user)} {words.at(a.at)}" for a in notice.approvals)
    texts: list[Value] = []
    for form, channel in sent.said():
        for language in LANGUAGES:
            label = f"{words.word('channels', channel)} · {words.word('languages', language)}"
            if form != FORM_OWN:
                label += f" · {words.word('forms', form)}"
            texts.append((label, _quoted(sent, form, channel, language, words)))
    return (
        notice.number,
        words.word("kinds", notice.kind),
        words.at(notice.released_at),
        approvals,
        words.at(notice.page_live_at),
        notice.audience_size,
        _spared(sent, words),
        texts,
    )


def _spared(sent: Sent, words: Words) -> str:
    """How many had no SMS of it because they had just had one; "" when everybody was texted."""
    limit = SMS_LIMIT.get(sent.notice.kind)
    n = sum(n for (_, _, state), n in sent.counts.items() if state == State.SUPPRESSED)
    if not n or limit is None:
        return ""
    hours = int(limit.total_seconds() // 3600)
    return Template(words.say("spared")).substitute(n=n, hours=hours)


def _quoted(sent: Sent, form: str, channel: Channel, language: str, words: Words) -> Value:
    """The text as it left, line by line, each made inert; the SMS with its parts."""
    text = sent.texts[(form, channel, language)]
    lines = ([text.subject] if text.subject else []) + text.body.splitlines()
    quoted: list[Value] = [inert(line) for line in lines]
    if channel == Channel.SMS:
        quoted.append(f"({words.say('parts')}: {sent.parts.get((form, channel, language), 0)})")
    return quoted


def _outcomes(report: HandlingReport, words: Words) -> list[Value]:
    rows: list[Value] = []
    for (channel, language), counts in report.outcomes().items():
        parts = [
            f"{words.word('deliveries', state)} {counts[state]}"
            for state in map(str, State)
            if counts.get(state)
        ]
        tongue = words.word("languages", language) if language else words.say("everybody")
        rows.append((words.word("channels", channel), tongue, words.say("comma").join(parts)))
    return rows


def _detail(kind: str, data: Mapping[str, Any], words: Words) -> str:
    """The few things that a reader wants of an entry; the record itself has all."""
    if kind == "note":
        return inert(data["text"])
    if kind == "finding":
        return words.own(data["words"])
    if kind.endswith("_notice_owed") and "notice" in data:
        said = f"{words.own(data['said'])} → " if data["said"] else ""
        return f"{data['number']}: {said}{words.own(data['right'])}"
    if kind == "undone":
        return words.word("entries", data["act"])
    if kind == "upgraded":
        return f"{data['from']} → {data['to']}: {inert(data['reason'])}"
    if kind.startswith(("window_", "duty_", "warning")):
        sequence = f" {data['sequence']}" if "sequence" in data else ""
        rung = f", {inert(data['rung'])}" if "rung" in data else ""
        return f"{words.word('kinds', data.get('kind', ''))}{sequence}{rung}"
    if kind.startswith("notice_") and "kind" in data:
        number = f" {data['number']}" if "number" in data else ""
        return f"{words.word('kinds', data['kind'])}{number}"
    if kind == "updated":
        return inert(words.say("comma").join(words.word("fields", name) for name in data))
    if kind.startswith("task_"):
        return inert(data.get("step", ""))
    return inert(data.get("reason", ""))
