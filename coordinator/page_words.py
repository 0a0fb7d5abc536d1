"""The words of a page, in its person's language, as of the instant at which it was planned. Reads only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from coordinator import rulebook
from coordinator.act import Act
from incidents.incident import Incident
from incidents.terms import UPWARDS, Verdict, duty_word
from notifications.facts import headline
from notifications.paging import MATTERS, CallOut, Page
from notifications.phrases import Clock, Words
from windows.window import Window

ACKNOWLEDGE, APPROVE = "a", "y"
"""Purposes of a signed link."""
LINK_HOURS = 12
LONGEST_SUBJECT = 110
SMS, MAIL, SUBJECT, VOICE = "frame_sms", "frame_mail", "frame_subject", "frame_voice"


def of_page(act: Act, page: Page, call: CallOut) -> dict[str, str]:
    """subject, body and spoken: what this page says by its channel."""
    slots = slots_of(act, call, page.language, page.at) | {"code": page.code} | _links(act, page, call)
    said, _, command = _rendered(act, kind_of(act, call), page.language, slots).partition("\n")
    slots |= {"said": said, "command": command}
    subject, body = "", ""
    if page.channel == "email":
        subject = _rendered(act, SUBJECT, page.language, slots)
        body = _rendered(act, MAIL, page.language, slots)
    elif page.channel == "sms":
        body = _rendered(act, SMS, page.language, slots)
    spoken = _rendered(act, VOICE, page.language, slots)
    return {"subject": subject[:LONGEST_SUBJECT], "body": body, "spoken": spoken}


def kind_of(act: Act, call: CallOut) -> str:
    """Which template: a window that has been missed is not warned of any more."""
    if call.about == "warning" and call.window is not None:
        late = act.tx.windows.get(call.window).state == Verdict.BREACHED
        return "breached" if late else "warning"
    return call.about


def _links(act: Act, page: Page, call: CallOut) -> dict[str, str]:
    signer = act.house.paging.links
    if signer is None:
        return {}
    until = page.at + timedelta(hours=LINK_HOURS)
    found = {"link": signer.link(page.id, page.person, ACKNOWLEDGE, until)}
    if MATTERS[call.about].approves:
        found |= {"approve": signer.link(page.id, page.person, APPROVE, until), "may_approve": "1"}
    return found


def slots_of(act: Act, call: CallOut, language: str, at: datetime) -> dict[str, str]:
    """What the words of this call-out may name."""
    words = act.house.renderer.words(language)
    clock = Clock(act.house.setting.zone, at, words)
    found = {name: _plain(words, name, value, language) for name, value in call.data.items()}
    found |= {"zone": clock.zone_name}
    if "since" in call.data:
        found |= {"since": clock.brief(datetime.fromisoformat(call.data["since"]))}
    if call.incident is not None:
        found |= _of_incident(act, act.tx.incidents.by_id(call.incident), words, language)
    window = _window(act, call)
    if window is not None:
        found |= {
            "kind": str(words["kinds"][duty_word(window.kind, window.rule)]),
            "upwards": rulebook.terms_of(act, window).rule.how or "…" if window.kind in UPWARDS else "",
            "window": str(window.id),
            "due": clock.brief(window.due_at),
            "left": str(max(0, round((window.due_at - at).total_seconds() / 60))),
        }
    if call.notice is not None:
        notice = act.tx.notices.get(call.notice)
        found |= {"notice": str(notice.id), "kind": str(words["kinds"][notice.kind])}
        found |= {"people": f"{notice.audience_size:,}", "reason": notice.stopped_reason}
    return found


def _window(act: Act, call: CallOut) -> Window | None:
    """What it is about: the window itself, or the first one that its notice would tell."""
    if call.window is not None:
        return act.tx.windows.get(call.window)
    if call.notice is None:
        return None
    kind = act.tx.notices.get(call.notice).kind
    owed = [w for w in act.tx.windows.of_incident(call.incident or 0) if w.owed]
    fitting = [w for w in owed if kind in rulebook.terms_of(act, w).rule.fulfilled_by]
    return min(fitting, key=lambda w: w.due_at, default=None)


def _plain(words: Words, name: str, value: Any, language: str) -> str:
    """A slot of the call-out's own data: roles by their names, words in their language, the rest as it is."""
    if isinstance(value, dict):
        return str(value.get(language, ""))
    if name == "role":
        return str(words["roles"].get(value, value))
    if name == "channel":
        return str(words["channels"].get(value, value))
    return str(value)


def _of_incident(act: Act, incident: Incident, words: Words, language: str) -> dict[str, str]:
    names = {code: area.names for code, area in act.tx.directory.areas().items()}
    names |= {code: service.names for code, service in act.tx.directory.services().items()}
    return {
        "reference": incident.reference,
        "exercise": "1" if incident.exercise else "",
        "level": str(words["planned"]["type"] if incident.planned else words["levels"][str(incident.level)]),
        "headline": headline(incident, language, words, names),
        "affected": f"{incident.affected.count:,}" if incident.affected else "",
    }


def _rendered(act: Act, kind: str, language: str, slots: dict[str, str]) -> str:
    return act.house.renderer.page(kind, language, slots)
