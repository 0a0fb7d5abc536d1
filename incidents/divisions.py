"""Administrative divisions: whether an area's code means a country, a province, a city or a district.

Pure. A guess from the shape of the code and its place in the tree; an operator's own tree counts from its top.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

DIVISIONS = ("province", "city", "district")
_GB_T_2260 = re.compile(r"\d{6}")
_ISO_3166_2 = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")


def division(code: str, parents: Mapping[str, str | None]) -> str:
    """What `code` is; "" for anything smaller than a district. A loop in the tree ends at its first repeat."""
    if _GB_T_2260.fullmatch(code):
        return "province" if code.endswith("0000") else "city" if code.endswith("00") else "district"
    if _ISO_3166_2.fullmatch(code):
        return "province"
    if any(parent == code and _standard(below) for below, parent in parents.items()):
        return "country"
    depth = _depth(code, parents)
    return DIVISIONS[depth] if depth < len(DIVISIONS) else ""


def _standard(code: str) -> bool:
    return bool(_GB_T_2260.fullmatch(code) or _ISO_3166_2.fullmatch(code))


def _depth(code: str, parents: Mapping[str, str | None]) -> int:
    """How many areas are above it; below a standard code, a district's inside counts as too small."""
    seen = {code}
    depth, here = 0, parents.get(code)
    while here is not None and here not in seen:
        if _standard(here):
            return depth + 1 + DIVISIONS.index(division(here, parents))
        seen.add(here)
        depth, here = depth + 1, parents.get(here)
    return depth
