"""Text from outside becomes visible, bounded and unable to lead anywhere but to the web."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.report import inert


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("abc\u202etxt.exe", "abc⟨U+202E⟩txt.exe"),
        ("\x1b[31mred", "⟨U+001B⟩[31mred"),
        ("nul\x00", "nul⟨U+0000⟩"),
        ("zero\u200bwidth", "zero⟨U+200B⟩width"),
        ("\u2066isolate\u2069", "⟨U+2066⟩isolate⟨U+2069⟩"),
        ("lone\ud800", "lone⟨U+D800⟩"),
        ("\ufeffmark", "⟨U+FEFF⟩mark"),
        ("line\u2028end", "line⟨U+2028⟩end"),
        ("two\r\nlines", "two\nlines"),
        ("no\u3164letter", "no⟨U+3164⟩letter"),
        ("told\U000e0141nobody", "told⟨U+E0141⟩nobody"),
        ("a" + "\u0301" * 9, "a" + "\u0301" * 8 + "⟨U+0301⟩"),
        ("\u0338leads", "⟨U+0338⟩leads"),
    ],
)
def test_hidden_characters_are_written_out(text: str, shown: str) -> None:
    assert inert.visible(text) == shown


@pytest.mark.parametrize("text", ["❤\ufe0f", "ma\u0323\u0302", "می\u200cخواهم", "بغداد", "Büro – €5", "", "a\tb"])  # noqa: RUF001
def test_ordinary_text_in_any_script_is_left_alone(text: str) -> None:
    assert inert.visible(text) == text


@given(st.text(st.characters(), max_size=200))
def test_nothing_hidden_survives(text: str) -> None:
    allowed = set("\n\t\u200c\u200d")
    shown = inert.visible(text)
    assert {c for c in shown if unicodedata.category(c)[0] == "C" or unicodedata.category(c) in {"Zl", "Zp"}} <= allowed
    shown.encode("utf-8")


def test_text_without_end_is_cut_and_says_so() -> None:
    shown = inert.visible("x" * 10_000_000)
    assert shown == "x" * inert.LONGEST + "… (9,998,000 more characters)"


def test_every_string_of_a_tree_is_cleaned_and_nothing_else_changes() -> None:
    assert inert.clean({"a\x00": ["\u202e", 1, None, True, {"b": 0.5}]}) == {
        "a⟨U+0000⟩": ["⟨U+202E⟩", 1, None, True, {"b": 0.5}]
    }


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.shafaq.com/en/Iraq/x?a=1&b=2#c", "shafaq.com"),
        ("http://example.org:8080/(paren)", "example.org"),
        ("HTTPS://Example.org/A", "example.org"),
        ("https://example.org/عراق", "example.org"),
    ],
)
def test_web_addresses_are_links(url: str, host: str) -> None:
    assert inert.link(url) == (url, host)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)//https://example.org",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.org/x",
        "https:/example.org",
        "https://",
        "https://example.org@evil.org/",
        "https://user:pass@example.org/",
        'https://example.org/"onmouseover="alert(1)',
        "https://example.org/<b>",
        "https://example.org/\u202egpj.exe",
        inert.visible("https://example.org/\u202egpj.exe"),
        "https://ехample.org/",  # noqa: RUF001 - Cyrillic letters in a host's name
        "https://[::1",
        "https://example.org%2eevil.org/",
        "https://example.org;evil.org/",
        "https://example..org/",
        "http://example.org:80:80/",
        "https://example.org/a b",
        "https:\\\\example.org",
        "ftp://example.org/x",
        "=HYPERLINK(1)",
    ],
)
def test_anything_else_is_not(url: str) -> None:
    assert inert.link(url) is None
