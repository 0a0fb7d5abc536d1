"""What a correction or withdrawal says is right: it may not contradict the record, nor the page beside it (R20).

Reads only.
"""

from __future__ import annotations

from dataclasses import replace

from coordinator import drafting
from coordinator.act import Act
from coordinator.edited import strange_figures
from incidents.errors import Invalid, Sentence
from incidents.incident import Incident
from incidents.lifecycle import OPEN
from incidents.terms import LANGUAGES, TAKING_BACK
from notifications.notice import Notice


def _way_out(incident: Incident) -> str | Sentence:
    if incident.planned or incident.status not in OPEN:
        return "say it without the figure"
    return "put it on the record first, as: tongbao update {ref} --affected N", {"ref": incident.reference}


def must_be_right(act: Act, notice: Notice, incident: Incident) -> None:
    """Invalid names the first number of what is right that does not stand on the record."""
    if notice.kind not in TAKING_BACK:
        return
    for language in LANGUAGES:
        facts = drafting.facts_for(act, replace(notice, corrects=0), incident, language, 0, act.now)
        strange = strange_figures(notice.right.get(language, ""), "", facts)
        if strange:
            raise Invalid(
                "what is right says {number}, which is not on the record of {ref}",
                number=strange[0],
                ref=incident.reference,
                field="right",
                next=_way_out(incident),
            )
