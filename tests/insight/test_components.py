"""A part of the evidence left out by its component is the evidence read again without it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from forecast.evidence.journal import Row
from forecast.inference.carrying import carry
from forecast.insight.components import Part, weigh_parts
from forecast.model.problem import Problem
from tests.insight.standings import problem, standing
from tests.model.harbour import EVIDENCE, latent_drivers, problem_of, seen


def log_events(of: Problem) -> np.ndarray:
    draws = carry(latent_drivers().law, standing().draws, problem(), of)
    return np.asarray(latent_drivers().law.log_likelihood(draws, of)["event"].sum(axis=1))


def keeps(kind: str, name: str) -> Callable[[Row], bool]:
    def kept(row: Row) -> bool:
        if not row.grade:  # a search that found nothing is nobody's telling
            return kind != "indicator" or row.indicator != name
        return {
            "source": row.source != name,
            "indicator": row.indicator != name,
            "cell": f"{row.reliability}{row.credibility}" != name,
            "grades": True,
        }[kind]

    return kept


def regraded(row: Row, part: Part) -> Row:
    if part.kind != "grades" or row.indicator != part.name or not row.grade:
        return row
    return replace(row, grade=min(max(row.grade + part.step, 1), 5))


EVIDENCE_READ = weigh_parts(latent_drivers(), problem(), standing().draws, seen(*EVIDENCE))
PARTS = {
    f"{part.kind} {part.name} {part.step}": (part, change)
    for part, change in zip(EVIDENCE_READ.parts, EVIDENCE_READ.log_changes, strict=True)
}


@pytest.mark.parametrize("name", [name for name in PARTS if not name.startswith("coder")])
def test_without_a_part_or_regraded(name: str) -> None:
    part, change = PARTS[name]
    rows = [regraded(row, part) for row in EVIDENCE if keeps(part.kind, part.name)(row)]
    again = problem_of(*rows)
    np.testing.assert_allclose(change, log_events(again) - log_events(problem()), atol=1e-9)
    assert part.applied(problem()).units == again.units


def test_without_a_coder_only_the_others_speak() -> None:
    part, _ = PARTS["coder bob 0"]
    assert part.applied(problem()).units == problem_of(*(row for row in EVIDENCE if row.coder != "bob")).units


def test_the_whole_is_the_likelihood() -> None:
    likelihood = standing().log_likelihood
    np.testing.assert_allclose(EVIDENCE_READ.log_whole, likelihood["event"].sum(axis=1) + likelihood["open"], atol=1e-9)


def test_every_source_coder_indicator_and_cell_is_a_part() -> None:
    graded = [row for row in EVIDENCE if row.grade]
    assert {part.name for part, _ in PARTS.values() if part.kind == "coder"} == {row.coder for row in graded}
    assert {part.name for part, _ in PARTS.values() if part.kind == "indicator"} == {row.indicator for row in EVIDENCE}
    shifted = {(part.name, part.step) for part, _ in PARTS.values() if part.kind == "grades"}
    assert shifted == {(row.indicator, step) for row in graded for step in (-1, 1)}
