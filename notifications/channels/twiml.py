"""What a phone is told to say, as TwiML: built by the twilio package, which escapes; never by joining strings.

Pure. Words come in from outside (templates/calls); a text may be anything at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from twilio.twiml.voice_response import Gather, VoiceResponse

SPOKEN = {"zh-CN": "cmn-CN", "en": "en-US"}
"""Our languages as `<Say>` names them."""
LONGEST_TEXT = 500
"""Characters of a text; five times that, when all are escaped, still fit MOST_TWIML."""
MOST_TWIML = 4_000
"""Characters of instructions that a create may carry (Twilio's API)."""
SAID_TIMES = 2
WAITS_SECONDS = 10
"""How long a key is waited for once everything is said."""
_UNSPEAKABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\\s")
"""What XML 1.0 cannot hold (§2.2), and every kind of blank."""


def speakable(text: str) -> str:
    """`text` in one line, without what no document can hold, cut at LONGEST_TEXT."""
    line = " ".join(_UNSPEAKABLE.sub(" ", text).split())
    return line if len(line) <= LONGEST_TEXT else line[: LONGEST_TEXT - 1] + "…"


class Speaker:
    """Says things in a language, with the operator's own voice where one is named."""

    def __init__(self, voices: Mapping[str, str]):
        self._voices = voices

    def asks(self, language: str, words: str, action: str, silence: str) -> str:
        """Say `words`, twice, and send the first key pressed to `action`; `silence` is said when none is."""
        document = VoiceResponse()
        gather = Gather(
            input="dtmf",
            num_digits=1,
            finish_on_key="",
            timeout=WAITS_SECONDS,
            action=action,
            method="POST",
        )
        self._say(gather, language, words, loop=SAID_TIMES)
        document.append(gather)
        self._say(document, language, silence)
        return str(document.to_xml())

    def says(self, language: str, words: str, times: int = 1) -> str:
        """Say `words` and hang up."""
        document = VoiceResponse()
        self._say(document, language, words, loop=times)
        document.hangup()
        return str(document.to_xml())

    def _say(self, verb: VoiceResponse | Gather, language: str, words: str, loop: int = 1) -> None:
        verb.say(
            words,
            language=SPOKEN[language],
            voice=self._voices.get(language) or None,
            loop=loop if loop > 1 else None,
        )
