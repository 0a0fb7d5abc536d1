"""What Twilio's numbers and words mean for a call: one table per kind.

Pure: no network, no clock. Sources: docs/delivery.md and https://www.twilio.com/docs/api/errors.
"""

from __future__ import annotations

import re

from notifications.channels.twilio_codes import rejected
from notifications.message import Answer, Answerer, CallState, NotAccepted, Rejected, Scope

CALL_SID = re.compile(r"CA[0-9a-f]{32}")

CALL_CODES: dict[int, Answer] = {
    # No number, a wrong one, a premium one, or one that nobody can reach: only this person is concerned.
    **rejected(Scope.RECIPIENT, 13223, 13224, 13225, 13226, 21201, 21202, 21211, 21214, 21217),
    # What is to be said: not TwiML, too long, or a text that no voice can speak.
    **rejected(Scope.CONTENT, 12100, 12200, 13520),
    # Wrong credentials, no calls on this account, a caller id that is not ours, a country that is not switched on,
    # a callback address that is none: a person has to mend it, and everybody is concerned.
    **rejected(Scope.ACCOUNT, 10001, 10002, 10005, 13227, 20003, 20404, 21200, 21203, 21205, 21208, 21209),
    **rejected(Scope.ACCOUNT, 21210, 21212, 21213, 21215, 21216, 21219, 21609, 21626),
    # Too many calls at once, or too fast.
    10004: NotAccepted("twilio 10004"),
    20429: NotAccepted("twilio 20429"),
}
"""What a refused create means, by Twilio's code."""

CALL_STATES: dict[str, CallState] = {
    "queued": CallState.QUEUED,
    "initiated": CallState.QUEUED,
    "ringing": CallState.RINGING,
    "in-progress": CallState.ANSWERED,
    "answered": CallState.ANSWERED,
    "completed": CallState.COMPLETED,
    "busy": CallState.BUSY,
    "no-answer": CallState.NO_ANSWER,
    "failed": CallState.FAILED,
    "canceled": CallState.CANCELED,
}
"""What a call's status says."""

ANSWERERS: dict[str, Answerer] = {
    "human": Answerer.HUMAN,
    "machine": Answerer.MACHINE,
    "machine_start": Answerer.MACHINE,
    "machine_end_beep": Answerer.MACHINE,
    "machine_end_silence": Answerer.MACHINE,
    "machine_end_other": Answerer.MACHINE,
    "fax": Answerer.FAX,
    "unknown": Answerer.UNKNOWN,
}
"""What the detection of answering machines says."""


def scope_of(code: int) -> Scope | None:
    """Whose fault a failed call is, by its code; None when the code says nothing of that."""
    known = CALL_CODES.get(code)
    return known.scope if isinstance(known, Rejected) else None
