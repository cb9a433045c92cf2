"""The XML inside a workbook, turned into cells: as a stream, within bounds, and with no document type obeyed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

LONGEST_TEXT: Final = 2**20
"""Characters in a cell; a spreadsheet itself stops at 32,767."""
LONGEST_TAG: Final = 2**18
LAST_ROW: Final = 2**20
LAST_COLUMN: Final = 2**14
SPARE_ELEMENTS: Final = 300_000
ELEMENTS_A_CELL: Final = 50

_ESCAPED: Final = re.compile("_x([0-9A-Fa-f]{4})_")
_PLACE: Final = re.compile("([A-Z]{1,3})([0-9]{1,7})")


class WorkbookError(Exception):
    """Bytes that are no workbook that can be relied on."""

    def __init__(self, message: str, remedy: str = "save it again as .xlsx") -> None:
        super().__init__(f"{message}: {remedy}")
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell holds.

    Attributes
    ----------
    kind
        `text`, `number`, `day` (a number shown as a date or time, or one in ISO form), `truth`, `error` or `formula`.
    text
        Its content as it stands in the file.
    """

    kind: str
    text: str


type Cells = dict[int, Cell]
"""The cells of a row in which something is written, by column from 1."""


class Budget:
    """How much may be read that says nothing: elements of XML against cells in which something is written."""

    def __init__(self) -> None:
        self.left = SPARE_ELEMENTS

    def spend(self) -> None:
        """Count an element."""
        self.left -= 1
        if self.left < 0:
            raise WorkbookError("it is almost empty, and yet very large", "keep the sheet with the evidence alone")

    def earn(self) -> None:
        """Count a cell in which something is written."""
        self.left += ELEMENTS_A_CELL


def _nothing(_: str) -> None: ...


def parsed(
    pieces: Iterator[bytes],
    start: Callable[[str, Mapping[str, str]], None],
    end: Callable[[str], None] = _nothing,
    characters: Callable[[str], None] = _nothing,
) -> Iterator[None]:
    """Feed XML to handlers, which get the names of elements without namespaces; stops after each piece."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise WorkbookError("it declares a document type, as no spreadsheet does")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, attributes: start(name.rpartition(":")[2], attributes)
    parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    if characters is not _nothing:
        parser.CharacterDataHandler = characters
    fed = 0
    try:
        for piece in pieces:
            fed += len(piece)
            parser.Parse(piece, False)
            if fed - parser.CurrentByteIndex > LONGEST_TAG:
                raise WorkbookError("it is damaged (a tag in it has no end)")
            yield
        if fed:
            parser.Parse(b"", True)
            yield
    except expat.ExpatError as error:
        raise WorkbookError(f"it is damaged ({error})") from None


def exhaust(steps: Iterator[None]) -> None:
    """Take every step."""
    for _ in steps:
        pass


class _Texts:
    """Text from an element and what is inside it, but for readings of Japanese."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._reading = 0
        self._open = False

    def start(self, name: str) -> None:
        self._reading += name == "rPh"
        self._open = name in ("t", "v", "f") and not self._reading

    def end(self, name: str) -> None:
        self._reading -= name == "rPh"
        self._open = False

    def add(self, text: str) -> None:
        if self._open:
            self._length += len(text)
            if self._length > LONGEST_TEXT:
                raise WorkbookError("a cell holds more text than a spreadsheet can keep", "shorten it")
            self._pieces.append(text)

    def take(self) -> str:
        text = "".join(self._pieces)
        self._pieces.clear()
        self._length = 0
        return text


class Strings:
    """The texts that cells share by number, read as far as they are asked for."""

    def __init__(self, pieces: Iterator[bytes], budget: Budget) -> None:
        self._texts = _Texts()
        self._known: list[str] = []
        self._budget = budget
        self._more = parsed(pieces, self._start, self._end, self._texts.add)

    def __getitem__(self, number: str) -> str:
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            raise WorkbookError("it is damaged (a cell points to no text)")
        place = int(number)
        while place >= len(self._known):
            try:
                next(self._more)
            except StopIteration:
                raise WorkbookError("it is damaged (the text of a cell is missing)") from None
        return self._known[place]

    def _start(self, name: str, _: Mapping[str, str]) -> None:
        self._budget.spend()
        self._texts.start(name)

    def _end(self, name: str) -> None:
        self._texts.end(name)
        if name == "si":
            self._known.append(_unescaped(self._texts.take()))


class SheetReader:
    """Rows of cells from the elements of a sheet."""

    def __init__(self, strings: Strings, day_styles: frozenset[int], budget: Budget) -> None:
        self.finished: list[tuple[int, Cells]] = []
        self._strings, self._day_styles, self._budget = strings, day_styles, budget
        self._texts = _Texts()
        self._row = self._column = 0
        self._cells: Cells = {}
        self._kind = self._style = self._formula = ""
        self._is_formula = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self._budget.spend()
        self._texts.start(name)
        if name == "c":
            self._column = _column(attributes.get("r"), self._row, self._column)
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "0")
            self._is_formula = False
        elif name == "f":
            self._is_formula = True
        elif name == "row":
            self._row = _in_order(attributes.get("r"), self._row, LAST_ROW)
            self._column = 0
            self._cells = {}

    def end(self, name: str) -> None:
        """An element ends."""
        self._texts.end(name)
        if name == "f":
            self._formula = self._texts.take()
        elif name == "c":
            cell = self._cell(self._texts.take())
            if cell is not None:
                self._budget.earn()
                self._cells[self._column] = cell
        elif name == "row" and self._cells:
            self.finished.append((self._row, self._cells))

    def characters(self, text: str) -> None:
        """Text inside an element."""
        self._texts.add(text)

    def _cell(self, text: str) -> Cell | None:
        if self._is_formula:
            return Cell("formula", f"={self._formula}")
        if not text:
            return None
        match self._kind:
            case "s":
                text = self._strings[text.strip()]
                return Cell("text", text) if text else None
            case "inlineStr" | "str":
                return Cell("text", _unescaped(text))
            case "b":
                return Cell("truth", text)
            case "e":
                return Cell("error", text)
            case "d":
                return Cell("day", text)
            case _:
                is_day = self._style.isdigit() and int(self._style) in self._day_styles
                return Cell("day" if is_day else "number", text.strip())


def _in_order(text: str | None, before: int, last: int) -> int:
    """A row's number, which must come after the one before it; one that is left out is the next."""
    number = before + 1 if text is None else int(text) if re.fullmatch("[0-9]{1,7}", text) else 0
    if not before < number <= last:
        raise WorkbookError("it is damaged (its rows and cells are out of order)")
    return number


def _column(place: str | None, row: int, before: int) -> int:
    if place is None:
        return _in_order(None, before, LAST_COLUMN)
    named, number = place_of(place)
    if named != row:
        raise WorkbookError("it is damaged (its rows and cells are out of order)")
    return _in_order(str(number), before, LAST_COLUMN)


def place_of(name: str) -> tuple[int, int]:
    """Row and column, from 1, of a cell that is named as `C7`."""
    found = _PLACE.fullmatch(name)
    if found is None:
        raise WorkbookError("it is damaged (its rows and cells are out of order)")
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return int(found[2]), number


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
