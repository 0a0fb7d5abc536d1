"""The hand-over sheet in words: what is owed in the order of time, and who signed for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import PackageLoader

from incidents.terms import duty_word
from notifications.phrases import zone_name
from rendering.allow import PAGE_NODES, Allowance
from rendering.shelf import Shelf, Value
from rendering.words import words

LONGEST = 2_000_000
SLOTS = (
    *(
        "at",
        "zone",
        "overdue",
        "ahead",
        "undated",
        "nothing",
        "hash",
        "signed_by",
        "signed_at",
        "accepted_by",
    ),
    *("accepted_at", "same", "changed", "change", "due", "incident", "what", "kind", "state"),
)
Document = Mapping[str, Any]


@cache
def _shelf() -> Shelf:
    return Shelf(PackageLoader("templates", "."), Allowance(SLOTS, PAGE_NODES))


def sheet(shown: Document, language: str, zone: str) -> str:
    """The sheet of `coordinator.handover` in `language`, times in `zone`."""
    say = _Said(language, zone)
    now, items = datetime.fromisoformat(shown["at"]), shown["items"]
    dated = [item for item in items if item["due_at"]]
    late = [item for item in dated if datetime.fromisoformat(item["due_at"]) < now]
    signed = shown["signed"] or {}
    moved = signed.get("changes", [])
    context: dict[str, Value] = {
        "at": say.at(shown["at"]),
        "zone": zone_name(zone, now, say.words),
        "overdue": [say.line(item) for item in late],
        "ahead": [say.line(item) for item in dated if item not in late],
        "undated": [say.line(item) for item in items if not item["due_at"]],
        "nothing": int(not items),
        "hash": shown["hash"][:16],
        "signed_by": signed.get("by", ""),
        "signed_at": say.at(signed.get("at")),
        "accepted_by": signed.get("accepted_by", ""),
        "accepted_at": say.at(signed.get("accepted_at")),
        "same": int(not moved),
        "changed": [(*say.line(one["item"]), say.word("handover", one["change"])) for one in moved],
    }
    return _shelf().render(f"handover/sheet.{language}.txt", context, LONGEST)


class _Said:
    """Codes and instants of a document as one language says them."""

    def __init__(self, language: str, zone: str):
        self.words, self._language, self._zone = words(language), language, ZoneInfo(zone)

    def at(self, text: str | None) -> str:
        return "" if text is None else f"{datetime.fromisoformat(text).astimezone(self._zone):%Y-%m-%d %H:%M}"

    def word(self, family: str, code: str) -> str:
        return str(self.words[family].get(code, code))

    def line(self, item: Document) -> tuple[str, ...]:
        family = {
            "incident": "incident_statuses",
            "planned": "incident_statuses",
            "window": "verdicts",
            "task": "tasks",
        }.get(item["what"], "handover")
        kind = {"incident": "types", "task": "departments"}.get(item["what"], "kinds")
        title = item["title"].get(self._language) or next(iter(item["title"].values()), "")
        case = item["kind"] == "case"
        word = (
            self.words["case"]["type"]
            if case
            else self.word(kind, duty_word(item["kind"], item.get("rule", "")))
        )
        named = f"{title} ({word})" if title else word
        what = f"{self.word('handover', item['what'])} {item['id']}"
        if item["what"] == "planned":
            what = self.word("handover", "planned")
        if item["what"] == "incident":
            what = self.words["levels"][str(item["level"])]
        return self.at(item["due_at"]), item["incident"], what, named, self.word(family, item["state"])
