"""A person at a terminal: a fresh home, and commands typed in-process."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from sandbox.client import Sandbox

CUSTOMERS = """account,name,phone,email,language,area,services
A1,Li,13800000001,a1@x.example,zh-CN,ZZ0101,mobile
A2,Bo,13800000002,,en,ZZ0101,mobile
"""
OPEN = (
    *("open", "--type", "network_fault", "--level", "1", "--title", "手机服务异常"),
    *("--area", "ZZ0101", "--service", "mobile", "--onset", "unknown", "--affected", "unknown"),
)


@dataclass
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one document on stdout."""
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def error(self) -> dict[str, Any]:
        found: dict[str, Any] = self.json["error"]
        return found


@dataclass
class Terminal:
    """Types commands into one home."""

    home: Path
    capture: pytest.CaptureFixture[str]
    environment: pytest.MonkeyPatch

    def types(self, *words: str, **variables: str) -> Said:
        with self.environment.context() as here:
            for name, value in variables.items():
                here.setenv(name, value)
            self.capture.readouterr()
            code = main(list(words))
            told = self.capture.readouterr()
        return Said(code, told.out, told.err)

    def asks(self, *words: str, **variables: str) -> dict[str, Any]:
        """The document of a command that must be done."""
        said = self.types(*words, "--json", **variables)
        assert 0 == said.code, said.out
        return said.json

    def reports_up(self, reference: str, **variables: str) -> None:
        """Superiors are called and written to, as far as that is owed."""
        for window in self.asks("show", reference, **variables)["windows"]:
            if window["kind"] == "superior_report" and window["duty"] == "owed":
                said = ("--how", "phone", "--to", "the head of network", "--evidence", "call log 7")
                self.asks("fulfil", str(window["id"]), *said, **variables)

    def has_customers(self, **variables: str) -> None:
        file = self.home.parent / "customers.csv"
        file.write_text(CUSTOMERS, encoding="utf-8")
        self.asks("customers", "import", str(file), **variables)


@pytest.fixture
def terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Terminal]:
    """A fresh home in English; its sandbox is ended afterwards."""
    home = tmp_path / "home"
    for name in [name for name in os.environ if name.startswith("TONGBAO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TONGBAO_HOME", str(home))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.chdir(tmp_path)
    yield Terminal(home, capsys, monkeypatch)
    Sandbox(home).stop()
