"""The playbooks that there are, and which of them is in force (R01, R02).

Pure: the texts are read outside. The operator's own stand in front; what comes with the program is the last
resort, so that an incident never opens without a plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.resources import files

from incidents.terms import IncidentType
from playbooks.check import Problem, Said, problems, wrong
from playbooks.playbook import Playbook, parse

OWN, SHIPPED = "own", "shipped"


@dataclass(frozen=True)
class Source:
    """A playbook's text and where it is from: `own` (the operator's folder) or `shipped`."""

    origin: str
    file: str
    text: str
    unreadable: str = ""
    """Why the file could not be read, if so."""

    def problems(self, today: date | None = None) -> list[Problem]:
        if self.unreadable:
            return [Problem(self.file, 1, Said.UNREADABLE, {"why": self.unreadable})]
        return problems(self.text, self.file, today)


@dataclass(frozen=True)
class Edition:
    """One version of one playbook."""

    source: Source
    playbook: Playbook

    def effective(self, today: date) -> bool:
        return self.playbook.approved and self.playbook.effective_from <= today

    def overdue(self, today: date) -> bool:
        return self.playbook.review_due < today


class Shelf:
    """Every playbook of the house; each is read once, when somebody first asks."""

    def __init__(self, sources: Iterable[Source]):
        self.sources = tuple(sources)

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(source.file for source in self.sources)

    @cached_property
    def editions(self) -> tuple[Edition, ...]:
        """Those that are sound, the operator's own first."""
        sound = [s for s in self.sources if s.origin == SHIPPED or not wrong(s.problems())]
        found = [Edition(source, parse(source.text)) for source in sound]
        return tuple(
            sorted(found, key=lambda one: (one.source.origin != OWN, one.playbook.id, one.source.file))
        )

    def problems(self, today: date) -> list[Problem]:
        """Everything that is wrong with each and with all of them together."""
        found = [p for s in self.sources for p in s.problems(today)]
        return found + list(self._together(today))

    def __contains__(self, kind: object) -> bool:
        return any(one.playbook.type == kind for one in self.editions)

    def active(self, kind: IncidentType | str, today: date) -> Edition | None:
        """The one playbook in force for this type; None for a type that has none at all.

        The operator's own beats ours, in force beats to come, and then the higher version counts.
        """
        mine = [one for one in self.editions if one.playbook.type == kind]
        usable = [one for one in mine if one.source.origin == SHIPPED or one.effective(today)]
        return max(usable, key=lambda one: _rank(one, today), default=None)

    def standing(self, edition: Edition, today: date) -> str:
        """active, unapproved, planned (effective later) or replaced (by a better one)."""
        if self.active(edition.playbook.type, today) is edition:
            return "active"
        if not edition.playbook.approved:
            return "unapproved"
        return "replaced" if edition.effective(today) else "planned"

    def _together(self, today: date) -> Iterator[Problem]:
        own = [one for one in self.editions if one.source.origin == OWN]
        shipped = {one.playbook.id: one for one in self.editions if one.source.origin == SHIPPED}
        for place, one in enumerate(own):
            for other in own[:place]:
                yield from _clash(one, other, today)
            theirs = shipped.get(one.playbook.id)
            if theirs is not None and one.playbook.version <= theirs.playbook.version:
                versions = {"version": one.playbook.version, "shipped": theirs.playbook.version}
                yield Problem(one.source.file, 1, Said.NOT_NEWER, versions)


def _rank(one: Edition, today: date) -> tuple[bool, bool, int, str]:
    return one.source.origin == OWN, one.effective(today), one.playbook.version, one.source.file


def _clash(one: Edition, other: Edition, today: date) -> Iterator[Problem]:
    mine, theirs = one.playbook, other.playbook
    if (mine.id, mine.version) == (theirs.id, theirs.version):
        params: dict[str, object] = {"version": mine.version, "id": mine.id, "file": other.source.file}
        yield Problem(one.source.file, 1, Said.VERSION_TWICE, params)
    elif (
        mine.type == theirs.type and mine.id != theirs.id and one.effective(today) and other.effective(today)
    ):
        params = {"type": mine.type, "name": mine.name, "other": theirs.name, "file": other.source.file}
        yield Problem(one.source.file, 1, Said.ACTIVE_TWICE, params)


def shipped() -> tuple[Source, ...]:
    """The playbooks that come with the program."""
    folder = files("playbooks") / "library"
    names = sorted(path.name for path in folder.iterdir() if path.name.endswith(".yaml"))
    return tuple(Source(SHIPPED, name, (folder / name).read_text(encoding="utf-8")) for name in names)


def library(own: Iterable[Source] = ()) -> Shelf:
    """The shelf of the house: the operator's own in front of ours."""
    return Shelf((*own, *shipped()))
