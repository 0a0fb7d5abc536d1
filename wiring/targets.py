"""The publish targets that the settings name: where each of them writes, and where the public reads it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from incidents.errors import Invalid
from wiring.settings import Settings, Web

FIRST = "first"
"""The name of the target that `web.folder` and `web.public_url` are."""
MOST_TARGETS = 8
PAGE_LANE = "page-"
"""How the lanes of the targets begin."""


@dataclass(frozen=True)
class Place:
    """One publish target. `field` is where the settings have it."""

    name: str
    folder: str
    public_url: str
    field: str

    @property
    def where(self) -> str:
        """What makes it another one when it changes."""
        return f"{self.public_url} {self.folder}"


def places(web: Web) -> list[Place]:
    """All of them, the first one first; nothing is checked."""
    further = [
        Place(one.name, one.folder, one.public_url, f"web.targets.{number}")
        for number, one in enumerate(web.targets)
    ]
    return [Place(FIRST, web.folder, web.public_url, "web"), *further]


def lane_of(name: str) -> str:
    """The lane of one target: one thing at a time is written there."""
    return PAGE_LANE + name


def examine(settings: Settings) -> None:
    """Invalid names the first thing that is wrong with the publish targets, and what to do."""
    web = settings.web
    if web.provider != "files":
        if web.targets:
            raise Invalid(
                "further publish targets need provider files", field="web.provider", next='set it to "files"'
            )
        return
    if not (web.folder and web.public_url):
        raise Invalid(
            "web needs folder and public_url", field="web.public_url", next="set both in tongbao.toml"
        )
    found = places(web)
    if len(found) > MOST_TARGETS:
        raise Invalid(
            "there are {n} publish targets, and {most} at most",
            n=len(found),
            most=MOST_TARGETS,
            field="web.targets",
            next="leave some out: each is written for every entry",
        )
    for place in found:
        _complete(place)
    for number, place in enumerate(found):
        for other in found[:number]:
            _apart(place, other)


def _complete(place: Place) -> None:
    for key, value in (("folder", place.folder), ("public_url", place.public_url)):
        if not value.strip():
            raise Invalid(
                "publish target {name} has no {key}",
                name=place.name,
                key=key,
                field=f"{place.field}.{key}",
                next="set it in tongbao.toml",
            )
    if not _is_address(place.public_url):
        raise Invalid(
            "publish target {name} is at no address: {url}",
            name=place.name,
            url=place.public_url.rpartition("@")[2],
            field=f"{place.field}.public_url",
            next="begin it with https://, name the host, and leave out any name, password, ? and #",
        )


def _is_address(url: str) -> bool:
    """Paths are put behind it, and it stands in texts and on the record: nothing after a path, no name or password."""
    try:
        parts = urlsplit(url)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return whole and "@" not in parts.netloc and not any(c in "?#" or c.isspace() for c in url)


def _apart(place: Place, other: Place) -> None:
    """Two targets that are one would be counted twice, and fail together."""
    for key, same in _likeness(place, other):
        if same:
            raise Invalid(
                "publish targets {name} and {other} have the same {key}",
                name=place.name,
                other=other.name,
                key=key,
                field=f"{place.field}.{key}",
                next="give each target one of its own",
            )


def _likeness(place: Place, other: Place) -> Iterator[tuple[str, bool]]:
    yield "name", place.name == other.name
    mine, theirs = Path(place.folder).resolve(), Path(other.folder).resolve()
    yield "folder", mine.is_relative_to(theirs) or theirs.is_relative_to(mine)
    yield "public_url", _read_at(place.public_url) == _read_at(other.public_url)


def _read_at(url: str) -> tuple[str, str, int, str]:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return parts.scheme, parts.hostname or "", port, parts.path.rstrip("/")
