"""Verbs of one notice's words: give them, and take them back. A draft only; its approval covers them."""

from __future__ import annotations

from dataclasses import replace

from coordinator import drafting
from coordinator.act import Act
from coordinator.edited import must_be_on_record
from incidents.effects import Effect, Record
from incidents.errors import Conflict, Invalid
from incidents.incident import Incident
from incidents.terms import LANGUAGES, NoticeState
from notifications.notice import FORM_OWN, Notice
from notifications.template import LONGEST, WRITTEN, Version, VersionState, digest_of
from notifications.wording import Finding, Severity

Outcome = tuple[tuple[Notice, tuple[Finding, ...]], list[Effect]]


def words_at(
    act: Act, notice_id: int, channel: str, language: str, form: str = FORM_OWN
) -> tuple[str, list[Effect]]:
    """The words as they stand: this notice's own, else those of the template in force."""
    notice, incident = _draft(act, notice_id)
    return drafting.desk_of(act, notice).source(_path(notice, incident, channel, language, form)), []


def edit(act: Act, notice_id: int, channel: str, language: str, text: str, form: str = FORM_OWN) -> Outcome:
    """Give one text of a draft its own words, with slots as in a template; the remarks on them come back.

    Conflict when it is no draft any more; Invalid for the first error that the check of templates finds, and for a
    number that is not on the record (R20).
    """
    notice, incident = _draft(act, notice_id)
    path = _path(notice, incident, channel, language, form)
    if not text.strip() or len(text) > LONGEST:
        raise Invalid(
            "{path} is empty or longer than {longest} characters",
            path=path,
            longest=LONGEST,
            field="text",
            next="--reset takes your own words back",
        )
    words = Version(
        0, path, text, digest_of(text), act.actor.name, act.now, state=VersionState.WORDS, notice=notice.id
    )
    remarks = _must_be_sound(act, notice, words)
    must_be_on_record(act, drafting.numbered(act, notice, incident), incident, [words])
    _forget(act, notice, path)
    act.tx.templates.add(words)
    said = {"notice": notice.id, "channel": channel, "language": language, "form": form, "hash": words.digest}
    return (notice, remarks), [Record(incident.id, "notice_edited", said)]


def reset(act: Act, notice_id: int, channel: str, language: str, form: str = FORM_OWN) -> Outcome:
    """Take a draft's own words back; the template's count again. Also words for a form or a channel that the
    notice has no more."""
    notice, incident = _draft(act, notice_id)
    written = [p for p in act.tx.templates.words_for(notice.id) if p.endswith(f"/{channel}.{language}.txt")]
    kind = drafting.forms_of(notice, incident).get(form, "")
    mine = [p for p in written if p.startswith(f"notices/{kind}/")] or written
    path = mine[0] if mine else _path(notice, incident, channel, language, form)
    if not _forget(act, notice, path):
        raise Conflict(
            "notice {id} has no words of its own for {channel} in {language}",
            id=notice.id,
            channel=channel,
            language=language,
            field="channel",
            next=f"tongbao notice preview {notice.id}",
        )
    said = {"notice": notice.id, "channel": channel, "language": language, "form": form}
    return (notice, ()), [Record(incident.id, "notice_words_reset", said)]


def _forget(act: Act, notice: Notice, path: str) -> bool:
    before = act.tx.templates.words_for(notice.id).get(path)
    if before is not None:
        act.tx.templates.save(replace(before, state=VersionState.REPLACED, decided_at=act.now))
    return before is not None


def _draft(act: Act, notice_id: int) -> tuple[Notice, Incident]:
    notice = act.tx.notices.get(notice_id)
    if notice.state != NoticeState.DRAFT:
        raise Conflict(
            "notice {id} is {state}; only a draft can be edited",
            id=notice.id,
            state=notice.state,
            field="notice",
            next=("tongbao decline {id} --reason … gives a new draft", {"id": notice.id})
            if notice.state == NoticeState.SUBMITTED
            else f"tongbao notice correct {notice.id}",
        )
    return notice, act.tx.incidents.by_id(notice.incident)


def _path(notice: Notice, incident: Incident, channel: str, language: str, form: str) -> str:
    forms = drafting.forms_of(notice, incident)
    for name, value, known in (
        ("form", form, list(forms)),
        ("channel", channel, [one for one in WRITTEN if one == "hotline" or one in notice.channels]),
        ("language", language, list(LANGUAGES)),
    ):
        if value not in known:
            raise Invalid(
                "notice {id} has no {name} {value}",
                id=notice.id,
                name=name,
                value=value[:40],
                field=name,
                next=("one of: {known}", {"known": tuple(known)}),
            )
    return f"notices/{forms[form]}/{channel}.{language}.txt"


def _must_be_sound(act: Act, notice: Notice, words: Version) -> tuple[Finding, ...]:
    own = {**act.tx.templates.in_force(), **act.tx.templates.words_for(notice.id), words.path: words}
    found = tuple(act.house.renderer.under(own).findings(words.path, drafting.around(act)))
    wrong = next((one for one in found if one.severity is Severity.ERROR), None)
    if wrong is not None:
        raise Invalid(
            "line {line}: {why}",
            line=wrong.line,
            why=wrong.sentence,
            field="text",
            next="nothing was changed; docs/comms.md, section 7, says what each text owes",
        )
    return found
