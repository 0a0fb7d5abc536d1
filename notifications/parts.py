"""How many parts an SMS costs, exactly as networks count them.

Pure. Sources: 3GPP TS 23.038 (alphabets) and 23.040 (concatenation, 8-bit reference); national shift tables
are left out, because not every network has them and UCS-2 is the safe count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""GSM 03.38 default alphabet: one septet each."""

EXTENSION = frozenset("\f^{}\\[~]|€")
"""The extension table: an escape and a character, two septets that stay together."""


@dataclass(frozen=True)
class Alphabet:
    """`single` units fit an unsplit message, `split` units each part of a longer one."""

    name: str
    single: int
    split: int


GSM_7 = Alphabet("GSM-7", single=160, split=153)
UCS_2 = Alphabet("UCS-2", single=70, split=67)


@dataclass(frozen=True)
class Parts:
    """What a text costs: `units` are septets or UTF-16 units, `parts` are billed messages.

    `forcing` are the characters that keep the text out of GSM-7, each once, in order of appearance.
    """

    encoding: str
    units: int
    parts: int
    forcing: tuple[str, ...]


def count(text: str) -> Parts:
    """The parts of `text`, in linear time; the empty text is one (empty) message."""
    forcing = tuple(dict.fromkeys(char for char in text if char not in BASIC and char not in EXTENSION))
    alphabet = UCS_2 if forcing else GSM_7
    costs = [_cost(char, alphabet) for char in text]
    return Parts(alphabet.name, sum(costs), _parts(costs, alphabet), forcing)


def _cost(char: str, alphabet: Alphabet) -> int:
    if alphabet is GSM_7:
        return 2 if char in EXTENSION else 1
    return 2 if ord(char) > 0xFFFF else 1


def _parts(costs: Iterable[int], alphabet: Alphabet) -> int:
    """A character of two units never straddles: if one unit is left, it stays empty."""
    total, parts, used = 0, 1, 0
    for cost in costs:
        total += cost
        if used + cost > alphabet.split:
            parts, used = parts + 1, 0
        used += cost
    return 1 if total <= alphabet.single else parts
