"""`refresh --fast`: what the last sampled run's draws make of a later day, and when they are not asked."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from arviz_stats.base import array_stats
from numpy.typing import NDArray

import forecast.refresh
from forecast.inference.carrying import carry, labels
from forecast.inference.update import changed_ground
from forecast.model.priors import Draws
from forecast.model.problem import Problem
from forecast.record.inference_data import sampled_tree
from forecast.refresh import Refreshed, quick
from forecast.reopened import reopen
from forecast.run_lines import last_sampled
from forecast.runs import load_run
from forecast.updated import updated
from tests.model.harbour import EVIDENCE, OPENING, harbour, latent_drivers, prior_draws, problem_of, row
from tests.model.made import LAST, MIDDLE, refreshed, write_workspace

Made = dict[dt.date, Refreshed]


def errors(problem: Problem, draws: Draws, log_weights: NDArray[np.float64], driver: int) -> tuple[float, float]:
    """Standard errors of a driver's mean and sd now, by the delta method.

    Its tails are heavy, the weights uneven, and draws of one chain hang together.
    """
    now = latent_drivers().law.latents(draws, problem)[:, -1, driver]
    weights = np.exp(log_weights - log_weights.max())
    weights /= weights.sum()
    off = now - weights @ now
    variance = weights @ off**2

    def error(parts: NDArray[np.float64]) -> float:
        together = len(now) / float(array_stats.ess(parts.reshape(4, -1), method="mean"))
        return float(np.sqrt(together * np.sum((weights * parts) ** 2)))

    return error(off), error(off**2 - variance) / (2 * float(np.sqrt(variance)))


SOON = dt.date(2026, 2, 3)
"""Two days and one event after the middle one."""


@pytest.fixture
def copied(made: Made, tmp_path: Path) -> Path:
    """A workspace that holds the sampled runs of the opening day and of the middle one."""
    workspace = write_workspace(tmp_path / "copy")
    for day in (OPENING, MIDDLE):
        shutil.copytree(made[day].run.folder, workspace / "reports" / "harbour" / made[day].run.id)
    return workspace


@pytest.fixture
def no_sampler(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("something was sampled")

    monkeypatch.setattr(forecast.refresh, "sample", refuse)


@pytest.mark.usefixtures("no_sampler")
def test_an_update_is_a_run_like_any_other(made: Made, copied: Path) -> None:
    run = refreshed(copied, SOON, fast=True).run
    said = run.forecast
    assert (said["publishable"], said["diagnostics"]["method"]) == (True, "update")
    assert said["diagnostics"]["pareto_k"] <= 0.7
    assert run.record["update"]["parent"] == made[MIDDLE].run.id
    assert run.record["intercepts"] == made[MIDDLE].run.record["intercepts"]
    assert sum(outcome["probability"] for outcome in said["outcomes"]) == pytest.approx(1.0, abs=1e-9)
    assert said["diagnostics"]["ess_tail_min"] >= 400
    assert [driver["id"] for driver in said["drivers"]] == ["budget", "unions"]
    assert load_run(run.folder).draws == "none"
    assert said["outcomes"][0]["previous"] == made[MIDDLE].run.forecast["outcomes"][0]["probability"]


@pytest.mark.usefixtures("no_sampler")
def test_an_update_is_exported_with_draws_that_count_alike(made: Made, copied: Path) -> None:
    run = refreshed(copied, SOON, fast=True).run
    opened = reopen(load_run(run.folder), copied)
    tree = sampled_tree(opened)
    assert set(tree.children) == {"prior", "posterior", "predictive", "log_likelihood"}
    assert tree.attrs["drawn_by_weight"].startswith(f"from the draws of run {made[MIDDLE].run.id}")
    assert tree["posterior"]["level"].sizes["chain"] == tree["prior"]["level"].sizes["chain"] == 1
    final = tree["predictive"]["incidence"].isel(future_week=-1, chain=0)
    said = [outcome["probability"] for outcome in run.forecast["outcomes"][:-1]]
    unweighted = opened.model.law.project(opened.draws, opened.problem)[:, -1].mean(axis=0)
    drawn_off, unweighted_off = (np.abs(np.asarray(each) - said).max() for each in (final.mean("draw"), unweighted))
    assert drawn_off < 4e-3, "less than the Monte Carlo error that may be published"
    assert unweighted_off > 2 * drawn_off, "the weights matter"


@pytest.mark.usefixtures("no_sampler")
def test_an_update_opened_again_says_the_same_and_is_never_a_parent(made: Made, copied: Path) -> None:
    run = refreshed(copied, SOON, fast=True).run
    reopened = reopen(load_run(run.folder), copied)
    weights = np.exp(reopened.log_weights) / np.exp(reopened.log_weights).sum()
    final = reopened.model.law.project(reopened.draws, reopened.problem)[:, -1]
    said = [outcome["probability"] for outcome in run.forecast["outcomes"][:-1]]
    np.testing.assert_allclose(weights @ final, said, atol=1e-9)
    parent = last_sampled(copied / "reports", "harbour", "latent_drivers", "first-look", LAST)
    assert parent is not None
    assert parent.id == made[MIDDLE].run.id


def test_an_update_stands_within_its_error_of_what_is_sampled(made: Made, workspace: Path) -> None:
    """Eleven days, four more events, a withdrawn one."""
    parent, sampled = (reopen(made[day].run, workspace) for day in (MIDDLE, LAST))
    found = updated(parent, sampled.problem)
    assert found.descent is not None
    assert found.descent.pareto_k < 0.7
    for mine, theirs in zip(found.forecast.outcomes, sampled.run.forecast["outcomes"], strict=True):
        assert mine.id == theirs["id"]
        error = np.hypot(mine.mcse, theirs["mcse"])
        assert abs(mine.probability - theirs["probability"]) < 4 * error, mine.id
    assert found.sample is not None
    ours = found.problem, found.sample.draws, found.sample.log_weights
    theirs_drawn = sampled.problem, sampled.draws, sampled.log_weights
    for d, (path, driver) in enumerate(zip(found.drivers, sampled.run.forecast["drivers"], strict=True)):
        now = path.weeks[-1][1]
        for mine, theirs, error in zip(
            (now.mean, now.sd),
            (driver["mean"], driver["sd"]),
            np.hypot(*(errors(*drawn, d) for drawn in (ours, theirs_drawn))),
            strict=True,
        ):
            assert error < 0.2
            assert abs(mine - theirs) < 4 * error


def test_an_update_that_may_be_published_says_of_drivers_what_is_sampled(copied: Path) -> None:
    """Its weights are even enough for a bound that is no multiple of its own error."""
    fast, sampled = (refreshed(copied, SOON, fast=fast, dry_run=True).run for fast in (True, False))
    assert fast.publishable
    for mine, theirs in zip(fast.forecast["drivers"], sampled.forecast["drivers"], strict=True):
        assert mine["mean"] == pytest.approx(theirs["mean"], abs=0.15)
        assert mine["sd"] == pytest.approx(theirs["sd"], abs=0.15)


def test_what_no_evidence_speaks_of_is_as_the_parent_has_it(made: Made, workspace: Path) -> None:
    parent, sampled = (reopen(made[day].run, workspace) for day in (MIDDLE, LAST))
    found = updated(parent, sampled.problem)
    before = {entry["id"]: entry for entry in parent.run.forecast["assumptions"]}
    loadings = [assumption for assumption in found.assumptions if assumption.kind == "loading"]
    assert loadings
    for loading in loadings:
        assert loading.posterior is not None
        assert loading.posterior.mean == pytest.approx(before[loading.id]["posterior"]["mean"], abs=1e-12)


def test_where_nothing_changed_the_update_is_the_parent(made: Made, workspace: Path) -> None:
    parent = reopen(made[LAST].run, workspace)
    found = updated(parent, parent.problem)
    for mine, theirs in zip(found.forecast.outcomes, parent.run.forecast["outcomes"], strict=True):
        assert mine.probability == pytest.approx(theirs["probability"], abs=1e-12)
        assert mine.mcse == pytest.approx(theirs["mcse"], rel=1e-6)
    assert found.verdict.passed


# ------------------------------------------------------------------------------------------------ when it samples


def test_it_says_why_it_samples(made: Made, copied: Path) -> None:
    case, model = harbour("permit"), latent_drivers()
    problem = reopen(made[LAST].run, copied).problem
    reports = copied / "reports"
    items = {**case.assumptions.items}
    name = "steady-pace"
    items[name] = items[name].model_copy(update={"per_week": 0.2})
    other = replace(case, assumptions=replace(case.assumptions, items=items))
    found, said = quick(other, model, replace(problem, case=other), reports, lambda _: None)
    assert found is None
    assert said == (f"sampled: the assumptions changed since run {made[MIDDLE].run.id}",)
    changed = replace(model, texts={"latent_drivers": "another"})
    assert quick(case, changed, problem, reports, lambda _: None)[1] == (
        f"sampled: the model changed since run {made[MIDDLE].run.id}",
    )
    (copied / "reports" / "harbour" / made[MIDDLE].run.id / "posterior.nc").unlink()
    assert "not at hand" in quick(case, model, problem, reports, lambda _: None)[1][0]
    assert "no sampled run" in quick(case, model, problem, copied / "nowhere", lambda _: None)[1][0]


def test_weights_that_do_not_hold_are_not_used(made: Made, copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case, model = harbour("permit"), latent_drivers()
    grades = [row(f"S{n}", 1, "2026-02-05", credibility=1, reliability="A") for n in range(8)]
    problem = problem_of(*EVIDENCE, *grades)
    found, said = quick(case, model, problem, copied / "reports", lambda _: None)
    assert found is None
    assert "do not hold" in said[0]
    monkeypatch.setattr(forecast.refresh, "fit", lambda *_: (_ for _ in ()).throw(RuntimeError("sampling")))
    with pytest.raises(RuntimeError, match="sampling"):
        forecast.refresh.refresh(
            case, [*EVIDENCE, *grades], model, copied / "reports", as_of=LAST, seed=1, clock="published", fast=True
        )


# ------------------------------------------------------------------------------------------------ carrying


def test_carried_draws_keep_what_both_know_and_draw_the_rest_from_its_prior() -> None:
    old = problem_of(*EVIDENCE[2:5], as_of=dt.date(2026, 1, 30))
    new = problem_of(*EVIDENCE, as_of=dt.date(2026, 3, 20))
    draws = prior_draws(old, 3, 400)
    law = latent_drivers().law
    carried = carry(law, draws, old, new)
    before, after = labels(old), labels(new)
    assert after["week"][:13] == before["week"]
    assert len(after["week"]) > 13
    np.testing.assert_array_equal(carried["shock"][..., :13], draws["shock"])
    source = after["source"].index("A docker")
    np.testing.assert_array_equal(
        carried["source_effect"][:, source], draws["source_effect"][:, before["source"].index("A docker")]
    )
    for name, (prior, _) in law.priors(new).items():
        assert carried[name].shape == (400, *prior.shape)
    fresh = carried["source_effect"][:, after["source"].index("Harbour Office")]
    assert np.std(fresh) == pytest.approx(0.2, rel=0.15)
    assert abs(np.corrcoef(fresh, carried["source_effect"][:, source])[0, 1]) < 0.2


def test_carried_draws_say_of_the_old_evidence_what_they_said() -> None:
    old, new = problem_of(*EVIDENCE[:5]), problem_of(*EVIDENCE, as_of=dt.date(2026, 2, 20))
    draws = prior_draws(old, 4, 50)
    law = latent_drivers().law
    there_and_back = carry(law, carry(law, draws, old, new), new, old)
    np.testing.assert_allclose(
        law.log_likelihood(there_and_back, old)["event"], law.log_likelihood(draws, old)["event"], atol=1e-12
    )


def test_what_is_said_of_the_ground() -> None:
    old = problem_of(*EVIDENCE)
    assert changed_ground(old, problem_of(*EVIDENCE[:3])) == ()
    assert changed_ground(old, problem_of(*EVIDENCE, gates=())) == ("question", "assumptions")
