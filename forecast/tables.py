"""Saved runs as tidy pandas tables: one row an observation, ready to plot or to join."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from forecast.runs import Run

RUN_COLUMNS = ["as_of", "run", "model", "assumptions"]


def history(runs: Iterable[Run]) -> pd.DataFrame:
    """Every outcome's probability in every run.

    Returns
    -------
    Columns `as_of`, `run`, `model`, `assumptions`, `publishable`, `outcome`, `probability`, `lower`, `upper`, `mcse`;
    probabilities in [0, 1].
    """
    columns = [*RUN_COLUMNS, "publishable", "outcome", "probability", "lower", "upper", "mcse"]
    rows = [
        (*_of(run), run.publishable, row["id"], row["probability"], *row["interval"], row["mcse"])
        for run in runs
        for row in run.forecast["outcomes"]
    ]
    return _dated(pd.DataFrame(rows, columns=columns), "as_of")


def timing(run: Run) -> pd.DataFrame:
    """P(resolved as each outcome by the end of each week), `unresolved` included.

    Returns
    -------
    Columns `week` (its Monday), `outcome`, `probability`.
    """
    rows = [
        (row["week"], outcome, probability)
        for row in run.forecast["timing"]
        for outcome, probability in [*row["cumulative"].items(), ("unresolved", row["unresolved"])]
    ]
    return _dated(pd.DataFrame(rows, columns=["week", "outcome", "probability"]), "week")


def drivers(run: Run) -> pd.DataFrame:
    """Every driver's posterior by week, in standard units.

    Returns
    -------
    Columns `week` (its Monday), `driver`, `mean`, `lower`, `upper`.
    """
    rows = [
        (week["week"], path["id"], week["mean"], *week["interval"])
        for path in run.forecast["driver_paths"]
        for week in path["weeks"]
    ]
    return _dated(pd.DataFrame(rows, columns=["week", "driver", "mean", "lower", "upper"]), "week")


def _of(run: Run) -> tuple[str, str, str, str]:
    said = run.forecast
    return said["as_of"], run.id, said["model"], said["assumption_set"]["name"]


def _dated(table: pd.DataFrame, column: str) -> pd.DataFrame:
    table[column] = pd.to_datetime(table[column], format="%Y-%m-%d")
    return table
