"""One small outage with its whole record, as values: what the reports of these tests are drawn from."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from incidents.chain import GENESIS, Entry, entry_hash
from incidents.incident import Incident
from incidents.terms import Audience, Channel, ClockStart, Kind, NoticeState, Verdict
from notifications.message import Text
from notifications.notice import FORM_OWN, Approval, Counters, Notice
from playbooks.task import Task
from reports.handling import HandlingReport, Sent, handling
from reports.summary import SummaryReport, summary
from windows.beside import Beside, ByOnset
from windows.rules import handbook
from windows.window import Coverage, Move, Window

from .cast import KNOWN, NAMES, OVER, UNKNOWN, at

PACK = handbook()
RESULT = {
    "result": {"zh-CN": "业务全部恢复", "en": "all services are back"},
    "responsible_department": {"zh-CN": "省公司网络部", "en": "Provincial network department"},
    "improvements": (
        {"zh-CN": "备用路由每月演练一次", "en": "rehearse the standby route every month"},
        {"zh-CN": "补齐传输设备备件", "en": "stock spare transmission parts"},
    ),
}
WHOLE = replace(KNOWN, level=2, **OVER, **RESULT)


def window(kind: Kind, number: int, start: str, due: str, told: str | None, **more: object) -> Window:
    began, ends, done = at(start), at(due), at(told) if told else None
    late = done is None or done > ends
    found = Window(
        id=number,
        incident=1,
        kind=kind,
        audience=Audience.CUSTOMERS,
        sequence=1,
        rule=f"handbook.{kind}",
        rule_version="handbook@2",
        clock_start=ClockStart.AWARE_AT,
        started_at=began,
        length_seconds=int((ends - began).total_seconds()),
        due_at=ends,
        strict_due_at=ends,
        target_at=None,
        told_by=PACK.rule(kind).told_by,
        state=Verdict.BREACHED if late else Verdict.MET,
        told_at=done,
        causes=("no_approval",) if late else (),
        history=(Move(began, ends, "opened", "alice"),),
        coverage=Coverage(3, 3, 3) if PACK.rule(kind).told_by == "recipients" else Coverage(),
    )
    return replace(found, **more)  # type: ignore[arg-type]


def notice(kind: Kind, number: int, released: str, words: tuple[str, str]) -> Sent:
    when = at(released)
    channels = (Channel.WEB, Channel.SMS)
    sent = Notice(
        id=number,
        incident=1,
        kind=kind,
        state=NoticeState.TOLD,
        channels=channels,
        author="alice",
        created_at=when - timedelta(minutes=10),
        level=2,
        number=number,
        released_at=when,
        page_live_at=when + timedelta(seconds=2),
        audience_size=3,
        approvals=(Approval("alice", when - timedelta(minutes=5), "t", "a"), Approval("bob", when, "t", "a")),
        counters=Counters(reached=3),
    )
    texts = {
        (FORM_OWN, channel, language): Text("", said, "")
        for channel in channels
        for language, said in zip(("zh-CN", "en"), words, strict=True)
    }
    parts = {(FORM_OWN, Channel.SMS, language): 1 for language in ("zh-CN", "en")}
    counts = {("web", "", "accepted"): 1, ("sms", "zh-CN", "delivered"): 2, ("sms", "en", "accepted"): 1}
    return Sent(sent, texts, parts, counts, frozenset({FORM_OWN}))


WINDOWS = (
    window(Kind.FIRST_NOTICE, 1, "14:20", "16:20", "15:05"),
    window(Kind.PROGRESS_UPDATE, 2, "15:05", "17:05", "17:40"),
    window(Kind.RESOLUTION_NOTICE, 3, "19:10", "20:10", "19:30"),
    window(
        *(Kind.HANDLING_REPORT, 4, "19:10", "23:10", "21:00"),
        audience=Audience.INTERNAL,
        clock_start="resolved_at",
    ),
)
SENT = (
    notice(Kind.FIRST_NOTICE, 1, "15:00", ("滨江区手机通话异常。", "Calls fail in Binjiang.")),
    notice(Kind.RESOLUTION_NOTICE, 2, "19:28", ("滨江区手机通话已恢复。", "Calls are back in Binjiang.")),
)
BESIDE = Beside(
    audience=3,
    affected=4,
    first_accepted_at=at("15:01"),
    all_answered_at=at("15:05"),
    accepted=3,
    delivered=2,
    by_onset=ByOnset(at("12:50"), at("14:50"), "missed", 900.0),
)
TASKS = (
    Task(
        *(1, 1, "locate-fault", "respond", "technical_support", "duty_manager"),
        {"zh-CN": "排查故障点", "en": "Find the fault"},
        *("done", at("14:25"), at("15:25"), at("15:10"), "alice", None),
    ),
)
SAID = (
    ("14:25", "alice", "opened", {}),
    ("14:25", "alice", "playbook_activated", {"leads": "the city company leads"}),
    ("14:31", "alice", "note", {"text": "field team | on *site*"}),
    ("15:10", "alice", "task_done", {"step": "locate-fault"}),
    ("17:05", "system", "window_breached", {"kind": "progress_update", "sequence": 1}),
    ("19:10", "alice", "resolved", {}),
)


def entries(said: tuple[tuple[str, str, str, dict[str, str]], ...] = SAID) -> list[Entry]:
    found: list[Entry] = []
    for number, (clock, actor, kind, data) in enumerate(said, 1):
        before = found[-1].hash if found else GENESIS
        digest = entry_hash(WHOLE.reference, number, at(clock), actor, kind, data, before)
        found.append(Entry(1, number, at(clock), actor, kind, data, before, digest))
    return found


def record(incident: Incident = WHOLE) -> HandlingReport:
    """Everything known and done, with one progress notice missed."""
    return handling(incident, WINDOWS, SENT, entries(), TASKS, NAMES, {1: BESIDE})


def bare(incident: Incident = UNKNOWN) -> HandlingReport:
    """An incident of which nothing is known and for which nothing has happened."""
    return handling(incident, (), (), entries(SAID[:1]), (), NAMES)


def summed(level: int = 2) -> SummaryReport:
    return summary(record(replace(WHOLE, level=level)))


def instants(start: datetime, *minutes: int) -> list[datetime]:
    return [start + timedelta(minutes=n) for n in minutes]
