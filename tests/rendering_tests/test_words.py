"""Both languages have a word for everything that people outside may see."""

from importlib.resources import files
from string import Template

import pytest

from incidents.errors import Invalid
from incidents.terms import LANGUAGES, LEVELS, Channel, Duty, IncidentType, Script, Verdict
from notifications.parts import count
from rendering.proofs import KINDS
from rendering.words import words


def leaves(table, path=()):
    """Every word with its path; lists count as one word."""
    if not isinstance(table, dict):
        return {path: table}
    return {
        key: value for name, value in table.items() for key, value in leaves(value, (*path, name)).items()
    }


ZH, EN = (leaves(dict(words(language))) for language in LANGUAGES)


def names_in(word):
    return set(Template(word).get_identifiers()) if isinstance(word, str) else {len(word)}


def test_both_languages_have_the_same_words():
    """Both languages from the first template on: a word that one has, the other has."""
    assert set(ZH) == set(EN)


@pytest.mark.parametrize("path", [path for path in EN if path[0] not in ("lists", "times", "durations")])
def test_patterns_fill_in_the_same_things(path):
    """A fact that is told in one language is told in the other."""
    assert names_in(ZH[path]) == names_in(EN[path])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("table", "codes"),
    [
        ("types", list(IncidentType)),
        ("headlines", list(IncidentType)),
        ("working", list(IncidentType)),
        ("endings", list(IncidentType)),
        ("recoveries", list(IncidentType)),
        ("levels", [str(level) for level in LEVELS]),
        ("statuses", ["investigating", "identified", "partial", "monitoring", "resolved"]),
        ("kinds", KINDS),
        ("channels", [*Channel, *Script]),
        ("verdicts", list(Verdict)),
        ("duties", list(Duty)),
        (
            "misses",
            [
                "no_draft",
                "no_approval",
                "page",
                "provider",
                "too_few_accepted",
                "coordinator_outage",
                "audience_pending",
                "impact_unknown",
                "directory_empty",
                "no_match",
            ],
        ),
        (
            "deliveries",
            [
                "planned",
                "claimed",
                "calling",
                "accepted",
                "delivered",
                "undelivered",
                "failed",
                "suppressed",
                "expired",
                "cancelled",
                "in_doubt",
                "unconfirmed",
            ],
        ),
    ],
)
def test_every_code_has_a_word(language, table, codes):
    """A code of ours never reaches a customer as a code."""
    assert all(words(language)[table][code] for code in codes)


def test_english_never_forces_ucs_2():
    """An English SMS stays in GSM-7: words and templates hold no other character."""
    shipped = [str(value) for value in EN.values()]
    root = files("templates").joinpath("notices")
    shipped += [
        path.read_text("utf-8")
        for kind in root.iterdir()
        for path in kind.iterdir()
        if path.name.endswith(".en.txt")
    ]

    assert set() == {char for text in shipped for char in count(text).forcing}


def test_an_unknown_language_is_refused():
    """Only what we have reviewed is spoken."""
    with pytest.raises(Invalid, match="fr"):
        words("fr")
