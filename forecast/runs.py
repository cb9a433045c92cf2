"""Runs: one refresh each, saved whole as `reports/<case>/<run id>/` and never changed afterwards.

forecast.json   what is said: the document that `show --json` prints
record.json     what it rests on: the inputs themselves, seed, versions, solved intercepts
posterior.nc    the draws; not kept in git, since the record is enough to make them again
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from forecast.errors import InputError, StoreError, UsageError

FORECAST, RECORD, POSTERIOR = "forecast.json", "record.json", "posterior.nc"

SAME = 5e-4
"""Probabilities nearer than this are printed alike."""

Document = dict[str, Any]


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


def save_run(reports: Path, case_id: str, forecast: Document, record: Document, posterior: Any) -> tuple[Run, bool]:
    """Save a run in one step; if it is there already it stays as it is, and only gets its draws back.

    Returns
    -------
    The run as saved, and whether it is new.

    Raises
    ------
    StoreError
        If it cannot be written; nothing is left half-written.
    """
    folder = reports / case_id / forecast["run"]["id"]
    if folder.is_dir():
        saved = load_run(folder)
        if not (folder / POSTERIOR).exists() and difference(saved.forecast, forecast) < SAME:
            with _storing(folder), _whole(folder / POSTERIOR) as draft:
                posterior.to_netcdf(draft, engine="h5netcdf")
        return saved, False
    draft_folder = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    with _storing(folder):
        try:
            draft_folder.mkdir(parents=True)
            for name, document in ((FORECAST, forecast), (RECORD, record)):
                text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
                _write(draft_folder / name, text.encode("utf-8"))
            posterior.to_netcdf(draft_folder / POSTERIOR, engine="h5netcdf")
            _sync(draft_folder / POSTERIOR)
            draft_folder.rename(folder)
        except OSError:
            if folder.is_dir():  # another process saved the same run just now
                return load_run(folder), False
            raise
        finally:
            shutil.rmtree(draft_folder, ignore_errors=True)
    return Run(folder, forecast, record), True


def load_run(folder: Path) -> Run:
    """Read a saved run.

    Raises
    ------
    InputError
        If one of its two documents is missing or is not JSON.
    """
    documents = []
    for name in (FORECAST, RECORD):
        try:
            documents.append(json.loads((folder / name).read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            raise InputError.at(
                folder / name, None, f"the run cannot be read ({error})", "restore the file, or delete the folder"
            ) from None
    return Run(folder, *documents)


def list_runs(reports: Path, case_id: str) -> list[Run]:
    """Every saved run of a case: by as-of date, then in the order in which they were made."""
    folders = [path.parent for path in (reports / case_id).glob(f"[0-9]*/{FORECAST}")]
    return sorted((load_run(folder) for folder in folders), key=lambda run: (run.as_of, run.forecast["run"]["created"]))


def find_run(
    reports: Path,
    case_id: str,
    run_id: str | None = None,
    as_of: date | None = None,
    model: str | None = None,
    assumptions: str | None = None,
) -> Run:
    """One run by its id, else the last publishable one at or before a date.

    Where neither model nor assumption set is named, only runs of the case's own model and set are looked at.

    Raises
    ------
    UsageError
        If there is none.
    """
    runs = list_runs(reports, case_id)
    if run_id is not None:
        named = [run for run in runs if run.id == run_id]
        if not named:
            known = ", ".join(run.id for run in runs[-5:]) or "none yet"
            raise UsageError(f"--run {run_id}: {case_id} has no such run: the last ones are {known}")
        return named[0]
    fit = [
        run
        for run in runs
        if run.publishable
        and (as_of is None or run.as_of <= as_of)
        and (run.default or model is not None or assumptions is not None)
        and model in (None, run.forecast["model"])
        and assumptions in (None, run.forecast["assumption_set"]["name"])
    ]
    if not fit:
        when = f" at or before {as_of}" if as_of else ""
        by = f" by {model}" if model else ""
        with_set = f" with {assumptions}" if assumptions else ""
        raise UsageError(
            f"{case_id} has no publishable run{by}{with_set}{when}: make one with `forecast refresh {case_id}`"
        )
    return fit[-1]


def previous_run(reports: Path, case_id: str, model: str, assumptions: str, before: date) -> Run | None:
    """The last publishable run of the same model and assumption set with an earlier as-of date."""
    runs = [
        run
        for run in list_runs(reports, case_id)
        if run.publishable and run.same_line(model, assumptions) and run.as_of < before
    ]
    return runs[-1] if runs else None


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    _sync(path)


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


@contextlib.contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A draft beside `path` that takes its place once it is written."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextlib.contextmanager
def _storing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"{path}: the run cannot be written ({error.strerror or error}): free space or mend the permissions there"
        ) from error
