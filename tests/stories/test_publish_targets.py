"""Several publish targets: the first verified one counts, and none of the others is forgotten (§7)."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from coordinator import publishing
from coordinator.publishing import Lack
from incidents.incident import Incident
from incidents.operation import PUBLISH_BEHIND
from incidents.terms import Channel, Kind
from notifications.notice import Notice
from notifications.paging import CallOut
from tests.forked import processes
from tests.house import QUIET, START, House
from tests.kill_tests.conftest import until
from tests.sites import Site
from wiring import seeds
from wiring.app import build
from wiring.clock import ManualClock
from wiring.settings import Paging, Settings, Target, Web
from worker import pump
from worker.deliver import deliver
from worker.engine import DELIVERY, Engine


class World:
    """The operator's own site, and one at somebody else's."""

    def __init__(self, folder: Path):
        folder.mkdir()
        self.own, self.outside = Site(folder / "own"), Site(folder / "outside")

    @property
    def web(self) -> Web:
        target = Target(name="outside", folder=str(self.outside.folder), public_url=self.outside.url)
        return Web(provider="files", folder=str(self.own.folder), public_url=self.own.url, targets=(target,))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = World(tmp_path / "world")
    yield found
    for site in (found.own, found.outside):
        site.comes_back()
        site.goes_down()


@pytest.fixture
def settings(world: World) -> Settings:
    return QUIET.model_copy(update={"web": world.web})


def lacks(house: House) -> list[Lack]:
    """What `doctor` finds of the targets."""
    app = house.app
    return app.coordinator.glance(lambda act: publishing.lacking(act, app.target_places))


def waiting(house: House) -> set[str]:
    """The targets that are behind, whether anybody has tried or not."""
    with house.app.database.transaction() as tx:
        return {name for name in house.app.target_places if tx.publishing.of(name)}


def entries(text: str) -> list[str]:
    """The tokens of the entries of a page, from the top."""
    return [part.partition('"')[0] for part in text.split('data-entry="')[1:]]


def same_everywhere(world: World, incident: Incident) -> bool:
    """Whether both sites show the same entries, and some."""
    own = entries(world.own.page(incident.reference))
    return bool(own) and own == entries(world.outside.page(incident.reference))


def told(house: House, level: int = 2) -> tuple[Incident, Notice]:
    house.has_customers(both=2)
    incident = house.alice.opens(level=level)
    return incident, house.alice.tells(incident)


def seen_at(house: House, incident: Incident) -> list[str]:
    return [entry.data["address"] for entry in house.entries(incident, "page_live")]


def test_an_entry_stands_at_every_target(house: House, world: World):
    """Both show it, nothing is behind, and the address where it was seen live is on the record."""
    incident, notice = told(house)

    assert same_everywhere(world, incident)
    assert set() == waiting(house)
    assert START == house.notice(notice).page_live_at
    [address] = seen_at(house, incident)
    assert address in {f"{site.url}/incidents/{incident.reference}/" for site in (world.own, world.outside)}
    assert [address] == [d.reference for d in house.deliveries(notice, "web")]
    assert [] == house.audit()


@pytest.mark.parametrize("trouble", ["goes_down", "hangs", "is_old"])
def test_a_broken_site_of_our_own_delays_nothing(house: House, world: World, trouble: str):
    """The operator's own site is down, hangs, or serves what was there before: customers are told by the other one at
    the same instant, and the own one shows the entry once it can."""
    getattr(world.own, trouble)()
    patient: list[bool] = []
    world.outside.on_get = lambda: patient.append(not world.own.given_up())
    incident, notice = told(house)

    window = house.window(incident, "first_notice")
    assert ("met", START) == (window.state, window.told_at)
    assert [f"{world.outside.url}/incidents/{incident.reference}/"] == seen_at(house, incident)
    assert {"first"} == waiting(house)
    assert patient[0], "the other site was only asked once the own one had been given up"

    world.own.comes_back()
    house.fast_forward(minutes=2)
    assert same_everywhere(world, incident)
    assert set() == waiting(house)
    assert START == house.notice(notice).page_live_at


def test_a_target_that_cannot_be_written_is_caught_up_with(house: House, world: World):
    """Something is in the way of the own folder; the files come there when it is gone."""
    world.own.folder.rename(world.own.folder.with_name("away"))
    world.own.folder.write_text("in the way")
    incident, _ = told(house)
    assert "met" == house.window(incident, "first_notice").state

    world.own.folder.unlink()
    house.fast_forward(minutes=2)
    assert same_everywhere(world, incident)


def test_a_page_that_breaks_us_is_tried_again_with_patience(house: House, world: World):
    """Whatever fails while a page is made (I23): no loop turns on the spot, and the entry is there once it can be."""
    made = house.app.site_files
    broken: list[int] = []

    def breaks(*given: Any) -> dict[str, bytes]:
        broken.append(1)
        raise ValueError("no such page")

    house.app.__dict__["site_files"] = breaks
    incident, notice = told(house)
    house.fast_forward(seconds=30)
    assert house.notice(notice).page_live_at is None
    assert len(broken) < 4 * 30

    house.app.__dict__["site_files"] = made
    house.fast_forward(minutes=2)
    assert house.notice(notice).page_live_at is not None
    assert same_everywhere(world, incident)


def test_with_every_target_down_nothing_is_told(house: House, world: World):
    """No target shows it: the window stays open and is breached, told late when one of them is back."""
    world.own.goes_down()
    world.outside.goes_down()
    incident, notice = told(house)
    house.looks_every(minutes=10, until=START + timedelta(hours=2, seconds=1))

    assert ("breached", "owed") == (
        house.window(incident, "first_notice").state,
        house.window(incident, "first_notice").duty,
    )
    assert "page" in house.window(incident, "first_notice").causes[0]
    assert house.notice(notice).page_live_at is None

    world.outside.comes_back()
    house.fast_forward(minutes=2)
    assert "done" == house.window(incident, "first_notice").duty
    assert {"first"} == waiting(house)


def test_a_stop_waits_for_no_target_that_hangs(house: House, world: World):
    """Both hang: the lane says every second that it lives, and ends when it is told to, long before it gives them up;
    the entry stays in line."""
    world.own.hangs()
    world.outside.hangs()
    house.has_customers(both=2)
    incident = house.alice.opens(level=2)
    notice = house.bob.approves(house.alice.submits(incident))
    asked: list[bool] = []

    def stopping() -> bool:
        asked.append(world.own.given_up() or world.outside.given_up())
        return len(asked) == 2

    deliver(house.app, Channel.WEB, stopping)
    assert [False, False] == asked
    assert {"planned": 1} == house.counts(notice, "web")

    world.outside.comes_back()
    world.own.comes_back()
    house.fast_forward(minutes=2)
    assert same_everywhere(world, incident)


def test_people_hear_of_a_target_that_stays_behind(house: House, world: World):
    """Two minutes pass in silence; then an alarm names the target until it shows what it should."""
    world.own.goes_down()
    incident, _ = told(house)
    house.fast_forward(minutes=1)
    assert [] == alarms(house)

    house.fast_forward(minutes=3)
    assert [PUBLISH_BEHIND + "first"] == alarms(house)
    assert [("first", 1, START)] == [(lack.target, lack.pages, lack.since) for lack in lacks(house)]

    world.own.comes_back()
    house.fast_forward(minutes=2)
    assert [] == alarms(house)
    assert [] == lacks(house)
    assert same_everywhere(world, incident)


class TestPeople:
    """Whom it is said to."""

    @pytest.fixture
    def settings(self, world: World) -> Settings:
        return Settings(web=world.web, paging=Paging(channels=("sms",)))

    def test_the_duty_manager_is_paged_once_and_reads_which_target(self, house: House, world: World):
        """The page names the target and what to look at; it is over when the target has caught up."""
        world.own.goes_down()
        incident, _ = told(house)
        house.fast_forward(minutes=3)

        [call] = [call for call in self.calls(house) if "stuck" in call.data]
        assert "duty_manager" == call.to
        assert "发布点 first" in call.data["words"]["zh-CN"]
        assert "look at its folder and its address" in call.data["words"]["en"]
        world.own.comes_back()
        house.fast_forward(minutes=6)
        assert [] == [call for call in self.calls(house) if "stuck" in call.data]
        assert same_everywhere(world, incident)

    def calls(self, house: House) -> list[CallOut]:
        with house.app.database.transaction() as tx:
            return list(tx.paging.live())


def alarms(house: House) -> list[str]:
    with house.app.database.transaction() as tx:
        return [one.about for one in tx.operations.standing()]


def test_a_correction_and_a_withdrawal_reach_every_target(house: House, world: World):
    """The other site missed what was taken back: it must not go on saying it."""
    incident, notice = told(house)
    world.outside.hangs()
    right = {"zh-CN": "受影响的是城东片区", "en": "the east of the city is hit"}
    house.alice.corrects(notice, {"zh-CN": "城西片区", "en": "the west"}, right)
    house.alice.tells(incident, Kind.CORRECTION_NOTICE)
    house.alice.calls_off(incident)
    house.alice.tells(incident, Kind.WITHDRAWAL_NOTICE)

    assert 3 == len(entries(world.own.page(incident.reference)))
    assert {"outside"} == waiting(house)
    world.outside.comes_back()
    house.fast_forward(minutes=2)
    assert same_everywhere(world, incident)
    assert 3 == len(entries(world.outside.page(incident.reference)))
    assert set() == waiting(house)


def test_a_holding_entry_leaves_every_target(house: House, world: World):
    """Once a person has told it the page shows that text only (§6), at a site that missed it as well."""
    seeds.approve_holding(house.app.database, START, house.app.house)
    house.has_customers(both=2)
    incident = house.alice.opens(level=2)
    holding = house.alice.sends_holding(incident)
    house.works()
    assert [token(holding)] == entries(world.own.page(incident.reference))
    world.own.is_old()
    notice = house.alice.tells(incident)
    assert [f"{world.outside.url}/incidents/{incident.reference}/"] == seen_at(house, incident)[1:]

    assert {"first"} == waiting(house)
    world.own.comes_back()
    house.fast_forward(minutes=2)
    assert [token(notice)] == entries(world.own.page(incident.reference))
    assert [token(notice)] == entries(world.outside.page(incident.reference))


def test_a_page_with_nothing_on_it_must_be_ours(house: House, world: World):
    """I21: the only entry was stopped before anybody could read it; a page of somebody else, which shows no entry
    either, has not caught up."""
    house.has_customers(both=2)
    incident = house.alice.opens(level=2)
    for site in (world.own, world.outside):
        site.goes_down()
    notice = house.bob.approves(house.alice.submits(incident))
    house.works()
    house.alice.stops(notice)
    for site in (world.own, world.outside):
        site.comes_back()
    world.outside.is_somebody_elses(incident.reference)
    house.fast_forward(minutes=2)
    assert {"outside"} == waiting(house)

    world.outside.comes_back()
    house.fast_forward(minutes=2)
    assert set() == waiting(house)
    assert [[], []] == [entries(site.page(incident.reference)) for site in (world.own, world.outside)]


def token(notice: Notice) -> str:
    return f"{notice.id}-{notice.text_hash[:16]}"


@pytest.mark.parametrize("last", ["duplicate", "survivor"])
def test_a_duplicate_leads_on_at_a_target_that_missed_all_of_it(house: House, world: World, last: str):
    """The own site was down from before the duplicate was told until after the merge: in whatever order it is caught
    up with, the duplicate's page there leads to the survivor's."""
    world.own.goes_down()
    house.has_customers(both=2)
    duplicate, survivor = house.alice.opens(level=2), house.alice.opens(level=2)
    house.alice.tells(duplicate)
    house.alice.tells(survivor)
    house.alice.merges(duplicate, survivor)
    house.alice.tells(survivor, Kind.PROGRESS_UPDATE)
    assert leads_on(world.outside, duplicate, survivor)
    later = {"duplicate": duplicate, "survivor": survivor}[last].id
    house.writes_raw("UPDATE publish_behind SET next_at = next_at + 60000000 * (incident = ?)", later)

    world.own.comes_back()
    house.fast_forward(minutes=2)
    assert set() == waiting(house)
    assert leads_on(world.own, duplicate, survivor)
    assert same_everywhere(world, survivor)


def leads_on(site: Site, duplicate: Incident, survivor: Incident) -> bool:
    page = site.page(duplicate.reference)
    return survivor.reference in page and not entries(page)


def test_a_target_that_is_new_has_everything_and_one_that_is_gone_is_forgotten(house: House, world: World):
    """A site that is named later shows what was told before; one that is named no more is no alarm."""
    several = house.settings.web
    house.settings = house.settings.model_copy(update={"web": several.model_copy(update={"targets": ()})})
    house.restarts()
    incident, _ = told(house)
    assert [] == world.outside.files()

    house.settings = house.settings.model_copy(update={"web": several})
    house.restarts()
    house.works()
    assert same_everywhere(world, incident)

    world.outside.goes_down()
    house.alice.tells(incident, Kind.PROGRESS_UPDATE)
    house.fast_forward(minutes=4)
    assert [PUBLISH_BEHIND + "outside"] == alarms(house)
    house.settings = house.settings.model_copy(update={"web": several.model_copy(update={"targets": ()})})
    house.restarts()
    house.works()
    assert [] == alarms(house)
    assert house.app.coordinator.glance(lambda act: act.tx.publishing.next_at()) is None


def test_an_exercise_reaches_none_of_them(house: House, world: World):
    """S28: whatever the number of public sites, the pages of an exercise lie apart on this machine."""
    house.has_customers(both=2)
    drill = house.alice.opens(level=2, exercise=True)
    house.alice.tells(drill)

    [entry] = house.entries(drill, "page_live")
    assert "/exercise/" in entry.data["address"]
    assert ([], []) == (world.own.files(), world.outside.files())
    assert set() == waiting(house)


@pytest.mark.parametrize(
    ("point", "nth"),
    [
        ("deliver.after_intent", 1),
        ("page.after_write", 1),
        ("page.after_write", 2),
        ("page.after_verify", 1),
        ("settle.before_commit", 1),
        ("settle.after_commit", 1),
    ],
)
@pytest.mark.kill
def test_a_death_between_the_two_writes_loses_neither(house: House, world: World, point: str, nth: int):
    """kill -9 anywhere between the intent and the last target: the next process tells it once, and at both."""
    house.has_customers(both=2)
    incident = house.alice.opens(level=2)
    notice = house.bob.approves(house.alice.submits(incident))
    assert -signal.SIGKILL == dies_at(house, f"{point}=kill@{nth}")

    house.fast_forward(minutes=2)
    assert same_everywhere(world, incident)
    assert set() == waiting(house)
    assert 1 == len(house.entries(incident, "page_live"))
    assert "told" == house.notice(notice).state
    assert [] == house.audit()


def dying(folder: Path, settings: Settings, failpoint: str) -> None:
    """A process that publishes, and dies at a failpoint."""
    os.environ["TONGBAO_FAILPOINT"] = failpoint
    app = build(settings, folder, ManualClock(START))
    pump.drain(app)


@pytest.mark.kill
def test_a_death_while_one_of_them_hangs_leaves_it_behind_on_the_record(house: House, world: World):
    """kill -9 right after the entry was told by the other site: what the own one has not shown is caught up with."""
    house.has_customers(both=2)
    incident = house.alice.opens(level=2)
    house.bob.approves(house.alice.submits(incident))
    world.own.is_old()
    world.own.hangs()
    assert -signal.SIGKILL == dies_at(house, "settle.after_commit=kill@1")
    assert [START] == [entry.at for entry in house.entries(incident, "page_live")]

    assert {"first"} == waiting(house)
    world.own.comes_back()
    house.fast_forward(minutes=2)
    assert set() == waiting(house)
    assert same_everywhere(world, incident)


def dies_at(house: House, failpoint: str) -> int | None:
    """How a process ended that published in our place; then we are there again."""
    house.app.close()
    dies = processes.Process(target=dying, args=(house.folder, house.settings, failpoint))
    dies.start()
    dies.join()
    house.app = build(house.settings, house.folder, house.clock)
    return dies.exitcode


def test_the_running_program_catches_up_by_itself(house: House, world: World):
    """The loops of `tongbao run`: each target has its own, and shows what it missed soon after it is back."""
    world.own.goes_down()
    house.has_customers(both=2)
    incident = house.alice.opens(level=2)
    notice = house.bob.approves(house.alice.submits(incident))
    engine = Engine(house.app, (DELIVERY,))
    engine.start()
    try:
        until(lambda: house.notice(notice).page_live_at is not None)
        assert not world.own.page(incident.reference) or {"first"} == waiting(house)
        world.own.comes_back()
        until(lambda: not waiting(house) or house.goes_dark(seconds=1))
    finally:
        engine.stop()

    assert same_everywhere(world, incident)


def test_a_target_whose_owner_died_is_caught_up_with(house: House, world: World):
    """The own site is down, the process ends, and another one begins: what that site lacks is on the record."""
    world.own.goes_down()
    incident, _ = told(house)
    house.restarts()
    world.own.comes_back()
    house.fast_forward(minutes=2)

    assert same_everywhere(world, incident)
