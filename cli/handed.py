"""How proofs, their checks and hand-overs are shown to people."""

from __future__ import annotations

from typing import Any

from cli.screen import Screen

Document = dict[str, Any]
ELSEWHERE = "notice {n} of {ref} was for this one too: see the proof of {ref}"
LOST = (
    "the proof is made without checkpoint {name}, whose file is gone or not as it was written: put it back from a "
    "copy, and make the proof again"
)
SIGNED = {
    None: "signed with the key {key}; not compared with a published key: give it as --key",
    False: "signed with the key {key}",
    "given": "signed with the key {key}, the one that you gave",
    "house": "signed with the key {key}, this house's own",
}
"""Whose key an archive is of, by what it was compared with; False where it is another."""


def proved(screen: Screen, shown: Document) -> None:
    """What went into the archive."""
    template = (
        "{file}: {entries} entries of the chain, {recipients} sealed recipients, {parts} parts, {bytes} bytes"
    )
    figures = {name: f"{shown[name]:,}" for name in ("entries", "recipients", "parts", "bytes")}
    screen.say(template, file=shown["file"], **figures)
    screen.say("signed with the key {key}", key=shown["key"])
    if shown["lost_checkpoint"]:
        screen.warn(LOST, name=shown["lost_checkpoint"])
    elif not shown["checkpoint"]:
        screen.say("no checkpoint covers it yet; tongbao run and tick write one an hour", "yellow")
    screen.next(shown["next"])


def opened(screen: Screen, shown: Document) -> None:
    """Whether the number or address was in an audience at all."""
    if shown["found"]:
        screen.say("{file} answers for this one; it names it, so hand it to nobody else", file=shown["file"])
    else:
        screen.say("no notice of this incident was for this number or address", "yellow")
    for ref in shown["elsewhere"]:
        screen.say("notices of {ref} were for this one: the proof of {ref} has what became of them", ref=ref)
    screen.next(shown["next"])


def checked_archive(screen: Screen, shown: Document) -> None:
    """Whole, or every problem; then what became of an opened number."""
    if shown["exercise"]:
        screen.say("EXERCISE: this is the record of a drill; no customer was told anything", "yellow")
    if shown["ok"]:
        screen.say("the proof is whole: every part, hash, signature, verdict and sum")
    for problem in shown["problems"]:
        screen.line(problem, "red")
    if shown["key"]:
        screen.say(SIGNED[shown["key_fits"] and shown["compared_with"]], key=shown["key"])
    rows = [
        (one["notice"], one["channel"], screen.t(one["state"]), _instant(screen, one.get("accepted_at")))
        for one in shown["told"]
        if "incident" not in one
    ]
    if rows:
        screen.table(("notice", "channel", "state", "accepted"), rows)
    for one in shown["told"]:
        if "incident" in one:
            screen.say(ELSEWHERE, n=one["notice"], ref=one["incident"])
    screen.next(shown["next"])


def _instant(screen: Screen, text: Any) -> str:
    """An instant of an archive; what is none there is shown as it is."""
    try:
        return screen.zoned(text)
    except (TypeError, ValueError, OverflowError):
        return str(text)


def sheet(screen: Screen, shown: Document, text: str) -> None:
    for line in text.rstrip("\n").split("\n"):
        screen.line(line)
    screen.next(shown["next"])
