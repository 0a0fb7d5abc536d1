"""The operator's own folder of templates, read as it stands: bounded, and only names that we know.

Reads files; what it finds is never in force by itself (a second person approves it first).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from incidents.errors import Invalid
from notifications.template import Version, digest_of, known_path, notice_path, pair_of
from notifications.wording import Finding, Remark

MOST_FILES = 500
LARGEST_BYTES = 200_000
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Folder:
    """Path -> text of every template in the folder, and remarks about the other files."""

    texts: Mapping[str, str]
    remarks: tuple[Finding, ...] = ()

    def own(self) -> dict[str, Version]:
        """The texts as if they were in force, for checks and previews."""
        return {path: Version(0, path, text, digest_of(text), "", NEVER) for path, text in self.texts.items()}


def read_folder(folder: Path) -> Folder:
    """What stands in `folder`; nothing if it is not there. Unreadable and unknown files are remarks."""
    texts: dict[str, str] = {}
    remarks: list[Finding] = []
    for file in _files(folder):
        path = file.relative_to(folder).as_posix()
        if not known_path(path):
            remarks.append(Finding(path, 1, Remark.UNKNOWN_FILE))
            continue
        try:
            texts[path] = read_template(file)
        except Invalid as refusal:
            remarks.append(Finding(path, 1, Remark.REFUSED, {"why": refusal.params["why"]}))
    return Folder(texts, tuple(remarks))


def alone(texts: Mapping[str, str]) -> Iterator[Finding]:
    """Texts whose other language is not in the folder: a pair is changed as a pair."""
    for path in texts:
        if notice_path(path) is not None and pair_of(path) not in texts:
            yield Finding(path, 1, Remark.ALONE, {"other": pair_of(path)})


def read_template(file: Path) -> str:
    """One file as text. Invalid when it cannot be read, is too large or not UTF-8."""
    try:
        with file.open("rb") as stream:
            raw = stream.read(LARGEST_BYTES + 1)
        if len(raw) > LARGEST_BYTES:
            raise _unreadable(file, f"it is larger than {LARGEST_BYTES} bytes")
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise _unreadable(file, f"it is not UTF-8: {error.reason} at byte {error.start}") from error
    except OSError as error:
        raise _unreadable(file, error.strerror or "it cannot be read") from error


def stamps(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, change time and size of every file: what a watch compares."""
    found = []
    for file in _files(folder):
        try:
            status = file.stat()
        except OSError:
            continue
        found.append((str(file), status.st_mtime_ns, status.st_size))
    return tuple(found)


def _files(folder: Path) -> Iterator[Path]:
    """The files below, in order; hidden ones and editors' copies left out, at most MOST_FILES."""
    if not folder.is_dir():
        return
    found = 0
    for file in sorted(folder.rglob("*")):
        names = file.relative_to(folder).parts
        if not file.is_file() or any(name.startswith((".", "#")) or name.endswith("~") for name in names):
            continue
        found += 1
        if found > MOST_FILES:
            return
        yield file


def _unreadable(file: Path, why: str) -> Invalid:
    return Invalid(
        "{file}: {why}",
        file=file.name,
        why=why,
        field="path",
        next="save it as plain text in UTF-8",
    )
