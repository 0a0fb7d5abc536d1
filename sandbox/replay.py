"""Real outages as values: what happened when, and when the operator must have known.

Pure but for reading the YAML; times keep the zone in which they were reported.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

LIBRARY = Path(__file__).parent / "seed" / "outages.yaml"
KINDS = (
    "onset",
    "aware",
    "public_first",
    "customer_first",
    "regulator_first",
    "partial_restore",
    "restored",
    "update",
    "escalation_missed",
    "claim_restored",
    "end",
)
_SIGNS_OF_KNOWING = frozenset({"escalation_missed", "public_first", "regulator_first"})


@dataclass(frozen=True, slots=True)
class Event:
    """One dated fact; kind is one of KINDS.

    `tell` is what customers may be told of it, by language; `finding` what went wrong, by language; `correct`
    what the last notice `said` wrongly and what is `right`, each by language.
    """

    at: datetime
    kind: str
    note: str = ""
    tell: Mapping[str, str] = field(default_factory=dict)
    finding: Mapping[str, str] = field(default_factory=dict)
    correct: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case is played: the operator's country, area of the shipped tree, clock, and languages' shares."""

    country: str = "CN"
    area: str = "ZZ"
    zone: str = "Asia/Shanghai"
    emergency: tuple[str, ...] = ("110", "119", "120")
    languages: Mapping[str, float] = field(default_factory=lambda: {"zh-CN": 0.85, "en": 0.15})


@dataclass(frozen=True, slots=True)
class Case:
    """One outage; events are in the order of time. `confidence` is P (primary) or S (secondary)."""

    id: str
    name: str
    services: tuple[str, ...]
    affected: Mapping[str, Any]
    cause: str
    events: tuple[Event, ...]
    source: tuple[str, ...]
    confidence: str
    place: Place = Place()

    @property
    def onset(self) -> Event:
        """The first onset; every case has one."""
        return next(event for event in self.events if event.kind == "onset")

    def first(self, kind: str) -> Event | None:
        """The first event of a kind, if there is one."""
        return next((event for event in self.events if event.kind == kind), None)


@dataclass(frozen=True, slots=True)
class Awareness:
    """When the operator knew; `assumed` when no source says so and another event stands in."""

    at: datetime
    kind: str
    assumed: bool


def aware(case: Case) -> Awareness:
    """When somebody opened the incident: the earliest `aware`; else the earliest sign of knowing; else the onset."""
    known = case.first("aware")
    if known is not None:
        return Awareness(known.at, "aware", assumed=False)
    signs = (event for event in case.events if event.kind in _SIGNS_OF_KNOWING)
    stand_in = next(signs, case.onset)
    return Awareness(stand_in.at, stand_in.kind, assumed=True)


def missed(case: Case) -> Event | None:
    """The earliest sign that was not passed on before the operator says that it knew.

    The clock counts from it all the same: awareness is the earliest of alarm, first complaint and report.
    """
    sign = case.first("escalation_missed")
    return sign if sign is not None and sign.at < aware(case).at else None


def case_ids() -> list[str]:
    """The ids of the shipped cases."""
    return [str(item.get("id")) for item in _read(LIBRARY)]


def load(case_id_or_path: str | Path) -> Case:
    """A shipped case by its id, or a file in the same form (FILE, or FILE#ID when it holds several).

    Raises ValueError which names the field, or the ids to choose from.
    """
    text = str(case_id_or_path)
    name, _, wanted = text.partition("#")
    path = Path(name)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        return _from_file(path, wanted)
    return _pick(_read(LIBRARY), text, "the shipped cases")


def _from_file(path: Path, wanted: str) -> Case:
    try:
        items = _read(path)
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror}") from error
    if wanted:
        return _pick(items, wanted, str(path))
    if len(items) != 1:
        ids = ", ".join(str(item.get("id")) for item in items)
        raise ValueError(f"{path}: holds {len(items)} cases; name one as FILE#ID: {ids}")
    return _case(items[0])


def _pick(items: Sequence[dict[str, Any]], wanted: str, where: str) -> Case:
    for item in items:
        if item.get("id") == wanted:
            return _case(item)
    ids = ", ".join(str(item.get("id")) for item in items)
    raise ValueError(f"id: no case {wanted!r} in {where}: choose from {ids}")


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        found = yaml.load(path.read_text("utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: not YAML: {error}") from error
    items = [found] if isinstance(found, dict) else found
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        raise ValueError(f"{path}: expected one case, or a list of cases")
    return items


def _case(item: dict[str, Any]) -> Case:
    events = tuple(_event(n, given) for n, given in enumerate(_list(item, "events")))
    case = Case(
        id=_text(item, "id"),
        name=_text(item, "name"),
        services=_texts(item, "services"),
        affected=_mapping(item, "affected"),
        cause=_text(item, "cause"),
        events=tuple(sorted(events, key=lambda event: event.at)),
        source=_texts(item, "source") if "source" in item else (),
        confidence=str(item.get("conf", "S")),
        place=_place(item),
    )
    if case.first("onset") is None:
        raise ValueError(f"events: case {case.id} has no event of kind onset")
    return case


def _event(number: int, given: Any) -> Event:
    place = f"events[{number}]"
    if not isinstance(given, dict):
        raise ValueError(f"{place}: expected a mapping with t, k and note")
    kind = given.get("k")
    if kind not in KINDS:
        raise ValueError(f"{place}.k: {kind!r} is not one of {', '.join(KINDS)}")
    tell = _words(f"{place}.tell", given.get("tell", {}))
    finding = _words(f"{place}.finding", given.get("finding", {}))
    wrong = given.get("correct", {})
    if not isinstance(wrong, dict) or set(wrong) not in (set(), {"said", "right"}):
        raise ValueError(f"{place}.correct: expected said and right")
    correct = {name: _words(f"{place}.correct.{name}", words) for name, words in wrong.items()}
    at = _time(f"{place}.t", given.get("t"))
    return Event(at, str(kind), str(given.get("note", "")), tell, finding, correct)


def _words(field: str, value: Any) -> Mapping[str, str]:
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise ValueError(f"{field}: expected texts by language")
    return value


def _place(item: dict[str, Any]) -> Place:
    given = dict(_mapping(item, "place"))
    known = {"country", "area", "zone", "emergency", "languages"}
    odd = sorted(set(given) - known)
    if odd:
        raise ValueError(f"place.{odd[0]}: expected one of {', '.join(sorted(known))}")
    if "emergency" in given:
        given["emergency"] = _texts(given, "emergency")
    return Place(**given)


def _time(field: str, value: Any) -> datetime:
    """ISO 8601 with an offset; YAML may have read it as a time already."""
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError as error:
        raise ValueError(f"{field}: {value!r} is not an ISO 8601 time") from error
    if at.tzinfo is None:
        raise ValueError(f"{field}: {value!r} has no offset from UTC")
    return at


def _text(item: dict[str, Any], field: str) -> str:
    value = item.get(field)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{field}: expected a text, got {value!r}")
    return value


def _list(item: dict[str, Any], field: str) -> list[Any]:
    value = item.get(field)
    if not isinstance(value, list) or not value:
        raise ValueError(f"{field}: expected a list with at least one entry, got {value!r}")
    return value


def _texts(item: dict[str, Any], field: str) -> tuple[str, ...]:
    return tuple(str(entry) for entry in _list(item, field))


def _mapping(item: dict[str, Any], field: str) -> Mapping[str, Any]:
    value = item.get(field, {})
    if not isinstance(value, dict):
        raise ValueError(f"{field}: expected a mapping, got {value!r}")
    return value
