"""An entry is stopped while its page is being written: the page is written again at once (R20, R24)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from incidents.terms import Kind
from notifications.channels.web_files import WebFiles
from tests.house import House


@pytest.fixture
def after_writing(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """What happens, once, right after the next page is written."""
    waiting: list[Callable[[], object]] = []
    write = WebFiles.publish

    def publish(self: WebFiles, files: dict[str, bytes]) -> None:
        write(self, files)
        if waiting:
            waiting.pop()()

    monkeypatch.setattr(WebFiles, "publish", publish)
    return waiting


def test_what_is_stopped_while_it_is_written_is_on_no_page(
    house: House, after_writing: list[Callable[[], object]]
):
    """Nothing else would write it again: the stopped words would stand there until the next notice."""
    house.has_customers(sms=1)
    incident = house.alice.opens(level=3)
    house.alice.tells(incident)
    house.fast_forward(minutes=5)
    page = house.folder / "public" / "incidents" / incident.reference / "index.html"
    before = page.read_text("utf-8")
    update = house.alice.submits(incident, Kind.PROGRESS_UPDATE)
    after_writing.append(lambda: house.carol.stops(update))
    house.fast_forward(minutes=1)

    assert ("stopped", None) == (house.notice(update).state, house.notice(update).page_live_at)
    assert before == page.read_text("utf-8")
