"""Verbs of calls to staff: what comes from a telephone counts once."""

from __future__ import annotations

from coordinator.act import Act
from incidents.effects import Effect
from notifications.message import Pressed


def first_heard(act: Act, pressed: Pressed) -> tuple[bool, list[Effect]]:
    """Whether this key of this call comes for the first time; kept for ever (S7).

    The provider's signature has no time in it: a callback sent again would else renew an acknowledgement
    that has run out.
    """
    key = f"voice:{pressed.reference}:{pressed.attempt}:{pressed.turn}"
    if act.tx.meta.request(key) is not None:
        return False, []
    act.tx.meta.keep_request(key, pressed.person, pressed.digit, {}, act.now)
    return True, []
