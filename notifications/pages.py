"""What the public web page of an incident holds, as frozen values.

Pure. Rendering turns a Page into files; the web channel writes them and fetches them back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Entry:
    """One numbered, never edited entry. `at` is already in words, with its zone; `token` is unique to it.

    The token stands in the page's HTML (`data-entry="..."`), so that a GET can prove that this entry is live.
    """

    number: int
    token: str
    at: str
    title: str
    body: str


@dataclass(frozen=True)
class Page:
    """One incident's page in one language; entries newest first."""

    reference: str
    short_number: int
    language: str
    status: str
    title: str
    operator: str
    entries: tuple[Entry, ...]
    sandbox: bool
    moved_to: str = ""
    """The reference of the incident that this one was merged into, once that one's page tells something."""


class Publisher(Protocol):
    """Puts files where the public reads them, and looks whether they are there."""

    def publish(self, files: dict[str, bytes]) -> None:
        """Write each relative path atomically (temporary name, fsync, rename). OSError if it cannot."""
        ...

    def is_live(self, path: str, token: str) -> bool:
        """Whether a GET on the configured public address of `path` returned a page with this token."""
        ...

    def shown(self, path: str) -> tuple[str, ...] | None:
        """The tokens of the entries that the page at this public address shows, from the top; None: no page of ours,
        which one without entries must say that it is (`data-incident="..."`, the last name of the path)."""
        ...

    def url(self, path: str) -> str: ...
