"""Exercises at the wire: customers never hear of one, whatever is configured; staff hear of it for real (R06, S28)."""

from __future__ import annotations

import select
import socket
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from incidents.errors import Conflict
from incidents.terms import EXERCISE_MARKS, Kind
from notifications.roster import WEEK, Person, Shift
from sandbox.client import Sandbox
from tests.forked import sandbox_in
from tests.house import House
from wiring.seeds import EVER
from wiring.settings import Email, Paging, Settings, Sms, Web


class Tap:
    """A line to a provider that counts who calls."""

    def __init__(self, port: int):
        self.calls = 0
        tap = self

        class Caller(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                tap.calls += 1
                with socket.create_connection(("127.0.0.1", port)) as inner:
                    _carry(self.request, inner)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Caller)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _carry(outer: socket.socket, inner: socket.socket) -> None:
    """Every byte to the other side, until one of them hangs up."""
    while True:
        for source in select.select([outer, inner], [], [])[0]:
            some = source.recv(65536)
            if not some:
                return
            (inner if source is outer else outer).sendall(some)


class World:
    """The real providers: another sandbox, reached by lines that count; its public folder is the public page."""

    def __init__(self, folder: Path, peer: Sandbox):
        self.peer, self.public = peer, folder / "public"
        at = peer.address
        self.taps = {
            "sms": Tap(int(at["twilio"].rpartition(":")[2])),
            "email": Tap(at["smtp_port"]),
            "web": Tap(int(at["http"].rpartition(":")[2])),
        }

    def settings(self, paging: Paging) -> Settings:
        at, port = self.peer.address, {name: tap.port for name, tap in self.taps.items()}
        return Settings(
            sms=Sms(
                provider="twilio",
                account_sid=at["account_sid"],
                auth_token=SecretStr(at["auth_token"]),
                base_url=f"http://127.0.0.1:{port['sms']}",
            ),
            email=Email(provider="smtp", host="127.0.0.1", port=port["email"], starttls=False),
            web=Web(provider="files", folder=str(self.public), public_url=f"http://127.0.0.1:{port['web']}"),
            paging=paging,
        )

    def calls(self) -> dict[str, int]:
        return {name: tap.calls for name, tap in self.taps.items()}

    def files(self) -> list[str]:
        return sorted(str(path.relative_to(self.public)) for path in self.public.rglob("*") if path.is_file())


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    folder = tmp_path / "world"
    with sandbox_in(folder) as peer:
        found = World(folder, peer)
        yield found
        for tap in found.taps.values():
            tap.close()


@pytest.fixture
def settings(world: World, request: pytest.FixtureRequest) -> Settings:
    """Real providers; staff are paged by the channels of the parameter, if there is one."""
    return world.settings(Paging(channels=getattr(request, "param", ())))


def marked(items: list[dict[str, Any]]) -> list[bool]:
    return [
        any(mark in f"{one['subject']} {one['body']}" for mark in EXERCISE_MARKS.values()) for one in items
    ]


def test_an_exercise_runs_to_its_end_and_calls_no_provider(house: House, world: World):
    """R06, S28: with real providers configured an exercise is told by the sandbox, each text with its mark, and not one
    connection is made to a provider or to the public page, also where every answer is lost and looked up; a real
    incident beside it goes there, without the mark."""
    house.has_customers(both=3, sms=2, email=2)
    house.app.sandbox.start()
    house.sandbox.dial("twilio", lose_answer=1.0)
    drill = house.alice.opens(level=1, exercise=True)
    submitted = house.alice.submits(drill)
    house.restarts()
    first = house.bob.approves(submitted)
    house.fast_forward(minutes=20)
    house.sandbox.calm()
    update = house.alice.tells(drill, Kind.PROGRESS_UPDATE)
    house.alice.restores(drill)
    house.alice.resolves(drill)
    end = house.alice.tells(drill, Kind.RESOLUTION_NOTICE)

    assert ["told", "told", "told"] == [house.notice(n).state for n in (first, update, end)]
    assert {"sms": 0, "email": 0, "web": 0} == world.calls()
    assert [] == world.peer.ledger()
    assert [] == world.files()
    told = house.told("sms") + house.told("email")
    assert 2 * (5 + 5) <= len(told)
    assert all(marked(told))
    assert {True} == {"exercise.invalid/" in one["body"] for one in told}
    assert "met" == house.window(drill, Kind.FIRST_NOTICE).state
    assert "EXERCISE-2026-0001" == drill.reference

    real = house.alice.opens(level=1)
    notice = house.alice.tells(real)

    assert "told" == house.notice(notice).state
    assert all(count > 0 for count in world.calls().values())
    theirs = [one for one in world.peer.ledger() if one["accepted"]]
    assert 5 + 5 == len(theirs)
    assert not any(marked(theirs))
    assert len(told) == len(house.told("sms") + house.told("email"))
    assert any(real.reference in name for name in world.files())
    assert not any("EXERCISE" in name or "EXERCISE" in _read(world, name) for name in world.files())


def _read(world: World, name: str) -> str:
    return (world.public / name).read_text("utf-8")


@pytest.mark.parametrize("settings", [("sms", "email")], indirect=True)
def test_staff_are_paged_by_the_real_providers(house: House, world: World):
    """R06: an exercise wakes people for real, each page with its mark in front, and its customers hear nothing; a dead
    provider of the sandbox is the exercise's trouble, said with the mark, and no trouble of the real channel."""
    with house.app.database.transaction() as tx:
        tx.roster.put_person(Person("alice", "+8613900000001", "alice@duty.example"))
        tx.roster.add_shift(Shift("alice", "duty_manager", "", EVER, EVER + WEEK, weekly=True))
    house.has_customers(both=2)
    house.app.sandbox.start()
    house.sandbox.dial("twilio", down=1)
    drill = house.alice.opens(level=1, exercise=True)
    house.alice.submits(drill)
    house.bob.approves(house.notices(drill)[-1])
    house.fast_forward(minutes=3)

    theirs = [one for one in world.peer.ledger() if one["accepted"]]
    assert {"+8613900000001", "alice@duty.example"} == {one["to"] for one in theirs}
    starts = [one["subject"] or one["body"] for one in theirs]
    assert [] == [text for text in starts if not text.startswith("【演练】")]
    assert any("客户通知渠道" in text for text in starts)
    with house.app.database.transaction() as tx:
        assert ({}, ["sms"]) == (tx.receipts.lanes(), list(tx.receipts.lanes(exercise=True)))
    house.sandbox.calm()


def test_an_exercise_and_a_real_incident_are_never_one(house: House):
    """R06: neither can be merged into the other."""
    drill, real = house.alice.opens(level=3, exercise=True), house.alice.opens(level=3)

    for source, into in ((drill, real), (real, drill)):
        with pytest.raises(Conflict, match="never one"):
            house.alice.merges(source, into)


class TestLines:
    """Where a sender has a rate of its own."""

    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(sms=Sms(parts_per_second=0.01), paging=Paging(channels=()))

    def test_an_exercise_takes_nothing_of_a_real_incidents_rate(self, house: House):
        """S28: it has a line of its own: the first real text leaves at once, though the exercise's next must wait."""
        house.has_customers(sms=3)
        drill = house.alice.submits(house.alice.opens(level=3, exercise=True))
        house.works()
        real = house.alice.submits(house.alice.opens(level=3))
        house.works()

        assert [1, 1] == [house.counts(notice, "sms")["accepted"] for notice in (drill, real)]
