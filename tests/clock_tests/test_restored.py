"""A database restored from an old backup: verdicts yes, sends no, until reconciled and accepted."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest

from coordinator import clock, reconcile
from incidents.errors import Conflict
from incidents.incident import Incident
from incidents.operation import RECORD_GONE, RESTORED, Operation
from notifications.notice import Notice
from tests.house import QUIET, START, House
from wiring.app import MARK

BACKUP = "backup.db"


def backed_up(house: House) -> None:
    """An online copy, as an operator makes it while everything runs."""
    module = house.app.database.module
    with (
        contextlib.closing(module.connect(str(house.app.database.path))) as source,
        contextlib.closing(module.connect(str(house.folder / BACKUP))) as copy,
    ):
        source.backup(copy)


def restored(house: House) -> None:
    """The copy is put back, and a new process starts on it."""
    house.app.close()
    for name in ("tongbao.db", "tongbao.db-wal", "tongbao.db-shm"):
        (house.folder / name).unlink(missing_ok=True)
    (house.folder / BACKUP).rename(house.folder / "tongbao.db")
    house.restarts()


def standing(house: House) -> list[Operation]:
    return house.app.coordinator.system(clock.status)["standing"]


def accepts(house: House) -> list[Operation]:
    return house.app.coordinator.act("clock", house.alice.actor, clock.accept, "looked at everything")


@pytest.fixture
def released(house: House) -> tuple[House, Incident, Notice]:
    """A level-2 first notice for five people, released; the backup was made before anything of it left.

    Nobody of the staff is paged here: from an old record they may be paged again, which beats not at all.
    """
    house.settings = QUIET
    house.restarts()
    house.has_customers(sms=3, both=2)
    incident = house.alice.opens(level=2)
    notice = house.bob.approves(house.alice.submits(incident))
    backed_up(house)
    house.works()
    return house, incident, house.notice(notice)


def test_an_old_backup_starts_on_hold_and_sends_nothing_again(released: tuple[House, Incident, Notice]):
    """What the record has forgotten is found at the provider: nobody is told twice, and all count as told (I6, §4,
    M25)."""
    house, _, notice = released
    house.fast_forward(minutes=20)
    before = len(house.told("sms")), len(house.told("email"))
    assert (5, 2) == before
    restored(house)

    [held] = standing(house)
    assert (RESTORED, "older", True) == (held.about, held.data["why"], held.alarm)
    house.works()
    with pytest.raises(Conflict, match="asked about"):
        accepts(house)
    house.fast_forward(minutes=15)
    assert {"delivered": 5} == house.counts(notice, "sms")
    assert before == (len(house.told("sms")), len(house.told("email")))

    accepts(house)
    house.fast_forward(minutes=2)
    assert before == (len(house.told("sms")), len(house.told("email")))
    assert [] == standing(house)
    assert "told" == house.notice(notice).state


def test_what_never_left_goes_out_after_a_persons_word(released: tuple[House, Incident, Notice]):
    """What the provider does not know of waits for `clock accept`, and then goes once (I4, I21, §4)."""
    house, incident, notice = released
    backed_up(house)
    house.alice.logs(incident, "this is lost with the disk")
    house.sandbox.dial("twilio", down=1)
    restored(house)
    other = house.alice.opens(level=2, area="ZZ0102")
    house.has_customers(sms=2, area="ZZ0102")
    late = house.bob.approves(house.alice.submits(other))
    house.sandbox.calm()
    house.fast_forward(minutes=15)

    assert ([], {"planned": 2}) == (house.told("sms", late), house.counts(late, "sms"))
    accepts(house)
    house.fast_forward(minutes=1)
    assert (2, 5) == (len(house.told("sms", late)), len(house.told("sms", notice)))


def test_verdicts_do_not_wait(released: tuple[House, Incident, Notice]):
    """On hold a window that falls due is judged like any other: only sends wait (I9, §4)."""
    house, _, _ = released
    late = house.alice.opens(level=1)
    restored(house)
    again = house.alice.opens(level=1)
    house.fast_forward(hours=2, seconds=1)

    assert late.id == again.id
    assert "breached" == house.window(again, "first_notice").state


def test_the_page_does_not_go_back_in_time(released: tuple[House, Incident, Notice]):
    """On hold no page is written either: the public one knows more than the record (§4)."""
    house, incident, _ = released
    page = next(house.folder.glob(f"public/**/{incident.reference}/index.html"))
    before = page.stat().st_mtime_ns
    restored(house)
    house.fast_forward(minutes=10)

    assert before == page.stat().st_mtime_ns


def test_an_unexpanded_notice_is_asked_about_too(house: House):
    """People who had no delivery row in the backup may have been told since: they are asked about first (I6)."""
    house.settings = QUIET
    house.restarts()
    house.has_customers(sms=450)
    incident = house.alice.opens(level=2)
    notice = house.bob.approves(house.alice.submits(incident))
    assert not house.notice(notice).expanded
    backed_up(house)
    house.works()
    restored(house)
    while house.app.coordinator.system(reconcile.reconcile):
        pass

    assert {"in_doubt": 450} == house.counts(notice, "sms")
    house.fast_forward(minutes=15)
    accepts(house)
    house.fast_forward(minutes=1)
    assert 450 == len(house.told("sms", notice))


def test_a_mark_that_lags_holds_nothing(house: House):
    """The mark is written after commits: that it is behind the record is its nature, not an old backup (§4)."""
    house.alice.opens(level=1)
    house.app.close()
    mark = house.folder / MARK
    said = json.loads(mark.read_text())
    assert START.isoformat() == said["instant"]
    mark.write_text(json.dumps({**said, "commits": said["commits"] - 1}))
    house.restarts()

    assert [] == standing(house)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "mark_missing"),
        ("", "mark_missing"),
        ("[]", "mark_missing"),
        ('{"record": "another", "commits": 1, "instant": null}', "another_record"),
    ],
)
def test_a_record_that_its_mark_does_not_know_is_held(house: House, content: str | None, why: str):
    """A backup put into another home, or beside a mark that cannot be read, is on hold as well (§4)."""
    house.alice.opens(level=1)
    house.app.close()
    mark = house.folder / MARK
    mark.unlink() if content is None else mark.write_text(content)
    house.restarts()

    assert [why] == [one.data["why"] for one in standing(house)]
    accepted = _reconciled(house)
    assert [RESTORED] == [one.about for one in accepted]
    house.restarts()
    assert [] == standing(house)


def _reconciled(house: House) -> list[Operation]:
    house.works()
    return accepts(house)


def test_a_new_record_beside_an_old_mark_is_an_alarm(house: House):
    """When the record is gone a new one is begun, and a person is told (§4)."""
    house.alice.opens(level=1)
    house.app.close()
    for file in house.folder.glob("tongbao.db*"):
        file.unlink()
    house.restarts()

    assert [(RECORD_GONE, True)] == [(one.about, one.alarm) for one in standing(house)]


def test_a_hold_survives_a_death_and_is_one(released: tuple[House, Incident, Notice]):
    """However often a process dies after the restore, there is one hold until it is accepted (I15)."""
    house, _, _ = released
    house.fast_forward(minutes=1)
    restored(house)
    house.restarts()
    house.restarts()

    assert [RESTORED] == [one.about for one in standing(house)]


def test_a_person_can_put_it_on_hold(house: House):
    """Who has restored a whole home says so: its mark came back with it and cannot know (§4)."""
    house.has_customers(sms=1)
    incident = house.alice.opens(level=2)
    notice = house.bob.approves(house.alice.submits(incident))
    house.app.coordinator.act("clock", house.alice.actor, clock.hold, "restored the home of Monday")
    with pytest.raises(Conflict):
        house.app.coordinator.act("clock", house.alice.actor, clock.hold, "again")
    house.fast_forward(minutes=12)

    assert [] == house.told("sms", notice)
    accepts(house)
    house.fast_forward(minutes=1)
    assert 1 == len(house.told("sms", notice))


def test_nothing_to_accept_is_said(house: House):
    """A word about nothing is refused, and so is one without a reason."""
    with pytest.raises(Conflict, match="nothing to accept"):
        accepts(house)


def test_the_marks_file_is_where_the_settings_say(house: House, tmp_path: Path):
    """A mark on another disk survives the home's own restore (§4)."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    settings = house.settings.model_copy(
        update={"clock": house.settings.clock.model_copy(update={"mark_file": str(elsewhere / "mark")})}
    )
    house.settings = settings
    (house.folder / MARK).unlink()
    house.app.mark.file = elsewhere / "mark"
    house.alice.opens(level=1)
    house.restarts()

    assert [] == standing(house)
    assert (elsewhere / "mark").exists()
