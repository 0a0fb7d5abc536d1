"""Verbs of the organisation: import its units, list them, and give an incident the unit that it belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from coordinator.act import Act
from incidents.effects import Effect, Record
from incidents.errors import Invalid
from notifications.directory import Counted
from notifications.organisation import OrgUnit, owner, unfit


def import_units(act: Act, rows: Iterable[OrgUnit]) -> tuple[Counted, list[Effect]]:
    """Put units into the tree, all or none; how many were new, and how many were there before.

    Invalid when one does not fit: its parent, its rank, or an area that another looks after. What is running
    keeps its unit until its level or its areas change.
    """
    catalogue = act.tx.organisation.units()
    new = {unit.code: unit for unit in rows}
    for code, (reason, found) in sorted(unfit(new, catalogue).items()):
        why = reason.format(found=found)
        raise Invalid("unit {code}: {why}", field="parent", code=code, why=why, next="mend the unit")
    act.tx.organisation.put_units(list(new.values()))
    updated = sum(code in catalogue for code in new)
    return Counted(len(new) - updated, updated), []


def list_units(act: Act) -> tuple[list[OrgUnit], list[Effect]]:
    """Every unit, by code."""
    return list(act.tx.organisation.units().values()), []


def assign(act: Act, incident_id: int) -> list[Effect]:
    """Give the incident the unit that its level and areas ask for; an entry when that is another one (R53)."""
    incident = act.tx.incidents.by_id(incident_id)
    units = act.tx.organisation.units()
    tree = act.tx.directory.areas() if units else {}
    unit = owner(incident.level, incident.areas, units, tree) or ""
    if unit == incident.org_unit:
        return []
    act.tx.incidents.save(replace(incident, org_unit=unit))
    return [Record(incident_id, "assigned", {"unit": unit, "before": incident.org_unit})]
