"""The tables of what is said: notices, their audiences and deliveries, chat, reports. The row is the truth."""

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

notices = table(
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
    Column("shared", Integer, nullable=False),
    Column("approvals", Nested, nullable=False),
    Column("forecast_at", Instant),
    Column("expanded", Boolean, nullable=False),
    Column("settled", Boolean, nullable=False),
    Column("cursor", Integer, nullable=False),
    Column("counters", Nested, nullable=False),
    Column("stopped_reason", Text, nullable=False),
    Column("corrects", Integer, nullable=False),
    Column("takes_back", Nested, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("said", Nested, nullable=False),
    Column("right", Nested, nullable=False),
    Column("window", Integer, nullable=False),
    Column("standing", Integer, nullable=False),
    Column("held", Nested, nullable=False),
    Column("walk", Nested, nullable=False),
    Index("notices_incident", "incident"),
    Index("notices_state", "state"),
    Index("notices_holding", "window", unique=True, sqlite_where=text("window > 0")),
)

texts = table(
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

template_versions = table(
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
    Column("notice", Integer, nullable=False),
    Index("template_versions_path", "path", "id"),
    Index("template_versions_notice", "notice", "id", sqlite_where=text("notice > 0")),
)

standing_approvals = table(
    "standing_approvals",
    Column("id", Integer, primary_key=True),
    Column("types", Nested, nullable=False),
    Column("levels", Nested, nullable=False),
    Column("text_hash", Text, nullable=False),
    Column("maximum", Integer, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("author", Text, nullable=False),
    Column("submitted_at", Instant, nullable=False),
    Column("audience_rule", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Instant),
    Column("reason", Text, nullable=False),
)

members = table(
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
    Column("sms_with", Integer),
    Column("mail_with", Integer),
    Index("members_sms_with", "notice_id", "sms_with", sqlite_where=text("sms_with IS NOT NULL")),
    Index("members_mail_with", "notice_id", "mail_with", sqlite_where=text("mail_with IS NOT NULL")),
    without_rowid=True,
)

deliveries = table(
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

counts = table(
    "counts",
    Column("notice_id", Integer, ForeignKey("notices.id"), primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("state", Text, primary_key=True),
    Column("n", Integer, nullable=False),
    without_rowid=True,
)

attempts = table(
    "attempts",
    Column("delivery_id", Integer, ForeignKey("deliveries.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    without_rowid=True,
)

outcomes = table(
    "outcomes",
    Column("incident_id", Integer, ForeignKey("incidents.id"), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("delivery_id", Integer, ForeignKey("deliveries.id"), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("reference", Text),
    Column("sealed", Text, nullable=False),
    without_rowid=True,
)

receipts = table(
    "receipts",
    Column("id", Integer, primary_key=True),
    Column("hash", Text, nullable=False, unique=True),
    Column("provider", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("content", Nested, nullable=False),
    Column("merged_at", Instant),
    Index("receipts_new", "id", sqlite_where=text("merged_at IS NULL")),
)

lanes = table(
    "lanes",
    Column("channel", Text, primary_key=True),
    Column("next_slot", Instant, nullable=False),
    Column("trouble", Text, nullable=False, server_default=""),
    Column("trouble_at", Instant),
)

publish_behind = table(
    "publish_behind",
    Column("target", Text, primary_key=True),
    Column("incident", Integer, ForeignKey("incidents.id"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("since", Instant, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("trouble", Text, nullable=False),
    Index("publish_behind_next", "target", "next_at"),
    without_rowid=True,
)

chat_posts = table(
    "chat_posts",
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("incident", Integer, ForeignKey("incidents.id"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("data", Nested, nullable=False),
    Column("token", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("ts", Text, nullable=False),
    Column("root", Boolean, nullable=False),
    Column("merged_into", Integer),
    Column("reason", Text, nullable=False),
    UniqueConstraint("incident", "sequence"),
    Index(
        "chat_posts_open", "incident", "id", sqlite_where=text("state IN ('planned', 'calling', 'in_doubt')")
    ),
    Index("chat_posts_merged", "merged_into", sqlite_where=text("merged_into IS NOT NULL")),
)

reports = table(
    "reports",
    Column("id", Integer, primary_key=True),
    Column("incident", Integer, ForeignKey("incidents.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("submitted_at", Instant, nullable=False),
    Column("hash", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Instant),
    Column("reason", Text, nullable=False),
    UniqueConstraint("incident", "kind", "number"),
)

report_files = table(
    "report_files",
    Column("report_id", Integer, ForeignKey("reports.id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

reads = table(
    "reads",
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("user", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("found", Integer, nullable=False),
)
