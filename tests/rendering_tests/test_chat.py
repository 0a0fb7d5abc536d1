"""Posts to the staff chat: complete, in both languages, and as little able to do harm as a notice."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import ChoiceLoader, DictLoader, PackageLoader

from incidents.errors import Invalid
from incidents.terms import LANGUAGES
from notifications.chat import KINDS, SUMMARY
from rendering import chat
from rendering.chat import ALLOWANCE, problems
from rendering.notices import Notices
from rendering.shelf import Shelf


def test_every_post_has_its_words() -> None:
    """What is posted of an incident has a template in both languages, and no template is left over (R20)."""
    folder = Path(chat.__file__).parents[1] / "templates/chat"
    posted = {*KINDS.values(), SUMMARY}

    assert posted == set(chat.KINDS)
    assert {f"{kind}.{language}.txt" for kind in posted for language in LANGUAGES} == {
        path.name for path in folder.iterdir()
    }


def test_the_shipped_templates_are_in_order() -> None:
    """Both languages tell the same."""
    assert [] == Notices().check()


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("{{ phone }}", "not a slot"),
        ("{% for x in reference %}{% endfor %}", "for"),
        ("{{ reference.__class__ }}", "getattr"),
        ("short", "do not tell the same"),
    ],
)
def test_a_broken_post_is_found(source: str, why: str) -> None:
    """A post may do no more than a notice's template, and both languages tell the same (S8)."""
    broken = DictLoader({"chat/told.en.txt": source})
    shelf = Shelf(ChoiceLoader([broken, PackageLoader("templates", ".")]), ALLOWANCE)

    (problem,) = problems(shelf)
    assert "told" in problem
    assert why in problem


def test_a_kind_that_is_not_posted_has_no_words() -> None:
    """A kind is never guessed from a path."""
    with pytest.raises(Invalid, match="no template"):
        Notices().chat("../notices/first_notice/sms", "en", {})
