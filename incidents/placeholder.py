"""The … of a printed command: where a person's own words go. Pure."""

from __future__ import annotations

from incidents.errors import Invalid

_MARKS = ("…", "...")


def is_placeholder(text: str) -> bool:
    """Whether this is what a printed command has in place of words: …, ..., or both languages' … // …"""
    parts = [part.strip(" '\"") for part in text.split("//")]
    return all(part in _MARKS for part in parts)


def own_words(text: str) -> str:
    """What somebody really said, stripped; "" for a placeholder."""
    return "" if is_placeholder(text) else text.strip()


def must_be_own(text: str, field: str) -> None:
    """Invalid names `field` when nobody put words in place of the placeholder."""
    if is_placeholder(text):
        raise Invalid(
            "{what}: put your own words in place of {found}",
            what=field,
            found=text.strip(),
            field=field,
            next="the command was a pattern: say what is so, then run it again",
        )
