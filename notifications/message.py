"""What a channel is given, and the one type of answer that every channel gives back.

Pure values. Source of the four answers and of the look-up findings: docs/delivery.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True)
class Text:
    """One notice in one language for one channel, exactly as it leaves.

    `body` is the SMS, the plain-text part of the mail, or the page entry's paragraphs. `subject` is the
    mail's subject or the entry's title ("" for SMS); `html` is the mail's HTML part ("" elsewhere).
    `template` says whose template it was made from, and the head of its hash.
    """

    body: str
    subject: str = ""
    html: str = ""
    template: str = ""


@dataclass(frozen=True)
class Message:
    """One text for one recipient: what a channel needs for one attempt, and nothing more.

    `attempt` is "<delivery id>.<number>" and travels to the provider, so that receipts and look-ups find
    their way back. `thread` is the incident's reference (mail threads by it). `valid_seconds` is the time
    left before the text becomes false. No attempt of it was made before `since`.
    """

    delivery: int
    attempt: str
    notice: int
    to: str
    language: str
    text: Text
    thread: str
    number: int
    valid_seconds: int
    now: datetime
    since: datetime | None = None


@dataclass(frozen=True)
class Accepted:
    """The provider took responsibility; `reference` is its id for the message."""

    reference: str


class Scope(StrEnum):
    """Whose fault a refusal is: only `recipient` ever counts against the person."""

    RECIPIENT = "recipient"
    CONTENT = "content"
    ACCOUNT = "account"


@dataclass(frozen=True)
class Rejected:
    """Refused for good. `opted_out` puts the person on the suppression list."""

    scope: Scope
    reason: str
    opted_out: bool = False


@dataclass(frozen=True)
class NotAccepted:
    """Surely not processed (refused connection, DNS, 429): safe to try again after `retry_after` seconds."""

    reason: str
    retry_after: float | None = None


@dataclass(frozen=True)
class Unknown:
    """The provider may or may not have it (timeout, reset after sending, 5xx): never retried blindly."""

    reason: str


Answer = Accepted | Rejected | NotAccepted | Unknown


class Finding(StrEnum):
    """What a look-up of an in-doubt attempt says."""

    FOUND = "found"
    ABSENT = "absent"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class LookUp:
    finding: Finding
    reference: str = ""
    status: str = ""


class ReceiptStatus(StrEnum):
    """What a provider later says of a message that it accepted; SENT is progress, not an end."""

    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"


@dataclass(frozen=True)
class Receipt:
    """One later word about one attempt. `permanent` says whether a second channel is worth trying."""

    provider: str
    reference: str
    attempt: str
    status: ReceiptStatus
    reason: str = ""
    scope: Scope | None = None


@dataclass(frozen=True)
class CallbackRequest:
    """A provider's callback as it arrived: the path with its query, headers in lower case, form fields."""

    path_and_query: str
    headers: dict[str, str]
    form: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reply:
    """An SMS to our own number: who sent it, as the provider says, and its words."""

    sender: str
    body: str


class ReplyChannel(Protocol):
    """A channel by which people answer."""

    def parse_reply(self, request: CallbackRequest) -> Reply:
        """What somebody sent us; NotAllowed when the signature is wrong."""
        ...


class DirectChannel(Protocol):
    """A way to reach one person. `send` and `look_up` never raise; they are called with no transaction open."""

    name: str
    can_look_up: bool
    in_flight: int
    """How many attempts may be intended but unsettled at once: the most that a crash leaves in doubt."""

    def send(self, message: Message) -> Answer: ...

    def look_up(self, message: Message) -> LookUp: ...

    def poll(self, reference: str) -> Receipt | None:
        """Ask for the final word on an accepted message; None while there is none."""
        ...

    def parse_receipt(self, request: CallbackRequest) -> Receipt | None:
        """The receipt in a callback, None if it says nothing new; NotAllowed when the signature is wrong."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class StaffPage:
    """One page to one person on duty by one channel: what one attempt needs, and nothing more.

    `attempt` is unique for ever and travels to the provider; `at` is the instant of this attempt, and a
    look-up is asked with the same value. `person` is the name under which somebody acknowledges; `text` is
    what is said, in the person's `language`.
    """

    page: str
    attempt: str
    person: str
    to: str
    language: str
    text: str
    at: datetime


class CallChannel(Protocol):
    """A way to wake one person. Neither raises; both are called with no transaction open."""

    def page(self, message: StaffPage) -> Answer: ...

    def look_up(self, message: StaffPage) -> bool | None:
        """Whether the provider has this attempt; None when it cannot be said, and then nobody is called again.

        One False is no proof: a list may lag. Three of them spread over five minutes are (docs/delivery.md).
        """
        ...


class CallState(StrEnum):
    """How far a call has come; the last five are ends."""

    QUEUED = "queued"
    RINGING = "ringing"
    ANSWERED = "answered"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    CANCELED = "canceled"


class Answerer(StrEnum):
    """Who or what picked up, as far as the provider can tell; never a proof that a person has heard."""

    HUMAN = "human"
    MACHINE = "machine"
    FAX = "fax"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class CallReport:
    """What a provider says of a call later, in any order and perhaps twice. It acknowledges nothing."""

    provider: str
    reference: str
    page: str
    attempt: str
    state: CallState
    answered_by: Answerer | None = None
    reason: str = ""
    scope: Scope | None = None


@dataclass(frozen=True)
class Pressed:
    """A key that somebody pressed in a call; `turn` counts how often this call has asked, from 1."""

    page: str
    attempt: str
    person: str
    language: str
    reference: str
    turn: int
    digit: str

    @property
    def acknowledges(self) -> bool:
        return self.digit == ACKNOWLEDGE_KEY


ACKNOWLEDGE_KEY = "1"


class Answered(StrEnum):
    """What the person on the phone hears after a key; each is a template in templates/calls."""

    THANKS = "thanks"
    AGAIN = "again"
    FAILED = "failed"
    """It could not be recorded: never thank for what is lost."""
