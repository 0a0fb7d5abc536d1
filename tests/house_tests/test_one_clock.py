"""One clock: outside wiring/clock.py nothing of ours asks what time it is."""

from __future__ import annotations

import re

from tests.house_tests.tree import ROOMS, mentions, modules

WALL = {
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
}
"""time.monotonic and time.perf_counter measure spans, and no record ever holds them."""
MAY_READ = {
    "wiring/clock.py": "it is the clock",
    "sandbox/moment.py": "the providers' own time: the sandbox is another process and shares nothing of ours",
    "benchmarks/home.py": "the onset of a measured incident; a benchmark stands where the operator stands",
}
SQL_NOW = re.compile(r"func\.now|current_timestamp|current_date|julianday|'now'", re.IGNORECASE)


def test_only_the_clock_reads_the_wall() -> None:
    """Two clocks in one act judge one window twice; whoever reads the time is on a short list."""
    source = modules(*ROOMS, "benchmarks")

    assert sorted(MAY_READ) == sorted(path for path, text in source.items() if mentions(text, WALL))


def test_sql_never_asks_the_time() -> None:
    """The instant of an act is read once and passed on; a database's own time would be a second clock."""
    assert [] == [path for path, text in modules("storage").items() if SQL_NOW.search(text)]


def test_every_way_to_read_the_wall_is_seen() -> None:
    """An alias, a bare reference and a default factory are readings too; spans are not."""
    planted = """
import time, datetime as dt
from datetime import UTC, datetime
from time import time_ns as stamp
a = datetime.now(UTC)
b = dt.date.today()
c = field(default_factory=datetime.utcnow)
d = stamp()
e = time.time()
f = time.monotonic() + time.perf_counter() + clock.now() + self.time.time()
"""

    assert [5, 6, 7, 8, 9] == mentions(planted, WALL)
    assert SQL_NOW.search("text('select CURRENT_TIMESTAMP')")
