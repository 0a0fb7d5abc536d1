"""Rewording one notice from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli_tests.conftest import OPEN, Terminal

WORDS = {
    "zh-CN": "【{{ signature }}】{{ headline }}{% if onset %}，{{ onset }}起{% endif %}。"
    "请先用Wi-Fi。{{ next_update }}前再通报，详见{{ link }}",
    "en": "{{ signature }}: {{ headline }}{% if onset %} since {{ onset }}{% endif %}. Use Wi-Fi. "
    "Next update by {{ next_update }}: {{ link }}",
}


@pytest.fixture
def drafted(terminal: Terminal) -> Terminal:
    reference = terminal.asks(*OPEN)["reference"]
    terminal.asks("notice", "draft", reference, "first_notice")
    return terminal


def written(terminal: Terminal, language: str, text: str) -> str:
    file = terminal.home.parent / f"{language}.txt"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_both_languages_from_files_then_submitted(drafted: Terminal) -> None:
    """The new words come back as they will read, with parts and remarks; the second person is shown whose they are."""
    for language, text in WORDS.items():
        shown = drafted.asks(
            "notice", "edit", "1", "sms", language, "--file", written(drafted, language, text)
        )
        (sms,) = [one for one in shown["texts"] if (one["channel"], one["language"]) == ("sms", language)]
        assert "Wi-Fi" in sms["body"]
        assert "tongbao notice preview 1" == shown["next"]
    assert "submitted" == drafted.asks("notice", "submit", "1")["state"]

    said = drafted.types("notice", "preview", "1", "--as", "bob").out
    assert "own words of alice: notices/first_notice/sms.zh-CN.txt" in said


def test_an_editor_begins_with_the_words_of_now(drafted: Terminal, tmp_path: Path) -> None:
    """Without --file the person's editor opens on the template's words; what is saved counts."""
    editor = tmp_path / "editor.sh"
    editor.write_text("#!/bin/sh\nsed -i 's/Next update/Use Wi-Fi. Next update/' \"$1\"\n")
    editor.chmod(0o755)
    drafted.environment.setenv("EDITOR", str(editor))
    drafted.environment.delenv("VISUAL", raising=False)
    shown = drafted.asks("notice", "edit", "1", "sms", "en")
    assert [True] == ["Use Wi-Fi. Next" in one["body"] for one in shown["texts"] if one["channel"] == "sms"]


def test_an_editor_that_cannot_be_opened_says_what_to_do(drafted: Terminal) -> None:
    """A bare machine has no editor: --file is named."""
    drafted.environment.setenv("VISUAL", "/nowhere/editor")
    said = drafted.types("notice", "edit", "1", "sms", "en")
    assert (6, True) == (said.code, "--file" in said.err)


def test_remarks_are_said_in_the_screens_language(drafted: Terminal) -> None:
    """A warning is a whole sentence in Chinese on a Chinese screen."""
    file = written(drafted, "zh-CN", WORDS["zh-CN"].replace("{{ headline }}", "{{ headline }}{{ headline }}"))
    said = drafted.types("--lang", "zh-CN", "notice", "edit", "1", "sms", "zh-CN", "--file", file)
    assert (0, True, False) == (said.code, "自拟文字" in said.out, "warning" in said.out)


def test_a_file_that_is_not_text_is_refused(drafted: Terminal) -> None:
    """Nothing is changed, and the encoding is named."""
    file = drafted.home.parent / "gb.txt"
    file.write_bytes("请先用无线".encode("gb18030"))
    said = drafted.types("notice", "edit", "1", "sms", "zh-CN", "--file", str(file))
    assert (6, True) == (said.code, "UTF-8" in said.err)
    assert [] == drafted.asks("notice", "status", "1")["own_words"]
