"""At rest every incident is proved, its archive verifies, and what is owed can be written: the product's own promises,
read by its own verifier and verbs."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import partial

from coordinator import notices, rulebook, taking_back
from coordinator.act import Act
from coordinator.perform import Coordinator, perform
from coordinator.proof import proof
from coordinator.standing import fits
from coordinator.writable import GONE
from incidents.effects import Effect
from incidents.errors import TongbaoError
from incidents.terms import TAKING_BACK, Kind, NoticeState
from notifications.notice import Notice
from reports.archive import Archive
from reports.signing import public_key, sign
from reports.verifier.command import Outside, said, verify
from reports.verifier.packed import PARTS
from tests.simulation.machines import actor
from windows.window import Window

Way = Callable[[Act], int]
"""Brings a draft about, and gives its number."""
KEY = bytes(32)
SAID, RIGHT = {"zh-CN": "当时的说法", "en": "what was said"}, {"zh-CN": "实际的情况", "en": "what is so"}
INSIDE = {name: name.encode() for name in PARTS if name.startswith("README") or name == "verify.py"}


class _Signer:
    key = public_key(KEY)

    def sign(self, message: bytes) -> str:
        return sign(KEY, message)


def unproved(coordinator: Coordinator, references: list[str]) -> Iterator[str]:
    """What the verifier says against the archives of these incidents (R34, S22)."""
    for reference in references:
        file = io.BytesIO()
        archive = Archive(file)
        coordinator.look(
            "proof", actor("alice"), proof, reference, archive, _Signer(), INSIDE, lambda _name: b""
        )
        archive.close()
        for problem in verify(file.getvalue(), Outside())[0]:
            yield f"R34: the proof of {reference}: {said(*problem)}"


class _Enough(Exception):
    """Ends the trial, so that nothing of it is kept."""


def unwritable(coordinator: Coordinator) -> list[str]:
    """Duties to customers that no notice is there for, and for which none can be drafted and submitted (I1)."""
    return [said for trial in coordinator.glance(_to_write) for said in _refused(coordinator, *trial)]


def _to_write(act: Act) -> list[tuple[Window, list[Way]]]:
    """What is owed and not on its way, with all that might bring it there."""
    found = []
    for window in act.tx.windows.owed():
        every = act.tx.notices.of_incident(window.incident)
        there = [n for n in every if n.state not in GONE and (fits(act, window, n, every) or _announced(n))]
        if _in_line(window, every):
            continue
        if window.told_by in ("recipients", "page") and all(n.state == NoticeState.DRAFT for n in there):
            ways: list[Way] = [partial(_there, notice) for notice in there]
            found.append((window, [*ways, *_anew(act, window, every)]))
    return found


def _in_line(window: Window, every: list[Notice]) -> bool:
    """Another error of the same notice is corrected once the correction that waits is on its way; that is asked for."""
    others = {
        n.corrects
        for n in every
        if n.kind == window.kind and n.sequence != window.sequence and n.state in taking_back.WAITING
    }
    return window.kind == Kind.CORRECTION_NOTICE and not others.isdisjoint(_wrong(window, every))


def _wrong(window: Window, every: list[Notice]) -> set[int]:
    return {n.corrects for n in every if (n.kind, n.sequence) == (window.kind, window.sequence)}


def _announced(notice: Notice) -> bool:
    """Planned work is announced once: who could not be reached is answered for by a person, moved or not, and whoever
    had it is owed a correction."""
    return notice.kind == Kind.PLANNED_WORK_NOTICE and notice.released


def _anew(act: Act, window: Window, every: list[Notice]) -> Iterator[Way]:
    reference = act.tx.incidents.by_id(window.incident).reference
    kinds = rulebook.terms_of(act, window).rule.fulfilled_by
    yield from (partial(_drafted, reference, Kind(kind)) for kind in kinds if kind not in TAKING_BACK)
    yield from (partial(_taken_back, Kind(window.kind), number) for number in sorted(_wrong(window, every)))


def _there(notice: Notice, _act: Act) -> int:
    return notice.id


def _drafted(reference: str, kind: Kind, act: Act) -> int:
    return _performed(act, notices.draft(act, reference, kind))


def _taken_back(kind: Kind, number: int, act: Act) -> int:
    if kind == Kind.WITHDRAWAL_NOTICE:
        return _performed(act, taking_back.withdraw(act, number, SAID))
    return _performed(act, taking_back.correct(act, number, SAID, RIGHT))


def _performed(act: Act, done: tuple[Notice, list[Effect]]) -> int:
    perform(act, done[1])
    return done[0].id


def _refused(coordinator: Coordinator, window: Window, ways: list[Way]) -> list[str]:
    why = [_why_not(coordinator, way) for way in ways]
    if None in why:
        return []
    return [f"I1: window {window.id} ({window.kind}) cannot be written: {'; '.join(map(str, why))}"]


def _why_not(coordinator: Coordinator, way: Way) -> str | None:
    def tried(act: Act) -> tuple[None, list[Effect]]:
        notices.submit(act, way(act))
        raise _Enough

    try:
        coordinator.act("submit", actor("alice"), tried)
    except TongbaoError as refused:
        return refused.message
    except _Enough:
        pass
    return None
