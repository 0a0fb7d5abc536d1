"""Customers who arrived in the directory: which incidents are still to be looked at for them.

Each is looked at in an act of its own, by whoever comes first; until then its number stands in `meta`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from coordinator.act import Act
from incidents.terms import Kind, NoticeState

LOOK = "growing"
"""The ids of the incidents that ran when they arrived and are to be looked at, as JSON."""
OVER = "growing_when_over"
"""Of those that were over by then: who arrived was hit by none of it, and what is said of its audience may change."""
AT_RELEASE = "growing_at_release"
"""Of those that are to be looked at once more when their first notice, which waits for its approval, goes out: an
import holds no approval back, and who arrived meanwhile is in no audience."""


def waiting(act: Act) -> list[int]:
    """The incidents that wait to be looked at."""
    return sorted({*_kept(act, LOOK), *_kept(act, OVER)})


def look_at(act: Act, running: Iterable[int], over: Iterable[int] = ()) -> None:
    """These are to be looked at."""
    _keep(act, LOOK, {*_kept(act, LOOK), *running})
    _keep(act, OVER, {*_kept(act, OVER), *over})


def take(act: Act, incident_id: int) -> bool | None:
    """Whether it ran when they arrived; None when it does not wait. It is looked at in this act, and waits no longer,
    or until its first notice is released."""
    if incident_id not in waiting(act):
        return None
    ran = _taken(act, LOOK, incident_id)
    _taken(act, OVER, incident_id)
    mine = act.tx.notices.of_incident(incident_id)
    if ran and any(n.kind == Kind.FIRST_NOTICE and n.state == NoticeState.SUBMITTED for n in mine):
        _keep(act, AT_RELEASE, {*_kept(act, AT_RELEASE), incident_id})
    return ran


def parted(act: Act, whole: int, part: int) -> None:
    """Some of those for whom the whole is to be looked at are a part's now."""
    if whole in _kept(act, LOOK):
        look_at(act, (part,))


def released(act: Act, incident_id: int) -> None:
    """Its first notice goes out: who arrived while that waited is looked for now."""
    if _taken(act, AT_RELEASE, incident_id):
        look_at(act, (incident_id,))


def _taken(act: Act, key: str, incident_id: int) -> bool:
    """Whether it was there; it is no longer."""
    found = set(_kept(act, key))
    if incident_id not in found:
        return False
    _keep(act, key, found - {incident_id})
    return True


def _kept(act: Act, key: str) -> list[int]:
    return list(json.loads(act.tx.meta.get(key) or "[]"))


def _keep(act: Act, key: str, incidents: set[int]) -> None:
    act.tx.meta.put(key, json.dumps(sorted(incidents)))
