"""docs/commands.md, from the commands themselves: `python -m cli.reference`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from cli.index import COMMANDS
from cli.main import EXIT_CODES, root

FILE = Path(__file__).resolve().parent.parent / "docs" / "commands.md"
WIDTH = 100
HEAD = """# Commands

Generated from the program by `python -m cli.reference`; do not edit.

Exit codes: 0 done (also when a second person must still approve), 1 checked and found wrong, 2 usage,
{codes}.
"""


def text() -> str:
    """The whole page."""
    codes = ", ".join(f"{number} {code.replace('_', ' ')}" for code, number in EXIT_CODES.items())
    sections = [section for path, found in commands() for section in (f"## `{path}`", _help(path, found))]
    return "\n\n".join([HEAD.format(codes=codes).rstrip(), *sections]) + "\n"


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command that is there, with the words to type."""
    top = click.Context(root, info_name="tongbao")
    for name in COMMANDS:
        if name == "demo" and not (Path(__file__).parent / "demo.py").exists():
            continue
        found = root.get_command(top, name)
        if found is not None:
            yield from _below(f"tongbao {name}", found)


def _below(path: str, found: click.Command) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(found, click.Group):
        yield path, found
        return
    for name, one in found.commands.items():
        yield f"{path} {name}", one


def _help(path: str, found: click.Command) -> str:
    typed = path.removesuffix(" FORMAT").removesuffix(" REF")
    context = click.Context(found, info_name=typed, max_content_width=WIDTH, terminal_width=WIDTH)
    return f"```text\n{found.get_help(context).strip()}\n```"


def main() -> int:
    """Write the page."""
    FILE.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
