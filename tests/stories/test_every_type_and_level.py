"""Every type at every level, from opening to the closed record with its reports (R01, R03, R10, R19)."""

from __future__ import annotations

from dataclasses import dataclass
from html import unescape

import pytest

from coordinator import report
from incidents.errors import Conflict
from incidents.incident import Incident
from incidents.terms import LANGUAGES, LEVELS, REPORTS, IncidentType, Kind, Status
from playbooks.playbook import PHASES
from rendering.reports import markdown
from tests.house import House

LEADS = {1: "headquarters", 2: "provincial_company", 3: "district_centre"}
REVIEW = {
    1: {"handling-report", "root-cause", "review-meeting", "summary-report"},
    2: {"handling-report", "root-cause", "review-meeting", "summary-report"},
    3: {"handling-report", "summary-report"},
}
RESULT = {"zh-CN": "业务已恢复", "en": "service is back"}
"""What `reviews` of the house says."""
EVERY = [(kind, level) for kind in IncidentType for level in LEVELS]


def phases(house: House, incident: Incident) -> set[str]:
    return {task.phase for task in house.tasks(incident)}


@dataclass
class Story:
    """One incident on its way, with what each phase opened."""

    house: House
    incident: Incident

    def goes_on(self) -> None:
        """Opened, told, confirmed, restored, resolved: at each event the tasks so far are done."""
        alice, incident = self.house.alice, self.incident
        alice.tells(incident)
        assert phases(self.house, incident) <= {"report", "respond"}
        alice.does_everything(incident)
        alice.confirms(incident)
        assert "handle" in phases(self.house, incident)
        assert not phases(self.house, incident) & {"recover", "review"}
        alice.does_everything(incident)
        self.house.fast_forward(minutes=20)
        alice.restores(incident)
        alice.tells(incident, Kind.MATERIAL_UPDATE)
        assert "recover" in phases(self.house, incident)
        alice.does_everything(incident)
        alice.resolves(incident)
        alice.tells(incident, Kind.RESOLUTION_NOTICE)

    def has_its_approved(self, kind: Kind) -> None:
        """The files that bob approved: in both languages they say how it ended and what every department had done."""
        read = ("read", self.house.alice.actor, report.approved_files, self.incident.reference, kind)
        files = {name: content.decode() for name, content in self.house.app.coordinator.act(*read).items()}
        tasks = [t for t in self.house.tasks(self.incident) if t.phase != "review"]
        for language in LANGUAGES:
            for form in ("md", "html"):
                text = files[f"{kind}.{language}.{form}"]
                assert self.incident.reference in text
                assert RESULT[language] in text
                if kind == Kind.HANDLING_REPORT:
                    assert [] == [task.step for task in tasks if task.title[language] not in unescape(text)]


@pytest.mark.parametrize(("kind", "level"), EVERY, ids=str)
def test_from_opening_to_closed_with_its_reports(house: House, kind: IncidentType, level: int):
    """Each type runs at each level by its own plan, phase by phase, in the time it takes; it closes only after the
    review, with both reports approved in both languages and in time (R01, R03, R05, R10, R19, R32, R38)."""
    house.has_customers(both=2)
    house.has_customers(both=1, language="en")
    story = Story(house, house.alice.opens(level=level, type=kind))
    incident = story.incident
    story.goes_on()

    house.fast_forward(hours=20)
    with pytest.raises(
        Conflict,
        match=r"handling_report.*summary_report.*Check and hand in.*how it ended",
    ):
        house.alice.closes(incident)
    assert REVIEW[level] == house.alice.reviews(incident)
    assert [] == house.audit()
    assert Status.CLOSED == house.alice.closes(incident).status

    assert [LEADS[level]] == [e.data["leads"] for e in house.entries(incident, "playbook_activated")]
    assert [] == house.entries(incident, "role_unfilled")
    assert set(PHASES) == phases(house, incident)
    assert {"met"} == {
        w.state for w in house.every_window(incident) if w.kind in (Kind.FIRST_NOTICE, *REPORTS)
    }
    assert [Kind.ARCHIVE] == [w.kind for w in house.every_window(incident) if w.owed]
    assert 3 == len({message["to"] for message in house.told("sms")})
    for report_kind in REPORTS:
        story.has_its_approved(report_kind)
    written = house.app.coordinator.act("read", house.alice.actor, report.handling_report, incident.reference)
    for language in LANGUAGES:
        text = markdown(written, language, "Asia/Shanghai")
        assert [] == [task.step for task in house.tasks(incident) if task.title[language] not in text]


def test_a_leak_has_its_legal_duty_evaluated_at_every_level(house: House):
    """Legal evaluates the duty to notify of PIPL article 57 before anybody is notified by it (R03)."""
    for level in LEVELS:
        incident = house.alice.opens(level=level, type=IncidentType.DATA_LEAK)
        evaluation = house.task(incident, "pipl-57")
        assert ("legal", "respond", True) == (evaluation.department, evaluation.phase, evaluation.escalates)
        assert "notify-authority" not in {task.step for task in house.tasks(incident)}

        house.alice.does(evaluation)
        assert {"notify-authority", "notify-individuals"} <= {task.step for task in house.tasks(incident)}


def test_an_escalated_complaint_goes_to_its_tier(house: House):
    """The district centre takes it at level 3, the province leads at 2, a supervisor is named at 1 (R15, R42)."""
    tiers = {3: "district-takes-over", 2: "province-leads", 1: "name-supervisor"}
    for level, own in tiers.items():
        incident = house.alice.opens(level=level, type=IncidentType.COMPLAINT_ESCALATION)
        assert {own} == {task.step for task in house.tasks(incident)} & set(tiers.values())
    assert (
        "district_centre"
        == house.task(
            house.alice.opens(level=3, type=IncidentType.COMPLAINT_ESCALATION), "district-takes-over"
        ).department
    )
