"""What a phone says: the same in both languages, whatever the text is, and never anything else."""

from __future__ import annotations

import re
from importlib.resources import files
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.channels.twiml import LONGEST_TEXT, MOST_TWIML, Speaker, speakable
from notifications.message import Answered, Pressed
from rendering.calls import KINDS, Calls

from .phones import ALICE, CALL, a_page

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
PRESSED = Pressed("12", "p12.1", "alice", "en", CALL, 1, "7")


def action(language: str, turn: int) -> str:
    return (
        "https://status.example.net/callbacks/twilio/voice/12"
        f"?attempt=p12.1&amp;person=alice&amp;language={language}&amp;turn={turn}"
    )


def gather(language: str, turn: int) -> str:
    return (
        f'<Gather action="{action(language, turn)}" finishOnKey="" input="dtmf" method="POST"'
        ' numDigits="1" timeout="10">'
    )


SILENCE = '<Say language="en-US">No key was pressed, and nothing is acknowledged. Goodbye.</Say>'
GOLDEN = {
    "en": (
        f'{HEAD}<Response>{gather("en", 1)}<Say language="en-US" loop="2">'
        "Incident 7 is at level 1. Customers must be told by 16:15. To acknowledge, press 1.</Say></Gather>"
        '<Say language="en-US">No key was pressed, and nothing is acknowledged. Goodbye.</Say></Response>'
    ),
    "zh-CN": (
        f'{HEAD}<Response>{gather("zh-CN", 1)}<Say language="cmn-CN" loop="2">'
        "事件7为一级，须在16:15前告知客户。 收到请按 1 确认。</Say></Gather>"
        '<Say language="cmn-CN">没有收到按键，尚未确认。再见。</Say></Response>'
    ),
}
TEXTS = {"en": ALICE.text, "zh-CN": "事件7为一级，须在16:15前告知客户。"}


@pytest.fixture
def speaking(open_voice):
    return open_voice("http://127.0.0.1:1")


@pytest.mark.parametrize("language", GOLDEN)
def test_the_first_words_are_these(speaking, language):
    """Text, twice, then the key; whoever presses none hears that nothing is acknowledged."""
    assert GOLDEN[language] == speaking._opening(a_page(language=language, text=TEXTS[language]))


@pytest.mark.parametrize(
    ("answered", "expected"),
    [
        (
            Answered.THANKS,
            '<Say language="en-US">You have acknowledged it. Thank you, goodbye.</Say><Hangup />',
        ),
        (
            Answered.AGAIN,
            (
                f'{gather("en", 2)}<Say language="en-US" loop="2">'
                "That key does nothing, and nothing is acknowledged yet. &lt;level 1&gt; To acknowledge, press 1."
                f"</Say></Gather>{SILENCE}"
            ),
        ),
        (
            Answered.FAILED,
            (
                f'{gather("en", 2)}<Say language="en-US" loop="2">'
                "Your acknowledgement could not be recorded. Press 1 again, or acknowledge in another way."
                f" &lt;level 1&gt;</Say></Gather>{SILENCE}"
            ),
        ),
    ],
)
def test_a_key_is_answered_with_these_words(speaking, answered, expected):
    """Thanks ends the call; anything else says the text again and asks again, in the next turn."""
    assert f"{HEAD}<Response>{expected}</Response>" == speaking.reply(PRESSED, answered, "<level 1>")


def test_a_phone_that_presses_by_itself_is_hung_up_on(speaking):
    """After five turns nothing is asked any more."""
    last = Pressed("12", "p12.1", "alice", "zh-CN", CALL, 5, "7")

    assert "<Gather" not in speaking.reply(last, Answered.AGAIN, "x")


def test_a_named_voice_speaks_its_language_only():
    """`voices` of the settings goes out as it is, for the language that it is named for."""
    speaker = Speaker({"zh-CN": "Polly.Zhiyu"})

    assert '<Say language="cmn-CN" voice="Polly.Zhiyu">好</Say>' in speaker.says("zh-CN", "好")
    assert '<Say language="en-US">good</Say>' in speaker.says("en", "good")


HOSTILE = [
    "</Say></Gather><Dial>+19005550000</Dial>",
    '"/><Redirect>https://evil.example</Redirect>',
    "<!DOCTYPE x [<!ENTITY a 'b'>]>&a;",
    "]]><![CDATA[",
    "{{ 7 * 7 }}{% for x in y %}",
    "a\x00b\x0bc\x1fd\ufffee\ud800f",
    "line one\r\nline two\u2028three",
    "&" * 10_000,
    "<" * 600,
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("language", GOLDEN)
def test_a_hostile_text_is_only_ever_said(speaking, text, language):
    """S9 for telephones: no text adds a verb, breaks the document or outgrows what a call may carry."""
    twiml = speaking._opening(a_page(language=language, text=text, person="<&\"'>", page="a/b?c#d"))
    document = ElementTree.fromstring(twiml)

    assert ["Response", "Gather", "Say", "Say"] == [verb.tag for verb in document.iter()]
    assert speakable(text) in document[0][0].text
    assert len(twiml) <= MOST_TWIML


@given(st.text(max_size=700))
def test_whatever_is_said_is_a_document(text):
    """Any text at all becomes one line of at most 500 characters that XML can hold."""
    said = speakable(text)
    twiml = Speaker({}).says("en", said)

    assert said == (ElementTree.fromstring(twiml)[0].text or "")
    assert len(said) <= LONGEST_TEXT
    assert not re.search(r"[\x00-\x1f]", said)


def test_every_line_is_there_in_both_languages_and_tells_the_same():
    """Words are checked as a pair, and no template lies about unused."""
    there = {file.name for file in files("templates").joinpath("calls").iterdir()}

    assert [] == Calls().check()
    assert {f"{kind}.{language}.txt" for kind in KINDS for language in GOLDEN} == there
