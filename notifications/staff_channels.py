"""Staff channels over the channels that notices take: the same objects, another kind of message.

Pure: a page becomes a Message; `attempt` begins with "page", so that no receipt of it is taken for a customer's.
"""

from __future__ import annotations

from dataclasses import dataclass

from notifications.message import (
    Answer,
    CallChannel,
    DirectChannel,
    Finding,
    LookUp,
    Message,
    StaffPage,
    Text,
)
from notifications.paging import PageMessage

VALID_SECONDS = 3_600
"""A page of an hour ago is overtaken by its next rounds."""


@dataclass(frozen=True)
class ByDirect:
    """Pages by SMS or e-mail."""

    channel: DirectChannel

    @property
    def can_look_up(self) -> bool:
        return self.channel.can_look_up

    def page(self, message: PageMessage) -> Answer:
        return self.channel.send(_message(message))

    def look_up(self, message: PageMessage) -> LookUp:
        if not self.channel.can_look_up:
            return LookUp(Finding.UNAVAILABLE)
        return self.channel.look_up(_message(message))


@dataclass(frozen=True)
class ByVoice:
    """Pages by a call that says them."""

    channel: CallChannel
    can_look_up: bool = True

    def page(self, message: PageMessage) -> Answer:
        return self.channel.page(_call(message))

    def look_up(self, message: PageMessage) -> LookUp:
        found = self.channel.look_up(_call(message))
        return LookUp({True: Finding.FOUND, False: Finding.ABSENT, None: Finding.UNAVAILABLE}[found])


def _call(page: PageMessage) -> StaffPage:
    return StaffPage(
        page=str(page.page),
        attempt=page.attempt,
        person=page.person,
        to=page.to,
        language=page.language,
        text=page.spoken,
        at=page.now,
    )


def _message(page: PageMessage) -> Message:
    return Message(
        delivery=0,
        attempt=page.attempt,
        notice=-page.page,
        to=page.to,
        language=page.language,
        text=Text(body=page.body, subject=page.subject),
        thread=page.thread,
        number=0,
        valid_seconds=VALID_SECONDS,
        now=page.now,
    )
