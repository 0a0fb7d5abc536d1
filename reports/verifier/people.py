"""What was said to whom: outcomes under their roots, texts, audiences, and the answer for one number."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable

from reports.verifier.packed import OPENING, Pack, Row, leaf, root, sha, strict

TOLD = ("channel", "state", "reason", "accepted_at", "reference")


def check_outcomes(pack: Pack) -> None:
    """Every settled batch under the root that its entry has, and where each delivery ended."""
    batches: dict[int, list[str]] = defaultdict(list)
    last: dict[int, Row] = {}
    for row in pack.rows("outcomes.jsonl"):
        names = ("delivery", "attempt", "outcome", "reason", "reference", "to")
        batches[row["sequence"]].append(leaf(*(row[name] for name in names)))
        last[row["delivery"]] = row
    for entry in pack.rows("chain.jsonl"):
        if (
            entry["kind"] == "batch_settled"
            and root(batches.pop(entry["sequence"], [])) != entry["data"]["root"]
        ):
            pack.wrong(
                "outcomes.jsonl: the outcomes under entry {n} are not those of its root", n=entry["sequence"]
            )
    for sequence in batches:
        pack.wrong("outcomes.jsonl: no entry {n} of the chain covers its outcomes", n=sequence)
    sealed = ("accepted", "delivered", "undelivered", "failed", "in_doubt", "unconfirmed")
    for row in pack.rows("deliveries.jsonl"):
        end = last.get(row["id"], {})
        same = end and all(
            end[a] == row[b] for a, b in (("outcome", "state"), ("reference",) * 2, ("to",) * 2)
        )
        if row["state"] in sealed and not same:
            pack.wrong("deliveries.jsonl: delivery {n} is not as its last outcome says", n=row["id"])


def check_texts(pack: Pack) -> None:
    """The texts of each notice under the hash that the chain and every approval name."""
    texts: dict[int, list[list[str]]] = defaultdict(list)
    for row in pack.rows("texts.jsonl"):
        names = ("form", "channel", "language", "subject", "body", "html", "template")
        texts[row["notice"]].append([row[name] for name in names])
    for notice in pack.json("notices.json")["notices"]:
        found = json.dumps(sorted(texts.pop(notice["id"], [])), ensure_ascii=False).encode()
        if sha(found) != notice["text_hash"]:
            pack.wrong("texts.jsonl: the texts of notice {n} are not those of its text hash", n=notice["id"])
    for number in texts:
        pack.wrong("texts.jsonl: there is no notice {n} in notices.json", n=number)


def channels_held(pack: Pack) -> dict[int, list[str]]:
    """Notice -> the channels that have not left yet, of a holding notice: whom they may still reach is pending."""
    held: dict[int, list[str]] = defaultdict(list)
    for entry in pack.rows("chain.jsonl"):
        if entry["kind"] == "holding_sent":
            held[entry["data"]["notice"]] = entry["data"]["held"]
    return held


def check_audience(pack: Pack) -> None:
    """Each frozen audience under its hash, its deliveries to its people, and what they add up to."""
    people: dict[int, dict[str, Row]] = defaultdict(dict)
    leaves: dict[int, list[str]] = defaultdict(list)
    for row in pack.rows("audience.jsonl"):
        leaves[row["notice"]].append(
            sha("|".join(row[n] for n in ("person", "language", "sms", "email")).encode())
        )
        people[row["notice"]][row["person"]] = row
    sent: dict[tuple[int, str], list[Row]] = defaultdict(list)
    for row in pack.rows("deliveries.jsonl"):
        person = people[row["notice"]].get(row["person"])
        if row["channel"] != "web" and (person is None or row["to"] not in ("", person[row["channel"]])):
            pack.wrong("deliveries.jsonl: delivery {n} goes to nobody of audience.jsonl", n=row["id"])
        sent[row["notice"], row["person"]].append(row)
    held = channels_held(pack)
    for notice in pack.json("notices.json")["notices"]:
        number, mine = notice["id"], leaves.get(notice["id"], [])
        if leaf("audience", number, len(mine), root(mine)) != notice["audience_hash"]:
            pack.wrong(
                "audience.jsonl: the people of notice {n} are not those of its audience hash", n=number
            )
        for row in people[number].values() if notice["released_at"] else ():
            theirs = deliveries_of(row, sent)
            waits = row["answer"] == "pending" and any(row[channel] for channel in held[number])
            if theirs and not waits and answer(theirs) != row["answer"]:
                template = "audience.jsonl: person {who} of notice {n} is {said}, the deliveries say {found}"
                pack.wrong(template, who=row["person"], n=number, said=row["answer"], found=answer(theirs))
        sums = Counter(row["answer"] for row in people[number].values())
        if {name: n for name, n in notice["people"].items() if n} != dict(sums):
            pack.wrong("notices.json: the people of notice {n} do not add up to audience.jsonl", n=number)


def deliveries_of(row: Row, sent: dict[tuple[int, str], list[Row]]) -> list[Row]:
    """A person's deliveries: their own, and those in another's name to the same number or address."""
    own = sent.get((row["notice"], row["person"]), [])
    shared = [
        one
        for channel, other in (("sms", row["sms_with"]), ("email", row["email_with"]))
        for one in (sent.get((row["notice"], other), []) if other else ())
        if one["channel"] == channel
    ]
    return [*own, *shared]


def answer(rows: Iterable[Row]) -> str:
    """What somebody's deliveries add up to."""
    ends = [(row["state"], row["reason"]) for row in rows]
    states = {state for state, _ in ends}
    if all(end == ("suppressed", "sms_limit") for end in ends):
        return "spared"
    if states & {"accepted", "delivered", "undelivered"} or ("suppressed", "already_told") in ends:
        return "reached"
    if not states & {"planned", "claimed", "calling", "in_doubt"}:
        if "unconfirmed" in states:
            return "unconfirmed"
        own = {("suppressed", "opted_out"), ("suppressed", "no_address")}
        if all(end in own or (end[0] == "failed" and end[1].startswith("recipient:")) for end in ends):
            return "impossible"
    return "pending"


def opened(pack: Pack, data: bytes) -> list[Row]:
    """What became of the number or address of an opening: a row for each notice that had it in its audience.

    A row with `incident` is of another incident of the family: its archive has what became of it, this one does not.
    """
    opening, rows = strict(data), []
    if opening["format"] != OPENING or opening["incident"] != pack.json("manifest.json")["incident"]:
        pack.wrong("the opening is not one of this incident")
        return []
    sent: dict[tuple[int, str], list[Row]] = defaultdict(list)
    for row in pack.rows("deliveries.jsonl"):
        sent[row["notice"], row["person"]].append(row)
    people = {(row["notice"], row["person"]): row for row in pack.rows("audience.jsonl")}
    for one in opening["found"]:
        person = people.get((one["notice"], one["person"]))
        if person is None or person[one["channel"]] != sha(f"{one['salt']}|{opening['address']}".encode()):
            pack.wrong(
                "the opening does not fit person {who} of notice {n}", who=one["person"], n=one["notice"]
            )
            continue
        ends = [row for row in deliveries_of(person, sent) if row["channel"] == one["channel"]]
        rows += [{"notice": one["notice"], **{n: row[n] for n in TOLD}} for row in ends] or [
            {"notice": one["notice"], "channel": one["channel"], "state": "not_sent"}
        ]
    for one in opening.get("elsewhere", ()):
        other = {name: one[name] for name in ("incident", "notice", "channel")}
        rows.append({**other, "state": "see_its_proof"})
    return rows
