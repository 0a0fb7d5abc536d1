"""What may be written on a screen: a text from outside cannot rewrite it."""

from __future__ import annotations

import unicodedata


def visible(text: str) -> str:
    """Without control characters: a title, or what was typed, cannot rewrite the screen."""
    return "".join(c if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs") else "�" for c in text)
