"""The rule that a window goes by: the one in force when it opened, whatever the packs say today."""

from __future__ import annotations

from itertools import chain

from coordinator.act import Act
from incidents.terms import Kind
from windows.rules import Pack, Terms, pinned
from windows.window import Window


def in_force(act: Act, kind: Kind, rule: str = "") -> Terms:
    """The terms for a new window: of the handbook's one rule of this kind, or of the rule that is named.

    Its pack is kept word for word.
    """
    if not rule:
        return _kept(act, act.house.pack).terms(kind)
    return _kept(act, pack_of(act, rule)).terms_of(rule)


def pack_of(act: Act, rule: str) -> Pack:
    """The pack that has this rule; KeyError when none has."""
    every = chain((act.house.pack,), act.house.regimes.values())
    return next(pack for pack in every if any(one.id == rule for one in pack.rules))


def _kept(act: Act, pack: Pack) -> Pack:
    act.tx.packs.keep(pack.label, pack.text)
    return pack


def terms_of(act: Act, window: Window) -> Terms:
    """The terms under which a window opened: editing a rule changes no running or closed incident."""
    return pack_by(act, window).terms_of(window.rule)


def pack_by(act: Act, window: Window) -> Pack:
    """The pack by which a window opened, word for word."""
    pack = act.house.pack
    return pack if pack.label == window.rule_version else pinned(act.tx.packs.text(window.rule_version))
