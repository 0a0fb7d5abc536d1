"""Start-up: whole processes, from nothing to their last byte."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import home as homes
from benchmarks.figure import Figure, environment, in_turns
from wiring.app import key_digest, new_key

CLICK = ("-c", "import click, sqlite3")
TABLES = ("-c", "import click, sqlite3, sqlalchemy")
HELP = ("-m", "cli.main", "--help")
BOARD = ("-m", "cli.main", "board", "--json")


def help_(pairs: int) -> Figure:
    """`tongbao --help` ≤ 1.5 × the libraries that it cannot do without."""
    env = environment()
    _seconds(HELP, env), _seconds(CLICK, env)
    ours, peer = in_turns(pairs, lambda: _seconds(HELP, env), lambda: _seconds(CLICK, env))
    against = "python -c 'import click, sqlite3'"
    return Figure("start-up, tongbao --help", against, ours, peer, at_most=1.5)


def board(pairs: int) -> Figure:
    """`tongbao board` on a home with one open incident, beside importing its libraries."""
    with tempfile.TemporaryDirectory() as home:
        env = _home_with_an_incident(Path(home))
        _seconds(BOARD, env), _seconds(TABLES, env)
        ours, peer = in_turns(pairs, lambda: _seconds(BOARD, env), lambda: _seconds(TABLES, env))
    against = "python -c 'import click, sqlite3, sqlalchemy'"
    return Figure("start-up, tongbao board", against, ours, peer)


def _home_with_an_incident(home: Path) -> dict[str, str]:
    """The environment of somebody with a key; no sandbox is started."""
    settings = homes.settings("http://127.0.0.1:9", home / "public", 8)
    app = homes.opened(settings, home)
    homes.submitted(app, 10)
    key = new_key()
    with app.database.transaction() as tx:
        tx.people.add_key("alice", key_digest(key), app.clock.now())
    app.close()
    return environment(TONGBAO_HOME=str(home), TONGBAO_KEY=key, **homes.variables(settings))


def _seconds(arguments: tuple[str, ...], env: dict[str, str]) -> float:
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True, env=env, cwd=os.getcwd()
    )
    return time.perf_counter() - begun
