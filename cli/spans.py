"""Lengths of time in words."""

from __future__ import annotations

from collections.abc import Callable

DAY, HOUR, MINUTE = 86_400, 3_600, 60


def span(seconds: float, t: Callable[..., str]) -> str:
    """A length of time by its two largest units; one that is 0 is left out. Days begin at the second one.

    `t` says a template in the reader's language.
    """
    whole = int(abs(seconds))
    days, hours = divmod(whole // HOUR, 24) if whole >= 2 * DAY else (0, whole // HOUR)
    minutes = whole // MINUTE % 60
    if days:
        return t("{days} d {hours} h", days=days, hours=hours) if hours else t("{days} days", days=days)
    if hours:
        template = "{hours} h {minutes} min" if minutes else "{hours} h"
        return t(template, hours=hours, minutes=minutes)
    return t("{minutes} min", minutes=minutes) if minutes else t("{seconds} s", seconds=whole)
