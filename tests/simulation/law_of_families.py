"""The checker's model of families, from windows.md §4 alone: duplicates that merge, parts that split off, audiences
that grow. Dues and moves are judged with the others, in law_of_dues.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.simulation.kinship import (
    MERGED,
    REPORTS,
    SPLIT,
    duplicates,
    duty_of,
    kin,
    merges,
    moved_at,
    notices_of,
    parted,
)
from tests.simulation.law_of_dues import (
    OF_THEIR_OWN,
    OPEN,
    Check,
    aware_at,
    awareness,
    level_at,
    levels,
    opened_by,
)
from tests.simulation.watch import TAKEN, instant

if TYPE_CHECKING:
    from tests.simulation.checker import Record, Row

GO_ON = {"first_notice", "progress_update", "material_update", *REPORTS}
"""Duties that a survivor has where a duplicate had not fulfilled them."""
OUTAGE = {"first_notice", "holding_notice"}
ANSWERED = {"reached", "impossible", "unconfirmed"}
OVER = {"resolved", "closed"}


def merged(record: Record) -> Iterator[str]:
    """The source's open windows lapse with cause `merged`, missed ones keep their verdict; nothing is owed there."""
    for source, _, at in merges(record):
        for number, window in record.windows.items():
            if window["incident"] != source or window["kind"] in ("correction_notice", "withdrawal_notice"):
                continue
            if window["duty"] == "owed":
                yield f"window {number} ({window['kind']}) is owed though its incident was merged"
            missed = "breached" if window["due_at"] < at else "lapsed"
            if window["decided_at"] == at and window["ended_by"] == MERGED and window["state"] != missed:
                yield f"window {number} was open at the merge and is {window['state']}"
            if window["decided_at"] is not None and window["decided_at"] > at:
                yield f"window {number} was decided after its incident was merged"


def survivors(record: Record) -> Iterator[str]:
    """The survivor takes the earliest awareness and the strictest level."""
    for source, into, at in merges(record):
        before = [aware for when, aware in awareness(record, into) if when < at][-1:]
        wanted = min([*before, aware_at(record, source, at)])
        if aware_at(record, into, at) != wanted:
            yield f"incident {into} does not count from the earliest awareness, that of its duplicate {source}"
        level = [one for _, when, one in levels(record, into) if when <= at][-1]
        if level > min(level_at(record, source, at)):
            yield f"incident {into} is at level {level}, less strict than its duplicate {source} was"


def taken_over(record: Record) -> Iterator[str]:
    """One window per unfulfilled duty goes on with the survivor, with the earlier due."""
    for source, into, at in merges(record):
        duties = {
            duty_of(w)
            for w in record.windows.values()
            if w["incident"] == source and w["ended_by"] == MERGED and w["kind"] in GO_ON
        }
        for duty in sorted(duties):
            mine = [w for w in record.windows.values() if w["incident"] == into and duty_of(w) == duty]
            running = [
                w for w in mine if _opened_at(w) < at and not _over_before(record, w, at, verdict=True)
            ]
            if running and not any(at in moved_at(w, MERGED) for w in running):
                yield f"incident {into} has {duty} running, and its duplicate's due was not looked at"
            carries = [w for w in mine if _opened_at(w) <= at and not _over_before(record, w, at)]
            made = duty[0] in REPORTS and any(w["duty"] == "done" for w in mine)
            if duty[0] != "first_notice" and not carries and not made:
                yield f"incident {into} does not owe {duty}, which its duplicate {source} owed"


def _opened_at(window: Row) -> int:
    moves = json.loads(window["history"])
    parts = [instant(move["at"]) for move in moves if move["rule"] == SPLIT]
    return parts[-1] if parts else instant(moves[0]["at"])


def _over_before(record: Record, window: Row, at: int, verdict: bool = False) -> bool:
    """Whether its duty, or its verdict, had come to an end before that instant."""
    decided = window["decided_at"] is not None and window["decided_at"] < at
    if verdict or window["state"] != "breached":
        return bool(decided)
    mine = window["incident"]
    said = {e["sequence"]: e for e in record.entries(mine, "ended_by_person", "duty_done", "duty_ended")}
    ended = [e["sequence"] for e in said.values() if e["at"] < at and e["data"]["window"] == window["id"]]
    # A person's word that it is over, or that nothing was there, may have been taken back.
    acts = {e["sequence"]: e["at"] for e in record.timeline[mine]}
    when = {acts[sequence] for sequence in ended}
    undone = [
        e for e in record.entries(mine, "undone") if e["at"] < at and acts[e["data"]["sequence"]] in when
    ]
    return bool(ended) and not any(e["sequence"] > max(ended) for e in undone)


def divided(record: Record) -> Iterator[str]:
    """What is open runs in both, with the same due; what is decided stays with the whole; no area is lost."""
    for part in record.incidents:
        apart = parted(record, part)
        if apart is None:
            continue
        whole, at = apart
        for number, window in record.windows.items():
            if window["incident"] == part and SPLIT in _rules(window) and _opened_at(window) == at:
                known = [w for w in record.windows.values() if w["incident"] == whole and _shared(w, window)]
                if not any(w["decided_at"] is None or w["decided_at"] >= at for w in known):
                    yield f"window {number} runs in a part, and none that was open stands behind it"
        yield from _not_divided(record, whole, part, at)
        yield from _lost(record, whole, part, at)


def _rules(window: Row) -> list[str]:
    return [move["rule"] for move in json.loads(window["history"])]


def _shared(whole: Row, part: Row) -> bool:
    """Whether the part's window is a share of this one."""
    mine, theirs = json.loads(part["history"]), json.loads(whole["history"])
    upto = max(n for n, move in enumerate(mine) if move["rule"] == SPLIT)
    same = all(whole[name] == part[name] for name in ("kind", "rule"))
    return same and theirs[:upto] == mine[:upto]


def _not_divided(record: Record, whole: int, part: int, at: int) -> Iterator[str]:
    shares = [w for w in record.windows.values() if w["incident"] == part and SPLIT in _rules(w)]
    for number, window in record.windows.items():
        if window["incident"] != whole or window["kind"] in REPORTS or _opened_at(window) >= at:
            continue
        if window["decided_at"] is not None and window["decided_at"] <= at:
            continue
        own = window["kind"] == "first_notice" and opened_by(window) in OF_THEIR_OWN
        if not own and not any(_shared(window, share) for share in shares):
            yield f"window {number} ({window['kind']}) was open at a split, and incident {part} has no share of it"


def _lost(record: Record, whole: int, part: int, at: int) -> Iterator[str]:
    entry = next(e for e in record.entries(whole, "split") if e["at"] == at)
    facts = entry["data"]["facts"]["areas"]
    began = record.timeline[part][0]["data"]["areas"]
    if sorted(facts["from"]) != sorted([*facts["to"], *began]):
        yield f"incident {whole} had {facts['from']}; after the split it has {facts['to']}, its part {began}"


def told_once(record: Record) -> Iterator[str]:
    """Who was told of the outage by one of the family is not told of it again by another's first notice."""
    first_tried: dict[tuple[int, int], int] = {}
    for row in record.rows(
        "SELECT d.notice_id, d.customer_id, min(a.at) AS at FROM attempts a JOIN deliveries d ON d.id = a.delivery_id"
        " WHERE d.channel != 'web' GROUP BY 1, 2"
    ):
        first_tried[row["notice_id"], row["customer_id"]] = row["at"]
    for (number, customer), at in first_tried.items():
        notice = record.notices[number]
        mine = [d for (who, _), d in record.deliveries_of[number].items() if who == customer]
        if notice["kind"] != "first_notice" or not any(record.taken.get(d) for d in mine):
            continue
        for other in _known_then(record, notice["incident"], at):
            if other["id"] == number or other["kind"] != "first_notice":
                continue
            person = record.members[other["id"]].get(customer)
            reached = reached_at(record, other["id"], person) if person else None
            if reached is not None and reached < at:
                yield f"notice {number} told customer {customer} again, whom notice {other['id']} had told"


def _known_then(record: Record, incident: int, at: int) -> list[Row]:
    """The notices that told people of this incident, as far as it was one with others at that instant."""
    into = record.incidents[incident]["merged_into"]
    joined = {source: when for source, _, when in merges(record)}
    if into is not None and joined[incident] < at:
        return _known_then(record, into, at)
    mine = duplicates(record, incident)
    found = [
        n
        for n in record.notices.values()
        if n["incident"] in mine and _joined_by(record, n["incident"], incident, at)
    ]
    apart = parted(record, incident)
    if apart is not None:
        whole, then = apart
        before = _known_then(record, whole, then)
        found += [n for n in before if n["released_at"] is not None and n["released_at"] <= then]
    return found


def _joined_by(record: Record, one: int, incident: int, at: int) -> bool:
    joined = {source: (into, when) for source, into, when in merges(record)}
    while one != incident:
        one, when = joined[one]
        if when >= at:
            return False
    return True


def reached_at(record: Record, notice: int, person: Row) -> int | None:
    return min(
        (
            at
            for delivery in record.telling(notice, person).values()
            for at, outcome, _ in record.outcomes[delivery]
            if outcome in TAKEN
        ),
        default=None,
    )


def nobody_forgotten(record: Record) -> Iterator[str]:
    """Each customer whom a running incident hits is in a first notice that stands, was answered, or is owed one."""
    for incident, row in record.incidents.items() if record.related else ():
        if row["status"] not in OPEN or row["case"] or passed(record, incident):
            continue
        firsts = [w for w in record.windows.values() if w["incident"] == incident]
        if any(w["duty"] == "owed" and w["kind"] == "first_notice" for w in firsts):
            continue
        missing = _affected(record, row) - in_one(record, incident)
        if missing:
            yield f"incident {incident} hits customers {sorted(missing)}, who are told by nothing and owed nothing"
        yield from _unanswered(record, incident)


def after_merge(record: Record, source: str, into: str) -> Iterator[str]:
    """Right after it, for only then the tables have whom it hit: where the duplicate owed a first notice, the survivor
    owes one to whoever is told by nothing."""
    numbers = {row["reference"]: number for number, row in record.incidents.items()}
    gone, number = numbers[source], numbers[into]
    firsts = [w for w in record.windows.values() if w["kind"] == "first_notice"]
    went = any(w["incident"] == gone and w["ended_by"] == MERGED for w in firsts)
    carried = any(w["incident"] == number and w["duty"] == "owed" for w in firsts)
    if not went or carried or passed(record, number):
        return
    missing = _affected(record, record.incidents[number]) - in_one(record, number)
    if missing:
        yield f"{into} owes no first notice to {sorted(missing)}, whom {source} hit and nobody has told"


def passed(record: Record, incident: int) -> bool:
    """Whether the model passes: a person has ended it, or a page entry alone told it, and whom it hit then is not
    kept."""
    line = _line(record, incident)
    firsts = [w for w in record.windows.values() if w["incident"] in line and w["kind"] == "first_notice"]
    by_page = {
        n["window"]
        for n in record.notices.values()
        if n["kind"] == "holding_notice" and n["page_live_at"] is not None and not n["audience_size"]
    }
    return any(
        w["state"] == "waived" or w["ended_by"] == "person" or (w["duty"] == "done" and w["id"] in by_page)
        for w in firsts
    )


def _line(record: Record, incident: int) -> set[int]:
    """It, its duplicates, and what it was split off with the duplicates of that."""
    found = set(duplicates(record, incident))
    apart = parted(record, incident)
    return found if apart is None else found | _line(record, apart[0])


def _unanswered(record: Record, incident: int) -> Iterator[str]:
    """At rest nothing is on its way: who has no answer yet is owed one."""
    answered = {
        who
        for notice in notices_of(record, incident)
        for who, person in record.members[notice["id"]].items()
        if person["answer"] in ANSWERED
    }
    family = duplicates(record, incident)
    for number, notice in record.notices.items():
        if (
            notice["incident"] not in family
            or notice["kind"] != "first_notice"
            or notice["state"] == "stopped"
        ):
            continue
        left = set(record.members[number]) - answered if notice["released_at"] is not None else None
        if left:
            yield f"notice {number} has not answered {sorted(left)}, and incident {incident} owes them nothing"


def in_one(record: Record, incident: int) -> set[int]:
    """Who is in the audience of a notice of the outage that stands, or was answered by one that does not."""
    found: set[int] = set()
    for notice in notices_of(record, incident):
        if notice["released_at"] is None or notice["kind"] not in {*OUTAGE, "resolution_notice"}:
            continue
        stands = notice["state"] != "stopped"
        found |= {who for who, p in record.members[notice["id"]].items() if stands or p["answer"] in ANSWERED}
    return found


def _affected(record: Record, incident: Row) -> set[int]:
    """Who can be told, has one of its services, and lives in one of its areas or below them."""
    within = set(json.loads(incident["areas"]))
    parents = {row["code"]: row["parent"] for row in record.rows("SELECT code, parent FROM areas")}
    below = {code for code in parents if within & set(_above(parents, code))}
    services = set(json.loads(incident["services"]))
    served = record.rows(
        "SELECT c.id, c.area, s.service FROM customers c JOIN customer_services s ON s.customer_id = c.id"
    )
    hit = {row["id"] for row in served if row["area"] in below and row["service"] in services}
    return hit & can_be_told(record)


def _above(parents: dict[str, str | None], code: str) -> Iterator[str]:
    up: str | None = code
    while up:
        yield up
        up = parents.get(up)


def ends(record: Record) -> Iterator[str]:
    """Everybody who was told of the outage by one of the family hears of its end, from one of them."""
    seen: set[int] = set()
    for incident in record.incidents:
        family = kin(record, incident)
        if len(family) == 1 or incident in seen:
            continue
        seen |= family
        yield from _end_of(record, family)


def _end_of(record: Record, family: set[int]) -> Iterator[str]:
    rows = [record.incidents[one] for one in family]
    windows = [
        w for w in record.windows.values() if w["incident"] in family and w["kind"] == "resolution_notice"
    ]
    over = all(row["status"] in {*OVER, MERGED} for row in rows)
    if not over or not windows or any(w["duty"] != "done" for w in windows):
        return
    released = [
        n for n in record.notices.values() if n["incident"] in family and n["released_at"] is not None
    ]
    heard = {who for n in released if n["kind"] == "resolution_notice" for who in record.members[n["id"]]}
    heard |= {who for n in released if _says_both(record, n) for who in _reached_by(record, n["id"])}
    since = min(row["resolved_at"] for row in rows if row["status"] in OVER)
    for notice in released:
        if notice["kind"] in OUTAGE and notice["submitted_at"] < since:
            left = (_reached_by(record, notice["id"]) & can_be_told(record)) - heard
            if left:
                yield f"notice {notice['id']} told {sorted(left)}, and of the end they never hear"


def _says_both(record: Record, notice: Row) -> bool:
    """Whether it told of the outage when that was over already."""
    end = record.incidents[notice["incident"]]["resolved_at"]
    return notice["kind"] in OUTAGE and end is not None and bool(notice["submitted_at"] >= end)


def _reached_by(record: Record, notice: int) -> set[int]:
    people = record.members[notice].items()
    return {who for who, person in people if reached_at(record, notice, person) is not None}


def can_be_told(record: Record) -> set[int]:
    rows = record.rows(
        "SELECT id FROM customers WHERE service_opt_out = 0 AND (phone IS NOT NULL OR email IS NOT NULL)"
    )
    return {row["id"] for row in rows}


def old_pages(record: Record) -> Iterator[str]:
    """From the survivor's next entry on, the page of a duplicate leads there."""
    joined = {source: (into, at) for source, into, at in merges(record)}
    for source in joined:
        if record.incidents[source]["case"]:
            continue  # a complaint has no page: law_of_complaints.py
        reference = record.incidents[source]["reference"]
        page = record.site.get(f"incidents/{reference}/", b"").decode()
        last, into = 0, source
        chain = []
        while into in joined:
            into, at = joined[into]
            last = max(last, at)
            chain.append(record.incidents[into]["reference"])
        if page.startswith("-> ") and page[3:] not in chain:
            yield f"the page of {reference} leads to {page[3:]}, which it did not go into"
        mine = [
            n for n in record.notices.values() if n["incident"] == source and n["released_at"] is not None
        ]
        live = [n["page_live_at"] for n in mine if n["state"] != "stopped"]
        if None in live or all(n["page_live_at"] is None for n in mine):
            continue  # it has no page, or not yet
        later = [
            n
            for n in record.notices.values()
            if n["incident"] == into
            and n["page_live_at"] is not None
            and n["released_at"] > max([last, *live])
        ]
        if later and page != f"-> {record.incidents[into]['reference']}":
            yield f"the page of {reference} does not lead to that of {chain[-1]}, which went on"


FAMILY_LAWS: dict[str, tuple[str, Check]] = {
    "merged": ("windows.md §4", merged),
    "survivors": ("windows.md §4", survivors),
    "taken over": ("windows.md §4", taken_over),
    "divided": ("windows.md §4", divided),
    "told once": ("windows.md §4", told_once),
    "nobody forgotten": ("windows.md §4", nobody_forgotten),
    "ends of families": ("windows.md §3", ends),
    "old pages": ("windows.md §4", old_pages),
}
