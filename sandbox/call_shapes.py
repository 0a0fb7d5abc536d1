"""The documents of Twilio's Calls resource, and what a phone does with a call.

Pure; field names, codes and bounds are those of Twilio's published API (2010-04-01).
"""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from xml.etree import ElementTree

from sandbox.receipts import Callback, Errand
from sandbox.twilio_shapes import E164, callback_is_fine

MOST_TWIML = 4_000
EVENTS = {
    "initiated": "initiated",
    "ringing": "ringing",
    "in-progress": "answered",
    "completed": "completed",
    "busy": "completed",
    "no-answer": "completed",
    "failed": "completed",
}
"""The event under which each status is reported."""
KEY = "1"


@dataclasses.dataclass(frozen=True, slots=True)
class Scene:
    """What whoever is called does: the statuses in order, who picks up, and whether the key is pressed."""

    statuses: tuple[str, ...]
    answered_by: str | None = None
    presses: bool = False


_TAKEN = ("initiated", "ringing", "in-progress", "completed")
SCENES = {
    "nobody": Scene(("initiated", "ringing", "no-answer")),
    "busy": Scene(("initiated", "busy")),
    "acknowledges": Scene(_TAKEN, "human", presses=True),
    "hangs_up": Scene(_TAKEN, "human"),
    "voicemail": Scene(_TAKEN, "machine_start"),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Heard:
    """TwiML as a telephone takes it: what is said first, and where the first key goes ("" for nowhere)."""

    said: str
    action: str


def heard(twiml: str) -> Heard:
    """Raises ElementTree.ParseError for what is no XML."""
    document = ElementTree.fromstring(twiml)  # noqa: S314 - bounded, and expat stops expanding entities
    gather = document.find("Gather")
    first = document if gather is None else gather
    said = " ".join(filter(None, (say.text for say in first.iter("Say"))))
    return Heard(said, "" if gather is None else gather.get("action", ""))


def call_fault_in(form: Mapping[str, str], events: Sequence[str]) -> int:
    """The code of the first thing wrong with a create, or 0."""
    timeout, twiml = form.get("Timeout", "60"), form.get("Twiml", "")
    checks = (
        (21201, bool(form.get("To"))),
        (21211, bool(E164.fullmatch(form.get("To", "")))),
        (21213, bool(form.get("From"))),
        (21212, bool(E164.fullmatch(form.get("From", "")))),
        (21205, bool(twiml) and len(twiml) <= MOST_TWIML),
        (12100, _is_twiml(twiml)),
        (21208, timeout.isascii() and timeout.isdigit() and 1 <= int(timeout) <= 600),
        (21609, callback_is_fine(form.get("StatusCallback", ""))),
        (21626, set(events) <= set(EVENTS.values())),
    )
    return next((code for code, fine in checks if not fine), 0)


def _is_twiml(text: str) -> bool:
    try:
        return ElementTree.fromstring(text).tag == "Response"  # noqa: S314 - as above
    except ElementTree.ParseError:
        return False


def played(scene: Scene, common: Mapping[str, str], form: Mapping[str, str], events: Sequence[str]) -> Errand:
    """The callbacks of a call in their natural order, the key at its place among them."""
    callback, detects = form.get("StatusCallback", ""), form.get("MachineDetection", "")
    found: Errand = []
    for number, status in enumerate(scene.statuses):
        if callback and EVENTS[status] in (events or ("completed",)):
            says = {**common, "CallStatus": status, "SequenceNumber": str(number)}
            if status == "completed" and detects and scene.answered_by:
                says["AnsweredBy"] = scene.answered_by
            found.append(Callback(callback, says))
        if status == "in-progress":
            found += _while_it_runs(scene, common, form)
    return found


def _while_it_runs(scene: Scene, common: Mapping[str, str], form: Mapping[str, str]) -> Errand:
    found: Errand = []
    if form.get("MachineDetection") and (url := form.get("AsyncAmdStatusCallback", "")):
        ids = {name: common[name] for name in ("AccountSid", "CallSid")}
        found.append(Callback(url, {**ids, "AnsweredBy": str(scene.answered_by)}))
    action = heard(form["Twiml"]).action
    if scene.presses and action:
        found.append(
            Callback(action, {**common, "CallStatus": "in-progress", "Digits": KEY, "msg": "Gather End"})
        )
    return found


def call_document(row: Mapping[str, Any], account: str, answered_by: str | None) -> dict[str, Any]:
    """A ledger row as Twilio shows a call; it does not show where the call reports to."""
    uri = f"/2010-04-01/Accounts/{account}/Calls/{row['sid']}"
    stamp = format_datetime(datetime.fromisoformat(row["at"]))
    return {
        "account_sid": account,
        "answered_by": answered_by,
        "api_version": "2010-04-01",
        "caller_name": None,
        "date_created": stamp,
        "date_updated": stamp,
        "direction": "outbound-api",
        "duration": "0" if row["status"] == "completed" else None,
        "end_time": stamp,
        "from": row["sender"],
        "parent_call_sid": None,
        "price": None,
        "price_unit": "USD",
        "queue_time": "0",
        "sid": row["sid"],
        "start_time": stamp,
        "status": row["status"],
        "subresource_uris": {"events": f"{uri}/Events.json"},
        "to": row["recipient"],
        "uri": f"{uri}.json",
    }


def just_dialled(document: dict[str, Any]) -> dict[str, Any]:
    """The same call as the 201 shows it: queued, nothing known of its end."""
    return {**document, "status": "queued", "answered_by": None, "start_time": None, "end_time": None}


def event_documents(callback: str) -> list[dict[str, Any]]:
    """What Twilio asked of us in a call; here at once, at Twilio a quarter of an hour after its end."""
    if not callback:
        return []
    request = {"method": "POST", "url": callback, "parameters": {}}
    return [{"request": request, "response": {"response_code": 204}}]
