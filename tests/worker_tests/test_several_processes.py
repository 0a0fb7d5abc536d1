"""What several processes on one home do to one another: found by the simulation, kept here by name."""

from __future__ import annotations

from coordinator import intake
from incidents.terms import Channel
from tests.house import House
from worker.engine import loops


def test_an_innocent_event_is_not_set_aside(house: House):
    """Two processes break on one event: the one behind it, which nobody has read yet, keeps its place (I23)."""
    system = house.app.coordinator.system
    bad, _ = system(intake.store, "alertmanager", "noc", b"breaks us both")
    good, _ = system(intake.store, "alertmanager", "noc", b'{"version": "4", "alerts": []}')

    assert bad == system(intake.set_aside, bad, "it broke the reader")
    assert system(intake.set_aside, bad, "it broke the reader") is None

    assert good == system(intake.oldest)


def test_the_engine_names_its_loops(house: House):
    """Every lane, the in-tray, the receipts and the expansion have their own loop."""
    assert {"in-tray", "receipts", "expand", *Channel} <= set(loops(house.app, lambda: False))
