"""Release to settled: a released notice through the whole coordinator, beside a bare loop over its client.

Each turn is a process of its own: `python -m benchmarks.release ours|peer|stock HOME URL FOLDER N`.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import home as homes
from coordinator import notices
from incidents.terms import Channel
from notifications.notice import Notice
from wiring.app import App
from worker.engine import Engine

THREADS = 8
"""As the settings have it when nobody says otherwise."""


def main() -> int:
    role, home, url, folder, n = sys.argv[1:6]
    app = homes.opened(homes.settings(url, Path(folder), THREADS), Path(home))
    notice = homes.submitted(app, int(n))
    used = _cpu()
    seconds = {"ours": _ours, "peer": _peer}[role](app, notice)
    print(json.dumps({"seconds": seconds, "cpu": _cpu() - used}))
    return 0


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
        question = "SELECT count(*) FROM deliveries WHERE state = 'accepted' AND channel = 'sms'"
        told = "SELECT told_at FROM notices"
        while line.execute(told).fetchone()[0] is None:
            time.sleep(0.02)
        taken = time.perf_counter() - begun
        assert notice.audience_size == line.execute(question).fetchone()[0]
    engine.stop()
    app.close()
    return taken


def _peer(app: App, notice: Notice) -> float:
    """The same creates, in a bare loop on the same number of threads: no record, no states."""
    channel: Any = app.channel(Channel.SMS)
    with app.database.transaction() as tx:
        texts = tx.notices.texts(notice.id)
        members = list(tx.audience.members(notice.id))
    rows = [
        {
            "to": member.phone,
            "body": texts[(member.form, Channel.SMS, member.language)].body,
            "from_": app.settings.sms.sender,
            "validity_period": 36_000,
            "status_callback": f"{homes.PUBLIC_URL}/callbacks/twilio?attempt={at}.1&notice={notice.id}",
        }
        for at, member in enumerate(members, 1)
    ]
    begun = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        for _ in pool.map(partial(_create, channel), rows):
            pass
    taken = time.perf_counter() - begun
    app.close()
    return taken


def _create(channel: Any, row: dict[str, Any]) -> None:
    channel._wire.begin({})
    channel._messages.create(**row)


if __name__ == "__main__":
    sys.exit(main())
