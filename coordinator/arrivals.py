"""Customers who arrived in the directory: which incidents are still to be looked at for them.

Each is looked at in an act of its own, by whoever comes first; until then its number stands in `meta`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from coordinator.act import Act
from incidents.terms import Kind, NoticeState

LOOK = "growing"
"""The ids of the incidents that are to be looked at, as JSON."""
AT_RELEASE = "growing_at_release"
"""Of those that are to be looked at once more when their first notice, which waits for its approval, goes out: an
import holds no approval back, and who arrived meanwhile is in no audience."""


def waiting(act: Act) -> list[int]:
    """The incidents that wait to be looked at."""
    return _kept(act, LOOK)


def look_at(act: Act, incidents: Iterable[int]) -> None:
    """These are to be looked at."""
    _keep(act, LOOK, {*waiting(act), *incidents})


def take(act: Act, incident_id: int) -> bool:
    """Whether it waited; it is looked at in this act, and waits no longer, or until its first notice is released."""
    found = waiting(act)
    if incident_id not in found:
        return False
    _keep(act, LOOK, set(found) - {incident_id})
    mine = act.tx.notices.of_incident(incident_id)
    if any(n.kind == Kind.FIRST_NOTICE and n.state == NoticeState.SUBMITTED for n in mine):
        _keep(act, AT_RELEASE, {*_kept(act, AT_RELEASE), incident_id})
    return True


def released(act: Act, incident_id: int) -> None:
    """Its first notice goes out: who arrived while that waited is looked for now."""
    found = _kept(act, AT_RELEASE)
    if incident_id in found:
        _keep(act, AT_RELEASE, set(found) - {incident_id})
        look_at(act, (incident_id,))


def _kept(act: Act, key: str) -> list[int]:
    return list(json.loads(act.tx.meta.get(key) or "[]"))


def _keep(act: Act, key: str, incidents: set[int]) -> None:
    act.tx.meta.put(key, json.dumps(sorted(incidents)))
