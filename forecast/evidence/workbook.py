"""Workbooks (.xlsx) taken apart: which sheets there are, and what stands in their cells.

A workbook is a zip of XML, and may come from anyone. It is read as a stream and only as far as it is asked for, and
nothing is written to disk.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from forecast.case.phrases import quoted
from forecast.evidence.markup import Budget, Cells, SheetReader, Strings, WorkbookError, exhaust, parsed
from forecast.evidence.remarks import Remarks, notes_in, people_in, threads_in

LARGEST: Final = 256 * 2**20
"""Bytes that a workbook may unpack to."""
DENSEST: Final = 200
"""How many times its own size a workbook may unpack to; a table of rows that are nearly alike reaches 100."""

_PIECE: Final = 2**16
_PROTECTED: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_DAMAGE: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)
"""What the standard library raises at a damaged archive; an unknown way of packing is its `NotImplementedError`."""
_DAY_FORMATS: Final = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NOT_A_CODE: Final = re.compile(r'"[^"]*"|\[(?!hh?\]|mm?\]|ss?\])[^\]]*\]|[\\_].', re.IGNORECASE)


class Workbook:
    """A workbook in memory.

    Attributes
    ----------
    sheets
        The names of its sheets of cells, in their order; charts are left out.
    counts_from_1904
        Whether its days count from 1904 rather than 1900.

    Raises
    ------
    WorkbookError
        Here, or while rows are read, where the file cannot be relied on.
    """

    def __init__(self, data: bytes) -> None:
        self._archive = _opened(data)
        self._budget = Budget()
        self.counts_from_1904 = False
        root = self._related("", "officeDocument")
        if not root:
            raise WorkbookError("it is a zip file, but not a workbook")
        self._main = next(iter(root.values()))
        self._parts: dict[str, str] = {}
        self._read_main()
        self.sheets = tuple(self._parts)
        self._day_styles = self._read_styles()
        self._strings = Strings(self._pieces_of("sharedStrings"), self._budget)

    def rows(self, sheet: str) -> Iterator[tuple[int, Cells]]:
        """The rows of a sheet in which something is written, each with its number."""
        reader = SheetReader(self._strings, self._day_styles, self._budget)
        for _ in parsed(self._pieces(self._parts[sheet]), reader.start, reader.end, reader.characters):
            yield from reader.finished
            reader.finished.clear()

    def remarks(self, sheet: str) -> Remarks:
        """The comments beside cells of a sheet; a thread's copy for old programs does not count."""
        part = self._parts[sheet]
        found: Remarks = {}
        for notes in self._related(part, "comments").values():
            found |= notes_in(self._pieces(notes), self._budget)
        threads = self._related(part, "threadedComment").values()
        people: dict[str, str] = {}
        for persons in self._related(self._main, "person").values() if threads else ():
            people |= people_in(self._pieces(persons), self._budget)
        for thread in threads:
            found |= threads_in(self._pieces(thread), people, self._budget)
        return found

    def _read_main(self) -> None:
        sheets = self._related(self._main, "worksheet")

        def start(name: str, attributes: Mapping[str, str]) -> None:
            self._budget.spend()
            if name == "workbookPr":
                self.counts_from_1904 = attributes.get("date1904", "") in ("1", "true")
            elif name == "sheet" and (part := sheets.get(_plain(attributes).get("id", ""))):
                self._parts[attributes.get("name", "")] = part

        exhaust(parsed(self._pieces(self._main), start))

    def _read_styles(self) -> frozenset[int]:
        """The cell styles that show a number as a date or time."""
        formats: dict[str, str] = {}
        styles: list[str] = []
        inside = False

        def start(name: str, attributes: Mapping[str, str]) -> None:
            nonlocal inside
            self._budget.spend()
            if name == "numFmt":
                formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            elif name == "cellXfs":
                inside = True
            elif name == "xf" and inside:
                styles.append(attributes.get("numFmtId", ""))

        def end(name: str) -> None:
            nonlocal inside
            inside = inside and name != "cellXfs"

        exhaust(parsed(self._pieces_of("styles"), start, end))
        return frozenset(number for number, style in enumerate(styles) if _is_day(style, formats.get(style)))

    def _related(self, part: str, kind: str) -> dict[str, str]:
        """The parts of a kind that a part points to, by the name that it has for each."""
        folder, name = posixpath.split(part)
        found: dict[str, str] = {}

        def start(element: str, attributes: Mapping[str, str]) -> None:
            self._budget.spend()
            if element == "Relationship" and attributes.get("Type", "").endswith(f"/{kind}"):
                target = posixpath.join("/", folder, attributes.get("Target", ""))
                found[attributes.get("Id", "")] = posixpath.normpath(target).lstrip("/")

        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        if relations in self._archive.namelist():
            exhaust(parsed(self._pieces(relations), start))
        return found

    def _pieces_of(self, kind: str) -> Iterator[bytes]:
        """The only part of a kind, or nothing where there is none."""
        for part in self._related(self._main, kind).values():
            yield from self._pieces(part)
            return

    def _pieces(self, part: str) -> Iterator[bytes]:
        if part not in self._archive.namelist():
            raise WorkbookError(f"its part {quoted(part)} is missing")
        with _trusted(), self._archive.open(part) as stream:
            while piece := stream.read(_PIECE):
                yield piece


# ---------------------------------------------------------------------------- the archive


@contextmanager
def _trusted() -> Iterator[None]:
    """Where bytes are unpacked: what the unpacking trips over is a damaged workbook."""
    try:
        yield
    except _DAMAGE as error:
        raise WorkbookError(f"it is damaged ({error})") from None


def _opened(data: bytes) -> zipfile.ZipFile:
    if data.startswith(_PROTECTED):
        raise WorkbookError("it is protected by a password, or of the old kind .xls", "save it as .xlsx without one")
    if not data.startswith(b"PK"):
        raise WorkbookError("it is not a workbook", "save it as .xlsx, or name it by what it is")
    with _trusted():
        archive = zipfile.ZipFile(io.BytesIO(data))
    entries = archive.infolist()
    if len({entry.filename for entry in entries}) < len(entries):
        raise WorkbookError("it is damaged (a part stands there twice)")
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise WorkbookError("it is packed in a way that no spreadsheet uses")
    size = sum(entry.file_size for entry in entries)
    if size > LARGEST or size > DENSEST * len(data) + 2**20:
        message = f"its {len(data) / 2**20:.1f} MiB unpack to {size / 2**20:.0f} MiB"
        raise WorkbookError(message, "keep the sheet with the evidence alone, or save it as .csv")
    return archive


def _plain(attributes: Mapping[str, str]) -> dict[str, str]:
    return {name.rpartition(":")[2]: value for name, value in attributes.items()}


def _is_day(style: str, code: str | None) -> bool:
    if code is None:
        return style.isdigit() and int(style) in _DAY_FORMATS
    return re.search("[dmhys]", _NOT_A_CODE.sub("", code.partition(";")[0]), re.IGNORECASE) is not None
