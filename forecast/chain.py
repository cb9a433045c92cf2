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
from datetime import datetime
from difflib import SequenceMatcher
from itertools import zip_longest
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

type Numbered = tuple[int, str]
"""A row's place in a journal, and its digest."""


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

    A run saw what was then the whole journal, and rows are only ever added at its end. What became of a row is said
    once, with the last run that still had it as it was.
    """
    now = list(enumerate(row_digests(rows)))
    said: set[str] = set()
    linked = [run for run in runs if is_linked(run)]
    for run in sorted(linked, key=lambda run: (len(run.record["link"]["journal"]), _made(run)), reverse=True):
        saw = [numbered for numbered in enumerate(run.record["link"]["journal"]) if numbered[1] not in said]
        for concerned, place, sentence in _changes(saw, [numbered for numbered in now if numbered[1] not in said]):
            said.update(concerned)
            yield None if place is None else rows[place].line or None, f"{sentence} since run {run.id} was made"


def _changes(saw: Sequence[Numbered], now: Sequence[Numbered]) -> Iterator[tuple[set[str], int | None, str]]:
    """What became of rows: the digests concerned, a place in the journal of now if any, and a sentence's beginning.

    Both journals are laid beside each other. What only the old one has was taken out, or changed where something new
    stands for it; what only the new one has was put in, or is newer where nothing old follows; the rest was moved.
    """
    old, today = [row for _, row in saw], [row for _, row in now]
    if today[: len(old)] == old:
        return
    places = {row: place for place, row in now}
    gone, new = Counter(old) - Counter(today), Counter(today) - Counter(old)
    for kind, start, end, first, last in SequenceMatcher(None, old, today, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        out = [numbered for numbered in saw[start:end] if _take(gone, numbered[1])]
        put = [numbered for numbered in now[first:last] if _take(new, numbered[1])]
        unclear = end == len(saw) and len(put) > len(out)
        for was, other in zip_longest(out, put[: len(out)] if end == len(saw) else put):
            if was is None:
                yield {other[1]}, other[0], f"row {other[0] + 1} was put in among older ones"
            elif other is None or unclear:
                yield {was[1]}, None, f"row {was[0] + 1} was taken out{' or changed' if unclear else ''}"
            else:
                yield {was[1], other[1]}, other[0], f"row {was[0] + 1} was changed"
        for place, row in saw[start:end]:
            if (place, row) not in out:
                yield {row}, places[row], f"row {place + 1} was moved"


def _take(left: Counter[str], row: str) -> bool:
    """Whether there is one left of a row, which is then taken."""
    left[row] -= 1
    return left[row] >= 0


def _made(run: Run) -> datetime:
    return datetime.fromisoformat(run.forecast["run"]["created"])


def _previous(run: Run) -> list[Document]:
    pins: list[Document] = run.record.get("link", {}).get("previous", [])
    return pins
