"""The file of rejected rows: as they were given, each with its line and why, to be mended and imported again.

Pure. A cell that a spreadsheet would run as a formula gets an apostrophe, which reading takes off again.
"""

from __future__ import annotations

import csv
import io

from notifications.rows import BESIDE, ESCAPED, Rejection, Table

BOM = "\ufeff"
"""Tells a spreadsheet that the file is UTF-8."""


def head(table: Table) -> str:
    """The first line: the file's own columns, then what is said beside each row."""
    return BOM + _line([*table.present, *BESIDE])


def line(table: Table, rejection: Rejection, reason: str) -> str:
    """One rejected row; of a line that could not be read, its text in the first column."""
    cells = dict(zip(table.columns, rejection.row, strict=False))
    return _line(
        [*(_escaped(cells.get(name, "")) for name in table.present), str(rejection.line), _escaped(reason)]
    )


def _escaped(cell: str) -> str:
    return f"'{cell}" if cell.startswith(ESCAPED) else cell


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()
