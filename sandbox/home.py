"""Where a sandbox lives on disk: its folder, its lock, its address and its ports.

Only loopback is ever bound, and one live sandbox at most serves a home.
"""

import fcntl
import json
import os
import secrets
import socket
import sys
from pathlib import Path
from typing import Any

LOOPBACK = "127.0.0.1"


class PortTakenError(Exception):
    """A port that was asked for by number is in use by another program."""


class Home:
    """The paths of one home; makes the folders it needs."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self.folder = self.root / "sandbox"
        self.public = self.root / "public"
        self.exercise = self.root / "exercise"
        self.address_file = self.folder / "address.json"
        self.database = self.folder / "sandbox.db"
        self.log_file = self.folder / "serve.log"
        self.lock_file = self.folder / "lock"

    def prepare(self) -> None:
        """Make the folders; the sandbox's own is private to its owner."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.public.mkdir(parents=True, exist_ok=True)

    def address(self) -> dict[str, Any]:
        """The last written address; empty before the first start."""
        try:
            found = json.loads(self.address_file.read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def write_address(self, address: dict[str, Any]) -> None:
        """Replace the address file in one step, readable by its owner only."""
        temporary = self.address_file.with_suffix(".new")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(json.dumps(address, indent=1) + "\n")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.address_file)

    def take_lock(self) -> int | None:
        """The lock's descriptor, to be held for life, or None when another process holds it."""
        descriptor = os.open(self.lock_file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return descriptor

    def is_served(self) -> bool:
        """Whether a live process holds the lock."""
        if not self.lock_file.exists():
            return False
        descriptor = self.take_lock()
        if descriptor is not None:
            os.close(descriptor)
        return descriptor is None

    def credentials(self) -> tuple[str, str]:
        """(account sid, auth token): made once per home, kept ever after."""
        known = self.address()
        sid = known.get("account_sid") or "AC" + secrets.token_hex(16)
        return str(sid), str(known.get("auth_token") or secrets.token_hex(16))

    def remembered_port(self, key: str) -> int | None:
        """The port of an earlier start: key is `http`, `twilio`, `slack` or `smtp`."""
        known = self.address()
        if key == "smtp":
            return known.get("smtp_port")
        port = str(known.get(key, "")).rpartition(":")[2]
        return int(port) if port.isdigit() else None


def bound(port: int) -> socket.socket:
    """A loopback socket holding `port` (0 = any); until it listens, connections are refused."""
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind((LOOPBACK, port))
    except OSError:
        held.close()
        raise
    held.setblocking(False)
    return held


def choose_port(asked: int | None, remembered: int | None) -> socket.socket:
    """A held socket: the port asked for, else the remembered one, else a free one."""
    if asked:
        try:
            return bound(asked)
        except OSError as error:
            raise PortTakenError(f"port {asked} on {LOOPBACK} is in use: choose another one") from error
    try:
        return bound(remembered or 0)
    except OSError:
        sys.stderr.write(f"sandbox: the earlier port {remembered} is in use; taking a free one\n")
        return bound(0)
