"""The one way into the ledger: rows are read, checked against case and journal, and all added or none."""

from __future__ import annotations

from dataclasses import dataclass

from forecast.case.schema import Case
from forecast.errors import InputError, Problem
from forecast.evidence.admission import admit
from forecast.evidence.checks import check_rows, unknown_indicators
from forecast.evidence.difference import Difference, differences
from forecast.evidence.journal import Row
from forecast.evidence.ledger import Ledger
from forecast.evidence.sheets import Sheet, first_of


@dataclass(frozen=True)
class Intake:
    """What came in: the new rows, how many were there already, what is to be looked at again, and what they change."""

    new: tuple[Row, ...]
    skipped: int
    warnings: tuple[Problem, ...]
    differences: tuple[Difference, ...]


def take_in(sheet: Sheet, case: Case, ledger: Ledger, *, dry_run: bool = False) -> Intake:
    """Add the rows of a sheet to a ledger, unless it is a dry run.

    Raises
    ------
    InputError
        If any row is bad: every fault of every row, and nothing is added.
    StoreError
        If the ledger cannot be read or written just now.
    """
    present = ledger.read()
    admission = admit(sheet.incoming, present, sheet.file)
    findings = check_rows([*admission.new, *admission.refused], case, sheet.file, present)
    unread = unknown_indicators(sheet.unread, case, sheet.file)
    problems = [*sheet.problems, *unread, *admission.problems, *findings.problems]
    if problems:
        raise InputError(first_of(problems, sheet.file))
    if not dry_run:
        ledger.append(admission.new)
    return Intake(admission.new, admission.skipped, findings.warnings, differences(admission.new, present))
