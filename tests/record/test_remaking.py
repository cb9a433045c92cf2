"""A sampled run made again says the same: to the last draw here, within its Monte Carlo errors with other draws."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from forecast.record.remaking import remade
from tests.model.made import MIDDLE


@pytest.mark.slow
def test_a_sampled_run_is_made_again(made: dict[date, Any], tmp_path: Path) -> None:
    run = made[MIDDLE].run
    again = remade(run, tmp_path)
    assert (again.verdict, again.same_draws, again.largest, again.other_versions) == ("same", True, 0.0, {})
    record = copy.deepcopy(run.record)
    record["seed"] += 1
    other = remade(replace(run, record=record), tmp_path)
    assert (other.verdict, other.same_draws) == ("within_error", False)
    assert other.largest is not None
    assert 0.0 < other.largest < 0.03
