"""The chain of runs: whatever is done to runs or rows that a later run has seen shows, and nothing else does."""

from __future__ import annotations

import copy
import datetime as dt
import json
import shutil
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.chain import ends, forks, link_of, pin_of, row_faults, run_faults, save_linked
from forecast.evidence.journal import Row
from forecast.run_files import FORECAST, RECORD
from forecast.runs import Run, content_digest, list_runs, load_run, save_run
from tests.model.harbour import row
from tests.report.sample import sample
from tests.test_runs import forecast

DAYS = ("2026-02-01", "2026-01-20", "2026-02-08", "2026-01-12", "2026-02-15")
"""As-of dates in the order in which the runs were made: not that of the calendar."""

ROWS = tuple(row(f"R{number}", 1 + number % 5) for number in range(8))


def record() -> dict[str, Any]:
    return {**copy.deepcopy(sample().record), "posterior": content_digest(b"draws")}


def save(reports: Path, day: str, rows: Sequence[Row], code: str = "aaaaaaaa") -> Run:
    run, is_new = save_linked(reports, "harbour", forecast(day, code), record(), b"draws", rows)
    assert is_new
    return run


def next_of(runs: Sequence[Run], said: dict[str, Any], rows: Sequence[Row] = ROWS) -> Run:
    """A run in memory that pins those before it."""
    return Run(Path("reports/harbour") / said["run"]["id"], said, {**record(), "link": link_of(runs, said, rows)})


@cache
def chained() -> tuple[Run, ...]:
    """Five runs that saw more rows each time."""
    runs: list[Run] = []
    for day, seen in zip(DAYS, (0, 2, 2, 5, 8), strict=True):
        runs.append(next_of(runs, forecast(day), ROWS[:seen]))
    return tuple(runs)


def chain(length: int = 5) -> list[Run]:
    return list(chained()[:length])


def faults(runs: Sequence[Run]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, what in run_faults(runs):
        found.setdefault(name, []).append(what)
    return found


# ------------------------------------------------------------------------------------------------ runs


def test_runs_that_are_saved_one_after_another_are_a_chain(tmp_path: Path) -> None:
    made = [save(tmp_path, day, ROWS[:seen]) for day, seen in zip(DAYS, (0, 2, 2, 5, 8), strict=True)]
    saved = {run.id: run for run in list_runs(tmp_path, "harbour")}
    previous = [[pin["run"] for pin in saved[run.id].record["link"]["previous"]] for run in made]
    assert previous == [[], *([run.id] for run in made[:-1])]
    assert [len(saved[run.id].record["link"]["journal"]) for run in made] == [0, 2, 2, 5, 8]
    assert (faults(list(saved.values())), list(row_faults(saved.values(), ROWS))) == ({}, [])
    assert [run.id for run in ends(saved.values())] == [made[-1].id]


def test_a_run_made_again_keeps_its_link(tmp_path: Path) -> None:
    first, _ = save(tmp_path, DAYS[0], ROWS[:1]), save(tmp_path, DAYS[1], ROWS[:2])
    before = (first.folder / RECORD).read_bytes()
    again, is_new = save_linked(tmp_path, "harbour", forecast(DAYS[0]), record(), b"draws", ROWS)
    assert (is_new, again.record, (first.folder / RECORD).read_bytes()) == (False, first.record, before)


def test_runs_saved_at_once_take_turns(tmp_path: Path) -> None:
    names = [f"{number:08x}" for number in range(8)]
    writers = [threading.Thread(target=save, args=(tmp_path, DAYS[0], ROWS, name)) for name in names]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    runs = list_runs(tmp_path, "harbour")
    assert len(runs) == 8
    assert sorted(len(run.record["link"]["previous"]) for run in runs) == [0, *[1] * 7]
    assert faults(runs) == {}


def test_runs_without_links_are_pinned_by_the_first_that_has_one(tmp_path: Path) -> None:
    for day in DAYS[:2]:
        save_run(tmp_path, "harbour", forecast(day), record(), b"draws")
    linked = save(tmp_path, DAYS[2], ROWS)
    runs = list_runs(tmp_path, "harbour")
    assert (len(linked.record["link"]["previous"]), faults(runs), list(forks(runs))) == (2, {}, [])
    save_run(tmp_path, "harbour", forecast(DAYS[3]), record(), b"draws")
    assert faults(list_runs(tmp_path, "harbour")).keys() == {linked.id, f"{DAYS[3]}-aaaaaaaa"}


def test_two_copies_that_went_on_are_joined_by_the_next_run_and_said_to_be() -> None:
    runs = chain(2)
    branches = [next_of(runs, forecast(DAYS[2], code)) for code in ("bbbbbbbb", "cccccccc")]
    forked = [*runs, *branches]
    assert faults(forked).keys() == {run.id for run in branches}
    whole = [*forked, next_of(forked, forecast(DAYS[3]))]
    assert faults(whole) == {}
    (note,) = forks(whole)
    assert all(run.id in note for run in branches)


def leaves(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value of a document."""
    keys = document if isinstance(document, dict) else range(len(document)) if isinstance(document, list) else ()
    found = [leaf for key in keys for leaf in leaves(document[key], (*path, key))]
    return found or [path]


@given(st.data())
def test_any_value_that_is_changed_in_a_run_shows(data: st.DataObject) -> None:
    runs = chain(5)
    place = data.draw(st.integers(0, 4))
    part = data.draw(st.sampled_from(["forecast", "record"] if place < 4 else ["forecast"]))
    document = copy.deepcopy(getattr(runs[place], part))
    way = data.draw(st.sampled_from([leaf for leaf in leaves(document) if leaf[:2] != ("run", "id")]))
    block = document
    for step in way[:-1]:
        block = block[step]
    block[way[-1]] = data.draw(st.sampled_from(["0" * 64, 17, None, []]).filter(lambda value: value != block[way[-1]]))
    runs[place] = replace(runs[place], **{part: document})
    if part == "record" and way[0] == "link":
        with suppress(TypeError, KeyError, AttributeError):  # a link of another shape is refused when it is read
            assert faults(runs)
    else:
        assert runs[place].id in faults(runs)


@given(place=st.integers(0, 3))
def test_a_run_that_is_taken_out_shows(place: int) -> None:
    runs = chain(5)
    gone = runs.pop(place)
    assert gone.id in faults(runs)


@given(pair=st.tuples(st.integers(0, 4), st.integers(0, 4)).filter(lambda pair: pair[0] != pair[1]))
def test_two_runs_that_change_places_show(pair: tuple[int, int]) -> None:
    runs = chain(5)
    one, other = (runs[place] for place in pair)
    for place, run, took in ((pair[0], one, other), (pair[1], other, one)):
        said = {**took.forecast, "run": {**took.forecast["run"], "id": run.id}, "as_of": run.forecast["as_of"]}
        runs[place] = replace(run, forecast=said, record=took.record)
    assert {one.id, other.id} & faults(runs).keys()


@given(after=st.integers(0, 4), linked=st.booleans())
def test_a_run_that_is_put_in_shows(after: int, linked: bool) -> None:
    runs = chain(5)
    said = forecast(DAYS[1], "dddddddd")
    put_in = next_of(runs[: after + 1], said)
    runs.insert(after + 1, put_in if linked else replace(put_in, record=record()))
    if linked and after == 4:
        assert faults(runs) == {}, "after the last one it is the next one"
    else:
        assert said["run"]["id"] in faults(runs)


def test_a_tail_that_is_cut_off_is_what_only_a_kept_digest_shows() -> None:
    runs = chain(5)
    kept = pin_of(runs[-1])["record"]
    assert faults(runs[:4]) == {}
    assert kept not in {pin_of(run)["record"] for run in runs[:4]}


def test_how_the_files_are_written_does_not_matter(tmp_path: Path) -> None:
    runs = [save(tmp_path, day, ROWS) for day in DAYS[:3]]
    for run in runs:
        for name in (FORECAST, RECORD):
            document = json.loads((run.folder / name).read_text("utf-8"))
            text = json.dumps(document, sort_keys=True, indent=4).replace("\n", "\r\n")
            (run.folder / name).write_text(text, "utf-8", newline="")
    assert faults([load_run(run.folder) for run in runs]) == {}


def test_a_folder_in_the_place_of_another_is_refused(tmp_path: Path) -> None:
    one, other = (save(tmp_path, day, ROWS) for day in DAYS[:2])
    shutil.move(one.folder, tmp_path / "away")
    shutil.move(other.folder, one.folder)
    with pytest.raises(Exception, match=f"the folder holds the run {other.id}"):
        load_run(one.folder)


# ------------------------------------------------------------------------------------------------ rows

TAMPERINGS: dict[str, Callable[[list[Row], int], None]] = {
    "edited": lambda rows, place: rows.__setitem__(place, replace(rows[place], note="another")),
    "taken out": lambda rows, place: rows.__delitem__(place),
    "put in": lambda rows, place: rows.insert(place, row("R99", 2)),
    "said twice": lambda rows, place: rows.insert(place, rows[(place + 1) % len(rows)]),
    "swapped": lambda rows, place: rows.insert((place + 1) % len(rows), rows.pop(place)),
}


@pytest.mark.parametrize("tamper", TAMPERINGS.values(), ids=TAMPERINGS)
@given(place=st.integers(0, 7))
def test_whatever_is_done_to_rows_that_a_run_saw_shows(tamper: Callable[[list[Row], int], None], place: int) -> None:
    rows = list(ROWS)
    tamper(rows, place)
    said = [sentence for _, sentence in row_faults(chain(5), rows)]
    assert said, rows
    assert all("since run 2026-" in sentence for sentence in said)


def test_what_became_of_a_row_is_said_by_line_and_once() -> None:
    def faults(*parts: Row) -> list[tuple[int | None, str]]:
        rows = [replace(row, line=place) for place, row in enumerate(parts, 2)]
        return list(row_faults(chain(5), rows))

    last, other = "run 2026-02-15-aaaaaaaa was made", row("R99", 2)
    edited = replace(ROWS[1], grade=5)
    put_in = f"row 5 was put in among older ones since {last}"
    assert faults(ROWS[0], edited, *ROWS[2:]) == [(3, f"row 2 was changed since {last}")]
    assert faults(*ROWS[:4], other, *ROWS[4:]) == [(6, put_in)]
    assert faults(*ROWS[:4], ROWS[2], *ROWS[4:]) == [(6, put_in)], "a row that is said twice was put in"
    assert faults(*ROWS[:3], *ROWS[4:], other) == [(None, f"row 4 was taken out since {last}")], (
        "and the new one is new"
    )
    assert faults(*ROWS[:7], other, other) == [(None, f"row 8 was taken out or changed since {last}")]
    assert faults(ROWS[5], *ROWS[1:5], ROWS[0], *ROWS[6:]) == [
        (7, f"row 1 was moved since {last}"),
        (2, f"row 6 was moved since {last}"),
    ], "and once is enough"
    assert faults(ROWS[0], edited, *ROWS[2:4], other, *ROWS[4:6], ROWS[7]) == [
        (3, f"row 2 was changed since {last}"),
        (6, put_in),
        (None, f"row 7 was taken out since {last}"),
    ]


def test_a_row_that_changed_long_ago_is_said_with_the_last_run_that_knew_it() -> None:
    runs, edited = chain(4), [ROWS[0], replace(ROWS[1], grade=5), *ROWS[2:]]
    runs.append(next_of(runs, forecast(DAYS[4]), edited))
    ((_, said),) = row_faults(runs, edited)
    assert said == "row 2 was changed since run 2026-01-12-aaaaaaaa was made"


@given(st.integers(0, 3))
def test_rows_that_are_added_at_the_end_are_no_fault(more: int) -> None:
    added = [row(f"N{number}", 3, coded_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC)) for number in range(more)]
    assert list(row_faults(chain(5), [*ROWS, *added])) == []
    assert list(row_faults(chain(4), ROWS)) == [], "and of rows that nobody saw there is nothing to say"
