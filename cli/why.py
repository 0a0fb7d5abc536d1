"""Why a window stands as it does, in sentences, from its document alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Document = dict[str, Any]
Say = Callable[..., str]
When = Callable[[str], str]

CAUSES = {
    "no_draft": "no notice that could tell it was drafted",
    "no_approval": "its notice was not approved",
    "page": "the page entry was not live",
    "audience_pending": "not every recipient was answered",
    "provider": "a provider was refusing or unreachable",
    "too_few_accepted": "too few recipients were reached",
    "no_match": "nobody in the directory matches; a person must say how they were told",
    "directory_empty": "the directory is empty; a person must say how customers were told",
    "late_by_classification": "the level was raised when this due instant had passed or was near",
    "late_by_discovery": "it became known late that the operator had known earlier",
    "reopened": "the incident was reopened",
    "false_alarm": "it was a false alarm",
    "rejected": "it was refused as an incident",
    "merged": "the duty went over to the incident that this one was merged into",
    "undone": "the act that opened it was taken back",
    "coordinator_outage": "the coordinator itself was not running at the due instant",
}
"""What each cause of the record means."""


def sentences(window: Document, t: Say, when: When) -> list[str]:
    """Rule, start, length, every move, what is missing, and the verdict."""
    return [
        *_rule(window, t, when),
        *(_moved(move, t, when) for move in window["history"]),
        *_standing(window, t, when),
        *_verdict(window, t, when),
        *(
            t("learnt {at}: {kind} {detail}", **{**finding, "at": when(finding["at"])})
            for finding in window["findings"]
        ),
    ]


def _rule(window: Document, t: Say, when: When) -> list[str]:
    minutes = window["length_seconds"] // 60
    found = [
        t("rule {rule} of {version} applies", rule=window["rule"], version=window["rule_version"]),
        t("its clock starts at {name}: {at}", name=window["clock_start"], at=when(window["started_at"])),
        t("its length at this level is {minutes} minutes", minutes=minutes),
        t("by the rule alone it is due {at}", at=when(window["strict_due_at"])),
    ]
    if window["target_at"]:
        found.append(t("the house's own target is {at}", at=when(window["target_at"])))
    return found


def _moved(move: Document, t: Say, when: When) -> str:
    return t(
        "{at} {by}: due {due} ({rule})",
        at=when(move["at"]),
        by=move["by"],
        due=when(move["due_at"]),
        rule=move["rule"],
    )


def _standing(window: Document, t: Say, when: When) -> list[str]:
    coverage = window["coverage"]
    if window["told_by"] == "report":
        return [] if window["told_at"] else [t("no second person has approved the report")]
    if coverage["page_live_at"]:
        found = [t("the page entry is live since {at}", at=when(coverage["page_live_at"]))]
    else:
        found = [t("the page entry is not live")]
    if window["told_by"] == "recipients" and coverage["audience"]:
        template = "of {audience} people {reached} are reached, {impossible} cannot be, {missing} are missing"
        found.append(t(template, **coverage))
    if window["audience_state"] in CAUSES:
        found.append(t(CAUSES[window["audience_state"]]))
    return found


def _verdict(window: Document, t: Say, when: When) -> list[str]:
    found = [t("verdict: {state}; duty: {duty}", state=window["state"], duty=window["duty"])]
    if window["told_at"]:
        seconds = int(abs(window["seconds_late"]))
        template = (
            "told {at}, {seconds} s late" if window["seconds_late"] > 0 else "told {at}, {seconds} s early"
        )
        found.append(t(template, at=when(window["told_at"]), seconds=seconds))
    if window["ended_by"]:
        found.append(t("ended by {cause}", cause=window["ended_by"]))
    return found + [t("because {cause}", cause=t(CAUSES.get(cause, cause))) for cause in window["causes"]]
