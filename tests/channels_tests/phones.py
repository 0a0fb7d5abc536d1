"""A page to one person on duty, and the voice channel that the tests call with."""

from __future__ import annotations

import dataclasses
from typing import Any

from twilio.request_validator import RequestValidator

from notifications.message import CallbackRequest, StaffPage

from .wires import NOON, PUBLIC, TOKEN

CALL = "CA" + "0123456789abcdef" * 2
SENDER = "+15005550006"
ALICE = StaffPage(
    page="12",
    attempt="p12.1",
    person="alice",
    to="+8613800138000",
    language="en",
    text="Incident 7 is at level 1. Customers must be told by 16:15.",
    at=NOON,
)
KEY_PATH = "/callbacks/twilio/voice/12?attempt=p12.1&person=alice&language=en&turn=1"
STATUS_PATH = "/callbacks/twilio/voice/12/status?attempt=p12.1"


def a_page(**changes: Any) -> StaffPage:
    return dataclasses.replace(ALICE, **changes)


def to_nobody_else(number: int, **changes: Any) -> StaffPage:
    """A page to a number that no other test calls."""
    return a_page(to=f"+86139{number:08d}", **changes)


def call_document(**changes: Any) -> dict[str, Any]:
    """The provider's own form of the call."""
    made = "Wed, 04 Mar 2026 12:00:01 +0000"
    return {"sid": CALL, "to": ALICE.to, "status": "queued", "date_created": made, **changes}


def signed(path: str, form: dict[str, str], token: str = TOKEN, base: str = PUBLIC) -> CallbackRequest:
    """A callback as Twilio would sign it."""
    signature = RequestValidator(token).compute_signature(base + path, form)
    return CallbackRequest(path, {"x-twilio-signature": signature}, form)
