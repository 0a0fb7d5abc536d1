"""Several publish targets: an entry is written to all side by side, and whoever stays behind is caught up with.

Each target has one thread, which reads what shall be shown just before it writes: what hangs there delays no other
target, and an older page never comes after a newer one. The rows say which target lacks what.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from functools import partial

from coordinator import pages, publishing
from coordinator.act import Act
from coordinator.delivery import Claim
from coordinator.failpoints import fp
from coordinator.pages import Site
from incidents.errors import Unavailable
from notifications.pages import Publisher
from notifications.publishing import Behind
from wiring.app import App
from wiring.clock import boot_seconds
from wiring.targets import lane_of

LONGEST_SECONDS = 10.0
"""How long anybody waits for a target; it may go on, and is asked again."""
MOMENT_SECONDS = 1.0
"""How long the others may take after the first one showed the entry, before they are left to be caught up with."""
NO_ANSWER = "no answer within {n} s"
OVERTAKEN = "the page had another entry meanwhile"
log = logging.getLogger("tongbao.publishing")


def _nobody() -> None:
    """No other target is under way."""


@dataclass(frozen=True)
class Seen:
    """Where an entry was seen live; "" and the trouble when nowhere. `others` waits a moment for the other targets."""

    address: str
    trouble: str = ""
    others: Callable[[], None] = _nobody


def everywhere(app: App, held: Claim, targets: Mapping[str, Publisher], stopping: Callable[[], bool]) -> Seen:
    """Write one entry to every target at once; answers as soon as the first one shows it, or once `stopping` says so,
    which is asked every second: a lane that waits says that it lives."""
    token = pages.token_of(held.notice)
    shows = {
        app.pool(lane_of(name)).submit(_bring, app, name, publisher, held.incident.id, token): name
        for name, publisher in targets.items()
    }
    end = boot_seconds() + LONGEST_SECONDS
    troubles = dict.fromkeys(targets, NO_ANSWER.format(n=int(LONGEST_SECONDS)))
    waiting: Collection[Future[Seen]] = shows
    while waiting and (left := end - boot_seconds()) > 0:
        done, waiting = wait(waiting, min(left, MOMENT_SECONDS), FIRST_COMPLETED)
        for one in done:
            seen = one.result()
            if seen.address:
                return Seen(seen.address, others=partial(_leave, waiting, MOMENT_SECONDS))
            troubles[shows[one]] = seen.trouble
        if stopping():
            break
    _leave(waiting, 0)
    return Seen("", "; ".join(f"{name}: {trouble}" for name, trouble in troubles.items()))


def catch_up(app: App, names: Collection[str]) -> int:
    """Show at each of these targets the next thing that it lacks; returns how much was tried."""
    due = app.coordinator.glance(partial(_due, names=names))
    if not due:
        return 0
    targets = app.targets(exercise=False)
    shows = {
        app.pool(lane_of(one.target)).submit(_bring, app, one.target, targets[one.target], one.incident): one
        for one in due
    }
    done, hung = wait(shows, LONGEST_SECONDS)
    _leave(hung, 0)
    for future in done:
        future.result()
    for future in hung:
        one = shows[future]
        trouble = NO_ANSWER.format(n=int(LONGEST_SECONDS))
        app.coordinator.system(publishing.failed, one.target, one.incident, trouble)
    return len(due)


def enrol(app: App) -> None:
    """Take notice of the targets that the settings name; one that is new lacks everything."""
    places = app.target_places
    if app.coordinator.glance(publishing.known) != places:
        app.coordinator.system(publishing.enrol, places)


def _due(act: Act, names: Collection[str]) -> list[Behind]:
    found = (act.tx.publishing.due(name, act.now) for name in names)
    return [one for one in found if one is not None]


def _leave(waiting: Collection[Future[Seen]], seconds: float) -> None:
    """What has not begun by then never does, so that nothing piles up before a target that hangs."""
    for one in wait(waiting, seconds).not_done:
        one.cancel()


def _bring(app: App, name: str, publisher: Publisher, incident_id: int, token: str = "") -> Seen:
    """What breaks in one target's thread is tried again like any other trouble, and stops no other target."""
    try:
        return _show(app, name, publisher, incident_id, token)
    except Unavailable:
        raise
    except Exception as error:
        log.exception("publish target %s failed; it is tried again", name)
        trouble = type(error).__name__
        app.coordinator.system(publishing.failed, name, incident_id, trouble)
        return Seen("", trouble)


def _wanted(act: Act, name: str, incident_id: int) -> tuple[Behind | None, Site]:
    return act.tx.publishing.get(name, incident_id), pages.site_of(act, incident_id)


def _show(app: App, name: str, publisher: Publisher, incident_id: int, token: str) -> Seen:
    """Bring the present pages of an incident to one target, and look there. `address` says where this token was seen;
    the row is over only when the public reads exactly what stands in the record."""
    behind, site = app.coordinator.glance(partial(_wanted, name=name, incident_id=incident_id))
    path = f"incidents/{site.page.reference}/"
    trouble, shown = _written(app, publisher, site), None
    fp("page.after_write")
    if not trouble:
        shown = publisher.shown(path)
        trouble = _difference(shown, site)
    fp("page.after_verify")
    _, now = app.coordinator.glance(partial(_wanted, name=name, incident_id=incident_id))
    same = now.tokens == site.tokens
    if not trouble and now != site:
        trouble = OVERTAKEN if not same else "the list has changed meanwhile"
    if trouble:
        app.coordinator.system(publishing.failed, name, incident_id, trouble)
    elif behind is not None:
        app.coordinator.system(publishing.shown, behind)
    live = same and token in (shown or ())
    return Seen(publisher.url(path) if live else "", trouble)


def _written(app: App, publisher: Publisher, site: Site) -> str:
    try:
        publisher.publish(app.site_files(site.own, site.listed, site.moved))
    except OSError as error:
        return f"the page cannot be written: {error.strerror}"
    return ""


def _difference(shown: tuple[str, ...] | None, site: Site) -> str:
    if shown is None:
        return "its address answers with no page"
    return "" if shown == site.tokens else "its address shows an older page"
