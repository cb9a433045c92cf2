"""A version for release: made of what is left, and nothing of what is left out stands anywhere in it."""

from __future__ import annotations

import copy
import datetime as dt
import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from forecast.errors import UsageError
from forecast.evidence.journal import Report, View, view
from forecast.model.problem import build_problem
from forecast.refresh import Refreshed
from forecast.report.document import document
from forecast.report.marked import is_marked, marked_reports, without
from forecast.report.page import page
from forecast.report.redacted import Redacted, redact, release
from forecast.report.written import written
from forecast.runs import Run
from tests.model.harbour import row
from tests.model.made import JOURNAL, LAST, refreshed, write_workspace

WORD = "Sentinel"
"""A word that stands in every field of what is left out."""
MARKING = "Sentinel eyes only"

Made = dict[dt.date, Refreshed]


def spoken(run: Run, name: str) -> Run:
    """The run with one report marked and with the secret word in its every free field, and another that carries it."""
    record = copy.deepcopy(run.record)
    for cells in record["inputs"]["evidence"]:
        if cells["report_id"] == name:
            cells.update(dict.fromkeys(("title", "note", "source_type"), f"{WORD} words"), marking=MARKING)
            cells.update(dict.fromkeys(("report_id", "event_id", "origin_id"), f"{WORD}-1"))
            cells.update(url=f"https://{WORD}.example.org/")
    return Run(run.folder, run.forecast, record)


@pytest.fixture(scope="module")
def run(made: Made) -> Run:
    return made[LAST].run


@pytest.fixture(scope="module")
def single(run: Run) -> str:
    """A report that one coder coded, of an event of its own."""
    rows = run.record["inputs"]["evidence"]
    names, events = [each["report_id"] for each in rows], [each["event_id"] for each in rows]
    return next(
        each["report_id"]
        for each in rows
        if names.count(each["report_id"]) == 1 and events.count(each["event_id"]) == 1 and not each["retracted_at"]
    )


# ---------------------------------------------------------------------------- what is meant


def test_a_report_is_marked_if_it_ever_was_and_in_all_its_parts() -> None:
    rows = [replace(JOURNAL[0], report_id="A/2", marking="Secret"), replace(JOURNAL[0], report_id="B", marking="open")]
    rows.append(replace(JOURNAL[0], report_id="A/2", marking=""))
    marked = marked_reports([" secret "], [], rows)
    assert marked == {"A"}
    assert [is_marked(name, marked) for name in ("A", "A/2", "A/3", "B", "AB")] == [True, True, True, False, False]


def test_a_marking_that_nothing_bears_is_refused_with_those_that_there_are() -> None:
    rows = [replace(JOURNAL[0], marking="Secret")]
    with pytest.raises(UsageError, match="--redact sekret: no report bears that marking: the markings are 'Secret'"):
        marked_reports(["sekret"], [], rows)
    with pytest.raises(UsageError, match="none is marked"):
        marked_reports(["secret"], [], [])


def known_of(*rows: object) -> View:
    return view(rows, LAST, "published")  # type: ignore[arg-type]


def test_those_that_carried_what_is_left_out_still_share_an_origin_under_another_name() -> None:
    first = row("X1", 4, "2026-01-26")
    others = [replace(row(name, 4, "2026-01-27"), origin_id="X1", event_id="X1") for name in ("X2", "X3")]
    left = without(known_of(first, *others), {"X1"})
    assert [report.report_id for report in left.reports] == ["X2", "X3"]
    assert {report.origin_id for report in left.reports} == {"X2"}
    assert {report.event_id for report in left.reports} == {"X2"}


def test_retracted_reports_are_left_out_too() -> None:
    known = known_of(*JOURNAL)
    gone: list[Report] = [report for report, _ in known.retracted]
    assert gone
    assert without(known, {gone[0].report_id}).retracted == known.retracted[1:]


# ---------------------------------------------------------------------------- what is made


@pytest.fixture(scope="module")
def secret(run: Run, single: str) -> Run:
    return spoken(run, single)


def test_nothing_of_what_is_left_out_stands_in_the_page_or_in_markdown(secret: Run, workspace: Path) -> None:
    marked = marked_reports([MARKING], [secret], [])
    found = redact(secret, marked, workspace)
    assert found.left_out == 1
    assert found.run.forecast["evidence"]["reports"] == secret.forecast["evidence"]["reports"] - 1
    shown, text = page(found.run.forecast, found.run.record, [], redacted=found.document())
    told, figures = written(shown)
    whole = json.dumps([found.run.forecast, found.run.record["inputs"]["evidence"], *figures.values(), told, text])
    assert WORD.lower() not in whole.lower()
    assert secret.id not in whole
    assert secret.forecast["run"]["inputs"] not in whole
    assert "A version for release" in told


def test_the_forecast_without_them_is_that_of_the_evidence_that_is_left(secret: Run, workspace: Path) -> None:
    found = redact(secret, {f"{WORD}-1"}, workspace)
    assert found.opened is not None
    again = build_problem(found.opened.case, found.opened.known)
    assert again.units == found.opened.problem.units
    assert not found.refitted
    weights = found.opened.weights
    assert weights.sum() == pytest.approx(1.0)
    assert np.ptp(weights) > 0
    said = {each["id"]: each for each in found.document()["outcomes"]}
    shown = document(found.run.forecast, found.run.record, redacted=found.document())
    assert shown.redaction is not None
    for move in shown.redaction.moves:
        assert move.whole.value == said[move.outcome.id]["with"]
        assert move.change.value == pytest.approx(move.outcome.probability.value - move.whole.value)
    assert sum(row["probability"] for row in found.run.forecast["outcomes"]) == pytest.approx(1.0)


def test_answers_are_asked_of_what_is_left(secret: Run, single: str, workspace: Path) -> None:
    """The journal of today says which report is marked; bridge, watch list and sensitivity know nothing of it."""
    rows = [replace(each, marking=MARKING) if each.report_id == single else each for each in JOURNAL]
    plain = Run(secret.folder, secret.forecast, json.loads((secret.folder / "record.json").read_text("utf-8")))
    made = release(plain, [MARKING], workspace, rows, asked=("explained", "pushes", "watched"))
    assert made.answers.explained is not None
    assert made.answers.watched is not None
    told = json.dumps(asdict(made.answers))
    event = next(each.event_id for each in JOURNAL if each.report_id == single)
    assert f'"{event}"' not in told
    assert f'"{single}"' not in told
    assert made.answers.explained["to"]["run"] == made.redacted.run.id
    assert all(f"{run['as_of']}" < plain.forecast["as_of"] or run["run"]["id"] != plain.id for run in made.runs)


# ---------------------------------------------------------------------------- where weights do not hold

MANY = ("R1", "R2", "R3", "R4", "R9")
"""Half of the reports, and the strongest: without them the draws must be made anew."""


@pytest.fixture(scope="module")
def refitted(run: Run, workspace: Path) -> Redacted:
    return redact(run, MANY, workspace)


def test_where_weights_do_not_hold_it_is_fitted_anew(refitted: Redacted, run: Run) -> None:
    assert refitted.refitted
    assert refitted.run.record["method"] == refitted.run.forecast["diagnostics"]["method"] == "nuts"
    assert refitted.run.forecast["publishable"]
    assert refitted.left_out == len(MANY)
    assert refitted.opened is not None
    assert refitted.opened.parent is None
    assert np.ptp(refitted.opened.weights) == pytest.approx(0.0)
    assert sum(row["probability"] for row in refitted.run.forecast["outcomes"]) == pytest.approx(1.0)
    assert refitted.run.id != run.id


def test_a_refit_without_them_is_what_a_refresh_that_never_had_them_says(refitted: Redacted, tmp_path: Path) -> None:
    """A journal that never held them, and the same day: the same forecast, but for the computation's own error."""
    write_workspace(tmp_path, tuple(each for each in JOURNAL if each.report_id not in MANY))
    never = refreshed(tmp_path, LAST).run.forecast
    for mine, other in zip(refitted.run.forecast["outcomes"], never["outcomes"], strict=True):
        assert mine["probability"] == pytest.approx(other["probability"], abs=2 * (mine["mcse"] + other["mcse"]))
        assert mine["interval"] == pytest.approx(other["interval"], abs=0.02)
    counts = refitted.run.forecast["evidence"]
    assert counts == {
        **never["evidence"],
        "after_as_of": counts["after_as_of"],
    }  # a run's record holds no later reports


def test_the_page_says_that_it_was_fitted_anew_and_how_far_it_moved(refitted: Redacted, run: Run) -> None:
    said = refitted.document()
    assert said["refitted"]
    shown, text = page(refitted.run.forecast, refitted.run.record, [], redacted=said)
    told, _ = written(shown)
    assert shown.redaction is not None
    for words in (text, told):
        assert "The forecast was fitted anew without them." in words
        assert "draws were weighted" not in words
    before = {row["id"]: row["probability"] for row in run.forecast["outcomes"]}
    for move in shown.redaction.moves:
        now = next(row for row in refitted.run.forecast["outcomes"] if row["id"] == move.outcome.id)
        assert move.change.value == pytest.approx(now["probability"] - before[move.outcome.id])
    assert any(move.real for move in shown.redaction.moves)
