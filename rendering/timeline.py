"""The picture of an outage's duties: a bar from start to due for every window, and a tick for every notice.

Pure: a report value in one language becomes SVG text. Shapes, not colours, carry the meaning, so that it
reads in grey; the tables of the report say the same. Sizes are in user units of one CSS pixel.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from incidents.terms import Verdict
from rendering.report_words import Words
from reports.handling import HandlingReport
from windows.window import Window

WIDTH, GUTTER, MARGIN = 960, 190, 30
ROW, TOP = 22, 44
MOST_TICKS, LABEL = 9, 30
"""Ticks on the axis at most, and how near two numbers of notices may stand before one is left out."""
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
STEPS = (
    *(MINUTE * n for n in (1, 2, 5, 10, 15, 30)),
    *(HOUR * n for n in (1, 2, 3, 6, 12)),
    *(DAY * n for n in (1, 2, 5, 10, 20, 50, 100, 200, 500)),
)


@dataclass(frozen=True)
class Scale:
    """Instants to user units."""

    start: datetime
    end: datetime

    def x(self, at: datetime) -> float:
        share = (at - self.start) / (self.end - self.start)
        return round(GUTTER + share * (WIDTH - GUTTER - MARGIN), 1)

    @property
    def step(self) -> timedelta:
        """The first round length that cuts the whole into few enough pieces."""
        length = self.end - self.start
        return next((step for step in STEPS if length / step <= MOST_TICKS), length)


def drawn(report: HandlingReport, words: Words) -> str:
    """The whole picture as one `svg` element; "" when there is no window to draw."""
    windows = report.to_customers()
    if not windows:
        return ""
    released = [(sent.notice.number, sent.notice.released_at) for sent in report.sent]
    notices = [(number, at) for number, at in released if at is not None]
    scale = _scale(windows, [at for _, at in notices])
    bottom = TOP + ROW * (len(windows) + 1)
    parts = [
        *_head(report, windows, scale, words, bottom + 30),
        *_axis(scale, bottom, words),
        *(part for n, window in enumerate(windows) for part in _row(n, window, scale, words)),
        *_ticks(notices, scale, bottom - ROW, words),
        *_legend(bottom + 18, words),
        "</svg>",
    ]
    return "".join(parts)


def _scale(windows: Sequence[Window], released: Sequence[datetime]) -> Scale:
    ends = [window.due_at for window in windows] + [w.told_at for w in windows if w.told_at]
    start = min([window.started_at for window in windows] + list(released))
    return Scale(start, max([*ends, *released, start + MINUTE]))


def _head(
    report: HandlingReport, windows: Sequence[Window], scale: Scale, words: Words, height: int
) -> Iterator[str]:
    late = sum(window.state == Verdict.BREACHED for window in windows)
    title = words.fill("timeline", "title", reference=report.incident.reference)
    said = words.fill(
        "timeline",
        "description",
        windows=len(windows),
        late=late,
        notices=len(report.sent),
        start=words.at(scale.start),
        end=words.at(scale.end),
    )
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" role="img" aria-labelledby="timeline-title timeline-desc" '
        'font-family="sans-serif" font-size="12" fill="#111">'
    )
    yield f'<title id="timeline-title">{escape(title)}</title>'
    yield f'<desc id="timeline-desc">{escape(said)}</desc>'
    yield f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>'


def _axis(scale: Scale, bottom: int, words: Words) -> Iterator[str]:
    """Lines at round local times; the date is said where it changes."""
    day = ""
    for at in _round_times(scale, words):
        local, x = at.astimezone(words.zone), scale.x(at)
        yield f'<path d="M{x} {TOP - 8}V{bottom}" stroke="#ccc"/>'
        yield f'<text x="{x}" y="{TOP - 12}" text-anchor="middle">{local:%H:%M}</text>'
        today = words.fill("timeline", "day", month=f"{local:%m}", day=f"{local:%d}")
        if today != day:
            yield f'<text x="{x}" y="{TOP - 27}" text-anchor="middle">{today}</text>'
        day = today


def _round_times(scale: Scale, words: Words) -> Iterator[datetime]:
    """Multiples of the step, counted from local midnight of the first day by elapsed time."""
    local = scale.start.astimezone(words.zone)
    at = local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(scale.start.tzinfo)
    at += ((scale.start - at) // scale.step) * scale.step
    while at <= scale.end:
        if at >= scale.start:
            yield at
        at += scale.step


def _row(number: int, window: Window, scale: Scale, words: Words) -> Iterator[str]:
    y = TOP + ROW * number + ROW // 2
    start, due = scale.x(window.started_at), scale.x(window.due_at)
    name = f"{words.word('kinds', window.kind)} {window.sequence}"
    said = words.fill(
        "timeline",
        "row",
        kind=words.word("kinds", window.kind),
        sequence=window.sequence,
        due=words.at(window.due_at),
        told=words.at(window.told_at),
        verdict=words.word("verdicts", window.state),
    )
    yield f"<g><title>{escape(said)}</title>"
    yield f'<text x="{GUTTER - 8}" y="{y + 4}" text-anchor="end">{escape(name)}</text>'
    yield (
        f'<rect x="{start}" y="{y - 6}" width="{max(round(due - start, 1), 1)}" height="12" '
        'fill="#ddd" stroke="#555"/>'
    )
    if window.told_at is not None:
        told = scale.x(window.told_at)
        if told > due:
            yield f'<path d="M{due} {y}H{told}" stroke="#111" stroke-dasharray="3 3"/>'
        yield _told(told, y)
    if window.state == Verdict.BREACHED:
        yield _missed(due, y)
    yield "</g>"


def _told(x: float, y: float) -> str:
    return f'<circle cx="{x}" cy="{y}" r="4"/>'


def _missed(x: float, y: float) -> str:
    return f'<path d="M{x - 5} {y - 8}l10 16m0-16l-10 16" stroke="#111" stroke-width="2.5" fill="none"/>'


def _ticks(notices: Sequence[tuple[int, datetime]], scale: Scale, top: int, words: Words) -> Iterator[str]:
    """A tick for every notice; numbers that would stand on one another are left out."""
    y, last = top + ROW // 2, float("-inf")
    name = words.fill("timeline", "notices")
    yield f'<text x="{GUTTER - 8}" y="{y + 4}" text-anchor="end">{escape(name)}</text>'
    for number, at in notices:
        x = scale.x(at)
        yield f'<path d="M{x} {y - 8}V{y + 2}" stroke="#111" stroke-width="2"/>'
        if x - last >= LABEL:
            yield f'<text x="{x}" y="{y + 13}" text-anchor="middle" font-size="10">{number}</text>'
            last = x


def _legend(y: int, words: Words) -> Iterator[str]:
    """What each shape means, left to right."""
    marks = {
        "window": f'<rect x="{GUTTER}" y="{y - 6}" width="24" height="12" fill="#ddd" stroke="#555"/>',
        "told": _told(GUTTER + 212, y),
        "missed": _missed(GUTTER + 372, y),
        "notice": f'<path d="M{GUTTER + 572} {y - 6}v12" stroke="#111" stroke-width="2"/>',
    }
    for n, (name, mark) in enumerate(marks.items()):
        x = GUTTER + (32, 224, 386, 582)[n]
        yield f'{mark}<text x="{x}" y="{y + 4}">{escape(words.fill("timeline", name))}</text>'
