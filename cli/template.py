"""Commands of comms staff: look at templates, check, preview, compare and try them, and ask for approval.

The folder is the desk: nothing in it reaches customers before a second person has approved it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.command import Answer, command
from cli.session import Document, Session

if TYPE_CHECKING:
    from coordinator.act import Act
    from incidents.effects import Effect
    from notifications.samples import Around
    from notifications.template import Version
    from notifications.wording import Finding
    from rendering.folder import Folder
    from rendering.notices import Notices

WATCH_SECONDS = 1.0
WATCH_LONGEST = 8 * 3600
"""Seconds after which a watch that nobody ended ends by itself."""
SHIPPED, FOLDER, IN_FORCE = "shipped", "folder", "in-force"
group = click.Group("template", help="The words of the notices: list, check, preview, submit for approval.")


def register(root: click.Group) -> None:
    root.add_command(group)


@dataclass(frozen=True)
class Desk:
    """What a writer looks at: what is in force, what waits, and the folder in front of both."""

    where: Path
    folder: Folder
    in_force: dict[str, Version]
    waiting: dict[str, Version]
    around: Around

    def draft(self) -> Notices:
        """The texts as they would be if the folder were in force."""
        from rendering.notices import Notices

        return Notices({**self.in_force, **self.folder.own()})

    def used(self) -> Notices:
        """The texts as notices use them now."""
        from rendering.notices import Notices

        return Notices(self.in_force)

    def origin(self, path: str) -> str:
        """Where the draft's text of `path` comes from."""
        if path in self.folder.texts:
            return FOLDER
        return self.in_force[path].name if path in self.in_force else SHIPPED


def where_of(session: Session) -> Path:
    """The operator's folder: as configured, else `templates` in the home."""
    named = session.settings.templates_folder
    return Path(named) if named else session.home / "templates"


def _desk(session: Session) -> Desk:
    from coordinator import templates
    from rendering.folder import read_folder

    in_force, waiting, around = session.act(templates.in_force)
    where = where_of(session)
    return Desk(where, read_folder(where), in_force, {v.path: v for v in waiting}, around)


def _kind(kind: str) -> str:
    from incidents.errors import Invalid
    from notifications.template import KINDS

    if kind not in KINDS:
        raise Invalid(
            "unknown kind {name}",
            name=kind[:40],
            field="kind",
            next=("one of: {known}", {"known": tuple(KINDS)}),
        )
    return kind


def _path(kind: str, channel: str, language: str) -> str:
    from rendering.notices import template_path

    return template_path(_kind(kind), channel, language)


@command(
    group,
    "list",
    permission="read",
    show="template_list",
    example="tongbao template list\ntongbao template list first_notice --json",
)
@click.argument("kind", required=False)
def list_(session: Session, kind: str | None) -> Answer:
    """Show which texts are in force, whose they are, and what in your folder is not."""
    from rendering.notices import every_path

    desk = _desk(session)
    wanted = [path for path in every_path() if kind is None or f"/{_kind(kind)}/" in path]
    items = [_row(desk, path) for path in wanted]
    changed = any(item["folder"] == "changed" for item in items)
    following = "tongbao template check" if changed else "tongbao template copy first_notice sms"
    if desk.waiting:
        following = "tongbao pending"
    document = {"folder": str(desk.where), "items": items, "whole": kind is not None, "next": following}
    return Answer(document)


def _row(desk: Desk, path: str) -> Document:
    """One text: what is in force, and how the folder's stands to it."""
    from coordinator import versions
    from notifications.template import notice_path

    now, waits, mine = desk.in_force.get(path), desk.waiting.get(path), desk.folder.texts.get(path)
    kind, channel, language = notice_path(path) or ("words", "", path.split("/")[1].split(".")[0])
    return {
        "path": path,
        "kind": kind,
        "channel": channel,
        "language": language,
        "in_force": now.name if now else SHIPPED,
        "hash": now.digest if now else None,
        "author": now.author if now else None,
        "approved_by": now.decided_by if now else None,
        "approved_at": versions.decided_at(now) if now else None,
        "waiting": waits.name if waits else None,
        "folder": _standing(desk, path, mine),
    }


def _standing(desk: Desk, path: str, mine: str | None) -> str:
    """The folder's text: none, in force, waiting for approval, or changed and not submitted."""
    if mine is None:
        return ""
    waits = desk.waiting.get(path)
    if waits is not None and waits.text == mine:
        return "waiting for approval"
    return "in force" if mine == desk.used().source(path) else "changed"


@command(
    group,
    "check",
    permission="read",
    show="template_checked",
    example="tongbao template check\ntongbao template check first_notice\ntongbao template check --watch",
)
@click.argument("kind", required=False)
@click.option("--watch", is_flag=True, help="Check again at every change, until Ctrl-C.")
@click.option("--seconds", type=click.IntRange(1, WATCH_LONGEST), default=WATCH_LONGEST, hidden=True)
def check(session: Session, kind: str | None, watch: bool, seconds: int) -> Answer:
    """Read the folder's texts: facts, both languages, parts and cost, characters, links, wording."""
    from rendering.folder import stamps

    desk = _desk(session)
    seen = stamps(desk.where)
    document = _checked(session, desk, kind)
    if watch and not session.as_json:
        document = _watch(session, desk, kind, document, seen, time.monotonic() + seconds)
    return Answer(document, code=0 if document["ok"] else 1)


def _watch(
    session: Session, desk: Desk, kind: str | None, document: Document, seen: object, end: float
) -> Document:
    """Show it, look once a second whether a file has changed, and show it again."""
    from dataclasses import replace

    from rendering.folder import read_folder, stamps

    pause = threading.Event()
    while True:
        session.present(document, "template_checked", {})
        while (now := stamps(desk.where)) == seen:
            if time.monotonic() >= end:
                return document
            pause.wait(WATCH_SECONDS)
        seen = now
        document = _checked(session, replace(desk, folder=read_folder(desk.where)), kind)


def _checked(session: Session, desk: Desk, kind: str | None) -> Document:
    """Every remark, and what each SMS costs."""
    from rendering.folder import alone
    from rendering.notices import every_path

    draft = desk.draft()
    wanted = [path for path in every_path() if kind is None or f"/{_kind(kind)}/" in path]
    found = [one for path in wanted for one in draft.findings(path, desk.around)]
    if kind is None:
        found += [*desk.folder.remarks, *alone(desk.folder.texts)]
    problems = [_problem(session, desk, one) for one in found]
    errors = sum(1 for one in problems if one["severity"] == "error")
    mine = [path for path in desk.folder.texts if path in wanted]
    changed = [path for path in mine if _standing(desk, path, desk.folder.texts[path]) == "changed"]
    return {
        "ok": errors == 0,
        "folder": str(desk.where),
        "yours": mine,
        "errors": errors,
        "warnings": len(problems) - errors,
        "problems": problems,
        "sms": list(_costs(session, desk, draft, wanted)),
        "next": _after_check(errors, changed),
    }


def _after_check(errors: int, changed: list[str]) -> str:
    if errors:
        return "mend the lines marked error, then tongbao template check"
    return f"tongbao template submit {' '.join(changed)}" if changed else "tongbao template list"


def _problem(session: Session, desk: Desk, one: Finding) -> Document:
    t = session.screen_words()
    file = desk.where / one.path if one.path in desk.folder.texts else Path(one.path)
    what = t(one.remark.value, line=one.line, **one.values)
    return {
        "path": one.path,
        "file": str(file),
        "line": one.line,
        "severity": one.severity,
        "what": what,
    }


def _costs(session: Session, desk: Desk, draft: Notices, paths: list[str]) -> Iterator[Document]:
    from incidents.errors import Invalid
    from notifications.template import notice_path

    price = session.settings.sms.price_per_part
    for path in paths:
        kind, channel, language = notice_path(path) or ("", "", "")
        if channel != "sms":
            continue
        try:
            cost = draft.cost(kind, language, desk.around)
        except Invalid:
            continue  # it is among the problems
        yield {
            "kind": kind,
            "language": language,
            "source": desk.origin(path),
            "encoding": cost.usual.encoding,
            "units": cost.usual.units,
            "parts": cost.usual.parts,
            "parts_worst": cost.worst.parts,
            "forcing": list(cost.usual.forcing) if language == "en" else [],
            "cost": _price(cost.usual.parts, price),
            "cost_worst": _price(cost.worst.parts, price),
        }


def _price(parts: int, price: float) -> float | None:
    """What one message costs; None when no price is configured."""
    return round(parts * price, 4) if price else None


@command(
    group,
    "preview",
    permission="read",
    show="template_preview",
    example="tongbao template preview first_notice\n"
    "tongbao template preview first_notice --channel sms --language zh-CN --worst",
)
@click.argument("kind")
@click.option("--channel", help="sms, email, web, hotline or social; all without it.")
@click.option("--language", type=click.Choice(("zh-CN", "en")), help="Both without it.")
@click.option("--worst", is_flag=True, help="With the longest names of your directory.")
def preview(session: Session, kind: str, channel: str | None, language: str | None, worst: bool) -> Answer:
    """Show a sample notice with your folder's texts, its SMS with parts and cost."""
    from incidents.errors import Invalid
    from incidents.terms import LANGUAGES, Channel, Script

    desk = _desk(session)
    draft = desk.draft()
    every = [Channel.SMS, Channel.EMAIL, Channel.WEB, *Script]
    if channel and channel not in every:
        raise Invalid(
            "unknown channel {name}",
            name=channel[:40],
            field="channel",
            next=("one of: {known}", {"known": tuple(every)}),
        )
    channels = [channel] if channel else every
    texts = [
        _shown(session, desk, draft, kind, str(one), tongue, worst)
        for one in channels
        for tongue in ([language] if language else LANGUAGES)
    ]
    return Answer({"kind": kind, "worst": worst, "texts": texts, "next": "tongbao template check"})


def _shown(
    session: Session, desk: Desk, draft: Notices, kind: str, channel: str, language: str, worst: bool
) -> Document:
    from notifications.parts import count

    path = _path(kind, channel, language)
    text = draft.text(kind, channel, language, draft.sample(kind, language, desk.around, worst))
    counted = count(text.body) if channel == "sms" else None
    return {
        "channel": channel,
        "language": language,
        "source": desk.origin(path),
        "subject": text.subject,
        "body": text.body,
        "characters": len(text.body),
        "parts": counted.parts if counted else 0,
        "encoding": counted.encoding if counted else "",
        "forcing": list(counted.forcing) if counted and language == "en" else [],
        "cost": _price(counted.parts, session.settings.sms.price_per_part) if counted else None,
    }


@command(
    group,
    "diff",
    permission="read",
    show="text",
    example="tongbao template diff first_notice sms zh-CN\n"
    "tongbao template diff first_notice sms zh-CN --from shipped --to template-3",
)
@click.argument("kind")
@click.argument("channel")
@click.argument("language")
@click.option("--from", "before", default=IN_FORCE, help="shipped, folder, in-force or template-N.")
@click.option("--to", "after", help="The same; the folder's text without it, or in-force if there is none.")
def diff(session: Session, kind: str, channel: str, language: str, before: str, after: str | None) -> Answer:
    """Compare two versions of a text line by line."""
    import difflib

    from coordinator import templates

    desk, path = _desk(session), _path(kind, channel, language)
    stored = {v.name: v for v in session.act(templates.versions, path)}
    newer = after or (FOLDER if path in desk.folder.texts else IN_FORCE)
    old, new = (_version(desk, stored, path, name).splitlines() for name in (before, newer))
    lines = list(difflib.unified_diff(old, new, before, newer, lineterm="", n=2))
    same = session.screen_words()("the two are the same")
    document = {
        "path": path,
        "from": before,
        "to": newer,
        "versions": list(stored),
        "lines": lines,
        "text": "\n".join(lines) or same,
        "next": "tongbao template check",
    }
    return Answer(document)


def _version(desk: Desk, stored: dict[str, Version], path: str, name: str) -> str:
    """The text of one version by its name."""
    from incidents.errors import NotFound
    from rendering.notices import Notices

    if name == SHIPPED:
        return Notices().source(path)
    if name == IN_FORCE:
        return desk.used().source(path)
    if name == FOLDER and path in desk.folder.texts:
        return desk.folder.texts[path]
    if name in stored:
        return stored[name].text
    raise NotFound(
        "no version {name} of {path}",
        name=name[:40],
        path=path,
        field="version",
        next=("one of: {known}", {"known": (SHIPPED, IN_FORCE, FOLDER, *stored)}),
    )


@command(group, "copy", permission="template", show="text", example="tongbao template copy first_notice sms")
@click.argument("kind")
@click.argument("channel")
def copy(session: Session, kind: str, channel: str) -> Answer:
    """Put a text as it is in force into your folder, in both languages, to change it there."""
    from incidents.errors import Conflict
    from incidents.terms import LANGUAGES

    desk = _desk(session)
    paths = [_path(kind, channel, language) for language in LANGUAGES]
    files = [desk.where / path for path in paths]
    there = [file for file in files if file.exists()]
    if there:
        raise Conflict(
            "{file} is there already",
            file=str(there[0]),
            field="path",
            next=f"tongbao template diff {kind} {channel} zh-CN",
        )
    for path, file in zip(paths, files, strict=True):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(desk.used().source(path), encoding="utf-8")
    text = "\n".join(str(file) for file in files)
    document = {
        "files": [str(file) for file in files],
        "text": text,
        "next": "tongbao template check --watch",
    }
    return Answer(document)


@command(
    group,
    "submit",
    permission="template",
    mutating=True,
    show="templates",
    example="tongbao template submit notices/first_notice/sms.zh-CN.txt notices/first_notice/sms.en.txt",
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
def submit(session: Session, paths: tuple[str, ...]) -> Answer:
    """Ask a second person to put texts of your folder in force; an error in one refuses them all."""
    from coordinator import templates, versions
    from rendering.folder import read_template

    where = where_of(session)
    texts = {name: read_template(where / name) for name in (_inside(where, path) for path in paths)}

    def every(act: Act) -> tuple[list[Version], list[Effect]]:
        return [templates.submit(act, path, text)[0] for path, text in texts.items()], []

    def view(act: Act, made: list[Version]) -> Document:
        items = [versions.document(one, act.house.setting.sandbox) for one in made]
        return {"items": items, "pending": True, "next": items[0]["next"]}

    return Answer(session.do(view, every))


def _inside(where: Path, path: str) -> str:
    """The text's name within the folder, given so or as a file; NotFound if there is no such file."""
    from incidents.errors import NotFound

    tries = [where / path, where / "notices" / path, Path(path)]
    for file in tries:
        if file.is_file() and file.resolve().is_relative_to(where.resolve()):
            return file.resolve().relative_to(where.resolve()).as_posix()
    raise NotFound(
        "there is no {path} in {folder}",
        path=path[:200],
        folder=str(where),
        field="path",
        next="tongbao template list",
    )


@command(
    group,
    "send-test",
    permission="template",
    mutating=True,
    show="template_sent",
    example="tongbao template send-test first_notice --to +8613800000001",
)
@click.argument("kind")
@click.option("--to", required=True, help="A number (+86…) gets the SMS, an address the e-mail.")
@click.option("--language", type=click.Choice(("zh-CN", "en")), default="zh-CN", show_default=True)
def send_test(session: Session, kind: str, to: str, language: str) -> Answer:
    """Send a sample with your folder's text to one address, marked as a test."""
    from cli import trial

    kept = session.look_up_request()
    if kept is not None:
        return Answer(kept)
    desk = _desk(session)
    document = trial.send(session, desk.draft(), desk.around, _kind(kind), to, language)
    return Answer(session.keep_request(document), code=0 if document["accepted"] else 1)
