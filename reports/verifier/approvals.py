"""Who approved what: exactly these hashes, and at levels 1 and 2 somebody besides the author."""

from __future__ import annotations

from collections import defaultdict

from reports.verifier.packed import Pack, Row


def check_approvals(pack: Pack) -> None:
    """Who approved what: exactly these hashes, and at levels 1 and 2 somebody besides the author."""
    said: dict[int, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    authors: dict[int, str] = {}
    levels = [3]
    at_release: dict[int, int] = {}
    for entry in pack.rows("chain.jsonl"):
        kind, data = entry["kind"], entry["data"]
        levels += [data["level"]] if kind == "opened" else [data["to"]] if kind.endswith("graded") else []
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


def check_notice(pack: Pack, notice: Row, said: dict[str, list[Row]], level: int) -> None:
    number = notice["id"]
    for entry in (*said["notice_submitted"], *said["notice_released"]):
        for name in ("text_hash", "audience_hash", "audience_size"):
            if entry["data"][name] != notice[name]:
                template = (
                    "notices.json: the {what} of notice {n} is not the one of entry {entry} of the chain"
                )
                pack.wrong(template, what=name, n=number, entry=entry["sequence"])
    for given in notice["approvals"]:
        if (given["text_hash"], given["audience_hash"]) != (notice["text_hash"], notice["audience_hash"]):
            pack.wrong(
                "notices.json: {who} approved another text or audience of notice {n}",
                who=given["user"],
                n=number,
            )
    if bool(notice["released_at"]) != bool(said["notice_released"]):
        pack.wrong("notices.json: the chain does not say the same of the release of notice {n}", n=number)
    if notice["automatic"] and any(entry["actor"] != "system" for entry in said["notice_released"]):
        pack.wrong("notices.json: notice {n} is called automatic, but a person released it", n=number)
    if not notice["released_at"] or notice["automatic"]:
        return
    actors = [entry["actor"] for entry in (*said["notice_submitted"], *said["notice_approved"])]
    if [given["user"] for given in notice["approvals"]] != actors:
        pack.wrong("notices.json: the approvals of notice {n} are not those of the chain", n=number)
    if len(set(actors)) < (2 if level <= 2 else 1):
        pack.wrong(
            "notices.json: notice {n} of level {level} was not approved by a second person",
            n=number,
            level=level,
        )
