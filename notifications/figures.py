"""The figures of a text, as people read them: 46,000 and 46000 are one, 4万 and 4 are two.

Pure. Facts come from the record (R20); what a person wrote is compared with it figure by figure. Every pattern takes
linear time (S26).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_SCALE = r"(?:[万千百亿成]{1,4}|%|percent\b|(?:hundred|thousand|million|billion|dozen|k)s?\b)"
_DIGITS = re.compile(rf"\d(?:[\d,.:/-]*\d)?(?:\s?{_SCALE})?", re.IGNORECASE)
_CHINESE = re.compile(
    r"(?:[〇零一二三四五六七八九十百千万亿两半]{2,12}|[二三四五六七八九十百千万亿两半几])(?:多|余|来)?"
    r"(?:户|人|名|位|用户|客户|个?小时|分钟|天|日|周|个?月|成|倍|条|路|部|台|个区|个市)"
    r"|一(?:个?小时|天|日|周|个月|成|倍)"
)
_SMALL = (
    r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w{3,6}teen|twenty|thirty|forty|fifty|"
    r"sixty|seventy|eighty|ninety|half|several)"
)
_COUNTED = (
    r"(?:customers?|users?|lines?|services?|homes?|people|households?|hours?|minutes?|days?|weeks?|"
    r"districts?|cities|percent)"
)
_ENGLISH = re.compile(
    rf"\b(?:{_SMALL}[- ]){{0,3}}(?:hundred|thousand|million|billion|dozen)s?\b"
    rf"|\b{_SMALL}(?:[- ]{_SMALL})?(?: \w{{1,12}})? {_COUNTED}\b",
    re.IGNORECASE,
)


def figures(text: str) -> set[str]:
    """The figures of a text, in digits and in words, with what multiplies them."""
    plain = unicodedata.normalize("NFKC", text)
    found = [one.group() for pattern in (_DIGITS, _CHINESE, _ENGLISH) for one in pattern.finditer(plain)]
    return {re.sub(r"[,\s]", "", one).lower() for one in found}


def without(text: str, words: Iterable[str]) -> str:
    """The text without these words where they stand alone, such as emergency numbers and the hotline."""
    for word in sorted(filter(None, words), key=len, reverse=True):
        text = re.sub(rf"(?<![0-9A-Za-z.]){re.escape(word)}(?![\d万千百亿.,]*\d|[万千百亿户人])", " ", text)
    return text
