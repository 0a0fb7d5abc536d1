"""Named places at every commit, call and settle where a test may make the process die.

Off unless the environment names one: `TONGBAO_FAILPOINT="deliver.after_intent=kill"`, optionally `@N` for
the N-th passage (`deliver.after_intent=kill@3`). Actions: kill (SIGKILL to ourselves), raise.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

POINTS: dict[str, str] = {
    "intake.before_store": "a trigger arrived, nothing stored",
    "intake.after_store": "the raw trigger is committed, not yet answered or parsed",
    "intake.before_open": "the alarm is parsed, the incident's transaction is not committed",
    "playbook.before_pin": "the incident is written, its playbook and windows are not; nothing is committed",
    "intake.after_open": "incident, playbook and windows are committed",
    "notice.before_submit": "texts and audience are frozen, not committed",
    "notice.after_submit": "the submission is committed",
    "notice.before_release": "the last approval is not committed",
    "notice.after_release": "the release is committed, nothing expanded",
    "expand.before_commit": "a slice of deliveries is written, not committed",
    "expand.after_commit": "a slice of deliveries is committed",
    "claim.before_commit": "a lease is taken, not committed",
    "claim.after_commit": "a lease is committed, no intent yet",
    "deliver.before_intent": "attempts are written, not committed",
    "deliver.after_intent": "attempts are committed, the provider is not called",
    "deliver.after_call": "the provider answered, nothing settled",
    "settle.before_commit": "outcomes are written, not committed",
    "settle.after_commit": "outcomes are committed",
    "page.after_write": "the page's files are renamed into place, not verified",
    "page.after_verify": "the page is live, not settled",
    "holding.before_commit": "a holding notice is written and let go, not committed",
    "drill.before_commit": "an event of a drill is written with its row, not committed",
    "drill.after_dial": "the sandbox's dial is turned, nothing is recorded of it",
    "receipt.before_commit": "a receipt is merged, not committed",
    "reconcile.before_commit": "deliveries of a restored record are put in doubt, not committed",
    "chat.before_call": "a post is marked as being called, not committed",
    "chat.after_claim": "a post is committed as being called, the chat is not called",
    "chat.after_call": "the chat answered, nothing settled",
    "paging.before_round": "a round of pages is planned, not committed",
    "paging.before_call": "pages are marked as being called, not committed",
    "paging.after_claim": "pages are committed as being called, nobody is called",
    "paging.after_call": "the channel answered, nothing settled",
    "paging.before_settle": "what became of pages is written, not committed",
    "sweep.before_judge": "windows are looked at, nothing judged",
    "sweep.before_commit": "verdicts are written, not committed",
    "sweep.after_commit": "verdicts are committed",
}

_passed: dict[str, int] = {}
on_pass: Callable[[str], None] | None = None
"""Told of every passage, where a whole house runs in one process (the simulation)."""


def fp(name: str) -> None:
    """Pass the failpoint `name`; dies here if the environment says so. KeyError for an unknown name."""
    POINTS[name]
    if on_pass is not None:
        on_pass(name)
    wanted = os.environ.get("TONGBAO_FAILPOINT")
    if not wanted or not wanted.startswith(name + "="):
        return
    action, _, nth = wanted.partition("=")[2].partition("@")
    _passed[name] = _passed.get(name, 0) + 1
    if _passed[name] != int(nth or 1):
        return
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    raise RuntimeError(f"failpoint {name}")
