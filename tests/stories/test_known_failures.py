"""What other programs get wrong, one named test each: the list of docs/windows.md."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest

from coordinator import judging
from incidents import chain
from incidents.errors import Conflict, Invalid
from incidents.terms import Kind
from tests.house import START, House
from wiring.app import build
from worker import pump


def test_01_one_reminder_per_incident_and_only_in_office_hours(house: House):
    """Every window has its whole ladder, at any hour of the night (K01, I11)."""
    house.fast_forward(until=START + timedelta(hours=11, minutes=45))  # 02:00 in Beijing
    incident = house.alice.opens(level=1)
    house.fast_forward(hours=2)

    assert 5 == len([e for e in house.entries(incident, "warning") if e.data["kind"] == "first_notice"])


def test_02_notified_is_written_only_when_the_provider_has_it(house: House):
    """Nothing says told before the provider accepted and the page was fetched (K02, I4)."""
    house.has_customers(sms=2)
    house.sandbox.dial("twilio", down=1)
    incident = house.alice.opens(level=2)
    notice = house.alice.tells(incident)

    assert (None, []) == (notice.told_at, house.entries(incident, "notice_told"))
    house.sandbox.calm()
    house.fast_forward(minutes=5)
    assert house.notice(notice).told_at == house.window(incident, "first_notice").told_at != START


def test_03_after_one_breach_the_other_clocks_still_run(house: House):
    """A breached first notice stops no other window of the incident (K03, I9)."""
    house.has_customers(sms=1)
    incident = house.alice.opens(level=1)
    house.fast_forward(hours=2, minutes=10)
    house.alice.tells(incident)
    house.fast_forward(minutes=10)
    house.alice.restores(incident)
    house.fast_forward(hours=3)

    states = {(w.kind.value, w.state.value) for w in house.windows(incident)}
    assert ("first_notice", "breached") in states
    assert ("material_update", "breached") in states
    assert ("progress_update", "breached") in states


def test_04_no_automatic_note_contradicts_what_a_person_posted_a_minute_earlier(house: House):
    """Released at T+1:39, so at T+1:40 nothing goes by itself (K04, I28)."""
    house.has_holding_texts()
    house.has_customers(both=10)
    incident = house.alice.opens(level=1)
    house.fast_forward(minutes=99)
    house.alice.tells(incident)
    house.fast_forward(minutes=22)

    assert (None, []) == (house.holding(incident), house.entries(incident, "holding_sent"))
    assert "met" == house.window(incident, "first_notice").state


def test_04_nothing_automatic_contradicts_what_a_person_said(house: House):
    """What waits in the line never leaves after a person's newer word; nothing is sent unapproved (K04)."""
    house.has_customers(sms=2)
    house.sandbox.dial("twilio", down=1)
    incident = house.alice.opens(level=1)
    house.alice.tells(incident)
    house.fast_forward(minutes=1)
    house.alice.calls_off(incident)
    house.sandbox.calm()
    house.fast_forward(hours=3)

    assert [] == house.told("sms")
    assert [] == [n for n in house.notices(incident) if n.automatic and n.released]


def test_05_a_level_change_keeps_the_history_of_the_deadline(house: House):
    """Every value that the due has had stays, with who moved it (K05, I12)."""
    incident = house.alice.opens(level=3)
    house.fast_forward(minutes=10)
    house.alice.raises(incident, 2)
    house.fast_forward(minutes=10)
    house.hq.raises(incident, 1)

    moves = house.window(incident, "first_notice").history
    assert [240, 120, 120] == [(m.due_at - START) // timedelta(minutes=1) for m in moves]
    assert ["alice", "alice", "hq"] == [m.by for m in moves]


def test_06_a_skipped_run_loses_nothing_and_two_runs_double_nothing(house: House):
    """Looking twice fires nothing twice, looking late fires what was passed (K06, I11, I15)."""
    incident = house.alice.opens(level=1)
    house.goes_dark(minutes=61)
    for _ in range(3):
        house.app.coordinator.system(judging.sweep)

    assert ["50%"] == [e.data["rung"] for e in house.entries(incident, "warning")]


def test_07_a_rung_counts_only_when_its_record_is_committed(house: House, monkeypatch: pytest.MonkeyPatch):
    """A sweep that dies leaves the rung ahead, and the next sweep fires it (K07)."""
    incident = house.alice.opens(level=1)
    house.goes_dark(minutes=30)
    monkeypatch.setenv("TONGBAO_FAILPOINT", "sweep.before_commit=raise")
    with pytest.raises(RuntimeError):
        house.app.coordinator.system(judging.sweep)
    monkeypatch.delenv("TONGBAO_FAILPOINT")
    assert [] == house.entries(incident, "warning")

    house.works()
    assert ["target"] == [e.data["rung"] for e in house.entries(incident, "warning")]


def test_08_a_breach_is_recorded_within_a_second(house: House):
    """The breach row is written in the first second after due (K08, I9)."""
    incident = house.alice.opens(level=1)
    house.fast_forward(hours=2, minutes=30)

    [breach] = [b for b in house.breaches(incident) if b["due_at"] == START + timedelta(hours=2)]
    assert timedelta(0) <= breach["recorded_at"] - breach["due_at"] <= timedelta(seconds=1)


def test_09_entries_cannot_be_edited_or_deleted(house: House):
    """The database itself refuses to change what happened (K09, I10, I16)."""
    house.has_customers(sms=1)
    incident = house.alice.opens(level=1)
    house.alice.tells(incident)
    house.fast_forward(hours=1, seconds=1)
    columns = {"timeline": "actor", "breaches": "basis", "attempts": "number", "outcomes": "reason"}

    for table, column in columns.items():
        for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
            with pytest.raises(house.app.database.module.IntegrityError, match="append-only"):
                house.writes_raw(statement)


def test_09_an_edited_row_is_found_by_the_chain(house: House):
    """Who drops the trigger and edits the file is found by the chain (K09, R34, I16)."""
    incident = house.alice.opens(level=1)
    [trigger] = [
        row.sql for row in _rows(house, "SELECT sql FROM sqlite_master WHERE name = 'timeline_no_update'")
    ]
    kept = _rows(house, "SELECT sequence, actor FROM timeline WHERE sequence = 2")[0]
    house.writes_raw("DROP TRIGGER timeline_no_update")
    house.writes_raw("UPDATE timeline SET actor = 'nobody' WHERE sequence = 2")

    with house.app.database.transaction() as tx:
        [(_, reference, head, length)] = tx.incidents.heads()
        found = chain.check(reference, tx.incidents.entries(incident.id), head, length)

    assert [f"{incident.reference}: entry 2 was changed"] == found
    assert found == house.audit()
    house.writes_raw("UPDATE timeline SET actor = ? WHERE sequence = 2", kept.actor)
    house.writes_raw(trigger)


def test_09_a_cut_off_end_is_found_by_the_chain(house: House):
    """Deleting the newest entries is found by the head that the incident keeps (K09, I16)."""
    incident = house.alice.opens(level=1)
    with house.app.database.transaction() as tx:
        [(_, reference, head, length)] = tx.incidents.heads()
        entries = list(tx.incidents.entries(incident.id))

    assert [] == chain.check(reference, entries, head, length)
    assert 1 == len(chain.check(reference, entries[:-1], head, length))
    assert [] != chain.check(reference, entries[:2] + entries[3:], head, length)


def test_10_two_coordinators_on_one_database_send_nothing_twice(house: House):
    """Two processes at once change nothing that one would not (K10, I6, I14, I15)."""
    house.has_customers(both=40)
    incident = house.alice.opens(level=1)
    notice = house.bob.approves(house.alice.submits(incident))
    other = build(house.settings, house.folder, house.clock)
    workers = [
        threading.Thread(target=pump.drain, args=(app,)) for app in (house.app, other, house.app, other)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    other.close()
    house.works()

    told = [*house.told("sms"), *house.told("email")]
    taken = Counter((item["channel"], item["to"]) for item in told)
    assert (80, {1}) == (len(taken), set(taken.values()))
    assert ({"accepted": 40}, {"accepted": 40}) == (
        house.counts(notice, "sms"),
        house.counts(notice, "email"),
    )
    assert "met" == house.window(incident, "first_notice").state
    assert 1 == len([e for e in house.entries(incident, "window_met") if e.data["kind"] == "first_notice"])


def test_11_no_throttle_delays_a_lawful_notice(house: House):
    """First and resolution notices are never spared by the limits on SMS (K11, §2)."""
    house.has_customers(sms=2)
    incident = house.alice.opens(level=1)
    house.alice.tells(incident)
    house.fast_forward(minutes=5)
    house.alice.resolves(incident)
    last = house.alice.tells(incident, Kind.RESOLUTION_NOTICE)

    assert 2 == len(house.told("sms", last))


def test_12_a_duty_is_not_put_off_without_words(house: House):
    """Nothing is stopped, paused or fulfilled without a reason (K12)."""
    house.has_customers(sms=1)
    incident = house.alice.opens(level=2)
    notice = house.alice.submits(incident)

    with pytest.raises(Invalid):
        house.alice.stops(notice, "")
    with pytest.raises(Invalid):
        house.fulfils(house.window(incident, "first_notice"), "", "")


def test_12_no_duty_is_waived_without_a_reason_nor_after_due(house: House):
    """A waiver names its person and its reason, and never washes off a breach (K12)."""
    incident = house.alice.opens(level=3)
    window = house.window(incident, "first_notice")
    with pytest.raises(Invalid):
        house.alice.waives(window, " ")
    house.fast_forward(hours=4, seconds=1)
    with pytest.raises(Conflict):
        house.alice.waives(window)
    with pytest.raises(Invalid):
        house.alice.ends(window, "")

    assert "breached" == house.window(incident, "first_notice").state


def test_12_pausing_needs_a_reason_and_never_stops_the_clock(house: House):
    """A paused notice is breached like any other (K12, I9)."""
    house.has_customers(sms=1)
    house.sandbox.dial("twilio", down=1)
    incident = house.alice.opens(level=2)
    notice = house.alice.tells(incident)
    with pytest.raises(Invalid):
        house.alice.pauses(notice, " ")
    house.alice.pauses(notice)
    house.fast_forward(hours=2, seconds=1)

    assert "breached" == house.window(incident, "first_notice").state


def test_13_the_sweep_has_no_lower_bound(house: House):
    """What fell due days before the first look is decided in its first second (K13, I9)."""
    first, second = house.alice.opens(level=1), house.alice.opens(level=3)
    house.works()
    house.goes_dark(days=3)
    house.restarts()
    house.works()

    assert {("breached", START + timedelta(hours=2)), ("breached", START + timedelta(hours=4))} == {
        (house.window(one, "first_notice").state, house.window(one, "first_notice").due_at)
        for one in (first, second)
    }


def test_14_a_late_look_drops_nothing(house: House):
    """The row stays until its verdict is committed, however late we look (K14)."""
    incident = house.alice.opens(level=2)
    house.works()
    house.goes_dark(hours=2, seconds=2)
    assert "open" == house.window(incident, "first_notice").state
    house.works()

    assert "breached" == house.window(incident, "first_notice").state


def _rows(house: House, statement: str):
    with house.app.database.engine.connect() as connection:
        return connection.exec_driver_sql(statement).all()
