"""The density that is sampled: PyMC's own at every point, kept whole, and made again where what was kept is spoilt."""

from __future__ import annotations

import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from forecast.inference import code, compiling
from forecast.inference import density as module
from forecast.inference.density import Density, density_of, made_from
from forecast.model.contract import Model
from forecast.model.problem import Problem
from tests.model.harbour import EVIDENCE, latent_drivers, problem_of, row


@pytest.fixture(scope="module")
def problem() -> Problem:
    return problem_of(*EVIDENCE)


@pytest.fixture(scope="module")
def density(problem: Problem) -> Density:
    return density_of(latent_drivers(), problem)


def test_the_value_is_pymc_s_own_and_the_slope_is_how_it_changes(density: Density, problem: Problem) -> None:
    model = latent_drivers().law.build(problem)
    terms = model.compile_logp(sum=False, mode="FAST_COMPILE")
    rng = np.random.default_rng(1)
    for _ in range(5):
        point = density.middle + rng.normal(0.0, 0.7, len(density.middle))
        placed = {
            variable.name: point[parameter.place].reshape(parameter.shape)
            for variable, parameter in zip(model.value_vars, density.parameters, strict=True)
        }
        value, slope = density(point)
        assert value == pytest.approx(sum(float(np.sum(term)) for term in terms(placed)), rel=1e-9)
        for way in 1e-4 * rng.standard_normal((5, len(point))):
            rise = density(point + way)[0] - density(point - way)[0]
            assert rise == pytest.approx(2.0 * slope @ way, rel=1e-4, abs=1e-7)


def test_chains_start_where_pymc_would_start_them(density: Density, problem: Problem) -> None:
    start = latent_drivers().law.build(problem).initial_point()
    np.testing.assert_allclose(density.middle, np.concatenate([np.ravel(value) for value in start.values()]))


def test_where_chains_start_is_the_problem_s_own_whatever_was_loaded_before(density: Density, problem: Problem) -> None:
    structure = problem.structure
    faster = replace(structure, log_pace=replace(structure.log_pace, mean=structure.log_pace.mean + 1.0))
    moved = density.at(latent_drivers(), replace(problem, structure=faster)).middle - density.middle
    (pace,) = (parameter.place for parameter in density.parameters if parameter.name == "log_pace")
    np.testing.assert_allclose(moved[pace], 1.0)
    assert np.all(np.delete(moved, np.arange(len(moved))[pace]) == 0.0)


def test_problems_of_all_sizes_share_what_was_compiled_and_one_with_other_arrays_does_not(problem: Problem) -> None:
    model = latent_drivers()
    assert made_from(model, problem) == made_from(model, problem_of(*EVIDENCE[:3]))
    assert made_from(model, problem) == made_from(model, problem_of(*EVIDENCE, gates=("permit", "hearing")))
    resolved = replace(problem, ended=np.array([1.0, 0.0, 0.0])).anchored(np.zeros(3), 0.1)
    assert made_from(model, problem) != made_from(model, resolved)


@pytest.mark.parametrize("reports", [0, 3, 90])
@pytest.mark.parametrize("gates", [(), ("permit", "hearing")])
def test_whatever_the_sizes_the_value_is_pymc_s_own(density: Density, reports: int, gates: tuple[str, ...]) -> None:
    rows = (row(f"R{n}", n % 5 + 1, source=f"Paper {n}", coder=f"coder {n % 7}") for n in range(reports))
    other = problem_of(*rows, gates=gates)
    there = density.at(latent_drivers(), other)
    terms = latent_drivers().law.build(other).compile_logp(sum=False, mode="FAST_COMPILE")
    point = there.middle + np.random.default_rng(2).normal(0.0, 0.5, len(there.middle))
    placed = {f"{each.name}{'_log__' * each.name.endswith('spread')}": point[each.place].reshape(each.shape)
              for each in there.parameters}  # fmt: skip
    assert there(point)[0] == pytest.approx(sum(float(np.sum(term)) for term in terms(placed)), rel=1e-9)


def test_what_is_spoilt_or_of_another_key_is_not_loaded(
    density: Density, problem: Problem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = made_from(latent_drivers(), problem)
    for kept in code.folder().glob(f"density-{key[:16]}*"):
        shutil.copy(kept, tmp_path)
    monkeypatch.setenv("FORECAST_CACHE", str(tmp_path))
    assert code.load(key) is not None
    assert code.load(key[:16] + "0" * 48) is None, "named alike, made from something else"
    (content,) = tmp_path.glob("*.nbc")
    content.write_bytes(content.read_bytes()[:5000])
    assert code.load(key) is None


def test_who_wants_the_same_code_at_once_waits_for_the_one_who_compiles(
    density: Density, problem: Problem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, compiled = latent_drivers(), list[str]()
    key = made_from(model, problem)
    pieces = list(code.folder().glob(f"density-{key[:16]}*"))

    def slowly(_model: Model, _problem: Problem, key: str) -> None:
        """In the place of the compiler."""
        compiled.append(key)
        time.sleep(0.3)
        for piece in pieces:
            shutil.copy(piece, tmp_path)

    monkeypatch.setenv("FORECAST_CACHE", str(tmp_path))
    monkeypatch.setattr(compiling, "compile_elsewhere", slowly)
    monkeypatch.setattr(module, "_loaded", {})
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda _: density_of(model, problem), range(3)))
    assert compiled == [key]
    assert {each(each.middle)[0] for each in found} == {density(density.middle)[0]}


def test_the_metric_starts_from_the_variances_of_the_priors(density: Density, problem: Problem) -> None:
    rng = np.random.default_rng(4)
    for parameter, (prior, _) in zip(density.parameters, latent_drivers().law.priors(problem).values(), strict=True):
        drawn = prior.draw(rng, 40_000).reshape(40_000, -1)
        unbounded = np.log(drawn) if np.any(parameter.natural(np.array([1.0])) != 1.0) else drawn
        np.testing.assert_allclose(unbounded.var(axis=0), density.variances[parameter.place], rtol=0.15)
