"""What a rendered text must not contain, whoever wrote it: the last look before it leaves.

Pure; every pattern takes linear time (S26).
"""

from __future__ import annotations

import re
import unicodedata

from notifications.phrases import forbidden

_ENCODED_WORD = re.compile(r"=\?")
_LINKED = re.compile(r"://|www\.|[^\W_]\.[^\W\d_]|\d\.\d{1,3}\.\d|[a-z0-9]\u3002[a-z]", re.IGNORECASE)
_LINK = re.compile(r"[A-Za-z0-9.-]+(?::\d{1,5})?/[A-Za-z0-9/._-]+")


def header_objection(text: str) -> str:
    """Why `text` may not become a mail header (S10); "" if it may.

    Encoded-words are refused even unfinished: some mail libraries decode them into new headers.
    """
    if _ENCODED_WORD.search(text):
        return "the subject has an encoded-word (=?...?=)"
    return line_objection(text)


def line_objection(text: str) -> str:
    """Why `text` may not be one line: controls, line separators, or what UTF-8 cannot hold."""
    if any(forbidden(char) for char in text):
        return "it has control characters, line separators or direction marks"
    return ""


def body_objection(text: str) -> str:
    """The same for a body, where a line feed may stand."""
    return line_objection(text.replace("\n", ""))


def link_objection(text: str, link: str) -> str:
    """Why an SMS may not carry its links (S13): there is one link, ASCII, and it is ours."""
    if link and not (link.isascii() and _LINK.fullmatch(link)):
        return "its link is not a plain ASCII address"
    rest = _without(link, text) if link else text
    if _LINKED.search(rest if rest.isascii() else unicodedata.normalize("NFKC", rest)):
        return "it has a link, or a dot between letters, that is not the notice page's address"
    return ""


def _without(link: str, text: str) -> str:
    """The text without the link where it stands alone: with a letter beside it, it is another address."""
    beside = r"A-Za-z0-9\uff10-\uff19\uff21-\uff3a\uff41-\uff5a_/@:\-"
    alone = rf"(?<![.\uff0e{beside}]){re.escape(link)}(?![{beside}]|[.\uff0e][A-Za-z0-9])"
    return re.sub(alone, " ", text)
