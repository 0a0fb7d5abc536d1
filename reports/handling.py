"""The incident handling report (突发事件处理报告): facts, timeline, notices as sent, windows, outcomes.

Pure. Source of its content: handbook 7.3(1), 7.4(4), 7.5(1) (R21, R22, R32, R35).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from incidents.chain import Entry
from incidents.incident import Incident
from incidents.terms import OF_CUSTOMERS, Channel
from notifications.message import Text
from notifications.notice import FORM_OWN, CountKey, Notice, TextKey
from notifications.states import State
from playbooks.task import Task
from windows.beside import Beside
from windows.window import Window

HIDDEN = ("batch_settled", "task_opened", "page_live")
"""Timeline entries that the report sums up elsewhere."""


@dataclass(frozen=True)
class Sent:
    """One released notice with what it said and what became of it."""

    notice: Notice
    texts: Mapping[TextKey, Text]
    parts: Mapping[TextKey, int]
    counts: Mapping[CountKey, int]
    audience_forms: frozenset[str] = frozenset()

    def said(self) -> tuple[tuple[str, Channel], ...]:
        """(form, channel) of every wording that somebody got, the notice's own first, the page always."""
        own = [(FORM_OWN, channel) for channel in self.notice.channels if self._left(channel)]
        other = sorted(self.audience_forms - {FORM_OWN})
        direct = [c for c in self.notice.channels if c != Channel.WEB and self._left(c)]
        return (*own, *((form, channel) for form in other for channel in direct))

    def _left(self, channel: Channel) -> bool:
        """Whether anything was, or is to be, sent by this channel."""
        return any(
            n and state != State.SUPPRESSED for (name, _, state), n in self.counts.items() if name == channel
        )


@dataclass(frozen=True)
class HandlingReport:
    incident: Incident
    leads: str
    windows: tuple[Window, ...]
    sent: tuple[Sent, ...]
    timeline: tuple[Entry, ...]
    tasks: tuple[Task, ...]
    handlers: tuple[str, ...]
    chain_head: str
    chain_length: int
    settled_batches: int
    names: Mapping[str, Mapping[str, str]]
    """Area and service codes -> {language: name}."""
    beside: Mapping[int, Beside] = field(default_factory=dict)
    """What stands beside the verdicts of first notices that were told, by window."""

    def to_customers(self) -> tuple[Window, ...]:
        """The windows of duties to customers; those of the reports themselves are internal."""
        return tuple(window for window in self.windows if window.audience in OF_CUSTOMERS)

    @property
    def findings(self) -> tuple[Entry, ...]:
        """What people found to have gone wrong in the handling; it changes no verdict."""
        return tuple(entry for entry in self.timeline if entry.kind == "finding")

    @property
    def acted(self) -> tuple[Entry, ...]:
        """What was done, as it was logged while it happened."""
        return tuple(entry for entry in self.timeline if entry.kind == "action")

    def outcomes(self) -> dict[tuple[str, str], dict[str, int]]:
        """(channel, language) -> state -> deliveries, over all notices."""
        found: dict[tuple[str, str], dict[str, int]] = {}
        for sent in self.sent:
            for (channel, language, state), n in sent.counts.items():
                row = found.setdefault((channel, language), {})
                row[state] = row.get(state, 0) + n
        order = [channel.value for channel in Channel]
        return dict(sorted(found.items(), key=lambda item: (order.index(item[0][0]), item[0][1])))


def handling(
    incident: Incident,
    windows: Sequence[Window],
    sent: Sequence[Sent],
    entries: Sequence[Entry],
    tasks: Sequence[Task],
    names: Mapping[str, Mapping[str, str]],
    beside: Mapping[int, Beside] | None = None,
) -> HandlingReport:
    """Fold one incident's record into its report."""
    return HandlingReport(
        incident=incident,
        leads=_said(entries, "playbook_activated", "leads"),
        windows=tuple(windows),
        sent=tuple(sorted(sent, key=lambda one: one.notice.number)),
        timeline=tuple(entry for entry in entries if entry.kind not in HIDDEN),
        tasks=tuple(tasks),
        handlers=_handlers(entries),
        chain_head=entries[-1].hash if entries else "",
        chain_length=len(entries),
        settled_batches=sum(1 for entry in entries if entry.kind == "batch_settled"),
        names=names,
        beside=beside or {},
    )


def _said(entries: Iterable[Entry], kind: str, key: str) -> str:
    found: Any = next((entry.data.get(key) for entry in entries if entry.kind == kind), "")
    return str(found or "")


def _handlers(entries: Iterable[Entry]) -> tuple[str, ...]:
    """The people on the record, in the order in which they first acted."""
    return tuple(dict.fromkeys(entry.actor for entry in entries if entry.actor != "system"))
