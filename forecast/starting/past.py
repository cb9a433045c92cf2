"""Past episodes that a new case can join: those of the workspace's table, where the question is of their kind."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from forecast.case.base_rates import FOLDER
from forecast.case.plain_csv import Columns, read_table

TABLE, OFFICE = "formation_episodes.csv", "pm"
SAME_EPISODE = dt.timedelta(days=60)
"""A row of the same country that begins no further from the question's own episode is that episode."""
_EPISODE = Columns(key=("episode_id",), texts=("episode_id", "country", "office", "ended_by"), days=("trigger_date",))


@dataclass(frozen=True)
class Past:
    """What the case says of past episodes: its own country and trigger, its own rows, and the other countries.

    The country `is_known` where another row than its own is of it.
    """

    country: str
    trigger_date: dt.date
    own: tuple[str, ...]
    others: tuple[str, ...]
    is_known: bool
    ends: dict[str, tuple[str, ...]]


def find_past(data: Path, country: str, trigger_date: dt.date, ends: dict[str, str]) -> Past | None:
    """The past for a question of this country, None where the workspace has no table.

    Parameters
    ----------
    data
        The folder of cases, beside which the tables stand.
    ends
        Outcome → the end of past episodes that stands for it.

    Raises
    ------
    InputError
        If the table has faults.
    """
    if not (data / FOLDER / TABLE).is_file():
        return None
    _, rows = read_table(data / FOLDER / TABLE, _EPISODE)
    own = tuple(
        row.texts["episode_id"]
        for row in rows
        if row.texts["country"] == country and abs(row.days["trigger_date"] - trigger_date) <= SAME_EPISODE
    )
    known = {row.texts["country"] for row in rows if row.texts["office"] == OFFICE}
    grouped: dict[str, tuple[str, ...]] = {}
    for outcome, end in ends.items():
        grouped[end] = (*grouped.get(end, ()), outcome)
    taught = any(row.texts["country"] == country and row.texts["episode_id"] not in own for row in rows)
    return Past(country, trigger_date, own, tuple(sorted(known - {country})), taught, grouped)
