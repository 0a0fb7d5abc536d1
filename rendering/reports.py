"""Report values as Markdown, HTML and JSON: same value, same bytes (I18).

Every word comes from the templates; what people and providers wrote is made inert first (S9). The HTML is
made from the Markdown, so that both say the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from jinja2 import PackageLoader

from incidents.reasons import told
from incidents.terms import EXERCISE_MARKS, LANGUAGES, OF_CUSTOMERS, Channel, ClockStart, duty_word
from notifications.notice import FORM_OWN
from notifications.states import State
from rendering import report_page
from rendering.allow import PAGE_NODES, Allowance
from rendering.report_beside import beside
from rendering.report_words import Words, inert
from rendering.shelf import Shelf, Value
from rendering.timeline import drawn
from reports.coverage import Coverage
from reports.document import Report, coverage_of, kind_of, text
from reports.handling import HandlingReport, Sent
from reports.summary import Effect, SummaryReport
from windows.window import Window

LONGEST = 8_000_000
SLOTS = (
    *("reference", "title", "facts", "name", "value", "windows", "kind", "sequence", "started", "due"),
    *("strict", "told", "verdict", "late", "why", "coverage", "notices", "number", "released", "approvals"),
    *(
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
    ),
    *("at", "actor", "what", "detail", "tasks", "task", "department", "state", "ended", "chain_head"),
    *("chain_length", "batches", "summary", "percent", "given", "asked", "paragraphs", "unknown", "missing"),
    *("full", "cause", "cause_status", "result", "figures", "lessons", "improvements", "actions"),
    *("findings", "takes_back", "beside"),
)


class Reporter:
    """The files of a report, frozen when it is submitted: fits coordinator.ports.Reporter."""

    def __init__(self, zone: str):
        self._zone = zone

    def files(self, report: Report) -> dict[str, bytes]:
        """Every language and format by file name; the JSON is the data that the others were made from."""
        kind = kind_of(report)
        found = {f"{kind}.json": text(report)}
        for language in LANGUAGES:
            found[f"{kind}.{language}.md"] = markdown(report, language, self._zone)
            found[f"{kind}.{language}.html"] = html(report, language, self._zone)
        return {name: content.encode() for name, content in sorted(found.items())}


def markdown(report: Report, language: str, zone: str) -> str:
    """The report in `language` (one of LANGUAGES), times in `zone`."""
    words = Words(language, zone)
    context = _summary(report, words) if isinstance(report, SummaryReport) else _handling(report, words)
    return _shelf().render(f"reports/{kind_of(report)}.{language}.md", context, LONGEST)


def html(report: Report, language: str, zone: str) -> str:
    """The same words as one page that needs nothing from elsewhere."""
    record = report.record if isinstance(report, SummaryReport) else report
    picture = drawn(record, Words(language, zone))
    return report_page.page(markdown(report, language, zone), language, picture)


@cache
def _shelf() -> Shelf:
    return Shelf(PackageLoader("templates", "."), Allowance(SLOTS, PAGE_NODES))


def _handling(report: HandlingReport, words: Words) -> dict[str, Value]:
    return {
        **_frame(report, words),
        **_completeness(coverage_of(report), words),
        "facts": [(words.say(name), value) for name, value in _facts(report, words)],
        "beside": beside(report, words),
        "notices": [_notice(sent, _numbers(report), words) for sent in report.sent],
        "outcomes": _outcomes(report, words),
        "timeline": [
            (
                words.at(e.at),
                inert(e.actor),
                words.word("entries", e.kind),
                _task(e.data, report, words)
                if e.kind.startswith("task_")
                else _detail(e.kind, e.data, words),
            )
            for e in report.timeline
        ],
        "tasks": [
            (
                words.own(task.title),
                inert(words.word("departments", task.department)),
                words.word("tasks", task.state) + (words.aside(inert(task.reason)) if task.reason else ""),
                words.at(task.due_at),
                words.at(task.ended_at),
            )
            for task in report.tasks
        ],
        "batches": report.settled_batches,
    }


def _frame(report: HandlingReport, words: Words) -> dict[str, Value]:
    """What both reports say."""
    return {
        "reference": report.incident.reference,
        "title": _title(report, words),
        "summary": _verdicts(report, words),
        "windows": [_window(window, words) for window in report.windows],
        "findings": [(words.at(one.at), words.own(one.data["words"])) for one in report.findings],
        "chain_head": report.chain_head,
        "chain_length": report.chain_length,
    }


def _title(report: HandlingReport, words: Words) -> str:
    title = inert(report.incident.title)
    return f"{EXERCISE_MARKS[words.language]} {title}" if report.incident.exercise else title


def _completeness(found: Coverage, words: Words) -> dict[str, Value]:
    """The score, and the fields that are open, by how they are open."""
    open_ = {
        standing: [words.word("asked", cell.field) for cell in found.open() if cell.standing == standing]
        for standing in ("unknown", "missing")
    }
    return {
        "percent": found.percent,
        "given": found.given,
        "asked": found.total,
        "paragraphs": [
            (words.word("paragraphs", name), words.say("share", given=given, asked=asked))
            for name, (given, asked) in found.by_paragraph().items()
        ],
        **{standing: words.say("comma").join(names) for standing, names in open_.items()},
    }


BRIEF = (
    "onset",
    "aware",
    "place",
    "type",
    "level",
    "scope",
    "restored",
    "resolved",
    "department",
    "handlers",
)
"""The facts that a summary repeats."""


def _summary(report: SummaryReport, words: Words) -> dict[str, Value]:
    record = report.record
    incident = record.incident
    return {
        **_frame(record, words),
        **_completeness(coverage_of(report), words),
        "full": 0 if report.short else 1,
        "facts": [(words.say(name), value) for name, value in _facts(record, words) if name in BRIEF],
        "cause": words.own(incident.cause) if incident.cause else "",
        "cause_status": words.word("cause_status", incident.cause_status),
        "result": words.own(incident.result) if incident.result else "",
        "figures": [(words.say(name), value) for name, value in _figures(report.effect, words)],
        "lessons": [_window(window, words) for window in report.lessons],
        "actions": [*map(words.own, incident.actions), *_logged(record, words)],
        "improvements": [words.own(one) for one in incident.improvements],
    }


def _figures(effect: Effect, words: Words) -> list[tuple[str, str]]:
    found = vars(effect)
    return [
        *((name, words.span(found[name])) for name in ("noticed_after", "told_after", "restored_after")),
        ("duties", words.say("duties_of", **found) + _rest(found, words)),
        ("people", words.say("reached_of", reached=f"{effect.reached:,}", addressed=f"{effect.addressed:,}")),
        ("messages", _arrived(effect, words)),
        ("tasks", words.say("tasks_of", done=effect.done, tasks=effect.tasks, skipped=effect.skipped)),
    ]


def _rest(found: Mapping[str, object], words: Words) -> str:
    """What became of the duties that were neither told in time nor late."""
    parts = [
        words.say(f"duties_{name}", n=found[name])
        for name in ("undone", "lapsed", "waived", "running")
        if found[name]
    ]
    return "".join(words.say("comma") + part for part in parts)


def _arrived(effect: Effect, words: Words) -> str:
    """How many of those that were to be sent arrived; what was left out on purpose is no failure."""
    sent = f"{effect.messages - effect.suppressed:,}"
    said = words.say("arrived_of", arrived=f"{effect.arrived:,}", messages=sent)
    left = words.say("left_out", n=f"{effect.suppressed:,}") if effect.suppressed else ""
    return words.say("comma").join(part for part in (said, left) if part)


def _logged(report: HandlingReport, words: Words) -> list[str]:
    """What was done, as the timeline has it."""
    return [_detail(entry.kind, entry.data, words) for entry in report.acted]


def _measures(report: HandlingReport, words: Words) -> str:
    told = words.several(report.incident.actions)
    every = [part for part in (told, *_logged(report, words)) if part]
    return words.say("semicolon").join(every) or words.say("nothing_recorded")


def _names(codes: Sequence[str], report: HandlingReport, words: Words) -> str:
    found = [report.names.get(code, {}).get(words.language, code) for code in codes]
    return inert(words.say("comma").join(found)) or words.say("unknown")


def _why(text: str, words: Words) -> str:
    """Why a level was given, in the report's language; what a person typed as they typed it."""
    return told(text, words.word, words.say("semicolon"))


def _facts(report: HandlingReport, words: Words) -> list[tuple[str, str]]:
    incident = report.incident
    cause = words.own(incident.cause)
    if incident.cause:
        cause += words.aside(words.word("cause_status", incident.cause_status))
    reasons = inert(words.say("semicolon").join(_why(one, words) for one in incident.level_reasons))
    level = words.word("levels", incident.level)
    known = words.aside(inert(words.word("sources", incident.aware_source)))
    return [
        ("onset", words.at(incident.onset_at) if incident.onset_at else words.say("unknown")),
        ("aware", f"{words.at(incident.aware_at)}{known}"),
        ("place", _names(incident.areas, report, words)),
        ("type", words.word("case", "type") if incident.case else words.word("types", incident.type)),
        ("level", f"{level} · {reasons}" if reasons else level),
        ("scope", _scope(report, words)),
        ("cause", cause),
        ("measures", _measures(report, words)),
        ("expected", words.at(incident.expected_at) if incident.expected_at else words.say("unknown")),
        ("effects", words.own(incident.effects)),
        ("restored", words.at(incident.restored_at)),
        ("resolved", words.at(incident.resolved_at)),
        ("result", _result(report, words)),
        ("department", _responsible(report, words)),
        ("handlers", inert(words.say("comma").join(report.handlers)) or words.say("none")),
    ]


def _scope(report: HandlingReport, words: Words) -> str:
    """The services, and how many of them are hit."""
    affected = report.incident.affected
    services = _names(report.incident.services, report, words)
    if affected is None and not report.incident.services:
        return services
    amount = words.say("amount", n=f"{affected.count:,}") if affected else words.say("amount_unknown")
    return words.say("comma").join((services, amount))


def _result(report: HandlingReport, words: Words) -> str:
    status = words.aside(words.word("incident_statuses", report.incident.status))
    return words.own(report.incident.result, otherwise="not_given") + status


def _responsible(report: HandlingReport, words: Words) -> str:
    """Who a person named, else who leads at this level; then the departments that had tasks."""
    incident = report.incident
    lead = words.own(incident.responsible_department) if incident.responsible_department else ""
    if not lead and report.leads:
        lead = words.word("leads", incident.level)
    first = lead + words.aside(words.say("lead")) if lead else ""
    others = _departments(report, lead, words)
    return words.say("semicolon").join(part for part in (first, others) if part) or words.say("not_given")


def _departments(report: HandlingReport, lead: str, words: Words) -> str:
    names = dict.fromkeys(words.word("departments", task.department) for task in report.tasks)
    return inert(words.say("comma").join(name for name in names if name != lead))


def _verdicts(report: HandlingReport, words: Words) -> str:
    tally: dict[str, int] = {}
    for window in report.to_customers():
        tally[window.state] = tally.get(window.state, 0) + 1
    parts = [f"{words.word('verdicts', state)} {n}" for state, n in sorted(tally.items())]
    return words.say("comma").join(parts) or words.say("none")


def _said(window: Window, cause: str) -> str:
    """The word of a cause: what counts from the onset is moved by the discovery of that."""
    by_onset = window.clock_start == ClockStart.ONSET_AT and cause == "late_by_discovery"
    return "late_by_onset" if by_onset else cause


def _window(window: Window, words: Words) -> Value:
    coverage = window.coverage
    reached = f"{coverage.reached}/{coverage.audience}" if coverage.audience else words.say("page_only")
    if coverage.impossible:
        reached += words.aside(words.say("impossible", n=coverage.impossible))
    if window.audience not in OF_CUSTOMERS:
        reached = words.say("none")
    reasons = dict.fromkeys((*window.causes, *([window.ended_by] if window.ended_by else [])))
    why = words.say("comma").join(words.word("misses", _said(window, cause)) for cause in reasons)
    kinds = dict.fromkeys(finding.kind for finding in window.findings)
    found = "; ".join(words.word("findings", kind) for kind in kinds)
    return (
        words.word("kinds", duty_word(window.kind, window.rule)),
        window.sequence,
        words.at(window.started_at),
        words.at(window.due_at),
        words.at(window.strict_due_at),
        words.at(window.told_at),
        words.word("verdicts", window.state),
        _late(window, words),
        "; ".join(part for part in (why, found) if part) or words.say("none"),
        reached,
    )


def _late(window: Window, words: Words) -> str:
    if window.seconds_late is None:
        return words.say("none")
    late = window.seconds_late > 0
    minutes, seconds = divmod(round(abs(window.seconds_late)), 60)
    return f"{words.say('late' if late else 'early')} {minutes // 60}:{minutes % 60:02}:{seconds:02}"


def _numbers(report: HandlingReport) -> dict[int, int]:
    """Id -> number on the page."""
    return {sent.notice.id: sent.notice.number for sent in report.sent}


def _notice(sent: Sent, numbers: Mapping[int, int], words: Words) -> Value:
    notice = sent.notice
    approvals = words.say("semicolon").join(
        words.say(
            "submitted_by" if a.user == notice.author else "approved_by",
            name=inert(a.user),
            at=words.at(a.at),
        )
        for a in notice.approvals
    )
    texts: list[Value] = []
    for form, channel in sent.said():
        for language in LANGUAGES:
            label = f"{words.word('channels', channel)} · {words.word('languages', language)}"
            if form != FORM_OWN:
                label += f" · {words.word('forms', form)}"
            texts.append((label, _quoted(sent, form, channel, language, words)))
    return (
        notice.number,
        _kind(sent, words),
        words.at(notice.released_at),
        approvals,
        words.at(notice.page_live_at),
        notice.audience_size,
        _spared(sent, words),
        _takes_back(sent, numbers, words),
        texts,
    )


def _kind(sent: Sent, words: Words) -> str:
    """What it is; of a holding notice also that it went by itself, or who sent it early."""
    notice = sent.notice
    kind = words.word("kinds", notice.kind)
    if not notice.holding:
        return kind
    return words.say("automatic" if notice.automatic else "sent_early", kind=kind, user=inert(notice.author))


def _takes_back(sent: Sent, numbers: Mapping[int, int], words: Words) -> str:
    """Which notice this one corrects or withdraws, and what is right instead; "" for every other."""
    notice = sent.notice
    if not notice.corrects:
        return ""
    said = words.say("said", text=words.own(notice.said)) if notice.said else ""
    right = words.say("right", text=words.own(notice.right))
    return words.say(
        "takes_back", number=numbers.get(notice.corrects, notice.corrects), said=said, right=right
    )


def _spared(sent: Sent, words: Words) -> str:
    """How many had no SMS of it because they had just had one; "" when everybody was texted."""
    limit = sent.notice.sms_limit
    n = sum(n for (_, _, state), n in sent.counts.items() if state == State.SUPPRESSED)
    if not n or limit is None:
        return ""
    return words.say("spared", n=n, hours=int(limit.total_seconds() // 3600))


def _quoted(sent: Sent, form: str, channel: Channel, language: str, words: Words) -> Value:
    """The text as it left, line by line, each made inert; the SMS with its parts."""
    text = sent.texts[(form, channel, language)]
    lines = ([text.subject] if text.subject else []) + text.body.splitlines()
    quoted: list[Value] = [inert(line) for line in lines]
    if channel == Channel.SMS:
        parts = sent.parts.get((form, channel, language), 0)
        quoted.append(words.aside(words.say("parts", n=parts)).strip())
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


def _task(data: Mapping[str, Any], report: HandlingReport, words: Words) -> str:
    """The task by its title, and the reason for which it was left out."""
    titles = {task.step: words.own(task.title) for task in report.tasks}
    step = data.get("step", "")
    reason = words.aside(inert(data["reason"])) if data.get("reason") else ""
    return titles.get(step, inert(step)) + reason


OWN_WORDS = {
    "finding": "words",
    **dict.fromkeys(("correction_notice_owed", "withdrawal_notice_owed", "taking_back_owed"), "right"),
    **dict.fromkeys(("false_alarm", "rejected"), "reason"),
}
"""Entries that a person worded in both languages, and where the words are."""


PLAIN = {
    "fulfilled": ("how", "whom", "evidence"),
    **dict.fromkeys(("regime_asked", "regime_applied", "regime_waived"), ("pack", "reason")),
}
"""Entries of which a person's own words are what a reader wants."""


def _detail(kind: str, data: Mapping[str, Any], words: Words) -> str:
    """The few things that a reader wants of an entry; the record itself has all."""
    if kind == "note":
        return inert(data["text"])
    if kind == "action":
        return f"{words.word('actions', data['action'])}{words.say('colon')}{inert(data['text'])}"
    if kind in OWN_WORDS:
        return words.own(data[OWN_WORDS[kind]])
    if kind == "undone":
        return words.word("entries", data["act"])
    if kind in PLAIN:
        return words.say("comma").join(inert(data[name]) for name in PLAIN[kind] if data.get(name))
    if kind == "role_unfilled":
        return inert(data["role"])
    if kind == "material_change":
        return words.word("changes", data["change"])
    if kind in ("upgraded", "downgraded"):
        return f"{data['from']} → {data['to']}: {inert(_why(data['reason'], words))}"
    if kind.startswith(("window_", "duty_", "warning")):
        sequence = f" {data['sequence']}" if "sequence" in data else ""
        rung = f", {inert(data['rung'])}" if "rung" in data else ""
        name = words.word("kinds", duty_word(data.get("kind", ""), data.get("rule", "")))
        return f"{name}{sequence}{rung}"
    if kind.startswith(("notice_", "report_")) and "kind" in data:
        number = f" {data['number']}" if "number" in data else ""
        return f"{words.word('kinds', data['kind'])}{number}"
    if kind == "updated":
        return inert(words.say("comma").join(words.word("fields", name) for name in data))
    return inert(data.get("reason", ""))
