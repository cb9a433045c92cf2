"""The switchboard: named alternatives to the stated assumptions, each a problem that can be weighed or refitted.

An alternative is a handful of assumptions with other values: a strength, weeks, a mean, a rate, the field that an
assumption of that kind is about. Anything else of it, and everything else, stays as it is. Intercepts are held, unless
shares are restated, which says something only if they are solved for again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from forecast.case.assumptions import Assumption, Shares, Strong
from forecast.case.document import Document, Every, Plain
from forecast.case.phrases import instead_of, quoted
from forecast.case.schema import Case
from forecast.errors import InputError, UsageError
from forecast.errors import Problem as Fault
from forecast.inference.likelihood import log_likelihood
from forecast.insight.lived import intercepts, live
from forecast.insight.refitting import anchored_again
from forecast.insight.standing import FEW, Change, Standing
from forecast.model import base_rates
from forecast.model.contract import Problem
from forecast.model.structure import structure
from forecast.reopened import Stage

Array = NDArray[np.float64]

MOST = 64
"""Alternatives of one grid."""
OPEN = "open"
"""What a gate is set to that is to be thought away."""
FIELDS = {
    "level": "mean",
    "half_life": "weeks",
    "influence": "strength",
    "loading": "strength",
    "pace": "per_week",
    "gate_pace": "per_week",
    "hastening": "strength",
    "deadline": "factor",
    "ripening": "rise",
    "momentum": "log_odds",
    "reference_class": "relevance",
    "selection": "log_rate",
    "shares": "shares",
}


@dataclass(frozen=True)
class Alternative:
    """Other values for some assumptions, by id, and a name for the whole."""

    name: str
    values: Mapping[str, Plain]

    @property
    def restates_shares(self) -> bool:
        """Whether stated shares are among them."""
        return any(isinstance(value, dict) for value in self.values.values())


def from_words(words: str) -> Alternative:
    """An alternative from the command line: `assumption=value`, several of them parted by commas.

    Raises
    ------
    UsageError
        If the words have another form.
    """
    values: dict[str, Plain] = {}
    for part in words.split(","):
        name, equals, value = part.strip().partition("=")
        if not (name and equals and value):
            raise UsageError(f"--set {words}: write assumption=value, and join several by commas")
        values[name.strip()] = _plain(value.strip())
    return Alternative(words, values)


def from_grid(grid: Document) -> tuple[Alternative, ...]:
    """Alternatives from a grid: named blocks of values, or lists of values, of which every combination is one.

    Raises
    ------
    InputError
        If it is neither, or makes more than `MOST` alternatives.
    """
    data = grid.data
    if not isinstance(data, dict) or not data:
        remedy = "write 'assumption: [values]', or 'name: {assumption: value}'"
        raise InputError([grid.problem((), "it holds no alternatives", remedy)])
    named = {name: block for name, block in data.items() if isinstance(block, dict)}
    axes = {
        name: values if isinstance(values, list) else [values] for name, values in data.items() if name not in named
    }
    found = [Alternative(name, block) for name, block in named.items()]
    if axes:
        combinations = (dict(zip(axes, values, strict=True)) for values in product(*axes.values()))
        found += [Alternative(", ".join(f"{k}={v}" for k, v in values.items()), values) for values in combinations]
    if len(found) > MOST:
        message = f"it makes {len(found)} alternatives, and at most {MOST} are refitted"
        raise InputError([grid.problem((), message, "leave some values out, or make two grids of it")])
    return tuple(found)


def grid_faults(grid: Document, case: Case) -> tuple[Fault, ...]:
    """Every name in a grid that is no assumption, and no gate, of the case."""
    known = _known(case)
    asked = [*grid.each(Every.ENTRY, Every.KEY), *grid.each(Every.KEY)]
    blocks = {place for place, value in grid.each(Every.ENTRY) if isinstance(value, dict)}
    return tuple(
        grid.problem(place, f"{quoted(str(name))} is no assumption of this case", _meant(str(name), known, case))
        for place, name in asked
        if place not in blocks and name not in known
    )


def _known(case: Case) -> tuple[str, ...]:
    return (*case.assumptions.items, *(gate.id for gate in case.question.gates))


def _meant(name: str, known: tuple[str, ...], case: Case) -> str:
    return instead_of(name, known, f"the ids stand in {case.set_file}")


def problem_under(alternative: Alternative, problem: Problem) -> Problem:
    """The problem under an alternative, its intercepts held.

    Raises
    ------
    UsageError
        If it names what is no assumption, or gives a value that the assumption cannot have.
    """
    case, gates = problem.case, list(problem.structure.gates)
    items, passed = dict(case.assumptions.items), list(problem.passed)
    for name, value in alternative.values.items():
        if name in gates:
            if value != OPEN:
                raise UsageError(f"{name}: a gate can only be thought away: set it to '{OPEN}'")
            passed[gates.index(name)] = problem.calendar.opening
        else:
            items[name] = _restated(case, name, value)
    stated: Case = replace(case, assumptions=replace(case.assumptions, items=items))
    return replace(problem, case=stated, structure=structure(stated), passed=tuple(passed))


def weighed(standing: Standing, problem: Problem) -> Change | None:
    """What going over to another problem of the same shape does to the draws at hand; None where it has another shape.

    The ratio of everything that the posterior is made of: priors of the named assumptions, evidence, past.
    """
    old, new, draws = standing.problem, problem, standing.draws
    log_weights = np.zeros(len(standing))
    for name, before in old.structure.named.items():
        after = new.structure.named[name]
        if before.ids != after.ids:
            return None
        values = draws[name]
        z, z_new = (values - before.mean) / before.sd, (values - after.mean) / after.sd
        log_weights += 0.5 * np.sum(z**2 - z_new**2, axis=1) + np.sum(np.log(before.sd / after.sd))
    if old.structure.past.cells != new.structure.past.cells:
        return None
    likelihood = log_likelihood(standing.model.law, draws, new)
    log_weights += (likelihood["event"] - standing.log_likelihood["event"]).sum(axis=1)
    log_weights += likelihood["open"] - standing.log_likelihood["open"]
    gates = len(old.structure.gates)
    past = [base_rates.log_past(np, draws, each.structure.past.arrays(gates)) for each in (old, new)]
    lived = live(standing.model, draws, new, FEW)
    return Change(log_weights + past[1] - past[0], lived, intercepts(new, draws))


def switched(
    standing: Standing, alternatives: tuple[Alternative, ...], re_anchor: bool, stage: Stage = lambda _: None
) -> Iterator[tuple[Alternative, Problem]]:
    """Each alternative with its problem, the intercepts solved again where that is asked for or shares are restated.

    Raises
    ------
    UsageError
        If one of them cannot be set, before anything is worked out.
    InputError
        If no intercepts give the stated shares.
    """
    problems = [problem_under(alternative, standing.problem) for alternative in alternatives]
    for alternative, problem in zip(alternatives, problems, strict=True):
        if re_anchor or alternative.restates_shares:
            stage(f"Anchoring again: {alternative.name}")
            yield alternative, anchored_again(standing, problem)
        else:
            yield alternative, problem


def _restated(case: Case, name: str, value: Plain) -> Assumption:
    item = case.assumptions.items.get(name)
    if item is None:
        raise UsageError(f"{quoted(name)} is no assumption of this case: {_meant(name, _known(case), case)}")
    field = FIELDS.get(item.kind)
    if field is None:
        raise UsageError(f"{name}: an assumption of the kind {item.kind} has no one value to set")
    written = {field: value}
    if isinstance(item, Strong) and isinstance(value, float):
        written = {"strength": None, "mean": value}
    elif isinstance(item, Strong):
        written = {"strength": value, "mean": None}
    try:
        stated: Assumption = type(item).model_validate({**item.model_dump(), **written})
    except ValidationError as error:
        raise UsageError(
            f"{name}: {quoted(str(value))} is no {field} it can have ({error.errors()[0]['msg']})"
        ) from None
    if isinstance(stated, Shares):
        _check_shares(case, stated)
    return stated


def _check_shares(case: Case, stated: Shares) -> None:
    if set(stated.shares) != set(case.outcome_ids) or abs(sum(stated.shares.values()) - 1.0) > 1e-6:
        raise UsageError(f"{stated.id}: give every outcome its share ({', '.join(case.outcome_ids)}), summing to 1")


def _plain(word: str) -> Plain:
    try:
        return float(word)
    except ValueError:
        return word
