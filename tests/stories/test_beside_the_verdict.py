"""What `explain` shows beside a verdict: sizes, first and last answer, receipts, drain time, and the onset's view."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cli.beside import beside as sentences
from cli.words import words
from coordinator import beside, report
from coordinator import delivery as verbs
from coordinator.act import Act
from coordinator.views import iso
from incidents.incident import Incident
from incidents.terms import Kind
from notifications.message import Receipt, ReceiptStatus
from notifications.notice import Notice
from rendering.reports import markdown
from reports.handling import HandlingReport
from tests.house import QUIET, START, House
from windows.window import Window
from wiring.settings import Settings, Sms

HOUR = timedelta(hours=1)


def seen(house: House, window: Window) -> dict[str, Any]:
    """The document of what stands beside a window's verdict."""

    def looks(act: Act) -> tuple[dict[str, Any], list[Any]]:
        return beside.document(beside.of_window(act, act.tx.windows.get(window.id))), []

    found: dict[str, Any] = house.app.coordinator.act("read", house.alice.actor, looks)
    return found


def says(house: House, window: Window, language: str = "en") -> list[str]:
    """The sentences of `explain` about it; instants are said by hours and minutes in UTC."""
    shown = {
        "incident": "ZZ-1",
        "started_at": iso(window.started_at),
        "told_at": iso(window.told_at),
        "beside": seen(house, window),
    }
    return sentences(shown, words(language), lambda at: at[11:16])


def receipts(house: House, notice: Notice, *statuses: ReceiptStatus) -> None:
    """The provider's final words on the first texts of a notice."""
    for row, status in zip(house.deliveries(notice, "sms"), statuses, strict=False):
        one = Receipt("twilio", row.reference or "", row.attempt, status, "")
        house.app.coordinator.system(verbs.store_receipt, one)
    house.works()


def drawn(house: House, incident: Incident) -> HandlingReport:
    """The handling report of an incident as it stands."""
    found: HandlingReport = house.app.coordinator.act(
        "read", house.alice.actor, report.handling_report, incident.reference
    )
    return found


@pytest.mark.parametrize(
    ("customers", "affected", "share", "asked"),
    [(8, 10, 80, False), (7, 9, 77, True), (10, 8, 125, False), (3, 0, None, False)],
)
def test_the_audience_stands_beside_the_affected_figure(
    house: House, customers: int, affected: int, share: int | None, asked: bool
):
    """Under 80 % of the affected figure a reason is asked for, at 80 % it is not ("Beside the verdict")."""
    house.has_customers(sms=customers)
    incident = house.alice.opens(level=2, affected=affected)
    assert seen(house, house.window(incident, "first_notice"))["audience"] is None

    house.alice.tells(incident)

    window = house.window(incident, "first_notice")
    found = seen(house, window)
    assert (customers, affected, share, asked) == (
        found["audience"],
        found["affected"],
        found["audience_percent"],
        found["needs_reason"],
    )
    assert "met" == window.state
    assert asked == any("needs a reason" in line for line in says(house, window))


def test_unknown_figures_are_said_to_be_unknown(house: House):
    """Without an affected figure and an onset nothing is made up: no share, no reason asked, no view of the onset."""
    house.has_customers(sms=2)
    incident = house.alice.opens(level=2, affected=None, onset=None)
    house.alice.tells(incident)

    window = house.window(incident, "first_notice")
    found = seen(house, window)
    assert (2, None, None, False) == (
        found["audience"],
        found["affected"],
        found["audience_percent"],
        found["needs_reason"],
    )
    assert found["by_onset"] is None
    assert "its audience: 2 people; how many are affected is not known" == says(house, window)[0]
    assert "对象2人；受影响业务数尚不明确" == says(house, window, "zh-CN")[0]


def test_those_who_joined_later_count_to_the_audience(house: House):
    """Those who joined after the first notice are of its audience; their own window names no share (M11)."""
    house.has_customers(sms=4)
    house.has_customers(sms=4, area="ZZ0102")
    incident = house.alice.opens(level=2, affected=10)
    house.alice.tells(incident)
    house.alice.updates(incident, areas=("ZZ0101", "ZZ0102"))
    joined = house.window(incident, "first_notice", 2)
    house.alice.tells(incident)

    assert 8 == seen(house, house.window(incident, "first_notice", 1))["audience"]
    assert seen(house, joined)["audience"] is None


def test_first_and_last_answer(house: House):
    """The first acceptance and the last answer are by our clock; what comes after the telling moves neither."""
    house.has_customers(email=2, sms=3)
    house.sandbox.dial("twilio", down=1)
    incident = house.alice.opens(level=2, affected=5)
    notice = house.alice.tells(incident)

    waiting = seen(house, house.window(incident, "first_notice"))
    assert (iso(START), None) == (waiting["first_accepted_at"], waiting["all_answered_at"])

    house.sandbox.calm()
    house.looks_every(minutes=5, until=START + HOUR)
    window = house.window(incident, "first_notice")
    receipts(house, notice, ReceiptStatus.DELIVERED, ReceiptStatus.DELIVERED, ReceiptStatus.UNDELIVERED)

    found = seen(house, window)
    assert START < window.told_at
    assert (iso(START), iso(window.told_at)) == (found["first_accepted_at"], found["all_answered_at"])


def test_the_last_answer_where_the_page_comes_last(house: House):
    """Everybody was answered before the page was live; the receipts that came meanwhile answer nobody."""
    house.has_customers(sms=2)
    incident = house.alice.opens(level=2, affected=2)
    (house.folder / "public").rename(house.folder / "public.away")
    (house.folder / "public").write_text("in the way")
    notice = house.bob.approves(house.alice.submits(incident))
    house.fast_forward(minutes=1)
    answered = seen(house, house.window(incident, "first_notice"))["all_answered_at"]
    receipts(house, notice, ReceiptStatus.DELIVERED, ReceiptStatus.DELIVERED)
    assert {"delivered": 2} == house.counts(notice, "sms")

    (house.folder / "public").unlink()
    (house.folder / "public.away").rename(house.folder / "public")
    house.fast_forward(minutes=30)

    window = house.window(incident, "first_notice")
    assert iso(window.told_at) > answered > iso(START)
    assert answered == seen(house, window)["all_answered_at"]


def test_receipts_give_a_ratio_where_there_are_any(house: House):
    """Delivered ÷ accepted of the channels whose receipts came; a quality figure that changes no verdict (AMB-07)."""
    house.has_customers(email=5, sms=4)
    incident = house.alice.opens(level=2, affected=9)
    notice = house.alice.tells(incident)
    window = house.window(incident, "first_notice")
    assert seen(house, window)["delivered_ratio"] is None

    receipts(house, notice, *[ReceiptStatus.DELIVERED] * 3, ReceiptStatus.UNDELIVERED)

    found = seen(house, window)
    assert (4, 3, 1, 0.75) == tuple(
        found[name] for name in ("accepted", "delivered", "undelivered", "delivered_ratio")
    )
    assert "receipts: 3 of 4 messages taken are delivered (75 %), not delivered: 1" in says(house, window)
    assert "回执：受理4条，已送达3条（75%），未送达1条" in says(house, window, "zh-CN")
    assert window == house.window(incident, "first_notice")


class TestDrain:
    """A provider that queues."""

    @pytest.fixture
    def settings(self) -> Settings:
        return QUIET.model_copy(update={"sms": Sms(drain_seconds=600)})

    def test_a_declared_drain_time_stands_beside_the_told_instant(self, house: House):
        """Accepted is not yet left: the declared queue is named, of the channel that was used (I9 is untouched)."""
        house.has_customers(sms=2)
        incident = house.alice.opens(level=2, affected=2)
        assert {} == seen(house, house.window(incident, "first_notice"))["drain_seconds"]

        house.alice.tells(incident)

        window = house.window(incident, "first_notice")
        assert {"sms": 600} == seen(house, window)["drain_seconds"]
        assert "sms: the provider is declared to queue for up to 10 min, so until 06:25" in says(
            house, window
        )
        assert "短信：申报的通道商排队时间最长10分钟，即至 06:25" in says(house, window, "zh-CN")
        assert START == window.told_at


@pytest.mark.parametrize(
    ("told_after", "state", "english", "chinese"),
    [
        (timedelta(minutes=60), "met", "met by 30 min", "提前30分钟"),
        (timedelta(minutes=90), "met", "met by 0 s", "提前0秒"),
        (timedelta(minutes=116), "missed", "missed by 26 min", "超时26分钟"),
    ],
)
def test_the_view_of_the_onset_counts_for_nothing(
    house: House, told_after: timedelta, state: str, english: str, chinese: str
):
    """Met from awareness, missed from the onset half an hour before: information, the verdict stays (AMB-05)."""
    house.has_customers(sms=1)
    incident = house.alice.opens(level=2, onset=START - HOUR / 2)
    house.fast_forward(until=START + told_after)
    house.alice.tells(incident)

    window = house.window(incident, "first_notice")
    found = seen(house, window)["by_onset"]
    assert ("met", state, iso(START + 1.5 * HOUR)) == (window.state, found["state"], found["due_at"])
    line, said = says(house, window)[-1], says(house, window, "zh-CN")[-1]
    assert (
        f"for information, it counts for nothing: from the onset, 05:45, it was due 07:45; {english}" == line
    )
    assert said.startswith("仅供参考，不作判定：自发生时刻 05:45 起算，到期为 07:45，")
    assert chinese in said


def test_the_view_of_the_onset_while_it_is_owed(house: House):
    """Open until the onset's due instant, missed after it; only what counts from awareness has one (AMB-05)."""
    house.has_customers(sms=1)
    incident = house.alice.opens(level=2, onset=START - HOUR)
    window = house.window(incident, "first_notice")
    house.fast_forward(hours=1)
    assert "open" == seen(house, window)["by_onset"]["state"]
    assert says(house, window)[-1].endswith("from the onset, 05:15, it is due 07:15")

    house.fast_forward(seconds=1)
    assert ("missed", 1.0) == tuple(
        seen(house, window)["by_onset"][name] for name in ("state", "seconds_late")
    )
    assert "open" == house.window(incident, "first_notice").state

    house.alice.tells(incident)
    house.alice.resolves(incident)
    assert seen(house, house.window(incident, Kind.RESOLUTION_NOTICE))["by_onset"] is None


def test_the_handling_report_says_the_same(house: House):
    """Of a first notice that was told, in both languages; a window of nobody's onset and figure makes nothing up."""
    house.has_customers(sms=2)
    known = house.alice.opens(level=3, affected=4, onset=START - 5 * HOUR)
    unknown = house.alice.opens(level=3, affected=None, onset=None, area="ZZ0102", services=("internet",))
    assert {} == drawn(house, known).beside
    for incident in (known, unknown):
        house.alice.tells(incident)

    english = markdown(drawn(house, known), "en", "UTC")
    assert (
        "First notice 1: audience: 2 people; 4 services affected; that is 50 %; under 80 % of the" in english
    )
    assert "from the onset it was due 2026-10-14 05:15:00+00:00; missed by 1 h" in english
    chinese = markdown(drawn(house, known), "zh-CN", "UTC")
    assert "：对象2人；受影响业务数4；占50%；对象不足受影响业务数的80%，须说明原因；" in chinese
    assert "from the onset" not in markdown(drawn(house, unknown), "en", "UTC")
    assert markdown(drawn(house, known), "en", "UTC") == english
