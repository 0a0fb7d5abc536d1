"""How each document is shown to people. Every one ends with what to do next."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from cli import (
    clock_texts,
    decision_screens,
    drill_screens,
    duty_screens,
    holding_texts,
    levels,
    planned_screens,
    regime_texts,
    supervise_screens,
    texts,
    timeline,
)
from cli.screen import Screen

Document = dict[str, Any]
regimes, regime, whatif = regime_texts.regimes, regime_texts.regime, regime_texts.whatif
holding_list, holding_approval = holding_texts.holding_list, holding_texts.holding_approval
supervision = supervise_screens.supervision
decision = decision_screens.decision
planned_work, planned_works = planned_screens.planned_work, planned_screens.planned_works
RED = "red"
DIM = "bright_black"


def document(screen: Screen, shown: Document) -> None:
    """Any flat document, name by name."""
    for name, value in shown.items():
        if name != "next":
            screen.line(f"{name}: {value}")
    screen.next(shown.get("next"))


def text(screen: Screen, shown: Document) -> None:
    screen.line(shown["text"].rstrip("\n"))
    screen.next(shown.get("next"))


def incident(screen: Screen, shown: Document) -> None:
    """The facts, what is owed, and the next step."""
    _facts(screen, shown)
    owed = [window for window in shown["windows"] if window["duty"] == "owed"]
    _windows(screen, owed, shown["at"])
    notices = [n for n in shown["notices"] if n["state"] not in ("told", "stopped", "superseded")]
    _notices(screen, notices, shown["at"])
    decision_screens.decisions(screen, shown)
    regime_texts.of_incident(screen, shown)
    _unfilled(screen, shown)
    _next(screen, shown)


def promoted(screen: Screen, shown: Document) -> None:
    """The incident that a complaint went into; before all else how late the first notice to everybody is already."""
    for one in (window for window in shown["windows"] if window["duty"] == "owed"):
        if late := _late_first(screen, shown, one):
            template = (
                "the first notice to everybody was due {at}: it is {span} late already, and stands as missed"
            )
            screen.warn(template, at=screen.zoned(one["due_at"]), span=late)
    incident(screen, shown)


def _late_first(screen: Screen, shown: Document, window: Document) -> str:
    """How late a first notice is by now; "" when it is not."""
    late = datetime.fromisoformat(shown["at"]) - datetime.fromisoformat(window["due_at"])
    return screen.span(late) if window["kind"] == "first_notice" and late > timedelta() else ""


def _late_if_promoted(screen: Screen, shown: Document) -> None:
    """What everybody is owed counts from the complaint too; said while nobody has promoted it yet."""
    from incidents.lifecycle import OPEN

    late = [said for one in shown["windows"] if (said := _late_first(screen, shown, one))]
    if late and shown["status"] in OPEN:
        template = "promoted now, it owes everybody a first notice that is {span} late already"
        screen.line(f"  {screen.t(template, span=late[0])}", RED)


def record(screen: Screen, shown: Document) -> None:
    """Everything that the record holds of one incident."""
    _facts(screen, shown)
    _windows(screen, shown["windows"], shown["at"])
    _notices(screen, shown["notices"], shown["at"])
    _tasks(screen, [task for task in shown["tasks"] if not task["ended_at"]], shown["at"])
    regime_texts.of_incident(screen, shown)
    _unfilled(screen, shown)
    screen.line()
    rows = [
        (e["sequence"], screen.at(e["at"]), e["actor"], timeline.sentence(screen, e, shown["tasks"]))
        for e in shown["timeline"]
    ]
    screen.table(("no", "time ({zone})", "who", "what"), rows, zone=screen.zone_name)
    _next(screen, shown)


def _named(screen: Screen, codes: list[str], names: Document) -> str:
    """What these codes are called; the code itself where the catalogue has no name."""
    found = (names.get(code, {}).get(screen.language, code) for code in codes)
    return screen.t(", ").join(found) or screen.t("unknown")


def _facts(screen: Screen, shown: Document) -> None:
    t = screen.t
    head = (
        f"{shown['reference']}  {t('level {level}', level=shown['level'])}  {screen.status(shown['status'])}"
    )
    screen.line(f"{head}  {shown['title']}", bold=True)
    affected, unknown = shown["affected"], t("unknown")
    count = unknown
    if affected["count"] is not None:
        figure = f"{affected['count']:,}"
        count = t("{count} ({confidence})", count=figure, confidence=affected["confidence"])
    facts = {
        "type": t("ordinary complaint") if shown.get("case") else t(shown["type"]),
        **({"number elsewhere": shown["case_link"]} if shown.get("case_link") else {}),
        "onset": screen.zoned(shown["onset_at"]) if shown["onset_at"] else unknown,
        "aware": screen.zoned(shown["aware_at"]),
        "areas": _named(screen, shown["areas"], shown["area_names"]),
        "services": _named(screen, shown["services"], shown["service_names"]),
        "belongs to": _unit(screen, shown),
        "affected services": count,
        "cause": f"{' // '.join(shown['cause'].values()) or unknown} ({t(shown['cause_status'])})",
        "expected back": screen.zoned(shown["expected_at"]) if shown["expected_at"] else unknown,
    }
    for name, value in facts.items():
        screen.line(f"  {t(name)}: {value}")
    levels.reasons(screen, shown)
    levels.suggestion(screen, shown)
    if shown.get("case"):
        _late_if_promoted(screen, shown)


def _unit(screen: Screen, shown: Document) -> str:
    name = shown["org_unit_names"].get(screen.language)
    return f"{name} ({shown['org_unit']})" if name else shown["org_unit"] or screen.t("unknown")


def _windows(screen: Screen, windows: list[Document], now: str) -> None:
    if not windows:
        return
    rows, colours = [], []
    for one in windows:
        left, colour = _left(screen, one, now)
        due = screen.at(one["due_at"], now)
        standing = screen.t(one["state"])
        if one["duty"] == "owed" and one["state"] != "open":
            standing = f"{standing}, {screen.t('owed')}"
        rows.append((one["id"], one["incident"], screen.duty(one), due, left, standing))
        colours.append(colour)
    screen.line()
    screen.table(("window", "incident", "kind", "due", "left", "state"), rows, colours)
    screen.say("times are {zone}", zone=screen.zone_name)
    holding_texts.countdowns(screen, windows, now)


def _left(screen: Screen, one: Document, now: str) -> tuple[str, str | None]:
    if one["duty"] == "owed":
        return screen.countdown(one["due_at"], now)
    return "–", RED if one["state"] == "breached" else None


def _notices(screen: Screen, notices: list[Document], now: str) -> None:
    if not notices:
        return
    screen.line()
    rows = [
        (
            n["id"],
            n["incident"],
            screen.t(n["kind"]),
            screen.t(n["state"]),
            ",".join(n["channels"]),
            "–" if n["state"] == "draft" else f"{n['audience_size']:,}",
            _progress(n),
        )
        for n in notices
    ]
    screen.table(("notice", "incident", "kind", "state", "channels", "people", "so far"), rows)


def _progress(notice: Document) -> str:
    people = notice["people"]
    if not notice["released_at"]:
        return "–"
    done = people["reached"] + people["impossible"] + people["unconfirmed"]
    return f"{done:,}/{notice['audience_size']:,}"


def _tasks(screen: Screen, tasks: list[Document], now: str) -> None:
    if not tasks:
        return
    screen.line()
    rows, colours = [], []
    for one in tasks:
        left, colour = ("–", None)
        if one["due_at"] and not one["ended_at"]:
            left, colour = screen.countdown(one["due_at"], now)
        if one["red"]:
            colour = RED
        title = one["title"].get(screen.language) or next(iter(one["title"].values()), "")
        who = screen.word("departments", one["department"])
        state = screen.t("taken") if one["state"] == "acknowledged" else screen.word("tasks", one["state"])
        rows.append((one["id"], one["incident"], title, who, state, left))
        colours.append(colour)
    screen.table(("task", "incident", "title", "department", "state", "left"), rows, colours)


def _unfilled(screen: Screen, shown: Document) -> None:
    """Roles that tasks ask for and nobody has."""
    for role in shown["unfilled_roles"]:
        screen.say(
            "no one has the role {role}, and its tasks have nobody; name one: tongbao user add",
            RED,
            role=role,
        )


def _next(screen: Screen, shown: Document) -> None:
    """Why, then the command."""
    if "next_why" in shown:
        screen.line()
        why, values = shown["next_why"]
        screen.say(why, **values)
    screen.next(shown.get("next"))
    for other in shown.get("also", []):
        screen.line()
        why, values = other["next_why"]
        screen.say(why, **values)
        screen.say("after that → {command}", DIM, command=other["next"])


def board(screen: Screen, shown: Document) -> None:
    clock_texts.alarms(screen, shown)
    drill_screens.board(screen, shown)
    planned_screens.board(screen, shown)
    for channel, trouble in shown["trouble"].items():
        screen.say("{channel} has trouble: {trouble}", RED, channel=channel, trouble=trouble)
    if shown["checkpoint"]["trouble"]:
        screen.say("no checkpoint can be written: {why}", RED, why=shown["checkpoint"]["trouble"])
    if shown["chat"] and shown["chat"]["trouble"]:
        screen.say("the staff chat has trouble ({trouble}); {waiting} posts wait", DIM, **shown["chat"])
    rows = [
        (
            one["reference"],
            one["level"],
            screen.status(one["status"]),
            one["title"],
            _named(screen, one["areas"], shown["area_names"]),
            _named(screen, one["services"], shown["service_names"]),
        )
        for one in shown["incidents"]
    ]
    if rows:
        screen.table(("incident", "level", "status", "title", "areas", "services"), rows)
    levels.reviews(screen, shown["incidents"])
    holding_texts.ailing(screen, shown["holding_approvals"])
    _windows(screen, shown["windows"], shown["at"])
    _notices(screen, shown["notices"], shown["at"])
    _tasks(screen, shown["tasks"], shown["at"])
    duty_screens.pages(screen, shown["pages"])
    _unfilled(screen, shown)
    _next(screen, shown)


def next_step(screen: Screen, shown: Document) -> None:
    clock_texts.alarms(screen, shown)
    _windows(screen, shown["windows"], shown["at"])
    _tasks(screen, shown["tasks"], shown["at"])
    duty_screens.pages(screen, shown["pages"])
    _unfilled(screen, shown)
    _next(screen, shown)


def incidents(screen: Screen, shown: Document) -> None:
    rows = [
        (
            one["reference"],
            one["level"],
            screen.status(one["status"]),
            screen.at(one["opened_at"]),
            one["title"],
        )
        for one in shown["items"]
    ]
    if rows:
        screen.table(("incident", "level", "status", "opened ({zone})", "title"), rows, zone=screen.zone_name)
    else:
        screen.say("no incidents")
    if "more_after" not in shown:
        screen.next("tongbao show REF" if rows else "tongbao open --help")


def notice(screen: Screen, shown: Document) -> None:
    """One notice: how far it is, by channel and language."""
    t = screen.t
    title = t("notice {id} of {ref}", id=shown["id"], ref=shown["incident"])
    screen.line(f"{title}: {t(shown['kind'])}, {t(shown['state'])}", bold=True)
    channels = ", ".join(shown["channels"])
    if shown["state"] == "draft":
        screen.say(
            "by {channels}; to how many people: tongbao notice preview {id}",
            channels=channels,
            id=shown["id"],
        )
    else:
        screen.say("{n} {n:person|people} by {channels}", n=f"{shown['audience_size']:,}", channels=channels)
    holding_texts.nobody(screen, shown["nobody"], shown["incident"])
    _own_words(screen, shown)
    _warnings(screen, shown)
    if shown["automatic"]:
        screen.say("AUTOMATIC: it went by itself, by an approval in advance", "yellow")
    if shown["held_channels"]:
        names = screen.t(", ").join(screen.word("channels", name) for name in shown["held_channels"])
        screen.say("kept back so far: {channels}", "yellow", channels=names)
    for one in shown["approvals"]:
        word = (
            "submitted by {user} at {at}" if one["user"] == shown["author"] else "approved by {user} at {at}"
        )
        screen.say(word, user=one["user"], at=screen.zoned(one["at"]))
    if shown["pending"]:
        screen.say("it waits for the approval of a second person", "yellow")
        if shown["approvers"]:
            screen.say("who may approve: {names}", names=", ".join(shown["approvers"]))
        else:
            screen.say("nobody else may approve yet: tongbao user add NAME --role approver", "red")
    _spared(screen, shown)
    if shown["stopped_reason"]:
        screen.say("reason: {reason}", "yellow", reason=shown["stopped_reason"])
    for name, label in TIMES.items():
        if shown[name]:
            screen.line(f"  {t(label)}: {screen.zoned(shown[name])}")
    rows = [(one["channel"], one["language"] or "–", _counts(screen, one["counts"])) for one in shown["by"]]
    if rows:
        screen.table(("channel", "language", "deliveries"), rows)
    _pace(screen, shown)
    _deliveries(screen, shown.get("deliveries", []))
    screen.next(shown["next"])


def _spared(screen: Screen, shown: Document) -> None:
    """Who gets no text of it, and why."""
    soon = shown["spares"]
    if soon:
        template = "up to {n} {n:person|people} will get no SMS of it: they had one less than {hours} h ago"
        screen.say(template, "yellow", n=f"{soon['at_most']:,}", hours=soon["hours"])
    for one in shown["suppressed"]:
        if one["reason"] == "already_told":
            told = "{n} {n:message|messages} did not go: another notice had reached these people meanwhile"
            screen.say(told, n=f"{one['count']:,}")
            continue
        template = "{n} {n:person|people} got no SMS of it: they had had one less than {hours} h before"
        screen.say(template, n=f"{one['count']:,}", hours=one["hours"])


def _pace(screen: Screen, shown: Document) -> None:
    """While it goes out: how fast, how much is left, how long that takes; – where nobody can know yet."""
    pace = shown["pace"]
    if shown["state"] not in ("sending", "told") or not pace["left"]:
        return
    known = pace["per_second"] is not None
    rate = screen.t("{n} messages a second", n=f"{pace['per_second']:,}") if known else "–"
    left = screen.span(pace["seconds_left"]) if known else "–"
    screen.line(f"  {screen.t('rate since release')}: {rate}")
    screen.say("  {n} {n:message|messages} left, about {span}", n=f"{pace['left']:,}", span=left)


TIMES = {
    "released_at": "released",
    "page_live_at": "page live",
    "told_at": "told",
    "next_update_at": "next update promised",
    "forecast_at": "forecast to be sent by",
}


def _counts(screen: Screen, counts: dict[str, int]) -> str:
    return ", ".join(f"{screen.t(state)} {n:,}" for state, n in counts.items())


ROWS_SHOWN = 50


def _deliveries(screen: Screen, rows: list[Document]) -> None:
    if not rows:
        return
    cells = [
        (r["id"], r["channel"], r["language"] or "–", screen.t(r["state"]), r["attempts"], r["reason"])
        for r in rows[:ROWS_SHOWN]
    ]
    screen.table(("delivery", "channel", "language", "state", "attempts", "reason"), cells)
    if len(rows) > ROWS_SHOWN:
        screen.say("and {n} more; --json lists all", n=f"{len(rows) - ROWS_SHOWN:,}")


def pending(screen: Screen, shown: Document) -> None:
    if not any(shown[name] for name in ("items", "reports", "templates", "decisions", "holding")):
        screen.say("nothing waits for a second person")
    _notices(screen, shown["items"], shown["at"])
    if shown["reports"]:
        screen.line()
        rows = [(r["id"], r["incident"], screen.t(r["kind"]), r["author"]) for r in shown["reports"]]
        screen.table(("report number", "incident", "kind", "who"), rows)
    decision_screens.decisions(screen, shown)
    texts.waiting(screen, shown["templates"])
    holding_texts.waiting(screen, shown["holding"])
    screen.next(shown["next"] or "tongbao board")


def preview(screen: Screen, shown: Document) -> None:
    """The texts as customers would read them."""
    notice_people = f"{shown['audience_size']:,}"
    screen.say("notice {id} is for {n} {n:person|people}", id=shown["id"], n=notice_people)
    holding_texts.nobody(screen, shown["nobody"], shown["incident"])
    if shown["out_of_reach"]:
        out = f"{shown['out_of_reach']:,}"
        screen.say(
            "{n} of them {n:has|have} no address or refused service notices: the page alone tells", n=out
        )
    _own_words(screen, shown)
    _warnings(screen, shown)
    _spared(screen, shown)
    _texts(screen, shown)


def edited(screen: Screen, shown: Document) -> None:
    """Remarks on what a person wrote, and how it reads now."""
    for one in shown["remarks"]:
        what = screen.t(one["remark"], **one["values"])
        screen.line(f"{one['line']}: {screen.t(one['severity'])}: {what}", "yellow")
    _own_words(screen, shown)
    _texts(screen, shown)


def _own_words(screen: Screen, shown: Document) -> None:
    """What does not read as the templates have it: the second person should look at it."""
    for one in shown["own_words"]:
        screen.say("own words of {name}: {path}", "yellow", name=one["author"], path=one["path"])


def _warnings(screen: Screen, shown: Document) -> None:
    """Where it may contradict the record."""
    for template, values in shown["warnings"]:
        screen.say(template, RED, **values)


SOURCES = {"shipped": "shipped", "own": "own words"}


def _texts(screen: Screen, shown: Document) -> None:
    for one in shown["texts"]:
        parts = screen.t(", {n} {n:part|parts}", n=one["parts"]) if one["parts"] else ""
        form = "" if one["form"] == "own" else f"{screen.t('for who was not told before')}, "
        source = screen.t(SOURCES.get(one["source"], one["source"]))
        screen.line()
        screen.line(f"── {one['channel']} {one['language']} ({form}{source}{parts})", bold=True)
        if one["subject"]:
            screen.line(one["subject"], bold=True)
        screen.line(one["body"])
    screen.line()
    screen.next(shown["next"])


def window(screen: Screen, shown: Document) -> None:
    _windows(screen, [shown], shown["at"])
    if shown.get("pending"):
        screen.say("it waits for the approval of a second person", "yellow")
    screen.next(shown["next"])


def explained(screen: Screen, shown: Document) -> None:
    _windows(screen, [shown], shown["at"])
    screen.line()
    for sentence in shown["why"]:
        screen.line(f"  • {sentence}")
    screen.next(shown["next"])


def tasks(screen: Screen, shown: Document) -> None:
    if not shown["items"]:
        screen.say("no open tasks")
    _tasks(screen, shown["items"], shown["at"])
    screen.next("tongbao task done TASK" if shown["items"] else "tongbao board")


def task(screen: Screen, shown: Document) -> None:
    _tasks(screen, [shown], shown["at"])
    screen.next(shown["next"])
