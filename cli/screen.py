"""What people read: lines, tables and times, on a terminal or in a plain file.

Colour and rich tables only on a terminal; never colour alone.
"""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from cli.spans import span
from cli.visible import visible
from incidents.instants import sayable

if TYPE_CHECKING:
    from coordinator.act import House

WHOLE = ("incident", "kind", "left", "state", "who", "user", "code")
"""Columns that keep their width when a terminal is narrow."""
SANDBOX = "SANDBOX: nothing leaves this machine"


def write_json(document: dict[str, Any]) -> None:
    """The one document on stdout."""
    utf8 = (getattr(sys.stdout, "encoding", "") or "").lower().replace("-", "") == "utf8"
    click.echo(json.dumps(document, indent=2, ensure_ascii=not utf8, allow_nan=False))


class Screen:
    """Where one command speaks to people: stdout, or stderr beside a JSON document."""

    def __init__(self, language: str, to_stderr: bool = False):
        from cli.words import words

        self.language = language
        self.t = words(language)
        self._err = to_stderr
        self._zone: Any = None
        self._words: Any = {}
        self.zone_name = ""
        self._said_sandbox = False
        stream = sys.stderr if to_stderr else sys.stdout
        self.live = stream.isatty()
        self._colour = None if "NO_COLOR" not in os.environ else False

    def set_zone(self, house: House, now: datetime) -> None:
        """Times are shown in the operator's zone, with the name that it has at `now`."""
        from zoneinfo import ZoneInfo

        from notifications.phrases import zone_name

        setting = house.setting
        self._zone = ZoneInfo(setting.zone)
        self._words = house.renderer.words(self.language)
        self.zone_name = zone_name(setting.zone, now, self._words)
        if setting.sandbox and not self._said_sandbox:
            self._said_sandbox = True
            self.line(self.t(SANDBOX), "yellow")

    def word(self, family: str, code: object) -> str:
        """What the house calls a code (a kind, a department); an unknown one stands as itself."""
        return str(self._words.get(family, {}).get(str(code), code))

    def status(self, code: object) -> str:
        """How an incident stands; the same word as on the hand-over sheet and in reports."""
        return self.t("{status}", status=code)

    def duty(self, window: Mapping[str, object]) -> str:
        """What a duty is called: by its kind, or by its rule where a kind has several."""
        from incidents.terms import duty_word

        kind = str(window["kind"])
        code = duty_word(kind, str(window.get("rule", "")))
        return self.t(kind) if code == kind else self.word("kinds", code)

    def begin(self) -> None:
        """A fresh screen: what is said once is said again."""
        self._said_sandbox = False

    def line(self, text: str = "", colour: str | None = None, bold: bool = False) -> None:
        click.secho(visible(text), fg=colour, bold=bold or None, err=self._err, color=self._colour)

    def say(self, template: str, colour: str | None = None, **values: object) -> None:
        """A line from a template of the catalogue."""
        self.line(self.t(template, **values), colour)

    def warn(self, template: str, **values: object) -> None:
        """A warning, on stderr in any case."""
        click.secho(visible(self.t(template, **values)), fg="red", err=True, color=self._colour)

    def next(self, command: str | None) -> None:
        """What to do now; the last line of every command."""
        if command:
            self.line(f"→ {self.t(command)}", "cyan")

    def at(self, text: str | None, now: str | None = None) -> str:
        """An instant of a document in the operator's zone; the date is left out today."""
        if text is None:
            return "–"
        said = datetime.fromisoformat(text)
        if not sayable(said):
            return text
        local = said.astimezone(self._zone)
        today = now is not None and datetime.fromisoformat(now).astimezone(self._zone).date() == local.date()
        return f"{local:%H:%M:%S}" if today else f"{local:%Y-%m-%d %H:%M:%S}"

    def zoned(self, text: str | None) -> str:
        """The same in full with the zone's name."""
        return "–" if text is None else f"{self.at(text)} {self.zone_name}"

    def countdown(self, due: str, now: str) -> tuple[str, str | None]:
        """How long is left, in words, with a colour for it."""
        left = datetime.fromisoformat(due) - datetime.fromisoformat(now)
        if left < timedelta():
            return self.t("overdue {span}", span=self.span(-left)), "red"
        return self.t("in {span}", span=self.span(left)), "yellow" if left < timedelta(minutes=30) else None

    def span(self, length: timedelta | float) -> str:
        """A length of time (a number is seconds) in words."""
        return span(length.total_seconds() if isinstance(length, timedelta) else length, self.t)

    def table(
        self,
        heads: Sequence[str],
        rows: Sequence[Sequence[object]],
        colours: Sequence[str | None] = (),
        **values: object,
    ) -> None:
        """Rows under their heads, which are templates; a row may have a colour besides its words."""
        titles = [self.t(head, **values) if "{" in head else self.t(head) for head in heads]
        cells = [[visible(str(cell)) for cell in row] for row in rows]
        tints = [*colours, *([None] * (len(cells) - len(colours)))]
        if self.live and not self._err:
            wraps = [head not in WHOLE for head in heads]
            self._rich(titles, cells, tints, wraps)
        else:
            self._plain(titles, cells)

    def _rich(
        self, titles: list[str], cells: list[list[str]], tints: list[str | None], wraps: list[bool]
    ) -> None:
        from rich import box
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for title, wrap in zip(titles, wraps, strict=True):
            table.add_column(Text(title), overflow="fold", no_wrap=not wrap)
        for row, tint in zip(cells, tints, strict=True):
            table.add_row(*(Text(cell) for cell in row), style=tint)
        Console().print(table)

    def _plain(self, titles: list[str], cells: list[list[str]]) -> None:
        wide = [max(_width(row[n]) for row in [titles, *cells]) for n in range(len(titles))]
        for row in [titles, *cells]:
            padded = (cell + " " * (wide[n] - _width(cell)) for n, cell in enumerate(row))
            self.line("  ".join(padded).rstrip())


def _width(text: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )
