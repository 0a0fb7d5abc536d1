"""What stands beside the verdicts of first notices, in the words of the handling report."""

from __future__ import annotations

from datetime import timedelta

from incidents.terms import duty_word
from rendering.report_words import Words
from reports.handling import HandlingReport
from windows.beside import ENOUGH_PERCENT, Beside
from windows.window import Window


def beside(report: HandlingReport, words: Words) -> list[str]:
    """One line for each first notice that was told."""
    lines = []
    for window in report.windows:
        said = _said(window, report.beside[window.id], words) if window.id in report.beside else []
        if said:
            name = f"{words.word('kinds', duty_word(window.kind, window.rule))} {window.sequence}"
            lines.append(name + words.say("colon") + words.say("semicolon").join(said))
    return lines


def _said(window: Window, found: Beside, words: Words) -> list[str]:
    said = _sizes(found, words)
    if found.first_accepted_at:
        said.append(words.say("beside_first", at=words.at(found.first_accepted_at)))
    if found.all_answered_at:
        said.append(words.say("beside_last", at=words.at(found.all_answered_at)))
    if found.delivered_ratio is not None:
        figures = {name: getattr(found, name) for name in ("accepted", "delivered", "undelivered")}
        said.append(words.say("beside_receipts", **figures))
    if found.by_onset and found.by_onset.onset_at != window.started_at:
        onset = found.by_onset
        length = words.span(timedelta(seconds=abs(onset.seconds_late)))
        said.append(words.say(f"beside_{onset.state}", at=words.at(onset.due_at), span=length))
    return said


def _sizes(found: Beside, words: Words) -> list[str]:
    if found.audience is None:
        return []
    unknown = found.affected is None
    affected = words.say("beside_unknown") if unknown else words.say("amount", n=found.affected)
    said = [words.say("beside_audience", people=found.audience, affected=affected)]
    if found.audience_percent is not None:
        said.append(words.say("beside_share", share=found.audience_percent))
    if found.needs_reason:
        said.append(words.say("beside_reason", least=ENOUGH_PERCENT))
    return said
