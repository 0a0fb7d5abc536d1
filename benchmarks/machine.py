"""The machine under the figures: without these lines the absolute numbers say nothing."""

from __future__ import annotations

import os
import platform
import statistics
import sys
import tempfile
import time

from storage.database import sqlite_module


def fsync_milliseconds(times: int = 50) -> float:
    """The median time that one small append takes to reach the disk, where the benchmarks have their homes."""
    taken = []
    with tempfile.NamedTemporaryFile() as file:
        for _ in range(times):
            os.write(file.fileno(), b"x" * 4096)
            begun = time.perf_counter()
            os.fsync(file.fileno())
            taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


def described() -> str:
    """Cores, their load, Python, SQLite and the fsync time in one line."""
    return (
        f"{os.cpu_count()} cores (load {os.getloadavg()[0]:.1f} at the start), Python {platform.python_version()}, "
        f"SQLite {sqlite_module().sqlite_version}, fsync {fsync_milliseconds():.2f} ms, {sys.platform}"
    )
