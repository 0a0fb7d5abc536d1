"""Why a window stands as it does, in sentences, from its document alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from typing import Any

from cli.beside import beside
from cli.spans import span

Document = dict[str, Any]
Say = Callable[..., str]
When = Callable[[str], str]

CAUSES = {
    "no_draft": "no notice that could tell it was drafted",
    "no_approval": "its notice was not approved",
    "nobody_said_so": "nobody said how it was done",
    "page": "the page entry was not live",
    "audience_pending": "not every recipient was answered",
    "provider": "a provider was refusing or unreachable",
    "too_few_accepted": "too few recipients were reached",
    "no_match": "nobody in the directory matches; a person must say how they were told",
    "directory_empty": "the directory is empty; a person must say how customers were told",
    "late_by_classification": "it became known that this applies when its due instant had passed or was near",
    "late_by_discovery": "it became known late that the operator had known earlier",
    "reopened": "the incident was reopened",
    "lost_again": "service was lost again",
    "false_alarm": "it was a false alarm",
    "rejected": "it was refused as an incident",
    "exercise_stopped": "the exercise was stopped",
    "merged": "the duty went over to the incident that this one was merged into",
    "undone": "the act that opened it was taken back",
    "registered_late": "planned work was put on the record, or moved, when this was due already",
    "planned_cancelled": "the planned work was cancelled",
    "planned_completed": "the planned work was over",
    "planned_overran": "the planned work was not over in time and became an incident",
    "nobody_had_it": "what was to be taken back had reached nobody",
    "nobody_left": "nobody is left whom it was owed to",
    "as_told": "the planned work takes place when customers were told it would, after all",
    "coordinator_outage": "the coordinator itself was not running at the due instant",
}
"""What each cause of the record means."""
BY_ONSET = {
    "onset_at": "awareness, as long as the onset is unknown",
    "late_by_discovery": "it became known late that it had begun earlier",
}
"""The same, and the start, of what counts from the onset."""


STARTS = {
    "onset_at": "onset",
    "aware_at": "awareness",
    "classified_at": "classification",
    "changed_at": "the change or the discovery",
    "restored_at": "restoration",
    "resolved_at": "standing down",
    "reopened_at": "reopening",
    "withdrawn_at": "the withdrawal",
    "closed_at": "closing",
    "planned_start_at": "the planned start",
    "previous_told_at": "the last page entry, or the last due instant if that came first",
}
"""What each clock counts from."""
MOVES = {
    "opened": "the duty began",
    "promise": "the last notice promised the next one for then",
    "grown": "more people turned out to be hit",
    "upgrade": "the level was raised",
    "undo": "the raised level was taken back",
    "became_owed": "it became owed: the level rose, or a regime was found to apply",
    "replanned": "the planned work was moved",
    "onset_earlier": "it became known that it began earlier",
    "onset_later": "it became known that it began later",
    "renewed": "it is owed again",
}
"""What each rule that moves a due instant means; one that is not here is said by its own name."""
ENDS = {
    "newer_progress_notice": "a newer notice told it",
    "resolution": "the response was stood down",
    "combined_notice": "one combined notice tells it",
    "undone": "the act that opened it was taken back",
    "planned_cancelled": "the planned work was cancelled",
    "planned_completed": "the planned work was over",
    "planned_overran": "the planned work was not over in time and became an incident",
    "nobody_had_it": "what was to be taken back had reached nobody",
    "nobody_left": "nobody is left whom it was owed to",
    "as_told": "the planned work takes place when customers were told it would, after all",
}
"""What each cause of an end by rule means."""
FINDINGS = {
    "upgraded_after_verdict": "the level rose after the verdict",
    "replanned_after_verdict": "the planned work was moved after the verdict",
    "onset_earlier_after_verdict": "it became known after the verdict that it had begun earlier",
    "accepted_before_due_on_evidence": "a provider had accepted it before it was due",
}
"""What was learnt after a verdict."""


def sentences(window: Document, t: Say, when: When) -> list[str]:
    """Rule, start, length, every move, why this due, who is missing, the verdict, and what stands beside it."""
    return [
        *_rule(window, t, when),
        *_upwards(window, t),
        *_moves(window, t, when),
        _due(window, t, when),
        *_standing(window, t, when),
        *_notices(window, t),
        *_verdict(window, t, when),
        *beside(window, t, when),
        *(_learnt(finding, t, when) for finding in window["findings"]),
    ]


def _rule(window: Document, t: Say, when: When) -> list[str]:
    length = span(window["length_seconds"], t)
    start = t(STARTS.get(window["clock_start"], window["clock_start"]))
    if window["clock_start"] in BY_ONSET and not window.get("onset_known", True):
        start = t(BY_ONSET[window["clock_start"]])
    if window.get("after"):
        start = t("the telling of {rule}", rule=window["after"])
    kind, sequence = t(window["kind"]), window["sequence"]
    found = [
        t(
            "the duty: {kind}, number {sequence}, of {ref}",
            kind=kind,
            sequence=sequence,
            ref=window["incident"],
        ),
        t("rule {rule} of {version} applies", rule=window["rule"], version=window["rule_version"]),
        t("its clock starts at {name}: {at}", name=start, at=when(window["started_at"])),
        t(_by_rule(window["length_seconds"]), span=length, at=when(window["strict_due_at"])),
    ]
    if window.get("rule_source"):
        found.insert(2, t("where the rule comes from: {source}", source=window["rule_source"]))
    if window["target_at"]:
        found.append(t("the house's own target is {at}", at=when(window["target_at"])))
    return found


def _by_rule(length: float) -> str:
    """How long it has by its rule; what counts from a planned start is due before it."""
    if length > 0:
        return "by the rule alone it has {span} and is due {at}; this strict instant stays on the record"
    if length == 0:
        return "by the rule alone it is due by then, {at}; this strict instant stays on the record"
    return "by the rule alone it is due {span} before that, {at}; this strict instant stays on the record"


def _upwards(window: Document, t: Say) -> list[str]:
    """To whom a report upwards goes, and whose figure its length is."""
    found = []
    if window.get("owed_to"):
        found.append(t("it is owed to {name}", name=window["owed_to"]))
    if window.get("figure") == "operator":
        found.append(t("the law says at once; the length is the operator's figure"))
    return found


def _moves(window: Document, t: Say, when: When) -> list[str]:
    """Every value that the due instant has had, who caused it and by which rule."""
    found, was = [], ""
    for move in window["history"]:
        said = {
            "at": when(move["at"]),
            "by": move["by"],
            "what": t(MOVES.get(move["rule"], move["rule"])),
            "due": when(move["due_at"]),
        }
        if not was:
            found.append(t("{at}, {by}: {what}; due {due}", **said))
        elif was == move["due_at"]:
            found.append(t("{at}, {by}: {what}; due stays {due}", **said))
        else:
            found.append(t("{at}, {by}: {what}; due {due} instead of {was}", **said, was=when(was)))
        was = move["due_at"]
    return found


def _due(window: Document, t: Say, when: When) -> str:
    """Why it is due when it is, in one sentence."""
    due = when(window["due_at"])
    seconds = (
        datetime.fromisoformat(window["due_at"]) - datetime.fromisoformat(window["strict_due_at"])
    ).total_seconds()
    if not seconds:
        return t("so it is due {due}, as the rule says", due=due)
    length = span(math.ceil(abs(seconds)), t)
    if seconds < 0:
        return t("so it is due {due}, {span} before the strict instant", due=due, span=length)
    return t("so it is due {due}, {span} after the strict instant", due=due, span=length)


def _notices(window: Document, t: Say) -> list[str]:
    """Which notices that can tell it are under way, and who may approve them."""
    if window["duty"] != "owed" or window["told_by"] in ("report", "person"):
        return []
    fitting = window.get("fulfilled_by") or [window["kind"]]
    going = [n for n in window.get("notices", []) if n["kind"] in fitting and n["state"] in UNDER_WAY]
    found = [
        t(
            "notice {id} ({kind}) could tell it: {state}",
            id=n["id"],
            kind=t(n["kind"]),
            state=t(n["state"]),
        )
        for n in going
    ]
    for notice in going:
        if notice["approvers"]:
            found.append(t("who may approve: {names}", names=", ".join(notice["approvers"])))
    return found or [t("no notice that could tell it is under way")]


UNDER_WAY = ("draft", "submitted", "approved", "sending", "paused")


def _learnt(finding: Document, t: Say, when: When) -> str:
    kind = FINDINGS.get(finding["kind"], finding["kind"])
    said = {"at": when(finding["at"]), "kind": t(kind), "detail": finding["detail"]}
    return t("learnt {at}: {kind} {detail}", **said)


def _standing(window: Document, t: Say, when: When) -> list[str]:
    coverage = window["coverage"]
    if window["told_by"] == "report":
        return [] if window["told_at"] else [t("no second person has approved the report")]
    if window["told_by"] == "person":
        return [] if window["told_at"] else [t("nobody has said how it was done: tongbao fulfil")]
    if window["audience"] == "complainant":
        found = [t("it is told when its complainant is reached; it has no page")]
    elif coverage["page_live_at"]:
        found = [t("the page entry is live since {at}", at=when(coverage["page_live_at"]))]
    else:
        found = [t("the page entry is not live")]
    if window["told_by"] == "recipients" and coverage["audience"]:
        template = (
            "of {audience} people {reached} are reached, {impossible} cannot be, {unconfirmed} are unconfirmed, "
            "{missing} are missing"
        )
        found.append(t(template, **coverage))
    if window["audience_state"] in CAUSES:
        found.append(t(CAUSES[window["audience_state"]]))
    return found


def _verdict(window: Document, t: Say, when: When) -> list[str]:
    found = [t("verdict: {state}; duty: {duty}", state=window["state"], duty=window["duty"])]
    if window["told_at"]:
        late, at = window["seconds_late"] > 0, when(window["told_at"])
        template = "told {at}, {span} late" if late else "told {at}, {span} before it was due"
        found.append(t(template, at=at, span=span(window["seconds_late"], t)))
    if window["ended_by"]:
        found.append(t("ended by {cause}", cause=t(ENDS.get(window["ended_by"], window["ended_by"]))))
    meant = {**CAUSES, **(BY_ONSET if window["clock_start"] in BY_ONSET else {})}
    return found + [t("because {cause}", cause=t(meant.get(cause, cause))) for cause in window["causes"]]
