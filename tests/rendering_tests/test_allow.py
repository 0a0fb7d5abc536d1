"""An operator's template is an allow-list: whatever could run, explode or peek is refused uncompiled (S8)."""

from itertools import product

import pytest
from jinja2 import DictLoader

from incidents.errors import Invalid
from notifications.facts import SLOTS
from rendering import shelf
from rendering.allow import DEEPEST, PAGE_NODES, Allowance
from rendering.shelf import Shelf

OBJECTS = ("place", "number", "''", "1", "()", "[]", "{}", "self", "config", "request", "cycler", "lipsum")
PEEKS = (
    ".__class__",
    ".__class__.__mro__[1].__subclasses__()",
    ".__init__.__globals__",
    "['__class__']",
    "|attr('__class__')",
    "|attr('\\x5f\\x5fclass\\x5f\\x5f')",
    "()",
    ".format(place)",
    "[0]",
    "[0:9]",
    "|map('upper')",
    "|list",
    "|safe",
    "|format(place)",
)
PEEKING = ["{{ " + thing + peek + " }}" for thing, peek in product(OBJECTS, PEEKS)]
NAMES = [
    "{{ " + name + " }}"
    for name in [
        "self",
        "loop",
        "caller",
        "super",
        "varargs",
        "kwargs",
        "range",
        "dict",
        "lipsum",
        "cycler",
        "joiner",
        "namespace",
        "config",
        "request",
        "session",
        "g",
        "url_for",
        "get_flashed_messages",
        "settings",
        "os",
        "sys",
        "subprocess",
        "builtins",
        "__builtins__",
        "__import__",
        "open",
        "eval",
        "exec",
        "print",
        "context",
        "environment",
        "undefined",
        "_",
    ]
]
EXPLODING = [
    "{{ 'a' * 1000000000 }}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ 2 ** 99999999 }}",
    "{{ place ~ place ~ place }}",
    "{{ place + place }}",
    "{{ '%999999999d' % 1 }}",
    "{{ '%s' % place }}",
    "{{ 1 // 0 }}",
    "{{ 1 / 0 }}",
    "{{ -1 }}",
    "{{ +1 }}",
    "{{ 1 - 1 }}",
    "{{ 1e308 }}",
    "{{ 1.5 }}",
    "{{ " + "9" * 5_000 + " }}",
    "{{ place|center(999999999) }}",
    "{{ place|indent(999999999) }}",
    "{{ place|replace('a', 'aaaaaaaaaaaaaaaa') }}",
    "{{ place|wordwrap(1) }}",
    "{{ place|batch(1) }}",
    "{{ place|join(place) }}",
    "{{ place|urlize }}",
    "{{ place|tojson }}",
    "{{ place|pprint }}",
    "{{ place|xmlattr }}",
    "{{ place|upper(1) }}",
    "{{ place|trim('x' , 'y') }}",
    "{{ place|upper(*place) }}",
    "{{ place|upper(**place) }}",
    "{{ " + "(" * 3_000 + "place" + ")" * 3_000 + " }}",
    "{{ " + "not " * 3_000 + "place }}",
    "{{ " + " or ".join(["place"] * 200) + " }}",
    "{% if place %}" * 60 + "{% endif %}" * 60,
    "{{ place }}" * 3_000,
    "{{ place|no_such_filter }}",
    "{% if place is defined %}x{% endif %}",
    "{% if place is callable %}x{% endif %}",
    "{{ place in place }}",
    "{{ place < place }}",
    "{{ place >= 1 }}",
]
STATEMENTS = [
    "{% for x in place %}{{ x }}{% endfor %}",
    "{% for x in [1] %}{{ loop.index }}{% endfor %}",
    "{% for x in [] recursive %}{{ loop([]) }}{% endfor %}",
    "{% set x = 1 %}",
    "{% set x %}y{% endset %}",
    "{% set place = 1 %}",
    "{% macro m() %}x{% endmacro %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% call m() %}x{% endcall %}",
    "{% include 'notices/first_notice/sms.en.txt' %}",
    "{% include place %}",
    "{% import 'x' as x %}",
    "{% from 'x' import y %}",
    "{% extends 'pages/email.html' %}",
    "{% extends place %}",
    "{% block b %}{% endblock %}",
    "{% block b scoped %}{% endblock %}",
    "{% filter upper %}x{% endfilter %}",
    "{% filter format(1) %}x{% endfilter %}",
    "{% autoescape false %}{{ place }}{% endautoescape %}",
    "{% with x = 1 %}{{ x }}{% endwith %}",
    "{% do place %}",
    "{% debug %}",
    "{% trans %}x{% endtrans %}",
    "{% break %}",
    "{% if %}x{% endif %}",
    "{% if place %}",
    "{% endif %}",
    "{{ }}",
    "{{ place",
    "{% raw %}x",
    "{# open",
    "{{ place }",
    "{{ [place] }}",
    "{{ (place, place) }}",
    "{{ {place: place} }}",
    "{{ {'a': 1}.a }}",
    "{{ None }}",
    "{{ 'a' 'b'[0] }}",
    "{{ ''.join }}",
    "{{ place if place.__class__ else place }}",
    "{{ place if '' }}{{ self }}",
    "{{ not place.x }}",
    "{{ place and place() }}",
    "{{ place == place.x }}",
]
PAYLOADS = [*PEEKING, *NAMES, *EXPLODING, *STATEMENTS]


def on_a_shelf(source: str, allowance: Allowance | None = None) -> Shelf:
    return Shelf(DictLoader({"x.txt": source}), allowance or Allowance(SLOTS))


def test_the_corpus_is_large_enough():
    """S8 asks for more than 200 injection payloads."""
    assert len(set(PAYLOADS)) > 200


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_no_payload_passes(payload, monkeypatch):
    """S8: refused by name of the template, and the compiler never sees it."""

    def never(*_args, **_kwargs):
        raise AssertionError("compiled before it was checked")

    monkeypatch.setattr(shelf.ImmutableSandboxedEnvironment, "compile", never)

    with pytest.raises(Invalid) as refusal:
        on_a_shelf(payload).render("x.txt", {}, 100)
    assert "x.txt" == refusal.value.field


@pytest.mark.parametrize(
    ("expected", "source"),
    [
        ("Binjiang", "{{ place }}"),
        ("unknown", '{{ cause or "unknown" }}'),
        ("yes", "{% if place and not cause %}yes{% endif %}"),
        ("b", "{% if cause %}a{% elif change == 'restored' %}b{% else %}c{% endif %}"),
        ("c", "{% if cause %}a{% elif change != 'restored' %}b{% else %}c{% endif %}"),
        ("BINJIANG binjiang Binjiang", "{{ place|upper }} {{ place|lower }} {{ place|sentence }}"),
        ("few", "{{ 'many' if cause else 'few' }}"),
        ("{{ place }}", "{% raw %}{{ place }}{% endraw %}"),
        ("a", "a{# a remark #}"),
    ],
)
def test_what_an_operator_needs_is_possible(expected, source):
    """Slots, conditions, a few filters."""
    context = {"place": "Binjiang", "cause": "", "change": "restored"}

    assert expected == on_a_shelf(source).render("x.txt", context, 100)


@pytest.mark.parametrize(
    "value",
    [
        None,
        1.5,
        True,
        b"x",
        {"a": 1},
        {1},
        object(),
        lambda: 1,
        type("Text", (str,), {})("x"),
        ["x", {"a": 1}],
    ],
)
def test_only_plain_values_enter_a_template(value):
    """S8: exact strings and whole numbers; a subclass could bring methods or claim to be escaped."""
    with pytest.raises(Invalid, match="plain text"):
        on_a_shelf("{{ place }}").render("x.txt", {"place": value}, 100)


@pytest.mark.parametrize("longest", [0, 1, 999])
def test_output_is_capped(longest):
    """S8: a text that would be too long is an error, never cut."""
    with pytest.raises(Invalid, match="longer than"):
        on_a_shelf("{{ place }}").render("x.txt", {"place": "x" * 1_000}, longest)


def test_a_missing_slot_is_an_error():
    """StrictUndefined: nothing is printed as an accidental blank."""
    with pytest.raises(Invalid, match="place"):
        on_a_shelf("{{ place }}").render("x.txt", {}, 100)


def test_pages_may_loop_but_only_over_what_is_listed():
    """Loops exist for our own pages alone, and their names are on the list like all others."""
    pages = Allowance({"rows", "row"}, PAGE_NODES)
    source = "{% for row in rows %}{{ row }};{% endfor %}"

    assert "a;b;" == on_a_shelf(source, pages).render("x.txt", {"rows": ["a", "b"]}, 100)
    for odd in ("{% for other in rows %}x{% endfor %}", "{% for row in rows if row %}x{% endfor %}"):
        with pytest.raises(Invalid):
            on_a_shelf(odd, pages).render("x.txt", {"rows": []}, 100)


def test_nesting_has_a_limit():
    """A tree that would overflow the compiler is refused before it."""
    fine = "{% if place %}" * (DEEPEST // 2) + "x" + "{% endif %}" * (DEEPEST // 2)

    assert "x" == on_a_shelf(fine).render("x.txt", {"place": "y"}, 100)


def test_a_template_is_compiled_once(monkeypatch):
    """A million notices cost one compilation per text."""
    shelf_once = on_a_shelf("{{ place }}")
    shelf_once.render("x.txt", {"place": "a"}, 9)
    monkeypatch.setattr(shelf.ImmutableSandboxedEnvironment, "compile", None)

    assert "b" == shelf_once.render("x.txt", {"place": "b"}, 9)
