"""Posts to the staff chat: one per timeline entry that is posted, at most."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from notifications.chat import UNFINISHED, Post, PostState
from storage.columns import driver, from_micros
from storage.notice_schema import chat_posts
from storage.rows import Rows

_rows = Rows(chat_posts, Post)
_UNFINISHED = f"state IN ({', '.join(repr(state.value) for state in UNFINISHED)})"
_WAITING = f"SELECT count(*), min(created_at) FROM chat_posts WHERE {_UNFINISHED}"  # noqa: S608 - names


class Chat:
    def __init__(self, connection: Connection):
        self._connection = connection

    def add(self, post: Post) -> None:
        """Plan a post; a second one for the same timeline entry changes nothing."""
        _rows.offer(self._connection, post)

    def first(self) -> list[Post]:
        """Of each incident the oldest unfinished post: what comes after it waits."""
        oldest = f"SELECT min(id) FROM chat_posts WHERE {_UNFINISHED} GROUP BY incident"  # noqa: S608 - names
        return _rows.find(self._connection, f"WHERE id IN ({oldest}) ORDER BY id")

    def unfinished(self, incident: int) -> list[Post]:
        return _rows.find(self._connection, f"WHERE incident = ? AND {_UNFINISHED} ORDER BY id", (incident,))

    def merged_into(self, post_id: int) -> list[Post]:
        return _rows.find(self._connection, "WHERE merged_into = ? ORDER BY id", (post_id,))

    def merge(self, ids: Sequence[int], into: int) -> None:
        """Let one post tell what these would have told, and what they were to tell themselves."""
        c = chat_posts.c
        merged = update(chat_posts).where(c.id.in_(ids) | c.merged_into.in_(ids))
        self._connection.execute(merged.values(state=PostState.MERGED.value, merged_into=into))

    def thread(self, incident: int) -> str:
        """What the incident's thread hangs from; "" when there is nothing yet."""
        c = chat_posts.c
        roots = select(c.ts).where(c.incident == incident, c.root, c.ts != "").order_by(c.id.desc())
        return self._connection.execute(roots.limit(1)).scalar() or ""

    def lose_thread(self, incident: int) -> None:
        self._connection.execute(
            update(chat_posts).where(chat_posts.c.incident == incident).values(root=False)
        )

    def take(self, post: Post) -> None:
        """Keep a post that is being called, with the number of its attempt."""
        _rows.update(self._connection, post)

    def settle(self, post: Post) -> bool:
        """Keep what became of an attempt; False when a later attempt has it already."""
        same = (chat_posts.c.id == post.id) & (chat_posts.c.attempts == post.attempts)
        calling = chat_posts.c.state == PostState.CALLING.value
        done = self._connection.execute(update(chat_posts).where(same & calling).values(**_rows.row(post)))
        return done.rowcount > 0

    def waiting(self) -> tuple[int, datetime | None]:
        """How many posts are unfinished, and since when the oldest is."""
        number, oldest = driver(self._connection).execute(_WAITING).fetchone()
        return number, None if oldest is None else from_micros(oldest)
