"""What a report says of figures and of people is what became of them, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from incidents.terms import Kind, Verdict
from notifications.notice import Approval
from rendering.reports import markdown
from reports.coverage import MEASURES, Given
from reports.handling import HandlingReport, handling
from reports.summary import summary
from windows.window import Coverage, Finding

from .cast import NAMES, at
from .report_cast import SAID, SENT, TASKS, WHOLE, WINDOWS, entries, record

ZONE = "Asia/Shanghai"
LOGGED = ("16:00", "alice", "action", {"action": "repair", "text": "the fibre is spliced"})


def told(report: HandlingReport, language: str = "en") -> str:
    return markdown(report, language, ZONE)


def summed(report: HandlingReport, language: str = "en") -> str:
    return markdown(summary(report), language, ZONE)


@pytest.mark.parametrize(("language", "words"), [("en", "not established"), ("zh-CN", "未能确定")])
def test_an_unknown_onset_gives_no_length(language: str, words: str):
    """From an onset that nobody knows no time passed: the span is not established (R38)."""
    report = record(replace(WHOLE, onset_at=None))

    assert None is summary(report).effect.restored_after
    assert 2 == summed(report, language).count(f"| {words} |")


def test_measures_are_those_of_the_timeline_too():
    """What was logged while it happened is among the measures, and counts as said (R21, R35)."""
    report = handling(replace(WHOLE, actions=()), WINDOWS, SENT, entries((*SAID, LOGGED)), TASKS, NAMES)

    assert "| Measures taken | repair: the fibre is spliced |" in told(report)
    assert Given.PRESENT == MEASURES.standing(report)
    assert "- repair: the fibre is spliced" in summed(report)


@pytest.mark.parametrize(("language", "title"), [("en", "Find the fault"), ("zh-CN", "排查故障点")])
def test_a_task_is_named_by_its_title_with_its_reason(language: str, title: str):
    """The timeline and the table name a skipped task as people know it, and why it was left out (R35)."""
    skipped = replace(TASKS[0], state="skipped", reason="no staff on site")
    said = (*SAID, ("15:11", "alice", "task_skipped", {"step": "locate-fault", "reason": "no staff on site"}))
    text = told(handling(WHOLE, WINDOWS, SENT, entries(said), (skipped,), NAMES), language)

    assert "locate-fault" not in text
    assert 2 == text.count("no staff on site")
    assert 3 == text.count(title)


def test_duties_that_ended_otherwise_are_accounted_for():
    """Duties that were taken back, or that a rule ended, are not silently missing from those on time (R38)."""
    ended = [
        replace(WINDOWS[0], id=9, state=Verdict.LAPSED, ended_by=by, told_at=None)
        for by in ("undone", "undone", "resolution")
    ]
    report = replace(record(), windows=(*WINDOWS, *ended))

    assert (
        "2 of 6 on time, 1 late, 2 taken back with the act that had opened them, "
        "1 ended by a rule before they were due"
    ) in summed(report)
    assert "引起该义务的操作已撤回" in told(report, "zh-CN")


def test_a_finding_is_said_once():
    """Two findings of one kind are one reason."""
    twice = replace(WINDOWS[0], findings=(Finding(at("18:00"), "upgraded_after_verdict", ""),) * 2)
    text = told(replace(record(), windows=(twice,)))
    assert 1 == text.count("the level rose after the verdict")


def test_who_could_not_be_reached_is_explained():
    """7 of 8 is followed by what became of the eighth."""
    window = replace(WINDOWS[0], coverage=Coverage(8, 7, 7, 1))
    text = told(replace(record(), windows=(window,)))
    assert "7/8 (cannot be reached: 1 (no address, a wrong one, or opted out))" in text


def test_a_message_left_out_on_purpose_is_no_failure():
    """What was suppressed is said beside the share that arrived, not counted against it (R53)."""
    counts = {**SENT[0].counts, ("sms", "en", "suppressed"): 5}
    report = replace(record(), sent=(replace(SENT[0], counts=counts),))

    assert "4 of 4 messages, 5 more left out on purpose" in summed(report)


def test_a_part_of_the_scope_that_is_unknown_is_said():
    """The facts say what the completeness counts: services known, their number not."""
    text = told(record(replace(WHOLE, affected=None)))
    assert "how many is not known |" in text
    assert "Not known: scope (services, and how many)" in text


def test_headquarters_stand_once():
    """Who leads at level 1 is not listed again as a department with tasks."""
    tasks = (*TASKS, replace(TASKS[0], id=2, department="headquarters"))
    incident = replace(WHOLE, level=1, responsible_department={})
    text = told(handling(incident, WINDOWS, SENT, entries(), tasks, NAMES))
    line = next(line for line in text.splitlines() if line.startswith("| Responsible departments"))
    assert 1 == line.count("Headquarters")


def test_who_submitted_is_not_called_an_approver():
    """The author's own signature is the submission; the second person's is the approval (AMB-16)."""
    text = told(record())
    assert "submitted by alice" in text
    assert "approved by bob" in text
    assert "approved by alice" not in text
    assert Kind.FIRST_NOTICE == SENT[0].notice.kind
    assert Approval("alice", at("14:55"), "t", "a") == SENT[0].notice.approvals[0]
