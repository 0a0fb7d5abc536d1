"""An operator's text is used once a second person has approved exactly it (S4, S8)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from coordinator import notices, templates
from coordinator.act import Act
from incidents.errors import Conflict, Invalid, NotAllowed, NotFound
from incidents.terms import Kind
from notifications.template import Version, VersionState
from tests.coordinator_tests.test_refusals import Unplugged
from tests.house import QUIET, House, Person
from tests.rendering_tests.test_allow import PAYLOADS

PATH = "notices/first_notice/sms.en.txt"
OWN = (
    "{{ signature }}: OWN WORDS {{ headline }} since {{ onset }}; {{ working }}. "
    "Next update by {{ next_update }}: {{ link }}"
)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A house without providers."""
    monkeypatch.setattr("sandbox.client.Sandbox", lambda home: Unplugged())
    built = House(tmp_path, Unplugged(), QUIET)  # type: ignore[arg-type]
    yield built
    built.close()


def submits(who: Person, text: str = OWN, path: str = PATH) -> Version:
    return who._act("template", templates.submit, path, text)


def approves(who: Person, version: Version) -> Version:
    return who._act("approve_template", templates.approve, version.id)


def sms(house: House) -> str:
    """The English SMS of a first notice as it would leave now."""
    notice = house.alice.drafts(house.alice.opens(), Kind.FIRST_NOTICE)
    _, content, _ = house.alice._act("read", notices.preview, notice.id)
    return next(t.body for (_, channel, lang), t in content.texts.items() if (channel, lang) == ("sms", "en"))


def test_a_text_is_used_once_another_person_has_approved_it(house: House):
    """Submitted is not approved, and its author alone is not enough (S4)."""
    version = submits(house.carol)
    assert "OWN WORDS" not in sms(house)
    with pytest.raises(NotAllowed, match="another person"):
        approves(house.carol, version)
    assert "OWN WORDS" not in sms(house)

    approved = approves(house.bob, version)

    assert ("bob", VersionState.APPROVED) == (approved.decided_by, approved.state)
    assert "OWN WORDS" in sms(house)


def test_a_notice_seals_the_version_it_was_made_from(house: House):
    """R20: the frozen text names its template's version, and the notice's hash covers the name."""
    incident = house.alice.opens(level=2)
    approves(house.bob, submits(house.carol))
    notice = house.alice.submits(incident)

    with house.app.database.transaction() as tx:
        texts = tx.notices.texts(notice.id)
    made = {key[2]: text.template for key, text in texts.items() if key[1] == "sms"}
    assert made["en"].startswith("template-1:")
    assert made["zh-CN"].startswith("shipped:")
    assert {"hotline", "social"} < {key[1] for key in texts}


def test_a_new_text_leaves_submitted_notices_alone(house: House):
    """What waits for approval keeps its words; the next draft has the new ones (I7)."""
    notice = house.alice.submits(house.alice.opens(level=2))
    approves(house.bob, submits(house.carol))

    assert house.bob.approves(notice).released
    with house.app.database.transaction() as tx:
        assert not any("OWN WORDS" in text.body for text in tx.notices.texts(notice.id).values())


def test_a_newer_submission_replaces_the_waiting_one(house: House):
    """Nobody approves an older text by mistake."""
    older, newer = submits(house.carol), submits(house.carol, OWN + " ")

    with pytest.raises(Conflict, match="replaced"):
        approves(house.bob, older)
    assert VersionState.APPROVED == approves(house.bob, newer).state


def test_a_declined_text_is_gone(house: House):
    """A reason is kept for the author; the text is never used."""
    version = submits(house.carol)
    with pytest.raises(Invalid, match="reason"):
        house.bob._act("approve_template", templates.decline, version.id, " ")
    declined = house.bob._act("approve_template", templates.decline, version.id, "the hotline is missing")

    assert ("the hotline is missing", "bob") == (declined.reason, declined.decided_by)
    with pytest.raises(Conflict, match="declined"):
        approves(house.bob, version)


def test_the_shipped_text_can_be_put_back(house: House):
    """A text of ours is a text like any other."""
    shipped = house.app.house.renderer.source(PATH)
    with pytest.raises(Conflict, match="in force already, as shipped"):
        submits(house.carol, shipped)
    approves(house.bob, submits(house.carol))
    approves(house.bob, submits(house.carol, shipped))

    assert "OWN WORDS" not in sms(house)


def test_a_text_that_was_changed_in_the_file_is_not_approved(house: House):
    """An approval is bound to the hash of what was submitted (S4)."""
    version = submits(house.carol)
    house.writes_raw("UPDATE template_versions SET text = text || 'x'")

    with pytest.raises(Conflict, match="was changed"):
        approves(house.bob, version)


@pytest.mark.parametrize(
    ("path", "text", "error", "why"),
    [
        ("../evil.txt", OWN, Invalid, "no template's name"),
        ("notices/first_notice/social.en.txt", OWN, Invalid, "no template's name"),
        ("notices/nonsense/sms.en.txt", OWN, Invalid, "no template's name"),
        ("words/fr.yaml", OWN, Invalid, "no template's name"),
        (PATH, " ", Invalid, "empty"),
        (PATH, "x" * 70_000, Invalid, "longer"),
        (PATH, "Trouble. {{ link }}", Invalid, "names none"),
        (PATH, OWN + "{{ plaice }}", Invalid, "plaice"),
        ("words/en.yaml", "headlines: {network_fault: $plaice}", Invalid, "plaice"),
    ],
)
def test_a_bad_submission_changes_nothing(house: House, path: str, text: str, error: type, why: str):
    """The first error of the check refuses it, by name and line."""
    with pytest.raises(error, match=why):
        submits(house.carol, text, path)
    with house.app.database.transaction() as tx:
        assert [] == tx.templates.waiting()


def test_an_unknown_version_is_not_found(house: House):
    """A wrong number is said so."""
    with pytest.raises(NotFound, match="template-7"):
        house.bob._act("approve_template", templates.approve, 7)


CHANNELS = ("sms.en.txt", "email.en.txt", "web.zh-CN.txt", "hotline.zh-CN.txt")


@pytest.mark.parametrize("channel", CHANNELS)
def test_no_hostile_template_can_be_submitted(house: House, channel: str):
    """S8: every injection payload, for each channel, is refused before anything is stored."""
    path = f"notices/correction/{channel}"
    carol = house.carol.actor
    with house.app.database.transaction() as tx:
        act = Act(tx, house.clock.now(), carol, house.app.house)
        sound = house.app.house.renderer.source(path)
        for payload in PAYLOADS:
            with pytest.raises(Invalid):
                templates.submit(act, path, sound + payload)
        assert [] == tx.templates.waiting()
