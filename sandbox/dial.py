"""The fault dial: which faults each provider knows, their checks, and the counters behind them.

Faults are deterministic: a share is counted out, never drawn at random.
"""

import math
import re
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

ANSWERS = ("nobody", "acknowledges", "hangs_up", "busy", "voicemail")
"""What whoever is called does."""
RECEIPTS = ("on", "off", "early", "twice", "reversed")


class DialError(ValueError):
    """A provider, fault or value the dial does not know; `field` names which."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def _whole(low: int, high: int, meaning: str) -> Callable[[Any], int]:
    def parse(value: Any) -> int:
        number = int(str(value)) if not isinstance(value, bool) else int(value)
        if number != 0 and not low <= number <= high:
            raise ValueError
        return number

    parse.__doc__ = f"0 (off) or {meaning}"
    return parse


def _flag(value: Any) -> int:
    """0 or 1"""
    known = {"0": 0, "1": 1, "False": 0, "True": 1, "false": 0, "true": 1}
    if str(value) not in known:
        raise ValueError
    return known[str(value)]


def _rate(value: Any) -> float:
    """0 (no limit) or a number per second"""
    number = float(value)
    if not 0 <= number < 1e6:
        raise ValueError
    return number


def _share(value: Any) -> float:
    """a share from 0 to 1"""
    number = float(value)
    if not 0 <= number <= 1:
        raise ValueError
    return number


def _slack_code(value: Any) -> str:
    """one of Slack's error codes, such as not_in_channel"""
    if not re.fullmatch("[a-z][a-z_]{2,60}", str(value)):
        raise ValueError
    return str(value)


def _receipts(value: Any) -> str:
    """on, off, early, twice or reversed"""
    if value not in RECEIPTS:
        raise ValueError
    return str(value)


def _answers(value: Any) -> str:
    """nobody, acknowledges, hangs_up, busy or voicemail"""
    if value not in ANSWERS:
        raise ValueError
    return str(value)


def _addresses(value: Any) -> list[str]:
    """a list of addresses, or one string with commas between them"""
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list):
        raise ValueError
    return [str(item).strip() for item in value if str(item).strip()]


Parser = Callable[[Any], Any]
_CALM: dict[str, Any] = {
    "rate": 0.0,
    "lose_answer": 0.0,
    "receipts": "on",
    "lookup": 1,
    "refuse_to": [],
    "answers": ANSWERS[0],
}
_latency = _whole(1, 600_000, "milliseconds up to 600000")
_smtp_code = _whole(400, 599, "an SMTP code from 400 to 599")
_http_status = _whole(300, 599, "an HTTP status from 300 to 599")
_twilio_code = _whole(10_000, 99_999, "a five-digit Twilio code")

FAULTS: dict[str, dict[str, Parser]] = {
    "twilio": {
        "down": _flag,
        "latency_ms": _latency,
        "rate": _rate,
        "status": _http_status,
        "refuse_code": _twilio_code,
        "refuse_to": _addresses,
        "lose_answer": _share,
        "receipts": _receipts,
        "lookup": _flag,
        "undelivered_code": _twilio_code,
        "answers": _answers,
    },
    "smtp": {
        "down": _flag,
        "latency_ms": _latency,
        "rate": _rate,
        "status": _smtp_code,
        "refuse_code": _smtp_code,
        "refuse_to": _addresses,
        "lose_answer": _share,
    },
    "slack": {
        "down": _flag,
        "latency_ms": _latency,
        "rate": _rate,
        "status": _http_status,
        "refuse_code": _slack_code,
        "lose_answer": _share,
        "lookup": _flag,
    },
    "web": {"down": _flag, "latency_ms": _latency, "status": _http_status},
}


def faults_of(provider: str) -> dict[str, Parser]:
    """The faults of a provider; raises DialError for one there is none of."""
    if provider not in FAULTS:
        raise DialError("provider", f"unknown provider {provider!r}: choose from {', '.join(FAULTS)}")
    return FAULTS[provider]


def check(provider: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The values as the dial keeps them; an empty value means back to calm. Raises DialError."""
    known = faults_of(provider)
    return {fault: _checked(known, provider, fault, value) for fault, value in wanted.items()}


def _checked(known: dict[str, Parser], provider: str, fault: str, value: Any) -> Any:
    if fault not in known:
        raise DialError(fault, f"{provider} has no fault {fault!r}: choose from {', '.join(known)}")
    if value is None or value == "":
        return _CALM.get(fault, 0)
    try:
        return known[fault](value)
    except (ValueError, TypeError) as error:
        expected = known[fault].__doc__
        raise DialError(fault, f"{provider} {fault}: expected {expected}, got {value!r}") from error


def calm(provider: str) -> dict[str, Any]:
    """Every fault of a provider at rest."""
    return {fault: _CALM.get(fault, 0) for fault in faults_of(provider)}


class Gate:
    """What one provider does right now: its settings, and the counters of rate and loss."""

    def __init__(self, provider: str) -> None:
        self.provider = provider
        self.faults = calm(provider)
        self._recent: deque[float] = deque()
        self._accepted = 0

    def turn(self, checked: Mapping[str, Any]) -> None:
        """Take over new settings; the counters start afresh."""
        self.faults = {**self.faults, **checked}
        self._recent.clear()
        self._accepted = 0

    def wait_before(self, monotonic: float) -> float:
        """Seconds until the rate has room: 0 admits (and counts) this one.

        In any span of n / rate seconds at most n = max(1, rate) are admitted.
        """
        rate = self.faults["rate"]
        if not rate:
            return 0.0
        burst = max(1, int(rate))
        while self._recent and monotonic - self._recent[0] >= burst / rate:
            self._recent.popleft()
        if len(self._recent) >= burst:
            return float(burst / rate - (monotonic - self._recent[0]))
        self._recent.append(monotonic)
        return 0.0

    def refuses(self, recipient: str) -> int:
        """The code this recipient is refused with, or 0."""
        only = self.faults["refuse_to"]
        return 0 if only and recipient not in only else int(self.faults["refuse_code"])

    def loses(self) -> bool:
        """Whether the answer to this accepted one gets lost: share 0.5 loses every second."""
        share = float(self.faults["lose_answer"])
        before, self._accepted = self._accepted, self._accepted + 1
        lost_before, lost_now = (math.floor(n * share + 1e-9) for n in (before, self._accepted))
        return bool(lost_now > lost_before)
