"""Every table on one page. Times are UTC microseconds; nested values are JSON; the row is the truth."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_micros(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime as microseconds since 1970: exact, comparable, free of zones (I26)."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + timedelta(microseconds=value)


class Nested(TypeDecorator[Any]):
    """A nested value as JSON text; rows.py gives it its type back."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


metadata = MetaData()


def _table(name: str, *columns: Any, without_rowid: bool = False) -> Table:
    return Table(name, metadata, *columns, sqlite_with_rowid=not without_rowid)


meta = _table("meta", Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

users = _table(
    "users",
    Column("name", Text, primary_key=True),
    Column("roles", Nested, nullable=False),
    Column("created_at", Instant, nullable=False),
)

keys = _table(
    "keys",
    Column("id", Integer, primary_key=True),
    Column("user", Text, ForeignKey("users.name"), nullable=False),
    Column("hash", Text, nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)

requests = _table(
    "requests",
    Column("id", Text, primary_key=True),
    Column("user", Text, nullable=False),
    Column("arguments", Text, nullable=False),
    Column("document", Nested, nullable=False),
    Column("at", Instant, nullable=False),
)

areas = _table(
    "areas",
    Column("code", Text, primary_key=True),
    Column("parent", Text),
    Column("names", Nested, nullable=False),
)

services = _table("services", Column("code", Text, primary_key=True), Column("names", Nested, nullable=False))

customers = _table(
    "customers",
    Column("id", Integer, primary_key=True),
    Column("account", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("phone", Text),
    Column("email", Text),
    Column("language", Text, nullable=False),
    Column("area", Text, ForeignKey("areas.code"), nullable=False),
    Column("segment", Text, nullable=False),
    Column("marketing_opt_out", Boolean, nullable=False),
    Column("service_opt_out", Boolean, nullable=False),
    Index("customers_area", "area"),
)

customer_services = _table(
    "customer_services",
    Column("customer_id", Integer, ForeignKey("customers.id"), primary_key=True),
    Column("service", Text, ForeignKey("services.code"), primary_key=True),
    without_rowid=True,
)

events = _table(
    "events",
    Column("id", Integer, primary_key=True),
    Column("format", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("hash", Text, nullable=False, unique=True),
    Column("repeats", Integer, nullable=False, server_default="0"),
    Column("state", Text, nullable=False),
    Column("problem", Text),
    Index(
        "events_stored",
        "id",
        sqlite_where=text("state = 'stored'"),
        postgresql_where=text("state = 'stored'"),
    ),
)

alarms = _table(
    "alarms",
    Column("source", Text, primary_key=True),
    Column("dedup_key", Text, primary_key=True),
    Column("incident_id", Integer, ForeignKey("incidents.id")),
    Column("event_id", Integer, ForeignKey("events.id"), nullable=False),
    Column("status", Text, nullable=False),
    Column("seen", Integer, nullable=False),
)

incidents = _table(
    "incidents",
    Column("id", Integer, primary_key=True),
    Column("reference", Text, nullable=False, unique=True),
    Column("type", Text, nullable=False),
    Column("level", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("areas", Nested, nullable=False),
    Column("services", Nested, nullable=False),
    Column("aware_at", Instant, nullable=False),
    Column("aware_source", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("onset_at", Instant),
    Column("affected", Nested),
    Column("cause", Nested, nullable=False),
    Column("cause_status", Text, nullable=False),
    Column("actions", Nested, nullable=False),
    Column("workaround", Nested, nullable=False),
    Column("effects", Nested, nullable=False),
    Column("expected_at", Instant),
    Column("emergency_calls", Boolean),
    Column("whole_area", Boolean),
    Column("people_data", Integer),
    Column("complaints_per_hour", Integer),
    Column("complaint", Text),
    Column("users_at_once", Integer),
    Column("level_reasons", Nested, nullable=False),
    Column("review_at", Instant),
    Column("review_recorded", Boolean, nullable=False),
    Column("kept_against", Integer),
    Column("confirmed_at", Instant),
    Column("restored_at", Instant),
    Column("resolved_at", Instant),
    Column("closed_at", Instant),
    Column("exercise", Boolean, nullable=False),
    Column("playbook", Text, nullable=False),
    Column("chain_head", Text, nullable=False),
    Column("chain_length", Integer, nullable=False),
    Index("incidents_status", "status"),
    Index("incidents_review", "review_at"),
)

timeline = _table(
    "timeline",
    Column("incident_id", Integer, ForeignKey("incidents.id"), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("data", Nested, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

playbook_runs = _table(
    "playbook_runs",
    Column("incident_id", Integer, ForeignKey("incidents.id"), primary_key=True),
    Column("playbook", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("activated_at", Instant, nullable=False),
    Column("done", Nested, nullable=False),
)

tasks = _table(
    "tasks",
    Column("id", Integer, primary_key=True),
    Column("incident_id", Integer, ForeignKey("incidents.id"), nullable=False),
    Column("step", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("title", Nested, nullable=False),
    Column("state", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("ended_at", Instant),
    Column("ended_by", Text),
    Column("reason", Text),
    UniqueConstraint("incident_id", "step"),
)

windows = _table(
    "windows",
    Column("id", Integer, primary_key=True),
    Column("incident", Integer, ForeignKey("incidents.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("rule", Text, nullable=False),
    Column("rule_version", Text, nullable=False),
    Column("clock_start", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("length_seconds", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("strict_due_at", Instant, nullable=False),
    Column("target_at", Instant),
    Column("told_by", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("duty", Text, nullable=False),
    Column("decided_at", Instant),
    Column("basis", Text, nullable=False),
    Column("told_at", Instant),
    Column("ended_by", Text, nullable=False),
    Column("coverage", Nested, nullable=False),
    Column("causes", Nested, nullable=False),
    Column("findings", Nested, nullable=False),
    Column("history", Nested, nullable=False),
    Column("rungs", Nested, nullable=False),
    Column("audience_state", Text, nullable=False),
    Column("next_look_at", Instant),
    UniqueConstraint("incident", "rule", "audience", "kind", "sequence"),
    Index("windows_look", "next_look_at", sqlite_where=text("next_look_at IS NOT NULL")),
    Index("windows_owed", "due_at", sqlite_where=text("duty = 'owed'")),
)

breaches = _table(
    "breaches",
    Column("window_id", Integer, ForeignKey("windows.id"), primary_key=True),
    Column("due_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("basis", Text, nullable=False),
    Column("causes", Nested, nullable=False),
)

notices = _table(
    "notices",
    Column("id", Integer, primary_key=True),
    Column("incident", Integer, ForeignKey("incidents.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("channels", Nested, nullable=False),
    Column("author", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("level", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("change", Text, nullable=False),
    Column("automatic", Boolean, nullable=False),
    Column("next_update_at", Instant),
    Column("promise_given", Boolean, nullable=False),
    Column("submitted_at", Instant),
    Column("released_at", Instant),
    Column("told_at", Instant),
    Column("page_live_at", Instant),
    Column("direct_from", Instant),
    Column("text_hash", Text, nullable=False),
    Column("facts_hash", Text, nullable=False),
    Column("audience_hash", Text, nullable=False),
    Column("audience_size", Integer, nullable=False),
    Column("with_address", Integer, nullable=False),
    Column("approvals", Nested, nullable=False),
    Column("forecast_at", Instant),
    Column("expanded", Boolean, nullable=False),
    Column("settled", Boolean, nullable=False),
    Column("cursor", Integer, nullable=False),
    Column("counters", Nested, nullable=False),
    Column("stopped_reason", Text, nullable=False),
    Column("corrects", Integer, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("said", Nested, nullable=False),
    Column("right", Nested, nullable=False),
    Index("notices_incident", "incident"),
    Index("notices_state", "state"),
)

texts = _table(
    "texts",
    Column("notice_id", Integer, ForeignKey("notices.id"), primary_key=True),
    Column("form", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("template", Text, nullable=False),
    Column("parts", Integer, nullable=False),
)

template_versions = _table(
    "template_versions",
    Column("id", Integer, primary_key=True),
    Column("path", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("submitted_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Instant),
    Column("reason", Text, nullable=False),
    Index("template_versions_path", "path", "id"),
)

members = _table(
    "members",
    Column("notice_id", Integer, ForeignKey("notices.id"), primary_key=True),
    Column("customer_id", Integer, primary_key=True),
    Column("language", Text, nullable=False),
    Column("phone", Text),
    Column("email", Text),
    Column("opted_out", Boolean, nullable=False),
    Column("sms", Boolean, nullable=False),
    Column("mail", Boolean, nullable=False),
    Column("form", Text, nullable=False),
    Column("answer", Text, nullable=False),
    without_rowid=True,
)

deliveries = _table(
    "deliveries",
    Column("id", Integer, primary_key=True),
    Column("notice_id", Integer, ForeignKey("notices.id"), nullable=False),
    Column("customer_id", Integer, nullable=False),
    Column("channel", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("form", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("epoch", Integer, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("resends", Integer, nullable=False, server_default="0"),
    Column("look_ups", Integer, nullable=False, server_default="0"),
    Column("absent", Integer, nullable=False, server_default="0"),
    Column("next_at", Instant),
    Column("doubt_at", Instant),
    Column("accepted_at", Instant),
    Column("reference", Text),
    UniqueConstraint("notice_id", "customer_id", "channel"),
    Index(
        "deliveries_ready",
        "notice_id",
        "channel",
        "next_at",
        sqlite_where=text("next_at IS NOT NULL"),
        postgresql_where=text("next_at IS NOT NULL"),
    ),
)

counts = _table(
    "counts",
    Column("notice_id", Integer, ForeignKey("notices.id"), primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("state", Text, primary_key=True),
    Column("n", Integer, nullable=False),
    without_rowid=True,
)

attempts = _table(
    "attempts",
    Column("delivery_id", Integer, ForeignKey("deliveries.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    without_rowid=True,
)

outcomes = _table(
    "outcomes",
    Column("incident_id", Integer, ForeignKey("incidents.id"), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("delivery_id", Integer, ForeignKey("deliveries.id"), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("reference", Text),
    without_rowid=True,
)

receipts = _table(
    "receipts",
    Column("id", Integer, primary_key=True),
    Column("hash", Text, nullable=False, unique=True),
    Column("provider", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("content", Nested, nullable=False),
    Column("merged_at", Instant),
    Index("receipts_new", "id", sqlite_where=text("merged_at IS NULL")),
)

lanes = _table(
    "lanes",
    Column("channel", Text, primary_key=True),
    Column("next_slot", Instant, nullable=False),
    Column("trouble", Text, nullable=False, server_default=""),
    Column("trouble_at", Instant),
)

APPEND_ONLY = ("timeline", "breaches", "attempts", "outcomes")
"""Tables whose rows a trigger protects against UPDATE and DELETE (known failure 9; I10, I16)."""
