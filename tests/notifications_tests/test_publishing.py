"""When a publish target is tried again, and what has caught up: decisions, and the row under them."""

from __future__ import annotations

from datetime import timedelta

from coordinator import publishing
from notifications.publishing import ALARM_AFTER, Behind, alarms, tried
from tests.house import START, House


def test_a_target_is_tried_again_ever_later_and_at_least_once_a_minute():
    """1, 2, 4 … seconds after each try that failed, and never more than 60."""
    one, waits = Behind("own", 1, 1, START, START), []
    for _ in range(9):
        after = tried(one, "its address answers with no page", one.next_at)
        waits.append((after.next_at - one.next_at).total_seconds())
        one = after

    assert [1, 2, 4, 8, 16, 32, 60, 60, 60] == waits
    assert (9, "its address answers with no page", START) == (one.tries, one.trouble, one.since)


def test_it_wakes_nobody_for_two_minutes():
    """The instant counts from when it became behind, whatever came since."""
    one = Behind("own", 1, 3, START, START)

    assert not alarms(one, START + ALARM_AFTER - timedelta(microseconds=1))
    assert alarms(one, START + ALARM_AFTER)


def test_who_showed_an_older_page_has_not_caught_up(house: House):
    """A new entry while a target is being caught up with is not lost with the older one."""
    incident = house.alice.opens()
    with house.app.database.transaction() as tx:
        tx.publishing.want("own", incident.id, START, START)
        older = tx.publishing.get("own", incident.id)
        tx.publishing.want("own", incident.id, START + timedelta(seconds=1), START)
    assert older is not None

    assert not house.app.coordinator.system(publishing.shown, older)
    with house.app.database.transaction() as tx:
        newer = tx.publishing.get("own", incident.id)
    assert newer is not None
    assert (START, 2) == (newer.since, newer.version)
    assert house.app.coordinator.system(publishing.shown, newer)
    with house.app.database.transaction() as tx:
        assert tx.publishing.next_at() is None


def test_the_newest_incident_is_shown_first(house: House):
    """A target that is new, or was away for long, lacks many pages: that of today does not come after all the others,
    also when it was tried last."""
    old, today = house.alice.opens(), house.alice.opens(area="ZZ0102")
    with house.app.database.transaction() as tx:
        tx.publishing.want("own", old.id, START, START)
        tx.publishing.want("own", today.id, START, START + timedelta(seconds=1))
        first = tx.publishing.due("own", START + timedelta(seconds=1))
        waits = tx.publishing.due("own", START)
    assert first is not None
    assert waits is not None
    assert (today.id, old.id) == (first.incident, waits.incident)
