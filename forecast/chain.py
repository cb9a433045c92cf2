"""The chain of a case's runs: each pins the runs before it, what it says itself, and the rows of evidence that it saw.

The link stands in `record.json`, beside what a run's id follows from:

    link        previous    the runs that nobody had pinned yet: id, and the digests of their two documents
                forecast    the digest of its own `forecast.json`
                journal     a digest of every row of the journal, in the journal's order

A chain by order of making, whatever day, model or set a run speaks of. Two copies of a workspace may each add a run;
the next one pins both. So any edit, deletion, insertion or swap of runs shows that a later run has seen, and any of
rows that any run has seen. What the chain alone cannot show is what nobody has pinned: rows newer than the last run, a
tail that was cut off, and a last run that was written anew with all that follows from it. Whoever keeps the digest of
the last record elsewhere (`verify` prints it, and marking a run as sent notes it) sees those as well.

S. Haber and W. S. Stornetta (1991), "How to time-stamp a digital document", Journal of Cryptology 3.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from forecast.durable import make_place
from forecast.evidence.journal import Row
from forecast.evidence.lock import locked
from forecast.evidence.rows import cells_of
from forecast.run_files import Document
from forecast.runs import Run, digest, list_runs, save_run

PATIENCE: Final = 60.0
"""Seconds that a run waits for those that are being saved before it."""
HEX: Final = 32
"""Hex digits of a row's digest: 128 bits."""


def save_linked(
    reports: Path, case_id: str, forecast: Document, record: Document, posterior: bytes | None, rows: Sequence[Row]
) -> tuple[Run, bool]:
    """Save a run as the next one of its case's chain; one that is there already keeps the link it has.

    Runs that are saved at once take turns, so that each pins the one before it.

    Returns
    -------
    The run as saved, and whether it is new.

    Raises
    ------
    InputError
        If a saved run cannot be read.
    StoreError
        If it cannot be written, or others keep the place to themselves; nothing is left half-written.
    """
    make_place(reports)
    with locked(reports / case_id, PATIENCE):
        link = link_of(list_runs(reports, case_id), forecast, rows)
        return save_run(reports, case_id, forecast, {**record, "link": link}, posterior)


def link_of(runs: Iterable[Run], forecast: Document, rows: Iterable[Row]) -> Document:
    """What the next run pins."""
    return {
        "previous": [pin_of(run) for run in ends(runs)],
        "forecast": f"sha256:{digest(forecast)}",
        "journal": row_digests(rows),
    }


def pin_of(run: Run) -> Document:
    """A run as a later one names it."""
    return {"run": run.id, "forecast": f"sha256:{digest(run.forecast)}", "record": f"sha256:{digest(run.record)}"}


def row_digests(rows: Iterable[Row]) -> list[str]:
    """A digest of each row's content, in their order; how the file writes it does not matter."""
    return [digest(cells_of(row))[:HEX] for row in rows]


def ends(runs: Iterable[Run]) -> list[Run]:
    """The runs that no other has pinned, in the order of their ids."""
    runs = list(runs)
    pinned = {pin["run"] for run in runs for pin in _previous(run)}
    return sorted((run for run in runs if run.id not in pinned), key=lambda run: run.id)


def is_linked(run: Run) -> bool:
    """Whether a run has a link; those of early versions have none."""
    return "link" in run.record


def run_faults(runs: Sequence[Run]) -> Iterator[tuple[str, str]]:
    """Where the chain is broken: the run concerned, and a sentence."""
    there = {run.id: run for run in runs}
    linked = [run for run in runs if is_linked(run)]
    for run in linked:
        if run.record["link"]["forecast"] != f"sha256:{digest(run.forecast)}":
            yield run.id, "its forecast.json is not the one that was saved"
        for pin in _previous(run):
            before = there.get(pin["run"])
            if before is None:
                yield pin["run"], f"it is gone: run {run.id} was made after it"
                continue
            now = pin_of(before)
            for part in ("forecast", "record"):
                if pin[part] != now[part]:
                    yield before.id, f"its {part}.json is not the one that was there when run {run.id} was made"
    last = ends(runs)
    if linked and len(last) > 1:
        for run in last:
            others = ", ".join(other.id for other in last if other is not run)
            yield run.id, f"no run was made after it, nor after {others}: one was put in, or came from another copy"


def forks(runs: Sequence[Run]) -> Iterator[str]:
    """A sentence for every run that joined several ends: copies of the workspace had each added to the chain."""
    linked = {run.id for run in runs if is_linked(run)}
    for run in runs:
        joined = [pin["run"] for pin in _previous(run)]
        if len(joined) > 1 and linked.intersection(joined):
            yield f"run {run.id} was made after {' and '.join(joined)}, which do not know of each other"


def row_faults(runs: Iterable[Run], rows: Sequence[Row]) -> Iterator[tuple[int | None, str]]:
    """Where the journal is not what runs saw: a line of the file where there is one, and a sentence.

    A run saw what was then the whole journal, and rows are only ever added at its end.
    """
    now = row_digests(rows)
    said: set[tuple[str, str]] = set()
    for run in sorted((run for run in runs if is_linked(run)), key=lambda run: len(run.record["link"]["journal"])):
        saw: list[str] = run.record["link"]["journal"]
        if now[: len(saw)] == saw:
            continue
        for what, which, line, sentence in _changes(saw, now, rows):
            if (what, which) not in said:
                said.add((what, which))
                yield line, f"{sentence} run {run.id} was made"


def _changes(saw: Sequence[str], now: Sequence[str], rows: Sequence[Row]) -> Iterator[tuple[str, str, int | None, str]]:
    """What became of rows: kind, row, line, and the beginning of a sentence."""
    gone, left = Counter(saw), Counter(now)
    gone.subtract(left)
    last = max((place for place, row in enumerate(now) if gone[row] <= 0 and row in set(saw)), default=-1)
    known = set(saw)
    new = {place for place in range(last + 1) if now[place] not in known}
    for place, row in enumerate(saw):
        if gone[row] > 0:
            edited = place < len(now) and now[place] not in known
            new.discard(place)
            line = rows[place].line or None if edited else None
            what = f"row {place + 1} {'was changed' if edited else 'was taken out or changed'} since"
            yield "gone", row, line, what
    for place in sorted(new):
        yield "new", now[place], rows[place].line or None, f"row {place + 1} was put in among older ones since"
    kept = [row for row in saw if gone[row] <= 0]
    order = [row for row in now if row in known and gone[row] <= 0]
    for place, (before, after) in enumerate(zip(kept, order, strict=False)):
        if before != after:
            yield "order", after, None, f"rows changed places, from row {place + 1} of those that are left on, since"
            break


def _previous(run: Run) -> list[Document]:
    pins: list[Document] = run.record.get("link", {}).get("previous", [])
    return pins
