"""The journal of resolutions: what it says, which row of it stands, and every way in which a row can be wrong."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.case.reading import read_case
from forecast.case.resolutions import HEADER, Life, Resolution, parse_weights, standing, written
from forecast.errors import Exit
from tests.case.editing import faults as faults_of
from tests.case.editing import said
from tests.commands.test_main import call

LIFE = Life(("city", "private", "other"), dt.date(2026, 1, 12), dt.date(2026, 6, 28))
CITY = "2026-05-04T09:30:00Z,2026-05-02,city=1,The council signed.,Port Gazette,ann"
BOTH = '2026-06-01T16:00:00Z,2026-05-01,"city=0.7,private=0.3","The contract names both,\nin one clause.",The contract,'


def resolved(folder: Path, *rows: str) -> Path:
    (folder / "resolutions.csv").write_text("\n".join([",".join(HEADER), *rows, ""]), encoding="utf-8")
    return folder


def test_a_case_without_the_file_is_open(harbour: Path) -> None:
    case = read_case(harbour)
    assert case.resolutions == ()
    assert case.resolution is None
    assert read_case(resolved(harbour)).resolution is None  # nor does a header resolve anything


def test_the_row_recorded_last_stands_and_the_others_stay(harbour: Path) -> None:
    for rows in ((CITY, BOTH), (BOTH, CITY)):
        case = read_case(resolved(harbour, *rows))
        assert len(case.resolutions) == 2
        assert case.resolution == Resolution(
            date=dt.date(2026, 5, 1),
            weights={"city": 0.7, "private": 0.3, "other": 0.0, "unresolved": 0.0},
            reason="The contract names both,\nin one clause.",
            source="The contract",
            recorded_at=dt.datetime(2026, 6, 1, 16, tzinfo=dt.UTC),
        )
        assert case.resolution.outcome is None
    (first,) = [resolution for resolution in case.resolutions if resolution.author]
    assert (first.outcome, first.author) == ("city", "ann")


def test_of_two_at_one_moment_the_later_row_stands() -> None:
    def at(moment: dt.datetime, reason: str) -> Resolution:
        return Resolution(dt.date(2026, 5, 2), {"city": 1.0}, reason, "x", moment)

    early, late = dt.datetime(2026, 5, 4, tzinfo=dt.UTC), dt.datetime(2026, 5, 5, tzinfo=dt.UTC)
    assert standing([]) is None
    assert standing([at(late, "a"), at(early, "b"), at(late, "c")]) == at(late, "c")


def test_a_question_open_at_its_horizon_resolves_as_unresolved_on_that_day(harbour: Path) -> None:
    case = read_case(resolved(harbour, "2026-06-29T08:00:00Z,2026-06-28,unresolved,Nothing was signed.,Port Gazette,"))
    assert case.resolution is not None
    assert case.resolution.outcome == "unresolved"


def changed(old: str, new: str) -> str:
    assert old in CITY
    return CITY.replace(old, new)


FAULTS = {
    "no moment": (changed("2026-05-04T09:30:00Z", "2026-05-04"), "'recorded_at' is '2026-05-04', which is no moment"),
    "an hour too many": (changed("T09:30", "T25:30"), "'2026-05-04T25:30:00Z', which is no moment: write it as YYYY-"),
    "no day": (changed("2026-05-02", "2 May"), "'date' is '2 May', which is no date of the form YYYY-MM-DD"),
    "before the opening": (changed("2026-05-02", "2026-01-11"), "2026-01-11 is not after the opening (2026-01-12)"),
    "on the opening day": (
        changed("2026-05-02", "2026-01-12"),
        "2026-01-12 is not after the opening (2026-01-12): the",
    ),
    "after the horizon": (
        "2026-07-04T00:00:00Z,2026-06-29,city=1,x,y,",
        "2026-06-29 is after the horizon (2026-06-28): a question that is open at its horizon resolves as 'unresolved'",
    ),
    "in the future": (changed("2026-05-02", "2026-05-06"), "2026-05-06 is after the moment when it was recorded"),
    "open too early": (changed("city=1", "unresolved=1"), "'unresolved' means open at the horizon, and 2026-05-02 is"),
    "half open too early": (
        changed("city=1", '"city=0.5,unresolved=0.5"'),
        "give the horizon, 2026-06-28, as the date",
    ),
    "no outcome": (changed("city=1", "town=1"), "there is no outcome 'town': use one of 'city', 'other', 'private' or"),
    "a slip": (changed("city=1", "citty=1"), "there is no outcome 'citty': did you mean 'city'?"),
    "an outcome twice": (changed("city=1", '"city=0.5,city=0.5"'), "'city' is there twice: give each outcome one"),
    "too little": (changed("city=1", '"city=0.5,other=0.4"'), "the weights sum to 0.9: make them sum to 1"),
    "too much": (changed("city=1", '"city=0.5,other=0.6"'), "the weights sum to 1.1: make them sum to 1"),
    "nearly": (changed("city=1", '"city=0.33333,other=0.33333,private=0.33333"'), "the weights sum to 0.99999: make"),
    "not a number": (changed("city=1", "city=nan"), "the weight of 'city' is 'nan': write a number from 0 to 1"),
    "infinite": (changed("city=1", "city=1e999"), "the weight of 'city' is 1e999, above 1: write a number from 0 to 1"),
    "less than nothing": (changed("city=1", '"city=1.5,other=-0.5"'), "the weight of 'city' is 1.5, above 1"),
    "negative": (
        changed("city=1", '"other=-0.5,city=1"'),
        "the weight of 'other' is '-0.5': write a number from 0 to 1",
    ),
    "no weights": (changed("city=1", ""), "'weights' is empty"),
    "a comma too many": (changed("city=1", '"city=1,"'), "there is no outcome ''"),
    "no reason": (changed("The council signed.", " "), "'reason' is empty"),
    "no source": (changed("Port Gazette", ""), "'source' is empty"),
    "a reason without end": (changed("The council signed.", "x" * 5001), "'reason' is longer than 5000 characters"),
    "a cell too many": (CITY + ",", "the row has 7 cells for 6 columns"),
}


@pytest.mark.parametrize(("row", "message"), FAULTS.values(), ids=FAULTS)
def test_a_bad_row_is_refused_by_its_line(harbour: Path, row: str, message: str) -> None:
    (fault,) = said(faults_of(resolved(harbour, changed("05-04T", "05-03T"), row)))
    assert fault.startswith("data/harbour/resolutions.csv:3: ")
    assert message in fault


def test_every_fault_of_every_row_is_said_with_those_of_the_other_files(harbour: Path) -> None:
    resolved(harbour, changed("city=1", "town=1"), changed("city=1", "city=0.4"), CITY)
    case = harbour / "case.yaml"
    case.write_text(case.read_text("utf-8").replace("title:", "titel:"), encoding="utf-8")
    places = [(fault.file.rpartition("/")[2], fault.line) for fault in faults_of(harbour)]
    assert places[0][0] == "case.yaml"
    resolved(harbour, changed("city=1", "town=1"), changed("05-04T", "05-05T").replace("city=1", "city=0.4"))
    case.write_text(case.read_text("utf-8").replace("titel:", "title:"), encoding="utf-8")
    assert [fault.line for fault in faults_of(harbour)] == [2, 3]


def test_two_rows_of_one_moment_are_one_too_many(harbour: Path) -> None:
    (fault,) = said(faults_of(resolved(harbour, CITY, changed("city=1", "other=1"))))
    assert fault.startswith("data/harbour/resolutions.csv:3: '2026-05-04T09:30:00Z' is there twice")


def test_check_finds_it(harbour: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    resolved(harbour, changed("city=1", "town=1"))
    code, out, err = call(monkeypatch, capsys, "check")
    assert (code, out) == (Exit.BAD_INPUT, "")
    assert err.startswith("data/harbour/resolutions.csv:2: there is no outcome 'town'")


@given(st.lists(st.integers(0, 10**6), min_size=4, max_size=4).filter(any))
def test_weights_are_written_as_they_are_read(parts: list[int]) -> None:
    weights = {name: part / sum(parts) for name, part in zip(LIFE.ends, parts, strict=True)}
    assert parse_weights(written(weights), LIFE) == weights


def test_an_outcome_by_its_name_alone_gets_everything() -> None:
    assert parse_weights("city", LIFE) == parse_weights(" city = 1 ", LIFE)
