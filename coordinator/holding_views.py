"""What is foreseen, as JSON documents: the forecast and the countdown of each window, the approvals in advance."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from coordinator import foresight
from coordinator.act import Act
from coordinator.early import ways_out
from incidents.effects import Effect
from incidents.terms import Verdict
from notifications.standing import Standing, standing_of
from notifications.template import VersionState
from windows.outlook import FORESEEN, Outlook
from windows.window import Window

Document = dict[str, Any]
AILING = ("expires_soon", "approval_expired", "text_changed")


def iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat()


def of_window(act: Act, window: Window) -> Document:
    """`forecast` and `holding` of one window; None where there is nothing to foresee (any more)."""
    outlook = act.tx.outlooks.get(window.id) if window.told_by in FORESEEN else None
    nobody = {"reached_nobody": window.audience_state if reached_nobody(window) else None}
    if outlook is None:
        return {"forecast": None, "holding": None, **nobody}
    still = window.state == Verdict.OPEN
    looked = outlook.counted_at or outlook.forecast_at or outlook.alarm
    return {
        **nobody,
        "forecast": _forecast(act, outlook, window) if still and looked else None,
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
        "doubtful": foresight.doubtful(act, act.tx.incidents.by_id(window.incident)),
        **_options(act, outlook, window),
    }


def _options(act: Act, outlook: Outlook, window: Window) -> Document:
    """What a person can do about a forecast that is too late, each one command, and whether the operator could too."""
    if not outlook.alarm:
        return {"options": [], "sender_slow": False}
    ways = ways_out(act, window, outlook)
    options = [{"option": way, "command": command} for way, command in ways.commands.items()]
    return {"options": options, "sender_slow": ways.slow}


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
        "renew": foresight.renewal_of(act, one),
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
    ailing = [one["renew"] for one in approvals if one["state"] in AILING]
    submit = ailing[-1] if ailing else foresight.renewal_of(act, None)
    return {
        "items": [one for one in windows if one["holding"]],
        "approvals": approvals,
        "at": iso(act.now),
        "next": waiting[0]["next"] if waiting else ("tongbao board" if usable else submit),
    }, []
