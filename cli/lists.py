"""How imports, catalogues, people, events and checks are shown to people."""

from __future__ import annotations

from typing import Any

from cli.levels import reason_of
from cli.screen import Screen

Document = dict[str, Any]
SHOWN = 20


def imported(screen: Screen, shown: Document) -> None:
    """What was taken; loud about what was not."""
    accepted, new = f"{shown['accepted']:,}", f"{shown['new']:,}"
    screen.say("{accepted} rows accepted, {new} of them new", accepted=accepted, new=new)
    if shown["duplicates"]:
        screen.say(
            "{n} {n:row|rows} gave an account again; the later one counts",
            "yellow",
            n=f"{shown['duplicates']:,}",
        )
        _lines(screen, shown["repeats"])
    if shown["warned"]:
        screen.say("{n} {n:row|rows} accepted with a remark", "yellow", n=f"{shown['warned']:,}")
        _lines(screen, shown["warnings"])
    if shown["rejected"]:
        screen.warn("{n} {n:ROW|ROWS} REJECTED", n=f"{shown['rejected']:,}")
        _lines(screen, shown["rejections"])
    _sums(screen, shown)
    screen.next(shown["next"])


def _sums(screen: Screen, shown: Document) -> None:
    """That every row is accounted for, and where the rejected ones are."""
    sums = {name: f"{shown[name]:,}" for name in ("read", "accepted", "rejected", "duplicates")}
    screen.say(
        "{read} rows read = {accepted} accepted + {rejected} rejected + {duplicates} duplicates", **sums
    )
    if shown["rejects"]:
        screen.say("the rejected rows are in {file}: mend them and import it", file=shown["rejects"])


def _lines(screen: Screen, rows: list[Document]) -> None:
    screen.table(("line", "field", "reason"), [(r["line"], r["field"], r["reason"]) for r in rows[:SHOWN]])
    if len(rows) > SHOWN:
        screen.say("and more; --json lists up to 1,000")


def refused(screen: Screen, shown: Document) -> None:
    screen.warn("{n} {n:ROW|ROWS} REJECTED", n=f"{shown['rejected']:,}")
    screen.warn(shown["error"]["message"])
    _lines(screen, shown["rejections"])
    screen.next(shown["error"]["next"])


def organisation(screen: Screen, shown: Document) -> None:
    rows = [
        (
            one["code"],
            one["parent"] or "",
            screen.t(one["rank"]),
            one["names"].get(screen.language) or one["names"]["en"],
            " ".join(one["areas"]),
        )
        for one in shown["items"]
    ]
    screen.table(("code", "parent", "rank", "unit", "areas"), rows)
    screen.next(shown["next"])


def catalogue(screen: Screen, shown: Document) -> None:
    rows = [
        (one["code"], one.get("parent") or "", one["names"].get("zh-CN", ""), one["names"].get("en", ""))
        for one in shown["items"]
    ]
    screen.table(("code", "parent", "中文", "English"), rows)
    screen.next(shown["next"])


def audience(screen: Screen, shown: Document) -> None:
    """Whom a notice would meet, and who is left out and why."""
    people = shown["people"]
    screen.say(
        "{ref} at level {level} meets {n} {n:person|people}",
        ref=shown["incident"],
        level=shown["level"],
        n=people["matched"],
    )
    from cli import holding_texts

    holding_texts.nobody(screen, shown["nobody"], shown["incident"])
    if shown["uploads"]:
        alone = shown["uploads_alone"]
        screen.say(
            "an uploaded list alone is the audience" if alone else "an uploaded list is part of the audience"
        )
    ways = {name: n for name, n in shown["by"]["channel"].items() if name not in shown["left_out"]}
    rows = [*_counted(screen, "told at first by", ways), *_counted(screen, "left out", shown["left_out"])]
    rows += _counted(screen, "messages", shown["messages"])
    rows += _counted(screen, "told by another's message", {k: n for k, n in shown["shared"].items() if n})
    for name in ("language", "area", "segment"):
        rows += _counted(screen, name, shown["by"][name])
    screen.table(("people", "", "number"), rows)
    screen.next(shown["next"])


MARKS_SHOWN = 10


def _counted(screen: Screen, title: str, counts: dict[str, int]) -> list[tuple[str, str, str]]:
    """Lines of one counting, the largest ones; --json has all."""
    largest = list(counts.items())[:MARKS_SHOWN]
    codes = title in ("area", "segment")
    return [(screen.t(title), (name if codes else screen.t(name)) or "–", f"{n:,}") for name, n in largest]


def events(screen: Screen, shown: Document) -> None:
    rows = [
        (
            e["id"],
            e["format"],
            e["source"],
            screen.at(e["received_at"]),
            " ".join((screen.t(FATES.get(e["became"], e["became"])), *e["incidents"])),
            _reasons(screen, e["why"]),
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


def _reason(screen: Screen, text: str) -> str:
    """A reason of the record in the reader's language."""
    said = reason_of(screen, text)
    return screen.t(text) if said == text else said


def _reasons(screen: Screen, texts: list[str]) -> str:
    return screen.t("; ").join(_reason(screen, one) for one in texts)


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
        (a["dedup_key"], a["status"], a["would"], a.get("level") or "", _reasons(screen, a["reasons"]))
        for a in shown["items"]
    ]
    screen.table(("alarm", "state", "would", "level", "reason"), rows)
    screen.next(shown["next"])


def user(screen: Screen, shown: Document) -> None:
    screen.line(f"{shown['name']}: {_roles(screen, shown)}")
    screen.next(shown["next"])


def _roles(screen: Screen, user: Document) -> str:
    return screen.t(", ").join(screen.t(role) for role in user["roles"])


def users(screen: Screen, shown: Document) -> None:
    screen.table(("user", "roles"), [(u["name"], _roles(screen, u)) for u in shown["items"]])
    screen.next(shown["next"])


def key(screen: Screen, shown: Document) -> None:
    screen.line(shown["key"])
    screen.next(shown["next"])


def revoked(screen: Screen, shown: Document) -> None:
    screen.say("{n} {n:key|keys} of {user} ended", n=shown["revoked"], user=shown["user"])
    screen.next(shown["next"])


def ticked(screen: Screen, shown: Document) -> None:
    if shown["left"]:
        screen.say("{n} {n:thing is|things are} still due", "yellow", n=shown["left"])
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
    report_gaps(screen, shown)


def report_gaps(screen: Screen, shown: Document) -> None:
    """How complete the record is, what it lacks, and the command that fills each gap."""
    found = shown["report"]["completeness"]
    screen.say("complete: {given} of {asked} fields, {percent} %", **{k: found[k] for k in SCORE})
    if found["gaps"]:
        rows = [(screen.t(g["field"]), screen.t(g["standing"]), g["fill"]) for g in found["gaps"]]
        screen.table(("gap", "standing", "to fill it"), rows)
    screen.next(shown["next"])


SCORE = ("given", "asked", "percent")


def report(screen: Screen, shown: Document) -> None:
    """One version of a report and what it waits for."""
    values = {"id": shown["id"], "kind": screen.t(shown["kind"]), "ref": shown["incident"]}
    state = screen.t(shown["state"])
    screen.say("report {id}: {kind} of {ref}, version {n}, {state}", **values, n=shown["number"], state=state)
    if shown["pending"]:
        screen.say("it waits for the approval of a second person", "yellow")
    if shown["reason"]:
        screen.say("reason: {reason}", "yellow", reason=shown["reason"])
    screen.next(shown["next"])


def found(screen: Screen, shown: Document) -> None:
    """What was found, and with a customer what became of each delivery."""
    from cli import present

    if not shown["items"]:
        screen.say("nothing was found")
        screen.next(shown["next"])
        return
    present.incidents(screen, shown)
    for item in shown["items"]:
        for notice in item.get("notices", []):
            _told(screen, item["reference"], notice)
    if shown["more_after"]:
        screen.say("there are more", "yellow")
    screen.next(shown["next"])


def _told(screen: Screen, reference: str, notice: Document) -> None:
    kind, state = screen.t(notice["kind"]), screen.t(notice["state"])
    screen.line(f"{reference}  {kind} ({notice['notice']}): {state}")
    for row in notice["deliveries"]:
        at = screen.zoned(row["accepted_at"]) if row["accepted_at"] else ""
        screen.line(f"  {row['channel']}: {screen.t(row['state'])} {row['reason']} {at}".rstrip())


def reads(screen: Screen, shown: Document) -> None:
    """Who looked for which customer."""
    rows = [(screen.at(r["at"]), r["user"], r["account"], r["found"]) for r in shown["items"]]
    screen.table(("time ({zone})", "who", "account", "incidents found"), rows, zone=screen.zone_name)


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


def playbooks(screen: Screen, shown: Document) -> None:
    """Every version, and which is in force."""
    rows, colours = [], []
    for one in shown["items"]:
        review = one["review_due"] + (f" ({screen.t('overdue')})" if one["overdue"] else "")
        name = f"{one['id']}@{one['version']}"
        approved = one["approved_by"] or "–"
        rows.append(
            (
                name,
                screen.t("in force later" if one["standing"] == "planned" else one["standing"]),
                screen.t(one["origin"]),
                approved,
                one["effective_from"],
                review,
            )
        )
        colours.append("red" if one["overdue"] and one["standing"] == "active" else None)
    heads = ("playbook", "state", "origin", "approved by", "effective from", "review due")
    screen.table(heads, rows, colours)
    for file in shown["wrong"]:
        screen.say("{file} has problems and is not used", "red", file=file)
    screen.next(shown["next"])


def playbook(screen: Screen, shown: Document) -> None:
    """One playbook level by level: phase, owner, what to do, by when."""
    head = f"{screen.t(shown['type'])}  {shown['id']}@{shown['version']}  {screen.t(shown['standing'])}"
    screen.line(head, bold=True)
    screen.say("review due {day}", "red" if shown["overdue"] else None, day=shown["review_due"])
    for level in shown["leads"]:
        screen.line()
        lead = _department(screen, shown, shown["leads"][level])
        screen.line(f"{screen.t('level {level}', level=level)}  {screen.t('leads')}: {lead}", bold=True)
        rows = [_planned(screen, shown, one, level) for one in shown["steps"] if int(level) in one["levels"]]
        screen.table(("phase", "department", "role", "title", "limit"), rows)
        screen.say("closes after: {steps}", steps=", ".join(shown["closing"][level]))
    screen.next(shown["next"])


def _planned(screen: Screen, shown: Document, one: Document, level: str) -> tuple[str, ...]:
    seconds = one["limit_seconds"][level]
    title = one["title"].get(screen.language, one["id"])
    limit = "–" if seconds is None else screen.span(seconds)
    owner = _department(screen, shown, one["department"])
    return screen.t(one["phase"]), owner, screen.t(one["role"]), title, limit


def _department(screen: Screen, shown: Document, code: str) -> str:
    names = shown["departments"].get(code, {})
    return str(names.get(screen.language) or screen.word("departments", code))


def playbook_problems(screen: Screen, shown: Document) -> None:
    """file:line and what is wrong there."""
    for one in shown["items"]:
        wrong = one["severity"] == "error"
        label = "" if wrong else f"{screen.t('warning')}: "
        screen.line(f"{one['file']}:{one['line']}: {label}{one['message']}", "red" if wrong else "yellow")
    if shown["ok"]:
        screen.say("{n} {n:playbook is|playbooks are} in order", n=len(shown["files"]))
    else:
        screen.say(
            "{n} {n:problem|problems}", "red", n=sum(one["severity"] == "error" for one in shown["items"])
        )
    screen.next(shown["next"])


def schema(screen: Screen, shown: Document) -> None:
    """For programs in any case."""
    from cli.screen import write_json

    write_json(shown)
