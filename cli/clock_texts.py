"""What the clock's own commands show, and how alarms about the program read on the other screens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cli.screen import Screen
from cli.spans import MINUTE, span

Document = dict[str, Any]

RED = "red"
SENTENCES = {
    "restored older": "THE RECORD WAS RESTORED: it ends at {since}, and had come to {until}. Nothing goes to customers",
    "restored another_record": "THE RECORD IS NOT THE ONE THAT STOOD HERE. Nothing goes to customers",
    "restored mark_missing": "THE RECORD HAS NO MARK, as after a backup was restored. Nothing goes to customers",
    "restored said": "the record is on hold: {reason}. Nothing goes to customers",
    "long_gap": "nobody looked at the clocks for {span}, until {until}: what would go to customers by itself waits",
    "outage": "nobody looked at the clocks for {span}, until {until}",
    "wall_clock": "the machine's clock is {span} away from the time since the start",
    "implausible_clock": "the machine's clock says {wall}: that cannot be",
    "record_gone": "THE RECORD THAT STOOD HERE IS GONE: a new one was begun",
    "audit": "the self-audit found {n} {n:problem|problems}",
    "heartbeat": "no sign of life goes out",
    "regime_refused": "the regime {pack} applies to {ref} by the record and was refused; it is tried again each minute",
    "sweep_stuck": "something of the sweep cannot be looked at, all else goes on: {failed}",
    "planned_stuck": "the ends of planned work cannot be looked at: {failed}",
    "growth_stuck": "customers who are new in the directory cannot be looked for: {failed}",
    "regimes_stuck": "the thresholds of the regimes cannot be looked at: {failed}",
    "drills_stuck": "the drills that run cannot be looked at: {failed}",
    "drill_years_stuck": "the full drills of the year cannot be counted: {failed}",
    "publish_behind": "the publish target {target} has not shown the present pages since {since}: {failed}",
}
"""What each matter is called, by its name and, for a restored record, how that was seen."""


def sentence(one: Document, t: Callable[..., str], when: Callable[[str], str]) -> str:
    """One matter in words."""
    data = one["data"]
    name = one["about"].partition(":")[0]
    name = f"{name} {data['why']}" if name == "restored" else name
    values: Document = {
        key: when(str(data[key])) if data.get(key) else "?"
        for key in ("since", "until", "wall")
        if key in data
    }
    if "seconds" in data:
        values["span"] = _stretch(data["seconds"], t)
    values |= {"n": len(data.get("problems", [])), "reason": data.get("reason", "")}
    values |= {key: data[key] for key in ("pack", "ref", "target") if key in data}
    values["failed"] = data.get("failed", "")
    return t(SENTENCES.get(name, name), **values)


def _stretch(seconds: float, t: Callable[..., str]) -> str:
    """A stretch of time; one of less than a minute to the tenth of a second."""
    return span(seconds, t) if abs(seconds) >= MINUTE else t("{seconds} s", seconds=round(abs(seconds), 1))


def problems(found: list[Any], t: Callable[..., str]) -> list[str]:
    """What the self-audit or the sign of life found, in words."""
    return [t(template, **values) for template, values in found]


def alarms(screen: Screen, shown: Document) -> None:
    """What a person must know of the program itself, before everything else."""
    for one in shown.get("alarms", []):
        screen.line(sentence(one, screen.t, screen.zoned), RED)


def turning(screen: Screen, shown: Document) -> None:
    for part in shown["parts"]:
        screen.say(PARTS[part])
    screen.next(shown["next"])


PARTS = {"clocks": "the clocks are running", "delivery": "the delivery is running"}


def clock_status(screen: Screen, shown: Document) -> None:
    for one in shown["standing"]:
        screen.line(sentence(one, screen.t, screen.zoned), RED if one["alarm"] else "yellow")
        _details(screen, one)
    if not shown["standing"]:
        screen.say("nothing stands against the clock and the record")
    for one in shown["over"]:
        said = sentence(one, screen.t, screen.zoned)
        by = screen.t("over {at}, {by}", at=screen.zoned(one["over_at"]), by=one["over_by"])
        screen.line(f"{said} ({by}) {screen.t(one['reason'])}".rstrip())
    screen.next(shown["next"])


def _details(screen: Screen, one: Document) -> None:
    data = one["data"]
    for said in problems([*data.get("problems", []), *data.get("withheld", [])], screen.t):
        screen.line(f"  {said}")
    if "failed" in data:
        screen.line(f"  {data['failed']}")


def clock_accepted(screen: Screen, shown: Document) -> None:
    for one in shown["items"]:
        screen.say("accepted: {what}", what=sentence(one, screen.t, screen.zoned))
    screen.next(shown["next"])


def clock_held(screen: Screen, shown: Document) -> None:
    screen.line(sentence(shown["hold"], screen.t, screen.zoned), RED)
    screen.next(shown["next"])


def clock_audited(screen: Screen, shown: Document) -> None:
    for said in problems(shown["problems"], screen.t):
        screen.line(said, RED)
    if not shown["problems"]:
        screen.say("the record agrees with itself")
    screen.next(shown["next"])
