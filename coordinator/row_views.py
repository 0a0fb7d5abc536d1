"""Single rows as documents: a delivery, an outside event. Neither names a person. Reads only."""

from __future__ import annotations

from typing import Any

from coordinator.views import iso
from notifications.delivery import Delivery
from triggers.event import StoredEvent

Document = dict[str, Any]


def delivery(row: Delivery) -> Document:
    """One delivery without the person's address."""
    return {
        "id": row.id,
        "notice": row.notice_id,
        "recipient": row.customer_id,
        "channel": row.channel,
        "language": row.language,
        "state": row.state,
        "reason": row.reason,
        "attempts": row.attempts,
        "resends": row.resends,
        "reference": row.reference,
        "accepted_at": iso(row.accepted_at),
        "next_at": iso(row.next_at),
    }


def event(event: StoredEvent) -> Document:
    """An outside event without its body, which may name people."""
    return {
        "id": event.id,
        "format": event.format,
        "source": event.source,
        "received_at": iso(event.received_at),
        "bytes": len(event.body),
        "state": event.state,
        "problem": event.problem,
        "repeats": event.repeats,
    }
