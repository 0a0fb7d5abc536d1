"""Processes that are quick to start: forked from a server that has everything loaded, and as real as any other."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sandbox.__main__ import main
from sandbox.client import Sandbox, SandboxError

# 20 ms instead of a fraction of a second for each interpreter. SIGKILL is no less final.
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(
    [
        "pytest",
        "tests.kill_tests.actor",
        "web.serve",
        "notifications.channels.sms_twilio",
        "sandbox.__main__",
        "sandbox.server",
    ]
)


class ForkedSandbox(Sandbox):
    """The sandbox's own process; how it starts as a program is tested in tests/sandbox_tests."""

    _process: Any = None

    def _spawn(self, timeout: float, options: tuple[str, ...]) -> None:
        self._home.prepare()
        words = ("serve", "--home", str(self._home.root), *options)
        heard, told = processes.Pipe(duplex=False)
        self._process = processes.Process(target=main, args=(words, told.send), daemon=True)
        self._process.start()
        told.close()
        with heard:
            if not heard.poll(timeout):
                raise SandboxError(f"the sandbox did not start within {timeout} s")
            try:
                heard.recv()
            except EOFError as error:
                raise SandboxError("the sandbox did not start: its process has ended") from error

    def kill(self) -> None:
        """End it at once, whatever it is doing: nobody asks it any more."""
        if self._process is not None:
            self._process.kill()
            self._process.join()


@contextmanager
def sandbox_in(home: Path) -> Iterator[Sandbox]:
    """A sandbox that runs in this folder until the story is over."""
    sandbox = ForkedSandbox(home)
    sandbox.start()
    try:
        yield sandbox
    finally:
        sandbox.kill()
