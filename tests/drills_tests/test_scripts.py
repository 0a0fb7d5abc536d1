"""Scripts of drills: the shipped ones are sound; a bad one is refused whole, with every problem named."""

from __future__ import annotations

import pytest

from incidents.drill import LONGEST_SCRIPT, MOST_EVENTS, of_name, parse, shipped
from incidents.errors import Invalid, NotFound

HEAD = "script: ours\ntitle: {zh-CN: 练, en: x}\nabout: {zh-CN: 练, en: x}\nevents:\n"
OPEN = "  - {at: 0, do: open, type: network_fault, title: x}\n"

BAD = {
    "not YAML": ("events: [", ["it is not YAML"]),
    "nothing": ("", ["script: "]),
    "a list": ("- 1", ["script: "]),
    "a key twice": ("script: a\nscript: b", ["comes twice"]),
    "an alias": (
        HEAD + "  - &a {at: 0, do: open, type: network_fault, title: x}\n  - *a\n",
        ["refers to something"],
    ),
    "too long": ("#" * (LONGEST_SCRIPT + 1), ["longer than"]),
    "no events": (HEAD.replace("events:\n", "events: []\n"), ["from 1 to 100"]),
    "too many events": (HEAD + OPEN + "  - {at: 1, do: restored}\n" * MOST_EVENTS, ["from 1 to 100"]),
    "an unknown key": (
        HEAD + OPEN.replace("title", "titel"),
        ["titel: unknown key", "title: Field required"],
    ),
    "an unknown event": (HEAD + OPEN + "  - {at: 1, do: explode}\n", ["explode"]),
    "one language": (
        HEAD.replace("zh-CN: 练, en: x}\nabout", "en: x}\nabout") + OPEN,
        ["title: missing in zh-CN"],
    ),
    "words in one language": (
        HEAD + OPEN + "  - {at: 1, do: say, words: {en: x}}\n",
        ["words: missing in zh-CN"],
    ),
    "no opening": (HEAD + "  - {at: 0, do: restored}\n", ["the first event opens"]),
    "an opening that is late": (HEAD + OPEN.replace("at: 0", "at: 1"), ["the first event opens"]),
    "two openings": (HEAD + OPEN + OPEN, ["the first event opens"]),
    "out of order": (
        HEAD + OPEN + "  - {at: 5, do: restored}\n  - {at: 4, do: lost_again}\n",
        ["in the order"],
    ),
    "before the start": (HEAD + OPEN + "  - {at: -1, do: restored}\n", ["at: Input should be greater"]),
    "in eight days": (HEAD + OPEN + "  - {at: 11520, do: restored}\n", ["at: Input should be less"]),
    "not a number": (HEAD + OPEN + "  - {at: .nan, do: restored}\n", ["at: "]),
    "an update of nothing": (HEAD + OPEN + "  - {at: 1, do: update}\n", ["it changes nothing"]),
    "a dial of nothing": (HEAD + OPEN + "  - {at: 1, do: dial, provider: twilio}\n", ["it turns nothing"]),
    "a real provider": (
        HEAD + OPEN + "  - {at: 1, do: dial, provider: aliyun, down: true}\n",
        ["provider: "],
    ),
    "a rate of pages": (HEAD + OPEN + "  - {at: 1, do: dial, provider: web, rate: 3}\n", ["web has no rate"]),
    "people's own acts": (HEAD + OPEN + "  - {at: 1, do: resolve}\n", ["resolve"]),
    "two problems": (
        HEAD + OPEN.replace("network_fault", "flood") + "  - {at: 1, do: update, affected: -3}\n",
        ["type: ", "affected: "],
    ),
}


@pytest.mark.parametrize(("text", "said"), BAD.values(), ids=BAD.keys())
def test_a_bad_script_is_refused_with_every_problem(text: str, said: list[str]):
    """R06: nothing of it is taken, and each problem has its place."""
    with pytest.raises(Invalid) as refusal:
        parse(text)

    assert [] == [one for one in said if one not in refusal.value.message]
    assert "script" == refusal.value.field


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_script_is_sound(name: str):
    """R06: its name is that of its file, and somebody brings the service back in the end."""
    script = parse(of_name(name))

    assert name == script.script
    assert "restored" == script.events[-1].do


def test_an_unknown_name_says_which_there_are():
    """R06: the next step names them."""
    with pytest.raises(NotFound) as refusal:
        of_name("earthquake")

    assert f"one of: {', '.join(shipped())}" == refusal.value.next
