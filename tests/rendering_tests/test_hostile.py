"""Hostile words in the record stay words: no markup, header, template or foreign link (S9, S10, S13)."""

from dataclasses import replace
from email.message import EmailMessage
from html.parser import HTMLParser
from itertools import product

import pytest

from incidents.errors import Invalid
from incidents.terms import LANGUAGES
from notifications.facts import SLOTS, Compensation, Correction, facts_of
from notifications.pages import Entry, Page
from notifications.template import APOLOGY, CORRECTION, WITHDRAWAL
from rendering.guards import header_objection, link_objection
from rendering.notices import Notices
from rendering.pages import index_files, page_files
from rendering.words import words

from .cast import KNOWN, NAMES, SETTING, facts, known, told

NOTICES = Notices()
XSS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "</p></main><iframe src=//evil.example>",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "--><script>alert(1)</script><!--",
    "]]><script>alert(1)</script>",
    "<a href=javascript:alert(1)>x</a>",
    "<math><mi xlink:href='javascript:alert(1)'>",
    '" onmouseover="alert(1)',
    "' onfocus='alert(1)' autofocus='",
    "` onclick=alert(1) `",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<link rel=stylesheet href=//evil.example>",
    "<form action=//evil.example><input name=code>",
    "<object data=//evil.example>",
    "<embed src=//evil.example>",
    "<details open ontoggle=alert(1)>",
    "<body onload=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)",
    "<<script>alert(1)//<</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "{{ 7*7 }}",
    "{% for x in y %}",
    "{{ ''.__class__.__mro__ }}",
    "${7*7}",
    "<%= 7*7 %>",
    "#{7*7}",
]
LINES = [
    "\r\n",
    "\n",
    "\r",
    "\x0b",
    "\x0c",
    "\x1c",
    "\x1d",
    "\x1e",
    "\x85",
    "\u2028",
    "\u2029",
    "\x00",
    "\r\n\r\n",
]
HEADERS = [
    "Bcc: a@evil.example",
    "Subject: you won",
    "Content-Type: text/html",
    "Reply-To: a@evil.example",
    "MIME-Version: 1.0",
    "To: everybody@evil.example",
    ".",
    "QUIT",
    "<script>",
    "--boundary",
]
ENCODED = [
    f"=?{charset}?{code}?{text}?="
    for charset in ("utf-8", "UTF-8", "iso-8859-1", "us-ascii", "utf-7", "gb18030", "unknown")
    for code in "qQbB"
    for text in (
        "a=0D=0ABcc:x@evil.example",
        "DQpCY2M6eEBldmlsLmV4YW1wbGU=",
        "x",
        "",
        "=00",
        "a_b",
        "=0A=0A",
        "=E2=80=A8",
        "=0D",
    )
]
INJECTIONS = [f"x{line}{header}" for line, header in product(LINES, HEADERS)]
HOSTILE_HEADERS = [*INJECTIONS, *(f"{text} {header}" for text, header in product(ENCODED[:126], HEADERS[:1]))]
HOSTILE_HEADERS += ENCODED + [f"Hello {text} world" for text in ENCODED]
HARMLESS = {
    "html",
    "head",
    "meta",
    "title",
    "body",
    "p",
    "br",
    "a",
    "style",
    "header",
    "nav",
    "main",
    "h1",
    "h2",
}
HARMLESS |= {"h3", "article", "footer", "link", "ul", "li", "span"}


class Reader(HTMLParser):
    """Reads a page as a browser would: which elements, which attributes, which words."""

    def __init__(self, page: str):
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data):
        self.words += data


def poisoned(text: str):
    """The outage in Binjiang with `text` in every free field, and in every name of the directory."""
    said = dict.fromkeys(LANGUAGES, text)
    incident = replace(KNOWN, cause=said, actions=(said,), workaround=said, effects=said, title=text)
    names = {
        code: {language: text + name for language, name in known.items()} for code, known in NAMES.items()
    }
    return incident, names


def hostile_facts(kind: str, language: str, text: str):
    incident, names = poisoned(text)
    return facts_of(incident, told(kind, new_actions=1), language, SETTING, words(language), names)


def assert_inert(page: str):
    """Only our own elements and attributes are there; nothing runs, nothing is fetched."""
    read = Reader(page)
    assert set(read.tags) <= HARMLESS
    for name, value in read.attributes:
        assert not name.startswith("on"), name
        if name in ("href", "src"):
            assert value.startswith(("https://yg.example/", "../", "./")), value


@pytest.mark.parametrize("text", XSS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_markup_in_facts_is_words_in_the_mail(text, language):
    """S9: every free field and every name, through the HTML part."""
    mail = NOTICES.text(
        "progress_update", "email", language, hostile_facts("progress_update", language, text)
    )

    assert_inert(mail.html)
    assert text.rstrip(".") in Reader(mail.html).words
    assert text in mail.subject or text[:10] in mail.subject


def page(text: str, language: str = "en", token: str = "t0k3n") -> Page:
    entry = Entry(1, token, at=text, title=text, body=f"{text}\n\n{text}\n{text}")
    return Page("INC-1", 7, language, text, text, text, (entry,), sandbox=True)


@pytest.mark.parametrize("text", XSS)
def test_markup_in_facts_is_words_on_the_pages(text):
    """S9: every field of a page, in every file of it, tokens included."""
    pages = {language: page(text, language, token=text) for language in LANGUAGES}
    listed = {language: [one] for language, one in pages.items()}
    files = page_files(pages) | index_files(listed, dict.fromkeys(LANGUAGES, text), sandbox=True)

    for path, content in files.items():
        assert_inert(content.decode())
        assert text in Reader(content.decode()).words, path


@pytest.mark.parametrize("text", XSS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [CORRECTION, WITHDRAWAL, APOLOGY])
def test_markup_in_what_is_taken_back_or_promised_is_words_in_the_mail(kind, language, text):
    """S9: the words of a correction, a withdrawal and a compensation are data like all others."""
    both = dict.fromkeys(LANGUAGES, text)
    more = {"correction": Correction(1, both, both), "compensation": Compensation(both, both, both)}
    found = facts(kind, language, known(kind), **more)

    assert_inert(NOTICES.text(kind, "email", language, found).html)


@pytest.mark.parametrize("text", XSS)
@pytest.mark.parametrize("channel", ["hotline", "web", "sms", "social"])
def test_template_syntax_in_facts_is_never_evaluated(text, channel):
    """S8: data is data; a template in it is printed as it was typed, or the SMS with a link is refused."""
    try:
        out = NOTICES.text("progress_update", channel, "en", hostile_facts("progress_update", "en", text))
    except Invalid as refusal:
        assert "link" in refusal.message  # noqa: PT017
    else:
        assert text in out.body
        assert "49" not in out.body


def test_the_corpus_of_headers_is_large_enough():
    """S10 asks for 500 hostile strings."""
    assert 500 <= len(set(HOSTILE_HEADERS))


@pytest.mark.parametrize("chunk", range(10))
def test_no_hostile_string_becomes_a_header(chunk):
    """S10: 500 strings in every field; the mail has the same headers as always, or is refused by name."""
    for text in HOSTILE_HEADERS[chunk::10]:
        found = hostile_facts("first_notice", "en", text)
        try:
            subject = NOTICES.text("first_notice", "email", "en", found).subject
        except Invalid as refusal:
            assert "encoded-word" in refusal.message  # noqa: PT017
            assert "=?" in text
            continue
        mail = EmailMessage()
        mail["Subject"] = subject
        mail.set_content("x")
        assert ["Subject", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"] == mail.keys()
        assert 1 == len(subject.splitlines())


@pytest.mark.parametrize("text", INJECTIONS)
def test_raw_facts_with_line_breaks_are_refused(text):
    """S10: even facts that did not come through the record cannot break a line."""
    found = {**facts("first_notice", "en"), "headline": text}

    with pytest.raises(Invalid, match="headline"):
        NOTICES.text("first_notice", "email", "en", found)


@pytest.mark.parametrize("slot", sorted(SLOTS))
def test_no_slot_can_break_a_line(slot):
    """S10: the rule holds for every slot, not only for those in today's subjects."""
    found = {**facts("first_notice", "en"), slot: "a\r\nBcc: b@evil.example"}

    with pytest.raises(Invalid):
        NOTICES.text("first_notice", "email", "en", found)


@pytest.mark.parametrize("text", ENCODED)
def test_encoded_words_are_refused_in_subjects(text):
    """S10: some mail libraries decode them into headers."""
    assert header_objection(f"Outage {text}")
    assert "" == header_objection("Outage [已恢复] 滨江区 = ? 50%")


@pytest.mark.parametrize(
    "name",
    [
        "evil.example/s/1042",
        "http://evil.example",
        "HTTPS://EVIL.EXAMPLE/x",
        "www.evil",
        "yg.examp1e/s/1042",
        "уg.example/s/1042",
        "yg.exаmple/s/1042",
        "例子.中国",
        "ｙｇ.example/s/1042",
        "xn--g-lmc.example/s/1042",
        "yg.example.evil.example/s/1042",
        "evil.example/yg.example/s/1042",
        "yg.example@evil.example",
        "203.0.113.7/x",
        "evil.co",
    ],
)
def test_an_sms_has_no_link_but_ours(name):
    """S13: look-alikes, other scripts and bare addresses in the directory's names are refused."""
    names = {code: dict.fromkeys(LANGUAGES, name) for code in NAMES}

    for language in LANGUAGES:
        found = facts_of(KNOWN, told("first_notice"), language, SETTING, words(language), names)
        with pytest.raises(Invalid, match="link"):
            NOTICES.text("first_notice", "sms", language, found)


@pytest.mark.parametrize(
    "link", ["уg.example/s/1", "例子.中国/s/1", "yg.example/s/1 x", "javascript:alert(1)", "yg.example/s/１"]
)
def test_our_own_link_is_plain_ascii(link):
    """S13: a configured address in another script is refused too."""
    assert link_objection(f"see {link}", link)


@pytest.mark.parametrize(
    "text", ["at 14:15, 46,000 lines; 3.5 h", "St. Kilda", "下次通报15:40前。", "1.5倍", "No. 5"]
)
def test_numbers_and_full_stops_are_not_links(text):
    """A refusal that is wrong would be a notice that is late."""
    assert "" == link_objection(f"{text} yg.example/s/1", "yg.example/s/1")


@pytest.mark.parametrize("text", ["=" * 100_000, "." * 100_000, "a." * 50_000, "1." * 50_000, "://" * 30_000])
def test_long_hostile_strings_are_looked_through(text):
    """S26: no pattern here goes over a text more than once."""
    header_objection(text)
    link_objection(text, "yg.example/s/1")
    with pytest.raises(Invalid):
        NOTICES.text("first_notice", "web", "en", {**facts("first_notice", "en"), "headline": text})
