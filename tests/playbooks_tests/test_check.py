"""`playbook check`: every problem, each at its line."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.chinese import CHINESE
from incidents.errors import Invalid
from incidents.terms import LEVELS
from playbooks.check import ROLES, Said, problems, wrong
from playbooks.playbook import Playbook, parse, schema
from playbooks.shelf import shipped
from tests.playbooks_tests.plans import SOUND, TODAY, found, line_of, plan

FIND = "    department: technical_support\n    role: duty_manager\n    title: {zh-CN: 排查故障"
CASES: list[tuple[Said, tuple[str, str], str, dict[str, object]]] = [
    (Said.OWNERLESS, (FIND, FIND.replace("    role: duty_manager\n", "")), "  - id: find", {"step": "find"}),
    (Said.OWNERLESS, (FIND, FIND.replace("duty_manager", "''")), "role: ''", {"field": "role"}),
    (Said.UNKNOWN_DEPARTMENT, ("contact_centre", "kitchen"), "kitchen", {"department": "kitchen"}),
    (Said.UNKNOWN_DEPARTMENT, ("3: district_centre", "3: kitchen"), "3: kitchen", {"department": "kitchen"}),
    (Said.UNKNOWN_ROLE, ("role: comms", "role: cook"), "role: cook", {"role": "cook"}),
    (Said.UNKNOWN_ROLE, ("role: comms", "role: viewer"), "role: viewer", {"role": "viewer"}),
    (
        Said.SAME_ID,
        ("id: answer", "id: find"),
        "id: find\n    when: opened\n    phase: respond\n    track: service",
        {},
    ),
    (Said.UNKNOWN_STEP, ("after: [find]", "after: [lost]"), "after: [lost]", {"step": "lost"}),
    (Said.UNKNOWN_STEP, ("2: [report]", "2: [lost]"), "2: [lost]", {"step": "lost"}),
    (Said.TRACKS_WAIT, ("after: [find]", "after: [answer]"), "after: [answer]", {"other": "answer"}),
    (Said.BACKWARDS_WHEN, ("phase: review", "phase: report"), "phase: report", {"when": "resolved"}),
    (Said.NO_LIMIT, ("    limit: PT10M\n", ""), "escalates: true", {"step": "command"}),
    (Said.NO_HEADQUARTERS, ("    escalates: true\n", ""), "steps:", {}),
    (Said.NOT_AT_LEVEL, ("3: [report]", "3: [report, command]"), "3: [report, command]", {"level": 3}),
    (Said.MISSING, ("  2: [report]\n", ""), "closing:", {}),
    (Said.MISSING, (", 2: provincial_company", ""), "levels: {1", {}),
    (Said.NO_LANGUAGE, ("zh-CN: 抢修, ", ""), "title: {en: Mend it}", {"language": "zh-CN"}),
    (
        Said.UNKNOWN_KEY,
        ("track: lead", "track: lead\n    urgent: yes"),
        "urgent",
        {"where": "steps.1.urgent"},
    ),
    (Said.WRONG, ("version: 1", "version: none"), "version: none", {"where": "version"}),
    (Said.WRONG, ("limit: PT10M", "limit: soon"), "limit: soon", {}),
    (Said.WRONG, ("limit: PT10M", "limit: P4000000D"), "limit: P4000000D", {}),
    (Said.WRONG, ("3: [report]", "3: []"), "3: []", {}),
    (Said.WRONG, ("2026-10-01", "2026-13-01"), "2026-13-01", {"where": "effective_from"}),
    (Said.OWN_APPROVAL, ("approved_by: Wang", "approved_by: ' LI'"), "approved_by: ' LI'", {"name": "Li"}),
    (Said.UNAPPROVED, ("approved_by: Wang\n", ""), "id: small", {}),
    (Said.REVIEW_BEFORE, ("review_due: 2027-10-01", "review_due: 2026-09-01"), "review_due", {}),
    (Said.OVERDUE, ("review_due: 2027-10-01", "review_due: 2026-10-13"), "review_due", {"day": "2026-10-13"}),
    (Said.KEY_TWICE, ("version: 1", "version: 1\nversion: 2"), "version: 2", {"key": "version"}),
    (Said.REFERENCE, ("author: Li", "author: &a Li"), "author: &a Li", {}),
    (Said.NOT_YAML, ("author: Li", "author: [Li"), "approved_by", {}),
    (Said.SHARED_TRACK, ("contact_centre", "technical_support"), "track: service", {}),
]


def test_a_sound_plan_has_no_problem():
    """The plan that the others spoil is in order."""
    assert [] == found(SOUND)


def test_the_shipped_plans_are_in_order():
    """What comes with the program passes its own check, warnings included (R01)."""
    assert [] == [p for source in shipped() for p in problems(source.text, source.file, TODAY)]


@pytest.mark.parametrize(("said", "change", "where", "params"), CASES, ids=lambda case: str(case)[:40])
def test_what_is_wrong_is_said_with_its_line(
    said: Said, change: tuple[str, str], where: str, params: dict[str, object]
):
    """Each defect is named with its line, and what it is about (R01, R02, R05, R14, R18)."""
    text = plan(change)
    mine = [one for one in found(text) if one.said == said]

    assert [line_of(text, where)] == [one.line for one in mine][:1], found(text)
    assert params.items() <= mine[0].params.items()
    assert mine[0].message


def test_steps_that_wait_for_each_other_are_one_problem():
    """A circle is said once, with the way round it (R01: the circular guard)."""
    text = plan(
        (
            "    when: opened\n    phase: respond\n    track: repair",
            "    when: opened\n    after: [mend]\n    phase: handle\n    track: repair",
        )
    )

    assert [("find → mend → find", line_of(text, "after: [mend]"))] == [
        (one.params["steps"], one.line) for one in found(text) if one.said == Said.CIRCLE
    ]


def test_a_step_that_waits_for_itself_is_a_circle():
    """The smallest circle is one too."""
    text = plan(("after: [find]", "after: [mend]"))
    assert ["mend → mend"] == [one.params["steps"] for one in found(text) if one.said == Said.CIRCLE]


def test_a_step_never_waits_for_a_later_phase():
    """Phases only go forward, also through `after` (R05)."""
    text = plan(
        (
            "    when: opened\n    phase: respond\n    track: repair",
            "    when: opened\n    after: [mend]\n    phase: respond\n    track: repair",
        )
    )
    assert ["mend"] == [one.params["other"] for one in found(text) if one.said == Said.BACKWARDS_AFTER]


def test_what_begins_only_at_an_upgrade_is_not_waited_for():
    """Neither a step nor closing may depend on what may never happen."""
    said = {
        one.said
        for one in found(
            plan(("id: find\n    when: opened", "id: find\n    when: upgraded"), ("3: [report]", "3: [find]"))
        )
    }
    assert {Said.MAY_NEVER, Said.NEVER_CLOSES} <= said


def test_a_level_without_a_track_is_said():
    """Each level has somebody who repairs and somebody who tells customers (R18)."""
    text = plan(("id: answer\n    when: opened", "id: answer\n    levels: [1, 2]\n    when: opened"))
    assert [{"level": 3, "track": "service"}] == [
        dict(p.params) for p in found(text) if p.said == Said.NO_TRACK
    ]


def test_every_problem_is_said_at_once():
    """Five defects are five problems, in the order of their lines; one does not hide another."""
    changes = [
        CASES[0][1],
        ("contact_centre", "kitchen"),
        ("version: 1", "version: none"),
        ("after: [find]", "after: [lost]"),
        ("phase: review", "phase: report"),
    ]
    all_found = found(plan(*changes))

    assert {Said.OWNERLESS, Said.UNKNOWN_DEPARTMENT, Said.WRONG, Said.UNKNOWN_STEP, Said.BACKWARDS_WHEN} == {
        one.said for one in all_found
    }
    assert sorted(one.line for one in all_found) == [one.line for one in all_found]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a\n- b\n",
        "steps: nothing",
        "steps:\n- 1\n- [2]\n",
        "levels: 3\nclosing: x\n",
        "[" * 500,
        "x" * 300_000,
        "a: &a [*a]\n",
        "\x00",
        "? [a, b]\n: c\n",
    ],
)
def test_nonsense_is_an_answer_too(text: str):
    """Whatever a file holds, the check says what is wrong and never breaks."""
    assert wrong(found(text))


@settings(deadline=None)
@given(st.text(max_size=300))
def test_no_text_breaks_the_check(text: str):
    """Any text at all is answered with problems."""
    assert wrong(found(text))


@settings(deadline=None)
@given(st.data())
def test_no_spoilt_plan_breaks_the_check(data: st.DataObject):
    """Any line of a sound plan may be lost, doubled or swapped: the check answers, and what it calls sound parses."""
    lines = SOUND.splitlines()
    place = data.draw(st.integers(0, len(lines) - 1))
    other = data.draw(st.integers(0, len(lines) - 1))
    kind = data.draw(st.sampled_from(["lost", "doubled", "swapped"]))
    if kind == "lost":
        del lines[place]
    elif kind == "doubled":
        lines.insert(place, lines[place])
    else:
        lines[place], lines[other] = lines[other], lines[place]
    text = "\n".join(lines)
    if not wrong(found(text)):
        assert "small" == parse(text).id


def test_what_the_engine_reads_is_refused_when_it_is_malformed():
    """A pinned text that is no playbook is Invalid, with the path of what is wrong."""
    with pytest.raises(Invalid, match="version"):
        parse(plan(("version: 1", "version: none")))
    with pytest.raises(Invalid, match="not YAML"):
        parse("steps: [")


def test_every_problem_has_its_chinese():
    """A planner reads every problem in Chinese or English."""
    assert [] == [said.name for said in Said if said.value not in CHINESE]


def test_roles_that_can_own_a_step_may_end_tasks():
    """Whoever a plan gives work to may say that it is done (R04)."""
    from coordinator.permissions import PERMISSIONS

    assert set(PERMISSIONS["task"]) == set(ROLES)
    assert list(ROLES) == schema()["$defs"]["Step"]["properties"]["role"]["enum"]


def test_the_schema_for_editors_knows_every_key():
    """The JSON Schema has each key of a plan, says which are needed, and wants all three levels in both tables."""
    written = schema()
    step = written["$defs"]["Step"]

    assert set(Playbook.model_fields) == set(written["properties"])
    assert {"id", "when", "phase", "track", "department", "role", "title"} == set(step["required"])
    assert {"zh-CN", "en"} == set(written["$defs"]["Title"]["required"])
    for name in ("levels", "closing"):
        assert [str(level) for level in LEVELS] == written["properties"][name]["required"]


def test_every_problem_can_be_found():
    """No word of the check is there for nothing: each is used where the checks are."""
    rooms = [
        Path(name).read_text("utf-8")
        for name in ("playbooks/check.py", "playbooks/shelf.py", "playbooks/reading.py")
    ]
    used = {
        node.attr for text in rooms for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute)
    }
    named = {
        node.value for text in rooms for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)
    }
    assert set() == {said.name for said in Said} - used - named
