"""Exercises stand behind what is real: a sandbox that is slow, gone, or another program costs exercises alone."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from coordinator import drills
from incidents.drill import shipped
from incidents.terms import EXERCISE_MARKS, Channel, Kind, Verdict, lane_of
from sandbox.client import Sandbox, SandboxError
from tests.house import QUIET, House
from wiring.settings import Email, Settings, Sms, Web


class Stranger(BaseHTTPRequestHandler):
    """Another program: it answers everything with a page."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>hello</html>")

    do_PUT = do_GET  # noqa: N815 - the library's name

    def log_message(self, *_: object) -> None:
        """It says nothing."""


@pytest.fixture
def stranger() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Stranger)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def remembers(home: Path, address: str) -> Sandbox:
    """The sandbox of a home whose port somebody else has by now."""
    (home / "sandbox").mkdir(parents=True)
    known = {"http": address, "account_sid": "AC1", "auth_token": "t", "pid": 1}
    (home / "sandbox" / "address.json").write_text(json.dumps(known))
    return Sandbox(home)


def test_another_program_on_the_port_is_no_sandbox(stranger: str, tmp_path: Path):
    """S28: what it answers is no answer of ours; so it is started again, and nobody is told a riddle."""
    sandbox = remembers(tmp_path, stranger)

    assert not sandbox.is_running()
    for ask in (sandbox.dials, sandbox.health, lambda: sandbox.dial("smtp", down=1)):
        with pytest.raises(SandboxError, match="is no sandbox"):
            ask()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path):
    """S28: a file stands where the sandbox lives."""
    (tmp_path / "sandbox").write_text("not a folder")

    with pytest.raises(SandboxError, match="did not start"):
        Sandbox(tmp_path).start()


def test_a_drill_without_its_sandbox_delays_no_real_notice(house: House, tmp_path: Path):
    """S28, R14: a drill's dial cannot be turned and its notice cannot leave; the real one is told in time, by the real
    ways, and the drill's events wait."""
    real = house.sandbox.address
    home = tmp_path / "elsewhere"
    home.mkdir()
    settings = Settings(
        paging=QUIET.paging,
        sms=Sms(
            provider="twilio",
            account_sid=real["account_sid"],
            auth_token=real["auth_token"],
            base_url=real["twilio"],
        ),
        email=Email(provider="smtp", host="127.0.0.1", port=real["smtp_port"], starttls=False),
        web=Web(provider="files", folder=str(tmp_path / "public"), public_url=real["http"]),
    )
    other = House(home, Sandbox(home), settings)
    other.has_customers(both=3)
    (home / "sandbox").write_text("not a folder")
    script = shipped()["provider_down"]
    drill = other.app.coordinator.act(
        "drill", other.alice.actor, drills.start, script, False, ("ZZ-P",), (), ()
    )
    with other.app.database.transaction() as tx:
        played = tx.incidents.by_id(drill.incident)
    other.bob.approves(other.alice.submits(played))
    other.goes_dark(minutes=41)
    incident = other.alice.opens(level=2, affected=46_000)
    other.bob.approves(other.alice.submits(incident))
    other.works()

    assert Verdict.MET == other.window(incident, Kind.FIRST_NOTICE, 1).state
    assert 3 == len(house.told("sms"))
    dials = [e for e in other.entries(played, "drill_injected") if e.data["do"] == "dial"]
    assert [] == dials
    other.close()


def test_no_batch_of_an_exercise_stands_between_real_ones(house: House):
    """S28: a single process works off every real batch before it begins one of an exercise, which may be slow."""
    house.has_customers(sms=40)
    for exercise in (True, False):
        house.app.strides[lane_of(Channel.SMS, exercise)] = 16
        house.bob.approves(house.alice.submits(house.alice.opens(level=2, exercise=exercise)))
    house.works()

    played = [EXERCISE_MARKS["zh-CN"] in one["body"] for one in house.told("sms")]
    assert 40 * [False] + 40 * [True] == played
