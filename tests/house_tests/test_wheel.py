"""The wheel is whole: what is installed from it works from any folder, with every template, pack and seed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHIPPED = sorted(path.name for path in (ROOT / "playbooks" / "library").glob("*.yaml"))


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what the wheel holds, and nothing of the source tree."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def _run(installed: Path, home: Path, code: str) -> str:
    """What a fresh interpreter prints that finds our packages only in the wheel, from another folder."""
    start = f"import sys; sys.path.insert(0, {str(installed)!r})\n"
    environment = {**os.environ, "TONGBAO_HOME": str(home), "PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, "-c", start + code],
        cwd=home,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def test_every_template_renders_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    """No template, word or layout is left behind in the source tree."""
    code = "import rendering.notices as n; print(n.__file__); print(n.Notices().check())"

    assert [f"{installed}/rendering/notices.py", "[]"] == _run(installed, tmp_path, code).splitlines()


def test_packs_playbooks_routing_and_seeds_are_in_the_wheel(installed: Path, tmp_path: Path) -> None:
    """The rules that the house lives by come with it."""
    code = (
        "from windows.rules import handbook; from playbooks.shelf import library\n"
        "from triggers.routing import default; from notifications.imports import load_seed\n"
        "from sandbox.replay import case_ids; import json\n"
        "print(json.dumps([handbook().version, list(library().files), bool(default()),"
        " len(load_seed()), len(case_ids())]))"
    )

    assert [1, SHIPPED, True, 2, 6] == json.loads(_run(installed, tmp_path, code))


def test_doctor_finds_a_home_of_the_wheel_in_order(installed: Path, tmp_path: Path) -> None:
    """`doctor` from the installed program, in another folder, finds nothing wrong."""
    code = "sys.argv = ['tongbao', 'doctor', '--json']; from cli.main import main; main()"
    try:
        assert json.loads(_run(installed, tmp_path, code))["ok"]
    finally:
        _run(installed, tmp_path, "from sandbox.client import Sandbox; Sandbox('.').stop()")
