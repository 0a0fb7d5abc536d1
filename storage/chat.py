"""Posts to the staff chat: one per timeline entry that is posted, at most."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from notifications.chat import UNFINISHED, Post, PostState
from storage.notice_schema import chat_posts
from storage.rows import Rows

_rows = Rows(chat_posts, Post)
_unfinished = chat_posts.c.state.in_([state.value for state in UNFINISHED])


class Chat:
    def __init__(self, connection: Connection):
        self._connection = connection

    def add(self, post: Post) -> None:
        """Plan a post; a second one for the same timeline entry changes nothing."""
        self._connection.execute(upsert(chat_posts).values(**_rows.row(post)).on_conflict_do_nothing())

    def first(self) -> list[Post]:
        """Of each incident the oldest unfinished post: what comes after it waits."""
        oldest = select(func.min(chat_posts.c.id)).where(_unfinished).group_by(chat_posts.c.incident)
        return self._found(select(chat_posts).where(chat_posts.c.id.in_(oldest)).order_by(chat_posts.c.id))

    def unfinished(self, incident: int) -> list[Post]:
        query = select(chat_posts).where(chat_posts.c.incident == incident, _unfinished)
        return self._found(query.order_by(chat_posts.c.id))

    def merged_into(self, post_id: int) -> list[Post]:
        query = select(chat_posts).where(chat_posts.c.merged_into == post_id)
        return self._found(query.order_by(chat_posts.c.id))

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
        self._connection.execute(
            update(chat_posts).where(chat_posts.c.id == post.id).values(**_rows.row(post))
        )

    def settle(self, post: Post) -> bool:
        """Keep what became of an attempt; False when a later attempt has it already."""
        same = (chat_posts.c.id == post.id) & (chat_posts.c.attempts == post.attempts)
        calling = chat_posts.c.state == PostState.CALLING.value
        done = self._connection.execute(update(chat_posts).where(same & calling).values(**_rows.row(post)))
        return done.rowcount > 0

    def waiting(self) -> tuple[int, datetime | None]:
        """How many posts are unfinished, and since when the oldest is."""
        query = select(func.count(), func.min(chat_posts.c.created_at)).where(_unfinished)
        number, oldest = self._connection.execute(query).one()
        return number, oldest

    def _found(self, query: object) -> list[Post]:
        return [_rows.value(row) for row in self._connection.execute(query).mappings()]  # type: ignore[call-overload]
