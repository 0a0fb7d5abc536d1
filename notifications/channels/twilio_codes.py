"""What Twilio's numbers and words mean to us: one table per kind.

Pure: no network, no clock. Sources: docs/delivery.md and https://www.twilio.com/docs/api/errors.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from notifications.message import Answer, NotAccepted, ReceiptStatus, Rejected, Scope, Unknown

LONGEST_WAIT_SECONDS = 3600.0
SID = re.compile(r"(SM|MM)[0-9a-f]{32}")


def rejected(scope: Scope, *codes: int) -> dict[int, Answer]:
    """Lines of a table: these codes are this one's fault."""
    return {code: Rejected(scope, f"twilio {code}") for code in codes}


CODES: dict[int, Answer] = {
    # The number is wrong, cannot take an SMS, or is closed to us: only this person is concerned.
    **rejected(Scope.RECIPIENT, 21211, 21214, 21217, 21268, 21408, 21612, 21614, 21635, 30005, 30006),
    21610: Rejected(Scope.RECIPIENT, "twilio 21610", opted_out=True),
    # The text: missing (21602), too long (21605, 21617), filtered, not registered, blocked by a carrier.
    **rejected(Scope.CONTENT, 21602, 21605, 21617, 30004, 30007, 30024, 30034, 32017),
    # Wrong credentials, closed account, a sender that is not ours or cannot send: everybody is concerned.
    **rejected(Scope.ACCOUNT, 20003, 20404, 21212, 21603, 21606, 21712, 30002),
    20429: NotAccepted("twilio 20429"),
    21611: NotAccepted("twilio 21611"),
    # Words about a message that was already taken; as the answer to a create they prove nothing.
    **{code: Unknown(f"twilio {code}") for code in (30001, 30003, 30008, 30500)},
}
"""What a refused create means, by Twilio's code."""

LATER: dict[int, Scope | None] = {
    30001: None,
    30003: None,
    30008: None,
    30500: None,
    30002: Scope.ACCOUNT,
    30004: Scope.CONTENT,
    30005: Scope.RECIPIENT,
    30006: Scope.RECIPIENT,
    30007: Scope.CONTENT,
    30024: Scope.CONTENT,
    30034: Scope.CONTENT,
    32017: Scope.CONTENT,
}
"""Whose fault an undelivered message is, by Twilio's code; None: may be temporary."""

STATUSES: dict[str, ReceiptStatus | None] = {
    "accepted": None,
    "scheduled": None,
    "queued": None,
    "sending": None,
    "sent": ReceiptStatus.SENT,
    "partially_delivered": ReceiptStatus.SENT,
    "delivered": ReceiptStatus.DELIVERED,
    "read": ReceiptStatus.DELIVERED,
    "undelivered": ReceiptStatus.UNDELIVERED,
    "failed": ReceiptStatus.UNDELIVERED,
    "canceled": ReceiptStatus.UNDELIVERED,
}
"""What a message's status says; None: nothing new."""


def refusal(status: int, code: int, retry_after: float | None, codes: Mapping[int, Answer] = CODES) -> Answer:
    """What an HTTP error means, by the codes of one resource.

    5xx and 408 prove nothing, whatever code stands in their body. A refusal that no table knows must not burn
    the recipient: it counts against the account.
    """
    if status >= 500 or status == 408 or status < 300:
        return Unknown(f"twilio HTTP {status}")
    known = codes.get(code)
    if status == 429 or isinstance(known, NotAccepted):
        return NotAccepted(f"twilio {code or status}", retry_after)
    return known or Rejected(Scope.ACCOUNT, f"twilio {code or status}")


def later_scope(code: int) -> Scope | None:
    """Whose fault a code in a receipt is: the later table, then what the same code means in a create."""
    known = CODES.get(code)
    return LATER.get(code, known.scope if isinstance(known, Rejected) else None)


def number(value: object) -> int:
    """A whole number from what may be a number, digits, nothing or nonsense; 0 when it is not one."""
    text = str(value)
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0


def wait_of(retry_after: str | None, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After header (RFC 9110 §10.2.3: seconds or an HTTP date), at most an hour.

    None when it is missing or garbage. `now` must be aware: the server's own Date, else our time.
    """
    seconds = _seconds(retry_after or "", now)
    if seconds is None or not math.isfinite(seconds):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT_SECONDS)


def _seconds(text: str, now: datetime) -> float | None:
    if re.fullmatch(r"\s*[0-9]{1,12}(\.[0-9]{0,6})?\s*", text, re.ASCII):
        return float(text)
    moment = http_date(text)
    return (moment - now).total_seconds() if moment else None


def http_date(text: str | None) -> datetime | None:
    """The instant of an HTTP date; None for anything else."""
    try:
        moment = parsedate_to_datetime(text or "")
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
