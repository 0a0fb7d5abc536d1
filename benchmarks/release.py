"""Release to settled: a released notice through the whole coordinator, beside a bare loop over its client.

Every turn is a process of its own on a fresh home: `python -m benchmarks.release ours|peer|count HOME URL N`.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks import home as homes
from benchmarks.figure import Figure, child, in_turns
from benchmarks.sink import Sink, ceiling
from coordinator import notices
from incidents.terms import Channel
from notifications.notice import Notice
from wiring.app import App
from worker.engine import Engine

THREADS = 8
"""As the settings have it when nobody says otherwise."""
PATIENCE_SECONDS = 600


def figure(n: int, pairs: int) -> Figure:
    """Ours ≥ 0.7 of the bare loop. Refused when either comes near what the sink can take."""
    used: dict[str, list[float]] = {"ours": [], "peer": []}
    with tempfile.TemporaryDirectory() as folder:
        most = ceiling(Path(folder), homes.create_form())
    ours, peer = in_turns(
        pairs, lambda: _turn("ours", n, used["ours"]), lambda: _turn("peer", n, used["peer"])
    )
    fastest = n / min(*ours, *peer)
    cost = {role: statistics.median(seconds) / n * 1e6 for role, seconds in used.items()}
    return Figure(
        name=f"release to settled, {n:,} SMS",
        against="bare loop over the same twilio client and threads, no record",
        ours=ours,
        peer=peer,
        amount=n,
        at_least=0.7,
        refused=f"the sink takes {most:,.0f}/s" if fastest > most / 2 else "",
        notes=(
            (
                f"sink alone {most:,.0f}/s; CPU per SMS {cost['ours']:.0f} µs ours, {cost['peer']:.0f} µs peer; "
                f"{THREADS} threads; journal WAL, synchronous FULL; recipients, texts and rows counted afterwards"
            ),
        ),
    )


def _turn(role: str, n: int, used: list[float]) -> float:
    """One run on a fresh home and a fresh sink; returns its seconds after everything has been counted."""
    with (
        tempfile.TemporaryDirectory() as home,
        tempfile.TemporaryDirectory() as public,
        Sink(Path(public)) as sink,
    ):
        said = child("benchmarks.release", role, home, sink.url, public, n)
        _everybody_once(sink.ledger(), n)
        if role == "ours":
            counted = child("benchmarks.release", "count", home)
            assert counted == {"accepted": n, "outcomes": n, "told": 1}, counted
    used.append(float(said["cpu"]))
    return float(said["seconds"])


def _everybody_once(ledger: Counter[tuple[str, str]], n: int) -> None:
    """set(recipients) = audience, and nobody and no attempt came twice."""
    recipients = Counter(to for (to, _), times in ledger.items() for _ in range(times))
    assert {homes.phone(i) for i in range(1, n + 1)} == set(recipients)
    twice = sum(times - 1 for times in recipients.values())
    assert twice == 0, f"{twice} duplicates"


def main() -> int:
    role, home, *more = sys.argv[1:]
    if role == "count":
        print(json.dumps(_count(Path(home))))
        return 0
    url, public, n = more
    app = homes.opened(homes.settings(url, Path(public), THREADS), Path(home))
    notice = homes.submitted(app, int(n))
    used = _cpu()
    seconds = {"ours": _ours, "peer": _peer}[role](app, notice)
    print(json.dumps({"seconds": seconds, "cpu": _cpu() - used}))
    return 0


def _count(home: Path) -> dict[str, int]:
    """What a new process finds in the reopened database."""
    questions = {
        "accepted": "SELECT count(*) FROM deliveries WHERE channel = 'sms' AND state = 'accepted'",
        "outcomes": "SELECT count(DISTINCT o.delivery_id) FROM outcomes o JOIN deliveries d "
        "ON d.id = o.delivery_id WHERE d.channel = 'sms' AND o.outcome = 'accepted'",
        "told": "SELECT count(*) FROM notices WHERE told_at IS NOT NULL",
    }
    with homes.reader(home) as line:
        return {name: line.execute(question).fetchone()[0] for name, question in questions.items()}


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _ours(app: App, notice: Notice) -> float:
    """Approve, and let the engine work until the last outcome is settled."""
    engine = Engine(app)
    engine.start()
    begun = time.perf_counter()
    app.coordinator.act("approve", homes.BOB, notices.approve, notice.id)
    app.bell.ring()
    with homes.reader(app.home) as line:
        while line.execute("SELECT told_at FROM notices").fetchone()[0] is None:
            assert time.perf_counter() - begun < PATIENCE_SECONDS
            time.sleep(0.02)
    taken = time.perf_counter() - begun
    engine.stop()
    app.close()
    return taken


def _peer(app: App, notice: Notice) -> float:
    """The same creates with the same parameters, in a bare loop on the same number of threads."""
    channel: Any = app.channel(Channel.SMS, exercise=False)
    with app.database.transaction() as tx:
        texts = tx.notices.texts(notice.id)
        members = list(tx.audience.members(notice.id))
    rows = [
        (f"{at}.1", member.phone, texts[(member.form, Channel.SMS, member.language)].body)
        for at, member in enumerate(members, 1)
    ]
    begun = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        for _ in pool.map(partial(_create, channel, app.settings.sms.sender, notice.id), rows):
            pass
    taken = time.perf_counter() - begun
    app.close()
    return taken


def _create(channel: Any, sender: str, notice: int, row: tuple[str, str, str]) -> None:
    attempt, to, body = row
    query = urlencode({"attempt": attempt, "notice": notice})
    channel._line.begin()
    channel._messages.create(
        to=to,
        body=body,
        from_=sender,
        validity_period=36_000,
        status_callback=f"{homes.PUBLIC_URL}/callbacks/twilio?{query}",
    )


if __name__ == "__main__":
    sys.exit(main())
