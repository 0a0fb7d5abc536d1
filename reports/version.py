"""A version of a report: frozen when it is submitted, decided by a second person.

Pure. Its files are the bytes that were approved; a later version never changes an earlier one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from incidents.terms import Kind


@dataclass(frozen=True)
class Version:
    """`state`: submitted, approved, declined or superseded."""

    id: int
    incident: int
    kind: Kind
    number: int
    state: str
    author: str
    submitted_at: datetime
    hash: str
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""


def files_hash(files: Mapping[str, bytes]) -> str:
    """SHA-256 over every file's name and its own SHA-256, in the order of the names."""
    rows = [[name, hashlib.sha256(files[name]).hexdigest()] for name in sorted(files)]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()
