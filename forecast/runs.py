"""Runs: one refresh each, saved whole as `reports/<case>/<run id>/` and never changed afterwards.

forecast.json   what is said: the document that `show --json` prints
record.json     what it rests on: the inputs themselves, seed, versions, solved intercepts, the digest of the draws
posterior.nc    the draws; not kept in git, since the record is enough to make them again
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from forecast.case.document import shown
from forecast.case.resolutions import FILE as RESOLUTIONS
from forecast.durable import make_folder, read_if_there, replace_file
from forecast.errors import InputError, Problem, UsageError
from forecast.run_files import FORECAST, POSTERIOR, RECORD, Document, numbers, read_forecast, read_record

SAME = 5e-4
"""Probabilities nearer than this are printed alike."""

_MADE = {"exact": "solved exactly", "update": "updated from another one"}

type Draws = Literal["there", "missing", "altered", "none"]


@dataclass(frozen=True)
class Run:
    """A saved run: its folder and its two documents."""

    folder: Path
    forecast: Document
    record: Document

    @property
    def id(self) -> str:
        """As-of date and 8 hex digits of what the run was made from."""
        return str(self.forecast["run"]["id"])

    @property
    def as_of(self) -> date:
        """The day whose knowledge it speaks from."""
        return date.fromisoformat(self.forecast["as_of"])

    @property
    def default(self) -> bool:
        """Whether it was made by the case's own model and assumption set."""
        return bool(self.forecast["default"])

    @property
    def publishable(self) -> bool:
        """Whether it passed its gate."""
        return bool(self.forecast["publishable"])

    @property
    def knows_ending(self) -> bool:
        """Whether it was made on the day of the resolution, which was among its inputs: it foresees nothing."""
        return RESOLUTIONS in self.record["inputs"]["files"]

    @property
    def complete(self) -> bool:
        """Whether every number is there that a forecast has; in one that failed its gate some may be none."""
        return None not in numbers(self.forecast)

    @property
    def draws(self) -> Draws:
        """Whether the draws that the record speaks of are at hand; no byte of them is interpreted.

        `none` where the model was solved and there never were any, and where they are those of another run.
        """
        if self.record["method"] in ("exact", "update"):
            return "none"
        content = read_if_there(self.folder / POSTERIOR)
        if content is None:
            return "missing"
        return "there" if content_digest(content) == self.record.get("posterior") else "altered"

    def content(self) -> bytes:
        """The file of the draws, as it was saved.

        Raises
        ------
        UsageError
            If it is not at hand.
        InputError
            If the file is not the one that was saved.
        """
        if self.draws == "none":
            raise UsageError(f"run {self.id} was {_MADE[self.record['method']]}: it has no draws of its own")
        content = read_if_there(self.folder / POSTERIOR)
        if content is None:
            raise UsageError(f"the draws of run {self.id} are not at hand: `forecast refresh` as of {self.as_of} again")
        if content_digest(content) != self.record.get("posterior"):
            remedy = f"delete it, and `forecast refresh` as of {self.as_of} again"
            raise InputError.at(shown(self.folder / POSTERIOR), None, "it is not the file that was saved", remedy)
        return content

    def posterior(self) -> Any:
        """The draws, as an `xarray.DataTree`.

        They are read only if they are what the record says: the parser of the file trusts what it is given.

        Raises
        ------
        UsageError
            If they are not at hand.
        InputError
            If the file is not the one that was saved.
        """
        content = self.content()
        import xarray

        return xarray.open_datatree(io.BytesIO(content), engine="h5netcdf")

    def same_line(self, model: str, assumptions: str) -> bool:
        """Whether it was made by this model with this assumption set."""
        made_by: tuple[str, str] = (self.forecast["model"], self.forecast["assumption_set"]["name"])
        return made_by == (model, assumptions)


def difference(one: Document, other: Document) -> float:
    """The largest difference between two forecasts' probabilities; NaN where one has none."""
    pairs = zip(one["outcomes"], other["outcomes"], strict=True)
    gaps = [
        abs(a["probability"] - b["probability"]) if None not in (a["probability"], b["probability"]) else math.nan
        for a, b in pairs
    ]
    return math.nan if any(math.isnan(gap) for gap in gaps) else max(gaps)


def digest(document: object) -> str:
    """SHA-256 of a document's canonical JSON."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def content_digest(content: bytes) -> str:
    """SHA-256 of a file, as a record names it."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def save_run(
    reports: Path, case_id: str, forecast: Document, record: Document, posterior: bytes | None
) -> tuple[Run, bool]:
    """Save a run in one step; if it is there already it stays as it is, and only gets its own draws back.

    `posterior` is None where the model was solved.

    Returns
    -------
    The run as saved, and whether it is new.

    Raises
    ------
    InputError
        If it is there already and cannot be read.
    StoreError
        If it cannot be written; nothing is left half-written.
    """
    _refuse_links_outside(reports / case_id, ground=reports.parent)
    folder = reports / case_id / forecast["run"]["id"]
    files = {FORECAST: _text(forecast), RECORD: _text(record)}
    if posterior is not None:
        files[POSTERIOR] = posterior
    if not folder.is_dir() and make_folder(folder, files):
        return Run(folder, forecast, record), True
    saved = load_run(folder)
    if posterior is not None and saved.draws != "there" and content_digest(posterior) == saved.record.get("posterior"):
        replace_file(folder / POSTERIOR, posterior)
    return saved, False


def load_run(folder: Path) -> Run:
    """Read a saved run.

    Raises
    ------
    InputError
        If one of its two documents is missing or not what was saved, or a link leads out of its place.
    """
    _refuse_links_outside(folder, *folder.iterdir(), ground=folder.parent)
    run = Run(folder, read_forecast(folder / FORECAST), read_record(folder / RECORD))
    if run.id != folder.name:
        remedy = "give the folder the name of its run again"
        raise InputError.at(shown(folder), None, f"the folder holds the run {run.id}", remedy)
    return run


def list_runs(reports: Path, case_id: str) -> list[Run]:
    """Every saved run of a case: by as-of date, then in the order in which they were made.

    Raises
    ------
    InputError
        If any of them cannot be read: every fault of every run.
    """
    _refuse_links_outside(reports / case_id, ground=reports.parent)
    runs: list[Run] = []
    problems: list[Problem] = []
    for path in sorted((reports / case_id).glob(f"[0-9]*/{FORECAST}")):
        try:
            runs.append(load_run(path.parent))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return sorted(runs, key=lambda run: (run.as_of, run.forecast["run"]["created"]))


def _refuse_links_outside(*paths: Path, ground: Path) -> None:
    """Runs are what stands in their workspace; a link that leads out of it may show, or overwrite, anything."""
    for path in paths:
        if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(ground)):
            raise InputError.at(
                shown(path), None, "this leads out of the workspace", "put the thing itself in its place"
            )


def _text(document: Document) -> bytes:
    return (json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8")
