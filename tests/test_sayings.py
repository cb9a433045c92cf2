"""Notes on runs: added, never altered, and nothing but text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecast.chain import pin_of
from forecast.errors import InputError, UsageError
from forecast.runs import Run
from forecast.sayings import FILE, LONGEST, by_run, read_sayings, say_of
from tests.test_runs import forecast, save


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return save(tmp_path, forecast("2026-02-01"))[0]


@given(texts=st.lists(st.text(st.characters(codec="utf-8"), max_size=40).filter(str.strip), min_size=1, max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_what_is_noted_is_read_again_and_only_added_to(run: Run, texts: list[str]) -> None:
    path = run.folder.parent / FILE
    path.unlink(missing_ok=True)
    before = b""
    for text in texts:
        said = say_of(run, "note", text)
        content = path.read_bytes()
        assert content.startswith(before)
        assert content.isascii()
        assert content.count(b"\n") == before.count(b"\n") + 1
        assert all(byte >= 32 or byte == 10 for byte in content)
        assert read_sayings(run.folder.parent.parent, "harbour")[-1] == said
        before = content
    assert [said.text for said in by_run(read_sayings(run.folder.parent.parent, "harbour"))[run.id]] == [
        " ".join(text.split()) for text in texts
    ]


def test_a_run_that_was_sent_is_pinned_as_it_was(run: Run) -> None:
    said = say_of(run, "sent", "")
    assert (said.kind, said.run, said.text, said.record) == ("sent", run.id, "", pin_of(run)["record"])


@pytest.mark.parametrize("text", ["", " \n ", "x" * (LONGEST + 1)])
def test_what_is_no_note_is_refused_and_nothing_is_written(run: Run, text: str) -> None:
    with pytest.raises(UsageError, match="TEXT is"):
        say_of(run, "note", text)
    assert not (run.folder.parent / FILE).exists()


@pytest.mark.parametrize("line", ["{", "[]", '{"at": "now"}', "nonsense", '{"run": NaN}', "\udcff", "[" * 10_000])
def test_a_spoilt_journal_is_named_by_line_and_not_added_to(run: Run, line: str) -> None:
    say_of(run, "note", "First.")
    path = run.folder.parent / FILE
    path.write_bytes(path.read_bytes() + line.encode("utf-8", "surrogateescape"))
    before = path.read_bytes()
    for do in (lambda: read_sayings(path.parent.parent, "harbour"), lambda: say_of(run, "note", "Second.")):
        with pytest.raises(InputError, match=r"notes\.jsonl:2: this is not a note on a run"):
            do()
    assert path.read_bytes() == before
