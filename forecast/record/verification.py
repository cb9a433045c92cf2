"""Whether what a case says of its past is what was saved: documents, chain, journal, and the numbers themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from forecast.case.document import shown
from forecast.chain import ends, forks, is_linked, pin_of, row_faults, run_faults
from forecast.errors import InputError, Problem, UsageError
from forecast.evidence.journal import Row
from forecast.provenance import run_id
from forecast.record.remaking import Remade
from forecast.run_files import FORECAST, POSTERIOR, RECORD, REMEDY
from forecast.runs import Run, digest, load_run
from forecast.sayings import Saying

BLIND: Final = (
    "rows of the journal that were added after the last run",
    "a tail that was cut off: the last runs taken away, with all that pins them",
    "a last run that was written anew with its record, unless making it again tells",
    "edits of resolutions.csv, judgements.csv and prices.csv, which the history of git shows",
)
"""What no chain of this kind shows; the digest of the last record, kept elsewhere, shows the second and the third."""

RESTORE: Final = "restore it as it was, or say why it changed"


@dataclass(frozen=True)
class Verification:
    """What was found.

    Attributes
    ----------
    case
        Which case.
    runs, linked, rows
        How many runs there are, how many of them have a link, and how many rows of the journal the last link pins.
    heads
        The digest of the record of each run that nobody has pinned yet: what to keep elsewhere.
    faults
        Everything that is not as it was saved.
    notes
        What a reader should know besides.
    remade
        Runs that were made again, by id; the sentence instead where one could not be.
    """

    case: str
    runs: int
    linked: int
    rows: int
    heads: dict[str, str]
    faults: tuple[Problem, ...]
    notes: tuple[str, ...]
    remade: dict[str, Remade | str] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether everything is as it was saved, and every run that was made again says what it said."""
        verdicts = (isinstance(each, Remade) and each.verdict != "different" for each in self.remade.values())
        return not self.faults and all(verdicts)


def verify(
    reports: Path,
    case_id: str,
    rows: Sequence[Row],
    journal: str,
    sayings: Sequence[Saying],
    wanted: Sequence[str],
    remake: Callable[[Run], Remade] | None,
    kept: str | None = None,
) -> Verification:
    """Check a case's chain and journal, and the documents and numbers of some of its runs.

    Parameters
    ----------
    reports
        The workspace's runs.
    case_id
        Which case.
    rows, journal
        Its journal as it is today, and what problems call the place where it is kept.
    sayings
        What people noted of its runs.
    wanted
        Ids of runs whose own documents are checked.
    remake
        Makes one of these again; None where that is not wanted.
    kept
        The digest of a record that somebody kept: it must still be there.
    """
    runs, faults = _read_all(reports / case_id)
    for run in runs:
        if run.id in wanted:
            faults += (Problem(shown(run.folder / part), None, what, REMEDY) for part, what in own_faults(run))
    faults += (Problem(shown(reports / case_id / name), None, what, RESTORE) for name, what in run_faults(runs))
    faults += (Problem(journal, line, what, RESTORE) for line, what in row_faults(runs, rows))
    faults += (Problem(shown(reports / case_id / name), None, what, RESTORE) for name, what in _unsaid(runs, sayings))
    if kept is not None and kept not in {pin_of(run)["record"] for run in runs}:
        faults.append(Problem(shown(reports / case_id), None, f"no run has the record {kept}", RESTORE))
    linked = [run for run in runs if is_linked(run)]
    return Verification(
        case=case_id,
        runs=len(runs),
        linked=len(linked),
        rows=max((len(run.record["link"]["journal"]) for run in linked), default=0),
        heads={run.id: pin_of(run)["record"] for run in ends(runs)},
        faults=tuple(faults),
        notes=(*forks(runs), *_unlinked(runs, linked)),
        remade={} if remake is None else {run.id: _again(run, remake) for run in runs if run.id in wanted},
    )


def own_faults(run: Run) -> Iterator[tuple[str, str]]:
    """Where the parts of a run do not fit together: the file, and a sentence."""
    said, record = run.forecast["run"], run.record
    if record["inputs_digest"] != f"sha256:{digest(record['inputs'])}":
        yield RECORD, "its inputs do not have the digest that it gives"
    if run_id(run.as_of, record) != run.id:
        yield RECORD, f"its inputs, seed, method and versions make the run {run_id(run.as_of, record)}"
    if (said["inputs"], said["seed"]) != (record["inputs_digest"], record["seed"]):
        yield FORECAST, "its digest of the inputs, or its seed, is not the record's"
    if said["versions"] != record["versions"]:
        yield FORECAST, "its versions are not the record's"
    if run.draws == "altered":
        yield POSTERIOR, "the draws are not those that were saved"


def _read_all(folder: Path) -> tuple[list[Run], list[Problem]]:
    """Every run that can be read, and why the others cannot."""
    runs: list[Run] = []
    faults: list[Problem] = []
    for path in sorted(each for each in folder.glob("[0-9]*") if each.is_dir()):
        try:
            runs.append(load_run(path))
        except InputError as error:
            faults += error.problems
    return runs, faults


def _unsaid(runs: Sequence[Run], sayings: Sequence[Saying]) -> Iterator[tuple[str, str]]:
    """Runs marked as sent that are not there any more as they were sent."""
    records = {run.id: pin_of(run)["record"] for run in runs}
    for saying in sayings:
        if saying.kind == "sent" and records.get(saying.run) != saying.record:
            what = "is gone" if saying.run not in records else "has another record"
            yield saying.run, f"it was sent on {saying.at.date()}, and {what} now"


def _unlinked(runs: Sequence[Run], linked: Sequence[Run]) -> Iterator[str]:
    if len(linked) < len(runs):
        pinned = {pin["run"] for run in linked for pin in run.record["link"]["previous"]}
        loose = [run.id for run in runs if not is_linked(run)]
        by = "pinned by the first link after them" if pinned.issuperset(loose) else "and not all are pinned by any"
        yield f"{len(loose)} of {len(runs)} runs were made before runs had links, {by}"


def _again(run: Run, remake: Callable[[Run], Remade]) -> Remade | str:
    try:
        return remake(run)
    except (UsageError, InputError) as error:
        return str(error)
