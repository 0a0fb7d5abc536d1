"""A submitted text of a template as a JSON document, and the command that decides about it. Reads only."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from notifications.template import Version, VersionState


def document(version: Version, sandbox: bool) -> dict[str, Any]:
    """One submitted text, without its words."""
    waits = version.state is VersionState.WAITING
    return {
        "id": version.name,
        "path": version.path,
        "state": version.state,
        "pending": waits,
        "hash": version.digest,
        "author": version.author,
        "submitted_at": version.submitted_at.astimezone(UTC).isoformat(),
        "decided_by": version.decided_by,
        "decided_at": decided_at(version),
        "reason": version.reason,
        "next": approval(version, sandbox) if waits else "tongbao template list",
    }


def decided_at(version: Version) -> str | None:
    """When a second person decided, as documents have it."""
    return version.decided_at.astimezone(UTC).isoformat() if version.decided_at else None


def approval(version: Version, sandbox: bool) -> str:
    """What the second person types."""
    other = " --as hq" if version.author == "bob" else " --as bob"
    return f"tongbao approve {version.name}" + other * sandbox


def waiting(version: Version, sandbox: bool) -> tuple[str, tuple[str, dict[str, object]]]:
    """The command that ends the wait, and for whom it waits."""
    values: dict[str, object] = {"id": version.name, "author": version.author}
    return approval(version, sandbox), ("{id} waits for a person other than {author}", values)
