"""The public pages as files: static, without scripts, the same bytes for the same values.

Paths are relative to the public address, and so are the links: the files work under any address or prefix.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import PackageLoader

from incidents.errors import Invalid
from incidents.terms import LANGUAGES
from notifications.facts import page_path
from notifications.pages import Entry, Page
from notifications.phrases import phrase
from rendering.allow import PAGE_NODES, Allowance
from rendering.paragraphs import paragraphs, tidy
from rendering.shelf import Shelf, Value
from rendering.words import words

Context = dict[str, Value]

LARGEST = 4_000_000
"""Characters of one page; 200 entries of the longest text."""
SLOTS = (
    *("language", "style", "style_hash", "title", "status", "operator", "reference", "sandbox", "home"),
    *("others", "other_language", "other_name", "other_href", "entries", "label", "anchor", "token", "at"),
    *("heading", "paragraphs", "lines", "before", "link", "after", "target", "current", "past", "href"),
)
"""What the page templates may use, besides the `page` phrases of the words as say_<name>."""
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")


@dataclass(frozen=True)
class _Site:
    """What all files of one publication share."""

    languages: tuple[str, ...]
    sandbox: bool

    def words(self, language: str) -> Mapping[str, Any]:
        return words(language)

    def others(self, language: str, home: str) -> list[Value]:
        """Links to the same thing in the other languages; `home` holds {language} for its folder."""
        return [
            (tongue, self.words(tongue)["language_name"], home.replace("{language}", _folder(tongue)))
            for tongue in self.languages
            if tongue != language
        ]

    def frame(self, language: str, operator: str, others: Sequence[Value]) -> Context:
        style, style_hash = _style()
        return {
            "language": language,
            "operator": operator,
            "sandbox": "1" if self.sandbox else "",
            "others": list(others),
            "style": style,
            "style_hash": style_hash,
            **{f"say_{name}": text for name, text in self.words(language)["page"].items()},
        }


def page_files(pages: Mapping[str, Page]) -> dict[str, bytes]:
    """The files of one incident, given its page by language.

    One page per language, the permanent address (the first language given, with links to the others; it
    carries the same entry tokens) and the short address. Invalid for a reference that cannot be a path.
    """
    first = next(iter(pages.values()))
    if not _REFERENCE.fullmatch(first.reference):
        raise _bad_reference(first.reference)
    site = _Site(tuple(pages), first.sandbox)
    found = {f"{page_path(tongue, first.reference)}index.html": page for tongue, page in pages.items()}
    found[f"incidents/{first.reference}/index.html"] = first
    files = {path: _incident(path, page, site) for path, page in found.items()}
    return files | {f"s/{first.short_number}/index.html": _short(first, site)}


def moved_files(pages: Mapping[str, Page]) -> dict[str, bytes]:
    """The files of an incident that was merged into another: every address that it had leads to that one's page."""
    first = next(iter(pages.values()))
    site = _Site(tuple(pages), first.sandbox)
    found = {f"{page_path(tongue, first.reference)}index.html": page for tongue, page in pages.items()}
    found[f"incidents/{first.reference}/index.html"] = first
    found[f"s/{first.short_number}/index.html"] = first
    return {path: _moved(path, page, site) for path, page in found.items()}


def _moved(path: str, page: Page, site: _Site) -> bytes:
    root = _root(path)
    links: list[Value] = [
        (tongue, site.words(tongue)["page"]["moved"], root + page_path(tongue, page.moved_to))
        for tongue in site.languages
    ]
    home = page_path(page.language, page.moved_to) if path.startswith(_folder(page.language)) else ""
    content: Context = {
        "reference": page.reference,
        "target": root + (home or f"incidents/{page.moved_to}/"),
    }
    return _rendered("short", site.frame(page.language, page.operator, links) | content)


def index_files(
    pages: Mapping[str, Sequence[Page]], operator: Mapping[str, str], sandbox: bool
) -> dict[str, bytes]:
    """The list of incidents at `/` (the first language given) and at each language's own address.

    `pages` are newest first; of their entries only the newest is looked at. Status `resolved` is past.
    """
    site = _Site(tuple(pages), sandbox)
    found = {f"{_folder(tongue)}/index.html": tongue for tongue in pages}
    found["index.html"] = site.languages[0]
    return {
        path: _index(path, tongue, pages[tongue], operator.get(tongue, ""), site)
        for path, tongue in found.items()
    }


def _incident(path: str, page: Page, site: _Site) -> bytes:
    root, says = _root(path), site.words(page.language)
    others = site.others(page.language, f"{root}{{language}}/incidents/{page.reference}/")
    content: Context = {
        "title": page.title,
        "status": says["statuses"].get(page.status, page.status),
        "reference": page.reference,
        "home": f"{root}{_folder(page.language)}/",
        "entries": [_entry(entry, says["page"]["number"]) for entry in page.entries],
    }
    return _rendered("incident", site.frame(page.language, page.operator, others) | content)


def _entry(entry: Entry, number: str) -> Value:
    label, anchor = phrase(number, number=entry.number), f"n{entry.number}"
    return (label, anchor, entry.token, entry.at, entry.title, paragraphs(tidy(entry.body)))


def _short(page: Page, site: _Site) -> bytes:
    root = _root("s/0/index.html")
    links: list[Value] = [
        (tongue, site.words(tongue)["page"]["open"], root + page_path(tongue, page.reference))
        for tongue in site.languages
    ]
    content: Context = {"reference": page.reference, "target": f"{root}incidents/{page.reference}/"}
    return _rendered("short", site.frame(page.language, page.operator, links) | content)


def _index(path: str, language: str, pages: Sequence[Page], operator: str, site: _Site) -> bytes:
    root = _root(path)
    frame = site.frame(language, operator, site.others(language, f"{root}{{language}}/"))
    content: Context = {
        "current": [_row(page, root, site) for page in pages if page.status != "resolved"],
        "past": [_row(page, root, site) for page in pages if page.status == "resolved"],
    }
    return _rendered("index", frame | content)


def _row(page: Page, root: str, site: _Site) -> Value:
    says = site.words(page.language)
    status = says["statuses"].get(page.status, page.status)
    href = root + page_path(page.language, page.reference)
    if not page.entries:
        return (href, page.title, status, "", "")
    newest = page.entries[0]
    return (href, page.title, status, phrase(says["page"]["number"], number=newest.number), newest.at)


def _folder(language: str) -> str:
    return page_path(language, "").partition("/")[0]


def _root(path: str) -> str:
    """The way from a file's folder up to the public root."""
    return "../" * path.count("/") or "./"


@cache
def _style() -> tuple[str, str]:
    """The style sheet, and the hash that the page's own policy names instead of `unsafe-inline` (S9)."""
    style = files("templates").joinpath("pages/style.css").read_text("utf-8")
    return style, base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


@cache
def _shelf() -> Shelf:
    says = {f"say_{name}" for language in LANGUAGES for name in words(language)["page"]}
    return Shelf(PackageLoader("templates", "."), Allowance({*SLOTS, *says}, PAGE_NODES))


def _rendered(page: str, context: Context) -> bytes:
    return _shelf().render(f"pages/{page}.html", context, LARGEST).encode()


def _bad_reference(reference: str) -> Invalid:
    return Invalid(
        "the reference {reference} cannot be part of a page's address",
        reference=repr(reference[:80]),
        field="reference",
        next="use letters, digits and hyphens",
    )
