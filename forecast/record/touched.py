"""Codings that were made before the wording of their indicator changed, and so may mean something else today.

The records of a case's runs hold the codebook of their day. Where one of an indicator said something else than today's,
in what to look for or in a grade, every coding made by then was made under it. A coding is free of that again once it
is coded anew, or once the indicator says that they were looked at: `reviewed`, on that run's day or later.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from forecast.case.phrases import quoted
from forecast.case.plain_yaml import read_yaml
from forecast.case.schema import Case, Indicator
from forecast.case.workspace import find_workspace
from forecast.errors import InputError, Problem, UsageError
from forecast.evidence.journal import View, day_of
from forecast.recorded import recorded_case
from forecast.runs import Run, list_runs

CODEBOOK = "codebook.yaml"


@dataclass(frozen=True)
class Touched:
    """A coding, and the last run in whose codebook its indicator said something else."""

    report_id: str
    coder: str
    indicator: str
    run: str


def runs_of(case: Case) -> tuple[Run, ...]:
    """The saved runs of a case; none where they cannot be read, which is for `verify` to say."""
    try:
        return tuple(list_runs(find_workspace(case.folder) / "reports", case.id))
    except InputError:
        return ()


def touched(case: Case, known: View, runs: Iterable[Run]) -> tuple[Touched, ...]:
    """The standing codings that an older wording touches, in order of publication."""
    older = _last_other_wording(case, runs)
    found = []
    for report in known.reports:
        for coding in report.codings:
            if coding.indicator in older and coding.coded_at <= older[coding.indicator][0]:
                found.append(Touched(report.report_id, coding.coder, coding.indicator, older[coding.indicator][1]))
    return tuple(found)


def warnings(case: Case, found: Iterable[Touched]) -> tuple[Problem, ...]:
    """A warning at each indicator with such codings."""
    counted = Counter((each.indicator, each.run) for each in found)
    document = read_yaml(case.folder / CODEBOOK)
    return tuple(
        document.problem(
            ("indicators", number),
            f"{_codings(times)} by {quoted(name)} made under another wording (that of run {run})",
            "code them again ('forecast evidence list --touched' lists them), or, where they stand, write "
            "'reviewed: YYYY-MM-DD' here",
        )
        for number, name in enumerate(case.indicators)
        for (indicator, run), times in counted.items()
        if indicator == name
    )


def _codings(number: int) -> str:
    return "1 coding" if number == 1 else f"{number} codings"


def _last_other_wording(case: Case, runs: Iterable[Run]) -> dict[str, tuple[datetime, str]]:
    """Indicator → when a run was last made whose codebook said something else of it, and that run's id."""
    today = (case.folder / CODEBOOK).read_text("utf-8")
    found: dict[str, tuple[datetime, str]] = {}
    for run in runs:
        if run.record["inputs"]["files"].get(CODEBOOK, today) == today:
            continue
        try:
            then = recorded_case(run, Path(find_workspace(case.folder))).indicators
        except (InputError, UsageError):
            continue  # of a version whose records say less
        made = datetime.fromisoformat(run.forecast["run"]["created"])
        for name, indicator in case.indicators.items():
            if name in then and _wording(then[name]) != _wording(indicator) and not _reviewed(indicator, day_of(made)):
                found[name] = max(found.get(name, (made, run.id)), (made, run.id))
    return found


def _wording(indicator: Indicator) -> tuple[str, ...]:
    texts = (indicator.look_for, *(indicator.grades[grade] for grade in range(1, 6)))
    return tuple(" ".join(text.split()) for text in texts)


def _reviewed(indicator: Indicator, day: date) -> bool:
    return indicator.reviewed is not None and indicator.reviewed >= day
