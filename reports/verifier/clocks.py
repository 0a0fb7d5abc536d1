"""Clocks and verdicts, made anew from the told and due instants, and compared with the chain."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from reports.verifier.facts import states
from reports.verifier.packed import Pack, Row

PAGE_ALONE = 3
"""The level at which a holding notice needs no channel but the page."""


def check_windows(pack: Pack) -> None:
    """Every clock against the chain, every verdict made anew, every breach with its row."""
    said: dict[int, list[Row]] = defaultdict(list)
    entries = list(pack.rows("chain.jsonl"))
    for entry in entries:
        if isinstance(entry["data"].get("window"), int):
            said[entry["data"]["window"]].append(entry)
    levels = {entry["sequence"]: now["level"] for entry, now in zip(entries, states(entries), strict=True)}
    packs = pack.json("rules.json").get("packs", {})
    live, told_by_duplicates = duplicates(pack, entries)
    live |= {entry["at"] for entry in entries if entry["kind"] == "page_live"}
    rules = {(rule["id"], rule["version"]): rule for rule in pack.json("rules.json")["rules"]}
    windows = pack.json("windows.json")["windows"]
    answers: dict[str, set[str]] = defaultdict(set)
    for row in pack.rows("audience.jsonl"):
        answers[row["person"]].add(row["answer"])
    reached = sum("reached" in found for found in answers.values()) + told_by_duplicates
    page_was_live = holding_page_was_live(pack)
    of_one = bool(entries) and entries[0]["kind"] == "complaint_registered"
    for window in windows:
        rule, mine = rules.get((window["rule"], window["rule_version"]), {}), said[window["id"]]
        if not rule or window["rule_version"] not in packs:
            pack.wrong("rules.json: the rule of window {n} is missing", n=window["id"])
        by_page = page_was_live and suffices_alone(mine, rule, levels)
        needs = {} if by_page else rule.get("coverage", {})
        for found in [
            *clock_problems(window, mine),
            *length_problems(mine, rule, levels),
            *word_problems(window, mine),
            *verdict_problems(window, mine, live),
            *page_problems(window, of_one),
            *coverage_problems(window, mine, reached),
            *share_problems(window, needs),
        ]:
            pack.wrong(found, n=window["id"])
    opened = {n for n, mine in said.items() if any(e["kind"] == "window_opened" for e in mine)}
    for number in sorted(opened - {window["id"] for window in windows}):
        pack.wrong("windows.json: window {n} of the chain is missing", n=number)


def duplicates(pack: Pack, entries: list[Row]) -> tuple[set[str], int]:
    """When the pages of merged duplicates were live, and how many people they had told: their own proofs show it."""
    said = [entry["data"] for entry in entries if entry["kind"] == "duplicate_joined"]
    joined = {one["ref"]: one for data in said for one in (data, *data.get("earlier", ()))}
    found = pack.json("windows.json")["duplicates"]
    for one in found:
        if one["incident"] not in joined:
            pack.wrong("windows.json: the chain does not say that {ref} was a duplicate", ref=one["incident"])
            continue
        then, reached = joined[one["incident"]], sum(n["reached"] for n in one["first_notices"])
        same = one["entries"] > then["entries"] or (one["entries"], one["head"]) == (
            then["entries"],
            then["head"],
        )
        if not same or reached > then["people"]:
            pack.wrong("windows.json: {ref} is not as the chain says", ref=one["incident"])
    theirs = [notice for one in found for notice in one["first_notices"]]
    return {notice["page_live_at"] for notice in theirs}, sum(notice["reached"] for notice in theirs)


def holding_page_was_live(pack: Pack) -> bool:
    """Whether a holding notice was live on the page."""
    notices = pack.json("notices.json")["notices"]
    return any(notice["kind"] == "holding_notice" and notice["page_live_at"] for notice in notices)


def suffices_alone(said: list[Row], rule: Row, levels: dict[int, int]) -> bool:
    """Whether the page of a holding notice tells this window: at the level of that time it needs no more (level 3)."""
    told = next((levels[entry["sequence"]] for entry in said if entry["data"].get("told_at")), None)
    return told == PAGE_ALONE and "holding_notice" in rule.get("fulfilled_by", ())


def clock_problems(window: Row, said: list[Row]) -> Iterator[str]:
    """strict = start + length; every value of due is one that the chain has, and the last is the one that counts."""
    openings = [e["data"] for e in said if e["kind"] == "window_opened"]
    names = ("kind", "sequence", "rule", "rule_version")
    starts = [e["data"]["started_at"] for e in said if "started_at" in e["data"]]
    if (
        len(openings) != 1
        or any(openings[0][name] != window[name] for name in names)
        or starts[-1] != window["started_at"]
    ):
        yield "windows.json: window {n} is not the one that the chain opened"
    length = timedelta(seconds=window["length_seconds"])
    if abs(when(window["strict_due_at"]) - when(window["started_at"]) - length) >= timedelta(seconds=1):
        yield "windows.json: the strict due instant of window {n} is not its start and its length"
    moves = [move["due_at"] for move in window["history"]]
    if not moves or moves[-1] != window["due_at"]:
        yield "windows.json: the history of window {n} does not end at its due instant"
    stands = [e["data"] for e in said if "strict_due_at" in e["data"]]
    # What a part had from its parent moved there; the part's own chain says by which values.
    inherited = {due for data in openings for due in data.get("before", ())}
    if not set(moves) <= {data["due_at"] for data in stands} | inherited:
        yield "windows.json: window {n} has a due instant that the chain has not"
    if stands and (stands[-1]["due_at"], stands[-1]["strict_due_at"]) != (
        window["due_at"],
        window["strict_due_at"],
    ):
        yield "windows.json: the due instants of window {n} are not the last that the chain has"


def length_problems(said: list[Row], rule: Row, levels: dict[int, int]) -> Iterator[str]:
    """A window that opened by its rule alone got the length that the rule has for the level of that moment.

    Working days, calendar months and caps are not made anew here; the rule in rules.json says them.
    """
    for entry in (e for e in said if e["kind"] == "window_opened" and e["data"]["move"] == "opened"):
        level, data = str(levels[entry["sequence"]]), entry["data"]
        if level not in rule.get("length", {}) or "hard_cap" in rule or "immediate" in rule:
            continue
        got = when(data["strict_due_at"]) - when(data["started_at"])
        allowed = [rule["length"][level], *([rule["slow_length"]] if "slow_length" in rule else [])]
        if got not in map(duration, allowed):
            yield "windows.json: window {n} opened with another length than its rule has"


def duration(text: str) -> timedelta:
    """An ISO 8601 duration of days, hours, minutes and seconds."""
    found = re.fullmatch(r"(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", text)
    if found is None:
        raise ValueError(f"no duration: {text}")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if found[1] else length


def word_problems(window: Row, said: list[Row]) -> Iterator[str]:
    """Who moved the clock by which rule, what was learnt after the verdict, and how it ended: as the chain says."""
    moved = [e for e in said if e["kind"] in ("window_opened", "window_moved")]
    known = {(e["at"], e["data"]["due_at"], e["data"]["move"], e["actor"]) for e in moved}
    moves = [(one["at"], one["due_at"], one["rule"], one["by"]) for one in window["history"]]
    # A part that was split off brings along what had moved the clock of the whole.
    own = moves[next((n for n, one in enumerate(moves) if one in known), 0) :]
    for move in own:
        if move not in known:
            yield "windows.json: a move of window {n} is not one of the chain"
    words = [e["data"] for e in said if "strict_due_at" in e["data"] or e["kind"] == "finding_added"]
    learnt = [(one["at"], one["kind"]) for one in (words[-1].get("findings", []) if words else [])]
    if learnt != [(one["at"], one["kind"]) for one in window["findings"]]:
        yield "windows.json: the findings of window {n} are not those of the chain"
    ended = [data["ended_by"] for data in words if "ended_by" in data]
    if window["duty"] != "owed" and ended and ended[-1] != window["ended_by"]:
        yield "windows.json: window {n} ended otherwise than the chain says"


def verdict_problems(window: Row, said: list[Row], live: set[str]) -> Iterator[str]:
    """The verdict that the told and due instants give, the one of the chain, and its breach row."""
    state, told, breach = window["state"], window["told_at"], window["breach"]
    in_time = told is not None and when(told) <= when(window["due_at"])
    decided = [
        e for e in said if e["kind"] in {f"window_{s}" for s in ("met", "breached", "waived", "lapsed")}
    ]
    if [e["kind"] for e in decided] != ([] if state == "open" else [f"window_{state}"]):
        yield "windows.json: the verdict of window {n} is not the one of the chain"
    elif decided and decided[0]["at"] != window["decided_at"]:
        yield "windows.json: the verdict of window {n} was not given when the chain says"
    if (state == "met") != in_time:
        yield "windows.json: the verdict of window {n} does not follow from when it was told and when it was due"
    if state in ("lapsed", "waived") and when(window["decided_at"]) > when(window["due_at"]):
        yield "windows.json: window {n} lapsed or was waived after its due instant"
    if told is not None and told not in {e["data"].get("told_at") for e in said}:
        yield "windows.json: the chain does not say that window {n} was told then"
    by_word = "person" in (window["told_by"], window["basis"])
    if told is not None and by_word and told not in {e["at"] for e in said if e["kind"] == "fulfilled"}:
        yield "windows.json: nobody said how window {n} was told"
    if (state == "breached") != (breach is not None) or (breach and breach["due_at"] != window["due_at"]):
        yield "windows.json: window {n} and its breach row disagree"
    late = None if told is None else (when(told) - when(window["due_at"])).total_seconds()
    if window["seconds_late"] != late:
        yield "windows.json: window {n} was told so many seconds late that its instants do not give"
    page = window["coverage"]["page_live_at"]
    if page and page not in live:
        yield "windows.json: the chain does not say that the page of window {n} was live then"


def page_problems(window: Row, of_one: bool) -> Iterator[str]:
    """What customers are told is on the page; the complainant alone of an ordinary complaint, and nobody else, is told
    without one."""
    by_notices = window["told_by"] in ("recipients", "page")
    if (window["audience"] == "complainant") != (of_one and by_notices):
        yield "windows.json: window {n} is not owed to those whom the chain names"
    met = window["state"] == "met" and window["basis"] != "person"
    if met and by_notices and not of_one and not window["coverage"]["page_live_at"]:
        yield "windows.json: window {n} is met although its page entry was not live"


def coverage_problems(window: Row, said: list[Row], reached: int) -> Iterator[str]:
    """Whether the figures of a verdict add up, are those of the chain, and are not more than there are people."""
    coverage, last = window["coverage"], [e["data"]["coverage"] for e in said if "coverage" in e["data"]]
    sums = ("reached", "impossible", "unconfirmed", "missing")
    if (
        sum(coverage[name] for name in sums) != coverage["audience"]
        or min(coverage[name] for name in sums) < 0
    ):
        yield "windows.json: the coverage of window {n} does not add up to its audience"
    if (
        window["duty"] != "owed"
        and last
        and any(last[-1][name] != coverage[name] for name in (*sums, "audience"))
    ):
        yield "windows.json: the coverage of window {n} is not the one of the chain"
    if coverage["reached"] > reached:
        yield "windows.json: window {n} counts more people as reached than audience.jsonl has"


def share_problems(window: Row, needs: Row) -> Iterator[str]:
    """Whether enough people were reached for a verdict that counts people; `needs` is empty where the page alone
    tells it."""
    coverage = window["coverage"]
    by_channel = (
        window["state"] == "met" and window["basis"] != "person" and window["told_by"] == "recipients"
    )
    if by_channel and needs and not window["audience_state"]:
        enough = coverage["reached"] >= max(1, coverage["with_address"] * needs["reached_share"])
        doubted = max(1, int(coverage["audience"] * needs["unconfirmed_share"]))
        if coverage["missing"] or not enough or coverage["unconfirmed"] > doubted:
            yield "windows.json: window {n} is met although too few were reached"


def when(text: str) -> datetime:
    return datetime.fromisoformat(text)
