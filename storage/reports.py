"""Versions of reports with their files, as they were submitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection, insert, select, update

from incidents.errors import NotFound
from reports.version import Version
from storage.notice_schema import report_files, reports
from storage.rows import Rows, inserted_id

_rows = Rows(reports, Version)


class Reports:
    def __init__(self, connection: Connection):
        self._connection = connection

    def add(self, version: Version, files: Mapping[str, bytes]) -> Version:
        """Store a submitted version with its files and give it its id."""
        done = self._connection.execute(insert(reports).values(_rows.row(version)))
        added = replace(version, id=inserted_id(done))
        rows = [{"report_id": added.id, "name": name, "content": files[name]} for name in sorted(files)]
        self._connection.execute(insert(report_files), rows)
        return added

    def get(self, report_id: int) -> Version:
        row = self._connection.execute(select(reports).where(reports.c.id == report_id)).mappings().first()
        if row is None:
            raise NotFound("no report R{id}", id=report_id, field="report", next="tongbao pending")
        return _rows.value(row)

    def save(self, version: Version) -> None:
        self._connection.execute(update(reports).where(reports.c.id == version.id).values(_rows.row(version)))

    def of_incident(self, incident_id: int) -> list[Version]:
        query = select(reports).where(reports.c.incident == incident_id).order_by(reports.c.id)
        return [_rows.value(row) for row in self._connection.execute(query).mappings()]

    def submitted(self) -> list[Version]:
        """What waits for a second person, the oldest first."""
        query = select(reports).where(reports.c.state == "submitted").order_by(reports.c.id)
        return [_rows.value(row) for row in self._connection.execute(query).mappings()]

    def files(self, report_id: int) -> dict[str, bytes]:
        """The files of a version, byte for byte as they were submitted."""
        query = select(report_files.c.name, report_files.c.content).where(
            report_files.c.report_id == report_id
        )
        return {row.name: bytes(row.content) for row in self._connection.execute(query)}
