"""kill -9 between and within the injected events of a drill; then a restart."""

from __future__ import annotations

import json
import signal
from datetime import timedelta

import pytest

from tests.kill_tests import actor
from tests.kill_tests.conftest import Place

pytestmark = pytest.mark.kill
SCRIPT = """
script: killed
title: {zh-CN: 练, en: x}
about: {zh-CN: 练, en: x}
events:
  - {at: 0, do: open, type: network_fault, level: 3, title: x, areas: [ZZ0101], services: [mobile], affected: 10}
  - {at: 0.1, do: update, affected: 20}
  - {at: 0.2, do: dial, provider: smtp, latency_ms: 5}
  - {at: 0.3, do: say, words: {zh-CN: 有人来电, en: Somebody calls.}}
  - {at: 0.4, do: dial, provider: smtp, latency_ms: 0}
"""
CASES = [("drill.before_commit", 2), ("drill.after_dial", 1)]


@pytest.mark.parametrize(("point", "nth"), CASES, ids=str)
def test_each_event_comes_once_whatever_dies(place: Place, point: str, nth: int) -> None:
    """R06: killed before an event is committed, or with the dial turned and nothing recorded: every event is on the
    record exactly once, in order, and the exercise stands as the script says."""
    place.begins(3, {})
    (place.home / actor.DRILL).write_text(SCRIPT, encoding="utf-8")

    assert -signal.SIGKILL == place.plays("drilled", failpoint=f"{point}=kill@{nth}"), place.log()
    assert 0 == place.plays("drilled", after=timedelta(minutes=2)), place.log()

    with place.record() as record:
        rows = record.rows("SELECT data FROM timeline WHERE kind = 'drill_injected' ORDER BY sequence")
        assert [1, 2, 3, 4] == [json.loads(row["data"])["number"] for row in rows]
        steps = record.rows("SELECT outcome FROM injections ORDER BY number")
        assert ["done"] * 4 == [row["outcome"] for row in steps]
        [updated] = record.rows("SELECT affected FROM incidents")
        assert 20 == json.loads(updated["affected"])["count"]
        said = record.rows("SELECT 1 FROM timeline WHERE kind = 'drill_said'")
        assert 1 == len(said)
    assert 0 == place.sandbox.dials()["smtp"]["latency_ms"]
    assert [] == place.verified()
