"""What one request and all requests together may take (docs/security.md S15, docs/reliability.md I24)."""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024


@dataclass(frozen=True)
class Limits:
    """`receive_seconds` is the time for a whole request to come in; `waiting` bounds requests under way,
    and with it memory: at most `waiting` bodies of `trigger_bytes` are held at once."""

    trigger_bytes: int = 1024 * KIB
    callback_bytes: int = 64 * KIB
    drained_bytes: int = 16 * 1024 * KIB
    """How much of a body that is too large is read and dropped, so that its sender hears the answer."""
    receive_seconds: float = 10.0
    headers: int = 100
    header_bytes: int = 16 * KIB
    waiting: int = 64
    retry_after_seconds: int = 1
    connections: int = 512
    connections_per_address: int = 256
