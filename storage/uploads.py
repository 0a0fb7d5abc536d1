"""Lists of accounts that were uploaded for one incident: filled in batches, in force once whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from incidents.errors import NotFound
from notifications.audience import Upload
from storage.columns import driver
from storage.rows import inserted_id
from storage.schema import customers, uploaded, uploads

OPEN, LIVE, REPLACED = "open", "live", "replaced"
_LIVE = "SELECT id, alone FROM uploads WHERE incident_id = ? AND state = ? ORDER BY id"


class Uploads:
    def __init__(self, connection: Connection):
        self._connection = connection

    def begin(self, incident_id: int, alone: bool, by: str, at: datetime) -> Upload:
        """A new list, which counts for nothing before it is finished."""
        values = {"incident_id": incident_id, "alone": alone, "state": OPEN, "by": by, "at": at}
        return Upload(
            inserted_id(self._connection.execute(insert(uploads).values(values))), incident_id, alone
        )

    def get(self, upload_id: int) -> Upload:
        """A list that is being filled."""
        query = select(uploads).where(uploads.c.id == upload_id, uploads.c.state == OPEN)
        row = self._connection.execute(query).first()
        if row is None:
            raise NotFound("no open upload {id}", id=upload_id, field="upload", next="upload the file again")
        return Upload(row.id, row.incident_id, row.alone)

    def add(self, upload_id: int, accounts: Sequence[str]) -> set[str]:
        """Put these accounts on the list; returns those that the directory knows."""
        found = select(customers.c.account, customers.c.id).where(customers.c.account.in_(accounts))
        known = {row[0]: row[1] for row in self._connection.execute(found)}
        if known:
            rows = [{"upload_id": upload_id, "customer_id": one} for one in known.values()]
            self._connection.execute(upsert(uploaded).on_conflict_do_nothing(), rows)
        return set(known)

    def finish(self, upload: Upload) -> int:
        """Put the list in force, instead of the earlier ones if it stands alone; returns its people."""
        if upload.alone:
            earlier = (uploads.c.incident_id == upload.incident, uploads.c.state == LIVE)
            self._connection.execute(update(uploads).where(*earlier).values(state=REPLACED))
        self._connection.execute(update(uploads).where(uploads.c.id == upload.id).values(state=LIVE))
        mine = select(func.count()).select_from(uploaded).where(uploaded.c.upload_id == upload.id)
        return self._connection.execute(mine).scalar_one()

    def live(self, incident_id: int) -> list[Upload]:
        """The lists in force for an incident."""
        rows = driver(self._connection).execute(_LIVE, (incident_id, LIVE)).fetchall()
        return [Upload(row[0], incident_id, bool(row[1])) for row in rows]
