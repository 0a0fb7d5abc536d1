"""The wheel is whole: installed in a fresh environment it works from any folder, with every template and seed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.house_tests.tree import PROJECT, ROOT

VERSION = PROJECT["project"]["version"]
SHIPPED = sorted(path.name for path in (ROOT / "playbooks" / "library").glob("*.yaml"))


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an environment that holds the wheel; of ours it sees the dependencies only."""
    folder = tmp_path_factory.mktemp("wheel")
    python = folder / "venv" / "bin" / "python"
    _call(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=ROOT)
    _call(sys.executable, "-m", "venv", "--without-pip", str(folder / "venv"), cwd=folder)
    [wheel] = folder.glob("*.whl")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python))
    _call(*pip, "install", "--no-deps", "--no-index", str(wheel), cwd=folder)
    _lend_dependencies(_packages(python, folder))
    return python.parent


def _packages(python: Path, folder: Path) -> Path:
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return Path(_call(str(python), "-c", code, cwd=folder).strip())


def _lend_dependencies(packages: Path) -> None:
    """Put our packages behind the environment's own; their .pth files, which lead to the tree, stay unread."""
    ours = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    (packages / "dependencies.pth").write_text("\n".join(ours) + "\n", encoding="utf-8")


def _call(*command: str, cwd: Path, home: Path | None = None) -> str:
    """What a command prints that is run in this folder, with nothing in the environment that leads back."""
    environment = {
        k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    }
    if home is not None:
        environment["TONGBAO_HOME"] = str(home)
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stdout + done.stderr
    return done.stdout


def _run(fresh: Path, home: Path, code: str) -> str:
    return _call(str(fresh / "python"), "-c", code, cwd=home, home=home)


def test_nothing_of_the_tree_is_seen_from_the_wheel(fresh: Path, tmp_path: Path) -> None:
    """What passes here passes without the source tree: every package comes from the environment itself."""
    code = "import sys, cli; print(cli.__file__); print(*sys.path, sep='\\n')"
    where, *path = _run(fresh, tmp_path, code).splitlines()

    assert str(fresh.parent) == where[: len(str(fresh.parent))]
    assert str(ROOT) not in path


def test_the_command_starts_from_another_folder(fresh: Path, tmp_path: Path) -> None:
    """`tongbao` is on the path of whoever installs the wheel, says its version, and helps."""
    tongbao = str(fresh / "tongbao")

    assert f"tongbao {VERSION}\n" == _call(tongbao, "--version", cwd=tmp_path, home=tmp_path)
    assert "Usage: tongbao demo" in _call(tongbao, "demo", "--help", cwd=tmp_path, home=tmp_path)


def test_every_template_renders_from_the_wheel(fresh: Path, tmp_path: Path) -> None:
    """No template, word or layout is left behind in the source tree."""
    code = "import rendering.notices as n; print(n.Notices().check())"

    assert "[]\n" == _run(fresh, tmp_path, code)


def test_packs_playbooks_routing_and_seeds_are_in_the_wheel(fresh: Path, tmp_path: Path) -> None:
    """The rules that the house lives by come with it."""
    code = (
        "from windows.rules import handbook; from playbooks.shelf import library\n"
        "from triggers.routing import default; from notifications.imports import load_seed\n"
        "from incidents.levels import shipped; from windows.regimes import Shipped, to_come\n"
        "from sandbox.replay import case_ids; import json\n"
        "print(json.dumps([handbook().version, list(library().files), bool(default()), shipped().version,"
        " len(load_seed()), len(case_ids()), len(Shipped()), len(to_come())]))"
    )

    assert [6, SHIPPED, True, 1, 2, 6, 4, 23] == json.loads(_run(fresh, tmp_path, code))


def test_doctor_finds_a_home_of_the_wheel_in_order(fresh: Path, tmp_path: Path) -> None:
    """`doctor` from the installed program, in another folder, finds nothing wrong."""
    try:
        assert json.loads(_call(str(fresh / "tongbao"), "doctor", "--json", cwd=tmp_path, home=tmp_path))[
            "ok"
        ]
    finally:
        _run(fresh, tmp_path, "from sandbox.client import Sandbox; Sandbox('.').stop()")
