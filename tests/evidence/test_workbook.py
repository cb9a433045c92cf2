"""Workbooks that no spreadsheet wrote: damaged, disguised, enormous, or merely unusual."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pytest

from forecast.errors import InputError
from forecast.evidence.cells import ALL_COLUMNS
from forecast.evidence.sheets import Sheet, sheet_of
from forecast.evidence.spreadsheet import xlsx_table
from tests.evidence.samples import NOW, cells, row
from tests.fuzz.workbooks import sheet_of_texts, workbook_of

PLAIN = sheet_of_texts(ALL_COLUMNS, tuple(cells().values()))
GOOD = workbook_of(PLAIN)


def read(data: bytes) -> Sheet:
    return sheet_of(xlsx_table(data, "e.xlsx"), NOW, may_be_undated=True)


def refused(data: bytes) -> str:
    with pytest.raises(InputError) as caught:
        read(data)
    return str(caught.value)


def with_cell(column: str, markup: str, **parts: str) -> bytes:
    """The good workbook with one cell in other words."""
    record = [
        f'<c t="inlineStr"><is><t>{text}</t></is></c>' if name != column else markup for name, text in cells().items()
    ]
    head = sheet_of_texts(ALL_COLUMNS).removesuffix("</sheetData></worksheet>")
    return workbook_of(f"{head}<row>{''.join(record)}</row></sheetData></worksheet>", **parts)


def repacked(change: Callable[[str, bytes], bytes | None]) -> bytes:
    """The good workbook with its parts changed, or left out."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as whole, zipfile.ZipFile(stream, "w") as changed:
        for name in whole.namelist():
            part = change(name, whole.read(name))
            if part is not None:
                changed.writestr(name, part)
    return stream.getvalue()


def test_a_workbook_put_together_by_hand_is_read() -> None:
    assert [item.row for item in read(GOOD).incoming] == [row()]


DAYS = '<s><cellStyleXfs><xf/></cellStyleXfs><cellXfs><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></s>'
FROM_1904 = '<workbookPr date1904="1"/>'
OWN_FORMAT = DAYS.replace("<cellXfs>", '<numFmts><numFmt numFmtId="164" formatCode="{}"/></numFmts><cellXfs>')


@pytest.mark.parametrize(
    ("column", "markup", "parts", "value"),
    [
        ("note", '<c t="s"><v>1</v></c>', {"strings": "<sst><si><t>a</t></si><si><t>b</t></si></sst>"}, "b"),
        (
            "note",
            '<c t="s"><v>0</v></c>',
            {"strings": "<sst><si><r><t>a </t></r><r><rPr><b/></rPr><t>b</t></r><rPh><t>x</t></rPh></si></sst>"},
            "a b",
        ),
        ("note", '<c t="s"><v>0</v></c>', {"strings": "<sst><si/></sst>"}, ""),
        ("note", '<c t="inlineStr"><is><t>a_x000A_b_x005F_x000A_</t></is></c>', {}, "a\nb_x000A_"),
        ("note", '<c t="str"><v>a</v></c>', {}, "a"),
        ("note", "<c/>", {}, ""),
        ("note", "<c><v>7</v></c>", {}, "7"),
        ("event_date", '<c s="0"><v>46042</v></c>', {"styles": DAYS}, "2026-01-20"),
        (
            "event_date",
            '<c s="0"><v>44580</v></c>',
            {"styles": DAYS, "book": FROM_1904},
            "2026-01-20",
        ),
        ("event_date", '<c s="1"><v>46042</v></c>', {"styles": OWN_FORMAT.format("[$-409]d\\ mmm")}, "2026-01-20"),
        ("event_date", '<c s="0"><v>59</v></c>', {"styles": DAYS}, "1900-02-28"),
        ("event_date", '<c t="d"><v>2026-01-20T00:00:00</v></c>', {}, "2026-01-20"),
    ],
)
def test_cells_in_every_form(column: str, markup: str, parts: dict[str, str], value: str) -> None:
    (item,) = read(with_cell(column, markup, **parts)).incoming
    assert str(getattr(item.row, column)) == value


@pytest.mark.parametrize(
    ("markup", "styles", "told"),
    [
        ('<c s="0"><v>0.5</v></c>', DAYS, "the spreadsheet made a date or time of the cell"),
        ('<c s="0"><v>-1</v></c>', DAYS, "the spreadsheet made a date or time of the cell"),
        ('<c s="0"><v>1e9</v></c>', DAYS, "the spreadsheet made a date or time of the cell"),
        ('<c t="d"><v>soon</v></c>', "", "the spreadsheet made a date or time of the cell"),
        (
            '<c s="1"><v>46042</v></c>',
            OWN_FORMAT.format("0&quot;days&quot;"),
            "is a spreadsheet's number of a day",
        ),
        ("<c><v>nan</v></c>", "", "the cell holds a number that is none, 'nan'"),
        ('<c t="b"><v>1</v></c>', "", "the spreadsheet made a truth value of the cell"),
        ('<c t="e"><v>#REF!</v></c>', "", "the cell holds the error '#REF!'"),
        ('<c t="str"><f>A1</f><v>2026-01-20</v></c>', "", "the cell holds a formula, '=A1'"),
    ],
)
def test_cells_that_cannot_be_relied_on(markup: str, styles: str, told: str) -> None:
    (problem,) = read(with_cell("event_date", markup, styles=styles)).problems
    assert str(problem).startswith("e.xlsx[S]:2: event_date")
    assert told in str(problem)


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
FILE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("sheet", "told"),
    [
        (BOMB + PLAIN, "it declares a document type, as no spreadsheet does"),
        (FILE + PLAIN.replace("R1", "&a;"), "it declares a document type, as no spreadsheet does"),
        (PLAIN[:-20], "it is damaged (unclosed token"),
        (PLAIN.replace("</t>", "</u>", 1), "it is damaged (mismatched tag"),
        ("<worksheet><row r='0'><c/></row></worksheet>", "its rows and cells are out of order"),
        ("<worksheet><row r='-5'><c/></row></worksheet>", "its rows and cells are out of order"),
        ("<worksheet><row r='9'/><row r='9'/></worksheet>", "its rows and cells are out of order"),
        ("<worksheet><row r='1048577'/></worksheet>", "its rows and cells are out of order"),
        ("<worksheet><row r='99999999999'/></worksheet>", "its rows and cells are out of order"),
        ("<worksheet><row><c r='XFE1'/></row></worksheet>", "its rows and cells are out of order"),
        ("<worksheet><row><c r='A2'/></row></worksheet>", "its rows and cells are out of order"),
        ("<worksheet><row><c r='B1'/><c r='A1'/></row></worksheet>", "its rows and cells are out of order"),
        ("<worksheet><row><c t='s'><v>-1</v></c></row></worksheet>", "a cell points to no text"),
        ("<worksheet><row><c t='s'><v>7</v></c></row></worksheet>", "the text of a cell is missing"),
        (f"<worksheet><row r='{'1' * 10**6}'/></worksheet>", "a tag in it has no end"),
        (sheet_of_texts(("x" * (2**20 + 1),)), "a cell holds more text than a spreadsheet can keep"),
        (PLAIN.replace("<c t", "<c/>" * 20_000 + "<c t", 1), "its rows and cells are out of order"),
        (sheet_of_texts(*[("",)] * 310_000), "unpack to"),
        ("<worksheet/>", "the workbook is empty"),
    ],
    ids=lambda text: re.sub(r"\W+", "-", text)[:40],
)
def test_sheets_that_are_refused(sheet: str, told: str) -> None:
    assert told in refused(workbook_of(sheet))


def test_a_large_sheet_of_nothing() -> None:
    nothing = "".join(f'<row r="{number}"><c r="A{number}"/></row>' for number in range(3, 160_000))
    assert refused(workbook_of(PLAIN.replace("</sheetData>", f"{nothing}</sheetData>"))) == (
        "e.xlsx[S]: it is almost empty, and yet very large: keep the sheet with the evidence alone"
    )


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (GOOD[: len(GOOD) // 2], "it is damaged (File is not a zip file)"),
        (b"PK\x05\x06" + bytes(18), "it is a zip file, but not a workbook"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "it is protected by a password, or of the old kind .xls"),
        (b"report_id,event_id", "it is not a workbook"),
        (repacked(lambda name, part: None if "sheet1" in name else part), "'xl/worksheets/sheet1.xml' is missing"),
        (repacked(lambda name, part: part.replace(b"worksheets/", b"../../../etc/")), "'etc/sheet1.xml' is missing"),
        (repacked(lambda name, part: None if "xl/_rels" in name else part), "the workbook is empty"),
    ],
)  # fmt: skip
def test_files_that_are_refused(data: bytes, told: str) -> None:
    assert told in refused(data)


def appended(name: str, content: bytes, kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The good workbook with one more part."""
    stream = io.BytesIO(GOOD)
    with zipfile.ZipFile(stream, "a", kind) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_parts_that_a_workbook_does_not_have() -> None:
    assert "a part stands there twice" in refused(appended("xl/workbook.xml", b"<x/>"))
    assert "packed in a way that no spreadsheet uses" in refused(appended("x", b"x", zipfile.ZIP_LZMA))
    assert "unpack to 5 MiB" in refused(appended("x", bytes(5 * 2**20)))
    assert [item.row for item in read(appended("../../evil.txt", b"x")).incoming] == [row()]


def test_a_part_with_a_wrong_checksum() -> None:
    data = bytearray(workbook_of(PLAIN.replace("R1", "R2")))
    place = data.index(b"PK\x01\x02", data.index(b"xl/worksheets/sheet1.xml")) - 20
    data[place] ^= 0xFF
    assert "it is damaged (" in refused(bytes(data))


def test_far_away_cells() -> None:
    far = PLAIN.replace("</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
    sheet = read(workbook_of(far))
    assert [item.row for item in sheet.incoming] == [row()]
    assert "e.xlsx[S]:1048576: the row has 16384 fields where the header has 19" in str(sheet.problems[0])
