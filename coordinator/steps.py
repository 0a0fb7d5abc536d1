"""What to do next: the one command that a person should type now, and why. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum

from coordinator import asking, levels, report_views, rulebook, stale
from coordinator.act import Act
from coordinator.family import notices_of
from coordinator.holds import unreconciled
from coordinator.joined import first_fits, material_fits, takes_back
from coordinator.owed import outdated
from coordinator.regime_rows import STEP
from coordinator.standing import of_duplicates
from coordinator.writable import GONE
from incidents.errors import Sentence
from incidents.incident import Incident
from incidents.operation import ACCEPTED_BY_PEOPLE, RESTORED
from incidents.terms import LANGUAGES, REGULATOR, TAKING_BACK, UPWARDS, Kind, NoticeState, Status, Verdict
from notifications.notice import Notice
from notifications.paging import LONG
from playbooks.playbook import parse
from playbooks.task import OWED, Task
from windows.moves import of_their_own
from windows.window import Window

UNDER_WAY = (
    NoticeState.DRAFT,
    NoticeState.SUBMITTED,
    NoticeState.APPROVED,
    NoticeState.SENDING,
    NoticeState.PAUSED,
)


class Rank(IntEnum):
    """What comes first of all that a person can do."""

    LATE = 0
    """Customers wait, and half of their time or more is gone."""
    GRADE = 1
    """Known facts reach a higher level: it decides by when and by which channels they are told."""
    AWAITED = 2
    """What customers wait for, and tasks that nobody took in time."""
    REVIEW = 3
    OPEN = 4
    TIME = 5
    """What has time: reports, a progress notice long before it is due."""
    END = 6


@dataclass(frozen=True)
class Step:
    """The one thing to do: the command to type ("" when there is none) and why."""

    command: str
    why: Sentence
    by_person: bool = True
    window: Window | None = None
    look: str = ""
    """What to read before the command, for who has not read it: a draft's preview."""
    rank: Rank = Rank.AWAITED


UPWARDS_WHY = {
    "phone": "call your superior about {ref}, then say so",
    "written": "write to your superior about {ref}, then say so",
}
UNREAD = "notice {id} is a draft: submit it when you have read it (tongbao notice preview {id})"
REPORT_DUE = "{rule} of {ref} is owed to {audience}: make it, then say so"
NOTHING = Step("", ("nothing is owed", {}), by_person=False)


def following(act: Act, incidents: Iterable[Incident]) -> Step:
    """The one thing to do: of real incidents first, then of exercises."""
    found = list(incidents)
    real = _following(act, [one for one in found if not one.exercise])
    if real.by_person or not any(one.exercise for one in found):
        return real
    played = _following(act, [one for one in found if one.exercise])
    return played if played.by_person or real is NOTHING else real


def _following(act: Act, incidents: Iterable[Incident]) -> Step:
    """What a person can do comes first, by rank and due instant; then what only has to be waited for."""
    by_id = {incident.id: incident for incident in incidents}
    owed = [w for i in by_id for w in act.tx.windows.of_incident(i) if w.owed]
    steps: list[Step | None] = [_accept(act), *of_levels(act, by_id.values())]
    sandbox = act.house.setting.sandbox
    steps += [Step(*asking.waiting_for(d, sandbox)) for i in by_id for d in act.tx.decisions.waiting(i)]
    for one in sorted(owed, key=lambda w: w.due_at):
        steps.append(_pressed(act, one, _of_window(act, one, by_id[one.incident])))
    steps += [_to_settle(i) if i.case else _to_confirm(i) for i in by_id.values() if i.status == Status.OPEN]
    reports = {(w.incident, w.kind) for w in owed if w.told_by in ("report", "person")}
    tasks = [t for i in by_id for t in act.tx.playbooks.tasks(i, OWED)]
    steps += [_of_task(act, t) for t in tasks if t.red or (t.incident_id, _report_of(act, t)) not in reports]
    steps += [_to_close(act, i) for i in by_id.values() if i.status == Status.RESOLVED]
    found = [step for step in steps if step is not None]
    return min(found, key=lambda step: (not step.by_person, step.rank), default=NOTHING)


def _pressed(act: Act, one: Window, step: Step | None) -> Step | None:
    """What customers wait for is late from the middle of its window on."""
    middle = one.runs_from + (one.due_at - one.runs_from) / 2
    waits = step is not None and step.rank == Rank.AWAITED and act.now >= middle
    return replace(step, rank=Rank.LATE) if step is not None and waits else step


def of_levels(act: Act, incidents: Iterable[Incident]) -> list[Step]:
    """The levels that a person should decide on."""
    found = []
    for incident in (one for one in incidents if not one.planned and not one.case):
        todo = levels.to_do(act, incident)
        if todo is not None:
            rank = Rank.GRADE if levels.higher(act, incident) else Rank.REVIEW
            found.append(Step(*todo, rank=rank))
    return found


def _accept(act: Act) -> Step | None:
    """Customers wait for a person's word about the clock or the record: before everything else."""
    found = [one for one in act.tx.operations.standing() if one.about in ACCEPTED_BY_PEOPLE]
    if not found:
        return None
    if any(one.about == RESTORED and unreconciled(act, one) for one in found):
        asked: Sentence = ("what waits for the restored record is being asked about first", {})
        return Step("tongbao tick", asked, by_person=False)
    why: Sentence = ("something about the clock or the record waits for a person's word", {})
    return Step("tongbao clock accept --reason '…'", why, rank=Rank.LATE)


def _to_settle(case: Incident) -> Step:
    """What a complaint waits for once its complainant has heard."""
    why: Sentence = ("when {ref} is settled, its complainant hears how", {"ref": case.reference})
    return Step(f"tongbao resolve {case.reference}", why, rank=Rank.TIME)


def _to_confirm(incident: Incident) -> Step:
    why: Sentence = ("{ref} is not confirmed: its handling has not begun", {"ref": incident.reference})
    return Step(f"tongbao confirm {incident.reference}", why, rank=Rank.OPEN)


def _of_task(act: Act, task: Task) -> Step:
    """One that nobody took in time comes before everything else that customers do not wait for (R14)."""
    if task.step.startswith(STEP):
        return _asks(act, task)
    if not task.red:
        titled: Sentence = ("task {id} is open: {title}", {"id": task.id, "title": dict(task.title)})
        return Step(f"tongbao task done {task.id}", titled, rank=Rank.OPEN)
    holders = [name for name, roles in act.tx.people.all() if task.role in roles]
    other = f" --as {holders[0]}" if act.house.setting.sandbox and holders else ""
    values: dict[str, object] = {"id": task.id, "role": task.role}
    why: Sentence = ("nobody with the role {role} has acknowledged task {id}", values)
    return Step(f"tongbao task ack {task.id}{other}", why)


def _asks(act: Act, task: Task) -> Step:
    """Whether a regime applies is for a person to say."""
    pack, reference = task.step.removeprefix(STEP), act.tx.incidents.by_id(task.incident_id).reference
    values: dict[str, object] = {"pack": pack, "ref": reference, "title": dict(task.title)}
    why: Sentence = (
        "does {pack} apply to {ref}? {title} If not: tongbao regime waive {ref} {pack} --reason …",
        values,
    )
    rank = Rank.AWAITED if task.red else Rank.OPEN
    return Step(f"tongbao regime apply {reference} {pack} --reason '…'", why, rank=rank)


def _report_of(act: Act, task: Task) -> Kind | None:
    """The report whose approval ends the task: its window says what to do."""
    text, _ = act.tx.playbooks.run(task.incident_id)
    return next((step.report for step in parse(text).steps if step.id == task.step), None)


def _to_close(act: Act, incident: Incident) -> Step:
    if not incident.result:
        command = f"tongbao update {incident.reference} --result '…'"
        return Step(
            command, ("{ref} has no result on the record", {"ref": incident.reference}), rank=Rank.END
        )
    for kind, since in outdated(act, incident).items():
        return Step(*report_views.again(act, kind, incident, since), rank=Rank.END)
    why: Sentence = ("{ref} is resolved and owes nothing", {"ref": incident.reference})
    return Step(f"tongbao close {incident.reference}", why, rank=Rank.END)


def _of_window(act: Act, one: Window, incident: Incident) -> Step | None:
    values: dict[str, object] = {"kind": one.kind.value, "ref": incident.reference, "id": one.id}
    if incident.status == Status.PENDING_CONFIRMATION:
        return Step(f"tongbao confirm {incident.reference}", ("{ref} is not confirmed", values), window=one)
    if one.told_by == "report":
        return Step(*report_views.owed(act, one, incident), window=one, rank=Rank.TIME)
    if one.told_by == "person":
        return _by_word(act, one, values)
    found = fitting(act, one)
    moving = [n for n in found if n.state in UNDER_WAY]
    # What a person has to do is never hidden by a holding notice on its way.
    moving = [n for n in moving if not n.holding] or [n for n in moving if not n.held]
    if moving:
        furthest = max(moving, key=lambda n: (UNDER_WAY.index(n.state), n.kind == one.kind))
        return replace(of_notice(act, furthest), window=one)
    if any(n.page_live_at for n in found) and one.audience_state in ("directory_empty", "no_match"):
        command = f"tongbao fulfil {one.id} --how '…' --evidence '…'"
        return Step(command, ("nobody in the directory can be told of {ref}", values), window=one)
    if one.of_one and any(n.state == NoticeState.TOLD for n in found):
        command = f"tongbao fulfil {one.id} --how phone --evidence '…'"
        return Step(
            command, ("the complainant of {ref} was not reached: call, and say so", values), window=one
        )
    if any(n.state == NoticeState.TOLD for n in found):
        why: Sentence = ("window {id} is not fulfilled by what was told", values)
        return Step(f"tongbao explain {one.id}", why, window=one)
    if one.kind in TAKING_BACK:
        return _take_back(act, one, values)
    first = any(n.released for n in notices_of(act, incident) if n.kind == Kind.FIRST_NOTICE)
    if one.kind in (Kind.PROGRESS_UPDATE, Kind.MATERIAL_UPDATE) and not first:
        return None
    command = f"tongbao notice draft {incident.reference} {one.kind}"
    early = one.kind == Kind.PROGRESS_UPDATE and _early(act, one)
    rank = Rank.TIME if early else Rank.AWAITED
    return Step(command, ("{ref} owes a {kind}", values), window=one, rank=rank)


def _by_word(act: Act, one: Window, values: dict[str, object]) -> Step:
    """What a person tells and says so: a report upwards, the archive.

    A report upwards that was missed no longer stands before what customers wait for.
    """
    if one.kind not in UPWARDS:
        command = f"tongbao fulfil {one.id} --how '…' --evidence '…'"
        why: Sentence = ("somebody has to say how {kind} of {ref} was done", values)
        return Step(command, why, window=one, rank=Rank.END)
    how = rulebook.terms_of(act, one).rule.how
    command = f"tongbao fulfil {one.id} --how {how or chr(39) + '…' + chr(39)} --to '…' --evidence '…'"
    said = UPWARDS_WHY.get(how, REPORT_DUE) if one.kind == Kind.SUPERIOR_REPORT else REPORT_DUE
    why = (said, {**values, "rule": one.rule, "audience": _authority(act, one.audience)})
    far = one.state == Verdict.OPEN and one.due_at - one.runs_from > LONG and _early(act, one)
    rank = Rank.TIME if far else Rank.AWAITED if one.state == Verdict.OPEN else Rank.OPEN
    return Step(command, why, window=one, rank=rank)


def _authority(act: Act, audience: str) -> dict[str, str]:
    """Whom a report is owed to, as the house calls them."""
    name = audience.removeprefix(REGULATOR)
    names = {language: act.house.renderer.words(language)["authorities"] for language in LANGUAGES}
    return {language: str(known.get(name, name)) for language, known in names.items()}


def _early(act: Act, one: Window) -> bool:
    """Whether less than half of its time is gone."""
    return act.now < one.runs_from + (one.due_at - one.runs_from) / 2


def _take_back(act: Act, one: Window, values: dict[str, object]) -> Step:
    """What was written to take a notice back did not go out: it is written again."""
    every = act.tx.notices.of_incident(one.incident)
    about = [n.corrects for n in every if n.kind == one.kind and n.sequence == one.sequence]
    if not about:
        return Step(f"tongbao explain {one.id}", ("{ref} owes a {kind}", values), window=one)
    wrong = about[-1]
    correct = f"tongbao notice correct {wrong} --said '…' --right '…'"
    withdraw = f"tongbao notice withdraw {wrong} --reason '…'"
    command = correct if one.kind == Kind.CORRECTION_NOTICE else withdraw
    return Step(command, ("{ref} owes a {kind}", values), window=one)


def fitting(act: Act, one: Window) -> list[Notice]:
    """Notices that may still tell this window."""
    kinds = rulebook.terms_of(act, one).rule.fulfilled_by
    every = act.tx.notices.of_incident(one.incident)
    found = [n for n in every if n.kind in kinds and n.state not in GONE]
    if one.kind in TAKING_BACK:
        return [n for n in found if takes_back(one, n, every)]
    if one.kind == Kind.PROGRESS_UPDATE:
        return [n for n in found if n.page_live_at is None or n.page_live_at > one.started_at]
    if one.kind == Kind.FIRST_NOTICE:
        own = [n for n in found if first_fits(one, n)]
        return [*(of_duplicates(act, one, own) if of_their_own(one) else []), *own]
    if one.kind == Kind.MATERIAL_UPDATE:
        return [n for n in found if material_fits(act, one, n)]
    return found


def of_notice(act: Act, notice: Notice) -> Step:
    """What this notice waits for; what may not go out as it stands is drafted again. Of one that is gone, what waits in
    its place, as after it was declined."""
    newer = _in_its_place(act, notice)
    if newer is not None:
        return of_notice(act, newer)
    if notice.state == NoticeState.SUBMITTED:
        incident = act.tx.incidents.by_id(notice.incident)
        why = stale.why(act, notice, incident)
        if why:
            which = f" --notice {notice.id}" if notice.kind in TAKING_BACK else ""
            again = f"tongbao notice draft {incident.reference} {notice.kind}{which}"
            return Step(again, (why.template, {"id": notice.id, **why.values}))
    return _fresh(notice, act.house.setting.sandbox)


def _in_its_place(act: Act, notice: Notice) -> Notice | None:
    if notice.state not in GONE:
        return None
    same = (notice.kind, notice.corrects, max(1, notice.sequence))
    newer = [
        n for n in act.tx.notices.of_incident(notice.incident) if n.id > notice.id and n.state in UNDER_WAY
    ]
    return next((n for n in newer if (n.kind, n.corrects, max(1, n.sequence)) == same), None)


def _fresh(notice: Notice, sandbox: bool) -> Step:
    values: dict[str, object] = {"id": notice.id, "author": notice.author}
    match notice.state:
        case NoticeState.DRAFT:
            unread: Sentence = (UNREAD, values)
            look = f"tongbao notice preview {notice.id}"
            return Step(f"tongbao notice submit {notice.id}", unread, look=look)
        case NoticeState.SUBMITTED:
            why: Sentence = ("notice {id} waits for a person other than {author}", values)
            other = " --as hq" if notice.author == "bob" else " --as bob"
            return Step(f"tongbao approve {notice.id}" + other * sandbox, why)
        case NoticeState.PAUSED:
            return Step(f"tongbao notice resume {notice.id}", ("notice {id} is paused", values))
        case NoticeState.APPROVED | NoticeState.SENDING:
            return Step("tongbao tick", ("notice {id} is on its way", values), by_person=False)
    return Step("tongbao next", ("notice {id} needs nothing more", values), by_person=False)
