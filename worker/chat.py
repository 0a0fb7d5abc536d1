"""One post to the staff chat: claim, call with no transaction open, settle. Slow and apart from every other lane."""

from __future__ import annotations

from coordinator import chat
from coordinator.failpoints import fp
from wiring.app import App


def post(app: App) -> int:
    """Work off one post; 0 when none is due."""
    turn = app.coordinator.system(chat.claim)
    if turn is None:
        return 0
    fp("chat.after_claim")
    answer = app.chat.find(turn.text) if turn.doubted else app.chat.post(turn.text)
    fp("chat.after_call")
    app.coordinator.system(chat.settle, turn, answer)
    return 1
