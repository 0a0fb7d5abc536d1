"""How regimes and what an incident would owe are shown: which, by when, and how sure that is."""

from __future__ import annotations

from typing import Any

from cli.levels import suggestion
from cli.screen import Screen

Document = dict[str, Any]
STATES = {"enabled": "enabled", "off": "switched off", "to_come": "to come"}
SURE = {"P": "primary text", "S": "secondary source", "K": "not verified"}
"""How sure a regime's facts are."""
STARTS = {
    "classified_at": "classification",
    "changed_at": "the change",
    "restored_at": "restoration",
    "reopened_at": "reopening",
    "withdrawn_at": "the withdrawal",
    "resolved_at": "standing down",
    "closed_at": "closing",
    "previous_told_at": "the last page entry",
}
"""What a clock counts from that does not run from awareness."""
BY_ONSET = {
    "onset_at": "{due}, from the onset",
    "aware_at": "{due}, from awareness while the onset is unknown",
}
"""What stands beside the due of a clock that counts from the onset, by what stands in for that."""
AUDIENCES = {
    "customers": "customers",
    "complainant": "the complainant",
    "public": "the public",
    "internal": "within the house",
    "other_operators": "other operators",
}


def regimes(screen: Screen, shown: Document) -> None:
    """Every regime with its state and how sure it is; those to come cannot be enabled."""
    rows = [
        (one["pack"], _name(screen, one), screen.t(STATES[one["state"]]), screen.t(SURE[one["confidence"]]))
        for one in shown["items"]
    ]
    screen.table(("regime", "name", "state", "source is"), rows)
    screen.say("those to come are listed with their sources (--json) and cannot be enabled")
    screen.next(shown["next"])


def regime(screen: Screen, shown: Document) -> None:
    """One regime after it was switched."""
    screen.line(f"{shown['pack']}@{shown['version']}: {_name(screen, shown)}", bold=True)
    screen.say("state: {state}", state=screen.t(STATES[shown["state"]]))
    screen.say(
        "source ({sure}): {source}",
        sure=screen.t(SURE[shown["confidence"]]),
        source=_own(screen, shown["source"]),
    )
    screen.say("a person says whether it applies: {question}", question=_own(screen, shown["question"]))
    if shown["running"]:
        screen.say(
            "running incidents owe what they owed; say so if it applies to one: {refs}",
            refs=", ".join(shown["running"]),
        )
    screen.next(shown["next"])


def of_incident(screen: Screen, shown: Document) -> None:
    """Where the regimes stand with an incident."""
    for one in shown.get("regimes", []):
        said = {"pack": one["pack"], "at": screen.at(one["at"]), "reason": one["reason"]}
        template = {
            "asked": "regime {pack}: a person has to say whether it applies",
            "applied": "regime {pack} applies since {at}: {reason}",
            "waived": "regime {pack} does not apply ({at}): {reason}",
        }[one["state"]]
        screen.say(template, **said)


def whatif(screen: Screen, shown: Document) -> None:
    """The level with its reasons, what would be owed by when, and whether each regime would apply."""
    screen.line(screen.t("level {level}", level=shown["level"]), bold=True)
    suggestion(screen, {**shown, "level_reasons": []})
    screen.line()
    first_due = sorted(shown["windows"], key=lambda one: (one["due_at"] is None, one["due_at"] or ""))
    rows = [
        (_duty(screen, one), _to(screen, one), _length(screen, one), _due(screen, one)) for one in first_due
    ]
    screen.table(("duty", "owed to", "length", "due"), rows)
    screen.say("times are {zone}", zone=screen.zone_name)
    if any(one["figure"] == "operator" for one in shown["windows"]):
        screen.say("* the law says at once; the length is the operator's figure")
    for one in shown["regimes"]:
        _regime(screen, one)
    screen.next(shown["next"])


def _duty(screen: Screen, one: Document) -> str:
    from incidents.terms import duty_word

    return screen.word("kinds", duty_word(one["kind"], one["rule"]))


def _regime(screen: Screen, one: Document) -> None:
    screen.line()
    screen.line(f"{one['pack']}: {_name(screen, one)}", bold=True)
    screen.say(
        "source ({sure}): {source}",
        sure=screen.t(SURE[one["confidence"]]),
        source=_own(screen, one["source"]),
    )
    if not one["concerns"]:
        screen.say("it does not concern incidents of this type", "yellow")
    if one["computed"]:
        if one["reached_at"]:
            screen.say("its threshold is reached {at}, if the outage lasts", at=screen.at(one["reached_at"]))
        else:
            screen.say("how many are affected is not known: its threshold is not reached by these facts")
    screen.say("a person says whether it applies: {question}", question=_own(screen, one["question"]))


def _name(screen: Screen, one: Document) -> str:
    return _own(screen, one["name"])


def _own(screen: Screen, words: Document) -> str:
    return str(words.get(screen.language) or next(iter(words.values()), ""))


def _to(screen: Screen, one: Document) -> str:
    from incidents.terms import REGULATOR

    name = str(one["audience"])
    if name.startswith(REGULATOR):
        return screen.word("authorities", name.removeprefix(REGULATOR))
    return screen.t(AUDIENCES[name])


def _length(screen: Screen, one: Document) -> str:
    if not one["judged"]:
        return screen.t("no figure")
    if one["months"]:
        return screen.t("{n} {n:calendar month|calendar months}", n=one["months"])
    if one["working_days"]:
        return screen.t("{n} {n:working day|working days}", n=one["working_days"])
    star = " *" if one["figure"] == "operator" else ""
    return screen.span(one["length_seconds"]) + star


def _due(screen: Screen, one: Document) -> str:
    """The instant, or what the clock still waits for."""
    if not one["judged"]:
        return screen.t("shown, never judged")
    if one["due_at"] and one["at_the_latest"]:
        due, cap = _instant(screen, one), screen.at(one["at_the_latest"])
        return screen.t("{due}, at the latest {cap}", due=due, cap=cap)
    if one["due_at"]:
        return _instant(screen, one)
    if one["after"]:
        return screen.t("from when this is made: {what}", what=screen.word("kinds", one["after"]))
    return screen.t("from {what}", what=screen.t(STARTS.get(one["clock_start"], one["clock_start"])))


def _instant(screen: Screen, one: Document) -> str:
    due = screen.at(one["due_at"])
    return screen.t(BY_ONSET[one["counts_from"]], due=due) if one["clock_start"] == "onset_at" else due
