"""JSON has one reading here, or none."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.errors import Invalid
from triggers import strict_json

LEVELS = strict_json.DEEPEST

REFUSED = {
    "empty": (b"", "body"),
    "only spaces": (b" \n\t", "body"),
    "byte order mark": (b"\xef\xbb\xbf{}", "body"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "body"),
    "bad UTF-8": (b'{"a": "\xff"}', "body"),
    "overlong UTF-8": (b'"\xc0\xaf"', "body"),
    "a surrogate in UTF-8": (b'"\xed\xa0\x80"', "body"),
    "cut off": (b'{"a": [1, 2', "body"),
    "two documents": (b"{} {}", "body"),
    "trailing comma": (b"[1,]", "body"),
    "single quotes": (b"{'a': 1}", "body"),
    "a comment": (b"[1] // one", "body"),
    "a raw NUL": (b'"\x00"', "body"),
    "a raw control character": (b'"\x1f"', "body"),
    "leading zero": (b"[01]", "body"),
    "no-break space between tokens": (b"[1,\xc2\xa01]", "body"),
    "duplicate keys": (b'{"a": 1, "a": 1}', "a"),
    "duplicate keys deep inside": (b'{"a": [{"b": {"c": 1, "d": 2, "c": 3}}]}', "a[0].b.c"),
    "duplicate keys written differently": (b'{"a": 1, "\\u0061": 2}', "a"),
    "NaN": (b'{"a": [1, NaN]}', "a[1]"),
    "Infinity": (b'{"a": Infinity}', "a"),
    "-Infinity": (b"[-Infinity]", "[0]"),
    "a float beyond the largest": (b'{"a": 1e999}', "a"),
    "2**63": (b'{"a": 9223372036854775808}', "a"),
    "-2**63 - 1": (b"[-9223372036854775809]", "[0]"),
    "100k digits": (b"9" * 100_000, "body"),
    "100k digits after the point": (b"[0." + b"9" * 100_000 + b"]", "[0]"),
    "a lone high surrogate": (b'{"a": "\\ud800"}', "a"),
    "a lone low surrogate": (b'["\\udc00x"]', "[0]"),
    "surrogates in the wrong order": (b'["\\udc00\\ud800"]', "[0]"),
    "a lone surrogate in a key": (b'{"\\ud800": 1}', '["\\ud800"]'),
    "an escaped NUL": (b'{"a": "x\\u0000"}', "a"),
    "33 levels": (b"[" * (LEVELS + 1) + b"]" * (LEVELS + 1), "[0]" * LEVELS),
    "33 levels of objects": (b'{"a":' * (LEVELS + 1) + b"1" + b"}" * (LEVELS + 1), ".".join("a" * LEVELS)),
    "200k [": (b"[" * 200_000, "body"),
    "200k {": (b'{"a":' * 200_000, "body"),
}

ACCEPTED = {
    "32 levels": (b"[" * LEVELS + b"]" * LEVELS, None),
    "2**63 - 1": (b"9223372036854775807", 2**63 - 1),
    "-2**63": (b"-9223372036854775808", -(2**63)),
    "a pair of surrogates": (b'"\\ud83d\\ude00"', "\U0001f600"),
    "Chinese": ('{"区": "滨江"}'.encode(), {"区": "滨江"}),
    "spaces around": (b" [1, 2.5, true, null]\r\n", [1, 2.5, True, None]),
    "the same key in two objects": (b'[{"a": 1}, {"a": 2}]', [{"a": 1}, {"a": 2}]),
    "a word that looks like one": (b'["NaN"]', ["NaN"]),
}


@pytest.mark.parametrize(("body", "field"), REFUSED.values(), ids=REFUSED.keys())
def test_what_two_programs_could_read_differently_is_refused_with_its_path(body, field):
    """Each refusal names where the trouble is."""
    with pytest.raises(Invalid) as refusal:
        strict_json.read(body)

    assert field == refusal.value.field
    assert refusal.value.message.startswith(field)


@pytest.mark.parametrize(("body", "value"), ACCEPTED.values(), ids=ACCEPTED.keys())
def test_sound_json_is_read_as_it_says(body, value):
    """What has one reading is read."""
    read = strict_json.read(body)

    assert value is None or value == read


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63 - 1)
        | st.floats(allow_nan=False, allow_infinity=False)
        | TEXT,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
        max_leaves=20,
    )
)
def test_what_json_writes_is_read_back(document):
    """Anything sound comes back as it was written."""
    assert document == strict_json.read(json.dumps(document).encode())


@given(st.binary(max_size=200) | st.text('[]{}",:0123456789.eE-+\\u dNaIfity', max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(body):
    """No bytes bring anything but a value or a refusal."""
    try:
        read = strict_json.read(body)
    except Invalid:
        return
    assert not (isinstance(read, float) and not math.isfinite(read))
    json.dumps(read, allow_nan=False).encode()


@pytest.mark.parametrize(
    ("steps", "path"),
    [((), "body"), (("alerts", 0, "startsAt"), "alerts[0].startsAt"), (("a b", "c"), '["a b"].c')],
)
def test_a_path_is_written_as_a_person_writes_it(steps, path):
    """A path can be typed into jq with a dot before it."""
    assert path == strict_json.path(steps)
