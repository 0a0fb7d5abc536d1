"""Verbs of the self-audit: every hour the record is read against itself, in slices that delay nobody.

What is wrong is said in plain sentences. `tongbao verify --database` looks at the same and more, in one go.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from coordinator import alarms, pulse
from coordinator.act import Act
from incidents.chain import GENESIS, followed
from incidents.effects import Alarm, Effect
from incidents.errors import Sentence
from incidents.operation import AUDIT
from incidents.terms import Verdict
from notifications.notice import Notice

EVERY = timedelta(hours=1)
ENTRIES = 1000
"""Timeline entries of one slice: some 50 ms."""
INCIDENTS = 20
"""… and at most so many incidents."""
COUNTED = 20_000
"""Deliveries of a notice up to which their rows are counted; more would take longer than a slice may."""
DOUBT_ENDS = timedelta(minutes=15)
KEPT = 50
"""Problems that are kept of one audit."""
UNDER_WAY, RESULT = "audit_under_way", "audit_result"


def step(act: Act) -> tuple[int, list[Effect]]:
    """One slice of the audit, when one is due or under way; 0 when neither is.

    Where it has come to is in the database, so that several processes share one audit.
    """
    text = act.tx.meta.get(UNDER_WAY)
    if not text:
        if not _is_due(act):
            return 0, []
        _keep(
            act,
            {"began": act.now.isoformat(), "after": 0, "sequence": 0, "hash": GENESIS, "found": _now(act)},
        )
        return 1, []
    state = json.loads(text)
    if _slice(act, state):
        _keep(act, state)
        return 1, []
    return 1, _finished(act, state)


def begin(act: Act) -> tuple[None, list[Effect]]:
    """Have the next slice begin a fresh audit, whenever the last one was."""
    act.tx.meta.put(UNDER_WAY, "")
    act.tx.meta.put(RESULT, "")
    return None, []


def result(act: Act) -> dict[str, Any] | None:
    """The last whole audit: when, and what was wrong, as [template, values]. None before the first."""
    text = act.tx.meta.get(RESULT)
    return json.loads(text) if text else None


def _is_due(act: Act) -> bool:
    last = result(act)
    return last is None or act.now - datetime.fromisoformat(last["at"]) >= EVERY


def _keep(act: Act, state: dict[str, Any]) -> None:
    act.tx.meta.put(UNDER_WAY, json.dumps(state))


def _finished(act: Act, state: dict[str, Any]) -> list[Effect]:
    found = state["found"][:KEPT]
    done = {"at": act.now.isoformat(), "began": state["began"], "problems": found}
    act.tx.meta.put(UNDER_WAY, "")
    act.tx.meta.put(RESULT, json.dumps(done))
    if not found:
        alarms.over(act, AUDIT, "the audit found nothing any more")
        return []
    return [Alarm(AUDIT, {"problems": found})]


def _now(act: Act) -> list[Sentence]:
    """What is wrong at this instant, whatever the record says."""
    found = pulse.undecided(act)
    doubts = act.tx.deliveries.doubted_before(act.now - DOUBT_ENDS)
    if doubts:
        values: dict[str, object] = {"n": doubts}
        found.append(("{n} {n:delivery has|deliveries have} been in doubt for over 15 minutes", values))
    aside = sum(1 for event in act.tx.intake.newest() if event.state == "failed")
    if aside:
        found.append(("{n} {n:event|events} from outside could not be read", {"n": aside}))
    return found


def _slice(act: Act, state: dict[str, Any]) -> bool:
    """Look at some more; False when there was nothing left."""
    budget = ENTRIES
    heads = act.tx.incidents.heads_after(state["after"], INCIDENTS)
    for number, reference, head, length in heads:
        entries = act.tx.incidents.entries_after(number, state["sequence"], budget)
        problems, state["hash"], sequence = followed(reference, entries, state["hash"], state["sequence"] + 1)
        state["found"] += [("{problem}", {"problem": one}) for one in problems]
        state["sequence"] = sequence - 1
        budget -= len(entries)
        if budget <= 0:
            return True
        if (state["hash"], state["sequence"]) != (head, length):
            values = {"ref": reference, "n": state["sequence"], "length": length}
            state["found"].append(("{ref}: the chain ends at entry {n}, the incident says {length}", values))
        state["found"] += [*_verdicts(act, number, reference), *_counts(act, number)]
        state |= {"after": number, "sequence": 0, "hash": GENESIS}
    return bool(heads)


def _verdicts(act: Act, number: int, reference: str) -> list[Sentence]:
    """One breach row per missed window, with its due; none without (I10)."""
    found: list[Sentence] = []
    for window in act.tx.windows.of_incident(number):
        due = act.tx.windows.breach_due(window.id)
        if (window.state == Verdict.BREACHED) != (due is not None) or due not in (None, window.due_at):
            values: dict[str, object] = {"ref": reference, "id": window.id}
            found.append(("{ref}: window {id} and its breach row disagree", values))
    return found


def _counts(act: Act, number: int) -> list[Sentence]:
    """What a notice's counters say is what its rows say (I20)."""
    return [
        ("the counters of notice {id} differ from its deliveries", {"id": notice.id})
        for notice in act.tx.notices.of_incident(number)
        if notice.released and notice.expanded and _differ(act, notice)
    ]


def _differ(act: Act, notice: Notice) -> bool:
    counts = {key: n for key, n in act.tx.notices.counts(notice.id).items() if n}
    if sum(counts.values()) > COUNTED:
        return False
    return counts != act.tx.deliveries.counted(notice.id)
