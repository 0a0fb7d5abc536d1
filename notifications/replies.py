"""What an SMS reply to a page says: an approval or an acknowledgement with its code, or nothing that is understood.

Pure. People answer half asleep, from keyboards that write full-width letters and add a full stop; what is read is the
same word and the same digits, never a guess (S4).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

LONGEST = 1_600
"""Characters of a reply that is read: no SMS is longer."""
WORDS: Mapping[str, bool] = {
    **dict.fromkeys(("y", "yes", "批准", "同意"), True),
    **dict.fromkeys(("a", "ack", "ok", "确认"), False),
}
"""Word -> whether it approves; the others acknowledge."""
_ANSWER = re.compile(r"(?P<word>[^\W\d_]+) ?(?P<code>[0-9][0-9 ]*)")
_SIGNATURE = re.compile(r"\s*(?:--|sent from |发自|get outlook )", re.IGNORECASE)
"""How the line begins that a mail or message program adds."""


@dataclass(frozen=True)
class Reading:
    """A reply that was understood."""

    approves: bool
    code: str


def read(text: str) -> Reading | None:
    """The word and the code, when there is nothing else; None on any doubt: no word, two codes, a question, more."""
    if len(text) > LONGEST:
        return None
    found = _ANSWER.fullmatch(_plain(_own_lines(unicodedata.normalize("NFKC", text))))
    if found is None or found["word"] not in WORDS:
        return None
    code = found["code"].replace(" ", "")
    return Reading(WORDS[found["word"]], code) if 4 <= len(code) <= 6 else None


def _own_lines(text: str) -> str:
    """What the person wrote: everything before the line that a program adds."""
    lines = text.splitlines()
    end = next((n for n, line in enumerate(lines) if _SIGNATURE.match(line)), len(lines))
    return "\n".join(lines[:end])


def _plain(text: str) -> str:
    """One line of words and digits: invisible characters gone, punctuation a blank; a question mark stays a doubt."""
    return " ".join("".join(map(_kept, text.casefold())).split())


def _kept(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cf":
        return ""
    asks = "QUESTION" in unicodedata.name(char, "")
    return " " if category.startswith("P") and not asks else char
