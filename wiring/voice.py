"""Calls to staff, joined together: the channel, the record of keys already heard, and the pages."""

from __future__ import annotations

from typing import Protocol

from coordinator.calls import first_heard
from coordinator.outside import PageDesk
from coordinator.perform import Coordinator
from incidents.errors import NotAllowed, TongbaoError
from notifications.message import Answered, CallbackRequest, CallChannel, CallReport, Pressed

HOW = "voice"


class VoiceChannel(CallChannel, Protocol):
    """A staff channel that talks, and is talked to."""

    def parse_callback(self, request: CallbackRequest) -> Pressed: ...
    def parse_status(self, request: CallbackRequest) -> CallReport | None: ...
    def reply(self, pressed: Pressed, answered: Answered, text: str) -> str: ...
    def close(self) -> None: ...


class Telephone:
    """What the web hands on of a call; it says what the telephone says next."""

    def __init__(self, channel: VoiceChannel, coordinator: Coordinator, desk: PageDesk):
        self._channel = channel
        self._coordinator = coordinator
        self._desk = desk

    def pressed(self, request: CallbackRequest) -> str:
        """TwiML after a key. NotAllowed for a wrong signature, and for a callback that was there before."""
        pressed = self._channel.parse_callback(request)
        if not self._coordinator.system(first_heard, pressed):
            raise NotAllowed("the callback was there before", field="signature")
        answered = self._answered(pressed)
        # Nobody is told that it was recorded before it was; whoever waits on the line hears everything else.
        text = "" if answered is Answered.THANKS else self._text(pressed.page)
        return self._channel.reply(pressed, answered, text)

    def reported(self, request: CallbackRequest) -> bool:
        """Keep a status callback; False when it says nothing. NotAllowed for a wrong signature."""
        report = self._channel.parse_status(request)
        if report is None:
            return False
        self._desk.reported(report)
        return True

    def _answered(self, pressed: Pressed) -> Answered:
        if not pressed.acknowledges:
            return Answered.AGAIN
        try:
            self._desk.acknowledge(pressed.page, pressed.person, HOW)
        except TongbaoError:
            return Answered.FAILED
        return Answered.THANKS

    def _text(self, page: str) -> str:
        try:
            return self._desk.text(page)
        except TongbaoError:
            return ""
