"""The self-audit says what is wrong, and a sign of life goes out only when it would be honest."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from coordinator import audit, clock, pulse
from coordinator.act import Act
from incidents.operation import AUDIT, HEARTBEAT
from tests.house import House
from wiring.beat import send
from wiring.settings import Heartbeat

EVERY = 15.0


def audited(house: House) -> list[list[object]]:
    """What a whole audit finds."""
    system = house.app.coordinator.system
    system(audit.begin)
    while system(audit.step):
        pass
    return system(lambda act: (audit.result(act), []))["problems"]


def turns(house: House, *but: str) -> None:
    """Every loop has turned just now, but these."""
    house.app.coordinator.system(pulse.ticked, set(pulse.LOOPS) - set(but))


def beats(house: House) -> bool:
    return house.app.coordinator.system(pulse.beat, EVERY)


def amiss(house: House) -> list[str]:
    def seen(act: Act) -> tuple[list[str], list[object]]:
        return [template for template, _ in pulse.amiss(act)], []

    return house.app.coordinator.system(seen)


def standing(house: House) -> list[str]:
    return [one.about for one in house.app.coordinator.system(clock.status)["standing"]]


def test_a_sound_record_passes_its_audit(house: House):
    """An incident told, breached and resolved leaves nothing for the audit to find (I10, I16, I20)."""
    house.has_customers(both=3)
    incident = house.alice.opens(level=1)
    house.fast_forward(hours=2, minutes=1)
    house.alice.tells(incident)
    house.alice.resolves(incident)
    house.fast_forward(minutes=10)

    assert [] == audited(house)
    assert [] == standing(house)


def test_what_was_changed_by_hand_is_found_said_and_over_when_mended(house: House):
    """Counters that differ from rows are named, stand as an alarm, and the next clean audit ends it (I20, I30)."""
    house.has_customers(sms=2)
    incident = house.alice.opens(level=2)
    notice = house.alice.tells(incident)
    house.writes_raw("UPDATE counts SET n = n + 1 WHERE channel = 'sms' AND n > 0")

    [found] = audited(house)
    assert ["the counters of notice {id} differ from its deliveries", {"id": notice.id}] == found
    assert [AUDIT] == standing(house)
    house.writes_raw("UPDATE counts SET n = n - 1 WHERE channel = 'sms' AND n > 0")
    assert [] == audited(house)
    assert [] == standing(house)


def test_a_cut_chain_is_found_across_slices(house: House, monkeypatch: pytest.MonkeyPatch):
    """A slice ends in the middle of a timeline and the next goes on there (I16, I30)."""
    monkeypatch.setattr(audit, "ENTRIES", 2)
    incident = house.alice.opens(level=2)
    assert [] == audited(house)
    house.writes_raw("UPDATE incidents SET chain_length = chain_length + 1")

    assert [incident.reference] == [values["ref"] for _, values in audited(house)]
    house.writes_raw("UPDATE incidents SET chain_length = chain_length - 1")


def test_the_audit_comes_every_hour_whoever_makes_it(house: House):
    """Slices of several processes make one audit; the next begins an hour after the last ended (I15)."""
    system = house.app.coordinator.system
    while system(audit.step):
        pass
    assert 0 == system(audit.step)
    house.goes_dark(minutes=59)
    assert 0 == system(audit.step)
    house.goes_dark(minutes=1)
    assert 1 == system(audit.step)


def test_a_sign_of_life_is_due_and_one_of_many_gives_it(house: House):
    """Of eight processes that ask in one moment one gives it; the next is due after its time (I15, I30)."""
    turns(house)
    assert [True] + [False] * 7 == [beats(house) for _ in range(8)]
    house.goes_dark(seconds=EVERY)
    turns(house)
    assert beats(house)


@pytest.mark.parametrize("still", pulse.LOOPS)
def test_a_loop_that_stands_still_withholds_it(house: House, still: str):
    """Every loop must have turned within five seconds, in whichever process (I30)."""
    turns(house)
    house.goes_dark(seconds=6)
    turns(house, still)

    assert ["the loop {name} has not turned for {seconds} s"] == amiss(house)
    assert (False, [HEARTBEAT]) == (beats(house), standing(house))


def test_a_duty_without_a_verdict_withholds_it(house: House):
    """No sign of life while a window is overdue and undecided; the sweep puts that right (I9, I30)."""
    house.alice.opens(level=1)
    house.goes_dark(hours=3)
    turns(house)
    assert ["{n} {n:window is|windows are} overdue and undecided"] == amiss(house)
    house.works()
    turns(house)
    assert [] == amiss(house)


def test_a_line_that_does_not_move_withholds_it(house: House):
    """Rows that are ready and do not leave are a fault; rows that leave, or are held, are none (I30)."""
    house.has_customers(sms=1)
    incident = house.alice.opens(level=2)
    house.bob.approves(house.alice.submits(incident))
    house.goes_dark(minutes=2)
    turns(house)
    assert {"nothing leaves by {channel} though notice {id} is ready"} == set(amiss(house))
    house.works()
    turns(house)
    assert [] == amiss(house)


@pytest.fixture
def watcher() -> Iterator[tuple[str, list[str]]]:
    """A watcher outside: its address, and the methods of what it was asked; /refuse is refused."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.command)
            self.send_response(500 if "refuse" in self.path else 302 if "away" in self.path else 204)
            self.send_header("Location", "/")
            self.end_headers()

        do_POST = do_GET  # noqa: N815 - the library's name

        def log_message(self, *_: object) -> None:
            """Nothing is said."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    server.server_close()


def test_the_watcher_is_asked_and_the_file_touched(watcher: tuple[str, list[str]], tmp_path: Path):
    """By GET or POST, and by a file's time; what does not arrive is said (I30)."""
    url, seen = watcher
    file = tmp_path / "alive"
    assert ["", ""] == [send(Heartbeat(url=url, method=how, file=str(file))) for how in ("GET", "POST")]
    assert (["GET", "POST"], True) == (seen, file.exists())
    assert "HTTP 500" == send(Heartbeat(url=f"{url}/refuse"))
    assert "HTTP 302" == send(Heartbeat(url=f"{url}/away"))
    assert 4 == len(seen)
    assert "" != send(Heartbeat(url="http://127.0.0.1:9", timeout_seconds=1))
    assert "" != send(Heartbeat(file=str(tmp_path / "nowhere/alive")))


def test_what_became_of_it_stands_until_it_goes_out_again(house: House):
    """A sign that does not arrive stands for who looks; it is for the watcher to call people (I30)."""
    system = house.app.coordinator.system
    system(pulse.beaten, "HTTP 500")
    assert [(HEARTBEAT, False)] == [(one.about, one.alarm) for one in system(clock.status)["standing"]]
    system(pulse.beaten, "")
    assert [] == standing(house)


def test_doubt_that_does_not_end_is_found(house: House):
    """What has been in doubt for over fifteen minutes is shown (I29, I30)."""
    house.has_customers(sms=1)
    incident = house.alice.opens(level=2)
    house.bob.approves(house.alice.submits(incident))
    house.goes_dark(hours=1)
    late = f"(SELECT released_at + {timedelta(minutes=1) // timedelta(microseconds=1)} FROM notices)"
    house.writes_raw(f"UPDATE deliveries SET state = 'in_doubt', doubt_at = {late} WHERE channel = 'sms'")
    house.writes_raw("UPDATE counts SET state = 'in_doubt' WHERE channel = 'sms'")

    assert ["{n} {n:delivery has|deliveries have} been in doubt for over 15 minutes"] == [
        template for template, _ in audited(house)
    ]
