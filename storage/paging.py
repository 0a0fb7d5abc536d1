"""Call-outs and the pages that they make: one live call-out per key, one page per person, channel and round."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from incidents.errors import NotFound
from notifications.paging import UNFINISHED, CallOut, Page, PageState
from storage.columns import driver, earliest, to_micros
from storage.paging_schema import call_outs, page_uses, staff_pages
from storage.rows import Rows

_calls = Rows(call_outs, CallOut)
_pages = Rows(staff_pages, Page)
_DROP = (
    f"UPDATE staff_pages SET state = '{PageState.DROPPED}', reason = ? "  # noqa: S608 - names, no values
    f"WHERE call = ? AND round < ? AND state = '{PageState.PLANNED}'"
)
_NEXT_CALL = "SELECT min(next_at) FROM call_outs WHERE ended_at IS NULL"
_CALLS_DUE = "SELECT count(*) FROM call_outs WHERE ended_at IS NULL AND next_at <= ?"
_UNFINISHED = f"state IN ({', '.join(repr(state.value) for state in UNFINISHED)})"
_BY = "FROM staff_pages WHERE channel IN (SELECT value FROM json_each(?))"
_NEXT_PAGE = f"SELECT min(next_at) {_BY} AND {_UNFINISHED}"
_PAGES_DUE = f"SELECT count(*) {_BY} AND next_at <= ? AND {_UNFINISHED}"
_TAKEN = "SELECT 1 FROM call_outs WHERE key = ? AND ended_at IS NULL"


class Paging:
    def __init__(self, connection: Connection):
        self._connection = connection

    def open_call(self, call: CallOut) -> CallOut | None:
        """Keep a new call-out; None when one of its key is not over yet."""
        if driver(self._connection).execute(_TAKEN, (call.key,)).fetchone() is not None:
            return None
        return replace(call, id=_calls.insert(self._connection, call))

    def call(self, call_id: int) -> CallOut:
        found = _calls.find(self._connection, "WHERE id = ?", (call_id,))
        if not found:
            raise NotFound("no call-out {id}", id=call_id, field="call")
        return found[0]

    def save_call(self, call: CallOut) -> None:
        _calls.update(self._connection, call)

    def live(self) -> list[CallOut]:
        """Every call-out that is not over, the oldest first."""
        return _calls.find(self._connection, "WHERE ended_at IS NULL ORDER BY id")

    def live_of(self, incident_id: int, about: Sequence[str]) -> list[CallOut]:
        """Those of one incident about these matters, the oldest first."""
        marks = ", ".join("?" * len(about))
        mine = f"WHERE incident = ? AND ended_at IS NULL AND about IN ({marks}) ORDER BY id"
        return _calls.find(self._connection, mine, (incident_id, *about))

    def due(self, now: datetime, limit: int) -> list[CallOut]:
        due = f"WHERE next_at <= ? AND ended_at IS NULL ORDER BY next_at, id LIMIT {limit:d}"
        return _calls.find(self._connection, due, (to_micros(now),))

    def next_at(self, channels: Sequence[str]) -> datetime | None:
        """When a call-out, or a page by one of these channels, is due next."""
        calls = earliest(self._connection, _NEXT_CALL)
        pages = earliest(self._connection, _NEXT_PAGE, (json.dumps(list(channels)),)) if channels else None
        return min((at for at in (calls, pages) if at is not None), default=None)

    def add_pages(self, pages: Iterable[Page]) -> None:
        """Plan pages; one that is there already stays as it is."""
        for page in pages:
            _pages.offer(self._connection, page)

    def page(self, page_id: int) -> Page:
        found = _pages.find(self._connection, "WHERE id = ?", (page_id,))
        if not found:
            raise NotFound("no page {id}", id=page_id, field="page", next="tongbao board")
        return found[0]

    def ready(self, channel: str, now: datetime, limit: int) -> list[Page]:
        """What of this channel is to be called or asked for now, the oldest first."""
        due = f"WHERE channel = ? AND next_at <= ? AND {_UNFINISHED} ORDER BY id LIMIT {limit:d}"
        return _pages.find(self._connection, due, (channel, to_micros(now)))

    def of_call(self, call_id: int) -> list[Page]:
        return _pages.find(self._connection, "WHERE call = ? ORDER BY id", (call_id,))

    def by_code(self, person: str, code: str) -> list[Page]:
        """The pages of this person with this code, the newest first."""
        return _pages.find(self._connection, "WHERE person = ? AND code = ? ORDER BY id DESC", (person, code))

    def save(self, page: Page) -> None:
        _pages.update(self._connection, page)

    def settle(self, page: Page) -> bool:
        """Keep what became of an attempt; False when a later attempt has it already."""
        c = staff_pages.c
        mine = (c.id == page.id) & (c.attempts == page.attempts) & (c.state == PageState.CALLING.value)
        values = _pages.row(page)
        kept = {n: values[n] for n in ("state", "next_at", "looks", "resends", "reference", "reason")}
        return self._connection.execute(update(staff_pages).where(mine).values(**kept)).rowcount > 0

    def drop(self, call_id: int, before_round: int, reason: str) -> int:
        """End the unfinished pages of earlier rounds that nobody has called for; how many."""
        return int(driver(self._connection).execute(_DROP, (reason, call_id, before_round)).rowcount)

    def waiting(self, now: datetime, channels: Sequence[str]) -> int:
        """How many call-outs, and pages by these channels, are due."""
        execute, at = driver(self._connection).execute, to_micros(now)
        calls = execute(_CALLS_DUE, (at,)).fetchone()[0]
        return int(calls + execute(_PAGES_DUE, (json.dumps(list(channels)), at)).fetchone()[0])

    def use(self, page_id: int, purpose: str, at: datetime, how: str) -> bool:
        """Spend a page's link for one purpose; False when that was done before."""
        row = upsert(page_uses).values(page=page_id, purpose=purpose, at=at, how=how)
        return self._connection.execute(row.on_conflict_do_nothing()).rowcount > 0

    def used(self, page_id: int, purpose: str) -> bool:
        query = select(page_uses.c.page).where(page_uses.c.page == page_id, page_uses.c.purpose == purpose)
        return self._connection.execute(query).first() is not None
