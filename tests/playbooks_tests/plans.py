"""A small plan that is in order, and ways to spoil it."""

from __future__ import annotations

from datetime import date

from playbooks.check import Problem, problems
from playbooks.playbook import Playbook, parse

TODAY = date(2026, 10, 14)
SOUND = """\
id: small
version: 1
type: network_fault
author: Li
approved_by: Wang
effective_from: 2026-10-01
review_due: 2027-10-01
levels: {1: headquarters, 2: provincial_company, 3: district_centre}
closing:
  1: [report]
  2: [report]
  3: [report]
steps:
  - id: command
    when: opened
    levels: [1]
    phase: respond
    track: lead
    department: headquarters
    role: headquarters
    title: {zh-CN: 总部指挥到位, en: Headquarters takes command}
    limit: PT10M
    escalates: true
  - id: find
    when: opened
    phase: respond
    track: repair
    department: technical_support
    role: duty_manager
    title: {zh-CN: 排查故障, en: Find the fault}
  - id: mend
    when: confirmed
    after: [find]
    phase: handle
    track: repair
    department: technical_support
    role: duty_manager
    title: {zh-CN: 抢修, en: Mend it}
  - id: answer
    when: opened
    phase: respond
    track: service
    department: contact_centre
    role: comms
    title: {zh-CN: 答复客户, en: Answer customers}
    limit: {1: PT20M, 2: PT40M, 3: PT1H}
  - id: report
    when: resolved
    phase: review
    track: lead
    department: customer_service
    role: duty_manager
    title: {zh-CN: 编写报告, en: Write the report}
"""


def plan(*changes: tuple[str, str]) -> str:
    """The sound plan with each old text replaced by a new one."""
    text = SOUND
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def small(*changes: tuple[str, str]) -> Playbook:
    return parse(plan(*changes))


def line_of(text: str, words: str) -> int:
    """The line, from 1, on which these words first stand."""
    return 1 + text[: text.index(words)].count("\n")


def found(text: str) -> list[Problem]:
    return problems(text, "mine.yaml", TODAY)
