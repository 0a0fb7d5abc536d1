"""How templates are shown to those who write them."""

from __future__ import annotations

from typing import Any

from cli.screen import Screen

Document = dict[str, Any]
COLOURS = {"error": "red", "warning": "yellow"}


def template_list(screen: Screen, shown: Document) -> None:
    """What is not simply the shipped text first; the rest as a number, unless one kind was asked for."""
    screen.say("your folder: {folder}", folder=shown["folder"])
    items = shown["items"]
    own = [i for i in items if i["in_force"] != "shipped" or i["folder"] or i["waiting"] or shown["whole"]]
    rows = [
        (
            i["path"],
            screen.t(i["in_force"]),
            i["approved_by"] or "",
            screen.t(i["folder"]),
            i["waiting"] or "",
        )
        for i in own
    ]
    if rows:
        screen.table(("template", "in force", "approved by", "in your folder", "waiting"), rows)
    if len(items) > len(own):
        screen.say("the other {n} are the shipped ones", n=len(items) - len(own))
    screen.next(shown["next"])


def template_checked(screen: Screen, shown: Document) -> None:
    """Each remark with its file and line, then what each SMS costs."""
    for one in shown["problems"]:
        screen.line(
            f"{one['file']}:{one['line']}: {screen.t(one['severity'])}: {one['what']}",
            COLOURS[one["severity"]],
        )
    _costs(screen, shown["sms"], shown["yours"])
    if shown["ok"] and not shown["problems"]:
        screen.say("nothing to remark")
    else:
        screen.say(
            "{errors} {errors:error|errors}, {warnings} {warnings:warning|warnings}",
            errors=shown["errors"],
            warnings=shown["warnings"],
        )
    screen.next(shown["next"])


def _costs(screen: Screen, sms: list[Document], yours: list[str]) -> None:
    """The writer's own SMS; all of them when none is."""
    own = [one for one in sms if f"notices/{one['kind']}/sms.{one['language']}.txt" in yours]
    rows = [
        (
            screen.t(one["kind"]),
            one["language"],
            one["encoding"],
            one["units"],
            _of(one["parts"], one["cost"]),
            _of(one["parts_worst"], one["cost_worst"]),
        )
        for one in own or sms
    ]
    screen.table(("kind", "language", "alphabet", "characters", "parts", "with the longest names"), rows)


def _of(parts: int, cost: float | None) -> str:
    return str(parts) if cost is None else f"{parts} = {cost:g}"


def template_preview(screen: Screen, shown: Document) -> None:
    """The texts as customers would read them, of an outage that never was."""
    screen.say("a sample, with the longest names of your directory" if shown["worst"] else "a sample")
    for one in shown["texts"]:
        screen.line()
        head = f"── {one['channel']} {one['language']} ({screen.t(one['source'])})"
        screen.line(head, bold=True)
        if one["parts"]:
            parts = _of(one["parts"], one["cost"])
            screen.say(
                "{n} characters, {alphabet}, parts: {parts}",
                n=one["characters"],
                alphabet=one["encoding"],
                parts=parts,
            )
        if one["forcing"]:
            screen.say("these force the dear alphabet: {chars}", "yellow", chars=" ".join(one["forcing"]))
        if one["subject"]:
            screen.line(one["subject"], bold=True)
        screen.line(one["body"])
    screen.line()
    screen.next(shown["next"])


def template(screen: Screen, shown: Document) -> None:
    """One submitted text."""
    screen.line(f"{shown['id']}  {shown['path']}  {screen.t(shown['state'])}")
    if shown["pending"]:
        screen.say("it waits for the approval of a second person", "yellow")
    if shown["reason"]:
        screen.say("reason: {reason}", "yellow", reason=shown["reason"])
    screen.next(shown["next"])


def templates(screen: Screen, shown: Document) -> None:
    waiting(screen, shown["items"])
    screen.say("it waits for the approval of a second person", "yellow")
    screen.next(shown["next"])


def waiting(screen: Screen, items: list[Document]) -> None:
    """Texts that wait for a second person."""
    if items:
        rows = [(one["id"], one["path"], one["author"], screen.t(one["state"])) for one in items]
        screen.table(("id", "template", "author", "state"), rows)


def template_sent(screen: Screen, shown: Document) -> None:
    if shown["accepted"]:
        screen.say("sent to {to} by {channel}", to=shown["to"], channel=shown["channel"])
    else:
        screen.say("not sent: {why}", "red", why=shown["answer"])
    screen.line(shown["subject"] or shown["body"])
    screen.next(shown["next"])
