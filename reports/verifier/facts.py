"""The facts of the incident, its reports and its attempts, as the chain has them."""

from __future__ import annotations

from collections import Counter

from reports.verifier.packed import Pack, Row

KEPT = ("level", "aware_at", "status")
"""Facts that entries change; what they replaced stands in them too."""


OPENINGS = ("opened", "planned_registered", "complaint_registered")
"""The first entry of a record, with its facts; planned work has no level and nothing to be aware of."""


def states(entries: list[Row]) -> list[Row]:
    """The facts of `KEPT` and those of the opening after each entry, undone acts included."""
    found: list[Row] = []
    now: Row = {}
    for entry in entries:
        data, kind = entry["data"], entry["kind"]
        if kind in OPENINGS:
            now = {name: data.get(name) for name in (*KEPT, "type", "exercise")}
        was = entries[data["sequence"] - 1] if kind == "undone" else entry
        side = "from" if kind == "undone" else "to"
        if was["kind"].endswith("graded"):
            now = {**now, "level": was["data"][side]}
        changed = was["data"].get("facts", {})
        now = {**now, **{name: changed[name][side] for name in KEPT if name in changed}}
        found.append(now)
    return found


def check_facts(pack: Pack) -> None:
    """What incident.json says of type, level, awareness and exercise is what the chain says."""
    incident, entries = pack.json("incident.json"), list(pack.rows("chain.jsonl"))
    *_, last = states(entries)
    for name in ("type", "level", "aware_at", "exercise"):
        if last[name] is not None and incident[name] != last[name]:
            pack.wrong("incident.json: the {what} is not the one of the chain", what=name)


def check_reports(pack: Pack) -> None:
    """Every report of the chain is there, with its hash and whoever approved it, and no other is."""
    said = {
        (e["data"]["report"], e["data"]["kind"], e["data"]["hash"])
        for e in pack.rows("chain.jsonl")
        if e["kind"] == "report_submitted"
    }
    approved = {
        (e["data"]["report"], e["actor"]) for e in pack.rows("chain.jsonl") if e["kind"] == "report_approved"
    }
    reports = pack.json("reports.json")["reports"]
    given = {(r["id"], r["kind"], r["hash"]) for r in reports}
    for number in sorted({number for number, *_ in said ^ given}):
        pack.wrong("reports.json: report R{n} is not as the chain says", n=number)
    by = {(r["id"], r["decided_by"]) for r in reports if r["state"] == "approved"}
    for number in sorted({number for number, _ in approved ^ by}):
        pack.wrong("reports.json: the approval of report R{n} is not the one of the chain", n=number)


def check_attempts(pack: Pack) -> None:
    """Each settled attempt has its committed row, and no number is missing between them."""
    made = Counter(row["delivery"] for row in pack.rows("attempts.jsonl"))
    highest: dict[int, int] = {}
    for row in pack.rows("attempts.jsonl"):
        highest[row["delivery"]] = max(highest.get(row["delivery"], 0), row["attempt"])
    settled: dict[int, int] = {}
    for row in pack.rows("outcomes.jsonl"):
        settled[row["delivery"]] = max(settled.get(row["delivery"], 0), row["attempt"])
    for delivery in sorted({*made, *settled}):
        if made[delivery] != highest.get(delivery, 0) or settled.get(delivery, 0) > highest.get(delivery, 0):
            pack.wrong("attempts.jsonl: attempts of delivery {n} are missing", n=delivery)
