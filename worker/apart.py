"""One bad row stops nobody else's clock (I9, I23): when a sweep breaks, each thing in it is looked at in an act of its
own. What fails is put off for a few seconds, stands as an alarm, and people are paged; the others have their verdicts,
their holding notices and their pages.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from coordinator import alarms, decisions, holding, judging, matters, paging, playbooks, roster
from coordinator import clock as clocks
from coordinator.act import PUT_OFF, Act
from incidents.effects import Alarm, Effect
from incidents.errors import TongbaoError, Unavailable
from incidents.operation import SWEEP_STUCK
from wiring.app import App

log = logging.getLogger("tongbao.apart")
LONGEST_REASON = 300
WORKS_AGAIN = 3 * PUT_OFF
"""So long after its last failure the alarm is over: what was put off has been looked at again, and all was well."""
Verb = Callable[..., tuple[int, list[Effect]]]


def _of_the_house(act: Act) -> tuple[int, list[Effect]]:
    return 0, list(clocks.look(act))


BEFORE: tuple[Verb, ...] = (_of_the_house,)
EACH: tuple[tuple[Callable[[Act], list[int]], Verb, Verb], ...] = (
    (holding.to_look_at, holding.look_at, holding.put_off),
    (judging.to_look_at, judging.look_at, judging.put_off),
)
"""Which rows are due, how one of them is looked at, how one that fails is put off."""
AFTER: tuple[Verb, ...] = (judging.round_over, playbooks.escalate, roster.sweep, decisions.sweep)
ROUNDS: tuple[Callable[[Act], list[int]], Verb, Verb] = (paging.to_look_at, paging.look_at, paging.put_off)


def sweep(app: App) -> int:
    """What the sweep does, row by row; returns how much was looked at."""
    one = _OneByOne(app)
    for verb in BEFORE:
        one.does(verb)
    for rows in EACH:
        one.each(*rows)
    for verb in AFTER:
        one.does(verb)
    one.says()
    return one.looked


def rounds(app: App) -> int:
    """The rounds of the call-outs that are due, one by one."""
    one = _OneByOne(app)
    one.each(*ROUNDS)
    one.says()
    return one.looked


def works_again(act: Act) -> None:
    """End the alarm once nothing has failed for a while."""
    for stands in act.tx.operations.standing(SWEEP_STUCK):
        last = act.tx.meta.instant(SWEEP_STUCK)
        if last is None or act.now - last >= WORKS_AGAIN:
            alarms.over(act, SWEEP_STUCK, f"{stands.data['failed']}: it works again")


class _OneByOne:
    """Acts of their own, and what of them failed."""

    def __init__(self, app: App):
        self._app = app
        self.looked = 0
        self._failed: dict[str, Exception] = {}

    def does(self, verb: Verb, *given: Any) -> bool:
        """Whether it worked. Unavailable when the database cannot be used: then nothing can."""
        try:
            self.looked += self._app.coordinator.system(verb, *given)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - kept, and said
            self._failed[" ".join((_named(verb), *map(str, given)))] = error
            return False
        return True

    def each(self, due: Callable[[Act], list[int]], look: Verb, put_off: Verb) -> None:
        for number in self._app.coordinator.glance(due):
            if not self.does(look, number):
                self.does(put_off, number)

    def says(self) -> None:
        if not self._failed:
            return
        said = "; ".join(f"{what}: {_why(error)}" for what, error in self._failed.items())
        if self._app.coordinator.system(_stuck, said[:LONGEST_REASON]):
            for what, error in self._failed.items():
                log.error("%s fails; it is tried again", what, exc_info=error)


def _named(verb: Verb) -> str:
    return f"{verb.__module__.rpartition('.')[2]}.{verb.__name__.strip('_')}"


def _why(error: Exception) -> str:
    """One line: what follows it in a database's message are values of rows."""
    if isinstance(error, TongbaoError):
        return error.message
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"


def _stuck(act: Act, why: str) -> tuple[bool, list[Effect]]:
    """Whether that is new: it comes again every few seconds."""
    act.tx.meta.put_instant(SWEEP_STUCK, act.now)
    new = why not in [one.data.get("failed") for one in act.tx.operations.standing(SWEEP_STUCK)]
    return new, [Alarm(SWEEP_STUCK, {"failed": why}), matters.stuck(act, SWEEP_STUCK)]
