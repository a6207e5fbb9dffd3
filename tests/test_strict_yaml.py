"""Configuration is read as text without surprises (F-301 to F-303)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crf2csr.errors import InputError
from crf2csr.strict_yaml import LARGEST, load_yaml


def load(folder, text):
    path = folder / "a.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_yaml(path)


#: What a lenient loader turns into something else (YAML 1.1 types): booleans, base 60, octal, floats, dates, merge.
SCALARS = [
    "NO",
    "no",
    "on",
    "12:30",
    "0123",
    "0x1F",
    "1_000",
    "1e3",
    ".inf",
    ".NaN",
    "2020-03-12",
    "007",
    "+5",
    "=",
    "y",
]


@pytest.mark.parametrize("text", SCALARS)
def test_f_302_every_scalar_stays_text(tmp_path, text):
    assert load(tmp_path, f"a: {text}\n'{text}': [{text}]\n").content == {"a": text, text: [text]}


def test_only_an_unquoted_null_or_nothing_is_missing(tmp_path):
    content = load(tmp_path, "a: null\nb: ~\nc:\nd: 'null'\ne: ''\nf: NULL\n").content
    assert content == {"a": None, "b": None, "c": None, "d": "null", "e": "", "f": "NULL"}


def test_an_empty_file_has_no_key(tmp_path):
    assert load(tmp_path, "# nothing\n").content == {}


def test_merge_keys_are_keys(tmp_path):
    assert load(tmp_path, "<<: {a: 1}\n").content == {"<<": {"a": "1"}}


def test_addresses_have_lines(tmp_path):
    document = load(tmp_path, "a: 1\nb:\n  c: [x,\n      y]\n  d: 2\n")
    assert [
        document.line(address) for address in [("a",), ("b",), ("b", "c", 1), ("b", "d"), ("b", "d", "e"), ("z",)]
    ] == [
        1,
        2,
        4,
        5,
        5,
        1,
    ]


BOMB = "a: &a [x, x]\n" + "".join(
    f"{new}: &{new} [*{old}, *{old}]\n" for old, new in zip("abcdefghi", "bcdefghij", strict=True)
)
#: Fault, text, message after the file name.
FAULTS = [
    ("F-301 duplicate", "a: 1\nb: 2\na: 3\n", "line 3: key 'a' stands twice; keep one"),
    ("F-301 duplicate below", "a:\n  b: 1\n  b: 1\n", "line 3: key 'b' stands twice; keep one"),
    ("F-301 duplicate after conversion", "1: a\n'1': b\n", "line 2: key '1' stands twice; keep one"),
    ("F-301 syntax", "a: 'b\n", "line 2: not valid YAML: found unexpected end of stream"),
    ("F-301 tab", "a:\n\t- b\n", "line 2: not valid YAML: found character that cannot start any token"),
    ("F-301 two documents", "a: 1\n---\nb: 2\n", "line 2: not valid YAML: but found another document"),
    ("F-301 key that is a list", "? [a, b]\n: 1\n", "line 1: a key must be plain text"),
    ("F-303 alias", "a: &x 1\nb: *x\n", "line 1: anchors and aliases not allowed; write the value out"),
    ("F-303 alias bomb", BOMB, "line 1: anchors and aliases not allowed; write the value out"),
    (
        "F-303 tag",
        "a: 1\nb: !!python/object:os.system x\n",
        "line 2: tag tag:yaml.org,2002:python/object:os.system not allowed",
    ),
    ("F-303 standard tag", "a: !!int 5\n", "line 1: tag tag:yaml.org,2002:int not allowed"),
    ("F-303 nested", "a: " + "[" * 5000 + "]" * 5000, "lists or keys nested too deeply"),
    (
        "control character",
        "a: 1\nb: \x07\n",
        "line 2: not valid YAML: control characters are not allowed; remove the character",
    ),
    ("NUL", "a: \0\n", "line 1: not valid YAML: control characters are not allowed; remove the character"),
    ("surrogate", 'a: 1\nb: "\\ud800"\n', "line 2: not valid YAML: found invalid Unicode character escape code"),
    ("encoding", b"a: 1\nb: \xff\n", "byte 8 is not UTF-8; save the file as UTF-8"),
]


@pytest.mark.parametrize(("text", "message"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_a_defect_stops_with_file_and_line(tmp_path, text, message):
    with pytest.raises(InputError) as error:
        load(tmp_path, text)
    assert str(error.value).startswith(str(tmp_path / "a.yaml"))
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_f_303_a_large_file_is_refused_before_it_is_parsed(tmp_path):
    with pytest.raises(InputError, match=f"{LARGEST + 3} bytes; a configuration file has at most {LARGEST}"):
        load(tmp_path, "a: " + "x" * LARGEST)
    assert len(load(tmp_path, "a: " + "x" * (LARGEST - 3)).content["a"]) == LARGEST - 3


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match="file not found; check the name of the study or the cut"):
        load_yaml(tmp_path / "none.yaml")


@given(
    st.dictionaries(
        st.text("abcNOyes0123:.-_~ ", min_size=1, max_size=8), st.text("abcNO0123:.-~ ", max_size=8), max_size=5
    )
)
def test_quoted_text_comes_back_as_it_is(tmp_path_factory, content):
    text = "".join(f"'{key}': '{value}'\n" for key, value in content.items())
    assert load(tmp_path_factory.mktemp("yaml"), text).content == content
