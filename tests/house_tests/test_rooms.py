"""Rooms: imports only go down, each library has one home, and every list of rooms names them all."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.house_tests.tree import PROJECT, ROOMS, ROOT, modules

CONTRACTS = PROJECT["tool"]["importlinter"]["contracts"]
LIBRARIES = [c["forbidden_modules"][0] for c in CONTRACTS if " has one home: " in c["name"]]
PLANTED = {
    "incidents/planted.py": "import storage\nimport incidents.planted_too",
    "incidents/planted_too.py": "import incidents.planted",
    "coordinator/pages.py": "import coordinator.windows",
    "storage/planted.py": "import notifications.channels.sms_twilio, sandbox",
    "sandbox/planted.py": "import incidents",
    "reports/planted.py": "import " + ", ".join(LIBRARIES),
}
"""One line that breaks each law."""
HOMES = {
    "aiosmtpd": {"sandbox/mail.py"},
    "apscheduler": {"worker/engine.py", "benchmarks/clocks.py"},  # there it is the peer that is measured
    "phonenumbers": {"notifications/contacts.py"},
    "pysqlite3": {"sandbox/ledger.py", "storage/database.py"},
    "requests": {"notifications/channels/kept_http.py"},
    "rich": {"cli/screen.py"},
    "slack_sdk": {"notifications/channels/chat_slack.py"},
    "smtplib": {"notifications/channels/email_smtp.py"},
    "twilio": {"notifications/channels/twilio_line.py", "notifications/channels/twiml.py"},
    "urllib3": {"notifications/channels/kept_http.py"},
    "uvicorn": {"sandbox/server.py", "web/serve.py"},
}
"""Libraries whose home is one file; the contracts hold the room, and do not speak of the sandbox."""


def imported(source: str) -> set[str]:
    """The top-level packages that a module imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def homes(source: dict[str, str]) -> dict[str, set[str]]:
    """Package -> the modules that import it."""
    found: dict[str, set[str]] = {}
    for path, text in source.items():
        for package in imported(text):
            found.setdefault(package, set()).add(path)
    return found


def _lint(folder: Path) -> tuple[int, set[str]]:
    """The exit code of lint-imports in this folder, and the names of the broken contracts."""
    code = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    # PYTHONPATH stands before an editable installation: it decides which tree is read.
    environment = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert "Contracts: " in done.stdout, done.stdout + done.stderr
    names = {contract["name"] for contract in CONTRACTS}
    return done.returncode, {name for name in names if f"{name} BROKEN" in done.stdout}


def test_the_contracts_hold() -> None:
    """Who opens a room need not know the rooms above it."""
    assert (0, set()) == _lint(ROOT)


def test_every_contract_can_be_broken(tmp_path: Path) -> None:
    """A contract that no line can break is a picture only; here one planted line breaks each."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for path, text in PLANTED.items():
        with (tmp_path / path).open("a", encoding="utf-8") as module:
            module.write(f"\n{text}\n")

    assert (1, {contract["name"] for contract in CONTRACTS}) == _lint(tmp_path)


def test_every_list_of_rooms_names_them_all() -> None:
    """A room that the wheel, the types or the contracts forget is missed by somebody else first."""
    on_disk = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}

    assert on_disk == set(ROOMS)
    assert on_disk == set(PROJECT["tool"]["mypy"]["packages"])
    assert on_disk == set(PROJECT["tool"]["importlinter"]["root_packages"])


def test_every_contract_of_a_home_binds_all_others() -> None:
    """The lists of who must not import a library grow with the tree: each room, and each pure module."""
    pure = {f"notifications.{path.stem}" for path in (ROOT / "notifications").glob("[a-z]*.py")}
    for contract in CONTRACTS:
        if " has one home: " in contract["name"]:
            home = contract["name"].rpartition(" ")[2]
            rest = pure if home == "notifications.channels" else set()
            others = (set(ROOMS) | rest) - {home.split(".")[0], "sandbox"}
            assert (contract["name"], others) == (contract["name"], set(contract["source_modules"]))


def test_a_library_with_one_file_stays_in_it() -> None:
    """What wraps a library is one file, so that exchanging the library is a change of that file."""
    found = homes(modules(*ROOMS, "benchmarks"))

    assert HOMES == {library: found[library] for library in HOMES}


def test_an_import_is_seen_wherever_it_stands() -> None:
    """Inside a function and under another name, too; our own twilio_api is no twilio."""
    planted = {
        "a.py": "def f():\n    from twilio.rest import Client as C",
        "b.py": "import sandbox.twilio_api",
    }

    assert {"a.py"} == homes(planted)["twilio"]
