"""Everybody who moves an incident, in one process that may die anywhere: people, a cron job, the provider.

Looks at the record and does what is missing, so it may be run again after a kill at any place.
By hand: TONGBAO_FAILPOINT=deliver.after_call=kill python -m tests.kill_tests.actor HOME told 2026-10-14T06:15Z
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from datetime import datetime, timedelta
from pathlib import Path

import wiring.channels  # noqa: F401 - loaded before the fork, as the three above
from cli.main import EXIT_CODES, main
from incidents.incident import Incident
from incidents.lifecycle import OPEN
from incidents.terms import Channel, Kind, NoticeState, Status
from notifications.message import CallbackRequest
from notifications.notice import Notice
from notifications.states import State
from sandbox.receipts import signature
from wiring.app import build
from wiring.clock import ManualClock
from wiring.settings import load
from worker import pump

ALARM = "alarm.json"
LOG = "actor.log"
DRILL = "drill.yaml"
PUBLIC_URL = "http://127.0.0.1:9"
"""Our own address as the provider's callbacks name it; the callbacks themselves are made here."""
LOOKED_UP = timedelta(minutes=12)
"""Long enough for every look-up, re-send and second channel after one kill."""
POLLED_OUT = timedelta(minutes=75)
"""Long enough for the last poll of a message without a receipt."""


class Actor:
    """One process on one home, at an instant of virtual time that only it moves."""

    def __init__(self, home: Path, now: datetime):
        os.environ |= {
            "TONGBAO_HOME": str(home),
            "TONGBAO_SERVER__PUBLIC_URL": PUBLIC_URL,
            "TONGBAO_CHAT__PROVIDER": "sandbox",
        }
        self.home = home
        self.clock = ManualClock(now)
        self.app = build(load(None, os.environ), home, self.clock)

    def tells(self) -> None:
        """From the alarm to the first notice settled. Alice acts when the first warning reminds her."""
        self.hears_alarm()
        incident = self.incident()
        with self.app.database.transaction() as tx:
            window = tx.windows.of_incident(incident.id)[0]
        if not any(rung.fired_at for rung in window.rungs):
            pump.forward(self.app, self.clock, window.next_look_at or self.clock.now())
        self.sends(Kind.FIRST_NOTICE)
        self.waits(LOOKED_UP)
        self.hears_receipts()

    def ends(self) -> None:
        """From the first notice to the resolution notice settled, and the last poll made."""
        incident = self.incident()
        if incident.status in OPEN and incident.status != Status.RESTORED:
            self.says("restored", incident.reference, "--as", "alice")
        if self.incident().resolved_at is None:
            self.says("resolve", incident.reference, "--as", "alice")
        self.sends(Kind.RESOLUTION_NOTICE)
        self.waits(LOOKED_UP)
        self.hears_receipts()
        self.waits(POLLED_OUT)

    def sends(self, kind: Kind) -> None:
        """Alice submits what is drafted, bob approves what is submitted."""
        notice = self.newest(kind)
        if notice.state == NoticeState.DRAFT:
            self.says("notice", "submit", str(notice.id), "--as", "alice")
        if self.newest(kind).state == NoticeState.SUBMITTED:
            self.says("approve", str(notice.id), "--as", "bob")

    def waits(self, span: timedelta) -> None:
        """Let time pass, doing at each instant what is due then."""
        pump.forward(self.app, self.clock, self.clock.now() + span)

    def hears_alarm(self) -> None:
        """The sender repeats an alarm until it has an answer, and long after."""
        self.says("trigger", "alertmanager", str(self.home / ALARM), "--as", "alice")

    def hears_receipts(self) -> None:
        """Callbacks for every second accepted message; the others are polled for, in vain."""
        with self.app.database.transaction() as tx:
            rows = [row for notice in tx.notices.busy() for row in tx.deliveries.first(notice.id, 1000)]
        accepted = [r for r in rows if (r.channel, r.state) == (Channel.SMS, State.ACCEPTED)]
        for row in accepted[::2]:
            form = {"MessageSid": row.reference or "", "MessageStatus": "delivered"}
            path = f"/callbacks/twilio?attempt={row.attempt}&notice={row.notice_id}"
            token = self.app.sandbox.address["auth_token"]
            signed = {"x-twilio-signature": signature(token, PUBLIC_URL + path, form)}
            self.app.receipt("twilio", CallbackRequest(path, signed, form))
        pump.drain(self.app)

    def says(self, *words: str) -> None:
        """One command of a person. Somebody else having done it is no failure."""
        os.environ["TONGBAO_NOW"] = self.clock.now().isoformat()
        code = main(words)
        if code not in (0, EXIT_CODES["conflict"]):
            raise RuntimeError(f"tongbao {' '.join(words)} ended with {code}")

    def incident(self) -> Incident:
        with self.app.database.transaction() as tx:
            return tx.incidents.all()[0]

    def newest(self, kind: Kind) -> Notice:
        with self.app.database.transaction() as tx:
            return [n for n in tx.notices.of_incident(tx.incidents.all()[0].id) if n.kind == kind][-1]


def told(actor: Actor) -> None:
    actor.tells()


def whole(actor: Actor) -> None:
    actor.tells()
    actor.ends()


def released(actor: Actor) -> None:
    actor.hears_alarm()
    actor.sends(Kind.FIRST_NOTICE)


def hurried(actor: Actor) -> None:
    """Everything that can be done at this very instant."""
    released(actor)
    pump.drain(actor.app)


def ticked(actor: Actor) -> None:
    """Nobody does anything: only the cron job ticks."""
    actor.hears_alarm()
    pump.drain(actor.app)


def confirmed(actor: Actor) -> None:
    """Alice confirms and submits; whoever has to approve is asleep."""
    actor.hears_alarm()
    actor.says("confirm", actor.incident().reference, "--as", "alice")
    actor.says("notice", "submit", str(actor.newest(Kind.FIRST_NOTICE).id), "--as", "alice")
    pump.drain(actor.app)


def drilled(actor: Actor) -> None:
    """A drill by the script that lies in the home: begun once, then only time passes."""
    with actor.app.database.transaction() as tx:
        begun = bool(tx.incidents.all())
    if not begun:
        actor.says("drill", "start", str(actor.home / DRILL), "--as", "alice")
    actor.waits(timedelta(minutes=1))


STAGES: dict[str, Callable[[Actor], None]] = {
    stage.__name__: stage for stage in (told, whole, released, hurried, ticked, confirmed, drilled)
}


def serve(home: Path) -> None:
    """`tongbao run` on the clock of the wall."""
    os.environ["TONGBAO_HOME"] = str(home)
    with (home / LOG).open("a") as log, redirect_stdout(log), redirect_stderr(log):
        sys.exit(main(("run", "--port", "0")))


def turns(home: Path, *words: str) -> None:
    """A part of `tongbao run` in a process of its own: clock, worker or web."""
    os.environ["TONGBAO_HOME"] = str(home)
    with (home / LOG).open("a") as log, redirect_stdout(log), redirect_stderr(log):
        sys.exit(main(words))


def run(home: Path, stage: str, now: datetime, failpoint: str = "") -> None:
    """Play one stage; exits 1 with its traceback in the log when it fails."""
    os.environ["TONGBAO_FAILPOINT"] = failpoint
    with (home / LOG).open("a") as log, redirect_stdout(log), redirect_stderr(log):
        try:
            actor = Actor(home, now)
            STAGES[stage](actor)
            actor.app.close()
        except Exception:  # noqa: BLE001 - the top of a process: the log says it, the exit code tells
            traceback.print_exc()
            sys.exit(1)


if __name__ == "__main__":
    run(Path(sys.argv[1]), sys.argv[2], datetime.fromisoformat(sys.argv[3]), os.environ["TONGBAO_FAILPOINT"])
