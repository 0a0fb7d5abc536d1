"""How many SMS parts a text takes (GSM 03.38 and UCS-2), written from the standard.

Pure: text in, number out.
"""

from collections.abc import Iterable

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("^{}\\[~]|€\f")


def parts(text: str) -> int:
    """Parts of a text; an empty one takes one."""
    if all(sign in _BASIC or sign in _EXTENSION for sign in text):
        return _packed((2 if sign in _EXTENSION else 1 for sign in text), 160, 153)
    return _packed((2 if ord(sign) > 0xFFFF else 1 for sign in text), 70, 67)


def _packed(sizes: Iterable[int], whole: int, each: int) -> int:
    """Parts needed when no sign may straddle two."""
    sizes = list(sizes)
    if sum(sizes) <= whole:
        return 1
    count, room = 1, each
    for size in sizes:
        if size > room:
            count, room = count + 1, each
        room -= size
    return count
