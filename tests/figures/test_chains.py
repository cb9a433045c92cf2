"""Ranks and energy, drawn by ArviZ from draws that were really sampled."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import forecast.figures as figures
from forecast.refresh import Refreshed
from forecast.reopened import Reopened, reopen
from tests.model.made import LAST


@pytest.fixture(scope="module")
def opened(made: dict[dt.date, Refreshed], workspace: Path) -> Reopened:
    return reopen(made[LAST].run, workspace)


def test_every_outcome_has_a_line_for_each_chain(opened: Reopened) -> None:
    ax = figures.plot_ranks(opened)
    outcomes = opened.run.forecast["outcomes"]
    assert [panel.texts[-1].get_text() for panel in ax.child_axes] == [outcome["label"] for outcome in outcomes]
    for panel in ax.child_axes:
        assert sum(len(line.get_xdata()) > 100 for line in panel.lines) == opened.chains


def test_energy_and_its_steps_are_two_curves(opened: Reopened) -> None:
    ax = figures.plot_energy(opened)
    assert len({line.get_color() for line in ax.lines}) == 2
