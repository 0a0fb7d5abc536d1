"""Nobody is forgotten at the desk either: who is paged for a window, when it climbs, and when it stops."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from coordinator import paging, regimes, roster
from incidents.errors import Conflict
from incidents.incident import Incident
from incidents.terms import Kind
from notifications.roster import Shift
from tests.house import START, House, Person
from wiring.app import build
from wiring.settings import Settings
from worker import pump

NIGHT = datetime(2026, 10, 14, 19, 0, tzinfo=UTC)
"""3:00 at night in Beijing."""


@pytest.fixture
def settings() -> Settings:
    """Staff are paged as they are by default."""
    return Settings()


def test_a_report_to_superiors_pages_who_is_to_make_it_and_then_its_superiors(house: House):
    """Level 1 at three at night, and nobody calls: the page says what to do; comms sleep on; the mail does not end the
    call's pages, and the call ends them when it is made (R11, R14)."""
    house.clock.set(NIGHT)
    incident = house.alice.opens(level=1, reports_up=False)
    phone, _ = house.upwards(incident)
    house.fast_forward(minutes=15)
    asked = [page["body"] for page in house.paged("sms", "alice") if "电话向上级报告" in page["body"]]
    assert f"tongbao fulfil {phone.id} --how phone --to … --evidence …" in asked[-1]
    assert [] == house.paged(person="carol")
    assert 1 == len([call for call in calls(house) if call.window == phone.id and "headquarters" in call.to])
    assert 2 == len({call.window for call in calls(house)})

    house.fulfils(phone, "phone", "call log 7", "the head of network")
    before = [e.data["window"] for e in house.entries(incident, "staff_paged") if "window" in e.data]
    house.fast_forward(minutes=20)
    after = [e.data["window"] for e in house.entries(incident, "staff_paged") if "window" in e.data]
    assert before.count(phone.id) == after.count(phone.id)
    assert len(before) < len(after)


def test_a_regime_that_applies_by_itself_pages_who_must_report(house: House):
    """NORS is reached at three at night: the duty manager and legal hear which report runs, and until when."""
    house.app.coordinator.act(
        "regime", house.hq.actor, regimes.enable, "us.fcc.nors", "we serve customers there"
    )
    house.clock.set(NIGHT)
    incident = house.alice.opens(level=2, affected=50_000, onset=NIGHT)
    house.fast_forward(minutes=31)

    [(_, people)] = rounds(house, incident, "regime")
    assert {"alice", "dan"} == set(people)
    [said] = [page["body"] for page in house.paged("sms", "alice") if "FCC" in page["body"]]
    assert "向FCC的通知须在" in said
    assert "还剩 90 分钟" in said


def acknowledges(person: Person, page: int) -> None:
    person._act("page", paging.acknowledge, page)


def calls(house: House, about: str = "warning") -> list[Any]:
    with house.app.database.transaction() as tx:
        return [call for call in tx.paging.live() if call.about == about]


def rounds(house: House, incident: Incident, about: str = "warning") -> list[tuple[datetime, list[str]]]:
    """When who was paged about it."""
    found = house.entries(incident, "staff_paged")
    return [(entry.at, entry.data["people"]) for entry in found if entry.data["about"] == about]


def newest_page(house: House, person: str) -> int:
    with house.app.database.transaction() as tx:
        return max(
            p.id for call in tx.paging.live() for p in tx.paging.of_call(call.id) if p.person == person
        )


def shifts(house: House, *wanted: Shift) -> None:
    """The roster is these shifts and nothing else."""
    system = house.app.coordinator.system
    for shift in system(roster.listed).shifts:
        system(roster.remove, shift.id)
    for shift in wanted:
        system(roster.add, shift)


def shift(person: str, role: str, begins: datetime, hours: float, unit: str = "") -> Shift:
    return Shift(person, role, unit, begins, begins + timedelta(hours=hours))


def test_an_incident_calls_the_duty_manager_at_once(house: House):
    """The duty manager hears of an incident the moment it opens, by SMS, call and mail (R11)."""
    house.has_customers(both=1)
    house.alice.opens(level=2)
    house.works()

    assert ["email", "sms", "voice"] == sorted(item["channel"] for item in house.paged(person="alice"))
    assert [] == house.paged(person="hq")
    said = next(item for item in house.paged("sms", "alice"))["body"]
    assert "INC-2026-0001" in said
    assert "tongbao next" in said


def test_level_1_calls_headquarters_too(house: House):
    """Headquarters is called when a level-1 incident opens, and when one rises to level 1 (R14)."""
    house.alice.opens(level=1)
    house.works()
    assert 1 == len(house.paged("sms", "hq"))

    other = house.alice.opens(level=3, area="ZZ0202")
    house.alice.raises(other, 1)
    house.works()
    assert 2 == len(house.paged("sms", "hq"))


def test_a_rung_pages_its_people_and_names_them(house: House):
    """At half of the window the duty manager is paged, at three quarters comms as well; the record names them (R04)."""
    incident = house.alice.opens(level=2)
    house.fast_forward(minutes=91)

    warned = {e.data["rung"]: e.data["people"] for e in house.entries(incident, "warning")}
    assert {"50%": ["alice"], "75%": ["alice", "carol"]} == warned
    assert (START + timedelta(minutes=90), ["alice", "carol"]) in rounds(house, incident)


def test_nobody_acknowledges_and_it_climbs_to_headquarters(house: House):
    """A page that nobody acknowledges is repeated, then goes to the substitute, then up to headquarters (§5)."""
    house.app.coordinator.system(roster.contact, "alice", {"substitutes": ("dan",)})
    incident = house.alice.opens(level=2)
    house.fast_forward(minutes=85)

    half = START + timedelta(minutes=60)
    found = [(at, people) for at, people in rounds(house, incident) if at >= half]
    expected = [
        (0, ["alice"]),
        (5, ["alice"]),
        (10, ["dan"]),
        (15, ["dan"]),
        (20, ["hq"]),
        (25, ["hq"]),
    ]
    assert [(half + timedelta(minutes=n), people) for n, people in expected] == found


def test_an_acknowledgement_holds_half_an_hour(house: House):
    """Acknowledged, nobody is paged again until it runs out while the duty is owed; then it begins anew (§5)."""
    incident = house.alice.opens(level=3)
    house.fast_forward(minutes=121)
    acknowledges(house.alice, newest_page(house, "alice"))
    at = house.clock.now()
    house.fast_forward(minutes=35)

    later = [(when, people) for when, people in rounds(house, incident) if when > at]
    assert (at + timedelta(minutes=30), ["alice"]) == later[0]
    heard = house.entries(incident, "page_acknowledged")[-1]
    assert ("alice", "command") == (heard.actor, heard.data["how"])


def test_told_stops_the_pages(house: House):
    """Once the window is met nobody is paged for it any more (I13)."""
    house.has_customers(both=3)
    incident = house.alice.opens(level=3)
    house.fast_forward(minutes=121)
    house.alice.tells(incident)
    before = len([call for call in calls(house) if call.window == house.window(incident, "first_notice").id])
    house.fast_forward(minutes=30)

    mine = house.window(incident, "first_notice").id
    assert "met" == house.window(incident, "first_notice").state
    assert 1 == before
    assert [] == [call for call in calls(house) if call.window == mine]


def test_a_breach_keeps_paging(house: House):
    """A missed window pages headquarters as long as it is owed, ever more slowly and at least daily (§5)."""
    incident = house.alice.opens(level=2)
    house.fast_forward(hours=5)
    window = house.window(incident, "first_notice").id

    about = [e for e in house.entries(incident, "staff_paged") if e.data.get("window") == window]
    late = [e.at for e in about if e.at > START + timedelta(hours=2)]
    assert 5 <= len(late)
    assert ["hq"] == about[-1].data["people"]
    assert any("超时" in item["body"] for item in house.paged("sms", "hq"))


def test_a_new_shift_is_paged_in_the_middle_of_an_incident(house: House):
    """Who comes on duty is paged for what is still owed, even though the shift before had acknowledged (§5)."""
    change = START + timedelta(minutes=75)
    shifts(
        house,
        shift("alice", "duty_manager", START - timedelta(hours=8), 9.25),
        shift("hq", "headquarters", START - timedelta(days=1), 72),
        shift("hq", "commander", START - timedelta(days=1), 72),
        shift("bob", "approver", START - timedelta(days=1), 72),
    )
    with house.app.database.transaction() as tx:
        tx.people.add("nina", ("duty_manager",), START)
    system = house.app.coordinator.system
    system(roster.add, shift("nina", "duty_manager", change, 8))
    system(roster.contact, "nina", {"phone": "+8613900000077", "language": "en"})
    incident = house.alice.opens(level=2)
    house.fast_forward(minutes=65)
    acknowledges(house.alice, newest_page(house, "alice"))
    house.fast_forward(minutes=11)

    assert (change, ["nina"]) == rounds(house, incident)[-1]
    said = house.paged("sms", "nina")[-1]["body"]
    assert "min left" in said
    assert "acknowledge" in said


def test_a_gap_is_alarmed_when_the_shift_would_start(house: House):
    """Nobody comes on duty: the next higher role hears of it at that instant, not when a page fails (R04, §5)."""
    day = timedelta(days=1)
    shifts(
        house,
        shift("alice", "duty_manager", START - day, 26),
        shift("hq", "commander", START - day, 72),
        shift("hq", "headquarters", START - day, 72),
        shift("bob", "approver", START - day, 72),
    )
    house.works()
    assert [] == calls(house, "gap")
    house.fast_forward(hours=3)

    assert [("gap", {"role": "duty_manager", "unit": ""})] == [
        (call.about, {k: call.data[k] for k in ("role", "unit")}) for call in calls(house, "gap")
    ]
    assert "值班" in house.paged("sms", "hq")[0]["body"]
    assert (START + timedelta(hours=2)).isoformat()[:19] == house.paged("sms", "hq")[0]["at"][:19]
    house.app.coordinator.system(roster.add, shift("alice", "duty_manager", START + timedelta(hours=2), 9))
    house.fast_forward(minutes=30)
    assert [] == calls(house, "gap")


def test_somebody_whom_nothing_reaches_is_alarmed_when_the_shift_starts(house: House):
    """A person without phone and mail comes on duty: the next higher role hears of it at once (§5)."""
    with house.app.database.transaction() as tx:
        tx.people.add("nina", ("duty_manager",), START)
    house.works()
    house.app.coordinator.system(roster.add, shift("nina", "duty_manager", START + timedelta(hours=1), 8))
    house.fast_forward(minutes=59)
    assert [] == calls(house, "unreachable")
    house.fast_forward(minutes=2)

    assert ["nina"] == [call.data["person"] for call in calls(house, "unreachable")]
    assert "nina" in house.paged("sms", "hq")[0]["body"]


def test_three_at_night(house: House):
    """For a window of up to a day people are woken; a report of weeks waits for the morning (§5, known failure 1)."""
    house.clock.set(NIGHT - timedelta(hours=1))
    incident = house.alice.opens(level=2)
    house.fast_forward(until=NIGHT + timedelta(minutes=1))
    assert (NIGHT, ["alice"]) in rounds(house, incident)

    window = house.window(incident, "first_notice")
    long = house.app.coordinator.system(
        lambda act: (
            None,
            [paging_effect(window.id, incident.id)],
        )
    )
    assert long is None
    waiting = [call for call in calls(house) if call.key == "long"]
    assert [datetime(2026, 10, 15, 1, 0, tzinfo=UTC)] == [call.next_at for call in waiting]


def test_what_can_wait_for_a_working_day_waits_over_a_holiday(house: House):
    """At ten on New Year's Day, a Friday, a long window's rung waits for the next day that is worked (§5)."""
    house.goes_dark(hours=79 * 24 - 4.25)
    incident = house.alice.opens(level=1)
    window = house.window(incident, "first_notice")
    house.app.coordinator.system(lambda act: (None, [paging_effect(window.id, incident.id)]))

    [waiting] = [call for call in calls(house) if call.key == "long"]
    assert datetime(2027, 1, 4, 1, tzinfo=UTC) == waiting.next_at


def paging_effect(window: int, incident: int) -> Any:
    """What a rung of a window of several days calls for."""
    from incidents.effects import PageStaff

    return PageStaff("long", "warning", "duty_manager", incident, window, any_hour=False)


def test_sms_is_down_and_mail_gets_through(house: House):
    """With the provider of SMS and calls down the mail is there at once, the rest when it returns (§7)."""
    house.has_customers(both=1)
    house.sandbox.dial("twilio", down=1)
    house.alice.opens(level=2)
    house.fast_forward(minutes=1)
    assert ["email"] == [item["channel"] for item in house.paged(person="alice")]

    house.sandbox.calm()
    house.fast_forward(minutes=1)
    assert {"sms": 1, "voice": 1, "email": 1} == Counter(
        item["channel"] for item in house.paged(person="alice")
    )


def test_eight_schedulers_page_once(house: House):
    """Eight coordinators on one database see the same rung: one round, one page per person and way (I13)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    house.works()
    others = [build(house.settings, house.folder, house.clock) for _ in range(7)]
    house.clock.set(START + timedelta(minutes=60))
    for app in [*others, house.app]:
        pump.sweep(app)
    for app in [*others, house.app]:
        pump.drain(app)
        if app is not house.app:
            app.close()

    assert [(START + timedelta(minutes=60), ["alice"])] == rounds(house, incident)
    assert {"sms": 2, "voice": 2, "email": 2} == Counter(
        item["channel"] for item in house.paged(person="alice")
    )


def test_an_approval_is_asked_of_the_approver_only(house: House):
    """Who may give the second word is paged when it is asked for, with audience and time left; the author is not."""
    house.has_customers(both=3)
    incident = house.alice.opens(level=1)
    house.works()
    notice = house.alice.submits(incident)
    house.works()

    said = house.paged("sms", "bob")[-1]["body"]
    assert "3 人" in said
    assert "Y " in said
    assert [["bob"]] == [people for _, people in rounds(house, incident, "approval")]
    house.bob.approves(notice)
    house.fast_forward(minutes=10)
    assert [["bob"]] == [people for _, people in rounds(house, incident, "approval")]


@pytest.mark.parametrize("asked", ["downgrade", "waiver"])
def test_a_second_persons_word_is_asked_of_the_approver_only(house: House, asked: str):
    """Lowering from level 1 and waiving a duty page who may decide, never who asked, until it is decided (AMB-16)."""
    incident = house.alice.opens(level=1)
    house.works()
    if asked == "downgrade":
        house.alice.lowers(incident, 2)
    else:
        house.alice.waives(house.window(incident, "first_notice"), "nobody has to be told")
    house.works()

    said = house.paged("sms", "bob")[-1]["body"]
    assert "D1" in said
    assert [["bob"]] == [people for _, people in rounds(house, incident, "decision")]
    house.bob.refuses(incident, "it is not over")
    house.fast_forward(minutes=10)
    assert [["bob"]] == [people for _, people in rounds(house, incident, "decision")]
    assert [] == calls(house, "decision")


def test_too_few_reached_is_said_to_the_duty_manager(house: House):
    """Every number refused: the window stays owed, and the duty manager is paged at once (§3, AMB-07)."""
    house.has_customers(sms=3)
    incident = house.alice.opens(level=3)
    house.works()
    house.sandbox.dial("twilio", refuse_code=21211)
    house.alice.submits(incident)
    house.works()
    house.sandbox.calm()

    assert [["alice"]] == [people for _, people in rounds(house, incident, "too_few")]
    assert house.window(incident, "first_notice").owed
    assert "太少" in next(item for item in house.paged("email", "alice") if "太少" in item["body"])["body"]


def test_a_page_of_what_is_over_cannot_be_acknowledged(house: House):
    """Answering a page whose matter is over says so instead of silencing something else."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=3)
    house.fast_forward(minutes=121)
    page = newest_page(house, "alice")
    house.alice.tells(incident, Kind.FIRST_NOTICE)

    with pytest.raises(Conflict, match="is over"):
        acknowledges(house.alice, page)


def test_what_will_be_too_late_is_said_to_the_duty_manager(house: House):
    """A forecast past due pages within a minute of becoming true, with the time that is left (I27)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    house.fast_forward(minutes=119)

    assert [["alice"]] == [people for _, people in rounds(house, incident, "forecast")][:1]
    assert any("无法按时" in item["body"] for item in house.paged("email", "alice"))


def test_a_late_update_is_heard_of_once(house: House):
    """Where a rung pages the duty manager already and nobody has answered, the forecast of an update says the same and
    pages nobody; where the rung is acknowledged it pages once, and no more after the verdict (§5)."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=2)
    house.alice.tells(incident)
    house.fast_forward(minutes=91)
    acknowledges(house.alice, newest_page(house, "alice"))
    house.fast_forward(minutes=15)
    assert [["alice"]] == [people for _, people in rounds(house, incident, "forecast")]
    acknowledges(house.alice, newest_page(house, "alice"))

    house.fast_forward(hours=6)
    windows = [w for w in house.windows(incident) if w.kind == Kind.PROGRESS_UPDATE]
    assert 4 == len(windows)
    assert 3 <= len(house.entries(incident, "forecast_alarm")) <= len(windows)
    assert 1 == len(rounds(house, incident, "forecast"))
