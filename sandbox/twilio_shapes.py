"""The documents of Twilio's Messages resource: checks, message and error documents.

Pure; field names, codes and bounds are those of Twilio's published API (2010-04-01).
"""

import dataclasses
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

E164 = re.compile(r"\+[1-9]\d{6,14}")
_SENDER = re.compile(r"\+[1-9]\d{6,14}|\d{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")
_SERVICE = re.compile(r"MG[0-9a-f]{32}")
MOST_CHARACTERS = 1_600
MESSAGES = {
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    21211: "Invalid 'To' Phone Number",
    21212: "Invalid From Number (caller ID)",
    21602: "Message body is required",
    21603: "A 'From' phone number is required",
    21604: "A 'To' phone number is required",
    21609: "The 'StatusCallback' URL is not a valid URL",
    21610: "Attempt to send to unsubscribed recipient",
    21617: f"The concatenated message body exceeds the {MOST_CHARACTERS} character limit",
    21624: "Invalid validity period value",
}
MESSAGES |= {
    12100: "Document parse failure",
    21201: "No 'To' number specified",
    21205: "Invalid URL: neither 'Url' nor 'Twiml'",
    21208: "Invalid Timeout",
    21213: "'From' phone number is required",
    21626: "Invalid 'StatusCallbackEvent'",
}
_STATUSES = {20003: 401, 20404: 404, 20429: 429}


@dataclasses.dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request was not taken: an HTTP status and a Twilio code."""

    code: int
    status: int

    def document(self) -> dict[str, Any]:
        """Twilio's error document."""
        return {
            "code": self.code,
            "message": MESSAGES.get(self.code, f"Refused with code {self.code}"),
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


def refusal(code: int) -> Refusal:
    """A refusal with the HTTP status that belongs to its code."""
    return Refusal(code, _STATUSES.get(code, 400))


def fault_in(form: Mapping[str, str]) -> int:
    """The code of the first thing wrong with a create, or 0."""
    body = form.get("Body", "")
    checks = (
        (21604, bool(form.get("To"))),
        (21211, bool(E164.fullmatch(form.get("To", "")))),
        (21603, bool(form.get("From") or form.get("MessagingServiceSid"))),
        (21212, _sender_is_fine(form)),
        (21602, bool(body)),
        (21617, len(body) <= MOST_CHARACTERS),
        (21624, _validity_is_fine(form.get("ValidityPeriod", "1"))),
        (21609, callback_is_fine(form.get("StatusCallback", ""))),
    )
    return next((code for code, fine in checks if not fine), 0)


def _sender_is_fine(form: Mapping[str, str]) -> bool:
    if service := form.get("MessagingServiceSid"):
        return bool(_SERVICE.fullmatch(service))
    return bool(_SENDER.fullmatch(form.get("From", "")))


def _validity_is_fine(period: str) -> bool:
    return period.isascii() and period.isdigit() and 1 <= int(period) <= 36_000


def callback_is_fine(url: str) -> bool:
    if not url:
        return True
    try:
        parsed = urlsplit(url)
        return parsed.scheme in ("http", "https") and bool(parsed.hostname) and url.isascii()
    except ValueError:
        return False


def message_document(row: Mapping[str, Any], account: str) -> dict[str, Any]:
    """A ledger row as Twilio shows a message."""
    uri = f"/2010-04-01/Accounts/{account}/Messages/{row['sid']}"
    stamp = format_datetime(datetime.fromisoformat(row["at"]))
    error = row["error_code"]
    return {
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": row["body"],
        "date_created": stamp,
        "date_sent": stamp,
        "date_updated": stamp,
        "direction": "outbound-api",
        "error_code": error,
        "error_message": MESSAGES.get(error, f"Error {error}") if error else None,
        "from": row["sender"] or None,
        "messaging_service_sid": row["service"],
        "num_media": "0",
        "num_segments": str(row["parts"]),
        "price": None,
        "price_unit": "USD",
        "sid": row["sid"],
        "status": row["status"],
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": row["recipient"],
        "uri": f"{uri}.json",
    }


def just_created(document: dict[str, Any]) -> dict[str, Any]:
    """The same message as the 201 shows it: queued, not sent yet, nothing known of its end."""
    return {**document, "status": "queued", "date_sent": None, "error_code": None, "error_message": None}
