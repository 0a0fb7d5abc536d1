"""What `doctor` says of the publish targets."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coordinator import publishing
from coordinator.act import SYSTEM
from tests.cli_tests.conftest import OPEN, Terminal
from wiring.app import build
from wiring.settings import load

ONE = '[web]\nprovider = "files"\nfolder = "{}/own"\npublic_url = "https://own.example"\n'
TWO = ONE + '[[web.targets]]\nname = "outside"\nfolder = "{}/outside"\npublic_url = "https://b.example"\n'
LONG_AGO = datetime(2026, 10, 14, 6, 15, tzinfo=UTC)


def test_one_target_alone_is_said_and_is_no_error(terminal: Terminal) -> None:
    """The law wants two: doctor says so with the way there, and calls it in order."""
    Path("tongbao.toml").write_text(ONE.replace("{}", str(terminal.home)), "utf-8")
    [check] = [c for c in terminal.types("doctor", "--json").json["checks"] if c["name"] == "page targets"]

    assert check["ok"]
    assert "first alone: when it is down no page is live → a second one, [[web.targets]]" == check["detail"]
    assert "只有 first：它一旦故障" in terminal.types("doctor", "--lang", "zh-CN").out


@pytest.mark.parametrize(
    ("tried", "why"),
    [(True, "no answer within 10 s"), (False, "nobody has tried; is tongbao run or tick running?")],
)
def test_a_target_that_is_behind_is_a_finding(terminal: Terminal, tried: bool, why: str) -> None:
    """Which one, how much, since when, why, and what to do."""
    assert 0 == terminal.types(*OPEN).code
    Path("tongbao.toml").write_text(TWO.replace("{}", str(terminal.home)), "utf-8")
    app = build(load(None, os.environ), terminal.home)
    with app.database.transaction() as tx:
        incident = tx.incidents.all()[0]
        tx.publishing.want("outside", incident.id, LONG_AGO, LONG_AGO)
    if tried:
        app.coordinator.act(
            "system", SYSTEM, publishing.failed, "outside", incident.id, "no answer within 10 s"
        )
    app.close()
    said = terminal.types("doctor")

    assert 1 == said.code
    assert "outside lacks 1 page since 2026-10-14 14:15" in " ".join(said.out.split())
    assert why in " ".join(said.out.split())
    assert "look at its folder and its address" in " ".join(said.out.split())
    assert "outside 自 2026-10-14 14:15" in " ".join(terminal.types("doctor", "--lang", "zh-CN").out.split())
