"""The tables of what happens and who is who; those of what is said are in `notice_schema`. The row is the truth."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)

from storage.columns import Instant, Nested, table

meta = table("meta", Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

operations = table(
    "operations",
    Column("id", Integer, primary_key=True),
    Column("about", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("alarm", Boolean, nullable=False),
    Column("data", Nested, nullable=False),
    Column("over_at", Instant),
    Column("over_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Index("operations_standing", "about", unique=True, sqlite_where=text("over_at IS NULL")),
)

users = table(
    "users",
    Column("name", Text, primary_key=True),
    Column("roles", Nested, nullable=False),
    Column("created_at", Instant, nullable=False),
)

keys = table(
    "keys",
    Column("id", Integer, primary_key=True),
    Column("user", Text, ForeignKey("users.name"), nullable=False),
    Column("hash", Text, nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)

requests = table(
    "requests",
    Column("id", Text, primary_key=True),
    Column("user", Text, nullable=False),
    Column("arguments", Text, nullable=False),
    Column("document", Nested, nullable=False),
    Column("at", Instant, nullable=False),
)

areas = table(
    "areas",
    Column("code", Text, primary_key=True),
    Column("parent", Text),
    Column("names", Nested, nullable=False),
    Column("rank", Text, nullable=False, server_default=""),
    Index("areas_parent", "parent"),
)

org_units = table(
    "org_units",
    Column("code", Text, primary_key=True),
    Column("parent", Text),
    Column("rank", Text, nullable=False),
    Column("names", Nested, nullable=False),
    Column("areas", Nested, nullable=False),
)

services = table("services", Column("code", Text, primary_key=True), Column("names", Nested, nullable=False))

customers = table(
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
    Column("channel", Text, nullable=False, server_default=""),
    Column("marketing_opt_out_basis", Text, nullable=False, server_default=""),
    Column("marketing_opt_out_date", Text, nullable=False, server_default=""),
    Column("service_opt_out_basis", Text, nullable=False, server_default=""),
    Column("service_opt_out_date", Text, nullable=False, server_default=""),
    Index("customers_area", "area"),
)

customer_services = table(
    "customer_services",
    Column("customer_id", Integer, ForeignKey("customers.id"), primary_key=True),
    Column("service", Text, ForeignKey("services.code"), primary_key=True),
    without_rowid=True,
)

events = table(
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

alarms = table(
    "alarms",
    Column("source", Text, primary_key=True),
    Column("dedup_key", Text, primary_key=True),
    Column("incident_id", Integer, ForeignKey("incidents.id")),
    Column("event_id", Integer, ForeignKey("events.id"), nullable=False),
    Column("status", Text, nullable=False),
    Column("seen", Integer, nullable=False),
    Index(
        "alarms_firing",
        "incident_id",
        sqlite_where=text("status = 'firing'"),
        postgresql_where=text("status = 'firing'"),
    ),
)

incidents = table(
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
    Column("org_unit", Text, nullable=False),
    Column("result", Nested, nullable=False),
    Column("responsible_department", Nested, nullable=False),
    Column("improvements", Nested, nullable=False),
    Column("merged_into", Integer, ForeignKey("incidents.id")),
    Column("split_from", Integer, ForeignKey("incidents.id")),
    Column("split_areas", Nested, nullable=False),
    Column("planned_start_at", Instant),
    Column("planned_end_at", Instant),
    Column("overrun_of", Integer, ForeignKey("incidents.id")),
    Column("case", Boolean, nullable=False),
    Column("case_link", Text, nullable=False),
    Column("chain_head", Text, nullable=False),
    Column("chain_length", Integer, nullable=False),
    Index("incidents_status", "status"),
    Index("incidents_review", "review_at"),
    Index("incidents_merged", "merged_into", sqlite_where=text("merged_into IS NOT NULL")),
    Index("incidents_planned", "planned_end_at", sqlite_where=text("planned_end_at IS NOT NULL")),
    Index("incidents_overrun", "overrun_of", unique=True, sqlite_where=text("overrun_of IS NOT NULL")),
    Index("incidents_split", "split_from", sqlite_where=text("split_from IS NOT NULL")),
    Index("incidents_case", "case_link", sqlite_where=text("case_link != ''")),
)

uploads = table(
    "uploads",
    Column("id", Integer, primary_key=True),
    Column("incident_id", Integer, ForeignKey("incidents.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("alone", Boolean, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Index("uploads_incident", "incident_id"),
)

uploaded = table(
    "uploaded",
    Column("upload_id", Integer, ForeignKey("uploads.id"), primary_key=True),
    Column("customer_id", Integer, ForeignKey("customers.id"), primary_key=True),
    without_rowid=True,
)

timeline = table(
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

playbook_runs = table(
    "playbook_runs",
    Column("incident_id", Integer, ForeignKey("incidents.id"), primary_key=True),
    Column("playbook", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("activated_at", Instant, nullable=False),
    Column("events", Nested, nullable=False),
    Column("begun", Nested, nullable=False),
)

tasks = table(
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
    Column("track", Text, nullable=False),
    Column("escalates", Boolean, nullable=False),
    Column("acknowledged_at", Instant),
    Column("acknowledged_by", Text),
    Column("escalated_at", Instant),
    UniqueConstraint("incident_id", "step"),
    Index("tasks_owed", "incident_id", sqlite_where=text("ended_at IS NULL")),
    Index(
        "tasks_to_escalate",
        "due_at",
        sqlite_where=text("escalates = 1 AND state = 'open' AND escalated_at IS NULL"),
    ),
)

decisions = table(
    "decisions",
    Column("id", Integer, primary_key=True),
    Column("incident", Integer, ForeignKey("incidents.id"), nullable=False),
    Column("asked", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("submitted_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("level", Integer, nullable=False),
    Column("window", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Instant),
    Column("refusal", Text, nullable=False),
    Index("decisions_waiting", "incident", sqlite_where=text("state = 'waiting'")),
)

packs = table("packs", Column("label", Text, primary_key=True), Column("text", Text, nullable=False))

windows = table(
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

outlooks = table(
    "outlooks",
    Column("window", Integer, ForeignKey("windows.id"), primary_key=True),
    Column("incident", Integer, nullable=False),
    Column("next_look_at", Instant),
    Column("act_at", Instant),
    Column("forecast_at", Instant),
    Column("alarm", Text, nullable=False),
    Column("alarmed_at", Instant),
    Column("people", Nested, nullable=False),
    Column("counted_for", Text, nullable=False),
    Column("counted_at", Instant),
    Column("leads", Nested, nullable=False),
    Column("why", Text, nullable=False),
    Column("withheld", Nested, nullable=False),
    Column("notice", Integer, nullable=False),
    Column("held_by", Text, nullable=False),
    Column("held_at", Instant),
    Column("held_reason", Text, nullable=False),
    Index("outlooks_look", "next_look_at", sqlite_where=text("next_look_at IS NOT NULL")),
    Index("outlooks_act", "act_at"),
    Index("outlooks_incident", "incident"),
)

breaches = table(
    "breaches",
    Column("window_id", Integer, ForeignKey("windows.id"), primary_key=True),
    Column("due_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("basis", Text, nullable=False),
    Column("causes", Nested, nullable=False),
)

drills = table(
    "drills",
    Column("id", Integer, primary_key=True),
    Column("incident", Integer, ForeignKey("incidents.id"), unique=True),
    Column("script", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("full", Boolean, nullable=False),
    Column("units", Nested, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("started_by", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Index("drills_running", "state", sqlite_where=text("state = 'running'")),
)

injections = table(
    "injections",
    Column("drill", Integer, ForeignKey("drills.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("due_at", Instant, nullable=False),
    Column("done_at", Instant),
    Column("outcome", Text, nullable=False),
    Index("injections_waiting", "due_at", sqlite_where=text("done_at IS NULL")),
)

drill_misses = table(
    "drill_misses",
    Column("unit", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
)
