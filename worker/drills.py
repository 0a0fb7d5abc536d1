"""What a drill's script injects, one event at a time: words to the record, and the sandbox's dial.

The dial is set with no transaction open. Setting it twice is setting it once, so a death between the dial and its row
only turns it again.
"""

from __future__ import annotations

from coordinator import drills
from coordinator.drills import DRILL
from coordinator.failpoints import fp
from incidents.drill import Dials, Drill, Injection, parse
from incidents.errors import TongbaoError
from wiring.app import App


def inject(app: App) -> int:
    """Let the next event of a drill come, if one is due; 0 when none is."""
    found = app.coordinator.glance(drills.due)
    if found is None:
        return 0
    drill, step, dial, calms = found
    act = app.coordinator.act
    if dial is not None or calms:
        return int(_turn(app, drill, step, dial))
    try:
        return int(act("system", DRILL, drills.inject, drill, step))
    except TongbaoError as refusal:
        return int(act("system", DRILL, drills.refused, drill, step, refusal.message))


def _turn(app: App, drill: Drill, step: Injection, dial: Dials | None) -> bool:
    """Turn the sandbox's dial, never a real provider's, then say so; without a dial put back what this drill turned."""
    app.sandbox.start()
    if dial is not None:
        faults: dict[str, dict[str, float]] = {dial.provider: dial.faults}
    else:
        turned = [event for event in parse(drill.text).events if isinstance(event, Dials)]
        faults = {}
        for event in turned:
            # 0 is calm for everything that a script can turn.
            faults.setdefault(event.provider, {}).update(dict.fromkeys(event.faults, 0))
    for provider, values in faults.items():
        app.sandbox.dial(provider, **values)
    fp("drill.after_dial")
    return app.coordinator.act("system", DRILL, drills.dialled, drill, step, {"faults": faults})
