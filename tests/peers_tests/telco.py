"""An operator who tells real customers: a home on the channels of others, people with keys, `tongbao run`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.peers_tests.peers import (
    LOCALHOST,
    PATIENCE_SECONDS,
    TWILIO_ACCOUNT,
    TWILIO_SENDER,
    TWILIO_TOKEN,
    Alertmanager,
    MailSink,
    PageServer,
    Peer,
    SlackEmulator,
    TwilioEmulator,
    free_port,
    until,
)

CUSTOMERS = """account,name,phone,email,language,area,services
A1,李雷,13800000001,a1@x.example,zh-CN,ZZ0101,mobile
A2,Bo,13800000002,,en,ZZ0101,mobile
A3,韩梅,,a3@x.example,zh-CN,ZZ0101,mobile
A4,Ann,13800000004,a4@x.example,en,ZZ0102,fixed_broadband
"""
"""The first three are hit by what happens to mobile service in ZZ0101; the fourth is not."""
TONGBAO = [sys.executable, "-c", "from cli.main import main; main()"]


class Telco:
    """Its peers, its home and its people."""

    def __init__(self, folder: Path, ending: ExitStack):
        self.folder = folder
        self._ending = ending
        self.home = folder / "home"
        self.home.mkdir()
        self.port = free_port()
        self.url = f"http://{LOCALHOST}:{self.port}"
        self.sms = self._until_the_end(TwilioEmulator(folder))
        self.slack = self._until_the_end(SlackEmulator(folder))
        self.mail = self._until_the_end(MailSink(folder))
        self.pages = self._until_the_end(PageServer(folder, folder / "pages"))
        (self.home / "tongbao.toml").write_text(self._settings(), encoding="utf-8")
        self.keys: dict[str, str] = {}
        self._hires()

    def _until_the_end(self, peer: Any) -> Any:
        self._ending.callback(peer.ends)
        return peer

    def _settings(self) -> str:
        return f"""
[sms]
provider = "twilio"
account_sid = "{TWILIO_ACCOUNT}"
sender = "{TWILIO_SENDER}"
base_url = "{self.sms.url}"

[email]
provider = "smtp"
host = "{LOCALHOST}"
port = {self.mail.port}
starttls = false

[web]
provider = "files"
folder = "{self.folder / "pages"}"
public_url = "{self.pages.url}"

[chat]
provider = "slack"
channel = "{self.slack.channel}"
base_url = "{self.slack.url}/api/"
language = "en"

[server]
port = {self.port}
public_url = "{self.url}"
"""

    @property
    def environment(self) -> dict[str, str]:
        """Of our processes: nothing of the tester's own settings, and secrets where they belong."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TONGBAO_")}
        return {
            **kept,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "TONGBAO_HOME": str(self.home),
            "TONGBAO_SMS__AUTH_TOKEN": TWILIO_TOKEN,
            "TONGBAO_CHAT__TOKEN": SlackEmulator.TOKEN,
        }

    def _hires(self) -> None:
        """The first key needs no key; every later one needs an admin's."""
        self.keys["hq"] = self.types("", "key", "create", "--user", "hq")["key"]
        self.types("hq", "user", "add", "alertmanager", "--role", "trigger")
        for name in ("alice", "bob", "alertmanager"):
            self.keys[name] = self.types("hq", "key", "create", "--user", name)["key"]
        file = self.folder / "customers.csv"
        file.write_text(CUSTOMERS, encoding="utf-8")
        self.types("hq", "customers", "import", str(file))

    def types(self, who: str, *words: str, code: int = 0) -> dict[str, Any]:
        """The document of a command that `who` types at a terminal of their own."""
        own = {"TONGBAO_KEY": self.keys[who]} if who else {}
        done = subprocess.run(
            [*TONGBAO, *words, "--json"],
            cwd=self.folder,
            env={**self.environment, **own},
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        assert code == done.returncode, done.stdout + done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def runs(self) -> Peer:
        """`tongbao run`, until the end of the test."""
        run = Peer("tongbao", self.folder, [*TONGBAO, "run"], self.environment)
        self._until_the_end(run)
        run.comes_up(self.port)
        return run

    def has_alertmanager(self) -> Alertmanager:
        webhook = f"{self.url}/v1/triggers/alertmanager"
        found: Alertmanager = self._until_the_end(
            Alertmanager(self.folder, webhook, self.keys["alertmanager"])
        )
        return found

    def record(self, reference: str) -> dict[str, Any]:
        return self.types("alice", "show", reference)

    def timeline(self, reference: str, kind: str) -> list[dict[str, Any]]:
        """The entries of one kind."""
        return [entry for entry in self.record(reference)["timeline"] if kind == entry["kind"]]

    def tells(self, reference: str, kind: str) -> dict[str, Any]:
        """Alice writes it, bob reads in the chat that he is asked and approves it, and it is told."""
        draft = self.types("alice", "notice", "draft", reference, kind)
        self.types("alice", "notice", "submit", str(draft["id"]))
        asked = f"approve {draft['id']}"
        until(lambda: any(asked in post["text"] for post in self.slack.messages()), "nobody is asked")
        self.types("bob", "approve", str(draft["id"]))
        found: dict[str, Any] = until(lambda: self._told(draft["id"]), f"the {kind} is not told")
        return found

    def _told(self, notice: int) -> dict[str, Any] | None:
        found = self.types("alice", "notice", "status", str(notice))
        return found if "told" == found["state"] else None

    def counts(self, notice: dict[str, Any], channel: str) -> dict[str, int]:
        """state -> deliveries of one channel, as they are now."""
        now = self.types("alice", "notice", "status", str(notice["id"]))
        found: Counter[str] = Counter()
        for row in now["by"]:
            found.update(row["counts"] if channel == row["channel"] else {})
        return dict(+found)
