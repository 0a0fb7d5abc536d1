"""What a drill's script injects, one event at a time: words to the record, and the sandbox's dial.

The dial is set with no transaction open. Setting it twice is setting it once, so a death between the dial and its row
only turns it again.
"""

from __future__ import annotations

import logging

from coordinator import drills
from coordinator.drills import DRILL
from coordinator.failpoints import fp
from incidents.drill import Dials, Drill, Injection, parse
from incidents.errors import Conflict, Invalid, NotAllowed, NotFound, Unavailable
from wiring.app import App
from wiring.boundary import turn_dial

log = logging.getLogger("tongbao.drills")


def inject(app: App) -> int:
    """Let the next event of a drill come, if one is due; 0 when none is."""
    try:
        found = app.coordinator.glance(drills.due)
        if found is None:
            return 0
        drill, step, dial, calms = found
        return int(_turn(app, drill, step, dial) if dial or calms else _say(app, drill, step))
    except (Invalid, Unavailable) as problem:
        # A sandbox that does not answer, a script that this version does not take: everything else goes on.
        log.warning("a drill waits: %s", problem.message)
        return 0


def _say(app: App, drill: Drill, step: Injection) -> bool:
    """One event to the record; what its verb refuses is recorded instead."""
    act = app.coordinator.act
    try:
        return act("system", DRILL, drills.inject, drill, step)
    except (Conflict, Invalid, NotAllowed, NotFound) as refusal:
        return act("system", DRILL, drills.refused, drill, step, refusal.message)


def _turn(app: App, drill: Drill, step: Injection, dial: Dials | None) -> bool:
    """Turn the sandbox's dial, never a real provider's, then say so; without a dial put back what this drill turned."""
    if dial is not None:
        faults: dict[str, dict[str, float]] = {dial.provider: dial.faults}
    else:
        turned = [event for event in parse(drill.text).events if isinstance(event, Dials)]
        faults = {}
        for event in turned:
            # 0 is calm for everything that a script can turn.
            faults.setdefault(event.provider, {}).update(dict.fromkeys(event.faults, 0))
    turn_dial(app.sandbox, faults)
    fp("drill.after_dial")
    return app.coordinator.act("system", DRILL, drills.dialled, drill, step, {"faults": faults})
