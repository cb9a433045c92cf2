from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecast.case.document import Document, Every
from forecast.case.plain_yaml import LARGEST, read_yaml
from forecast.errors import InputError, Problem


def read(tmp_path: Path, content: str | bytes) -> Document:
    path = tmp_path / "file.yaml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_yaml(path)


def refused(tmp_path: Path, content: str | bytes) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        read(tmp_path, content)
    return caught.value.problems


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("NO", "NO"),
        ("no", "no"),
        ("Off", "Off"),
        ("y", "y"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("0x10", "0x10"),
        ("1.10", 1.1),
        ("010", 10),
        ("-3", -3),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("true", True),
        ("~", None),
        ("", None),
        ("null", None),
        ("2026-02-08", dt.date(2026, 2, 8)),
        ("'2026-02-08'", "2026-02-08"),
        ("2026-02-08 10:00:00", "2026-02-08 10:00:00"),
        ('"3"', "3"),
        ("'null'", "null"),
        ("++", "++"),
        ("--", "--"),
        ("'<b>=cmd()'", "<b>=cmd()"),
        ("<<", "<<"),
        ("[1, a]", [1, "a"]),
        ("{a: 1, 2: b}", {"a": 1, "2": "b"}),
        (">\n  a\n  b\n\n  c\n", "a b\nc\n"),
        ("|\n  a\n  b\n", "a\nb\n"),
    ],
)
def test_words_mean_what_yaml_1_2_says(tmp_path: Path, written: str, meant: object) -> None:
    value = read(tmp_path, f"key: {written}\n").get("key")
    assert value == meant
    assert type(value) is type(meant)


def test_keys_are_text(tmp_path: Path) -> None:
    assert read(tmp_path, "1: a\nNO: b\n2026-01-01: c\nnull: d\n").data == {
        "1": "a",
        "NO": "b",
        "2026-01-01": "c",
        "null": "d",
    }


def test_an_empty_file_is_an_empty_block(tmp_path: Path) -> None:
    assert read(tmp_path, "# nothing yet\n").data == {}


def test_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    document = read(tmp_path, b"\xef\xbb\xbfa: 1\r\nb:\r\n  - x\r\n  - y\r\n")
    assert document.data == {"a": 1, "b": ["x", "y"]}
    assert document.line(("b", 1)) == 4


def test_every_place_knows_its_line(tmp_path: Path) -> None:
    document = read(tmp_path, "a: 1\n\n# note\nb:\n- c: 2\n  d: |\n    long\n    text\n- e\n")
    assert [document.line(place) for place in [("a",), ("b",), ("b", 0, "c"), ("b", 0, "d"), ("b", 1)]] == [
        1,
        4,
        5,
        6,
        9,
    ]


def test_a_place_that_is_not_there_has_the_line_of_its_block(tmp_path: Path) -> None:
    assert read(tmp_path, "a: 1\nb:\n- c: 2\n").line(("b", 0, "missing", "too")) == 3


def test_each_follows_a_pattern(tmp_path: Path) -> None:
    document = read(tmp_path, "list:\n- {id: a, on: {x: 1, y: 2}}\n- 3\n- {id: 4}\n")
    assert list(document.each("list", Every.ENTRY, "id")) == [(("list", 0, "id"), "a"), (("list", 2, "id"), 4)]
    assert list(document.texts("list", Every.ENTRY, "id")) == [(("list", 0, "id"), "a")]
    assert [value for _, value in document.each("list", Every.ENTRY, "on", Every.KEY)] == ["x", "y"]
    assert [value for _, value in document.each("list", Every.ENTRY, "on", Every.ENTRY)] == [1, 2]
    assert list(document.each("nowhere", Every.ENTRY)) == []


@pytest.mark.parametrize(
    ("content", "line", "message", "remedy"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "the key 'a' stands here a second time (first on line 1)", "keep one of the two"),
        ("a: 1\nb: &x 2\n", 2, "the anchor '&x' is not allowed", "remove it"),
        ("a: 1\nb: *x\n", 2, "the alias '*x' is not allowed", "write the value out"),
        ("a: !!python/object/apply:os.system [id]\n", 1, "os.system' is not allowed", "remove it"),
        ("a: !custom b\n", 1, "the tag '!custom' is not allowed", "use quotes to mark text"),
        ("a: !!str 3\n", 1, "str' is not allowed", "use quotes"),
        ("a: .nan\n", 1, "'.nan' is not a finite number", "correct it"),
        ("a: -.inf\n", 1, "'-.inf' is not a finite number", "correct it"),
        ("a: 1e400\n", 1, "'1e400' is not a finite number", "correct it"),
        ("a: " + "9" * 5000 + "\n", 1, "…' is not a finite number", "correct it"),
        ("a: 2026-02-30\n", 1, "'2026-02-30' is not a day of the calendar", "put it in quotes"),
        ("? [a, b]\n: 1\n", 1, "a key must be a single word", "write 'key: value'"),
        ("a: 1\n---\nb: 2\n", 2, "a second document begins here", "remove the line '---'"),
        ("%YAML 1.1\n---\na: NO\n", 2, "directives", "remove the line that begins with '%'"),
        ('a: "\\0"\n', 1, "the control character U+0000", "delete that character"),
        ('a: "\\ud800"\n', 1, "half of a character", "write the character itself"),
        ("a: 1\nb: x\x00y\n", 2, "the control character U+0000", "delete that character"),
        ("a: \x1b[31m\n", 1, "the control character U+001B", "delete that character"),
        (b"a: 1\nb: caf\xe9\n", 2, "it is not UTF-8 text", "save it with the encoding UTF-8"),
        ("a: 1\n".encode("utf-16"), 1, "it is not UTF-8 text", "save it"),
        ("a: b: c\n", 1, "mapping values are not allowed here", "put text that holds ': ' in quotes"),
        ("a: 1\nb: -\n", 2, "sequence entries are not allowed here", "put a lone '-' in quotes"),
        ("a:\n\tb: 1\n", 2, "cannot start any token", "indent with spaces, not tabs"),
        ("a: @b\n", 1, "cannot start any token", "put text that begins with this character in quotes"),
        ("a: 1\nb: 'c\nd: e\n", 2, "found unexpected end of stream", "close the quotation mark"),
        ("a: [1, 2\nb: 1\n", 1, "expected ',' or ']'", "close the bracket"),
        ("a: 1\n b: 2\n", 2, "mapping values are not allowed here", "indent the keys of a block alike"),
        ("a: 1\nb\nc: 2\n", 2, "could not find expected ':'", "write 'key: value' on one line"),
        ("- a\nb: 1\n", 2, "expected <block end>", "indent the keys of one block"),
        ("x" * (LARGEST + 1), None, "it is larger than 512 KiB", "keep only"),
    ],
)
def test_what_is_refused(tmp_path: Path, content: str | bytes, line: int | None, message: str, remedy: str) -> None:
    [problem] = refused(tmp_path, content)
    assert message in problem.message
    assert remedy in problem.remedy
    assert problem.line == line


def test_all_faults_of_one_file_are_found_at_once(tmp_path: Path) -> None:
    problems = refused(tmp_path, "a: !x 1\nb: .inf\nc: *d\na: 2\ne: [\n")
    assert [problem.line for problem in problems] == [1, 2, 3, 4, 5]


def test_a_file_full_of_faults_is_given_up_after_a_hundred(tmp_path: Path) -> None:
    assert len(refused(tmp_path, "a: 1\n" * 5000)) == 100


def test_a_billion_laughs_are_not_expanded(tmp_path: Path) -> None:
    laughs = 'l0: &l0 "ha"\n' + "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]\n" for n in range(1, 10))
    problems = refused(tmp_path, laughs)
    assert {problem.message.split(" '")[0] for problem in problems} == {"the anchor", "the alias"}


@pytest.mark.parametrize("deep", ["[" * 20_000, "- " * 20_000, "{a: " * 20_000, "a: " + "[" * 31])
def test_deep_nesting_is_refused_before_it_is_built(tmp_path: Path, deep: str) -> None:
    [problem] = refused(tmp_path, deep)
    assert "nested more than 30 levels deep" in problem.message


def test_thirty_levels_are_read(tmp_path: Path) -> None:
    assert read(tmp_path, "a: " + "[" * 29 + "1" + "]" * 29).read


def test_missing_files_and_folders_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "inside").mkdir()
    with pytest.raises(InputError, match=r"^inside/none\.yaml: there is no such file: check the path, or create it"):
        read_yaml(Path("inside/none.yaml"))
    with pytest.raises(InputError, match=r"^inside: this is not a file"):
        read_yaml(tmp_path / "inside")


def test_a_file_outside_the_current_folder_is_named_as_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(InputError) as caught:
        read_yaml(tmp_path / "none.yaml")
    assert caught.value.problems[0].file == str(tmp_path / "none.yaml")


FRAGMENTS = st.sampled_from(
    ["a", "b", ": ", ":", "- ", "-", "\n", "\n  ", "  ", "'", '"', "[", "]", "{", "}", ",", "&x ", "*x", "!", "!!int ",
     "|\n", ">-\n", "#", "%YAML 1.2\n", "%TAG ! x\n", "---\n", "...\n", "? ", "\\", "\\x",
     "\\U110000", "\t", "\r", "@", "`",
     "<<", "~", ".nan", "1e9", "2026-01-01", "é", "\u2028", "\x85", "\ufeff", "0o7", "=", "!<tag:x>"]
)  # fmt: skip


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.one_of(st.lists(FRAGMENTS, max_size=25).map("".join), st.text(max_size=60)))
def test_any_text_is_read_or_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "fuzz.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        document = read_yaml(path)
    except InputError as error:
        assert error.problems
        assert all(problem.message and problem.remedy and "\n" not in str(problem) for problem in error.problems)
    else:
        assert _plain(document.data)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "fuzz.yaml"
    path.write_bytes(content)
    try:
        assert _plain(read_yaml(path).data)
    except InputError as error:
        assert error.problems


def _plain(value: object) -> bool:
    match value:
        case dict():
            return all(type(key) is str and _plain(inner) for key, inner in value.items())
        case list():
            return all(_plain(inner) for inner in value)
        case _:
            return type(value) in (str, int, float, bool, dt.date, type(None))
