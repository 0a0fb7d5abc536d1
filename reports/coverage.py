"""What the handbook wants a record to say, field by field, and how much of it is said.

Pure. Source: handbook 7.2(1), 7.3(1), 7.5(1), 7.5(3) (R12, R21, R22, R35, R38); docs/reports.md, "Completeness".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from incidents.incident import Incident
from incidents.terms import IncidentType, Kind, Status
from reports.handling import HandlingReport


class Given(StrEnum):
    """How a field stands. `unknown` is said honestly; for `missing` nothing has been said at all."""

    PRESENT = "present"
    UNKNOWN = "unknown"
    MISSING = "missing"


def _known(value: object) -> Given:
    return Given.PRESENT if value else Given.UNKNOWN


def _said(value: object) -> Given:
    return Given.PRESENT if value else Given.MISSING


def _cause(incident: Incident) -> Given:
    return _known(incident.cause and incident.cause_status != "unknown")


def _progress(record: HandlingReport) -> Given:
    told = any(sent.notice.kind != Kind.FIRST_NOTICE for sent in record.sent)
    return _said(told or record.incident.actions or record.incident.restored_at)


def _process(record: HandlingReport) -> Given:
    noted = any(entry.kind == "note" for entry in record.timeline)
    done = any(task.state == "done" for task in record.tasks)
    return _said(noted or done or record.incident.actions)


def _root_cause(incident: Incident) -> Given:
    return _known(incident.cause and incident.cause_status == "confirmed")


@dataclass(frozen=True)
class Field:
    """One thing to be said. `fill` is what to type after `tongbao` when it is not; {ref} is the incident."""

    name: str
    standing: Callable[[HandlingReport], Given]
    fill: str = ""


TEXT = "'中文 // English'"
TIME = Field("time", lambda r: _known(r.incident.onset_at), "update {ref} --onset TIME")
PLACE = Field("place", lambda r: _known(r.incident.areas), "update {ref} --area CODE")
TYPE = Field("type", lambda r: Given.PRESENT)
SCOPE = Field(
    "scope",
    lambda r: _known(r.incident.services and r.incident.affected),
    "update {ref} --service CODE --affected N",
)
CAUSE = Field(
    "cause", lambda r: _cause(r.incident), f"update {{ref}} --cause {TEXT} --cause-status suspected"
)
MEASURES = Field(
    "measures", lambda r: _known(r.incident.actions or r.acted), f"update {{ref}} --action {TEXT}"
)


@dataclass(frozen=True)
class Demand:
    """The fields that one paragraph of the handbook asks for.

    A notice may honestly say "not known"; a record may not: for it an unknown field is a gap.
    """

    paragraph: str
    fields: tuple[Field, ...]
    unknown_will_do: bool
    only: IncidentType | None = None
    summary: bool = False
    """Whether it is asked of the summary report alone."""


MATRIX = (
    Demand("7.2(1)", (TIME, PLACE, TYPE, SCOPE, CAUSE), unknown_will_do=True),
    Demand(
        "7.3(1)",
        (
            *(TIME, PLACE, TYPE, SCOPE, MEASURES),
            Field(
                "expected",
                lambda r: _known(r.incident.expected_at or r.incident.restored_at),
                "update {ref} --eta TIME",
            ),
            Field("effects", lambda r: _known(r.incident.effects), f"update {{ref}} --effects {TEXT}"),
        ),
        unknown_will_do=True,
    ),
    Demand(
        "7.3(1) network",
        (
            TIME,
            Field("affected", lambda r: _known(r.incident.affected), "update {ref} --affected N"),
            CAUSE,
            Field("progress", _progress, f"update {{ref}} --action {TEXT}"),
        ),
        unknown_will_do=True,
        only=IncidentType.NETWORK_FAULT,
    ),
    Demand(
        "7.5(1)",
        (
            *(TIME, PLACE, TYPE, SCOPE),
            Field("process", _process, "log {ref} TEXT"),
            Field("result", lambda r: _said(r.incident.result), f"update {{ref}} --result {TEXT}"),
            Field(
                "department",
                lambda r: _said(r.incident.responsible_department or r.leads),
                f"update {{ref}} --department {TEXT}",
            ),
            Field("handlers", lambda r: _said(r.handlers), "log {ref} TEXT"),
        ),
        unknown_will_do=False,
    ),
    Demand(
        "7.5(3)",
        (
            Field(
                "root_cause",
                lambda r: _root_cause(r.incident),
                f"update {{ref}} --cause {TEXT} --cause-status confirmed",
            ),
            Field("handling_effect", lambda r: _known(r.incident.resolved_at), "resolve {ref}"),
            Field(
                "improvements",
                lambda r: _said(r.incident.improvements),
                f"update {{ref}} --improvement {TEXT}",
            ),
        ),
        unknown_will_do=False,
        summary=True,
    ),
)
"""The whole matrix: 5, 7, 4, 8 and 3 fields."""


@dataclass(frozen=True)
class Cell:
    """One field of one paragraph as it stands; `counts` is whether it counts as given there."""

    paragraph: str
    field: str
    standing: Given
    counts: bool
    fill: str
    """The command that fills it, or that adds it to a closed record; "" when there is nothing to fill."""


@dataclass(frozen=True)
class Coverage:
    cells: tuple[Cell, ...]

    @property
    def given(self) -> int:
        return sum(cell.counts for cell in self.cells)

    @property
    def total(self) -> int:
        return len(self.cells)

    @property
    def percent(self) -> int:
        """Whole percent, rounded down: 100 means that nothing is open."""
        return self.given * 100 // self.total

    def open(self) -> tuple[Cell, ...]:
        """One cell per field that is not present, in the order of the handbook."""
        found = {cell.field: cell for cell in reversed(self.cells) if cell.standing != Given.PRESENT}
        return tuple(dict.fromkeys(found[cell.field] for cell in self.cells if cell.field in found))

    def by_paragraph(self) -> dict[str, tuple[int, int]]:
        """paragraph -> (given, asked)."""
        found: dict[str, tuple[int, int]] = {}
        for cell in self.cells:
            given, total = found.get(cell.paragraph, (0, 0))
            found[cell.paragraph] = (given + cell.counts, total + 1)
        return found


def coverage(record: HandlingReport, summary: bool = False) -> Coverage:
    """How far a record says what is asked of it; `summary` adds the three topics of the summary report."""
    asked = [
        demand
        for demand in MATRIX
        if demand.only in (None, record.incident.type) and (summary or not demand.summary)
    ]
    return Coverage(tuple(_cell(demand, field, record) for demand in asked for field in demand.fields))


def _cell(demand: Demand, field: Field, record: HandlingReport) -> Cell:
    standing = field.standing(record)
    counts = standing == Given.PRESENT or (demand.unknown_will_do and standing == Given.UNKNOWN)
    final = record.incident.status == Status.CLOSED
    fill = "log {ref} TEXT" if final else field.fill
    fill = "" if standing == Given.PRESENT else f"tongbao {fill.format(ref=record.incident.reference)}"
    return Cell(demand.paragraph, field.name, standing, counts, fill)
