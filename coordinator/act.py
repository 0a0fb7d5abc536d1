"""What every verb is given: one open transaction, one instant, one person, and the house's rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from coordinator.outside import PageLinks, Renderer, Reporter
from coordinator.ports import Transaction
from incidents.errors import Invalid
from incidents.instants import bounded
from incidents.levels import Levels, shipped
from incidents.sealing import Sealer
from incidents.terms import LANGUAGES, Channel
from notifications.facts import Setting
from notifications.paging import CHANNELS, Pace
from playbooks.shelf import Shelf
from triggers.routing import Routing
from windows.forecast import APPROVAL
from windows.rules import Pack


@dataclass(frozen=True)
class Actor:
    """Who acts. The coordinator itself is `system`."""

    name: str
    roles: tuple[str, ...] = ()


SYSTEM = Actor("system", ("admin",))
PUT_OFF = timedelta(seconds=5)
"""How long a row that breaks the sweep waits for its next turn."""


@dataclass(frozen=True)
class Lane:
    """One channel's sender: its rate in message parts per second (0: no limit) and its lease."""

    rate: float = 0.0
    lease: timedelta = timedelta(seconds=60)
    in_flight: int = 64
    can_look_up: bool = True
    drain: timedelta = timedelta(0)
    """How long the provider queues what it has taken before it leaves, as the operator declares it."""


@dataclass(frozen=True)
class StaffChat:
    """How staff are posted to: in their language, one post in `pace_seconds` at most."""

    language: str = LANGUAGES[0]
    pace_seconds: float = 1.0


@dataclass(frozen=True)
class StaffPaging:
    """How people are paged: how often, by which channels, and which services each channel depends on."""

    pace: Pace = Pace()
    channels: tuple[str, ...] = CHANNELS
    depends: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    links: PageLinks | None = None
    """None: pages carry no link."""


@dataclass(frozen=True)
class House:
    """The rules and words in force; built once by wiring."""

    pack: Pack
    playbooks: Shelf
    """Every playbook there is; it says which one is in force."""
    routing: Routing
    setting: Setting
    renderer: Renderer
    reporter: Reporter
    regimes: Mapping[str, Pack] = field(default_factory=dict)
    """Packs of regimes by their names; switched off until somebody enables them."""
    lanes: Mapping[Channel, Lane] = field(default_factory=dict)
    chat: StaffChat | None = None
    """None: staff have no chat."""
    levels: Levels = field(default_factory=shipped)
    automatic_maximum: int = 100_000
    """To more people nothing goes directly on the word of programs alone."""
    expected_approval: timedelta = APPROVAL
    """What a second person is expected to take while nothing is released."""
    paging: StaffPaging = StaffPaging()
    drill_person: str = ""
    """Who is paged about full drills that are owed; headquarters on duty when nobody is named."""
    recipient_secret: bytes = b""
    """What the salts of sealed recipients are made from; it never leaves the home (docs/proof.md)."""

    def sealer(self, incident_id: int, notice_id: int) -> Sealer:
        """What seals the recipients of one notice."""
        return Sealer(self.recipient_secret, incident_id, notice_id)

    def lane(self, channel: str) -> Lane:
        return self.lanes.get(Channel(channel), Lane())


@dataclass(frozen=True)
class Act:
    tx: Transaction
    now: datetime
    actor: Actor
    house: House


def instant(act: Act, value: datetime, field: str) -> datetime:
    """The instant that a verb was given; Invalid for a naive time, and for one too far from now to be meant."""
    if value.tzinfo is None:
        raise Invalid("{field} has no time zone", field=field, next="write it as 2026-10-14T14:15:00+08:00")
    return bounded(value, act.now, field)
