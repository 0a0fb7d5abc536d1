"""Notices say the required facts, honestly, in one SMS, and refuse what would not be true or safe."""

import re
from dataclasses import replace
from itertools import product

import pytest

from incidents.errors import Invalid
from incidents.terms import LANGUAGES, Channel, Status
from notifications.parts import count
from notifications.template import (
    APOLOGY,
    COMPLAINT,
    CORRECTION,
    HOLDING,
    HOLDING_RESTORED,
    WITHDRAWAL,
    written,
)
from rendering.folder import read_folder
from rendering.notices import Notices
from rendering.proofs import KINDS, promise_owed
from rendering.words import words

from .cast import KNOWN, OVER, PLANNED, SETTING, SILENT, UNKNOWN, bare, facts, known

NOTICES = Notices()
FULL = {kind: known(kind) for kind in KINDS}
BARE = {kind: bare(kind) for kind in KINDS}
BRIEF = (WITHDRAWAL, HOLDING, HOLDING_RESTORED, PLANNED, COMPLAINT)
"""Kinds that say less than everything, even in the mail."""
SEVERAL_PARTS = {CORRECTION: (2, 2), WITHDRAWAL: (2, 2), APOLOGY: (2, 2), PLANNED: (2, 2)}
"""(zh-CN, en): what must be said there does not fit one part."""
EVERY = [each for each in product(KINDS, Channel, LANGUAGES) if each[1] in written(each[0])]
PUBLIC = [kind for kind in KINDS if kind != COMPLAINT]
"""Kinds that have a page to look at."""
LONG = ("email", "web")


def text(kind, channel, language, incident=None, **more):
    return NOTICES.text(kind, channel, language, facts(kind, language, incident or FULL[kind], **more))


def test_all_templates_pass_their_own_check():
    """R20: every kind × channel × language is there, safe, and names the required facts."""
    assert [] == NOTICES.check()


@pytest.mark.parametrize(
    ("kind", "channel", "language"),
    [each for each in EVERY if each[1] in LONG and each[0] not in BRIEF],
)
def test_the_seven_facts_and_the_four_of_network_faults_are_told(kind, channel, language):
    """R21, R22: time, place, type, scope, measures, expectation, effects; start, number, cause, progress."""
    found = facts(kind, language, FULL[kind])
    body = NOTICES.text(kind, channel, language, found).body

    for slot in ("onset_dated", "place", "type", "services", "affected", "action", "effects", "cause"):
        assert str(found[slot]) in body, slot
    assert str(found["restored_dated" if FULL[kind].restored_at else "expected"]) in body


@pytest.mark.parametrize(("kind", "channel", "language"), EVERY)
def test_only_a_final_notice_promises_nothing(kind, channel, language):
    """R28: a notice that is not final says when the next one comes; a final one does not."""
    body = text(kind, channel, language).body

    assert (kind not in SILENT) == ("15:40" in body)
    assert (kind not in SILENT) == bool(re.search("下次通报|前再?通报|[Nn]ext update", body))


@pytest.mark.parametrize(("kind", "channel", "language"), EVERY)
def test_a_notice_without_its_next_update_is_refused(kind, channel, language):
    """R28: silence cannot be rendered, unless the notice is final."""
    without = {**facts(kind, language, FULL[kind]), "next_update": ""}
    if not promise_owed(kind, over=False):
        assert NOTICES.text(kind, channel, language, without)
        return

    with pytest.raises(Invalid, match="next one"):
        NOTICES.text(kind, channel, language, without)


@pytest.mark.parametrize(("kind", "language"), list(product(KINDS, LANGUAGES)))
@pytest.mark.parametrize("incidents", [FULL, BARE], ids=["known", "unknown"])
@pytest.mark.parametrize(("address", "number"), [("https://yg.example", 1042), ("http://127.0.0.1:43210", 1)])
def test_an_sms_is_one_part_unless_it_takes_back_or_makes_good(kind, language, incidents, address, number):
    """docs/delivery.md, SMS parts: 70 units in Chinese, 160 septets in English, link included."""
    setting = replace(SETTING, public_url=address)
    found = facts(kind, language, incidents[kind], setting, short_number=number)

    counted = count(NOTICES.text(kind, "sms", language, found).body)

    assert ("UCS-2" if language == "zh-CN" else "GSM-7") == counted.encoding
    assert counted.parts <= dict(zip(LANGUAGES, SEVERAL_PARTS.get(kind, (1, 1)), strict=True))[language]


@pytest.mark.parametrize("change", ["restored", "partly_restored", "upgraded"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_sms_about_a_change_is_one_part(change, language):
    """A change that is worth an SMS fits one."""
    incident = replace(KNOWN, status=Status.RESTORED, restored_at=OVER["restored_at"])

    assert 1 == count(text("material_update", "sms", language, incident, change=change).body).parts


@pytest.mark.parametrize(("kind", "language"), list(product(PUBLIC, LANGUAGES)))
def test_an_sms_says_when_where_what_and_where_to_look(kind, language):
    """R21 in brief: onset, place, effect and the page's short address."""
    body = text(kind, "sms", language).body

    onset = () if kind in (HOLDING, HOLDING_RESTORED) else ("14:15",)
    for word in (*onset, {"zh-CN": "滨江区", "en": "Binjiang"}[language], "yg.example/s/1042"):
        assert word in body
    assert {"zh-CN": "手机通话", "en": "mobile calls"}[language] in body


@pytest.mark.parametrize("kind", KINDS)
def test_a_chinese_sms_begins_with_the_signature_and_offers_no_refusal(kind):
    """Service notices are not commercial: signature in front, nothing about unsubscribing."""
    body = text(kind, "sms", "zh-CN").body

    assert body.startswith("【云港电信】")
    assert not re.search("退订|拒收|回复?[TR]", body)


@pytest.mark.parametrize("channel", LONG)
@pytest.mark.parametrize(
    ("language", "cause", "time"),
    [("zh-CN", "原因正在排查", "恢复时间暂不能确定"), ("en", "not yet known", "cannot give a time yet")],
)
def test_the_unknown_is_said_honestly(channel, language, cause, time):
    """AMB-11, AMB-12: no guess and no silence about cause and time."""
    body = text("first_notice", channel, language, UNKNOWN).body

    assert cause in body
    assert time in body


@pytest.mark.parametrize(("kind", "channel", "language"), EVERY)
def test_a_suspected_cause_is_never_told(kind, channel, language):
    """AMB-11: only a confirmed cause is told."""
    suspected = replace(FULL[kind], cause_status="suspected")
    told = text(kind, channel, language, suspected)

    assert "备用路由未能" not in told.body + told.html
    assert "transmission node" not in told.body + told.html


@pytest.mark.parametrize(("kind", "channel"), list(dict.fromkeys(each[:2] for each in EVERY)))
def test_english_notices_have_no_chinese_and_stay_in_gsm_7(kind, channel):
    """An English text never forces UCS-2 and never shows the other language."""
    for incident in (FULL[kind], BARE[kind]):
        told = text(kind, channel, "en", incident)
        assert () == count(told.subject + told.body).forcing


@pytest.mark.parametrize(("language", "no_change"), [("zh-CN", "没有新的进展"), ("en", "no change")])
def test_untranslated_progress_is_not_called_no_progress(language, no_change):
    """R20: "nothing new" is said only when nothing is new."""
    other = {"zh-CN": "en", "en": "zh-CN"}[language]
    done = replace(KNOWN, actions=({other: "x"},))

    assert no_change in text("progress_update", "web", language).body
    assert no_change not in text("progress_update", "web", language, done, new_actions=1).body


@pytest.mark.parametrize(("kind", "channel", "language"), EVERY)
def test_a_drill_says_so_and_nothing_else_does(kind, channel, language):
    """Handbook invariant 6: a drill is marked, a real notice never is."""
    mark = {"zh-CN": "【演练】", "en": "EXERCISE"}[language]
    drill = text(kind, channel, language, replace(FULL[kind], exercise=True))
    real = text(kind, channel, language)

    assert mark in drill.subject + drill.body
    assert mark not in real.subject + real.body


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_has_subject_text_and_html_with_the_same_words(language):
    """Text and HTML parts say the same; the page's address is the only link, and nothing is loaded."""
    mail = text("first_notice", "email", language)

    for line in mail.body.splitlines():
        assert all(piece in mail.html for piece in line.split("https://")[0:1])
    assert 1 == mail.html.count("<a ")
    assert f'<html lang="{language}">' in mail.html
    assert not re.search(r"<(img|script|link|iframe|form)|url\(", mail.html)


def test_an_unknown_or_missing_slot_is_refused():
    """R21: facts are complete or nothing is rendered."""
    found = dict(facts("first_notice", "en"))

    for odd in ({**found, "password": "x"}, {name: found[name] for name in found if name != "place"}):
        with pytest.raises(Invalid, match="missing or unknown") as refusal:
            NOTICES.text("first_notice", "sms", "en", odd)
        assert "notices/first_notice/sms.en.txt" == refusal.value.field


@pytest.mark.parametrize("kind", ["nonsense", "../words", ""])
def test_an_unknown_kind_is_refused(kind):
    """A path is built from known words only."""
    with pytest.raises(Invalid):
        NOTICES.text(kind, "sms", "en", facts("first_notice", "en"))


class TestOperatorsFolder:
    """An operator's own templates and words stand in front of ours, under the same law."""

    def write(self, folder, name, source):
        path = folder / "notices" / "first_notice" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
        return Notices(read_folder(folder).own())

    def sms(self, notices):
        return notices.text("first_notice", "sms", "en", facts("first_notice", "en")).body

    def test_it_stands_in_front(self, tmp_path):
        """One file replaces one text; the rest stay ours."""
        own = self.write(
            tmp_path, "sms.en.txt", "Own {{ headline }} {{ onset }} {{ next_update }} {{ link }}"
        )

        assert self.sms(own).startswith("Own ")
        assert [] == own.check()

    def test_a_drill_is_marked_whatever_it_says(self, tmp_path):
        """R06, invariant 6: a text of an operator's own that forgets the mark gets it; a real one never has it."""
        says = "EXERCISE YG: {{ headline }} {{ onset }} {{ next_update }} {{ link }}"
        own = self.write(tmp_path, "sms.en.txt", says)
        played = facts("first_notice", "en", replace(FULL["first_notice"], exercise=True))
        forgetful = self.write(tmp_path, "sms.en.txt", says.removeprefix("EXERCISE "))

        assert self.sms(own).startswith("exercise YG: ")
        said = forgetful.text("first_notice", "sms", "en", played).body
        assert said.startswith(("EXERCISE - YG: ", "YG: EXERCISE"))
        assert "EXERCISE" not in self.sms(forgetful)

    @pytest.mark.parametrize(
        ("source", "why"),
        [
            ("{{ plaice }}", "plaice"),
            ("{{ place", "cannot be read"),
            ("", "empty"),
            ("{% if 0 %}x{% endif %}", "empty"),
            ("x" * 1_700, "longer than 1600"),
            ("{# " + "x" * 20_001 + " #}", "longer than 20000"),
            ("\x07", "control"),
            ("go to http://evil.example {{ link }}", "link"),
            ("go to evil.example/x {{ link }}", "link"),
            ("{{ link }}.evil.example/x", "link"),
        ],
    )
    def test_a_bad_sms_is_refused_in_a_plain_sentence(self, tmp_path, source, why):
        """S8, S13: the refusal names the file and what is wrong with it."""
        own = self.write(tmp_path, "sms.en.txt", source)

        with pytest.raises(Invalid, match=re.escape(why)) as refusal:
            self.sms(own)
        assert "notices/first_notice/sms.en.txt" == refusal.value.field
        assert any(why in problem for problem in own.check())

    @pytest.mark.parametrize(
        "source",
        ["No head\n\nbody", "Subject: x\nbody", "Subject: \n\nbody", "Subject: x", "Title: x\n\nbody"],
    )
    def test_a_mail_without_a_proper_head_is_refused(self, tmp_path, source):
        """The first line is the subject, the second is blank."""
        own = self.write(tmp_path, "email.en.txt", source)

        with pytest.raises(Invalid):
            own.text("first_notice", "email", "en", facts("first_notice", "en"))

    def test_a_text_that_leaves_a_required_fact_out_is_found(self, tmp_path):
        """R21: an operator's wording cannot drop a fact unnoticed."""
        own = self.write(tmp_path, "sms.en.txt", "Trouble. {{ link }}")

        assert 3 == len(own.check())

    def test_a_way_to_refuse_service_notices_is_found(self, tmp_path):
        """Notices, consent: a service notice offers no opt-out."""
        own = self.write(
            tmp_path,
            "sms.zh-CN.txt",
            "{{ onset }}{{ place }}{{ next_update }}{{ link }} 回复T退订",
        )

        problems = own.check()
        assert any("no way to refuse" in problem for problem in problems)
        assert any("begins with the signature" in problem for problem in problems)

    def test_words_are_merged(self, tmp_path):
        """An operator may rename one thing and keep the rest."""
        (tmp_path / "words").mkdir()
        (tmp_path / "words/en.yaml").write_text("types:\n  network_fault: Network trouble\n")
        own = Notices(read_folder(tmp_path).own())

        assert "Network trouble" == own.words("en")["types"]["network_fault"]
        assert "Service interruption" == own.words("en")["types"]["service_interruption"]

    @pytest.mark.parametrize(
        "content", ["[1, 2]", "types: 5", "types:\n  network_fault: [x]", "a: [", "\x00"]
    )
    def test_wrong_words_are_refused(self, tmp_path, content):
        """A wrong file is found by the check, not at the first notice: ours are said instead."""
        (tmp_path / "words").mkdir()
        (tmp_path / "words/en.yaml").write_text(content)

        own = Notices(read_folder(tmp_path).own())

        assert words("en") == own.words("en")
        assert own.check()
