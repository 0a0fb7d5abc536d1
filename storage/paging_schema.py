"""The tables of the people on duty: who they are, their shifts, what they are paged for, and each page."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Text, UniqueConstraint, text

from storage.columns import Instant, Nested, table

staff = table(
    "staff",
    Column("name", Text, ForeignKey("users.name"), primary_key=True),
    Column("phone", Text),
    Column("email", Text),
    Column("language", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("substitutes", Nested, nullable=False),
)

shifts = table(
    "shifts",
    Column("id", Integer, primary_key=True),
    Column("person", Text, ForeignKey("staff.name"), nullable=False),
    Column("role", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("weekly", Boolean, nullable=False),
    Column("zone", Text, nullable=False),
    Column("until", Instant),
)

call_outs = table(
    "call_outs",
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("incident", Integer, ForeignKey("incidents.id")),
    Column("window", Integer, ForeignKey("windows.id")),
    Column("notice", Integer, ForeignKey("notices.id")),
    Column("to", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("any_hour", Boolean, nullable=False),
    Column("data", Nested, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("next_at", Instant),
    Column("round", Integer, nullable=False),
    Column("stage", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("acknowledged_at", Instant),
    Column("acknowledged_by", Text, nullable=False),
    Column("acknowledged_until", Instant),
    Column("ended_at", Instant),
    Column("ended_by", Text, nullable=False),
    Index("call_outs_live", "key", unique=True, sqlite_where=text("ended_at IS NULL")),
    Index("call_outs_of_incident", "incident", sqlite_where=text("ended_at IS NULL")),
    Index("call_outs_due", "next_at", sqlite_where=text("next_at IS NOT NULL")),
)

staff_pages = table(
    "staff_pages",
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("call", Integer, ForeignKey("call_outs.id"), nullable=False),
    Column("person", Text, ForeignKey("staff.name"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("round", Integer, nullable=False),
    Column("role", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("code", Text, nullable=False),
    Column("text", Nested),
    Column("to", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("called_at", Instant),
    Column("looks", Integer, nullable=False),
    Column("resends", Integer, nullable=False),
    Column("reference", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("acknowledged_at", Instant),
    Column("acknowledged_by", Text, nullable=False),
    Column("how", Text, nullable=False),
    UniqueConstraint("call", "person", "channel", "round"),
    Index(
        "staff_pages_open",
        "channel",
        "next_at",
        sqlite_where=text("state IN ('planned', 'calling', 'in_doubt')"),
    ),
    Index("staff_pages_code", "person", "code"),
)

page_uses = table(
    "page_uses",
    Column("page", Integer, ForeignKey("staff_pages.id"), primary_key=True),
    Column("purpose", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("how", Text, nullable=False),
    without_rowid=True,
)
