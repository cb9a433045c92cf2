"""Runs of the harbour, really sampled, for every test that reads a run: made once in a session."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from forecast.case.reading import read_case
from forecast.evidence.journal import Row
from forecast.evidence.ledger import CsvLedger
from forecast.refresh import Refreshed, refresh
from tests.model.harbour import EVIDENCE, OPENING, latent_drivers, row, write_harbour

MIDDLE, LAST = dt.date(2026, 2, 1), dt.date(2026, 2, 11)
SEED = 7

LATE = row("R10", 4, "2026-02-16", coded_at=dt.datetime(2026, 2, 17, tzinfo=dt.UTC))
WITHDRAWN = (row("R11", 2, "2026-01-30"), row("R11", None, "2026-01-30", reliability="", credibility=None,
             retracted_at=dt.datetime(2026, 2, 9, tzinfo=dt.UTC), coder="bob"))  # fmt: skip
JOURNAL = (*EVIDENCE, LATE, *WITHDRAWN)


def write_workspace(workspace: Path, rows: tuple[Row, ...] = JOURNAL) -> Path:
    """A workspace with the harbour and its evidence."""
    folder = write_harbour(workspace / "data" / "harbour")
    CsvLedger(folder / "evidence.csv").append(rows)
    return workspace


def refreshed(workspace: Path, as_of: dt.date, seed: int = SEED, name: str | None = None, **options: Any) -> Refreshed:
    """A refresh of the harbour in a workspace."""
    folder = workspace / "data" / "harbour"
    rows = CsvLedger(folder / "evidence.csv").read()
    model = options.pop("model", latent_drivers())
    reports = workspace / "reports"
    return refresh(read_case(folder, name), rows, model, reports, as_of=as_of, seed=seed, clock="published", **options)


def make(workspace: Path) -> dict[dt.date, Refreshed]:
    """Three refreshes in a row: on the opening day without a report, and twice after."""
    write_workspace(workspace)
    return {day: refreshed(workspace, day) for day in (OPENING, MIDDLE, LAST)}
