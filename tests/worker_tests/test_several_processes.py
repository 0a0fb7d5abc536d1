"""What several processes on one home do to one another: each kept here by name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from coordinator import intake
from incidents.terms import Channel, Kind
from notifications.pages import Publisher
from tests.house import House
from worker import deliver


class Slow:
    """A publisher that is overtaken once: somebody else does `meanwhile` between our reading and our writing."""

    def __init__(self, inner: Publisher, meanwhile: Callable[[], object]):
        self._inner, self._meanwhile = inner, [meanwhile]

    def publish(self, files: dict[str, bytes]) -> None:
        while self._meanwhile:
            self._meanwhile.pop()()
        self._inner.publish(files)

    def is_live(self, path: str, token: str) -> bool:
        return self._inner.is_live(path, token)

    def shown(self, path: str) -> tuple[str, ...] | None:
        return self._inner.shown(path)

    def url(self, path: str) -> str:
        return self._inner.url(path)


def test_an_innocent_event_is_not_set_aside(house: House):
    """Two processes break on one event: the one behind it, which nobody has read yet, keeps its place (I23)."""
    system = house.app.coordinator.system
    bad, _ = system(intake.store, "alertmanager", "noc", b"breaks us both")
    good, _ = system(intake.store, "alertmanager", "noc", b'{"version": "4", "alerts": []}')

    assert bad == system(intake.set_aside, bad, "it broke the reader")
    assert system(intake.set_aside, bad, "it broke the reader") is None

    assert good == system(intake.oldest)


def test_an_older_page_does_not_stay_over_a_newer_one(house: House):
    """A process that writes what it read before another entry came out writes once more (R24)."""
    house.has_customers(email=2)
    incident = house.alice.opens(level=3)
    first = house.alice.submits(incident)
    newer = []

    def another_process() -> None:
        newer.append(house.alice.submits(incident, Kind.PROGRESS_UPDATE))
        deliver.deliver(house.app, Channel.WEB)

    before = house.app.targets(exercise=False)["first"]
    slow = Slow(before, another_process)
    house.app.__dict__["targets"] = lambda exercise: {"first": slow}
    deliver.deliver(house.app, Channel.WEB)
    house.fast_forward(seconds=5)

    live = [
        before.is_live(f"incidents/{incident.reference}/", deliver.pages.token_of(n)) for n in (first, *newer)
    ]
    assert [True, True] == live


def test_who_stood_still_after_the_intent_does_not_call(house: House, monkeypatch: pytest.MonkeyPatch):
    """A process that was stopped for longer than 2 s between check and call asks again before it sends (I8)."""
    house.has_customers(sms=2)
    incident = house.alice.opens(level=3)
    notice = house.alice.submits(incident)
    deliver.deliver(house.app, Channel.WEB)
    house.clock.set(house.clock.now().replace(minute=20))
    passed: list[str] = []
    monkeypatch.setattr(deliver, "fp", passed.append)
    monkeypatch.setattr(deliver, "boot_seconds", lambda: 3.0 * ("deliver.after_intent" in passed))

    deliver.deliver(house.app, Channel.SMS)

    assert [] == house.told("sms", notice)
    assert {"planned": 2} == house.counts(notice, "sms")
