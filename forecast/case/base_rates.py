"""Base rates: how past episodes of the same kind went (`data/base_rates/*.csv`, which cases share)."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from forecast.case.assumptions import Assumption, Episodes, Nominees, ReferenceClass
from forecast.case.document import shown
from forecast.case.phrases import instead_of, listed, quoted
from forecast.errors import Problem

FOLDER = "base_rates"
LARGEST = 2 * 1024 * 1024


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

    def table(name: str, columns: tuple[str, ...]) -> list[_Row]:
        return _read(folder / name, columns, texts, problems)

    episodes: list[Episode] = []
    passages: dict[tuple[str, str], dt.date] = {}
    nominations: list[Nomination] = []
    for item in stated.values():
        if isinstance(item, Episodes):
            episodes = _each(table(item.table, _EPISODE), _episode, problems)
            if item.passages:
                passages = dict(_each(table(item.passages, _PASSAGE), _passage, problems))
        elif isinstance(item, Nominees):
            nominations = _each(table(item.table, _NOMINATION), _nomination, problems)
    if not problems:
        problems += _unknown(folder, stated, episodes, passages)
    return BaseRates(tuple(episodes), passages, tuple(nominations), texts)


# ---------------------------------------------------------------------------- one row


_EPISODE = ("episode_id", "country", "office", "trigger_date", "end_date", "ended_by")
_PASSAGE = ("episode_id", "gate", "passed_date")
_NOMINATION = (
    "nomination_id",
    "episode_id",
    "country",
    "office",
    "outcome_date",
    "outcome",
    "opposition_strength",
)
_GOES_ON = "ongoing"


@dataclass(frozen=True)
class _Row:
    file: str
    line: int
    cells: dict[str, str]

    def text(self, column: str) -> str:
        if not self.cells[column]:
            raise ValueError(f"{quoted(column)} is empty")
        return self.cells[column]

    def date(self, column: str) -> dt.date:
        text = self.text(column)
        try:
            if len(text) != len("2026-01-01"):
                raise ValueError
            return dt.date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"{quoted(column)} is {quoted(text)}, which is no date of the form YYYY-MM-DD") from None


def _each[Item](rows: list[_Row], read: Callable[[_Row], Item], problems: list[Problem]) -> list[Item]:
    found = []
    for row in rows:
        try:
            found.append(read(row))
        except ValueError as error:
            problems.append(Problem(row.file, row.line, str(error), "correct the cell, or remove the row"))
    return found


def _episode(row: _Row) -> Episode:
    began, ended, end = row.date("trigger_date"), row.date("end_date"), row.text("ended_by")
    if ended < began:
        raise ValueError(f"'end_date' ({ended}) is before 'trigger_date' ({began})")
    end = "" if end == _GOES_ON else end
    return Episode(row.text("episode_id"), row.text("country"), row.text("office"), began, ended, end)


def _passage(row: _Row) -> tuple[tuple[str, str], dt.date]:
    return (row.text("episode_id"), row.text("gate")), row.date("passed_date")


def _nomination(row: _Row) -> Nomination:
    return Nomination(
        id=row.text("nomination_id"),
        episode=row.text("episode_id"),
        country=row.text("country"),
        office=row.text("office"),
        ended=row.date("outcome_date") if row.cells["outcome_date"] else None,
        outcome=row.text("outcome"),
        opposition=row.text("opposition_strength"),
    )


# ---------------------------------------------------------------------------- one table


def _read(path: Path, columns: tuple[str, ...], texts: dict[str, str], problems: list[Problem]) -> list[_Row]:
    """The rows of a table; further columns are welcome and not read."""
    file, said = shown(path), len(problems)
    try:
        if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(path.parent.parent)):
            problems.append(Problem(file, None, "the table leads out of the workspace", "put the file itself here"))
            return []
        if path.stat().st_size > LARGEST:
            problems.append(Problem(file, None, "the table is larger than 2 MB", "keep the rows that a case uses"))
            return []
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")  # the same on every system
        header, rows = _parsed(file, text)
    except FileNotFoundError:
        problems.append(Problem(file, None, "this table of base rates is not there", "put it there, or name another"))
        return []
    except OSError as error:
        problems.append(Problem(file, None, f"the table cannot be read ({error.strerror})", "mend that"))
        return []
    except (UnicodeDecodeError, csv.Error) as error:
        problems.append(Problem(file, None, f"this is not a table in UTF-8 ({error})", "save it as CSV in UTF-8"))
        return []
    texts[path.name] = text
    if missing := [column for column in columns if header.count(column) != 1]:
        message = f"the table has not exactly one column {listed(missing, 'or')}"
        problems.append(Problem(file, 1, message, "name each of these columns once"))
    elif columns is not _PASSAGE:
        problems += _said_twice(rows, columns[0])
    return rows if len(problems) == said else []


def _parsed(file: str, text: str) -> tuple[list[str], list[_Row]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header, rows = next(reader, []), list[_Row]()
    for cells in filter(any, reader):
        if len(cells) != len(header):
            raise csv.Error(f"line {reader.line_num} has {len(cells)} cells where the header has {len(header)}")
        rows.append(_Row(file, reader.line_num, dict(zip(header, map(str.strip, cells), strict=True))))
    return header, rows


def _said_twice(rows: list[_Row], column: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for row in rows:
        if row.cells[column] in seen:
            message = f"{quoted(row.cells[column])} is there twice"
            yield Problem(row.file, row.line, message, f"give each row a {quoted(column)} of its own")
        seen.add(row.cells[column])


def _unknown(
    folder: Path, stated: dict[str, Assumption], episodes: list[Episode], passages: dict[tuple[str, str], dt.date]
) -> Iterator[Problem]:
    """Countries, episodes and ends that assumptions name and no table holds."""
    asked = next((item for item in stated.values() if isinstance(item, Episodes)), None)
    if asked is None:
        return
    file = shown(folder / asked.table)
    known = {
        "country": {episode.country for episode in episodes},
        "episode": {episode.id for episode in episodes},
        "end": {episode.end for episode in episodes},
    }
    classes = [item for item in stated.values() if isinstance(item, ReferenceClass)]
    named = {
        "country": [(item.id, country) for item in classes for country in item.countries],
        "episode": [(asked.id, own) for own in asked.own] + [(asked.id, episode) for episode, _ in passages],
        "end": [(asked.id, ending.end) for ending in asked.ends],
    }
    for kind, names in named.items():
        for assumption, name in names:
            if name not in known[kind]:
                message = f"the assumption {quoted(assumption)} speaks of the {kind} {quoted(name)}, which is not here"
                yield Problem(file, None, message, instead_of(name, sorted(known[kind]), "correct the assumption"))
