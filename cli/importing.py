"""What every import shares: opening a file in its encoding, counting its rows, and keeping the rejected ones.

Every row is accepted, rejected by its line, or replaced by a later one: the three sum to the rows read.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO

import click

from cli.command import Answer
from cli.session import Document, Session

if TYPE_CHECKING:
    from notifications.rows import Rejection, Table

REJECTIONS_SHOWN = 1000
WRONG = 6
"""The exit code of a file of which nothing was taken."""
FILE = click.Path(exists=True, dir_okay=False, allow_dash=True)
ENCODINGS = ("auto", "utf-8", "gb18030")


def file_options(body: Callable[..., Answer]) -> Callable[..., Answer]:
    """--encoding and --rejects, for every import of rows."""
    rejects = click.option(
        "--rejects",
        metavar="FILE",
        type=click.Path(dir_okay=False, writable=True),
        help="Write rejected rows to FILE, with line and reason, to mend and import again.",
    )
    encoding = click.option(
        "--encoding",
        type=click.Choice(ENCODINGS),
        default="auto",
        show_default=True,
        help="How the file is written; auto refuses what fits neither.",
    )
    return encoding(rejects(body))


def content(session: Session, file: str) -> bytes:
    """The hash of the file where a request id is to know it again; b"" without one.

    Invalid for standard input, which cannot be read twice.
    """
    import hashlib

    if not session.request_id:
        return b""
    if file == "-":
        from incidents.errors import Invalid

        raise Invalid(
            "with --request-id the file is read twice; standard input cannot be",
            field="file",
            next="save it to a file first",
        )
    with Path(file).open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").digest()


NO_ROW = "no row was accepted; line {line}: {why}"


@dataclass
class Tally:
    """What became of an import's rows; what is said of single ones is kept up to a bound."""

    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0
    new: int = 0
    warned: int = 0
    encoding: str = ""
    rejects: str | None = None
    rejections: list[Document] = field(default_factory=list)
    warnings: list[Document] = field(default_factory=list)
    repeats: list[Document] = field(default_factory=list)
    _put: int = 0

    def reject(self, row: Any, t: Any) -> None:
        self.rejected += 1
        if len(self.rejections) < REJECTIONS_SHOWN:
            self.rejections.append(_line(row, t))

    def warn(self, row: Any, t: Any) -> None:
        self.warned += 1
        if len(self.warnings) < REJECTIONS_SHOWN:
            self.warnings.append(_line(row, t))

    def repeat(self, row: Any, t: Any) -> None:
        """A later row takes an earlier one's place: both were read, one is accepted."""
        self.duplicates += 1
        if len(self.repeats) < REJECTIONS_SHOWN:
            self.repeats.append(_line(row, t))

    @property
    def read(self) -> int:
        return self.accepted + self.rejected + self.duplicates

    def put(self, rows: int, new: int) -> None:
        """So many rows were put away, `new` of them for the first time; who came again is counted apart."""
        self.new += new
        self._put += rows
        self.accepted = self._put - self.duplicates

    def document(self, following: str) -> Document:
        """All of it, with the rows read."""
        public = {name: value for name, value in vars(self).items() if not name.startswith("_")}
        return {"read": self.read, **public, "next": following}

    def answer(self, following: str, t: Any) -> Answer:
        """Done, even if some rows were refused; invalid when nothing at all was taken."""
        document = self.document(following)
        if not self.rejected or self.accepted:
            return Answer(document)
        first = self.rejections[0]
        said = "no row was accepted; line {line}, {field}: {why}" if first["field"] else NO_ROW
        message = t(said, line=first["line"], field=first["field"], why=first["reason"])
        error = {"code": "invalid", "message": message, "field": first["field"], "next": t("mend the rows")}
        return Answer({"error": error, **document}, show="refused", code=WRONG)


def _line(row: Any, t: Any) -> Document:
    return {"line": row.line, "field": row.field, "reason": reason(row, t)}


def reason(row: Any, t: Any) -> str:
    """Why, as a plain sentence."""
    from notifications.rows import Defect

    if row.reason == Defect.FIELDS and row.found.count(":") == 1:
        wanted, given = (part.strip() for part in row.found.split(":"))
        return str(t("the row has {given} fields, but the header has {wanted}", given=given, wanted=wanted))
    if row.reason == Defect.MISSING and row.field:
        return str(t("{field} is empty, but every row needs it", field=row.field))
    return str(t(str(row.reason), found=row.found))


@dataclass
class Sheet:
    """An open file: its rows, the tally of what becomes of them, and where the rejected ones go."""

    table: Table
    tally: Tally
    t: Any
    path: Path | None
    _out: IO[str] | None = None

    def reject(self, row: Rejection) -> None:
        from notifications import rejects

        self.tally.reject(row, self.t)
        if self.path is None:
            return
        if self._out is None:
            # It holds customers' data: nobody but its owner reads it.
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.fchmod(handle, 0o600)
            self._out = os.fdopen(handle, "w", encoding="utf-8", newline="")
            self._out.write(rejects.head(self.table))
            self.tally.rejects = str(self.path)
        self._out.write(rejects.line(self.table, row, reason(row, self.t)))

    def take(self, row: Any) -> bool:
        """Note what is said beside a row; whether `row` is a value to be put away."""
        from notifications.rows import Rejection, Remark, Repeated

        match row:
            case Rejection():
                self.reject(row)
            case Remark():
                self.tally.warn(row, self.t)
            case Repeated():
                self.tally.repeat(row, self.t)
            case _:
                return True
        return False

    def close(self) -> None:
        if self._out is not None:
            self._out.close()


@contextmanager
def sheet(
    file: str | BinaryIO, columns: Sequence[str], required: int, encoding: str, rejects: str | None, t: Any
) -> Iterator[Sheet]:
    """The file opened in its encoding, its header read; Invalid when it fits none, or the header is wrong."""
    from notifications.rows import encoding_of, table

    if rejects and isinstance(file, str) and file != "-":
        _apart(Path(file), Path(rejects))
    with _opened(file, seekable=encoding == "auto") as lines:
        found = encoding_of(lines) if encoding == "auto" else encoding
        rows = table(lines, columns, required, found)
        opened = Sheet(rows, Tally(encoding=found), t, Path(rejects) if rejects else None)
        try:
            yield opened
        finally:
            opened.close()


def _apart(file: Path, rejects: Path) -> None:
    from incidents.errors import Invalid

    if rejects.exists() and file.samefile(rejects):
        raise Invalid(
            "rejected rows cannot be written into the file that is read",
            field="rejects",
            next="name another file",
        )


@contextmanager
def _opened(file: str | BinaryIO, seekable: bool) -> Iterator[BinaryIO]:
    """The file's bytes; what comes in by a pipe is kept on disk, unnamed, if it has to be read twice."""
    if not isinstance(file, str):
        yield file
    elif file != "-":
        with Path(file).open("rb") as lines:
            yield lines
    elif not seekable:
        yield sys.stdin.buffer
    else:
        with tempfile.TemporaryFile() as kept:
            shutil.copyfileobj(sys.stdin.buffer, kept)
            kept.seek(0)
            yield kept
