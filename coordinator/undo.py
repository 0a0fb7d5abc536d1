"""The way back within 5 minutes, while nobody was told of it: the last act of the lifecycle, waiver, correction or
withdrawal.

It is for a person's own slip: what a rule did, as a worse alarm does, stands, and so does what somebody else did.

The record keeps both: what was done, and that it was taken back. Verdicts that fell stay as they fell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from coordinator import drafting, levels
from coordinator.act import SYSTEM, Act
from coordinator.heard import may_have_told
from coordinator.permissions import PERMISSIONS
from incidents.chain import Entry
from incidents.effects import (
    AdvancePlaybook,
    AskRegimes,
    AssignUnit,
    BeginReports,
    DropDrafts,
    Effect,
    EndWindows,
    GrowAudience,
    JudgeWindows,
    LookAtRegimes,
    Record,
    RewindPlaybook,
    UndoWindows,
)
from incidents.errors import Conflict, Invalid, NotAllowed, Sentence
from incidents.incident import Incident
from incidents.lifecycle import OPEN
from incidents.material import CHANGE_OF
from incidents.terms import NoticeState, Status
from incidents.undoing import (
    ASKED,
    OWES_TAKING_BACK,
    RECOVERY,
    UNDONE,
    events_left,
    opened,
    sequence,
    standing,
    taken_back,
)
from notifications.message import Text
from notifications.notice import Notice, TextKey
from playbooks.engine import TASK_ENDED

WITHIN = timedelta(minutes=5)
TWO_INCIDENTS = ("merged", "duplicate_joined", "split", "split_off")
PUT_RIGHT = {
    Status.SCHEDULED: "move it: tongbao planned change {ref} --reason '…', or call it off: "
    "tongbao planned cancel {ref} --reason '…'",
    Status.IN_PROGRESS: "say when it is over: tongbao planned complete {ref}",
}
"""What is done instead about planned work that is not over; of one that is, another is put on the record."""
GIVES_BACK_TASKS = ("false_alarm", "rejected", "reopened", "lost_again")
"""Acts that withdrew tasks."""


def undo(act: Act, reference: str) -> tuple[Incident, list[Effect]]:
    """Take back one's own last act; Conflict says why it cannot be, and what to do instead. NotAllowed names who
    did it: else one person could leave the level that asks for two."""
    incident = act.tx.incidents.record(reference)
    if incident.planned:
        raise _of_planned_work(incident)
    entries = list(act.tx.incidents.entries(incident.id))
    acts = standing(entries)
    last = _last(act, incident, acts, entries)
    if last is None or last.actor == SYSTEM.name:
        raise Conflict("there is nothing to take back", field="status", next=f"tongbao show {reference}")
    _must_be_own(act, reference, last)
    _must_be_of_one_incident(entries, last)
    _must_be_recent(act, last)
    without = taken_back(incident, last)
    if last.kind == "aware_changed":
        _must_be_in_order(without)
    _must_be_untold(act, incident, without, last, entries)
    effects: list[Effect] = [
        Record(incident.id, UNDONE, {"act": last.kind, "sequence": last.sequence}),
        UndoWindows(incident.id, last.kind, last.at, opened(entries, last)),
        DropDrafts(incident.id, last.kind, sequence(entries, last)),
    ]
    if last.kind in ASKED:
        return incident, [*effects, JudgeWindows(incident.id)]
    before = levels.known(act, without)
    act.tx.incidents.save(before)
    return before, [
        *effects,
        BeginReports(incident.id),
        AssignUnit(incident.id),
        RewindPlaybook(incident.id, events_left(one for one in acts if one != last)),
        *([AdvancePlaybook(incident.id, TASK_ENDED)] if last.kind in GIVES_BACK_TASKS else []),
        AskRegimes(incident.id, again=True) if last.kind in GIVES_BACK_TASKS else LookAtRegimes(incident.id),
        *([GrowAudience(incident.id)] if _runs_again(incident, before) else []),
        JudgeWindows(incident.id),
        *([EndWindows(incident.id, "resolution")] if _over_again(incident, before) else []),
    ]


def _of_planned_work(work: Incident) -> Conflict:
    """Its own verbs lead the other way, and owe customers what that asks for."""
    step = PUT_RIGHT.get(work.status, "put it on the record anew: tongbao planned add")
    return Conflict(
        "{ref} is planned work: nothing about it is taken back",
        ref=work.reference,
        field="reference",
        next=(step, {"ref": work.reference}),
    )


def _runs_again(incident: Incident, before: Incident) -> bool:
    """Whether it was over for a moment, in which nobody looked for whom it hits."""
    return incident.status not in OPEN and before.status in OPEN


def _over_again(incident: Incident, before: Incident) -> bool:
    """Whether the response stands down once more: pages that went live meanwhile promise nothing any more."""
    return incident.status in OPEN and before.status not in OPEN


def _last(act: Act, incident: Incident, acts: Sequence[Entry], entries: Sequence[Entry]) -> Entry | None:
    """The last act; a correction that has told its people is over, and covers no slip before it."""
    told = {
        (n.kind, n.sequence)
        for n in act.tx.notices.of_incident(incident.id)
        if n.released and may_have_told(act, n)
    }
    open_ = [
        one for one in acts if one.kind not in ASKED or (ASKED[one.kind], sequence(entries, one)) not in told
    ]
    recent = [one for one in open_[-1:] if act.now - one.at <= WITHIN]
    return next(iter(recent or acts[-1:]), None)


def _must_be_own(act: Act, reference: str, entry: Entry) -> None:
    if act.actor.name != entry.actor:
        raise NotAllowed(
            "{name} did the last act ({act}); nobody else takes it back",
            name=entry.actor,
            act=entry.kind,
            field="user",
            next=_instead(act, reference, entry),
        )


def _instead(act: Act, reference: str, entry: Entry) -> str | Sentence:
    """What helps against another person's act: their own undo, if they may; else the act that leads the other way, as
    where a second person agreed to a lower level."""
    if PERMISSIONS["undo"] & set(act.tx.people.roles(entry.actor) or ()):
        return "ask them to: tongbao undo {ref}", {"ref": reference}
    if entry.kind == "downgraded":
        return f"tongbao level {reference} {entry.data['from']} --reason '…'"
    return "put on the record what is true now: tongbao update {ref}", {"ref": reference}


def _must_be_of_one_incident(entries: Sequence[Entry], last: Entry) -> None:
    """A merge or a split binds two incidents; neither it nor what was before it is taken back."""
    later = [e for e in entries if e.kind in TWO_INCIDENTS]
    if later and later[-1].sequence > last.sequence:
        raise Conflict(
            "a merge or a split cannot be taken back",
            field="status",
            next="put on the record what is true now: tongbao log REF TEXT, tongbao update REF",
        )


def _must_be_recent(act: Act, entry: Entry) -> None:
    if act.now - entry.at > WITHIN:
        raise Conflict(
            "the last act ({act} at {at}) is more than 5 minutes ago",
            act=entry.kind,
            at=entry.at.isoformat(timespec="seconds"),
            field="status",
            next="put on the record what is true now: tongbao log REF TEXT, tongbao update REF",
        )


def _must_be_in_order(without: Incident) -> None:
    """An onset that was said since may come after the awareness that stood before."""
    if without.onset_at is not None and without.onset_at > without.aware_at:
        raise Conflict(
            "onset {what}",
            what="is after awareness",
            field="onset",
            next=("put on the record what is true now: tongbao update {ref}", {"ref": without.reference}),
        )


def _must_be_untold(
    act: Act, incident: Incident, without: Incident, last: Entry, entries: Sequence[Entry]
) -> None:
    """Who was told of it needs a correction; it cannot be made unsaid."""
    later = [e.data["notice"] for e in entries if e.sequence > last.sequence and e.kind == "notice_submitted"]
    owed = sequence(entries, last)
    for notice in map(act.tx.notices.get, later):
        if not notice.released or not _tells(act, notice, incident, without, last, owed):
            continue
        if may_have_told(act, notice):
            raise Conflict(
                "notice {id} has told of it already",
                id=notice.id,
                field="notice",
                next=_mended(incident, last, notice),
            )
        if notice.state != NoticeState.STOPPED:
            raise Conflict(
                "notice {id} is still going out",
                id=notice.id,
                field="notice",
                next=(
                    "tongbao notice stop {id} --reason …, then tongbao undo {ref}",
                    {"id": notice.id, "ref": incident.reference},
                ),
            )


def _mended(incident: Incident, last: Entry, notice: Notice) -> str:
    """The command that puts right what was told; a recovery that was none is reopened, which owes its correction."""
    if last.kind in RECOVERY:
        return f"tongbao reopen {incident.reference} --reason '…'"
    return f"tongbao notice correct {notice.id}"


def _tells(act: Act, notice: Notice, incident: Incident, without: Incident, last: Entry, owed: int) -> bool:
    """Whether this notice would read otherwise had the act not been: it is what the act owes, or a text differs."""
    kind = {**ASKED, **OWES_TAKING_BACK}.get(last.kind)
    if notice.kind == kind and owed:
        return notice.sequence == owed
    if last.kind in ASKED:
        return False
    if notice.change == CHANGE_OF.get(last.kind, last.kind):
        return True
    return _texts(act, notice, incident) != _texts(act, notice, without)


def _texts(act: Act, notice: Notice, incident: Incident) -> Mapping[TextKey, Text] | None:
    """Every text that customers get of it, over this record; None when it cannot be written over it."""
    try:
        content = drafting.content_of(act, notice, incident, 0, notice.submitted_at or act.now)
    except Invalid:
        return None
    return {key: text for key, text in content.texts.items() if key[1] in notice.channels}
