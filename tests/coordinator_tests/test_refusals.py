"""What the use cases refuse, and that a refusal changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from coordinator import incidents, notices, reclassify
from coordinator.act import Actor
from incidents.effects import Opening
from incidents.errors import Conflict, Invalid, NotAllowed, NotFound
from incidents.incident import Incident
from incidents.lifecycle import MOVES, after
from incidents.terms import IncidentType, Kind, Status
from playbooks.shelf import Shelf
from tests.house import QUIET, START, House


class Unplugged:
    """A sandbox that nothing here needs: refusals never reach a provider."""

    address = {"http": "http://127.0.0.1:9"}  # noqa: RUF012


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A house without providers."""
    monkeypatch.setattr("sandbox.client.Sandbox", lambda home: Unplugged())
    built = House(tmp_path, Unplugged(), QUIET)  # type: ignore[arg-type]
    yield built
    built.close()


FINE = Opening(
    type=IncidentType.NETWORK_FAULT,
    level=2,
    title="手机服务异常",
    areas=("ZZ0101",),
    services=("mobile",),
    onset_at=START,
    aware_at=START,
    affected=46_000,
    cause={},
    source="person",
)
HOUR = timedelta(hours=1)
WRONG: list[tuple[str, dict[str, object], str]] = [
    ("level 0", {"level": 0}, "level"),
    ("level 4", {"level": 4}, "level"),
    ("an empty title", {"title": ""}, "title"),
    ("a title of blanks", {"title": " \n\t "}, "title"),
    ("a title of 201 characters", {"title": "故" * 201}, "title"),
    ("awareness without a zone", {"aware_at": START.replace(tzinfo=None)}, "aware"),
    ("onset without a zone", {"onset_at": START.replace(tzinfo=None)}, "onset"),
    ("awareness in the future", {"aware_at": START + HOUR}, "aware"),
    ("onset in the future", {"onset_at": START + HOUR}, "onset"),
    ("onset after awareness", {"aware_at": START - HOUR, "onset_at": START - HOUR / 2}, "onset"),
    ("an unknown area", {"areas": ("XX99",)}, "area"),
    ("an unknown service", {"services": ("telepathy",)}, "service"),
    ("a negative figure", {"affected": -1}, "affected"),
    ("a figure beyond mankind", {"affected": 2_000_000_001}, "affected"),
]


def opens(house: House, opening: Opening) -> Incident:
    return house.app.coordinator.act("open", house.alice.actor, incidents.open_incident, opening)


def everything(house: House) -> list[Incident]:
    with house.app.database.transaction() as tx:
        return tx.incidents.all()


@pytest.mark.parametrize(("change", "field"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_wrong_opening_is_refused_by_name(house: House, change: dict[str, object], field: str):
    """Every wrong fact is refused with its field and nothing is stored (R12)."""
    with pytest.raises(Invalid) as refused:
        opens(house, replace(FINE, **change))  # type: ignore[arg-type]

    assert field == refused.value.field
    assert [] == everything(house)


def test_a_fine_opening_is_accepted(house: House):
    """The opening that the table spoils one fact at a time is itself accepted (R12)."""
    assert "INC-2026-0001" == opens(house, FINE).reference


def test_unknown_is_accepted_and_listed(house: House):
    """Facts may be unknown, never absent: they are listed as gaps (R12)."""
    blank = replace(FINE, areas=(), services=(), onset_at=None, aware_at=None, affected=None)
    incident = opens(house, blank)

    assert ("onset", "area", "service", "affected", "cause") == incident.gaps()
    assert START == incident.aware_at


def test_a_type_without_a_playbook_is_refused_honestly(house: House):
    """A type that no file has a playbook for is a Conflict that says so, never half an incident (R16)."""
    house.app.coordinator.house = replace(house.app.house, playbooks=Shelf(()))
    with pytest.raises(Conflict, match="no playbook"):
        opens(house, FINE)

    assert [] == everything(house)


@pytest.mark.parametrize("level", [0, 4, -1])
def test_a_level_that_does_not_exist(house: House, level: int):
    """Levels are 1, 2 and 3 (R13)."""
    incident = opens(house, FINE)

    with pytest.raises(Invalid):
        house.alice.raises(incident, level)


@pytest.mark.parametrize("level", [1, 2, 3])
def test_the_level_is_never_repeated(house: House, level: int):
    """The same level again is a Conflict when nobody asked (AMB-06)."""
    incident = opens(house, replace(FINE, level=level))

    with pytest.raises(Conflict):
        house.alice.raises(incident, level)

    assert level == everything(house)[0].level


def test_a_level_without_a_reason(house: House):
    """Who changes the level says why."""
    incident = opens(house, FINE)

    with pytest.raises(Invalid) as refused:
        house.alice._act("level", reclassify.grade, incident.reference, 1, "  ")

    assert "reason" == refused.value.field


MATERIAL: dict[str, dict[str, object]] = {
    "more affected": {"affected": 60_000},
    "fewer affected": {"affected": 30_000},
    "a first estimate": {"expected_at": START + 5 * HOUR},
    "a confirmed cause": {"cause": {"en": "a cut cable"}, "cause_status": "confirmed"},
    "emergency calls": {"emergency_calls": True},
    "another area instead": {"areas": ("ZZ0201",)},
    "another service instead": {"services": ("mobile_voice",)},
}


@pytest.mark.parametrize("change", MATERIAL.values(), ids=MATERIAL)
def test_a_material_change_before_submitting_folds_in(house: House, change: dict[str, object]):
    """Before the first notice is submitted every change is simply part of it (R28)."""
    incident = opens(house, FINE)

    assert incident != house.alice.updates(incident, **change)
    assert ["first_notice"] == [w.kind for w in house.windows(incident)]


@pytest.mark.parametrize("affected", [46_000 + 9_199, 46_000 - 9_199])
def test_less_than_a_fifth_is_not_material(house: House, affected: int):
    """A figure that moves by less than 20 % is put on the record (§2)."""
    incident = opens(house, FINE)
    house.alice.submits(incident)

    assert affected == house.alice.updates(incident, affected=affected).affected.count


def test_an_update_of_nothing(house: House):
    """An update names at least one new fact."""
    with pytest.raises(Invalid, match="nothing to change"):
        house.alice.updates(opens(house, FINE))


def test_times_of_updates_are_checked_like_those_of_openings(house: House):
    """Naive, past and impossible instants are refused (invariant onset ≤ awareness)."""
    incident = opens(house, FINE)
    for change in (
        {"expected_at": START - HOUR},
        {"expected_at": datetime(2026, 10, 15)},  # noqa: DTZ001
        {"onset_at": START + HOUR},
        {"cause_status": "certain"},
        {"affected": -5},
    ):
        with pytest.raises(Invalid):
            house.alice.updates(incident, **change)


@pytest.mark.parametrize("act", ["split", "downgrade", "celebrate"])
@pytest.mark.parametrize("status", Status)
def test_what_is_no_move_is_refused(act: str, status: Status):
    """What is not in the table is refused from every status, with what is possible."""
    with pytest.raises(Conflict) as refused:
        after(act, status, "INC-2026-0001")

    following = str(refused.value.next)
    assert "INC-2026-0001" in following or following.startswith("possible now: tongbao ")


@pytest.mark.parametrize("act", MOVES)
@pytest.mark.parametrize("status", Status)
def test_a_move_is_in_the_table_or_a_conflict(act: str, status: Status):
    """The table is the whole lifecycle: every other pair is refused (R10)."""
    if status in MOVES[act]:
        assert MOVES[act][status] == after(act, status, "INC-2026-0001")
    else:
        with pytest.raises(Conflict):
            after(act, status, "INC-2026-0001")


def test_an_incident_that_owes_something_cannot_be_closed(house: House):
    """Closing names everything that is still owed (R10)."""
    incident = opens(house, FINE)
    with pytest.raises(Conflict):
        house.alice._act("close", incidents.close, incident.reference)
    house.alice.resolves(incident)

    with pytest.raises(Conflict, match="window 1, first_notice"):
        house.alice._act("close", incidents.close, incident.reference)


def test_what_does_not_exist_is_not_found(house: House):
    """Unknown references and numbers are NotFound, exit 3."""
    with pytest.raises(NotFound):
        house.alice._act("resolve", incidents.resolve, "INC-2026-9999")
    with pytest.raises(NotFound):
        house.bob._act("approve", notices.approve, 99)


def test_a_resolution_before_the_end_is_refused(house: House):
    """Nobody is told that it is over before it is (R28)."""
    incident = opens(house, FINE)

    with pytest.raises(Conflict, match="not resolved"):
        house.alice.drafts(incident, Kind.RESOLUTION_NOTICE)


def test_restored_is_not_said_in_advance(house: House):
    """Recovery lies in the past and not before the onset (docomo)."""
    incident = opens(house, FINE)
    for when in (START + HOUR, START - HOUR):
        with pytest.raises(Invalid):
            house.alice._act("restored", incidents.restored, incident.reference, when, False)


def test_who_may_not_does_not(house: House):
    """A verb is done only by its roles, and a refusal leaves nothing behind (S1)."""
    with pytest.raises(NotAllowed):
        house.app.coordinator.act("open", Actor("eve", ("viewer",)), incidents.open_incident, FINE)

    assert [] == everything(house)
