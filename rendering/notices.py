"""Notices in words: facts and a template become the text of one channel in one language.

Renders what the facts say and refuses the rest; decides nothing and sends nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, PackageLoader

from incidents.errors import Invalid
from incidents.terms import LANGUAGES, Channel
from notifications.facts import SLOTS, Facts
from notifications.message import Text
from notifications.pages import Page
from rendering import guards, proofs
from rendering.allow import PAGE_NODES, Allowance
from rendering.chat import ALLOWANCE as CHAT_ALLOWANCE
from rendering.chat import chat_text
from rendering.chat import problems as chat_problems
from rendering.pages import page_files
from rendering.paragraphs import paragraphs, tidy
from rendering.shelf import Shelf, Value
from rendering.words import words

LONGEST = {Channel.SMS: 1_600, Channel.EMAIL: 20_000, Channel.WEB: 20_000}
"""Characters of a whole text. 1,600 is what SMS providers take at most (Twilio)."""
LONGEST_SUBJECT = 500
HEADS = {Channel.EMAIL: "Subject: ", Channel.WEB: "Title: "}
"""How the first line of a template with a subject begins."""

LAYOUT = "pages/email.html"
LAYOUT_SLOTS = ("language", "subject", "paragraphs", "lines", "before", "link", "after")


def shipped(folder: Path | None = None) -> BaseLoader:
    """Our templates, with the operator's `folder` in front."""
    package = PackageLoader("templates", ".")
    return ChoiceLoader([FileSystemLoader(folder), package]) if folder else package


class Notices:
    """The notice templates. `folder` is the operator's own, laid out like `templates/`; it may hold a few.

    Only notices, posts to the staff chat and words can be an operator's; the layout around them is always ours.
    """

    def __init__(self, folder: Path | None = None):
        self._folder = folder
        self._texts = Shelf(shipped(folder), Allowance(SLOTS))
        self._chat = Shelf(shipped(folder), CHAT_ALLOWANCE)
        self._layouts = Shelf(shipped(), Allowance(LAYOUT_SLOTS, PAGE_NODES))

    def words(self, language: str) -> Mapping[str, Any]:
        """The phrases that facts are put into."""
        return words(language, self._folder)

    def text(self, kind: str, channel: str, language: str, facts: Facts) -> Text:
        """The notice as it leaves.

        Invalid, with the template's path as its field: a slot that is missing or unknown, a kind that is
        not final without its next update (R28), an empty, over-long or unsafe result.
        """
        path = template_path(kind, channel, language)
        _check_facts(path, kind, facts)
        rendered = tidy(self._texts.render(path, facts, LONGEST[Channel(channel)]))
        _refuse(path, guards.body_objection(rendered))
        if channel == Channel.SMS:
            return _sms(path, rendered, facts)
        subject, body = _headed(path, rendered, HEADS[Channel(channel)])
        if channel == Channel.WEB:
            return Text(body=body, subject=subject)
        return Text(body=body, subject=subject, html=self._html(language, subject, body, facts))

    def chat(self, kind: str, language: str, slots: Mapping[str, str]) -> str:
        """A post to the staff chat; slots that are not given are "". Invalid for a broken template."""
        return chat_text(self._chat, kind, language, slots)

    def page_files(self, pages: Mapping[str, Page]) -> dict[str, bytes]:
        """The public files of one incident, given its page by language."""
        return page_files(pages, self._folder)

    def check(self) -> list[str]:
        """Every problem of every kind, channel and language, as sentences; empty if all is well."""
        return [*proofs.problems(self.text, self._texts.slots, self.words), *chat_problems(self._chat)]

    def _html(self, language: str, subject: str, body: str, facts: Facts) -> str:
        blocks = paragraphs(body, str(facts["page"]))
        context: dict[str, Value] = {"language": language, "subject": subject, "paragraphs": blocks}
        return self._layouts.render(LAYOUT, context, 5 * LONGEST[Channel.EMAIL])


def template_path(kind: str, channel: str, language: str) -> str:
    """Where the template is; Invalid for a kind, channel or language that has none."""
    path = f"notices/{kind}/{channel}.{language}.txt"
    if kind not in proofs.KINDS or channel not in list(Channel) or language not in LANGUAGES:
        raise Invalid(
            "there is no template {path}",
            path=path,
            field=path,
            next="kinds are " + ", ".join(proofs.KINDS),
        )
    return path


def _check_facts(path: str, kind: str, facts: Facts) -> None:
    """Facts are complete, plain and single lines; a line break would be a new header or a new fact."""
    odd = sorted(set(facts) ^ set(SLOTS))
    _refuse(path, f"these slots are missing or unknown: {', '.join(odd)[:200]}" if odd else "")
    for name, value in facts.items():
        why = guards.line_objection(str(value))
        _refuse(path, f"the slot {name}: {why}" if why else "")
    if kind not in proofs.FINAL and not facts["next_update"]:
        _refuse(path, "a notice that is not final must say when the next one comes")


def _sms(path: str, rendered: str, facts: Facts) -> Text:
    _refuse(path, "" if rendered else "the text is empty")
    _refuse(path, guards.link_objection(rendered, str(facts["link"])))
    return Text(body=rendered)


def _headed(path: str, rendered: str, head: str) -> tuple[str, str]:
    """The subject of the first line and the body after the blank line."""
    first, gap, body = rendered.partition("\n\n")
    subject = first.removeprefix(head).strip()
    if not first.startswith(head) or not gap or "\n" in first:
        _refuse(path, f"its first line must be {head.strip()!r} and the second blank")
    _refuse(path, "" if subject and body else "the subject or the text is empty")
    _refuse(path, guards.header_objection(subject))
    if len(subject) > LONGEST_SUBJECT:
        _refuse(path, f"the subject is longer than {LONGEST_SUBJECT} characters")
    return subject, body


def _refuse(path: str, why: str) -> None:
    if why:
        raise Invalid(
            "template {path}: {why}",
            path=path,
            why=why,
            field=path,
            next="correct the template or the fact it prints, then render again",
        )
