"""Workbooks put together from their parts, as no spreadsheet writes them."""

from __future__ import annotations

import io
import zipfile

_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PARTS = {"worksheet": "worksheets/sheet1.xml", "sharedStrings": "sharedStrings.xml", "styles": "styles.xml"}


def workbook_of(sheet: str | bytes, strings: str | bytes = "", styles: str | bytes = "", *, book: str = "") -> bytes:
    """A workbook of one sheet, with shared strings and styles where these are not empty."""
    content = {"worksheet": sheet, "sharedStrings": strings, "styles": styles}
    there = [kind for kind, part in content.items() if part]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_rels/.rels", _relations({"officeDocument": "xl/workbook.xml"}))
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns:r="{_TYPES}">{book}<sheets><sheet name="S" r:id="worksheet"/></sheets></workbook>',
        )
        archive.writestr("xl/_rels/workbook.xml.rels", _relations({kind: _PARTS[kind] for kind in there}))
        for kind in there:
            archive.writestr(f"xl/{_PARTS[kind]}", content[kind])
    return stream.getvalue()


def sheet_of_texts(*rows: tuple[str, ...]) -> str:
    """A sheet of text cells."""
    lines = ("".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in row) for row in rows)
    return f"<worksheet><sheetData>{''.join(f'<row>{line}</row>' for line in lines)}</sheetData></worksheet>"


def _relations(targets: dict[str, str]) -> str:
    links = (f'<Relationship Id="{kind}" Type="{_TYPES}/{kind}" Target="{part}"/>' for kind, part in targets.items())
    return f"<Relationships>{''.join(links)}</Relationships>"
