"""`python -m sandbox serve` and `stop`: the sandbox as a process of its own.

A second `serve` for the same home changes nothing, says so and exits 0.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sandbox.home import Home, PortTakenError

_EXAMPLE = "example: python -m sandbox serve --home ./tongbao-home"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__, epilog=_EXAMPLE)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="serve until idle or told to stop", epilog=_EXAMPLE)
    serve.add_argument("--home", type=Path, required=True, help="folder to live in")
    serve.add_argument("--port", type=int, help="public pages, ledger and dial; default: as last time")
    serve.add_argument("--twilio-port", type=int, help="Twilio's API; default: as last time")
    serve.add_argument("--smtp-port", type=int, help="mail; default: as last time")
    serve.add_argument("--idle-minutes", type=float, default=60.0, help="ends itself when unused so long")
    serve.add_argument("--detach", action="store_true", help="return when it listens, and leave it running")
    stop = commands.add_parser("stop", help="end the sandbox of a home")
    stop.add_argument("--home", type=Path, required=True)
    return parser


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(argv: Sequence[str] | None = None, say: Callable[[str], None] = _say) -> int:
    """Run one command; returns the exit code. `say` is told once when it serves."""
    asked = _parser().parse_args(argv)
    home = Home(asked.home)
    if asked.command == "stop":
        return _stop(home)
    if asked.idle_minutes <= 0:
        sys.stderr.write("sandbox: --idle-minutes must be above 0\n")
        return 2
    home.prepare()
    if home.is_served():
        return _already(home)
    return _detached(home, asked) if asked.detach else _serve(home, asked, say)


def _already(home: Home) -> int:
    _say(f"sandbox: already served for {home.root}")
    return 0


def _stop(home: Home) -> int:
    from sandbox.client import Sandbox

    _say(f"sandbox: {'stopped' if Sandbox(home.root).stop() else 'was not running'}")
    return 0


def _serve(home: Home, asked: argparse.Namespace, say: Callable[[str], None]) -> int:
    from sandbox.server import Ports, serve

    lock = home.take_lock()
    if lock is None:
        return _already(home)

    def ready(address: dict[str, Any]) -> None:
        where = f"{address['http']} (Twilio {address['twilio']}, mail {address['smtp_port']})"
        say(f"sandbox: serving {home.root} at {where}")

    try:
        ports = Ports(asked.port, asked.twilio_port, asked.smtp_port)
        asyncio.run(serve(home, ports, asked.idle_minutes * 60, ready))
    except PortTakenError as error:
        sys.stderr.write(f"sandbox: {error}\n")
        return 7
    finally:
        os.close(lock)
    return 0


def _detached(home: Home, asked: argparse.Namespace) -> int:
    """Serve in a child of its own session; the parent waits only until it listens."""
    heard, told = os.pipe()
    if os.fork() == 0:
        os.close(heard)
        os.setsid()
        _own_streams(home)
        os._exit(_serve(home, asked, lambda line: _tell(told, line)))
    os.close(told)
    with os.fdopen(heard, encoding="utf-8") as pipe:
        line = pipe.readline()
    if not line and not home.is_served():
        sys.stderr.write(f"sandbox: did not start; see {home.log_file}\n")
        return 7
    sys.stdout.write(line)
    return 0


def _own_streams(home: Home) -> None:
    """Take the log as output, and nothing as input."""
    log = os.open(home.log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)


def _tell(pipe: int, line: str) -> None:
    os.write(pipe, f"{line}\n".encode())
    os.close(pipe)


if __name__ == "__main__":
    sys.exit(main())
