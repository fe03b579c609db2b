"""What no model would judge: size, nesting, endless numbers, odd bytes. Never an exception."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.refusal import Refused
from domain.returns.doors import BODY_LIMIT, DEEPEST, LONGEST_NUMBER, read_ask, read_report
from tests.domain.returns.bodies import DOORS, SMALLEST, read, refusal

CANCEL = SMALLEST["cancel"]


def _of_size(size: int) -> bytes:
    body = json.dumps(CANCEL).encode()
    return body + b" " * (size - len(body))


def test_a_body_as_large_as_may_be_is_read() -> None:
    assert not isinstance(read("cancel", _of_size(BODY_LIMIT)), Refused)


def test_a_body_one_byte_larger_is_refused_before_it_is_read() -> None:
    refused = refusal("cancel", _of_size(BODY_LIMIT + 1))
    assert (refused.code, refused.because) == (
        "too_large", "body: 65537 bytes, at most 65536 are taken",
    )  # fmt: skip


def test_the_limit_counts_bytes_and_not_letters() -> None:
    letters = BODY_LIMIT // 2
    assert refusal("cancel", '{"because":"' + "ü" * letters + '"}').code == "too_large"


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_nesting_is_judged_only_from_a_certain_depth(opening: str, closing: str) -> None:
    def nested(levels: int) -> str:  # the body itself is the first of them
        inner = opening * (levels - 1) + ("1" if opening != "[" else "") + closing * (levels - 1)
        return '{"deep":' + inner + "}"

    assert "deep: is no field" in refusal("cancel", nested(DEEPEST)).because
    assert refusal("cancel", nested(DEEPEST + 1)).code == "too_deep"
    assert refusal("cancel", '{"deep":' + opening * 9_000).code in {"too_deep", "not_json"}


@pytest.mark.parametrize("sign", ["", "-"])
def test_a_number_of_eighteen_digits_is_judged_by_its_field(sign: str) -> None:
    body = json.dumps(CANCEL)[:-1] + f', "number": {sign}{"9" * LONGEST_NUMBER}}}'
    assert refusal("cancel", body).because == "number: is no field that is known here"


@pytest.mark.parametrize(
    "number", ["9" * 19, "-" + "9" * 19, "9" * 4_301, "9" * 60_000, "1." + "3" * 18, "1e" + "9" * 18]
)  # fmt: skip
def test_a_number_with_more_digits_is_refused_whatever_its_field(number: str) -> None:
    refused = refusal("cancel", json.dumps(CANCEL)[:-1] + f', "number": {number}}}')
    assert (refused.code, refused.because) == (
        "invalid", "body: a number has more than 18 digits",
    )  # fmt: skip


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_in_json_is_refused(word: str) -> None:
    refused = refusal("cancel", f'{{"amount": {word}}}')
    assert refused.because == f"body: {word} is not a number in JSON"


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ('{"request_id":"a","request_id":"b"}', "request_id"),
        ('{"actor":{"id":"a","id":"b"}}', "id"),
        ('{"\\u0000":1,"\\u0000":2}', "\ufffd"),
        ('{"\\ud800":1,"\\ud800":2}', "\ufffd"),
    ],
)
def test_a_key_given_twice_is_refused_by_its_name(body: str, key: str) -> None:
    assert refusal("cancel", body).because == f"body: {key} is given twice"


@pytest.mark.parametrize(
    "body",
    [
        b"", b" ", b"{", b"{'a':1}", b'{"a":1}{"b":2}', b'{"a":01}', b'{"a":1,}', b"hello",
        b'{"a":"\xff"}', b"\x00", b"\xef\xbb\xbf{}", '{"a":1}'.encode("utf-16"),
        '{"a":"\ud800"}', "\udcff", b"\x1f\x8b\x08\x00",
    ],
)  # fmt: skip
def test_what_is_not_json_in_utf_8_is_refused_as_such(body: str | bytes) -> None:
    refused = refusal("cancel", body)
    assert refused.code == "not_json"
    assert refused.because.startswith("body: is not ")


@pytest.mark.parametrize("body", ["[]", "null", "1", '"cancel"', "true", "[{}]"])
def test_what_is_no_object_is_refused(body: str) -> None:
    refused = refusal("cancel", body)
    assert (refused.code, refused.because) == ("invalid", "body: expected an object")


@pytest.mark.parametrize("body", [r'{"because":"\ud800"}', r'{"\ud800":1}', r'{"\u0007":1}'])
def test_signs_that_cannot_be_printed_are_refused_in_words_that_can(body: str) -> None:
    refused = refusal("cancel", body)
    assert refused.code == "invalid"
    assert refused.because.isprintable()


def test_a_whole_pair_of_surrogates_is_a_letter_like_any_other() -> None:
    body = json.dumps({**CANCEL, "because": "\U0001f600"}, ensure_ascii=True)
    command = read("cancel", body)
    assert not isinstance(command, Refused)
    assert json.loads(command.model_dump_json())["because"] == "\U0001f600"


@pytest.mark.parametrize("name", ["", "Cancel", "report_tracking", "open\x00", "\ud800", "x" * 999])
def test_a_door_that_does_not_exist_is_refused_in_few_words(name: str) -> None:
    refused = read_ask(name, "{}")
    assert isinstance(refused, Refused)
    assert refused.code == "unknown_update"
    assert len(refused.because) < 100


def test_an_update_is_no_signal() -> None:
    refused = read_report("cancel", "{}")
    assert isinstance(refused, Refused)
    assert refused.code == "unknown_signal"


# ── Whatever comes ────────────────────────────────────────────────────────────────────────

_scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20),
    st.sampled_from(["1", "2026-03-10T08:15:00Z", "EUR", "customer", "failed", 10**18, -1, 0]),
)  # fmt: skip
_values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner,
                                                               max_size=3),
    max_leaves=8,
)  # fmt: skip
_names = st.sampled_from(sorted(DOORS))


def _command_or_refusal(name: str, body: str | bytes) -> None:
    answer = read(name, body)
    assert isinstance(answer, Refused | DOORS[name])
    if isinstance(answer, Refused):
        assert answer.because
        assert answer.model_dump_json()


@given(_names, st.binary(max_size=200))
@example("cancel", b"\xed\xa0\x80")
def test_any_bytes_are_a_command_or_a_refusal(name: str, body: bytes) -> None:
    _command_or_refusal(name, body)


@given(_names, st.text(alphabet=st.characters(), max_size=200))
def test_any_text_is_a_command_or_a_refusal(name: str, body: str) -> None:
    _command_or_refusal(name, body)


@given(st.data())
def test_any_value_in_any_field_is_a_command_or_a_refusal(data: st.DataObject) -> None:
    name = data.draw(_names)
    fields = st.sampled_from(sorted(DOORS[name].model_fields)) | st.text(max_size=9)
    spoiled = data.draw(st.dictionaries(fields, _values, min_size=1, max_size=3))
    _command_or_refusal(name, json.dumps({**SMALLEST[name], **spoiled}))


@given(_names, st.data())
def test_a_body_cut_short_or_with_a_byte_changed_is_a_command_or_a_refusal(
    name: str, data: st.DataObject
) -> None:
    body = bytearray(json.dumps(SMALLEST[name]).encode())
    place = data.draw(st.integers(0, len(body) - 1))
    if data.draw(st.booleans()):
        body[place] = data.draw(st.integers(0, 255))
    else:
        del body[place:]
    _command_or_refusal(name, bytes(body))
