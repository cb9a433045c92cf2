"""The page of the model: its priors, its numbers and its ladder are those of the code."""

from __future__ import annotations

import math
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forecast.model.priors import HalfNormal, Normal, Prior, Shock
from forecast.refresh import LADDER
from tests.model.harbour import latent_drivers, problem_of, row

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
PROBLEM = problem_of(row("R1", 4))
PRIORS = {name: prior for name, (prior, _) in latent_drivers().law.priors(PROBLEM).items()}
STATED = set(PROBLEM.structure.named)


def rows(pattern: str) -> list[tuple[str, ...]]:
    return re.findall(pattern, PAGE, re.MULTILINE)


def number(word: str) -> float:
    """`0.3`, or `log 0.3`."""
    return math.log(float(word.removeprefix("log "))) if word.startswith("log ") else float(word)


def told(prior: Prior) -> tuple[str, tuple[float, ...]]:
    """A prior's name and numbers, which are the same for all its elements."""
    match prior:
        case Shock():
            return "StudentT", (prior.degrees, prior.scale)
        case HalfNormal():
            return "HalfNormal", (prior.sd,)
        case Normal():
            numbers = [np.unique(each) for each in (prior.mean, prior.sd)]
            assert [len(each) for each in numbers] == [1, 1]
            return "Normal", tuple(float(each[0]) for each in numbers)
    raise TypeError(prior)


def test_the_page_has_every_prior_with_its_numbers() -> None:
    table = dict(rows(r"^\| `(\w+)` \| (stated|\w+\([^)]*\)) \|"))
    assert table.keys() == PRIORS.keys()
    assert {name for name, words in table.items() if words == "stated"} == STATED
    for name in table.keys() - STATED:
        law, words = re.fullmatch(r"(\w+)\((.*)\)", table[name]).groups()  # type: ignore[union-attr]
        assert law == told(PRIORS[name])[0], name
        assert [number(word) for word in words.split(", ")] == pytest.approx(told(PRIORS[name])[1], abs=5e-4), name


def value(path: str) -> Any:
    """What a dotted name of the page stands for: a constant, an entry of one, or the default of a field."""
    dotted, _, key = path.rstrip("]").partition("[")
    *home, name = dotted.split(".")
    if home[-1][0].isupper():
        block = getattr(import_module("forecast." + ".".join(home[:-1])), home[-1])
        return block.model_fields[name].default
    found = getattr(import_module("forecast." + ".".join(home)), name)
    return found[key] if key else found


CONSTANTS = rows(r"^\| ([\d.]+) \| `([\w.\[\]]+)` \|")


@pytest.mark.parametrize(("said", "path"), CONSTANTS, ids=[path for _, path in CONSTANTS])
def test_a_number_of_the_page_is_that_of_the_code(said: str, path: str) -> None:
    assert float(said) == value(path)


def test_the_page_has_the_ladder() -> None:
    rungs = [(name, s.chains, s.tune, s.draws, s.target_accept) for name, s in LADDER.items()]
    said = rows(r"^\| (Sampling[^|]*?) \| (\d+) \| (\d+) \| (\d+) \| ([\d.]+) \|")
    assert [(name, *map(float, numbers)) for name, *numbers in said] == rungs


def test_every_file_that_the_page_speaks_of_is_there() -> None:
    named = re.findall(r"`((?:forecast|models|tests|docs)/[\w/.-]+)`", PAGE)
    assert {name for name in named if not (ROOT / name).exists()} == set()
