"""The public pages are complete, static and the same bytes for the same values."""

import base64
import hashlib
import posixpath
import re
from dataclasses import replace

import pytest

from incidents.errors import Invalid
from incidents.terms import LANGUAGES
from notifications.pages import Entry, Page
from rendering.pages import index_files, page_files

OPERATOR = {"zh-CN": "云港电信", "en": "YG Telecom"}
TITLE = {"zh-CN": "滨江区手机通话和上网异常", "en": "problems with mobile calls in Binjiang"}


def page(
    language: str, reference: str = "INC-20261014-0001", status: str = "identified", sandbox=False
) -> Page:
    entries = (
        Entry(2, "tok-2", "2026-10-14 15:40", "second", "Line one\nLine two\n\nNext paragraph"),
        Entry(1, "tok-1", "2026-10-14 14:48", "first", "Body"),
    )
    return Page(reference, 1042, language, status, TITLE[language], OPERATOR[language], entries, sandbox)


def pages(**more):
    return {language: page(language, **more) for language in LANGUAGES}


def text(files, path) -> str:
    return files[path].decode()


FILES = page_files(pages())
INCIDENT = [path for path in FILES if not path.startswith("s/")]


def test_an_incident_has_its_addresses():
    """surfaces.md §3: one permanent address, one per language, and the short one."""
    assert {
        "zh/incidents/INC-20261014-0001/index.html",
        "en/incidents/INC-20261014-0001/index.html",
        "incidents/INC-20261014-0001/index.html",
        "s/1042/index.html",
    } == set(FILES)


@pytest.mark.parametrize("path", INCIDENT)
def test_every_entry_is_there_newest_first_with_its_token(path):
    """R24: a GET can prove that this entry is live; the newest is read first."""
    assert ["tok-2", "tok-1"] == re.findall(r'data-entry="([^"]+)"', text(FILES, path))


@pytest.mark.parametrize("path", FILES)
def test_a_page_needs_nothing_but_itself(path):
    """surfaces.md §3, S9: no script, nothing fetched; the policy names the style by its hash."""
    content = text(FILES, path)
    style = re.search(r"<style>(.*?)</style>", content, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    assert f"default-src 'none'; style-src 'sha256-{digest}'" in content
    assert not re.search(r"<script|<img|<iframe|@import|url\(http|unsafe-inline| style=", content)
    assert "prefers-color-scheme: dark" in style
    assert len(content) < 20_000


@pytest.mark.parametrize("path", INCIDENT)
def test_a_page_can_be_read_by_everyone(path):
    """WCAG 2.2: language, viewport, one h1, headings in order, polite updates."""
    content = text(FILES, path)
    language = "en" if path.startswith("en/") else "zh-CN"

    assert f'<html lang="{language}">' in content
    assert '<meta name="viewport"' in content
    assert 'aria-live="polite"' in content
    assert ["1", "2", "3", "3"] == re.findall(r"<h(\d)>", content)


@pytest.mark.parametrize("path", FILES)
def test_links_lead_to_files_that_exist(path):
    """A static page with a dead link cannot be repaired while this program is down."""
    index = index_files({language: [one] for language, one in pages().items()}, OPERATOR, sandbox=False)
    for href in re.findall(r'href="([^"]+)"', text(FILES, path)):
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), href))
        assert f"{target}/index.html" in FILES | index, href


def test_each_page_links_to_the_other_language():
    """Both languages are one click apart, named in their own language."""
    assert 'lang="en">English</a>' in text(FILES, INCIDENT[0])
    assert 'lang="zh-CN">中文</a>' in text(FILES, INCIDENT[1])


def test_the_permanent_address_shows_the_first_language():
    """One permanent address per incident."""
    english_first = page_files(dict(reversed(pages().items())))

    assert '<html lang="zh-CN">' in text(FILES, "incidents/INC-20261014-0001/index.html")
    assert '<html lang="en">' in text(english_first, "incidents/INC-20261014-0001/index.html")


def test_the_short_address_leads_on():
    """A phone goes on by itself; a reader without refresh has both links."""
    content = text(FILES, "s/1042/index.html")

    assert 'content="0; url=../../incidents/INC-20261014-0001/"' in content
    assert "打开通报页面" in content
    assert "Open the notice page" in content


@pytest.mark.parametrize(("language", "word"), [("zh-CN", "已定位"), ("en", "Identified")])
def test_the_status_is_in_words(language, word):
    """Status words are the industry's, in the reader's language."""
    assert word in text(FILES, f"{language[:2]}/incidents/INC-20261014-0001/index.html")


def test_paragraphs_and_lines_stay_as_written():
    """The body's lines are lines and its paragraphs paragraphs."""
    content = text(FILES, INCIDENT[1])

    assert "<p>Line one<br>\nLine two<br>\n</p>\n<p>Next paragraph<br>\n</p>" in content


@pytest.mark.parametrize("sandbox", [True, False])
def test_the_sandbox_says_that_it_is_one(sandbox):
    """Nobody takes a rehearsal for a real outage, and no real page says that it is a test."""
    found = page_files(pages(sandbox=sandbox)) | index_files({"en": [page("en")]}, OPERATOR, sandbox)
    banners = ["not real" in content.decode() for path, content in found.items() if path.startswith("en/")]

    assert [sandbox, sandbox] == banners


def test_the_same_values_give_the_same_bytes():
    """A repeated publication changes nothing on the server."""
    assert FILES == page_files(pages())


@pytest.mark.parametrize("reference", ["../x", "a/b", "", ".", "x\n", "ＩＮＣ", "-x", "a" * 65, "<b>"])
def test_a_reference_cannot_lead_out_of_the_folder(reference):
    """A path is made of letters, digits and hyphens only."""
    with pytest.raises(Invalid):
        page_files(pages(reference=reference))


def test_the_index_lists_current_and_past():
    """What is going on comes first; what is over stays to be read."""
    rows = [page("en", "INC-2", "monitoring"), page("en", "INC-1", "resolved")]
    content = text(index_files({"en": rows, "zh-CN": []}, OPERATOR, sandbox=False), "en/index.html")
    current, past = content.split("Ended", 1)

    assert "en/incidents/INC-2/" in current
    assert "Monitoring" in current
    assert "en/incidents/INC-1/" in past
    assert "Notice 2 · 2026-10-14 15:40" in past


def test_the_index_is_at_every_address_and_calm_when_nothing_happens():
    """`/`, `/zh/`, `/en/`; no incident is good news and is said."""
    files = index_files({"zh-CN": [], "en": []}, OPERATOR, sandbox=False)

    assert {"index.html", "zh/index.html", "en/index.html"} == set(files)
    assert "目前没有正在处理的事件" in text(files, "index.html")
    assert "No incident is in progress" in text(files, "en/index.html")


def test_a_page_without_entries_says_so():
    """The page may be there before the first notice is."""
    empty = {language: replace(one, entries=()) for language, one in pages().items()}

    assert "There are no notices yet" in text(page_files(empty), INCIDENT[1])
