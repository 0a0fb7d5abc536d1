"""Material changes: what owes customers an update before the next one is due, and which of them goes by SMS.

Pure. Source: docs/windows.md, "The handbook pack" and "What is sent".
"""

from __future__ import annotations

RESTORED, PARTLY, LOST_AGAIN, UPGRADED = "restored", "partly_restored", "lost_again", "upgraded"
SERVICE = (RESTORED, PARTLY, LOST_AGAIN)
"""Whether there is service: the newest of these is true, whatever came before."""
CHANGES = (
    *SERVICE,
    *("emergency", UPGRADED, "estimate_later", "grown", "affected", "first_estimate"),
    *("cause_confirmed", "fewer", "emergency_over"),
)
"""Every material change, the weightiest first: a notice of several names the first."""
BY_SMS = (*SERVICE, "emergency", UPGRADED, "estimate_later")
"""Changes that go out directly; the rest is on the page only."""
ON_RECORD = (*SERVICE, UPGRADED)
"""Changes whose timeline entry is named like them; the others stand in an entry `material_change`."""

CHANGE_OF = {"reopened": LOST_AGAIN}
"""The change of an act that is not named like it."""


def weightier(before: str, after: str) -> str:
    """The change that a notice of both names: the newest word on service, else the weightier one."""
    if not before or after in SERVICE:
        return after
    if not after or before in SERVICE:
        return before
    return min(before, after, key=CHANGES.index)
