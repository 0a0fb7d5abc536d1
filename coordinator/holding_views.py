"""What is foreseen, as JSON documents: the forecast and the countdown of each window, the approvals in advance."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from coordinator import foresight
from coordinator.act import Act
from incidents.effects import Effect
from incidents.terms import Verdict
from notifications.standing import Standing, standing_of
from notifications.template import VersionState
from windows.outlook import Outlook
from windows.window import Window

Document = dict[str, Any]
AILING = ("expires_soon", "approval_expired", "text_changed")


def iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat()


def of_window(act: Act, window: Window) -> Document:
    """`forecast` and `holding` of one window; None where there is nothing to foresee (any more)."""
    outlook = act.tx.outlooks.get(window.id) if window.told_by == "recipients" else None
    nobody = {"reached_nobody": window.audience_state if reached_nobody(window) else None}
    if outlook is None:
        return {"forecast": None, "holding": None, **nobody}
    still = window.state == Verdict.OPEN
    return {
        **nobody,
        "forecast": _forecast(act, outlook, window) if still and outlook.counted_at else None,
        "holding": _holding(outlook, window) if outlook.leads and (still or outlook.notice) else None,
    }


def reached_nobody(window: Window) -> bool:
    """Whether a notice is out, on the page alone, because the directory has nobody whom it meets: a person has to say
    how customers were told."""
    empty = window.audience_state in ("directory_empty", "no_match")
    return window.told_by == "recipients" and window.owed and empty and bool(window.coverage.page_live_at)


def _forecast(act: Act, outlook: Outlook, window: Window) -> Document:
    return {
        "at": iso(outlook.forecast_at),
        "alarm": outlook.alarm,
        "alarmed_at": iso(outlook.alarmed_at),
        "options": options(act, window) if outlook.alarm else [],
    }


def options(act: Act, window: Window) -> list[Document]:
    """What a person can do about a forecast that is too late: each is one command."""
    reference = act.tx.incidents.by_id(window.incident).reference
    send = f"tongbao holding send {reference}"
    written = [
        n for n in act.tx.notices.of_incident(window.incident) if n.kind == window.kind and not n.released
    ]
    edit = f"tongbao notice edit {written[-1].id} sms zh-CN" if written else send
    return [
        {"option": "shorter_text", "command": edit},
        {"option": "second_provider", "command": "tongbao doctor --config"},
        {"option": "email_first", "command": f"{send} --channels web,email"},
        {"option": "page_now", "command": f"{send} --channels web"},
    ]


def _holding(outlook: Outlook, window: Window) -> Document:
    return {
        "at": iso(min(outlook.leads.values())),
        "leads": {channel: iso(at) for channel, at in outlook.leads.items()},
        "why": outlook.why,
        "withheld": dict(outlook.withheld),
        "notice": outlook.notice or None,
        "held_by": outlook.held_by,
        "held_at": iso(outlook.held_at),
        "held_reason": outlook.held_reason,
        "ahead": window.state == Verdict.OPEN,
    }


def approval(act: Act, one: Standing) -> Document:
    """One approval in advance and how it stands now."""
    return _approval(act, one, foresight.texts_now(act))


def _approval(act: Act, one: Standing, text_hash: str) -> Document:
    waits = one.state is VersionState.WAITING
    other = (" --as hq" if one.author == "bob" else " --as bob") * act.house.setting.sandbox
    return {
        "id": one.name,
        "types": list(one.types),
        "levels": list(one.levels),
        "text_hash": one.text_hash,
        "audience_rule": one.audience_rule,
        "audience_maximum": one.maximum,
        "expires_at": iso(one.expires_at),
        "state": standing_of(one, text_hash, act.now),
        "author": one.author,
        "submitted_at": iso(one.submitted_at),
        "decided_by": one.decided_by,
        "decided_at": iso(one.decided_at),
        "reason": one.reason,
        "pending": waits,
        "at": iso(act.now),
        "next": f"tongbao approve {one.name}{other}" if waits else "tongbao holding list",
    }


def pending(act: Act) -> list[Document]:
    """What waits for a second person, the oldest first."""
    waiting = [one for one in act.tx.approvals.all() if one.state is VersionState.WAITING]
    return [approval(act, one) for one in waiting]


def ailing(act: Act) -> list[Document]:
    """Approvals that end within 30 days, have ended, or whose texts changed, unless a newer one is in force."""
    every = act.tx.approvals.all()
    if not every:
        return []
    text_hash = foresight.texts_now(act)
    shown = [(one, _approval(act, one, text_hash)) for one in every]
    good = {(t, n) for one, doc in shown if doc["state"] == "in_force" for t in one.types for n in one.levels}
    return [
        doc
        for one, doc in shown
        if doc["state"] in AILING and not {(t, n) for t in one.types for n in one.levels} <= good
    ]


def listing(act: Act) -> tuple[Document, list[Effect]]:
    """Every approval in advance, and every countdown that runs."""
    text_hash = foresight.texts_now(act)
    approvals = [_approval(act, one, text_hash) for one in act.tx.approvals.all()]
    windows = [
        {
            "window": w.id,
            "incident": act.tx.incidents.by_id(w.incident).reference,
            "kind": w.kind,
            "due_at": iso(w.due_at),
            **of_window(act, w),
        }
        for w in act.tx.windows.owed()
    ]
    waiting = [one for one in approvals if one["pending"]]
    usable = any(one["state"] in ("in_force", "expires_soon") for one in approvals)
    submit = "tongbao holding submit --level 1 --level 2 --level 3 --maximum 100000 --expires DAY"
    return {
        "items": [one for one in windows if one["holding"]],
        "approvals": approvals,
        "at": iso(act.now),
        "next": waiting[0]["next"] if waiting else ("tongbao board" if usable else submit),
    }, []
