"""Storing a window that was judged or moved, and what the timeline says of it."""

from __future__ import annotations

from dataclasses import replace

from coordinator.act import Act
from incidents.effects import Effect, OpenWindow, Record
from incidents.incident import Incident
from incidents.lifecycle import OPEN
from incidents.terms import Audience, Kind, NoticeState, Verdict
from windows.window import Window


def keep(act: Act, before: Window, window: Window) -> list[Effect]:
    """Store a judged window and say what follows from it."""
    if window == before:
        return []
    act.tx.windows.save(window)
    effects: list[Effect] = []
    if window.state != before.state:
        if window.state == Verdict.BREACHED:
            act.tx.windows.record_breach(window, act.now)
        effects.append(Record(window.incident, f"window_{window.state}", _verdict(window)))
        if window.state == Verdict.BREACHED and window.told_at is None and not window.ended_by:
            effects += _silence(act, window)
        effects += _after_its_entry(act, window)
    elif window.duty != before.duty:
        effects.append(Record(window.incident, f"duty_{window.duty}", _verdict(window)))
    return effects


def learnt(window: Window) -> dict[str, object]:
    """What was learnt after the verdict, so far: the chain keeps it with every word about the window."""
    found = [{"at": one.at.isoformat(), "kind": one.kind} for one in window.findings]
    return {"findings": found} if found else {}


def _verdict(window: Window) -> dict[str, object]:
    coverage = window.coverage
    return {
        "window": window.id,
        "kind": window.kind,
        "rule": window.rule,
        "sequence": window.sequence,
        "due_at": window.due_at.isoformat(),
        "strict_due_at": window.strict_due_at.isoformat(),
        "told_at": window.told_at and window.told_at.isoformat(),
        "basis": window.basis,
        "causes": list(window.causes),
        "ended_by": window.ended_by,
        "coverage": {
            "audience": coverage.audience,
            "reached": coverage.reached,
            "impossible": coverage.impossible,
            "unconfirmed": coverage.unconfirmed,
            "missing": coverage.missing,
        },
        **learnt(window),
    }


def _silence(act: Act, window: Window) -> list[Effect]:
    """Silence keeps producing duties: a missed first or progress window starts the next progress clock, at its due; a
    promise that had passed when its page entry went live, with that entry, which must not tell both."""
    if window.kind not in (Kind.FIRST_NOTICE, Kind.PROGRESS_UPDATE):
        return []
    incident = act.tx.incidents.by_id(window.incident)
    if incident.status not in OPEN:
        return []
    newest = act.tx.windows.newest(incident.id, Kind.PROGRESS_UPDATE)
    if newest is not None and (newest.state == Verdict.OPEN or window.kind == Kind.FIRST_NOTICE):
        return []
    return [OpenWindow(incident.id, Kind.PROGRESS_UPDATE, max(window.due_at, window.started_at))]


def _after_its_entry(act: Act, window: Window) -> list[Effect]:
    """A progress window that opened when the entry that tells it was live: the miss before it was found in the act that
    put the entry up, which saw this window open and began no next one."""
    live = window.coverage.page_live_at
    told = window.kind == Kind.PROGRESS_UPDATE and window.told_at is not None
    if not told or live is None or live > window.history[0].at:
        return []
    incident = act.tx.incidents.by_id(window.incident)
    entry = next((n for n in act.tx.notices.of_incident(incident.id) if n.page_live_at == live), None)
    if entry is None or entry.final or incident.status not in OPEN:
        return []
    return [OpenWindow(incident.id, Kind.PROGRESS_UPDATE, live, entry.next_update_at)]


def owed_to(incident: Incident, window: Window) -> Window:
    """The window with its audience: what customers are owed is owed to the complainant alone of an ordinary complaint,
    by whatever it opens (AMB-14)."""
    alone = incident.case and window.audience == Audience.CUSTOMERS
    return replace(window, audience=Audience.COMPLAINANT) if alone else window


def next_sequence(act: Act, incident_id: int, kind: Kind, rule: str = "") -> int:
    """The sequence of the next window of this kind, or of this rule where the kind has several; a part that was split
    off need not have begun with 1."""
    newest = act.tx.windows.newest(incident_id, kind, rule)
    return newest.sequence + 1 if newest else 1


def adopted(act: Act, window: Window) -> list[Effect]:
    """What is written for a first notice that is owed no more is written for this one from now on; what waits for
    approval is for others, and gives way to a new draft."""
    owed = {
        w.sequence for w in act.tx.windows.of_incident(window.incident) if w.kind == window.kind and w.owed
    }
    effects: list[Effect] = []
    for notice in act.tx.notices.of_incident(window.incident):
        if notice.kind != window.kind or max(1, notice.sequence) in owed:
            continue
        if notice.state == NoticeState.DRAFT:
            act.tx.notices.save(replace(notice, sequence=window.sequence))
        elif notice.state == NoticeState.SUBMITTED:
            act.tx.notices.save(replace(notice, state=NoticeState.SUPERSEDED))
            said = {"notice": notice.id, "kind": notice.kind}
            effects.append(Record(window.incident, "notice_superseded", said))
    return effects


def held_on(act: Act, before: Window, heir: Window) -> list[Effect]:
    """Who held the holding notice of a duty has held it for the window that goes on with it, for the same reason."""
    theirs, mine = act.tx.outlooks.get(before.id), act.tx.outlooks.get(heir.id)
    if theirs is None or theirs.held_at is None or mine is None or mine.held_at is not None:
        return []
    held = {"held_by": theirs.held_by, "held_at": theirs.held_at, "held_reason": theirs.held_reason}
    act.tx.outlooks.save(replace(mine, **held))  # type: ignore[arg-type]
    said = {"window": heir.id, "reason": theirs.held_reason, "by": theirs.held_by, "instead_of": before.id}
    return [Record(heir.incident, "holding_held", said)]


def summary(window: Window, instead_of: int | None = None) -> dict[str, object]:
    """What the timeline keeps of a window; `instead_of` is the one whose duty it goes on with."""
    return {
        **({"instead_of": instead_of} if instead_of else {}),
        "window": window.id,
        "kind": window.kind,
        "sequence": window.sequence,
        "rule": window.rule,
        "rule_version": window.rule_version,
        "started_at": window.started_at.isoformat(),
        "due_at": window.due_at.isoformat(),
        "strict_due_at": window.strict_due_at.isoformat(),
        "move": window.history[-1].rule,
        **learnt(window),
    }
