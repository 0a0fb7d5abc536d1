"""Settings of publish targets: each mistake is named by its field, with the next step."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from incidents.errors import Invalid
from wiring.boundary import public_folder
from wiring.settings import Settings, load
from wiring.targets import MOST_TARGETS, examine, places

HEAD = 'provider = "files"\nfolder = "/srv/own"\npublic_url = "https://own.example"\n'


def web(*targets: str, head: str = HEAD) -> Settings:
    """Settings with this `[web]` table and these targets beside the first."""
    text = "[web]\n" + head + "".join(f"[[web.targets]]\n{target}\n" for target in targets)
    return Settings.model_validate(tomllib.loads(text))


def target(name: str = "b", folder: str = "/srv/b", public_url: str = "https://b.example") -> str:
    return f'name = "{name}"\nfolder = "{folder}"\npublic_url = "{public_url}"'


def refused(settings: Settings) -> Invalid:
    with pytest.raises(Invalid) as caught:
        examine(settings)
    return caught.value


def test_the_first_target_is_the_one_of_before():
    """`web.folder` and `web.public_url` alone still are one target; others come after it."""
    examine(web())
    examine(web(target()))

    assert [("first", "/srv/own", "https://own.example")] == [
        (one.name, one.folder, one.public_url) for one in places(web().web)
    ]
    assert ["first", "b"] == [one.name for one in places(web(target()).web)]


@pytest.mark.parametrize(
    ("settings", "field", "says"),
    [
        (web(target(folder="/srv/own/")), "web.targets.0.folder", "the same folder"),
        (web(target(folder="/srv/own/inside")), "web.targets.0.folder", "the same folder"),
        (web(target(), target("c", "/srv/b")), "web.targets.1.folder", "c and b"),
        (
            web(target(public_url="https://OWN.example:443/")),
            "web.targets.0.public_url",
            "the same public_url",
        ),
        (web(target("first")), "web.targets.0.name", "the same name"),
        (web(target(public_url="")), "web.targets.0.public_url", "b has no public_url"),
        (web(target(folder="")), "web.targets.0.folder", "b has no folder"),
        (web(target(public_url="status.example")), "web.targets.0.public_url", "at no address"),
        (web(target(public_url="http://x:port")), "web.targets.0.public_url", "at no address"),
        (web(target(public_url="https://x.example/?a=1")), "web.targets.0.public_url", "at no address"),
        (web(target(public_url="https://x.example/#a")), "web.targets.0.public_url", "at no address"),
        (web(target(public_url="https://x.exa mple")), "web.targets.0.public_url", "at no address"),
        (web(target(public_url="https://me:pw@x.example")), "web.targets.0.public_url", "address: x.example"),
        (web(target(), head=""), "web.provider", "need provider files"),
        (
            web(head='provider = "files"\nfolder = "/srv/own"\n'),
            "web.public_url",
            "needs folder and public_url",
        ),
        (
            web(*(target(f"t{n}", f"/srv/t{n}", f"https://t{n}.example") for n in range(MOST_TARGETS))),
            "web.targets",
            "9 publish targets, and 8 at most",
        ),
    ],
)
def test_a_mistake_is_named_by_its_field(settings: Settings, field: str, says: str):
    """What is wrong, where it stands, and what to do."""
    error = refused(settings)

    assert field == error.field
    assert says in error.message
    assert error.next


@pytest.mark.parametrize(
    ("text", "key"), [('folder = "/srv/b"', "web.targets.0.name"), (target("a b"), "web.targets.0.name")]
)
def test_a_target_has_a_plain_name(tmp_path: Path, text: str, key: str):
    """It stands in alarms and lanes: none, or one with a blank, is refused with its key."""
    file = tmp_path / "tongbao.toml"
    file.write_text(f"[web]\n{HEAD}[[web.targets]]\n{text}\n", encoding="utf-8")
    with pytest.raises(Invalid) as caught:
        load(file, {})

    assert key == caught.value.field


def test_no_target_may_show_the_pages_of_exercises(tmp_path: Path):
    """S28: a further folder around the home is refused like the first one."""
    settings: Any = web(target(folder=str(tmp_path)))
    with pytest.raises(Invalid) as caught:
        public_folder(settings, tmp_path / "home")

    assert "web.targets.0.folder" == caught.value.field
