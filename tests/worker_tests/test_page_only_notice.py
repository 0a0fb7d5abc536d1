"""A notice that goes by the page alone, beside those that do not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from incidents.terms import Kind
from sandbox.client import Sandbox
from tests.house import House
from wiring.settings import Settings


@pytest.fixture
def paced(tmp_path: Path) -> Iterator[House]:
    """A house whose SMS sender has a rate."""
    sandbox = Sandbox(tmp_path)
    sandbox.start()
    built = House(tmp_path, sandbox, Settings.model_validate({"sms": {"parts_per_second": 10}}))
    yield built
    built.close()
    sandbox.stop()


def test_a_page_only_notice_does_not_stop_the_sms_lane(paced: House):
    """A notice without SMS that waits for its page leaves the SMS of others alone (I23)."""
    paced.has_customers(sms=3)
    quiet = paced.alice.opens(level=3)
    paced.alice.tells(quiet)
    paced.alice.submits(quiet, Kind.PROGRESS_UPDATE)
    loud = paced.alice.opens(level=3)
    notice = paced.alice.submits(loud)

    paced.fast_forward(seconds=11)

    assert 3 == len(paced.told("sms", notice))
