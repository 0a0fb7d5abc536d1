"""Verbs that take back what a notice said: a correction or a withdrawal, owed to exactly those who were told.

Discovering the error starts the clock; the wrong notice stays on the record and on the page as it was (R20).
What was stopped before it told anybody is written again for the same window. A record that is closed stays
closed: an error that is found later is told all the same. What a duplicate said is taken back by its survivor.
"""

from __future__ import annotations

from coordinator import drafting
from coordinator.act import Act
from coordinator.family import own_notices, survivor_of
from coordinator.joined import takes_back
from coordinator.kept import next_sequence
from coordinator.release import superseded
from coordinator.right import must_be_right
from incidents.effects import Effect, OpenWindow, OweTakingBack, Record
from incidents.errors import Conflict, Invalid
from incidents.incident import Bilingual, Incident
from incidents.terms import LANGUAGES, Kind, NoticeState, Status
from incidents.undoing import TAKING_BACK_OWED
from notifications.notice import Notice
from notifications.phrases import phrase
from windows.window import Window

Outcome = tuple[Notice, list[Effect]]
NOTHING_THERE = (Status.REJECTED, Status.FALSE_ALARM)
SETTLED = (NoticeState.TOLD, NoticeState.STOPPED)
WAITING = (NoticeState.DRAFT, NoticeState.SUBMITTED)
GONE = (NoticeState.STOPPED, NoticeState.SUPERSEDED)


def correct(act: Act, notice_id: int, said: Bilingual, right: Bilingual) -> Outcome:
    """The draft of a correction: what notice `notice_id` said wrongly, and what is right. Its window opens now."""
    _must_be_bilingual(said, "said")
    _must_be_bilingual(right, "right")
    return _take_back(act, notice_id, Kind.CORRECTION_NOTICE, said, right)


def withdraw(act: Act, notice_id: int, reason: Bilingual) -> Outcome:
    """The draft of a withdrawal: notice `notice_id` should not have been sent at all. Its window opens now."""
    _must_be_bilingual(reason, "reason")
    return _take_back(act, notice_id, Kind.WITHDRAWAL_NOTICE, {}, reason)


def _take_back(act: Act, notice_id: int, kind: Kind, said: Bilingual, right: Bilingual) -> Outcome:
    wrong = act.tx.notices.get(notice_id)
    incident = act.tx.incidents.by_id(wrong.incident)
    incident = incident if incident.case else survivor_of(act, incident.id)
    unsaid = _unsaid(act, incident, wrong, kind)
    if incident.status in NOTHING_THERE and not unsaid:
        raise Conflict("{ref} is “{status}”", ref=incident.reference, status=incident.status, field="status")
    if incident.planned and kind == Kind.WITHDRAWAL_NOTICE and incident.status != Status.CANCELLED:
        raise Conflict(
            "planned work that is announced is cancelled, or its notice corrected",
            field="notice",
            next=f"tongbao planned cancel {incident.reference} --reason '中文 // English'",
        )
    _must_have_told(wrong)
    _must_be_new(act, incident, wrong, kind, said, right, unsaid)
    draft = act.tx.notices.add(
        Notice(
            id=0,
            incident=incident.id,
            kind=kind,
            state=NoticeState.DRAFT,
            channels=drafting.channels_for(incident, kind),
            author=act.actor.name,
            created_at=act.now,
            level=incident.level,
            corrects=wrong.id,
            takes_back=() if unsaid is None else _all_wrong(act, unsaid),
            sequence=unsaid.sequence if unsaid else next_sequence(act, incident.id, kind),
            said=said,
            right=right,
        )
    )
    must_be_right(act, draft, incident)
    overtaken = _corrections_that_wait(act, draft) if kind == Kind.WITHDRAWAL_NOTICE else []
    facts = {"notice": wrong.id, "number": wrong.number, "said": said, "right": right}
    asked = f"{kind}_owed" if unsaid is None else f"{kind}_again"
    effects: list[Effect] = [
        Record(incident.id, asked, {**facts, "sequence": draft.sequence}),
        Record(incident.id, "notice_drafted", {"notice": draft.id, "kind": kind}),
        *([OpenWindow(incident.id, kind, act.now)] if unsaid is None else []),
    ]
    return draft, effects + [effect for one in overtaken for effect in superseded(act, one)]


def _corrections_that_wait(act: Act, withdrawal: Notice) -> list[Notice]:
    """What a withdrawal says goes further: customers do not get both."""
    every = act.tx.notices.of_incident(withdrawal.incident)
    waiting = [n for n in every if n.kind == Kind.CORRECTION_NOTICE and n.state in WAITING]
    return [n for n in waiting if set(withdrawal.wrong).issuperset(n.wrong)]


def _all_wrong(act: Act, window: Window) -> tuple[int, ...]:
    """The notices that this window is about, as what was stopped had them."""
    return next(n.takes_back for n in _written_for(act, window))


def _written_for(act: Act, window: Window) -> list[Notice]:
    every = act.tx.notices.of_incident(window.incident)
    return [n for n in every if n.kind == window.kind and n.sequence == window.sequence]


def owe(act: Act, effect: OweTakingBack) -> list[Effect]:
    """What several notices said is not so: one correction or withdrawal of all of them, its draft and its window."""
    incident = act.tx.incidents.by_id(effect.incident)
    wrong = act.tx.notices.get(effect.notices[-1])
    said, right = (effect.said, effect.right) if effect.right else _of_a_recovery(act, incident)
    draft = act.tx.notices.add(
        Notice(
            id=0,
            incident=incident.id,
            kind=effect.kind,
            state=NoticeState.DRAFT,
            channels=drafting.channels_for(incident, effect.kind),
            author=act.actor.name,
            created_at=act.now,
            level=incident.level,
            corrects=wrong.id,
            takes_back=effect.notices,
            sequence=effect.sequence or next_sequence(act, incident.id, effect.kind),
            said=said,
            right=right,
        )
    )
    facts = {"notice": wrong.id, "kind": effect.kind, "right": right}
    return [
        Record(incident.id, TAKING_BACK_OWED, {**facts, "sequence": draft.sequence}),
        Record(incident.id, "notice_drafted", {"notice": draft.id, "kind": effect.kind}),
        *([] if effect.sequence else [OpenWindow(incident.id, effect.kind, act.now)]),
    ]


def _of_a_recovery(act: Act, incident: Incident) -> tuple[Bilingual, Bilingual]:
    """What we said too early, and what is so, in the words of the house."""
    said, right = {}, {}
    for language in LANGUAGES:
        words = drafting.renderer(act).words(language)
        ending = words["endings"][incident.type]
        said[language] = phrase(words["too_early"]["said"], ending=ending)
        right[language] = phrase(words["too_early"]["right"], ending=ending)
    return said, right


def _must_be_new(
    act: Act,
    incident: Incident,
    wrong: Notice,
    kind: Kind,
    said: Bilingual,
    right: Bilingual,
    unsaid: Window | None,
) -> None:
    """Typed twice, customers would get it twice. Another error may be corrected once the first one is on its way.
    What cannot tell the window that is owed, as it went before that opened, has not said it."""
    every = own_notices(act, incident.id)
    for one in every:
        if wrong.id in one.wrong and kind == Kind.CORRECTION_NOTICE:
            _must_not_be_withdrawn(wrong, one)
        if (one.kind, one.corrects) != (kind, wrong.id) or one.state in GONE:
            continue
        same = kind == Kind.WITHDRAWAL_NOTICE or (one.said, one.right) == (said, right)
        if one.state in WAITING or (same and one.state != NoticeState.TOLD):
            raise Conflict(
                "notice {id} is already being taken back by notice {newer}",
                id=wrong.id,
                newer=one.id,
                field="notice",
                next=(
                    "tongbao notice preview {id}, or tongbao notice stop {id} --reason … to write it anew",
                    {"id": one.id},
                ),
            )
        if same and (unsaid is None or takes_back(unsaid, one, every)):
            raise Conflict(
                "notice {newer} has told this of notice {id} already",
                id=wrong.id,
                newer=one.id,
                field="notice",
                next=f"tongbao notice status {one.id}",
            )


def _must_not_be_withdrawn(wrong: Notice, other: Notice) -> None:
    """What was withdrawn as a whole has nothing left that could be corrected."""
    stands = other.state not in GONE or other.told_somebody
    if other.kind == Kind.WITHDRAWAL_NOTICE and stands:
        raise Conflict(
            "notice {id} is withdrawn by notice {newer}",
            id=wrong.id,
            newer=other.id,
            field="notice",
            next=f"tongbao notice status {other.id}",
        )


def _unsaid(act: Act, incident: Incident, wrong: Notice, kind: Kind) -> Window | None:
    """The window that is still owed about this notice though nothing will tell it: a new draft answers that one."""
    about = [n for n in act.tx.notices.of_incident(incident.id) if (n.kind, n.corrects) == (kind, wrong.id)]
    going = {n.sequence for n in about if n.state not in GONE}
    silent = {n.sequence for n in about} - going
    every = act.tx.windows.of_incident(incident.id)
    return next((w for w in every if w.kind == kind and w.owed and w.sequence in silent), None)


def _must_have_told(wrong: Notice) -> None:
    if not wrong.released or not wrong.told_somebody:
        raise Conflict(
            "notice {id} has told nobody yet",
            id=wrong.id,
            field="notice",
            next=f"tongbao notice stop {wrong.id} --reason …",
        )
    if wrong.state not in SETTLED:
        raise Conflict(
            "notice {id} is still going out",
            id=wrong.id,
            field="notice",
            next=("tongbao notice stop {id} --reason …, then take it back", {"id": wrong.id}),
        )


def _must_be_bilingual(words: Bilingual, field: str) -> None:
    missing = [language for language in LANGUAGES if not words.get(language, "").strip()]
    if missing:
        raise Invalid(
            "{name} is missing in {languages}",
            name=field,
            languages=", ".join(missing),
            field=field,
            next="write it as: 中文 // English",
        )
