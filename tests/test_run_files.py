"""What lay on a disk for months is read by the letter, or refused with its file."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecast.commands.display import show_run
from forecast.errors import InputError
from forecast.report.document import document as report
from forecast.run_files import read_forecast, read_record
from forecast.runs import Run
from tests.report.sample import sample

RECORD = {**sample().record}
FORECAST = sample().forecast

Change = Callable[[dict[str, Any]], object]


def written(tmp_path: Path, content: bytes | dict[str, Any]) -> Path:
    path = tmp_path / "document.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def test_what_was_saved_is_read_as_it_was(tmp_path: Path) -> None:
    assert read_forecast(written(tmp_path, FORECAST)) == FORECAST
    assert read_record(written(tmp_path, RECORD)) == RECORD


def test_fields_may_be_added(tmp_path: Path) -> None:
    assert read_forecast(written(tmp_path, {**FORECAST, "mood": ["new"]}))["mood"] == ["new"]


NOT_JSON = {
    "empty": (b"", "Expecting value"),
    "cut off": (json.dumps(FORECAST).encode()[:500], "cannot be read"),
    "not UTF-8": (b"\xff\xfe{}", "codec can't decode"),
    "NUL": (b'{"case": "\0"}', "Invalid control character"),
    "NaN": (b'{"case": NaN}', "NaN is not JSON"),
    "-Infinity": (b'{"case": -Infinity}', "-Infinity is not JSON"),
    "beyond all bounds": (b'{"case": 1e400}', "the number 1e400 is too large"),
    "many digits": (b"9" * 5000, "Exceeds the limit"),
    "a key twice": (b'{"case": 1, "as_of": 2, "case": 3}', "the key 'case' stands there twice"),
    "deep": (b"[" * 200_000, "recursion"),
    "a list": (b"[]", "input should be"),
    "null": (b"null", "input should be"),
    "no keys": (b"{}", "case: field required"),
}


@pytest.mark.parametrize(("content", "said"), NOT_JSON.values(), ids=NOT_JSON)
@pytest.mark.parametrize("read", [read_forecast, read_record])
def test_what_is_no_document_is_refused(
    tmp_path: Path, read: Callable[[Path], object], content: bytes, said: str
) -> None:
    with pytest.raises(InputError) as caught:
        read(written(tmp_path, content))
    every = str(caught.value)
    assert all("document.json: " in line for line in every.splitlines())
    assert every.endswith(": restore the file, or delete the run's folder")
    assert said in every or (said == "case: field required" and "inputs: field required" in every)


def test_a_document_that_is_not_there_or_is_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "document.json", tmp_path):
        with pytest.raises(InputError, match="the run cannot be read"):
            read_forecast(path)


CHANGES: dict[str, tuple[Change, str]] = {
    "a text for a number": (lambda f: f["outcomes"][1].update(probability="0.3"), "outcomes[1].probability: input"),
    "a probability above 1": (lambda f: f["outcomes"][1].update(probability=1.2), "outcomes[1].probability: input"),
    "a probability beyond all bounds": (
        lambda f: f["outcomes"][0].update(previous=1e308),
        "outcomes[0].previous: input",
    ),
    "a change of more than all": (lambda f: f["outcomes"][0].update(change=-1e308), "outcomes[0].change: input should"),
    "more than all resolved": (
        lambda f: f["timing"][0]["cumulative"].update(sadrist=9),
        "timing[0].cumulative.sadrist:",
    ),
    "no week at all": (lambda f: f.update(timing=[]), "timing: list should have at least 1 item"),
    "half an interval": (lambda f: f["outcomes"][0].update(interval=[0.1]), "outcomes[0].interval: list should have"),
    "no such day": (lambda f: f.update(horizon="2026-02-30"), "horizon: value error"),
    "no outcomes": (lambda f: f.update(outcomes=[]), "outcomes: list should have at least 2"),
    "half a character": (lambda f: f.update(title="\ud800"), "surrogates not allowed"),
    "an id that leads elsewhere": (lambda f: f["run"].update(id="../../2026"), "run.id: string should match"),
    "an outcome twice": (lambda f: f["outcomes"][1].update(id="compromise"), "each must stand once"),
    "an outcome lost": (lambda f: f["outcomes"].pop(0), "timing: its outcomes are not those"),
    "a driver lost": (lambda f: f["drivers"].pop(), "drivers: they are not those of driver_paths"),
    "no weeks": (lambda f: f["driver_paths"][0].update(weeks=[]), "driver_paths: a driver has no weeks"),
    "another day": (lambda f: f.update(as_of="2026-02-07"), "as_of: it is not the date in the run's id"),
    "a failed gate passed": (lambda f: f["diagnostics"].update(gate="fail"), "publishable: it is not what the gate"),
    "a change from nowhere": (lambda f: f["outcomes"][0].update(previous=None), "a change without the probability"),
    "a number missing": (lambda f: f["outcomes"][0].update(mcse=None), "a number is missing"),
}


@pytest.mark.parametrize(("change", "said"), CHANGES.values(), ids=CHANGES)
def test_what_does_not_fit_is_said(tmp_path: Path, change: Change, said: str) -> None:
    document = sample().forecast
    change(document)
    with pytest.raises(InputError) as caught:
        read_forecast(written(tmp_path, document))
    assert said in str(caught.value)


def test_a_run_is_made_in_one_of_three_ways(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="method: input should be 'nuts', 'update' or 'exact'"):
        read_record(written(tmp_path, {**sample().record, "method": "magic"}))


def places(value: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [before] * bool(before) + [place for key, part in inner for place in places(part, (*before, key))]


NASTY = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.lists(st.integers()),
    st.just({}),
    st.just("\ud800"),
)


@given(place=st.sampled_from(places(FORECAST)), value=NASTY, leave_out=st.booleans())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_anywhere_a_document_is_read_or_refused(
    tmp_path: Path, place: tuple[Any, ...], value: Any, leave_out: bool
) -> None:
    document = sample().forecast
    *way, last = place
    block: Any = document
    for step in way:
        block = block[step]
    if leave_out:
        del block[last]
    else:
        block[last] = value
    try:
        read = read_forecast(written(tmp_path, document))
    except InputError:
        return
    run = Run(tmp_path, read, RECORD)
    show_run(run, [run], saved=True)
    if not run.complete:
        return
    with contextlib.suppress(KeyError, ValueError):  # what a report says of a run that contradicts itself
        report(read, RECORD, [read])
