"""Who approved what: exactly these hashes, and at levels 1 and 2 somebody besides the author."""

from __future__ import annotations

from collections import defaultdict

from reports.verifier.packed import Pack, Row, sha

BEGINNINGS = ("opened", "planned_registered", "complaint_registered")
"""Entries that say by which level notices are approved: an incident's first, and that of planned work."""


def check_approvals(pack: Pack) -> None:
    """Who approved what: exactly these hashes, and at levels 1 and 2 somebody besides the author."""
    said: dict[int, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    authors: dict[int, str] = {}
    levels = [3]
    at_release: dict[int, int] = {}
    for entry in pack.rows("chain.jsonl"):
        kind, data = entry["kind"], entry["data"]
        levels += _levels_said(kind, data)
        if kind == "undone" and data["act"].endswith("graded"):
            levels.pop()
        if kind.startswith("notice_"):
            said[data["notice"]][kind].append(entry)
            at_release[data["notice"]] = (
                levels[-1] if kind == "notice_released" else at_release.get(data["notice"], 3)
            )
        if kind == "report_submitted":
            authors[data["report"]] = entry["actor"]
        if kind == "report_approved" and authors.get(data["report"], entry["actor"]) == entry["actor"]:
            pack.wrong("chain.jsonl: report R{n} was not approved by a second person", n=data["report"])
    for notice in pack.json("notices.json")["notices"]:
        check_notice(pack, notice, said[notice["id"]], at_release.get(notice["id"], 3))


def _levels_said(kind: str, data: Row) -> list[int]:
    """The level that an entry gives: the first, a higher or lower one, or the stricter one of a duplicate."""
    if kind in BEGINNINGS:
        return [data["level"]]
    if kind == "duplicate_joined":
        facts = data.get("facts", {})
        return [facts["level"]["to"]] if "level" in facts else []
    return [data["to"]] if kind.endswith("graded") else []


def check_notice(pack: Pack, notice: Row, said: dict[str, list[Row]], level: int) -> None:
    """One notice: its hashes are those of the chain, its approvals name them, and it was released as it says."""
    number = notice["id"]
    for entry in (*said["notice_submitted"], *said["notice_released"]):
        for name in ("text_hash", "audience_hash", "audience_size"):
            if entry["data"][name] != notice[name]:
                template = (
                    "notices.json: the {what} of notice {n} is not the one of entry {entry} of the chain"
                )
                pack.wrong(template, what=name, n=number, entry=entry["sequence"])
    check_instants(pack, notice, said)
    wanted = _approved(notice)
    for given in notice["approvals"]:
        if (given["text_hash"], given["audience_hash"]) != wanted:
            pack.wrong(
                "notices.json: {who} approved another text or audience of notice {n}",
                who=given["user"],
                n=number,
            )
    if bool(notice["released_at"]) != bool(said["notice_released"]):
        pack.wrong("notices.json: the chain does not say the same of the release of notice {n}", n=number)
    if notice["approved_in_advance"] is not None:
        check_in_advance(pack, notice, said, level)
    elif notice["automatic"]:
        pack.wrong("notices.json: notice {n} went out by itself and nobody had approved it", n=number)
    elif notice["released_at"]:
        check_people(pack, notice, said, level)


def check_instants(pack: Pack, notice: Row, said: dict[str, list[Row]]) -> None:
    """Its kind, and when it was submitted, released and told."""
    number = notice["id"]
    named = [e for kind in ("notice_submitted", "notice_released", "notice_told") for e in said[kind]]
    if any(entry["data"]["kind"] != notice["kind"] for entry in named):
        pack.wrong("notices.json: notice {n} is of another kind in the chain", n=number)
    for kind, name in (
        ("notice_submitted", "submitted_at"),
        ("notice_released", "released_at"),
        ("notice_told", "told_at"),
    ):
        instants = [entry["at"] for entry in said[kind]]
        if instants and notice[name] != instants[-1]:
            pack.wrong(
                "notices.json: the {what} of notice {n} is not the one of the chain", what=name, n=number
            )
    if (notice["kind"] == "holding_notice") != (notice["approved_in_advance"] is not None):
        pack.wrong(
            "notices.json: the approval in advance of notice {n} is not the one of the chain", n=number
        )


def check_people(pack: Pack, notice: Row, said: dict[str, list[Row]], level: int) -> None:
    """Released by people: those of the chain, two of them at levels 1 and 2."""
    number = notice["id"]
    actors = [entry["actor"] for entry in (*said["notice_submitted"], *said["notice_approved"])]
    if [given["user"] for given in notice["approvals"]] != actors:
        pack.wrong("notices.json: the approvals of notice {n} are not those of the chain", n=number)
    if len(set(actors)) < (2 if level <= 2 else 1):
        pack.wrong(
            "notices.json: notice {n} of level {level} was not approved by a second person",
            n=number,
            level=level,
        )


def _approved(notice: Row) -> tuple[str, str]:
    """(text hash, audience hash) that every approval of this notice has to name."""
    given = notice["approved_in_advance"]
    if given is None:
        return notice["text_hash"], notice["audience_hash"]
    return given["text_hash"], sha(f"{given['audience_rule']} <= {given['maximum']}".encode())


def check_in_advance(pack: Pack, notice: Row, said: dict[str, list[Row]], level: int) -> None:
    """A holding notice left on what two people had allowed before: as the chain says, in force, and not for more."""
    number, given = notice["id"], notice["approved_in_advance"]
    if any(entry["data"].get("approved_in_advance") != given for entry in said["notice_released"]):
        pack.wrong(
            "notices.json: the approval in advance of notice {n} is not the one of the chain", n=number
        )
    if notice["automatic"] and any(entry["actor"] != "system" for entry in said["notice_released"]):
        pack.wrong("notices.json: notice {n} is called automatic, but a person released it", n=number)
    people = [approval["user"] for approval in notice["approvals"]]
    if people != [given["author"], given["decided_by"]] or len(set(people)) < 2:
        pack.wrong("notices.json: notice {n} was not approved in advance by two people", n=number)
    texts = pack.json("notices.json").get("approved_texts", {}).get(given["text_hash"])
    if texts is not None and sha("".join(texts).encode()) != given["text_hash"]:
        pack.wrong("notices.json: the approved texts of notice {n} are not those of the approval", n=number)
    in_force = given["decided_at"] <= notice["released_at"] < given["expires_at"]
    covered = level in given["levels"] and pack.json("incident.json")["type"] in given["types"]
    sent = any(row["channel"] != "web" for row in notice["deliveries"])
    if not in_force or not covered or (sent and notice["audience_size"] > given["maximum"]):
        pack.wrong("notices.json: notice {n} went beyond its approval in advance", n=number)
