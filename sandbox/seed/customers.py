"""Made-up customers for demos, tests and benchmarks, one dict per CSV row.

Deterministic: the same arguments give the same rows; the first N rows do not depend on the count.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

COLUMNS = (
    "account",
    "name",
    "phone",
    "email",
    "language",
    "area",
    "services",
    "segment",
    "marketing_opt_out",
    "service_opt_out",
)
LANGUAGES: Mapping[str, float] = {"zh-CN": 0.85, "en": 0.15}
SEGMENTS = ("consumer",) * 17 + ("business",) * 2 + ("critical",)

_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华文建国玉兰梅晨宇欣怡浩然子涵"
_FIRST = (
    "Alex",
    "Bella",
    "Carlos",
    "Dana",
    "Emil",
    "Farah",
    "Grace",
    "Hugo",
    "Iris",
    "Jonas",
    "Kira",
    "Liam",
)
_LAST = ("Archer", "Brook", "Carver", "Dale", "Ember", "Frost", "Grove", "Hale", "Ivory", "Jarvis", "Kerr")

# Prefixes that are mobile throughout, and digits that follow: with a step prime to the
# number of combinations, index -> number is one to one, hence unique phones.
_PLANS = {
    "CN": ("+86", tuple(str(n) for n in (*range(130, 140), *range(180, 190))), 8),
    "AU": ("+61", tuple(str(n) for n in range(400, 440)), 6),
    "US": ("+1", tuple(f"{area}{n}" for area in (212, 312, 415, 512, 617, 702) for n in range(2, 5)), 6),
    "CA": ("+1", tuple(f"{area}{n}" for area in (416, 514, 604, 403) for n in range(2, 5)), 6),
}
_STEP = 7_368_787


def phone(index: int, country: str = "CN") -> str:
    """The phone of customer `index`; unique within a country, valid in its numbering plan."""
    code, prefixes, digits = _PLANS[country]
    size = len(prefixes) * 10**digits
    if not 0 <= index < size:
        raise ValueError(f"index: {country} has {size} made-up phones, asked for number {index}")
    prefix, rest = divmod(index * _STEP % size, 10**digits)
    return f"{code}{prefixes[prefix]}{rest:0{digits}d}"


def customers(
    count: int,
    areas: Sequence[str],
    services: Sequence[str],
    seed: int = 1,
    *,
    country: str = "CN",
    languages: Mapping[str, float] = LANGUAGES,
) -> Iterator[dict[str, str]]:
    """`count` rows with the columns of `tongbao customers import`.

    About 60 % have phone and e-mail, 30 % only a phone, 10 % only an e-mail. `languages` are shares.
    Raises ValueError for an unknown country, or when areas, services or languages are empty.
    """
    _check(count, areas, services, country, languages)
    draw = random.Random(seed).random  # noqa: S311 - made-up data, nothing secret
    tongues, bounds = _cumulative(languages)
    bundles = _bundles(services)
    for index in range(count):
        reach, tongue, pick, where = draw(), draw(), draw(), draw()
        language = next((t for t, bound in zip(tongues, bounds, strict=True) if tongue < bound), tongues[-1])
        segment = SEGMENTS[int(draw() * len(SEGMENTS))]
        yield {
            "account": f"C{seed}{index:08d}",
            "name": _name(language, int(pick * 1_000_000)),
            "phone": phone(index, country) if reach < 0.9 else "",
            "email": _email(index, seed) if reach < 0.6 or reach >= 0.9 else "",
            "language": language,
            "area": areas[int(where * len(areas))],
            "services": bundles[int(pick * len(bundles))],
            "segment": segment,
            "marketing_opt_out": "true" if draw() < 0.2 else "false",
            "service_opt_out": "true" if draw() < 0.005 else "false",
        }


def _check(
    count: int, areas: Sequence[str], services: Sequence[str], country: str, languages: Mapping[str, float]
) -> None:
    if country not in _PLANS:
        raise ValueError(f"country: {country!r} is not one of {', '.join(_PLANS)}")
    if count < 0:
        raise ValueError(f"count: {count} is below 0")
    for name, value in (("areas", areas), ("services", services), ("languages", languages)):
        if not value or isinstance(value, str):
            raise ValueError(f"{name}: at least one is needed")
    if min(languages.values()) < 0 or sum(languages.values()) <= 0:
        raise ValueError("languages: shares must not be negative, and not all 0")


def _cumulative(languages: Mapping[str, float]) -> tuple[list[str], list[float]]:
    whole, running, bounds = sum(languages.values()), 0.0, []
    for share in languages.values():
        running += share / whole
        bounds.append(running)
    return list(languages), bounds


def _bundles(services: Sequence[str]) -> list[str]:
    """Each service alone, and each with the next one; in the order given."""
    pairs = [f"{one};{two}" for one, two in pairwise(services)]
    return [*services, *pairs]


def _name(language: str, number: int) -> str:
    if language.startswith("zh"):
        one, two = number // 20 % len(_GIVEN), number // 977 % len(_GIVEN)
        return _SURNAMES[number % 20] + _GIVEN[one] + _GIVEN[two]
    return f"{_FIRST[number % len(_FIRST)]} {_LAST[number // 12 % len(_LAST)]}"


def _email(index: int, seed: int) -> str:
    return f"c{seed}.{index}@example.{'com' if index % 2 else 'net'}"
