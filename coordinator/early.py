"""The holding notice sent early by a person, and what a person can do about a forecast that is too late. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from coordinator import foresight
from coordinator.act import Act
from incidents.errors import Conflict
from incidents.incident import Incident
from incidents.terms import Channel, Kind, NoticeState
from notifications.standing import WHY_NOT, Standing
from windows.forecast import Load
from windows.holding import Situation
from windows.outlook import Outlook
from windows.window import Window


@dataclass(frozen=True)
class Early:
    """What would leave now if a person sent the holding notice of this window."""

    window: Window
    outlook: Outlook
    approval: Standing
    page: bool
    loads: tuple[Load, ...]

    @property
    def channels(self) -> list[str]:
        return [load.channel for load in self.loads]

    def reaches(self, channel: str) -> bool:
        """Whether it would go to anybody by this channel."""
        return any(load.messages for load in self.loads if load.channel == channel)


@dataclass(frozen=True)
class Ways:
    """What can be done about a forecast that is too late."""

    commands: Mapping[str, str]
    """Way -> the one command, which would be accepted as it stands and would bring something."""
    slow: bool
    """Whether sending takes time at all: then another provider helps, which no command of ours brings."""


def next_to_send(act: Act, incident: Incident, wanted: Collection[str]) -> Early:
    """The holding notice that one person may send of it now: of the first notice that is due first, and where none can
    go for that one, of the next; one that is held stops it. Conflict says why there is none for the first."""
    refused: list[Conflict] = []
    for window, outlook in _owed(act, incident):
        try:
            return early(act, incident, window, outlook, wanted)
        except Conflict as error:
            if outlook.held_at is not None:
                raise  # somebody has said why nothing may go; the next would tell the same people
            refused.append(error)
    raise refused[0] if refused else _nothing_owed(incident)


def _owed(act: Act, incident: Incident) -> list[tuple[Window, Outlook]]:
    """The first-notice windows that are still owed and foreseen, by due."""
    owed = act.tx.windows.owed_of(incident.id, Kind.FIRST_NOTICE)
    seen = ((window, act.tx.outlooks.get(window.id)) for window in sorted(owed, key=_by_due))
    return [(window, outlook) for window, outlook in seen if outlook is not None]


def _by_due(window: Window) -> tuple[datetime, int]:
    return window.due_at, window.id


def _nothing_owed(incident: Incident) -> Conflict:
    return Conflict(
        "{ref} owes nothing that has a holding notice",
        ref=incident.reference,
        field="ref",
        next="tongbao next",
    )


def early(act: Act, incident: Incident, window: Window, outlook: Outlook, wanted: Collection[str]) -> Early:
    """What one person may send of it at this moment by these channels; Conflict with the reason when nothing."""
    notices = act.tx.notices.of_incident(incident.id)
    seen = foresight.counted(act, outlook, incident, window)
    person = foresight.human(act, window, notices, seen)
    found = foresight.situation(act, window, seen, incident, notices, person)
    if found is None:
        raise _nothing_owed(incident)
    situation, standing = found
    approval = _may_send(act, incident, window, situation, standing, seen, person)
    page = "web" in wanted and "web" not in situation.gone and not situation.human_page
    loads = tuple(
        load for load in situation.loads if load.channel in wanted and load.channel not in situation.gone
    )
    if not page and not loads:
        raise Conflict(
            "the holding notice of {ref} went already",
            ref=incident.reference,
            field="ref",
            next="tongbao board",
        )
    return Early(window, seen, approval, page, loads)


def _may_send(
    act: Act,
    incident: Incident,
    window: Window,
    situation: Situation,
    approval: Standing | None,
    outlook: Outlook,
    person: foresight.Human,
) -> Standing:
    """The approval by which it goes."""
    if approval is None:
        raise Conflict(
            "no holding notice can go for {ref}: {why}",
            ref=incident.reference,
            why=WHY_NOT.get(situation.refused, situation.refused),
            field="ref",
            next="tongbao holding list",
        )
    if person.in_time(act.now, window.due_at):
        raise Conflict("a person's notice is on its way and will make it", field="ref", next="tongbao board")
    if act.now > window.due_at and person.going:
        raise Conflict("a person's notice is on its way", field="ref", next="tongbao board")
    if situation.held:
        raise Conflict(
            "the holding notice of window {id} is held: {why}",
            id=window.id,
            why=outlook.held_reason or "stopped",
            field="ref",
            next=f"tongbao holding resume {window.id}",
        )
    if situation.audience > approval.maximum:
        raise Conflict(
            "{n} people are hit, and the holding text is approved for {most} at most",
            n=situation.audience,
            most=approval.maximum,
            field="ref",
            next=f"tongbao notice draft {incident.reference} first_notice",
        )
    return approval


def ways_out(act: Act, window: Window, outlook: Outlook) -> Ways:
    """What a person can do about it at this moment (docs/windows.md, "The forecast")."""
    if window.told_by == "page":
        return Ways({}, slow=False)
    incident = act.tx.incidents.by_id(window.incident)
    seen = foresight.counted(act, outlook, incident, window)
    person = foresight.human(act, window, act.tx.notices.of_incident(incident.id), seen)
    # What a person's notice that goes on brings by itself needs no other.
    covered = person.notice.channels if person.notice is not None and person.going else ()
    no_use = {*foresight.doubtful(act, incident), *covered}

    def brings(channel: Channel, *wanted: Channel) -> bool:
        found = None if channel in no_use else _would_send(act, incident, window, wanted)
        return found is not None and (found.page if channel == Channel.WEB else found.reaches(channel))

    send = f"tongbao holding send {incident.reference}"
    ways = {"shorter_text": _shorter(act, person, seen)}
    if not ways["shorter_text"] and brings(Channel.SMS, *Channel):
        ways["shorter_text"] = send
    if brings(Channel.EMAIL, Channel.WEB, Channel.EMAIL):
        ways["email_first"] = f"{send} --channels web,email"
    if brings(Channel.WEB, Channel.WEB):
        ways["page_now"] = f"{send} --channels web"
    commands = {way: command for way, command in ways.items() if command}
    return Ways(commands, slow=any(load.lasts for load in person.loads))


def _shorter(act: Act, person: foresight.Human, outlook: Outlook) -> str:
    """The command that shortens a draft, where the length of its SMS counts; "" where it does not."""
    notice = person.notice
    if notice is None or notice.state != NoticeState.DRAFT or Channel.SMS not in notice.channels:
        return ""
    counts = outlook.people.get(Channel.SMS, 0) and act.house.lane(Channel.SMS).rate
    return f"tongbao notice edit {notice.id} sms zh-CN" if counts else ""


def _would_send(act: Act, incident: Incident, window: Window, wanted: Collection[str]) -> Early | None:
    """What `holding send` by these channels would let go for this very window; None when it would be refused."""
    if window.kind != Kind.FIRST_NOTICE:
        return None
    try:
        found = next_to_send(act, incident, wanted)
    except Conflict:
        return None
    return found if found.window.id == window.id else None
