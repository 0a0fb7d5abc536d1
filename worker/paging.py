"""Pages of one staff channel: claim, call with no transaction open, settle. Apart from every customers' lane."""

from __future__ import annotations

from coordinator import calling
from coordinator.calling import Turn
from coordinator.failpoints import fp
from notifications.message import Answer, LookUp
from notifications.paging import StaffChannel
from wiring.app import App


def page(app: App, channel: str) -> int:
    """Work off one batch of pages of `channel`; 0 when none is due."""
    turns = app.coordinator.system(calling.claim, channel)
    if not turns:
        return 0
    fp("paging.after_claim")
    way = app.staff_channels[channel]

    def call(turn: Turn) -> Answer | LookUp:
        return _call(way, turn)

    answers = list(app.staff_pool.map(call, turns))
    fp("paging.after_call")
    app.coordinator.system(calling.settle, list(zip(turns, answers, strict=True)), way.can_look_up)
    return len(turns)


def page_all(app: App) -> int:
    """One batch of every staff channel."""
    return sum(page(app, channel) for channel in app.house.paging.channels)


def _call(way: StaffChannel, turn: Turn) -> Answer | LookUp:
    return way.look_up(turn.message) if turn.doubted else way.page(turn.message)
