"""How the forecast, the countdown and the approvals in advance are shown to people."""

from __future__ import annotations

from typing import Any

from cli.screen import Screen

Document = dict[str, Any]
REASONS = {
    "not_yet": "its time has not come",
    "human_in_time": "a person's notice is on its way and will make it",
    "held": "a person holds it",
    "not_approved": "no holding text is approved for this type and level",
    "approval_expired": "the approval of the holding text has expired",
    "text_changed": "the holding texts have changed since they were approved",
    "clock_not_accepted": "after a gap of more than a day nothing goes by itself before a person has looked",
    "past_due": "the window is past due",
    "not_confirmed": "no person has confirmed the incident",
    "beyond_automatic_maximum": "more people than may be told on the word of programs alone",
    "beyond_approved_maximum": "more people than the text is approved for",
    "written_for_the_page": "it went when the level asked for the page alone: a person tells the others",
    "forecast_beyond_cap": "sending would take longer than half of the window",
}
"""Why the holding notice, or one channel of it, does not go."""
NOBODY = {
    "directory_empty": "the directory is empty",
    "no_match": "nobody in the directory has these services in these areas",
    "impact_unknown": "which areas and services are hit is not known",
}
"""Why an incident meets nobody."""
ALARMS = {
    "too_late": "window {id} cannot be told in time as things stand",
    "beyond_cap": "window {id}: sending alone takes more than half of the window; nothing direct goes by itself",
}
OPTIONS = {
    "shorter_text": "a shorter text",
    "email_first": "e-mail first",
    "page_now": "the page now",
}
BY_THE_OPERATOR = (
    "    another provider, or a faster sender: the operator sets [sms] and [email], then restarts"
)
"""No command of a duty manager's does it."""
STANDINGS = {
    "in_force": "in force",
    "expires_soon": "ends within 30 days",
    "approval_expired": "has ended",
    "text_changed": "texts changed since",
}


def countdowns(screen: Screen, windows: list[Document], now: str) -> None:
    """For each window: what is foreseen, loud where it goes wrong."""
    for one in windows:
        _forecast(screen, one)
        _holding(screen, one, now)


def _forecast(screen: Screen, one: Document) -> None:
    found = one.get("forecast")
    if not found or not found["alarm"]:
        return
    screen.say(ALARMS[found["alarm"]], "red", id=_number(one))
    if found["at"]:
        screen.say("  forecast to be told by {at}", at=screen.zoned(found["at"]))
    if found["doubtful"]:
        channels = screen.t(", ").join(screen.word("channels", name) for name in found["doubtful"])
        screen.say("  doubtful, because it is in trouble or needs what is hit: {channels}", channels=channels)
    for option in found["options"]:
        screen.line(f"    {screen.t(OPTIONS[option['option']])}: {option['command']}")
    if found["sender_slow"]:
        screen.say(BY_THE_OPERATOR)


def _number(one: Document) -> int:
    """The window's number: a list of countdowns names it as `window`, a window's own document as `id`."""
    found: int = one.get("id") or one["window"]
    return found


def _holding(screen: Screen, one: Document, now: str) -> None:
    found = one.get("holding")
    number = one.get("id") or one["window"]
    if one.get("reached_nobody"):
        why = screen.t(NOBODY[one["reached_nobody"]])
        screen.say("window {id}: the notice is out and reached nobody: {why}", "red", id=number, why=why)
        screen.say("  say how customers were told: tongbao fulfil {id} --how '…' --evidence '…'", id=number)
        return
    if not found:
        return
    if found["held_by"]:
        said = "window {id}: {name} holds the holding notice: {reason}"
        screen.say(said, "yellow", id=number, name=found["held_by"], reason=found["held_reason"])
    elif found["notice"]:
        screen.say("window {id}: its holding notice is notice {notice}", id=number, notice=found["notice"])
    elif found["why"] == "not_yet":
        left, _ = screen.countdown(found["at"], now)
        screen.say("window {id}: the holding notice goes by itself {left}", id=number, left=left)
    elif found["why"] and found["ahead"]:
        colour = None if found["why"] == "human_in_time" else "red"
        why = screen.t(REASONS[found["why"]])
        screen.say("window {id}: no holding notice goes: {why}", colour, id=number, why=why)
    for channel, reason in found["withheld"].items():
        said = "window {id}: no {channel} of the holding notice goes by itself: {why}"
        why = screen.t(REASONS[reason])
        screen.say(said, "red", id=number, channel=screen.word("channels", channel), why=why)


def nobody(screen: Screen, found: Document | None, reference: str) -> None:
    """Why a notice is for nobody, and what is done about it; the page tells in any case."""
    if not found:
        return
    areas, services = (", ".join(found[name]) for name in ("areas", "services"))
    screen.say(SAID_NOBODY[found["why"]], "yellow", areas=areas, services=services, ref=reference)


SAID_NOBODY = {
    "directory_empty": "the directory is empty, so only the page tells: tongbao customers import FILE",
    "no_match": (
        "nobody in the directory has {services} in {areas}, so only the page tells: "
        "tongbao customers import FILE"
    ),
    "impact_unknown": (
        "which areas and services are hit is not known, so only the page tells: "
        "tongbao update {ref} --area CODE --service CODE"
    ),
}


def ailing(screen: Screen, approvals: list[Document]) -> None:
    """Approvals in advance that end soon, have ended, or stand for other texts."""
    for one in approvals:
        said = "the approval {id} of the holding texts: {standing} ({day}); renew it: {command}"
        values = {"standing": screen.t(STANDINGS[one["state"]]), "day": screen.zoned(one["expires_at"])}
        screen.say(said, "red", id=one["id"], command=one["renew"], **values)


def waiting(screen: Screen, approvals: list[Document]) -> None:
    """Approvals in advance that wait for a second person, or all of them."""
    if approvals:
        heads = ("approval", "types", "levels", "people at most", "until", "state", "who")
        screen.table(heads, [_row(screen, one) for one in approvals])


def holding_list(screen: Screen, shown: Document) -> None:
    waiting(screen, shown["approvals"])
    if not shown["approvals"]:
        screen.say("no holding text is approved: nothing will go by itself", "red")
    countdowns(screen, shown["items"], shown["at"])
    screen.next(shown["next"])


def _row(screen: Screen, one: Document) -> tuple[str, ...]:
    who = ", ".join(name for name in (one["author"], one["decided_by"]) if name)
    return (
        one["id"],
        screen.t(", ").join(screen.t(kind) for kind in one["types"]),
        ",".join(map(str, one["levels"])),
        f"{one['audience_maximum']:,}",
        screen.zoned(one["expires_at"]),
        screen.t(STANDINGS.get(one["state"], one["state"])),
        who,
    )


def holding_approval(screen: Screen, shown: Document) -> None:
    """One approval in advance."""
    screen.line("  ".join(_row(screen, shown)))
    if shown["pending"]:
        screen.say("it waits for the approval of a second person", "yellow")
    if shown["reason"]:
        screen.say("reason: {reason}", "yellow", reason=shown["reason"])
    screen.next(shown["next"])
