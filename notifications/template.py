"""A template's version: the operator's own words for one text, in force once a second person has approved.

Pure. The path names the text; its hash is what was approved (S4).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from incidents.terms import LANGUAGES, Channel, Kind, Script

COMBINED = "combined"
"""Occurred and already over, for those who were never told before the end."""
CORRECTION = "correction"
WITHDRAWAL = "withdrawal"
HOLDING = "holding_notice"
HOLDING_RESTORED = "holding_restored"
APOLOGY = "apology_compensation"
COMPLAINT = "complaint_notice"
"""All that the complainant of an ordinary complaint is told."""
KINDS = (
    *(Kind.FIRST_NOTICE.value, Kind.PROGRESS_UPDATE.value, Kind.MATERIAL_UPDATE.value),
    *(Kind.RESOLUTION_NOTICE.value, COMBINED),
    *(CORRECTION, WITHDRAWAL, HOLDING, HOLDING_RESTORED, APOLOGY),
    *(Kind.PLANNED_WORK_NOTICE.value, COMPLAINT),
)
"""Every kind of notice that has templates; each channel and the hotline, in each language."""
WRITTEN = (*Channel, Script.HOTLINE)
"""What is written by people; the social text is made from the SMS."""


def written(kind: str) -> tuple[Channel | Script, ...]:
    """The outlets that a kind has words for: one person's complaint has no page."""
    return tuple(one for one in WRITTEN if kind != COMPLAINT or one != Channel.WEB)


LONGEST = 60_000
"""Characters of one text as it is written."""

_NOTICE = re.compile(r"notices/([a-z_]{1,40})/([a-z]{1,20})\.([A-Za-z-]{1,10})\.txt")
_WORDS = re.compile(r"words/([A-Za-z-]{1,10})\.yaml")


class VersionState(StrEnum):
    """`replaced`: a newer text took its place before this one was decided. `words`: words for one notice, which
    go with that notice's approval."""

    WORDS = "words"
    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    REPLACED = "replaced"


@dataclass(frozen=True)
class Version:
    """One submitted text. `id` 0 is a text that is not submitted, such as a file in the folder."""

    id: int
    path: str
    text: str
    digest: str
    author: str
    submitted_at: datetime
    state: VersionState = VersionState.WAITING
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""
    notice: int = 0
    """The one notice that these words are for; 0 for a template."""

    @property
    def name(self) -> str:
        """What people type to approve it; words for one notice are named after that."""
        return f"notice-{self.notice}" if self.notice else f"template-{self.id}"


Own = Mapping[str, Version]
"""Path -> the operator's text in force."""


def digest_of(text: str) -> str:
    """SHA-256 of a text, as approvals name it."""
    return hashlib.sha256(text.encode()).hexdigest()


def label(name: str, text: str) -> str:
    """Which text a notice was made from: whose it is and the head of its hash."""
    return f"{name}:{digest_of(text)[:16]}"


def notice_path(path: str) -> tuple[str, str, str] | None:
    """(kind, channel, language) of a notice template's path; None if it is not one of ours."""
    found = _NOTICE.fullmatch(path)
    if found is None:
        return None
    kind, channel, language = found.groups()
    known = kind in KINDS and channel in list(written(kind)) and language in LANGUAGES
    return (kind, channel, language) if known else None


def words_path(path: str) -> str | None:
    """The language of a path of words; None if it is not one."""
    found = _WORDS.fullmatch(path)
    return found.group(1) if found and found.group(1) in LANGUAGES else None


def known_path(path: str) -> bool:
    """Whether an operator's own text may stand at `path`."""
    return notice_path(path) is not None or words_path(path) is not None


def pair_of(path: str) -> str:
    """The same text in the other language."""
    chinese, english = LANGUAGES
    here, there = (chinese, english) if f"{chinese}." in path else (english, chinese)
    head, _, tail = path.rpartition(f"{here}.")
    return f"{head}{there}.{tail}"
