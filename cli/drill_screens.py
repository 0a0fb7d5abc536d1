"""What people read of drills: the register, one drill, its score sheet, and the lines of the board."""

from __future__ import annotations

from typing import Any

from cli.screen import Screen

Document = dict[str, Any]
YELLOW, RED = "yellow", "red"


def board(screen: Screen, shown: Document) -> None:
    """Which drill runs, what fails in it, and how many units owe theirs."""
    drills = shown["drills"]
    for reference in drills["running"]:
        screen.say("{ref} is running", YELLOW, ref=reference)
    for channel, trouble in shown["exercise_trouble"].items():
        screen.say("EXERCISE: {channel} has trouble: {trouble}", channel=channel, trouble=trouble)
    if drills["owed"]:
        count = len(drills["owed"])
        screen.say("no full drill in {year}: {n} {n:unit|units}", YELLOW, year=drills["year"], n=count)


DOES = {
    "open": "the incident is reported",
    "update": "new facts come in",
    "dial": "a provider fails, or works again",
    "say": "word for those who take part",
    "restored": "service comes back",
    "partly_restored": "a part comes back",
    "lost_again": "service is lost again",
}
"""What an event of a script does."""


def drill_scripts(screen: Screen, shown: Document) -> None:
    rows = [
        (one["script"], one["level"] or "–", one["events"], f"{one['minutes']:g}", _in(screen, one["title"]))
        for one in shown["items"]
    ]
    screen.table(("script", "level", "events", "minutes", "title"), rows)
    screen.next(shown["next"])


def drill_checked(screen: Screen, shown: Document) -> None:
    rows = [(f"{one['at_minutes']:g}", screen.t(DOES.get(one["do"], one["do"]))) for one in shown["events"]]
    screen.table(("minute", "event of the script"), rows)
    screen.next(shown["next"])


def drill(screen: Screen, shown: Document) -> None:
    """One drill with what comes and came."""
    state = screen.t(shown["state"])
    reference = shown["reference"] or "–"
    screen.say("{ref}: {state}", ref=reference, state=state)
    if shown["full"]:
        screen.say("a full drill of {units}", units=_units(screen, shown))
    if shown["reason"]:
        screen.say("reason: {reason}", YELLOW, reason=shown["reason"])
    _not_come(screen, shown)
    rows = [
        (
            one["number"],
            screen.t(DOES.get(one["do"], one["do"])),
            screen.at(one["due_at"]),
            screen.at(one["done_at"]),
            screen.t(one["outcome"]),
        )
        for one in shown["events"]
    ]
    if rows:
        heads = ("no", "event of the script", "due", "done at ({zone})", "outcome")
        screen.table(heads, rows, zone=screen.zone_name)
    screen.next(shown["next"])


def _not_come(screen: Screen, shown: Document) -> None:
    """Events that did not come; a full drill that lacks one counts for no year."""
    if not shown.get("events_not_come"):
        return
    values = {"n": shown["events_not_come"], "m": shown["events_planned"], "ref": shown["reference"]}
    screen.say("{ref}: {n} of {m} {m:event|events} did not come", YELLOW, **values)
    if shown["full"]:
        screen.say("a full drill of which one did not come counts for no year", YELLOW)


def drill_register(screen: Screen, shown: Document) -> None:
    rows = [
        (
            one["reference"] or "–",
            one["script"] or "–",
            screen.t("yes") if one["full"] else "–",
            _units(screen, one) or "–",
            screen.t(one["state"]),
            screen.at(one["started_at"]),
        )
        for one in shown["items"]
    ]
    if rows:
        heads = ("exercise", "script", "full", "units", "state", "began ({zone})")
        screen.table(heads, rows, zone=screen.zone_name)
    else:
        screen.say("no drills yet")
    for one in shown["items"]:
        if one["full"] and one["state"] == "completed":
            _not_come(screen, one)
    years = [
        (
            _in(screen, one["names"]) or one["unit"] or "–",
            one["year"],
            screen.t(STANDINGS[one["standing"]]),
            screen.at(one["last_at"]),
            screen.t("over 365 days ago") if one["over_365_days"] else "",
        )
        for one in shown["units"]
    ]
    colours = [COLOURS.get(one["standing"]) for one in shown["units"]]
    screen.table(("unit", "year", "full drill", "the last one", ""), years, colours)
    for one in shown["missed"]:
        screen.say(
            "no full drill in {year}: {unit}, on the record", RED, year=one["year"], unit=one["unit"] or "–"
        )
    screen.next(shown["next"])


STANDINGS = {
    "held": "held",
    "open": "still ahead",
    "owed": "no full drill in this calendar year",
    "missed": "missed",
}
COLOURS = {"owed": YELLOW, "missed": RED}


def drill_score(screen: Screen, shown: Document) -> None:
    """The sheet, in the order in which a drill goes."""
    screen.line(f"{shown['reference']}  {shown['title']}", bold=True)
    screen.say("EXERCISE: score sheet, level {level}", level=shown["level"])
    spans = {
        "first acknowledgement after": shown["acknowledged_seconds"],
        "confirmed after": shown["confirmed_seconds"],
        "stood down after": shown["resolved_seconds"],
    }
    for label, seconds in spans.items():
        screen.line(f"  {screen.t(label)}: {'–' if seconds is None else screen.span(seconds)}")
    _first(screen, shown["first_notice"])
    states = screen.t(", ").join(f"{screen.t(name)} {n}" for name, n in shown["windows"].items())
    screen.line(f"  {screen.t('windows')}: {states or '–'}")
    facts = shown["facts"]
    missing = screen.t(", ").join(screen.word("fields", FIELDS[name]) for name in facts["missing"]) or "–"
    template = "  facts of the first notice: {percent} %; missing: {missing}"
    screen.say(template, percent=facts["percent"], missing=missing)
    pages = shown["pages"]
    screen.say(
        "  rounds of pages: {rounds}, acknowledged: {acknowledged}, nobody on duty: {nobody_on_duty}", **pages
    )
    _approvals(screen, shown["approvals"])
    events = screen.t(", ").join(f"{screen.t(name)} {n}" for name, n in shown["events"].items())
    screen.line(f"  {screen.t('events')}: {events or '–'}")
    _not_come(screen, shown)
    for words in shown["findings"]:
        screen.say("  went wrong: {words}", YELLOW, words=_in(screen, words))
    _actions(screen, shown["actions"])
    screen.next(shown["next"])


FIELDS = {
    "onset": "onset_at",
    "area": "areas",
    "service": "services",
    "affected": "affected",
    "cause": "cause",
    "action": "actions",
    "eta": "expected_at",
    "effects": "effects",
}


def _first(screen: Screen, first: Document | None) -> None:
    if first is None:
        return
    late = first["seconds_late"]
    template = "  first notice: {state}, due {due}, told {told}"
    state = screen.t(first["state"])
    screen.say(template, state=state, due=screen.zoned(first["due_at"]), told=screen.zoned(first["told_at"]))
    if late is not None:
        span = screen.span(abs(late))
        screen.say("  that is {span} late" if late > 0 else "  that is {span} before its due", span=span)


def _approvals(screen: Screen, found: list[Document]) -> None:
    for one in found:
        if one["needed"] < 2:
            continue
        kind = screen.t(one["kind"])
        if one["seconds"] is None:
            screen.say("  {kind} ({id}): no approval by a second person", YELLOW, kind=kind, id=one["notice"])
            continue
        by, span = ", ".join(one["by"]) or "–", screen.span(one["seconds"])
        template = "  {kind} ({id}): approved by {by} after {span}"
        screen.say(template, kind=kind, id=one["notice"], by=by, span=span)


def _actions(screen: Screen, found: list[Document]) -> None:
    rows = [
        (one["number"], _in(screen, one["words"]), one["owner"], one["due_on"], screen.at(one["done_at"]))
        for one in found
    ]
    if rows:
        screen.table(("action", "what", "who", "due", "done at ({zone})"), rows, zone=screen.zone_name)


def _in(screen: Screen, words: Document) -> str:
    """Words of the record in the reader's language, else in the one that there is."""
    return str(words.get(screen.language) or next(iter(words.values()), ""))


def _units(screen: Screen, shown: Document) -> str:
    names = (_in(screen, shown["unit_names"].get(unit, {})) or unit for unit in shown["units"])
    return screen.t(", ").join(name for name in names if name)
