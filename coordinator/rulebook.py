"""The rule that a window goes by: the one in force when it opened, whatever the packs say today."""

from __future__ import annotations

from coordinator.act import Act
from incidents.terms import Kind
from windows.rules import Pack, Terms, pinned
from windows.window import Window


def in_force(act: Act, kind: Kind) -> Terms:
    """The handbook's terms for a new window of this kind; its pack is kept word for word."""
    return _kept(act, act.house.pack).terms(kind)


def _kept(act: Act, pack: Pack) -> Pack:
    act.tx.packs.keep(pack.label, pack.text)
    return pack


def terms_of(act: Act, window: Window) -> Terms:
    """The terms under which a window opened: editing a rule changes no running or closed incident."""
    pack = act.house.pack
    if pack.label != window.rule_version:
        pack = pinned(act.tx.packs.text(window.rule_version))
    return pack.terms_of(window.rule)
