"""What the use cases need beside the database: words, clocks, signatures, archives, telephones; wiring fits them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from notifications.facts import Facts
from notifications.message import CallReport, Text
from notifications.samples import Around
from notifications.template import Own
from notifications.wording import Finding
from reports.document import Report


class Archive(Protocol):
    """A proof archive that is being written."""

    def add(self, name: str, chunks: Iterable[bytes]) -> tuple[int, str]:
        """Write one part; how many bytes it has, and their SHA-256."""
        ...


class Signer(Protocol):
    """The operator's signing key."""

    @property
    def key(self) -> str:
        """The public key, hexadecimal."""
        ...

    def sign(self, message: bytes) -> str: ...


class Clock(Protocol):
    @property
    def fixed(self) -> bool:
        """Whether a person set it (a replay): then it may not be behind the record."""
        ...

    def now(self) -> datetime:
        """The one clock, in UTC; read once per use case, except after the window's row is locked."""
        ...

    def rebase(self, at: datetime) -> None:
        """Go on from `at` when the record is ahead."""
        ...

    def drift(self) -> timedelta:
        """How far the wall clock is ahead; nothing for a clock that a person set."""
        ...


class PageLinks(Protocol):
    """Signed addresses and short codes of pages; wiring fits it."""

    def link(self, page: int, person: str, purpose: str, expires: datetime) -> str:
        """The address at which this person acts; "" when we have no address that can be reached."""
        ...

    def is_signed(self, page: int, person: str, purpose: str, expires: datetime, signature: str) -> bool:
        """Whether this link was made here for this person."""
        ...

    def code(self, call: int, person: str, digits: int) -> str:
        """What this person answers with by SMS; the same for every page of the call-out."""
        ...


class Reporter(Protocol):
    """A report's files in every language and format: rendering fits it."""

    def files(self, report: Report) -> dict[str, bytes]: ...


class PageDesk(Protocol):
    """What the record makes of pages to staff, for those who hear from a telephone; a TongbaoError refuses."""

    def text(self, page: str) -> str:
        """What this page says, in the language of its person."""
        ...

    def acknowledge(self, page: str, by: str, how: str) -> None:
        """`by` has the page and takes it; twice is harmless. `by` is the person that the page went to."""
        ...

    def reported(self, report: CallReport) -> None:
        """Keep a provider's word about a call; they come in any order, and the same one perhaps twice."""
        ...


class Renderer(Protocol):
    """The words: rendering fits it."""

    def under(self, own: Own) -> Renderer: ...
    def words(self, language: str) -> Mapping[str, Any]: ...
    def source(self, path: str) -> str: ...
    def said(self, path: str, facts: Facts) -> str: ...
    def findings(self, path: str, around: Around | None = None) -> list[Finding]: ...
    def text(self, kind: str, channel: str, language: str, facts: Facts) -> Text: ...
    def chat(self, kind: str, language: str, slots: Mapping[str, str]) -> str: ...
    def page(self, kind: str, language: str, slots: Mapping[str, str]) -> str: ...
