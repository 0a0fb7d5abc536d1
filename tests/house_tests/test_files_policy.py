"""Files that travel: nothing in the tree knows the machine it was written on, and locks pin by hash."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.house_tests.tree import ROOT, files

MACHINE = re.compile(r"(?<![\w.$}/-])/(?:work|home|root|Users|mnt|workspace)/\w|[A-Z]:\\Users\\")
REGISTRY = re.compile(
    r"files\.pythonhosted\.org|pypi\.org/simple|artifactory|--(?:extra-)?index-url|--trusted-host|--find-links",
    re.IGNORECASE,
)
PINNED = re.compile(r"[A-Za-z0-9._-]+(?:\[[a-z0-9,-]+\])?==[A-Za-z0-9.+!_-]+(?: ; [^\\]+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")
LOCKS = ("requirements.lock", "requirements-dev.lock")


def unpinned(lock: str) -> Iterator[str]:
    """Lines of a lock that are neither `name==version` nor one of its hashes."""
    owed = False
    for line in lock.splitlines():
        pin, proof = PINNED.fullmatch(line), HASH.fullmatch(line)
        if not (pin or proof) or (owed and not proof):
            yield line
        owed = bool(pin)


def _texts() -> Iterator[tuple[str, str]]:
    for path in files():
        if path.name != "test_files_policy.py":
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    """A path of somebody's machine works there only, and says whose it was."""
    assert [] == [path for path, text in _texts() if MACHINE.search(text)]


def test_no_file_names_a_registry() -> None:
    """Where packages come from is the business of whoever installs; a mirror needs no change here."""
    assert [] == [path for path, text in _texts() if REGISTRY.search(text)]


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_pin_by_hash_and_name_no_address(lock: str) -> None:
    """What is installed is what was tested, from whichever mirror it comes."""
    text = (ROOT / lock).read_text(encoding="utf-8")

    assert [] == list(unpinned(text))
    assert "://" not in text


def test_what_is_planted_is_seen() -> None:
    """Each of these checks can fail, and does not take a service's folders for a person's."""
    pin, proof = "twilio==9.1.0 \\", f"    --hash=sha256:{'a' * 64}"

    assert MACHINE.search("see /home/alice/notes")
    assert not MACHINE.search("/var/lib/tongbao https://example.com/work/home/x $HOME/work/x")
    assert REGISTRY.search("pip install --index-url=https://mirror.example/simple x")
    assert [] == list(unpinned(f"{pin}\n{proof}"))
    assert ["twilio>=9"] == list(unpinned(f"twilio>=9\n{pin}\n{proof}"))
    assert [pin] == list(unpinned(f"{pin}\n{pin}\n{proof}"))
    assert ["x @ https://example.com/x.whl"] == list(unpinned("x @ https://example.com/x.whl"))
