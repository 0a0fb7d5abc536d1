"""Verbs of the templates: submit a text, approve or decline it; what is in force, what waits.

The folder is the writer's desk; a text is used for notices only once a second person has approved it (S4).
"""

from __future__ import annotations

from dataclasses import replace

from coordinator import drafting
from coordinator.act import Act
from incidents.effects import Effect
from incidents.errors import Conflict, Invalid, NotAllowed
from incidents.placeholder import own_words
from notifications.samples import Around
from notifications.template import LONGEST, Own, Version, VersionState, digest_of, known_path
from notifications.wording import Severity

Outcome = tuple[Version, list[Effect]]
MOST_WAITING = 200
"""Texts that may wait for a second person at once."""


def submit(act: Act, path: str, text: str) -> Outcome:
    """Ask a second person to put this text in force; one that waited for the same place is replaced.

    Invalid for a path that is no template's and for the first error that its check finds.
    """
    if not known_path(path):
        raise Invalid(
            "{path} is no template's name",
            path=path[:200],
            field="path",
            next="tongbao template list",
        )
    _must_be_new(act, path, text)
    _must_be_sound(act, path, text)
    waiting = act.tx.templates.waiting()
    for older in waiting:
        if older.path == path:
            act.tx.templates.save(replace(older, state=VersionState.REPLACED))
    if len(waiting) >= MOST_WAITING:
        raise Conflict("{n} texts wait already", n=len(waiting), field="path", next="tongbao pending")
    fresh = Version(0, path, text, digest_of(text), act.actor.name, act.now)
    return act.tx.templates.add(fresh), []


def _must_be_new(act: Act, path: str, text: str) -> None:
    if not text.strip() or len(text) > LONGEST:
        raise Invalid(
            "{path} is empty or longer than {longest} characters",
            path=path,
            longest=LONGEST,
            field="path",
            next="tongbao template check",
        )
    same = [v for v in act.tx.templates.waiting() if v.path == path and v.text == text]
    if same:
        raise Conflict(
            "this text waits for approval already, as {id}",
            id=same[0].name,
            field="path",
            next=f"tongbao approve {same[0].name}",
        )
    own = act.tx.templates.in_force()
    if act.house.renderer.under(own).source(path) == text:
        name = own[path].name if path in own else "shipped"
        raise Conflict(
            "this text of {path} is in force already, as {id}",
            path=path,
            id=name,
            field="path",
            next="tongbao template list",
        )


def _must_be_sound(act: Act, path: str, text: str) -> None:
    """The check that the writer can run too; its first error refuses the submission."""
    trial = Version(0, path, text, digest_of(text), act.actor.name, act.now)
    desk = act.house.renderer.under({**act.tx.templates.in_force(), path: trial})
    wrong = [one for one in desk.findings(path, drafting.around(act)) if one.severity is Severity.ERROR]
    if wrong:
        raise Invalid(
            "template {path}, line {line}: {why}",
            path=path,
            line=wrong[0].line,
            why=wrong[0].sentence,
            field="path",
            next="tongbao template check",
        )


def approve(act: Act, version_id: int) -> Outcome:
    """A second person puts exactly this text in force; notices drafted from now on use it."""
    version = _waiting(act, version_id)
    if act.actor.name == version.author:
        raise NotAllowed(
            "{name} wrote {id}; another person must approve it",
            name=act.actor.name,
            id=version.name,
            field="user",
            next="ask someone else: tongbao pending",
        )
    if digest_of(version.text) != version.digest:
        raise Conflict(
            "{id} was changed after it was submitted",
            id=version.name,
            field="id",
            next="submit it again: tongbao template submit PATH",
        )
    _must_be_sound(act, version.path, version.text)
    return _decided(act, version, VersionState.APPROVED, "")


def decline(act: Act, version_id: int, reason: str) -> Outcome:
    """Refuse a submitted text, with the reason for its author; its author may take it back so too."""
    if not own_words(reason):
        raise Invalid("a reason is needed", field="reason", next="--reason 'what changed'")
    return _decided(act, _waiting(act, version_id), VersionState.DECLINED, reason.strip()[:500])


def _waiting(act: Act, version_id: int) -> Version:
    version = act.tx.templates.get(version_id)
    if version.state is not VersionState.WAITING:
        raise Conflict(
            "{id} is {state}, not waiting for approval",
            id=version.name,
            state=version.state,
            field="id",
            next="tongbao pending",
        )
    return version


def _decided(act: Act, version: Version, state: VersionState, reason: str) -> Outcome:
    decided = replace(version, state=state, decided_by=act.actor.name, decided_at=act.now, reason=reason)
    act.tx.templates.save(decided)
    return decided, []


def in_force(act: Act) -> tuple[tuple[Own, list[Version], Around], list[Effect]]:
    """The approved texts by path, what waits, and what samples are filled from."""
    return (act.tx.templates.in_force(), act.tx.templates.waiting(), drafting.around(act)), []


def versions(act: Act, path: str) -> tuple[list[Version], list[Effect]]:
    """Every version of one text, the oldest first."""
    return act.tx.templates.of_path(path), []
