"""The timeline alone gives back the incident (R34); every story's audit checks it too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coordinator import incidents
from coordinator.verify import verify
from incidents.errors import TongbaoError
from incidents.incident import Incident
from incidents.rebuild import differing, rebuilt
from incidents.terms import IncidentType, Kind
from tests.house import START, House

WORDS = st.dictionaries(st.sampled_from(["zh-CN", "en"]), st.text(min_size=1, max_size=20), max_size=2)
Act = Callable[[House, Incident], object]


def updates(**changes: object) -> Act:
    return lambda house, incident: house.alice.updates(incident, **changes)


def verb(permission: str, name: str, *more: object) -> Act:
    found = getattr(incidents, name)
    return lambda house, incident: house.alice._act(permission, found, incident.reference, *more)


def agrees(house: House, incident: Incident) -> None:
    with house.app.database.transaction() as tx:
        waiting = tx.decisions.waiting(incident.id)
    if waiting:
        house.bob.agrees(incident)


ACTS = st.one_of(
    st.sampled_from(
        [
            verb("confirm", "confirm"),
            lambda house, incident: house.alice.raises(incident, 1),
            lambda house, incident: house.alice.lowers(incident, 2),
            lambda house, incident: agrees(house, incident),
            lambda house, incident: house.alice.reopens(incident),
            lambda house, incident: house.alice.calls_off(incident),
            lambda house, incident: house.alice.waives(house.windows(incident)[-1]),
            lambda house, incident: updates(aware_at=START - timedelta(minutes=7))(house, incident),
            verb("restored", "restored", None, True),
            verb("restored", "restored", None, False),
            verb("resolve", "resolve"),
            verb("close", "close"),
            verb("log", "log", "on site"),
            lambda house, incident: house.alice.undoes(incident),
            verb("log", "log", "spliced", "repair"),
            lambda house, incident: house.alice.does_everything(incident),
            lambda house, incident: house.bob.passes(house.alice.reports(incident, Kind.HANDLING_REPORT)),
        ]
    ),
    st.builds(lambda n: updates(affected=n), st.integers(0, 10**6)),
    st.builds(lambda n: updates(expected_at=START + timedelta(hours=n)), st.integers(1, 50)),
    st.builds(lambda n: updates(onset_at=START - timedelta(minutes=n)), st.integers(0, 50)),
    *(
        st.builds(lambda text, name=name: updates(**{name: text}), WORDS)
        for name in (
            "cause",
            "action",
            "workaround",
            "effects",
            "result",
            "responsible_department",
            "improvement",
        )
    ),
    st.builds(lambda s: updates(cause_status=s), st.sampled_from(["unknown", "suspected", "confirmed"])),
    st.builds(lambda yes: updates(emergency_calls=yes), st.booleans()),
    st.builds(lambda areas: updates(areas=areas), st.sampled_from([("ZZ0101",), ("ZZ0101", "ZZ0201"), ()])),
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    acts=st.lists(ACTS, max_size=12),
    cause=WORDS,
    level=st.sampled_from([2, 3]),
    kind=st.sampled_from(IncidentType),
)
def test_any_history_gives_back_the_incident(
    house: House, acts: list[Act], cause: dict[str, str], level: int, kind: IncidentType
):
    """R34: after any acts in any order the folded timeline equals the stored incident, field by field."""
    incident = house.alice.opens(level=level, cause=cause, type=kind)
    for minutes, act in enumerate(acts):
        house.clock.set(house.clock.now() + timedelta(seconds=minutes))
        try:
            act(house, incident)
        except TongbaoError:
            continue
    assert () == differing(house.incident(incident), house.entries(incident))


def test_a_changed_row_is_found(house: House):
    """R34, R36: an incident that was edited past its timeline is named with its field."""
    incident = house.alice.opens()
    house.writes_raw("UPDATE incidents SET level = 3, title = 'calm'")
    problems = house.app.coordinator.act("read", house.alice.actor, verify)

    assert ["INC-2026-0001: level, title differs from what the timeline tells"] == problems
    assert ("level", "title") == differing(house.incident(incident), house.entries(incident))


def test_a_timeline_without_its_opening_tells_nothing(house: House, tmp_path: Path):
    """R34: what has no beginning is not made up."""
    incident = house.alice.opens()
    assert rebuilt(incident.reference, house.entries(incident)[1:]) is None
    assert ("opened",) == differing(incident, [])
