"""The tables of what others can check and take over: checkpoints kept elsewhere, hand-overs of the shift."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, Text

from storage.columns import Instant, Nested, table

checkpoints = table(
    "checkpoints",
    Column("number", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False),
)

checkpoint_heads = table(
    "checkpoint_heads",
    Column("incident_id", Integer, ForeignKey("incidents.id"), primary_key=True),
    Column("number", Integer, ForeignKey("checkpoints.number"), primary_key=True),
    Column("length", Integer, nullable=False),
    without_rowid=True,
)

handovers = table(
    "handovers",
    Column("id", Integer, primary_key=True),
    Column("sheet", Nested, nullable=False),
    Column("hash", Text, nullable=False),
    Column("signed_by", Text, nullable=False),
    Column("signed_at", Instant, nullable=False),
    Column("accepted_by", Text, nullable=False),
    Column("accepted_at", Instant),
)
