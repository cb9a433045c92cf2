"""The one way into the ledger: all or nothing."""

from __future__ import annotations

import pytest

from forecast.case.schema import Case
from forecast.errors import InputError
from forecast.evidence.exchange import csv_bytes, csv_table
from forecast.evidence.intake import take_in
from forecast.evidence.ledger import ledger_of
from forecast.evidence.sheets import Sheet, sheet_of, sheet_of_one
from tests.evidence.samples import NOW, cells, csv_of, row


def sheet(*records: dict[str, str]) -> Sheet:
    return sheet_of(csv_table(csv_of(*records), "e.csv"), NOW, may_be_undated=True)


def test_good_rows_come_in(harbour: Case) -> None:
    intake = take_in(sheet(cells(), cells(report_id="R2")), harbour, ledger_of(harbour))
    assert ([item.report_id for item in intake.new], intake.skipped, intake.warnings) == (["R1", "R2"], 0, ())
    assert ledger_of(harbour).read() == intake.new


def test_one_bad_row_keeps_all_out_and_every_bad_row_is_named(harbour: Case) -> None:
    ledger_of(harbour).append([row(report_id="R5")])
    before = (harbour.folder / "evidence.csv").read_bytes()
    bad = sheet(
        cells(),
        cells(report_id="R2", grade="9"),
        cells(report_id="R3", indicator="strike"),
        cells(report_id="R4", source="port gazette"),
        cells(report_id="R5", note="Other."),
    )
    with pytest.raises(InputError) as caught:
        take_in(bad, harbour, ledger_of(harbour))
    assert [problem.line for problem in caught.value.problems] == [3, 4, 5, 6]
    assert (harbour.folder / "evidence.csv").read_bytes() == before


def test_of_a_bad_row_the_indicator_is_judged_as_well(harbour: Case) -> None:
    with pytest.raises(InputError) as caught:
        take_in(
            sheet(cells(grade="9", indicator="strike"), cells(report_id="R2", indicator="")),
            harbour,
            ledger_of(harbour),
        )
    assert [(problem.line, problem.message.split(" ")[0]) for problem in caught.value.problems] == [
        (2, "grade"),
        (2, "there"),
        (3, "indicator"),
    ]


def test_a_row_that_contradicts_the_ledger_is_still_checked_against_the_case(harbour: Case) -> None:
    ledger_of(harbour).append([row()])
    with pytest.raises(InputError) as caught:
        take_in(sheet(cells(indicator="strike")), harbour, ledger_of(harbour))
    assert [problem.message.split(" ")[0] for problem in caught.value.problems] == ["the", "there"]


def test_a_dry_run_changes_nothing(harbour: Case) -> None:
    intake = take_in(sheet(cells()), harbour, ledger_of(harbour), dry_run=True)
    assert len(intake.new) == 1
    assert not (harbour.folder / "evidence.csv").exists()


def test_importing_twice_is_importing_once(harbour: Case) -> None:
    records = (cells(), cells(coder="bob", coded_at=""))
    take_in(sheet(*records), harbour, ledger_of(harbour))
    again = take_in(sheet(*records), harbour, ledger_of(harbour))
    assert (again.new, again.skipped) == ((), 2)
    assert len(ledger_of(harbour).read()) == 2


def test_an_exported_ledger_imports_as_itself(harbour: Case) -> None:
    take_in(sheet(cells(), cells(coder="bob"), cells(grade="1", coded_at="2026-01-23")), harbour, ledger_of(harbour))
    journal = ledger_of(harbour).read()
    exported = sheet_of(csv_table(csv_bytes(journal), "x.csv"), NOW, may_be_undated=True)
    assert tuple(item.row for item in exported.incoming) == journal
    assert take_in(exported, harbour, ledger_of(harbour)).skipped == 3


def test_rows_that_came_in_are_not_warned_of_again(harbour: Case) -> None:
    new_source = sheet(cells(source="New Radio"))
    assert len(take_in(new_source, harbour, ledger_of(harbour)).warnings) == 1
    assert take_in(new_source, harbour, ledger_of(harbour)).warnings == ()


def test_a_row_outside_any_file_has_no_line(harbour: Case) -> None:
    with pytest.raises(InputError) as caught:
        take_in(sheet_of_one(cells(grade="9"), "evidence add", NOW), harbour, ledger_of(harbour))
    assert str(caught.value) == (
        "evidence add: grade '9' is not a grade: write 1 to 5, or 0 for looked for and not found"
    )
