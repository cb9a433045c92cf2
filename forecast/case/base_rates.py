"""Base rates: how past episodes of the same kind went (`data/base_rates/*.csv`, which cases share)."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from forecast.case.assumptions import Assumption, Episodes, Nominees, ReferenceClass
from forecast.case.document import shown
from forecast.case.phrases import instead_of, quoted
from forecast.case.plain_csv import MOST_FAULTS, Columns, TableRow, read_table
from forecast.errors import InputError, Problem

FOLDER = "base_rates"
MOST_GUESSED = 250
"""Of more names than that, none is offered instead of an unknown one: each guess looks at all of them."""


@dataclass(frozen=True)
class Episode:
    """One past attempt: when it began, when and how it ended (`end` is empty while it goes on)."""

    id: str
    country: str
    office: str
    began: dt.date
    ended: dt.date
    end: str


@dataclass(frozen=True)
class Nomination:
    """One past nominee: of which episode, against which kind of opposition from abroad, and how it ended."""

    id: str
    episode: str
    country: str
    office: str
    ended: dt.date | None
    outcome: str
    opposition: str


@dataclass(frozen=True)
class BaseRates:
    """The tables that a case's assumptions name.

    Attributes
    ----------
    episodes, nominations
        In the order of their files.
    passages
        (episode, gate) → the day on which that episode passed the gate.
    texts
        File name → the text it was read from, for the record of a run.
    """

    episodes: tuple[Episode, ...] = ()
    passages: dict[tuple[str, str], dt.date] = field(default_factory=dict)
    nominations: tuple[Nomination, ...] = ()
    texts: dict[str, str] = field(default_factory=dict)


def read_base_rates(case_folder: Path, stated: dict[str, Assumption], problems: list[Problem]) -> BaseRates:
    """Read the tables that assumptions name; every fault in them is added to `problems`.

    Parameters
    ----------
    case_folder
        The case; the tables stand in the folder `base_rates` beside it.
    stated
        The assumptions that hold, by id.
    problems
        Collects the faults.
    """
    folder, texts = case_folder.parent / FOLDER, dict[str, str]()

    def table(name: str, columns: Columns) -> list[TableRow]:
        try:
            _refuse_a_link_outside(folder / name)
            texts[name], rows = read_table(folder / name, columns)
        except InputError as error:
            problems.extend(error.problems)
            return []
        return rows

    episodes: list[TableRow] = []
    passages: list[TableRow] = []
    nominations: list[TableRow] = []
    for item in stated.values():
        if isinstance(item, Episodes):
            episodes = table(item.table, _EPISODE)
            if item.passages:
                passages = table(item.passages, _PASSAGE)
        elif isinstance(item, Nominees):
            nominations = table(item.table, _NOMINATION)
    problems += islice(_backwards(episodes), MOST_FAULTS)
    if not problems:
        problems += islice(_unknown(folder, stated, episodes, passages, nominations), MOST_FAULTS)
    return BaseRates(
        tuple(map(_episode, episodes)), dict(map(_passage, passages)), tuple(map(_nomination, nominations)), texts
    )


def _refuse_a_link_outside(path: Path) -> None:
    """A case is what stands in its workspace; a link that leads out of it may show anything."""
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(path.parent.parent)):
        raise InputError.at(shown(path), None, "the table leads out of the workspace", "put the file itself here")


# ---------------------------------------------------------------------------- one row


_EPISODE = Columns(
    key=("episode_id",), texts=("episode_id", "country", "office", "ended_by"), days=("trigger_date", "end_date")
)
_PASSAGE = Columns(key=("episode_id", "gate"), texts=("episode_id", "gate"), days=("passed_date",))
_NOMINATION = Columns(
    key=("nomination_id",),
    texts=("nomination_id", "episode_id", "country", "office", "outcome", "opposition_strength"),
    maybe_days=("outcome_date",),
)
_GOES_ON = "ongoing"


def _episode(row: TableRow) -> Episode:
    texts, end = row.texts, row.texts["ended_by"]
    return Episode(
        id=texts["episode_id"],
        country=texts["country"],
        office=texts["office"],
        began=row.days["trigger_date"],
        ended=row.days["end_date"],
        end="" if end == _GOES_ON else end,
    )


def _passage(row: TableRow) -> tuple[tuple[str, str], dt.date]:
    return (row.texts["episode_id"], row.texts["gate"]), row.days["passed_date"]


def _nomination(row: TableRow) -> Nomination:
    texts = row.texts
    return Nomination(
        id=texts["nomination_id"],
        episode=texts["episode_id"],
        country=texts["country"],
        office=texts["office"],
        ended=row.days.get("outcome_date"),
        outcome=texts["outcome"],
        opposition=texts["opposition_strength"],
    )


# ---------------------------------------------------------------------------- what tables owe each other


def _backwards(episodes: list[TableRow]) -> Iterator[Problem]:
    for row in episodes:
        began, ended = row.days["trigger_date"], row.days["end_date"]
        if ended < began:
            yield row.problem(f"'end_date' ({ended}) is before 'trigger_date' ({began})")


def _unknown_nominees(folder: Path, asked: Nominees, nominations: list[TableRow]) -> Iterator[Problem]:
    """Words of the assumption that no nominee's row has: nobody would be counted, and nothing said."""
    words = {
        "office": [asked.office],
        "opposition_strength": asked.opposition,
        "outcome": [asked.through],
    }
    for column, names in words.items():
        known = sorted({row.texts[column] for row in nominations})
        for name in names if nominations else ():
            if name not in known:
                message = (
                    f"no row has {quoted(name)} in {quoted(column)}, as the assumption {quoted(asked.id)} asks for"
                )
                remedy = instead_of(name, known, "correct the assumption")
                yield Problem(shown(folder / asked.table), None, message, remedy)


def _unknown(
    folder: Path,
    stated: dict[str, Assumption],
    episodes: list[TableRow],
    passages: list[TableRow],
    nominations: list[TableRow],
) -> Iterator[Problem]:
    """Countries, episodes and ends that assumptions or passages name and no episode has."""
    asked = next((item for item in stated.values() if isinstance(item, Episodes)), None)
    if asked is None:
        return
    columns = {"country": "country", "office": "office", "episode": "episode_id", "end": "ended_by"}
    known = {kind: sorted({row.texts[column] for row in episodes}) for kind, column in columns.items()}
    known["end"] = [end for end in known["end"] if end != _GOES_ON]
    offered = {kind: names if len(names) <= MOST_GUESSED else () for kind, names in known.items()}
    classes = [item for item in stated.values() if isinstance(item, ReferenceClass)]
    named = {
        "country": [(item.id, name) for item in classes for name in item.countries if name != asked.country],
        "office": [(asked.id, asked.office)],
        "episode": [(asked.id, own) for own in asked.own],
        "end": [(asked.id, ending.end) for ending in asked.ends],
    }
    for kind, names in named.items():
        for assumption, name in names:
            if name not in known[kind]:
                message = f"the assumption {quoted(assumption)} speaks of the {kind} {quoted(name)}, which is not here"
                remedy = instead_of(name, offered[kind], "correct the assumption")
                yield Problem(shown(folder / asked.table), None, message, remedy)
    for item in stated.values():
        if isinstance(item, Nominees):
            yield from _unknown_nominees(folder, item, nominations)
    there = set(known["episode"])
    for row in passages:
        if (name := row.texts["episode_id"]) not in there:
            message = f"the episode {quoted(name)} is not in {shown(folder / asked.table)}"
            yield Problem(row.file, row.line, message, instead_of(name, offered["episode"], "correct the id"))
