"""The engine: what an event sets going, by phase, by level, by what went before."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.effects import DraftNotice, OpenTask
from incidents.terms import LEVELS, IncidentType, Kind
from playbooks.engine import COURSE, OPENS, TASK_ENDED, Run, advance, missing
from playbooks.playbook import PHASES, Playbook
from playbooks.shelf import library
from tests.playbooks_tests.plans import TODAY, small

BOOKS = [edition.playbook for edition in library().editions]
books = st.sampled_from(BOOKS)
levels = st.sampled_from(LEVELS)
acts = st.lists(st.sampled_from([*COURSE, "upgraded", TASK_ENDED]), max_size=12)


def opened(effects) -> list[str]:
    return [one.step for one in effects if isinstance(one, OpenTask)]


def test_each_level_of_each_type_has_exactly_one_playbook_in_force():
    """Of three levels and four types each resolves to one active playbook with an owner per step (R01, R03)."""
    shelf = library()
    for kind in IncidentType:
        active = [
            one
            for one in shelf.editions
            if shelf.standing(one, TODAY) == "active" and one.playbook.type == kind
        ]
        assert 1 == len(active)
        for level in LEVELS:
            steps = active[0].playbook.steps_at(level)
            assert steps
            assert all(step.department and step.role for step in steps)


def test_a_later_phase_waits_for_its_event():
    """Opening opens report and respond; handling begins when it is confirmed, review when it is resolved (R05)."""
    book = small()
    run, effects = advance(book, Run(), "opened", 2, 1)
    assert ["find", "answer"] == opened(effects)
    run, effects = advance(book, run, TASK_ENDED, 2, 1, ["find"])
    assert [] == effects
    run, effects = advance(book, run, "confirmed", 2, 1, ["find"])
    assert ["mend"] == opened(effects)
    _, effects = advance(book, run, "resolved", 2, 1, ["find"])
    assert ["report"] == opened(effects)


def test_a_step_waits_for_those_before_it():
    """A confirmed incident's repair begins when the fault is found, whichever comes later (R05)."""
    book = small()
    run, _ = advance(book, Run(), "opened", 3, 1)
    run, effects = advance(book, run, "confirmed", 3, 1)
    assert [] == effects
    _, effects = advance(book, run, TASK_ENDED, 3, 1, ["find"])
    assert ["mend"] == opened(effects)


def test_a_step_of_another_level_is_not_waited_for():
    """What is done only at level 1 holds up nobody at level 3."""
    book = small(("after: [find]", "after: [find, command]"))
    run, _ = advance(book, Run(), "opened", 3, 1)
    _, effects = advance(book, run, "confirmed", 3, 1, ["find"])
    assert ["mend"] == opened(effects)


def test_a_raised_level_catches_up():
    """After an upgrade the new level's steps of what has happened begin, once (I13)."""
    book = small()
    run, _ = advance(book, Run(), "opened", 3, 1)
    run, effects = advance(book, run, "upgraded", 1, 1)
    assert [("command", 600, True)] == [(e.step, e.limit_seconds, e.escalates) for e in effects]
    _, effects = advance(book, run, "upgraded", 1, 1)
    assert [] == effects


def test_a_limit_may_differ_by_level():
    """The same step has the limit of the incident's level."""
    book = small()
    limits = {}
    for level in LEVELS:
        _, effects = advance(book, Run(), "opened", level, 1)
        limits[level] = next(e.limit_seconds for e in effects if e.step == "answer")
    assert {1: 1200, 2: 2400, 3: 3600} == limits


def test_what_was_never_said_is_behind_what_came_after_it():
    """An incident that is restored was real: its handling is not forgotten because nobody confirmed it (R05)."""
    run, _ = advance(small(), Run(), "opened", 3, 1)
    run, effects = advance(small(), run, "restored", 3, 1, ["find"])
    assert ("opened", "confirmed", "restored") == run.events
    assert ["mend"] == opened(effects)


@settings(deadline=None)
@given(book=books, level=levels, course=acts)
def test_every_step_takes_effect_at_most_once_and_in_an_open_phase(
    book: Playbook, level: int, course: list[str]
):
    """Whatever happens in whatever order: each step once (I13), never before its phase opens (R05), never before
    what it waits for has ended, and only those of its level."""
    run, ended = Run(), []
    steps = {step.id: step for step in book.steps}
    for event in course:
        before = run.begun
        run, effects = advance(book, run, event, level, 7, ended)
        allowed = {phase for one in run.events for phase in OPENS.get(one, ())}
        assert len(run.begun) == len(set(run.begun))
        for name in run.begun[len(before) :]:
            step = steps[name]
            assert level in step.levels
            assert step.phase in allowed
            here = {one.id for one in book.steps_at(level) if one.draft is None}
            assert set(step.after) & here <= set(ended)
        assert all(e.incident == 7 for e in effects if isinstance(e, OpenTask | DraftNotice))
        ended += opened(effects)[::2]


@settings(deadline=None)
@given(book=books, level=levels, order=st.randoms(use_true_random=False))
def test_the_whole_course_begins_every_step_and_leaves_nothing_missing(book: Playbook, level: int, order):
    """When everything has happened and every task has ended, in any order, every step of the level has begun and
    nothing that closing asks for is missing (R10, R19)."""
    run, ended, owed = Run(), [], []
    for event in COURSE:
        run, effects = advance(book, run, event, level, 1, ended)
        owed += opened(effects)
    while owed:
        ended.append(owed.pop(order.randrange(len(owed))))
        run, effects = advance(book, run, TASK_ENDED, level, 1, ended)
        owed += opened(effects)
    assert {step.id for step in book.steps_at(level) if step.when != "upgraded"} == set(run.begun)
    assert () == missing(book, level, ended)


@settings(deadline=None)
@given(book=books, level=levels)
def test_neither_track_waits_for_the_other(book: Playbook, level: int):
    """With no service task ever done, all repair steps begin, and the other way round (R18)."""
    for track in ("repair", "service"):
        run, ended = Run(), []
        for event in (*COURSE, *[TASK_ENDED] * len(book.steps)):
            run, effects = advance(book, run, event, level, 1, ended)
            ended += [e.step for e in effects if isinstance(e, OpenTask) and e.track in (track, "lead")]
        assert {step.id for step in book.steps_at(level) if step.track == track} <= set(run.begun)


def test_repair_and_service_have_separate_owners():
    """No department is on both tracks of a shipped plan (R18)."""
    for book in BOOKS:
        owners = {t: {s.department for s in book.steps if s.track == t} for t in ("repair", "service")}
        assert set() == owners["repair"] & owners["service"]


def test_the_first_notice_is_drafted_at_once():
    """Every plan asks for the draft of the first notice when the incident opens (R18)."""
    for book in BOOKS:
        for level in LEVELS:
            _, effects = advance(book, Run(), "opened", level, 1)
            assert [Kind.FIRST_NOTICE] == [e.kind for e in effects if isinstance(e, DraftNotice)]


def test_level_1_calls_headquarters_within_ten_minutes():
    """Headquarters has a task of its own at level 1, with ten minutes, that escalates (R14)."""
    for book in BOOKS:
        for level in LEVELS:
            _, effects = advance(book, Run(), "opened", level, 1)
            command = [e for e in effects if isinstance(e, OpenTask) and e.step == "headquarters-command"]
            wanted = [("headquarters", "headquarters", 600, True)] if level == 1 else []
            assert wanted == [(e.department, e.role, e.limit_seconds, e.escalates) for e in command]


def test_phases_are_in_order():
    """The phases that events open, in the order of events, are the phases in order (R05)."""
    assert PHASES == tuple(phase for event in COURSE for phase in OPENS[event])
