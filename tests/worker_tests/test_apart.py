"""One bad row stops nobody else's clock: neither a verdict, nor a holding notice, nor a page (I9, I23, I28)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from coordinator import judging, paging, views
from incidents.terms import Kind, Verdict
from storage.columns import to_micros
from tests.house import House
from wiring.settings import Settings

FOR_EVER = to_micros(datetime(9999, 12, 31, 23, 59, tzinfo=UTC))
"""An instant that no zone east of Greenwich has."""


@pytest.fixture
def settings() -> Settings:
    """Staff are paged as they are by default."""
    return Settings()


def alarms(house: House) -> list[tuple[str, str]]:
    """What stands, with its reason."""
    board = house.app.coordinator.act("read", house.alice.actor, views.board)
    return [(one["about"], one["data"]["failed"]) for one in board["alarms"]]


def runs(house: House, **span: float) -> None:
    """The clocks are looked at every ten seconds, as a running program does."""
    end = house.clock.now() + timedelta(**span)
    while house.clock.now() < end:
        house.clock.set(house.clock.now() + timedelta(seconds=10))
        house.works()


def test_a_record_that_breaks_every_text_stops_no_other_clock(house: House):
    """Its own verdict is written too; what breaks stands as an alarm, people are paged, and it is over when mended."""
    house.has_holding_texts()
    house.has_customers(both=3)
    broken, other = house.alice.opens(level=2), house.alice.opens(level=2)
    house.writes_raw(f"UPDATE incidents SET expected_at = {FOR_EVER} WHERE id = {broken.id}")
    house.fast_forward(minutes=99)
    runs(house, minutes=4)

    assert Verdict.MET == house.window(other, Kind.FIRST_NOTICE, 1).state
    assert 3 == len(house.told("sms", house.holding(other)))
    [(about, why)] = alarms(house)
    assert "sweep_stuck" == about
    assert "OverflowError" in why
    assert any("其余照常运行" in page["body"] for page in house.paged())

    house.fast_forward(minutes=20)
    assert Verdict.BREACHED == house.window(broken, Kind.FIRST_NOTICE, 1).state
    house.writes_raw(f"UPDATE incidents SET expected_at = NULL WHERE id = {broken.id}")
    runs(house, minutes=1)
    assert [] == alarms(house)
    assert [] == house.audit()


@pytest.mark.parametrize(
    ("room", "name"),
    [(judging, "_looked"), (paging, "_round")],
    ids=["a verdict", "a round of pages"],
)
def test_whatever_breaks_alone_the_rest_goes_on(
    house: House, monkeypatch: pytest.MonkeyPatch, room: object, name: str
):
    """The first row breaks for a while: the other incident's verdict is there, and all of it once it works again."""
    house.has_customers(both=1)
    first, second = house.alice.opens(level=2), house.alice.opens(level=2)
    whole = getattr(room, name)

    def breaks(act, row, *given):
        if row.incident == first.id:
            raise ZeroDivisionError
        return whole(act, row, *given)

    house.fast_forward(minutes=119)
    with monkeypatch.context() as patch:
        patch.setattr(room, name, breaks)
        runs(house, minutes=2)
        assert Verdict.BREACHED == house.window(second, Kind.FIRST_NOTICE, 1).state
        assert ["sweep_stuck"] == [about for about, _ in alarms(house)]
    runs(house, minutes=1)
    assert Verdict.BREACHED == house.window(first, Kind.FIRST_NOTICE, 1).state
    assert [] == alarms(house)
