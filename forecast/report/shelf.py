"""The index of all reports: every case with its course and every run, as one offline page beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from markupsafe import Markup

from forecast.errors import InputError
from forecast.report import inert, plots
from forecast.report.history import History, earlier, history
from forecast.report.page import SCREEN, policy
from forecast.report.standing import Outcome, Standing, standing, worded
from forecast.report.wording import environment
from forecast.report.words import Day, day
from forecast.runs import Run, list_runs

INDEX: Final = "index.html"
PAGES: Final = {"report.html": "HTML", "report.pdf": "PDF", "report.md": "Markdown"}
"""What may lie in a run's folder for a reader to open, and what it is called."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One run: what it said, and the pages of it that are there, each with its address beside the index."""

    run: str
    day: Day
    model: str
    assumptions: str
    publishable: bool
    leader: Outcome | None
    pages: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """One case: its last forecast, how it came to that, and its runs, the latest first.

    `fault` says why its runs cannot be read; then there is nothing else.
    """

    case: str
    title: str
    question: str
    now: Standing | None
    last: Day | None
    course: History | None
    entries: tuple[Entry, ...]
    fault: str = ""


def index(reports: Path) -> str:
    """The page that lists every case and run of a workspace's `reports/`."""
    templates = environment()
    style, script = templates.get_template(SCREEN).render(), templates.get_template("report.js").render()
    return templates.get_template("index.html.jinja").render(
        shelves=tuple(_shelf(folder) for folder in _cases(reports)),
        plots=plots,
        style=Markup(style),
        script=Markup(script),
        policy=policy(style, script),
    )


def _cases(reports: Path) -> list[Path]:
    return sorted(path for path in reports.glob("*") if path.is_dir() and not path.name.startswith("."))


def _shelf(folder: Path) -> Shelf:
    name = inert.visible(folder.name)
    try:
        return _read(name, list_runs(folder.parent, folder.name))
    except InputError as error:
        fault = str(error.problems[0])
    except (KeyError, ValueError) as error:
        fault = f"a run contradicts itself ({error})"
    return Shelf(name, name, "", None, None, None, (), inert.visible(fault))


def _read(name: str, runs: list[Run]) -> Shelf:
    entries = tuple(_entry(run) for run in sorted(runs, key=_newest_first, reverse=True))
    shown = [run for run in runs if run.publishable]
    if not shown:
        return Shelf(name, name, "", None, None, None, entries)
    told = worded(inert.clean(([run for run in shown if run.default] or shown)[-1].forecast))
    before = earlier(told, inert.clean([run.forecast for run in runs]))
    now = standing(told, before[-1] if before else None)
    return Shelf(name, told["title"], told["question"], now, day(told["as_of"]), history(told, before, now), entries)


def _newest_first(run: Run) -> tuple[str, str]:
    return run.forecast["as_of"], run.forecast["run"]["created"]


def _entry(run: Run) -> Entry:
    told: Mapping[str, Any] = inert.clean(run.forecast)
    return Entry(
        run=told["run"]["id"],
        day=day(told["as_of"]),
        model=told["model"],
        assumptions=told["assumption_set"]["name"],
        publishable=run.publishable,
        leader=standing(told, None).leaders[0] if run.complete else None,
        pages=tuple(_pages(run.folder)),
    )


def _pages(folder: Path) -> Iterable[tuple[str, str]]:
    for file, name in PAGES.items():
        if (folder / file).is_file():
            yield name, "/".join(quote(part) for part in (folder.parent.name, folder.name, file))
