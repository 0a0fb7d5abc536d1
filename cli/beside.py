"""What stands beside a verdict, in sentences: sizes, instants, receipts, drain times, and the onset's view."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from cli.spans import span

Document = dict[str, Any]
Say = Callable[..., str]
When = Callable[[str], str]

BY_ONSET = {
    "met": "for information, it counts for nothing: from the onset, {onset}, it was due {due}; met by {span}",
    "missed": "for information, it counts for nothing: from the onset, {onset}, it was due {due}; missed by {span}",
    "open": "for information, it counts for nothing: from the onset, {onset}, it is due {due}",
}
"""How a window would stand had its clock run from the onset."""


def beside(window: Document, t: Say, when: When) -> list[str]:
    """Audience and affected figure, first and last answer, receipts, drain times, and the onset's view."""
    found = window["beside"]
    return [
        *_sizes(window["incident"], found, t),
        *_answers(found, t, when),
        *_drains(window["told_at"], found, t, when),
        *_by_onset(window, t, when),
    ]


def _sizes(reference: str, found: Document, t: Say) -> list[str]:
    if found["audience"] is None:
        return []
    audience = f"{found['audience']:,}"
    if found["affected"] is None:
        return [t("its audience: {audience} people; how many are affected is not known", audience=audience)]
    said = {"audience": audience, "affected": f"{found['affected']:,}"}
    if found["audience_percent"] is None:
        return [t("its audience: {audience} people; services affected: {affected}", **said)]
    share = found["audience_percent"]
    template = "its audience: {audience} people; services affected: {affected}; that is {share} %"
    lines = [t(template, **said, share=share)]
    if found["needs_reason"]:
        template = "under {least} % of the affected needs a reason: tongbao log {ref} '…'"
        lines.append(t(template, least=found["enough_percent"], ref=reference))
    return lines


def _answers(found: Document, t: Say, when: When) -> list[str]:
    lines = []
    if found["first_accepted_at"]:
        lines.append(t("a provider took the first message {at}", at=when(found["first_accepted_at"])))
    if found["all_answered_at"]:
        lines.append(t("the last of its people was answered {at}", at=when(found["all_answered_at"])))
    if found["delivered_ratio"] is not None:
        figures = {name: f"{found[name]:,}" for name in ("accepted", "delivered", "undelivered")}
        template = (
            "receipts: {delivered} of {accepted} messages taken are delivered ({share} %), "
            "not delivered: {undelivered}"
        )
        share = found["delivered"] * 100 // found["accepted"]
        lines.append(t(template, **figures, share=share))
    return lines


def _drains(told_at: str | None, found: Document, t: Say, when: When) -> list[str]:
    lines = []
    for channel, seconds in found["drain_seconds"].items():
        said = {"channel": t(channel), "span": span(seconds, t)}
        if told_at is None:
            lines.append(t("{channel}: the provider is declared to queue for up to {span}", **said))
            continue
        left = (datetime.fromisoformat(told_at) + timedelta(seconds=seconds)).isoformat()
        template = "{channel}: the provider is declared to queue for up to {span}, so until {at}"
        lines.append(t(template, **said, at=when(left)))
    return lines


def _by_onset(window: Document, t: Say, when: When) -> list[str]:
    found = window["beside"]["by_onset"]
    if found is None or found["onset_at"] == window["started_at"]:
        return []
    said = {"onset": when(found["onset_at"]), "due": when(found["due_at"])}
    return [t(BY_ONSET[found["state"]], **said, span=span(found["seconds_late"], t))]
