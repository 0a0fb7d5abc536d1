"""A regime whose reports count from the onset, the restoration, each reopening and the withdrawal: each opens when the
record says so, and ends when that was not so."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from cli.regime_texts import whatif as shows
from cli.screen import Screen
from cli.why import sentences
from cli.words import words
from coordinator import incidents, regimes, views
from coordinator.whatif import whatif
from incidents.effects import Opening
from incidents.errors import Invalid, NotAllowed
from incidents.incident import Incident
from incidents.terms import IncidentType, Verdict
from rendering.reports import markdown
from tests.house import START, House
from tests.proof_tests.conftest import problems, proof_of
from tests.stories.test_beside_the_verdict import drawn, seen
from tests.stories.test_next_step import next_step
from tests.stories.test_regimes import applies, enables, minute, owed
from windows.rules import parse_pack
from windows.window import Window

OURS = "zz.starts"
TEXT = """
pack: zz.starts
version: 1
source: an invented law, for tests
name: {zh-CN: 起算点, en: clock starts}
confidence: K
trigger: {law: always, question: {zh-CN: 是否适用, en: does it apply}, ask_within: PT1H}
upgrade_grace: PT30M
rungs: [{name: due, at: 1.0, to: duty_manager}]
rules:
  - {id: zz.starts.notice, kind: regulator_report, audience: "regulator:ZZ", clock_start: onset_at,
     length: PT4H, told_by: person, source: s}
  - {id: zz.starts.credit, kind: regulator_report, audience: "regulator:ZZ", clock_start: restored_at,
     length: PT3H, told_by: person, source: s}
  - {id: zz.starts.again, kind: regulator_report, audience: "regulator:ZZ", clock_start: reopened_at,
     length: PT2H, told_by: person, source: s}
  - {id: zz.starts.nothing, kind: regulator_report, audience: "regulator:ZZ", clock_start: withdrawn_at,
     length: PT1H, told_by: person, source: s}
"""


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def has_the_pack(house: House, text: str = TEXT) -> None:
    shipped = house.app.house
    ours = {**shipped.regimes, OURS: parse_pack(text, OURS)}
    house.app.coordinator.house = replace(shipped, regimes=ours)


@pytest.fixture
def regulated(house: House) -> House:
    has_the_pack(house)
    enables(house, OURS)
    return house


def reports(house: House, incident: Incident, rule: str) -> list[Window]:
    return [w for w in house.upwards(incident) if w.rule == f"{OURS}.{rule}"]


def states(house: House, incident: Incident, rule: str) -> list[tuple[float, str, str]]:
    """Of each window of a rule: the minute from which it counts, its verdict, and what ended it."""
    return [(minute(w.started_at), w.state, w.ended_by) for w in reports(house, incident, rule)]


def restores(house: House, incident: Incident, back: datetime) -> None:
    said = (incident.reference, back, False)
    house.app.coordinator.act("restored", house.alice.actor, incidents.restored, *said)


def test_each_counts_from_its_own_instant_through_a_whole_incident(regulated: House):
    """The onset is corrected, service is back, lost again, back, stood down, reopened, and it was nothing after all:
    every report opens with what it counts from, and every verdict is right (M05, M17, M18)."""
    house = regulated
    incident = house.alice.opens(level=2, onset=None)
    applies(house, incident, OURS)
    assert {"notice"} == set(owed(house, incident, OURS))
    assert (START, at(240)) == (
        owed(house, incident, OURS)["notice"].started_at,
        owed(house, incident, OURS)["notice"].due_at,
    )

    house.fast_forward(minutes=20)
    house.alice.updates(incident, onset_at=at(-90))
    notice = owed(house, incident, OURS)["notice"]
    assert (at(-90), at(150), at(150), ()) == (
        notice.started_at,
        notice.strict_due_at,
        notice.due_at,
        notice.causes,
    )
    house.fast_forward(until=at(140))
    house.alice.updates(incident, onset_at=at(-120))
    notice = owed(house, incident, OURS)["notice"]
    assert (at(120), at(150), ("late_by_discovery",)) == (notice.strict_due_at, notice.due_at, notice.causes)
    house.fulfils(notice, "form", "ZZ 1")
    house.alice.updates(incident, onset_at=at(-150))
    assert (Verdict.MET, ["onset_earlier_after_verdict"]) == (
        reports(house, incident, "notice")[0].state,
        [finding.kind for finding in reports(house, incident, "notice")[0].findings],
    )

    house.alice.restores(incident)
    assert at(140 + 180) == owed(house, incident, OURS)["credit"].due_at
    house.fast_forward(until=at(160))
    house.alice.reopens(incident)
    assert [(140, "lapsed", "lost_again")] == states(house, incident, "credit")
    assert [(160, "open", "")] == states(house, incident, "again")
    house.fulfils(owed(house, incident, OURS)["again"], "form", "ZZ 2")

    house.fast_forward(until=at(200))
    house.alice.resolves(incident)
    assert (200, "open", "") == states(house, incident, "credit")[1]
    house.fast_forward(until=at(381))
    assert (200, "breached", "") == states(house, incident, "credit")[1]
    house.alice.reopens(incident)
    assert (200, "breached", "reopened") == states(house, incident, "credit")[1]
    assert [(160, "met", ""), (381, "open", "")] == states(house, incident, "again")

    house.alice.calls_off(incident)
    assert (381, "lapsed", "false_alarm") == states(house, incident, "again")[1]
    withdrawal = owed(house, incident, OURS)["nothing"]
    assert (at(381), at(441)) == (withdrawal.started_at, withdrawal.due_at)
    assert next_step(house)["next"].startswith(f"tongbao fulfil {withdrawal.id}")
    house.fulfils(withdrawal, "form", "ZZ 3")
    assert [(381, "met", "")] == states(house, incident, "nothing")
    assert [] == [w for w in house.upwards(incident) if w.owed and w.kind == "regulator_report"]
    assert [] == house.audit()
    assert [] == problems(proof_of(house, incident))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-CN", ("事后查明更早发生", "判定后查明更早发生", "终止：业务再次中断")),
        (
            "en",
            (
                "it became known late that it had begun earlier",
                "it became known after the verdict that it had begun earlier",
                "ended, service was lost again",
            ),
        ),
    ],
)
def test_the_report_says_why_in_both_languages(regulated: House, language: str, said: tuple[str, ...]):
    """What moved an onset's clock, what was learnt after its verdict, and what ended the restoration's (R32)."""
    house = regulated
    incident = house.alice.opens(level=2, onset=None)
    applies(house, incident, OURS)
    house.fast_forward(minutes=200)
    house.alice.updates(incident, onset_at=at(-60))
    house.fast_forward(minutes=60)
    house.alice.updates(incident, onset_at=at(-90))
    house.alice.restores(incident)
    house.alice.reopens(incident)

    written = markdown(drawn(house, incident), language, "UTC")
    for sentence in said:
        assert sentence in written


def test_a_later_onset_is_an_override(regulated: House):
    """Like a later awareness it needs the right and a reason, extends what is open and leaves strict; where nothing
    counts from it, it is a fact like others (AMB-05, M06)."""
    house = regulated
    free = house.alice.opens(level=2, onset=at(-60))
    incident = house.alice.opens(level=2, onset=at(-60))
    applies(house, incident, OURS)
    house.fast_forward(minutes=10)
    with pytest.raises(NotAllowed):
        house.alice.updates(incident, onset_at=at(-20), reason="the first alarm was a test")
    with pytest.raises(Invalid, match="reason"):
        house.hq.updates(incident, onset_at=at(-20))
    house.hq.updates(incident, onset_at=at(-20), reason="the first alarm was a test")
    house.alice.updates(free, onset_at=at(-20))

    notice = owed(house, incident, OURS)["notice"]
    assert (at(-60), at(180), at(220)) == (notice.started_at, notice.strict_due_at, notice.due_at)
    assert ["became_owed", "onset_later"] == [move.rule for move in notice.history]
    said = house.entries(incident, "onset_changed")
    assert ["the first alarm was a test"] == [entry.data["reason"] for entry in said]
    assert [] == house.entries(free, "onset_changed")
    assert [] == house.audit()


def test_awareness_moves_it_until_the_onset_is_known(regulated: House):
    """Found earlier, both: the onset alone counts once it is known, and an undo of the awareness leaves it (M05)."""
    house = regulated
    house.clock.set(at(60))
    one, other = (house.alice.opens(level=2, onset=None) for _ in range(2))
    for incident in (one, other):
        applies(house, incident, OURS)
    house.alice.updates(one, aware_at=START)
    assert at(240) == owed(house, one, OURS)["notice"].due_at
    house.alice.undoes(one)
    assert at(300) == owed(house, one, OURS)["notice"].due_at
    house.alice.updates(other, aware_at=START, onset_at=at(-30))
    notice = owed(house, other, OURS)["notice"]
    assert (["became_owed", "onset_earlier"], at(210)) == ([m.rule for m in notice.history], notice.due_at)
    house.alice.undoes(other)
    assert at(210) == owed(house, other, OURS)["notice"].due_at
    assert [] == house.audit()


def test_an_undo_takes_back_what_the_act_had_begun_and_gives_back_what_it_ended(regulated: House):
    """Restored, reopened and called off by a slip: what each began ends, what each ended is owed with its old due; a
    later restoration has a report of its own, so that the earlier one does not come back (§4, undo)."""
    house = regulated
    incident = house.alice.opens(level=2)
    applies(house, incident, OURS)
    house.fulfils(owed(house, incident, OURS)["notice"], "form", "ZZ 1")
    house.fast_forward(minutes=10)
    house.alice.restores(incident)
    house.alice.undoes(incident)
    assert [(10, "lapsed", "undone")] == states(house, incident, "credit")
    restores(house, incident, at(10))
    assert (10, "open", "") == states(house, incident, "credit")[-1]

    house.fast_forward(minutes=10)
    house.alice.reopens(incident)
    house.alice.undoes(incident)
    assert [(20, "lapsed", "undone")] == states(house, incident, "again")
    credit = owed(house, incident, OURS)["credit"]
    assert ("open", at(10), at(190)) == (credit.state, credit.started_at, credit.due_at)

    house.alice.calls_off(incident)
    assert [(20, "open", "")] == states(house, incident, "nothing")
    house.alice.undoes(incident)
    assert [(20, "lapsed", "undone")] == states(house, incident, "nothing")
    assert at(190) == owed(house, incident, OURS)["credit"].due_at

    house.fast_forward(until=at(191))
    house.alice.reopens(incident)
    house.fast_forward(minutes=1)
    restores(house, incident, at(192))
    house.alice.reopens(incident)
    house.alice.undoes(incident)
    assert 1 == len([w for w in reports(house, incident, "credit") if w.owed])
    assert [] == house.audit()


def test_standing_down_and_its_undo_leave_a_restoration_that_was_said_before(house: House):
    """The record found that the regime applies only when it was stood down: its report counts from the restoration,
    which an undo of standing down does not take back (M04)."""
    trigger = "computed: {user_minutes: 900000, outage_minutes: 30}"
    has_the_pack(house, TEXT.replace("ask_within: PT1H", f"ask_within: PT1H, {trigger}"))
    enables(house, OURS)
    incident = house.alice.opens(level=2, affected=46_000)
    house.goes_dark(minutes=40)
    house.alice.restores(incident)
    assert {} == owed(house, incident, OURS)
    house.goes_dark(minutes=1)
    house.alice.resolves(incident)
    assert [(40, "open", "")] == states(house, incident, "credit")

    house.alice.undoes(incident)
    assert [(40, "open", "")] == states(house, incident, "credit")
    assert [] == house.audit()


def test_each_reopening_owes_its_report_unless_it_joins_one_that_is_undecided(regulated: House):
    """Twice within the time of the first report: one tells both; after that was missed, the next has its own."""
    house = regulated
    incident = house.alice.opens(level=2)
    applies(house, incident, OURS)
    for minutes in (10, 20, 140):
        house.fast_forward(until=at(minutes))
        house.alice.restores(incident)
        house.alice.reopens(incident)

    assert [(10, "breached", ""), (140, "open", "")] == states(house, incident, "again")
    house.fulfils(owed(house, incident, OURS)["again"], "form", "ZZ 2")
    house.fast_forward(until=at(150))
    house.alice.restores(incident)
    house.alice.reopens(incident)
    house.alice.undoes(incident)
    house.alice.resolves(incident)
    assert [(10, "breached", ""), (140, "met", ""), (150, "lapsed", "undone")] == states(
        house, incident, "again"
    )
    assert [] == house.audit()


def test_a_chain_that_begins_with_a_reopening_begins_with_each(house: House):
    """What comes after the report of a reopening is owed for each of them, one at a time."""
    more = """  - {id: zz.starts.more, kind: regulator_report, audience: "regulator:ZZ", clock_start: previous_told_at,
     after: zz.starts.again, length: PT6H, told_by: person, source: s}
"""
    has_the_pack(house, TEXT + more)
    enables(house, OURS)
    incident = house.alice.opens(level=2)
    applies(house, incident, OURS)
    for minutes in (10, 20, 30):
        house.clock.set(at(minutes))
        house.alice.restores(incident)
        house.alice.reopens(incident)
        house.fulfils(owed(house, incident, OURS)["again"], "form", "ZZ 2")
        if minutes < 30:
            house.fulfils(owed(house, incident, OURS)["more"], "form", "ZZ 2/2")
    assert [(10, "met", ""), (20, "met", ""), (30, "open", "")] == states(house, incident, "more")

    house.fast_forward(minutes=10)
    house.alice.restores(incident)
    house.alice.reopens(incident)
    house.fulfils(owed(house, incident, OURS)["again"], "form", "ZZ 2/3")
    assert 3 == len(reports(house, incident, "more"))
    assert [] == house.audit()


def test_nobody_hears_that_nothing_was_who_never_heard_of_it(regulated: House):
    """A withdrawal is owed to exactly those who were told: no report was made, none is owed (M18)."""
    incident = regulated.alice.opens(level=2)
    applies(regulated, incident, OURS)
    regulated.alice.calls_off(incident)

    assert ["lapsed"] == [w.state for w in reports(regulated, incident, "notice")]
    assert [] == reports(regulated, incident, "nothing")


def test_a_regime_that_is_found_to_apply_late_owes_what_has_begun(regulated: House):
    """Restored five hours ago and reopened four hours ago: half an hour is left, strict leads (M04); what was told of
    the restoration afterwards counts from when it was."""
    house = regulated
    incident, back = house.alice.opens(level=2), house.alice.opens(level=2)
    house.alice.restores(incident)
    house.fast_forward(minutes=60)
    house.alice.reopens(incident)
    restores(house, back, at(30))
    house.goes_dark(minutes=240)
    house.works()
    applies(house, incident, OURS)
    applies(house, back, OURS)

    again = owed(house, incident, OURS)["again"]
    assert (at(60), at(180), at(330)) == (again.started_at, again.strict_due_at, again.due_at)
    assert ("late_by_classification",) == again.causes
    assert [] == reports(house, incident, "credit")
    credit = owed(house, back, OURS)["credit"]
    assert (at(30), at(210), at(330)) == (credit.started_at, credit.strict_due_at, credit.due_at)
    assert [] == house.audit()


def test_what_applies_goes_on_by_the_words_that_it_had(regulated: House):
    """Switched off, and another version shipped: what begins later begins as the pack was when it applied."""
    house = regulated
    incident = house.alice.opens(level=2)
    applies(house, incident, OURS)
    house.app.coordinator.act("regime", house.hq.actor, regimes.disable, OURS, "the licence was given back")
    has_the_pack(house, TEXT.replace("version: 1", "version: 2").replace("PT3H", "PT9H"))
    house.alice.restores(incident)

    assert at(180) == owed(house, incident, OURS)["credit"].due_at


@pytest.mark.parametrize("survivor_is_back", [False, True])
def test_a_duplicate_brings_its_regime_and_the_survivor_has_its_own_restoration(
    regulated: House, survivor_is_back: bool
):
    """Of what is back each says so by itself: the duplicate's report ends, the survivor owes one from its own; the
    earlier onset of the two counts (M12)."""
    house = regulated
    one, other = house.alice.opens(level=2, onset=None), house.alice.opens(level=2, onset=at(-60))
    for incident in (one, other):
        if incident == other or not survivor_is_back:
            applies(house, incident, OURS)
    house.alice.restores(other)
    house.fast_forward(minutes=10)
    if survivor_is_back:
        house.alice.restores(one)
    house.alice.merges(other, into=one)

    assert [(0, "lapsed", "merged")] == states(house, other, "credit")
    assert at(180) == owed(house, one, OURS)["notice"].due_at
    assert ([(10, "open", "")] if survivor_is_back else []) == states(house, one, "credit")
    if not survivor_is_back:
        assert at(-60) == owed(house, one, OURS)["notice"].started_at
        house.alice.restores(one)
        assert [(10, "open", "")] == states(house, one, "credit")
    assert [] == house.audit()


def test_a_part_that_goes_on_for_what_was_nothing_owes_by_its_own_instants(regulated: House):
    """What had begun with the whole's onset goes over with its due; the part's restoration is its own (M13, M18)."""
    house = regulated
    house.has_customers(both=2)
    house.has_customers(both=2, area="ZZ0102")
    whole = house.alice.opens(level=2, affected=100)
    house.alice.updates(whole, areas=("ZZ0101", "ZZ0102"))
    part = house.alice.splits(whole, "ZZ0102")
    applies(house, whole, OURS)
    house.alice.restores(whole)
    house.alice.calls_off(whole)

    assert {"notice"} == set(owed(house, part, OURS))
    assert at(240) == owed(house, part, OURS)["notice"].due_at
    house.fast_forward(minutes=30)
    house.alice.restores(part)
    assert [(30, "open", "")] == states(house, part, "credit")
    assert [] == house.audit()


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("onset", [None, at(-60)])
def test_whatif_says_from_when_each_counts(
    regulated: House, language: str, onset: datetime | None, capsys: pytest.CaptureFixture[str]
):
    """From the onset, or from awareness with a word; the others by what they wait for, in both languages."""
    house = regulated
    opening = Opening(
        type=IncidentType.NETWORK_FAULT,
        level=2,
        title="what if",
        areas=(),
        services=(),
        onset_at=onset,
        aware_at=START,
        affected=None,
        cause={},
        source="person",
    )
    document = house.app.coordinator.act("read", house.alice.actor, whatif, opening, [OURS])
    found = {one["rule"].removeprefix(f"{OURS}."): one for one in document["windows"]}
    assert ("aware_at" if onset is None else "onset_at") == found["notice"]["counts_from"]
    assert (at(240) if onset is None else at(180)).isoformat() == found["notice"]["due_at"]
    assert {None} == {found[rule]["due_at"] for rule in ("credit", "again", "nothing")}

    screen = Screen(language)
    screen.set_zone(house.app.house, START)
    shows(screen, document)
    shown = capsys.readouterr().out
    said = {
        "en": ("from restoration", "from reopening", "from the withdrawal"),
        "zh-CN": ("自恢复业务起", "自重新打开起", "自撤回起"),
    }[language]
    unknown = {"en": "from awareness while the onset is unknown", "zh-CN": "发生时间未知，暂自知悉起算"}[
        language
    ]
    known = {"en": "from the onset", "zh-CN": "自发生起算"}[language]
    for sentence in (*said, unknown if onset is None else known):
        assert sentence in shown


@pytest.mark.parametrize(
    ("language", "before", "after", "moved", "why"),
    [
        (
            "en",
            "its clock starts at awareness, as long as the onset is unknown",
            "its clock starts at onset",
            "it became known that it began earlier",
            "because it became known late that it had begun earlier",
        ),
        ("zh-CN", "知悉（发生时间未知期间）", "发生时间", "查明更早发生", "事后查明更早发生"),
    ],
)
def test_explain_says_what_it_counts_from_and_what_moved_it(
    regulated: House, language: str, before: str, after: str, moved: str, why: str
):
    """As long as the onset is unknown it says that awareness stands in for it; then the discovery and its mark."""
    house = regulated
    incident = house.alice.opens(level=2, onset=None)
    applies(house, incident, OURS)

    def explained() -> str:
        window = owed(house, incident, OURS)["notice"]
        shown: dict[str, Any] = house.app.coordinator.look(
            "read", house.alice.actor, lambda act: views.window_now(act, window)
        )
        shown |= {"beside": seen(house, window), "onset_known": house.incident(incident).onset_at is not None}
        return "\n".join(sentences(shown, words(language), lambda at: at[11:16]))

    assert before in explained()
    house.fast_forward(minutes=200)
    house.alice.updates(incident, onset_at=at(-60))
    for sentence in (after, moved, why):
        assert sentence in explained()
