"""A workbook to code in: drop-downs from the case, cells that stay text, and the codebook beside them.

Every cell of the sheet `evidence` is formatted as text, so that a spreadsheet keeps `2026-01-20`, `007` and `R12/2` as
they are typed, and takes nothing for a formula. What it warns of while somebody types is what `import` would refuse.
"""

from __future__ import annotations

import importlib
import io
import re
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

from forecast.case.document import shown
from forecast.case.phrases import quoted
from forecast.case.schema import Case
from forecast.durable import replace_file
from forecast.errors import UsageError
from forecast.evidence.cells import ALL_COLUMNS
from forecast.evidence.drafting import CREDIBILITY, NEEDED, RELIABILITY
from forecast.evidence.exchange import refuse_no_folder
from forecast.evidence.journal import Row
from forecast.evidence.rows import cells_of

SPARE_ROWS: Final = 2_000
"""Rows below those that are filled in which a coder is helped."""
LONGEST: Final = 32_767
"""Characters that a spreadsheet keeps in a cell; it cuts off the rest without a word."""

_EXPLAINED: Final = {
    "report_id": "A name of your own for the report, such as R12. The same name again is the same report.",
    "event_id": "A name for what happened. Reports of one event share it.",
    "origin_id": "The report whose content this one carries (a wire, a quoted claim). Empty: its own.",
    "indicator": "What the report tells about: an id of the sheet 'codebook'.",
    "grade": "1 to 5 as the sheet 'codebook' says, or 0: looked for and not found.",
    "event_date": "The day on which it happened, as YYYY-MM-DD.",
    "published_date": "The day on which the report came out, as YYYY-MM-DD.",
    "source": "The first teller, not an outlet that carried it. A new one may be typed.",
    "source_type": "The kind of source, by its id.",
    "reliability": "Of the source, A (completely reliable) to E; F: cannot be judged.",
    "credibility": "Of the information, 1 (confirmed by others) to 5; 6: cannot be judged.",
    "coder": "Who grades: always the same name for the same person.",
    "coded_at": "Leave it empty: it means the moment of the import.",
    "retracted_at": "Leave it empty, unless the report was withdrawn: then the day, as YYYY-MM-DD.",
    "url": "The web address, beginning with http:// or https://.",
    "note": "Why it is graded so. Comments that you put beside cells are added to it.",
    "title": "The headline.",
    "marking": "Who may see it, in your team's own words.",
    "effort": "For grade 0 alone: the chance, above 0 and up to 1, that the search would have found it.",
}
_WIDTHS: Final = {"note": 50, "title": 40, "url": 30, "source": 22, "event_id": 22, "indicator": 22}
_DAY: Final = 'AND(LEN({0})=10,MID({0},5,1)="-",MID({0},8,1)="-",ISNUMBER(DATE(LEFT({0},4),MID({0},6,2),RIGHT({0},2))))'
_ESCAPE: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def write_workbook(path: Path, case: Case, present: Iterable[Row], rows: Sequence[Row] = ()) -> None:
    """Write a workbook to code the case in.

    Parameters
    ----------
    present
        The journal, whose sources and coders are offered beside those of the register.
    rows
        Rows that the sheet holds already.

    Raises
    ------
    UsageError
        If its name does not end in .xlsx, its folder is not there, openpyxl is not installed, or a row's text is longer
        than a cell may be.
    StoreError
        If the system does not let it be written.
    """
    if path.suffix.lower() != ".xlsx":
        raise UsageError(f"{shown(path)}: what is written is a workbook: give a name that ends in .xlsx")
    refuse_no_folder(path)
    openpyxl = _openpyxl(shown(path))
    book = openpyxl.Workbook()
    choices = _choices(case, tuple(present))
    _fill_evidence(book.active, openpyxl, choices, rows, shown(path))
    _fill(book.create_sheet("codebook"), openpyxl, _codebook(case), (24, 28, 20, 50, *[34] * 5, 12, 50))
    _fill(book.create_sheet("columns"), openpyxl, _columns(), (18, 12, 100))
    _fill(book.create_sheet("choices"), openpyxl, _listed(case, choices), (24, 60) * len(choices))
    buffer = io.BytesIO()
    book.save(buffer)
    replace_file(path, buffer.getvalue())


def _openpyxl(file: str) -> Any:
    """The package, asked for by name: a plain import is for what everybody has."""
    try:
        importlib.import_module("openpyxl.worksheet.datavalidation")
        return importlib.import_module("openpyxl")
    except ImportError:
        raise UsageError(
            f"{file}: writing workbooks takes the extra 'xlsx', which is not installed: "
            "`pip install 'possibilities[xlsx]'`; reading them does not"
        ) from None


# ---------------------------------------------------------------------------- what stands in it


def _choices(case: Case, present: Iterable[Row]) -> dict[str, tuple[str, ...]]:
    """What each column with a drop-down offers."""
    sources = dict.fromkeys([*case.sources, *sorted({row.source for row in present})])
    return {
        "indicator": tuple(case.indicators),
        "grade": tuple("123450"),
        "source": tuple(sources),
        "source_type": tuple(case.source_types),
        "reliability": tuple("ABCDEF"),
        "credibility": tuple("123456"),
        "coder": tuple(sorted({row.coder for row in present})),
    }


def _codebook(case: Case) -> list[list[str]]:
    grades = [f"grade {grade}" for grade in range(1, 6)]
    table = [["indicator", "label", "tells about", "look for", *grades, "usual grade", "examples"]]
    for each in case.indicators.values():
        meanings = [each.grades[grade] for grade in range(1, 6)]
        examples = "\n".join(each.examples)
        table.append([each.id, each.label, each.tells_about, each.look_for, *meanings, str(each.usual_grade), examples])
    return table


def _columns() -> list[list[str]]:
    explained = ((column, "yes" if column in NEEDED else "", _EXPLAINED[column]) for column in ALL_COLUMNS)
    return [["column", "needed", "what it holds"], *map(list, explained)]


def _listed(case: Case, choices: dict[str, tuple[str, ...]]) -> list[list[str]]:
    """Every choice beside what it means: two columns for each that has a drop-down."""
    meanings: dict[str, dict[str, str]] = {
        "indicator": {each.id: each.label for each in case.indicators.values()},
        "source": {name: each.note or "" for name, each in case.sources.items()},
        "source_type": case.source_types,
        "reliability": dict(line.split("  ") for line in RELIABILITY),
        "credibility": dict(line.split("  ") for line in CREDIBILITY),
        "grade": {"0": "looked for and not found"},
    }
    pairs = [[(name, meanings.get(column, {}).get(name, "")) for name in choices[column]] for column in choices]
    head = [word for column in choices for word in (column, "")]
    return [head, *([word for pair in line for word in pair] for line in zip_longest(*pairs, fillvalue=("", "")))]


# ---------------------------------------------------------------------------- how it is written


def _fill_evidence(
    sheet: Any, openpyxl: Any, choices: dict[str, tuple[str, ...]], rows: Sequence[Row], file: str
) -> None:
    sheet.title = "evidence"
    sheet.freeze_panes = "B2"
    for number, column in enumerate(ALL_COLUMNS, start=1):
        letter = openpyxl.utils.get_column_letter(number)
        shape = sheet.column_dimensions[letter]
        shape.number_format, shape.width = "@", _WIDTHS.get(column, 15)
        _write(sheet.cell(1, number), column).font = openpyxl.styles.Font(bold=True)
        rule = _rule(openpyxl, column, choices, f"{letter}2")
        rule.add(f"{letter}2:{letter}{len(rows) + SPARE_ROWS}")
        sheet.add_data_validation(rule)
    for line, row in enumerate(rows, start=2):
        for number, (column, text) in enumerate(cells_of(row).items(), start=1):
            if len(text) > LONGEST:
                what = f"{column} of report {quoted(row.report_id)} is longer than a spreadsheet's cell may be"
                raise UsageError(f"{file}: {what}: give a name that ends in .csv")
            if text:
                _write(sheet.cell(line, number), text)


def _rule(openpyxl: Any, column: str, choices: dict[str, tuple[str, ...]], cell: str) -> Any:
    """What a spreadsheet offers, explains and warns of in a column; what may be new is not refused."""
    validation = openpyxl.worksheet.datavalidation.DataValidation
    offered = choices.get(column)
    if offered:
        place = openpyxl.utils.get_column_letter(2 * list(choices).index(column) + 1)
        rule = validation(type="list", formula1=f"choices!${place}$2:${place}${len(offered) + 1}", allow_blank=True)
        rule.errorStyle = "information" if column in ("source", "coder") else "stop"
    elif column in ("event_date", "published_date"):
        rule = validation(type="custom", formula1=_DAY.format(cell), allow_blank=True, errorStyle="stop")
    else:
        rule = validation(allow_blank=True)
        rule.showErrorMessage = False
    rule.promptTitle, rule.prompt = column, _EXPLAINED[column]
    rule.errorTitle, rule.error = column, _EXPLAINED[column]
    rule.showInputMessage = True
    if offered or rule.type == "custom":
        rule.showErrorMessage = True
    return rule


def _fill(sheet: Any, openpyxl: Any, table: Iterable[Iterable[str]], widths: Iterable[int]) -> None:
    """A sheet to read: nobody types into it by mistake, and whoever means to takes the protection away."""
    wrapped = openpyxl.styles.Alignment(wrap_text=True, vertical="top")
    for line, texts in enumerate(table, start=1):
        for number, text in enumerate(texts, start=1):
            cell = _write(sheet.cell(line, number), text[:LONGEST])
            cell.alignment = wrapped
            if line == 1:
                cell.font = openpyxl.styles.Font(bold=True)
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[openpyxl.utils.get_column_letter(number)].width = width
    sheet.freeze_panes = "B2"
    sheet.protection.sheet = True


def _write(cell: Any, text: str) -> Any:
    """Put text into a cell as text, whatever it looks like."""
    cell.value = _ESCAPE.sub("_x005F_", text)
    cell.data_type = "s"
    cell.number_format = "@"
    cell.quotePrefix = True
    return cell
