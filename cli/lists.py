"""How imports, catalogues, people, events and checks are shown to people."""

from __future__ import annotations

import re
from typing import Any

from cli.screen import Screen

Document = dict[str, Any]
SHOWN = 20


def imported(screen: Screen, shown: Document) -> None:
    """What was taken; loud about what was not."""
    accepted, new = f"{shown['accepted']:,}", f"{shown['new']:,}"
    screen.say("{accepted} rows accepted, {new} of them new", accepted=accepted, new=new)
    if shown["warned"]:
        screen.say("{n} rows accepted with a remark", "yellow", n=f"{shown['warned']:,}")
        _lines(screen, shown["warnings"])
    if shown["rejected"]:
        screen.warn("{n} ROWS REJECTED", n=f"{shown['rejected']:,}")
        _lines(screen, shown["rejections"])
    screen.next(shown["next"])


def _lines(screen: Screen, rows: list[Document]) -> None:
    screen.table(("line", "field", "reason"), [(r["line"], r["field"], r["reason"]) for r in rows[:SHOWN]])
    if len(rows) > SHOWN:
        screen.say("and more; --json lists up to 1,000")


def refused(screen: Screen, shown: Document) -> None:
    screen.warn("{n} ROWS REJECTED", n=f"{shown['rejected']:,}")
    screen.warn(shown["error"]["message"])
    _lines(screen, shown["rejections"])
    screen.next(shown["error"]["next"])


def catalogue(screen: Screen, shown: Document) -> None:
    rows = [
        (one["code"], one.get("parent") or "", one["names"].get("zh-CN", ""), one["names"].get("en", ""))
        for one in shown["items"]
    ]
    screen.table(("code", "parent", "中文", "English"), rows)
    screen.next(shown["next"])


def audience(screen: Screen, shown: Document) -> None:
    """Whom a notice would meet."""
    people = shown["people"]
    screen.say(
        "{ref} at level {level} meets {n} people",
        ref=shown["incident"],
        level=shown["level"],
        n=people["matched"],
    )
    rows = [(screen.t(name), f"{n:,}") for name, n in people.items() if name != "matched"]
    screen.table(
        ("people", "number"), [*rows, ("SMS", f"{shown['sms']:,}"), ("e-mail", f"{shown['email']:,}")]
    )
    screen.next(shown["next"])


def events(screen: Screen, shown: Document) -> None:
    rows = [
        (
            e["id"],
            e["format"],
            e["source"],
            screen.at(e["received_at"]),
            " ".join((screen.t(FATES.get(e["became"], e["became"])), *e["incidents"])),
            "; ".join(_reason(screen, one) for one in e["why"]),
            e["next"],
        )
        for e in shown["items"]
    ]
    heads = ("event", "format", "source", "received ({zone})", "became", "why", "next")
    if rows:
        screen.table(heads, rows, zone=screen.zone_name)
    else:
        screen.say("no event has come in")
    screen.next(shown["next"])


FATES = {
    "opened": "opened an incident:",
    "joined": "joined",
    "repeated": "is known already:",
    "ignored": "ignored",
    "stored": "waits to be read",
    "quarantined": "set aside, not read",
}
"""What became of an event -> how it is said, before the incidents."""
_UNKNOWN = re.compile(r"unknown (area|service) (.*)")
_WHICH = re.compile(r"which (area|service) is hit is not known")


def _reason(screen: Screen, text: str) -> str:
    """A reason of the record in the reader's language, where it is one that asks for an answer."""
    if found := _UNKNOWN.fullmatch(text):
        return screen.t("unknown {what} {code}", what=found[1], code=found[2])
    if found := _WHICH.fullmatch(text):
        return screen.t("which {what} is hit is not known", what=found[1])
    return screen.t(text)


def triggered(screen: Screen, shown: Document) -> None:
    """The event and the incidents that its alarms belong to."""
    event = shown["event"]
    screen.say("event {id} is {state}", id=event["id"], state=event["state"])
    if not event.get("new", True):
        screen.say("it had arrived before")
    for one in shown["incidents"]:
        screen.line(f"  {one['reference']}  {screen.t('level {level}', level=one['level'])}  {one['title']}")
    if not shown["incidents"]:
        screen.say("no incident comes of it")
    screen.next(shown["next"])


def rehearsed(screen: Screen, shown: Document) -> None:
    screen.say("nothing was stored")
    rows = [
        (a["dedup_key"], a["status"], a["would"], a.get("level") or "", "; ".join(a["reasons"]))
        for a in shown["items"]
    ]
    screen.table(("alarm", "state", "would", "level", "reason"), rows)
    screen.next(shown["next"])


def user(screen: Screen, shown: Document) -> None:
    screen.line(f"{shown['name']}: {', '.join(shown['roles'])}")
    screen.next(shown["next"])


def users(screen: Screen, shown: Document) -> None:
    screen.table(("user", "roles"), [(u["name"], ", ".join(u["roles"])) for u in shown["items"]])
    screen.next(shown["next"])


def key(screen: Screen, shown: Document) -> None:
    screen.line(shown["key"])
    screen.next(shown["next"])


def revoked(screen: Screen, shown: Document) -> None:
    screen.say("{n} keys of {user} ended", n=shown["revoked"], user=shown["user"])
    screen.next(shown["next"])


def ticked(screen: Screen, shown: Document) -> None:
    if shown["left"]:
        screen.say("{n} things are still due", "yellow", n=shown["left"])
    else:
        screen.say("nothing is due")
    screen.next(shown["next"])


def running(screen: Screen, shown: Document) -> None:
    screen.say("listening at {url}", url=shown["url"])
    screen.say(
        "every channel is the sandbox" if shown["sandbox"] else "REAL CHANNELS: notices reach customers"
    )
    screen.next(shown["next"])


def served(screen: Screen, shown: Document) -> None:
    screen.say("the sandbox serves at {url}", url=shown["http"])
    screen.next(shown["next"])


def stopped(screen: Screen, shown: Document) -> None:
    screen.say("the sandbox is stopped" if shown["stopped"] else "the sandbox was not running")
    screen.next(shown["next"])


def ledger(screen: Screen, shown: Document) -> None:
    rows = [
        (
            i["channel"],
            i["to"],
            i["notice"],
            i["attempt"],
            screen.at(i["at"]),
            screen.t(_yes(i["accepted"])),
            _brief(i),
        )
        for i in shown["items"]
    ]
    heads = ("channel", "to", "notice", "attempt", "time ({zone})", "accepted", "text")
    if rows:
        screen.table(heads, rows, zone=screen.zone_name)
    else:
        screen.say("the providers were given nothing")
    screen.next(shown["next"])


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _brief(item: Document) -> str:
    """A message in one line: the subject of a mail, else the beginning of its text."""
    return " ".join(str(item["subject"] or item["body"]).split())[:60]


def dials(screen: Screen, shown: Document) -> None:
    rows = [
        (provider, name, value)
        for provider, faults in shown.items()
        if isinstance(faults, dict)
        for name, value in faults.items()
    ]
    screen.table(("provider", "fault", "value"), rows)
    screen.next(shown["next"])


def reported(screen: Screen, shown: Document) -> None:
    screen.say("the report is in {file}", file=shown["file"])
    screen.next(f"tongbao show {shown['incident']}")


def verified(screen: Screen, shown: Document) -> None:
    if shown["ok"]:
        screen.say("the record is whole")
    for problem in shown["problems"]:
        screen.line(problem, "red")
    screen.next(shown["next"])


def checked(screen: Screen, shown: Document) -> None:
    """Every check in words: ok or WRONG."""
    for one in shown["checks"]:
        wrong = not one["ok"] and not one["skipped"]
        verdict = screen.t("WRONG") if wrong else screen.t("ok") if one["ok"] else "–"
        screen.line(f"{verdict:6} {screen.t(one['name'])}: {one['detail']}", "red" if wrong else None)
        for problem in one["problems"]:
            screen.line(f"       {problem}", "red")
    screen.next(shown["next"])
