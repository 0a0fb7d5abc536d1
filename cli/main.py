"""`tongbao`: the root of all commands, and the one place where errors become exit codes."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from cli.index import COMMANDS
from cli.visible import visible
from cli.words import LANGUAGES

if TYPE_CHECKING:
    from incidents.errors import TongbaoError

EXIT_CODES = {"not_found": 3, "not_allowed": 4, "conflict": 5, "invalid": 6, "unavailable": 7}
"""Error code -> exit code: the one table. Done is 0, checked and found wrong 1, usage 2."""
USAGE = 2
INTERNAL = 70
INTERRUPTED = 130
BROKEN_PIPE = 141


class Root(click.Group):
    """The program: a command's module is loaded when it is asked for, so that help costs next to nothing."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        known = COMMANDS.get(cmd_name)
        if known is not None and cmd_name not in self.commands:
            import importlib

            module = importlib.import_module(f"cli.{known[0]}")
            if cmd_name == "demo":
                self.add_command(module.demo)
            else:
                module.register(self)
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A slip of the finger meets the commands that are not loaded yet, too."""
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            raise click.NoSuchCommand(error.command_name, possibilities=COMMANDS, ctx=ctx) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group("tongbao", cls=Root, invoke_without_command=True, epilog="\b\nExample:\n  tongbao demo")
@click.option("--config", metavar="FILE", type=click.Path(dir_okay=False), help="Instead of ./tongbao.toml.")
@click.option(
    "--lang", type=click.Choice(LANGUAGES), help="Language of what is shown; default: the locale's."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, errors included.")
@click.option("--as", "as_name", metavar="NAME", help="Act as NAME; only on the sandbox.")
@click.version_option(package_name="tongbao", message="%(package)s %(version)s")
@click.pass_context
def root(context: click.Context, /, **_common: Any) -> None:
    """Coordinate a telecom operator's incidents: no customer notice is forgotten, and it can be proved."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; returns its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        _must_be_utf8(given)
        code = root.main(given, prog_name="tongbao", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.Abort:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except click.ClickException as error:
        return _usage(error, given)
    except Exception as error:  # noqa: BLE001 - the top: whatever went wrong is one short line for the person
        return _failed(error, given)


def _must_be_utf8(given: Sequence[str]) -> None:
    """Bytes that are no UTF-8, as a terminal set to GBK sends them, can be neither stored nor shown; Invalid."""
    for place, word in enumerate(given, start=1):
        if not word.isascii() and any("\ud800" <= character <= "\udfff" for character in word):
            from incidents.errors import Invalid

            raise Invalid(
                "argument {n} is not UTF-8",
                n=place,
                field="arguments",
                next="set the terminal to UTF-8, then type it again",
            )


def _usage(error: click.ClickException, given: list[str]) -> int:
    from cli.words import from_locale

    context = getattr(error, "ctx", None)
    following = _where(error)
    path = context.command_path if context else "tongbao"
    chinese = (_language(given) or from_locale(os.environ)) == "zh-CN"
    message = error.format_message()
    if chinese:
        from cli.chinese_usage import of_click

        message = of_click(message)
    if "--json" in given:
        from cli.command import typed

        _say_json("usage", message, typed(getattr(error, "param", None)), following or f"{path} --help")
    elif chinese:
        usage = context.get_usage().replace("Usage:", "用法：", 1) if context else ""
        click.echo(f"{usage}\n见 {path} --help\n\n错误：{visible(message)}", err=True)
    else:
        shown = io.StringIO()
        error.show(shown)
        click.echo(visible(shown.getvalue()), err=True, nl=False)
    if following and "--json" not in given:
        click.echo(visible(f"→ {following}"), err=True)
    return USAGE


NUMBERS = {
    "window": "tongbao board",
    "notice": "tongbao board",
    "page": "tongbao board",
    "task": "tongbao task list",
    "shift": "tongbao roster list",
    "event": "tongbao trigger list",
}
"""Where the number stands that an argument asks for."""


def _where(error: click.ClickException) -> str | None:
    """Where to find the number, for who typed something else: a reference leads to its own record."""
    import re

    param = getattr(error, "param", None)
    if not isinstance(param, click.Argument) or not isinstance(param.type, click.types.IntParamType):
        return None
    reference = re.match(r"'((?:INC|EXERCISE|PLAN)-[0-9-]+)'", error.message)
    if reference is None:
        return NUMBERS.get(param.name or "")
    typed = reference[1]
    return f"tongbao planned show {typed}" if typed.startswith("PLAN") else f"tongbao show {typed}"


def _failed(error: Exception, given: list[str]) -> int:
    """A refusal of the core by the table; anything else is ours: only its id is shown."""
    known = _refusal(error)
    if known is None:
        return _internal(given)
    code = EXIT_CODES[known.code]
    from cli.words import from_locale, of_error

    message, following = of_error(known, _language(given) or from_locale(os.environ))
    if "--json" in given:
        _say_json(known.code, message, known.field, following)
        return code
    click.secho(visible(message), fg="red", err=True)
    if following:
        click.echo(f"→ {visible(following)}", err=True)
    return code


def _refusal(error: Exception) -> TongbaoError | None:
    from incidents.errors import TongbaoError, Unavailable

    if isinstance(error, TongbaoError):
        return error
    sandbox_client = sys.modules.get("sandbox.client")
    if sandbox_client is not None and isinstance(error, sandbox_client.SandboxError):
        return Unavailable("{error}", error=error, field="sandbox", next="tongbao sandbox serve")
    return None


def _internal(given: list[str]) -> int:
    import traceback
    from pathlib import Path

    from cli.words import from_locale, words

    reference = os.urandom(4).hex()
    message = f"internal error {reference}"
    t = words(_language(given) or from_locale(os.environ))
    home = Path(os.environ.get("TONGBAO_HOME", "tongbao-home"))
    try:
        home.mkdir(parents=True, exist_ok=True)
        handle = os.open(home / "errors.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as log:
            log.write(f"{message}\n{traceback.format_exc()}\n")
        where = t("its details are in {file}", file=home / "errors.log")
    except OSError as trouble:
        where = t("its details could not be written: {why}", why=trouble.strerror)
    if "--json" in given:
        _say_json("internal", message, None, where)
    else:
        click.secho(f"{message}: {where}", fg="red", err=True)
    return INTERNAL


def _say_json(code: str, message: str, field: str | None, following: str | None) -> None:
    from cli.screen import write_json

    write_json({"error": {"code": code, "message": message, "field": field, "next": following}})


def _language(given: list[str]) -> str | None:
    """The language asked for anywhere on the line."""
    for place, word in enumerate(given):
        if word.startswith("--lang="):
            return word.partition("=")[2]
        if word == "--lang" and place + 1 < len(given):
            return given[place + 1]
    return None


if __name__ == "__main__":
    sys.exit(main())
