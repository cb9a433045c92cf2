"""Whether coders agree enough: what is compared with what, the rule, and who may set it aside."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forecast.case.reading import read_case
from forecast.case.schema import Case
from forecast.evidence.agreement import LEAST_UNITS, agreement, objections
from forecast.evidence.drift import drifts
from forecast.evidence.journal import Row, View, view
from tests.evidence.samples import row
from tests.small_case import write_case

DAY = dt.date(2026, 3, 1)
SIGNED = {"check": "coder-agreement", "author": "Ada", "date": DAY, "reason": "The two were trained since."}


def a_case(tmp_path: Path, **changes: Any) -> Case:
    return read_case(write_case(tmp_path / "harbour", case=changes))


def known(rows: Iterable[Row]) -> View:
    return view(rows, DAY, "published")


def coded(grades: Iterable[tuple[int, ...]], coders: str = "abc", **changes: Any) -> list[Row]:
    """Reports that several coders graded, one after the other."""
    return [
        row(report_id=f"R{number}", coder=coder, grade=grade, **changes)
        for number, unit in enumerate(grades)
        for coder, grade in zip(coders, unit, strict=False)
    ]


def disagreeing(number: int) -> list[tuple[int, int]]:
    chance = random.Random(3)
    return [(chance.randint(1, 5), chance.randint(1, 5)) for _ in range(number)]


def agreeing(number: int) -> list[tuple[int, int]]:
    return [(n % 5 + 1, n % 5 + 1) for n in range(number)]


# ---------------------------------------------------------------------------- what is compared


def test_grades_of_two_indicators_are_not_compared(tmp_path: Path) -> None:
    rows = [row(coder="a", grade=1), row(coder="b", grade=5, indicator="tender")]
    found = agreement(known(rows), a_case(tmp_path))
    assert found.fields["grade"].units == 0
    assert found.fields["indicator"].units == 1


def test_parts_are_of_the_right_units(tmp_path: Path) -> None:
    rows = coded(agreeing(10)) + [
        row(report_id=f"T{n}", coder=coder, grade=grade, indicator="tender", published_date="2026-02-10")
        for n, unit in enumerate([(1, 5), (5, 1), (2, 4)])
        for coder, grade in zip("ab", unit, strict=True)
    ]
    found = agreement(known(rows), a_case(tmp_path))
    assert {name: part.units for name, part in found.indicators.items()} == {"strikes": 10, "tender": 3}
    assert {name: part.units for name, part in found.months.items()} == {"2026-01": 10, "2026-02": 3}
    good, bad = found.indicators["strikes"].ordinal, found.indicators["tender"].ordinal
    assert good is not None
    assert bad is not None
    assert good.value == pytest.approx(1.0)
    assert bad.value < 0


def test_the_one_who_grades_otherwise_stands_out(tmp_path: Path) -> None:
    found = agreement(known(coded([(n % 5 + 1, n % 5 + 1, (n + 2) % 5 + 1) for n in range(25)])), a_case(tmp_path))
    values = {name: part.ordinal.value for name, part in found.coders.items() if part.ordinal}
    assert values["c"] < min(values["a"], values["b"])
    kappas = {pair.coders: pair.kappa.value for pair in found.pairs if pair.kappa}
    assert kappas[("a", "b")] == pytest.approx(1.0)
    assert max(kappas[("a", "c")], kappas[("b", "c")]) < 0.5


def test_what_cannot_be_judged_is_on_no_scale(tmp_path: Path) -> None:
    rows = coded(agreeing(3)) + [row(report_id="F", coder=coder, reliability=letter) for coder, letter in ("aF", "bA")]
    found = agreement(known(rows), a_case(tmp_path)).fields["reliability"]
    assert found.nominal is not None
    assert found.nominal.value < 1.0
    assert found.ordinal is None  # on the scale they all said B


def test_credibility_that_cannot_be_judged_is_on_no_scale_either(tmp_path: Path) -> None:
    marks = [(1, 1), (5, 5), (2, 6), (3, 3)]
    rows = [
        row(report_id=f"C{number}", coder=coder, credibility=mark)
        for number, pair in enumerate(marks)
        for coder, mark in zip("ab", pair, strict=True)
    ]
    found = agreement(known(rows), a_case(tmp_path)).fields["credibility"]
    assert found.ordinal is not None
    assert found.ordinal.value == pytest.approx(1.0), "6 is no mark; 5 is one"
    assert found.nominal is not None
    assert found.nominal.value < 1.0


# ---------------------------------------------------------------------------- the rule


def test_one_coder_is_nothing_to_object_to(tmp_path: Path) -> None:
    assert objections(known(coded([(n % 5 + 1,) for n in range(50)])), a_case(tmp_path)).failures == ()


def test_too_few_shared_reports_say_nothing(tmp_path: Path) -> None:
    case = a_case(tmp_path)
    assert objections(known(coded(disagreeing(LEAST_UNITS - 1))), case).failures == ()
    (failure,) = objections(known(coded(disagreeing(LEAST_UNITS))), case).failures
    assert failure.startswith("coder agreement: alpha of grade is ")
    assert failure.endswith("20 units), must be at least 0.667")


def test_between_the_limits_there_is_a_warning(tmp_path: Path) -> None:
    units = [*agreeing(20), (1, 5), (5, 2)]
    found = objections(known(coded(units)), a_case(tmp_path))
    assert found.failures == ()
    (note,) = found.notes
    assert "which calls for caution below 0.8" in note
    assert objections(known(coded(agreeing(30))), a_case(tmp_path / "again")).notes == ()


def test_the_choice_of_indicators_is_judged_too(tmp_path: Path) -> None:
    names = ("strikes", "tender", "tax_income")
    rows = [
        row(report_id=f"R{n}", coder=coder, grade=3, indicator=names[(n + shift * (n % 2)) % 3])
        for n in range(30)
        for shift, coder in enumerate("ab")
    ]
    (failure,) = objections(known(rows), a_case(tmp_path)).failures
    assert failure.startswith("coder agreement: alpha of indicator is ")


def test_whoever_signs_it_off_is_named(tmp_path: Path) -> None:
    found = objections(known(coded(disagreeing(30))), a_case(tmp_path, signed_off=[SIGNED]))
    assert found.failures == ()
    assert found.notes[0].endswith("signed off by Ada on 2026-03-01: The two were trained since.")


def test_a_machine_is_not_who_must_agree(tmp_path: Path) -> None:
    machine = [row(report_id=f"R{n}", coder="machine", grade=5 - n % 5) for n in range(30)]
    found = known(coded([(n % 5 + 1,) for n in range(30)]) + machine)
    case = a_case(tmp_path)
    assert objections(found, case).failures == ()
    assert set(agreement(found, case).coders) == {"a", "machine"}
    assert agreement(found, case).fields["grade"].units == 0


# ---------------------------------------------------------------------------- drift


def weeks_of_coding(seed: int, drift: float, weeks: int = 12, lately: int = 4) -> list[Row]:
    """Two coders, eight shared reports a week; one of them grades higher by `drift` in the last weeks."""
    rng = np.random.default_rng(seed)
    start = dt.datetime(2025, 11, 3, 12, tzinfo=dt.UTC)
    rows = []
    for week in range(weeks):
        for number in range(8):
            truth = rng.integers(2, 4)
            moved = drift if week >= weeks - lately else 0.0
            for coder, severity in (("a", 0.0), ("b", moved)):
                grade = int(np.clip(np.round(truth + severity + rng.choice([-1, 0, 0, 0, 1])), 1, 5))
                rows.append(
                    row(
                        report_id=f"{week}-{number}",
                        coder=coder,
                        grade=grade,
                        event_date="2025-11-01",
                        published_date="2025-11-02",
                        coded_at=start + dt.timedelta(weeks=week, hours=number),
                    )
                )
    return rows


def test_a_grade_of_drift_is_found_within_four_weeks_and_none_is_seldom_cried() -> None:
    found = [any(each.alarm for each in drifts(known(weeks_of_coding(seed, 1.0)).reports)) for seed in range(40)]
    false = [any(each.alarm for each in drifts(known(weeks_of_coding(seed, 0.0)).reports)) for seed in range(100, 140)]
    assert sum(found) >= 36
    assert sum(false) <= 3


def test_a_steady_difference_is_no_drift_and_too_few_grades_say_nothing() -> None:
    (a, b) = drifts(known(weeks_of_coding(5, 1.0, weeks=12, lately=12)).reports)
    assert not a.alarm
    assert b.before is not None
    assert b.before[0] > 0.5
    assert all(each.change is None for each in drifts(known(coded(agreeing(5))).reports))
