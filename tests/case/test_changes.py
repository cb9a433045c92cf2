"""A question that changed while it was open: declared, checked, and undone for what was said before."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from forecast.case.reading import read_case
from forecast.errors import InputError
from forecast.record.scores import Statement, score
from forecast.refresh import refresh
from tests.small_case import ASSUMPTIONS, CASE, assumption, write_case

MARCH, APRIL = dt.date(2026, 3, 1), dt.date(2026, 4, 1)
WAS = dt.date(2026, 5, 31)
SPLIT = {"date": MARCH, "reason": "Two tenders.", "split": {"outcome": "docks", "into": ["city", "private"]}}
MOVED = {"date": APRIL, "reason": "The vote was put off.", "horizon_was": WAS}


def written(folder: Path, *changes: dict[str, Any], **case: Any) -> Path:
    return write_case(folder / "data" / "harbour", case={"changes": list(changes), **case})


def test_what_was_before_a_change_is_the_question_with_it_undone(tmp_path: Path) -> None:
    life = read_case(written(tmp_path, SPLIT, MOVED)).question.life
    assert life.on(dt.date(2026, 4, 2)).ends == ("city", "private", "other", "unresolved")
    assert (life.on(APRIL).horizon, life.on(dt.date(2026, 4, 2)).horizon) == (WAS, CASE["horizon"])
    assert life.on(APRIL).outcomes == ("city", "private", "other")
    assert life.on(MARCH).outcomes == ("docks", "other"), "the day itself still speaks of the question as it was"


FAULTS: dict[str, tuple[list[dict[str, Any]], str]] = {
    "nothing": ([{"date": MARCH, "reason": "x"}], "this change changes nothing"),
    "kept": ([{**SPLIT, "split": {"outcome": "other", "into": ["city", "private"]}}], "'other' was split and is an"),
    "no part": ([{**SPLIT, "split": {"outcome": "docks", "into": ["city", "cranes"]}}], "no outcome 'cranes' after"),
    "twice": ([{**SPLIT, "split": {"outcome": "docks", "into": ["city", "city"]}}], "a part is named twice"),
    "order": ([MOVED, SPLIT], "2026-04-01 is after the next change"),
    "outside": ([{**SPLIT, "date": dt.date(2027, 1, 1)}], "is not inside the question's life"),
    "same": ([{**MOVED, "horizon_was": CASE["horizon"]}], "which is 2026-06-28 or had passed"),
}


@pytest.mark.parametrize(("changes", "message"), FAULTS.values(), ids=FAULTS)
def test_a_change_that_cannot_be_is_refused_by_line(
    tmp_path: Path, changes: list[dict[str, Any]], message: str
) -> None:
    with pytest.raises(InputError) as refused:
        read_case(written(tmp_path, *changes))
    assert any(message in problem.message and problem.line for problem in refused.value.problems)


def test_numbers_of_before_speak_of_the_outcomes_of_before(tmp_path: Path) -> None:
    folder = written(tmp_path, SPLIT, MOVED)
    head = "date,author,outcome,probability\n"
    before = "".join(f"2026-02-01,ann,{end},{p}\n" for end, p in (("docks", 0.5), ("other", 0.2), ("unresolved", 0.3)))
    after = "".join(
        f"2026-03-02,ann,{end},{p}\n"
        for end, p in (("city", 0.3), ("private", 0.2), ("other", 0.2), ("unresolved", 0.3))
    )
    (folder / "judgements.csv").write_text(head + before + after, "utf-8")
    early, late = read_case(folder).judgements
    assert (early.chances["docks"], early.horizon, late.chances["city"], late.horizon) == (0.5, WAS, 0.3, WAS)
    (folder / "judgements.csv").write_text(head + before.replace("docks", "city"), "utf-8")
    with pytest.raises(InputError, match="there is no outcome 'city'"):
        read_case(folder)


def test_scores_hold_on_both_sides_of_a_change(tmp_path: Path) -> None:
    folder = written(tmp_path, SPLIT, MOVED)
    header = "recorded_at,date,weights,reason,source,author\n"
    (folder / "resolutions.csv").write_text(header + "2026-06-12T09:00:00Z,2026-06-10,city,Signed.,Gazette,\n", "utf-8")
    resolution = read_case(folder).resolution
    assert resolution is not None
    old = {"docks": 0.5, "other": 0.2, "unresolved": 0.3}
    new = {"city": 0.3, "private": 0.2, "other": 0.2, "unresolved": 0.3}
    by_then = score(Statement(dt.date(2026, 2, 1), WAS, old), resolution)
    after_split = score(Statement(dt.date(2026, 2, 1), CASE["horizon"], old), resolution)
    after_both = score(Statement(dt.date(2026, 4, 5), CASE["horizon"], new), resolution)
    assert by_then is not None
    assert after_split is not None
    assert after_both is not None
    assert by_then.brier == pytest.approx(0.5**2 + 0.2**2 + 0.7**2), "by the horizon of then it was open"
    assert after_split.brier == pytest.approx(0.5**2 + 0.2**2 + 0.3**2), "its parts count as what was split"
    assert after_both.brier == pytest.approx(0.7**2 + 0.2**2 + 0.2**2 + 0.3**2)


def test_across_a_change_there_is_no_change_and_a_reason(tmp_path: Path) -> None:
    from forecast.model.contract import ExactModel, load_model

    uniform = load_model("uniform", tmp_path)
    assert isinstance(uniform, ExactModel)
    stated = assumption("stated-chances", "shares", shares={"docks": 0.8, "other": 0.2}, judged_on=dt.date(2026, 1, 12))
    first = write_case(
        tmp_path / "data" / "harbour",
        case={
            "outcomes": [{"id": "docks", "label": "The docks", "description": "One tender."}],
            "resolution": {"counts": "It is signed.", "tree": [{"test": "It is signed.", "then": "docks"}]},
        },
        codebook={"indicators": []},
        assumptions=[stated, ASSUMPTIONS[1]],
    )

    def made(folder: Path, day: str) -> dict[str, dict[str, Any]]:
        day_of = dt.date.fromisoformat(day)
        run = refresh(read_case(folder), (), uniform, tmp_path / "reports", as_of=day_of, seed=1, clock="published").run
        return {row["id"]: row for row in run.forecast["outcomes"]}

    made(first, "2026-02-01")
    (first / "assumptions" / "first-look.yaml").unlink()
    said = made(written(tmp_path, SPLIT), "2026-03-02")
    assert said["city"]["previous"] is said["city"]["change"] is None
    assert said["city"]["change_reason"] == "split from docks on 2026-03-01: Two tenders."
    assert said["other"]["change"] == pytest.approx(said["other"]["probability"] - 1 / 3)
    assert said["other"]["change_reason"] is None
    later = dt.date(2026, 7, 31)
    said = made(written(tmp_path, SPLIT, {**MOVED, "horizon_was": CASE["horizon"]}, horizon=later), "2026-04-02")
    assert all(row["previous"] is row["change"] is None for row in said.values())
    assert all("moved on 2026-04-01: The vote was put off." in row["change_reason"] for row in said.values())
    said = made(written(tmp_path, SPLIT), "2026-04-03")
    assert all("and no change of the case says so" in row["change_reason"] for row in said.values())
