"""The layouts of feeds of events: each line of a file by the names of its columns, as its publisher has them.

gdelt     tab-separated, no header, 58 columns (1.0) or 61 (2.0, with ADM2 in its three places)
acled     CSV with a header; what was deleted since is a list of its own
polecat   tab-separated with a header; some files name, or hold, more than there is
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal

from forecast.case.phrases import listed
from forecast.errors import InputError, Problem
from forecast.evidence.exchange import LONGEST_FIELD, csv_table
from forecast.evidence.sheets import Line

type Format = Literal["gdelt", "acled", "polecat"]

_ACTOR: Final = ("Code", "Name", "CountryCode", "KnownGroupCode", "EthnicCode", "Religion1Code", "Religion2Code",
                 "Type1Code", "Type2Code", "Type3Code")  # fmt: skip
_PLACE_1: Final = ("Type", "FullName", "CountryCode", "ADM1Code", "Lat", "Long", "FeatureID")
_PLACE_2: Final = ("Type", "FullName", "CountryCode", "ADM1Code", "ADM2Code", "Lat", "Long", "FeatureID")


def _gdelt(place: tuple[str, ...]) -> tuple[str, ...]:
    return (
        *("GLOBALEVENTID", "SQLDATE", "MonthYear", "Year", "FractionDate"),
        *(f"Actor{number}{part}" for number in (1, 2) for part in _ACTOR),
        *("IsRootEvent", "EventCode", "EventBaseCode", "EventRootCode", "QuadClass", "GoldsteinScale"),
        *("NumMentions", "NumSources", "NumArticles", "AvgTone"),
        *(f"{whose}Geo_{part}" for whose in ("Actor1", "Actor2", "Action") for part in place),
        *("DATEADDED", "SOURCEURL"),
    )


GDELT_1: Final = _gdelt(_PLACE_1)
GDELT_2: Final = _gdelt(_PLACE_2)

ACLED: Final = ("event_id_cnty", "event_date", "event_type", "sub_event_type", "actor1", "actor2", "country", "source")
DELETED: Final = ("event_id_cnty", "deleted_timestamp")

POLECAT: Final = ("Event ID", "Event Date", "Event Type", "Event Mode", "Actor Name", "Recipient Name", "Country")
POLECAT_LINE: Final = (
    *("Event ID", "Event Date", "Event Type", "Event Mode", "Intensity", "Quad Code", "Contexts"),
    *("Actor Name", "Actor Country", "Actor COW", "Primary Actor Sector", "Actor Sectors", "Actor Title"),
    *("Actor Name Raw", "Wikipedia Actor ID"),
    *("Recipient Name", "Recipient Country", "Recipient COW", "Primary Recipient Sector", "Recipient Sectors"),
    *("Recipient Title", "Recipient Name Raw", "Wikipedia Recipient ID"),
    *("Placename", "City", "District", "Province", "Country", "Latitude", "Longitude", "GeoNames ID", "Raw Placename"),
    *("Feature Type", "Source", "Publication Date", "Story People", "Story Organizations", "Story Locations"),
    *("Language", "Version"),
)
"""What a line of it holds: some of its files name columns in their headers that no line has."""


def records(layout: Format, data: bytes, file: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Each line as text by column."""
    match layout:
        case "gdelt":
            yield from _unnamed(data, file)
        case "acled":
            table = iter(csv_table(data, file).lines)
            yield from _named(((line.number, line.cells) for line in _whole(table)), ACLED, file)
        case "polecat":
            yield from _named(_tabbed(data, file), POLECAT, file, usual=POLECAT_LINE)


def deletions(data: bytes, file: str) -> Iterator[tuple[int, Mapping[str, str]]] | None:
    """Each line of ACLED's list of what it took out again; None where the file is no such list."""
    lines = [(line.number, line.cells) for line in _whole(iter(csv_table(data, file).lines))]
    header = {name.strip() for name in lines[0][1]} if lines else set()
    if header.issuperset(ACLED) or not header.issuperset(DELETED):
        return None
    return _named(iter(lines), DELETED, file)


def _whole(lines: Iterator[Line | Problem]) -> Iterator[Line]:
    for line in lines:
        if isinstance(line, Problem):
            raise InputError([line])
        yield line


def _unnamed(data: bytes, file: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    for number, line in enumerate(_text(data, file).split("\n"), start=1):
        if not line.strip():
            continue
        cells = line.rstrip("\r").split("\t")
        columns = {len(GDELT_1): GDELT_1, len(GDELT_2): GDELT_2}.get(len(cells))
        if columns is None:
            message = f"the line has {len(cells)} fields, where GDELT has 58 (1.0) or 61 (2.0)"
            raise InputError.at(file, number, message, "give the file as GDELT publishes it, unpacked, tabs and all")
        yield number, dict(zip(columns, cells, strict=True))


def _tabbed(data: bytes, file: str) -> Iterator[tuple[int, Sequence[str]]]:
    csv.field_size_limit(LONGEST_FIELD)  # whatever another reader of this process allowed
    text = _text(data, file).rstrip("\r\n")  # ten million empty lines at the end would take a second
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t")
    number = 1
    try:
        for cells in reader:
            if cells:
                yield number, cells
            number = reader.line_num + 1
    except csv.Error as error:
        message = f"the line cannot be taken apart ({error})"
        raise InputError.at(file, number, message, "give the file as it was published, every line whole") from None


def _named(
    lines: Iterator[tuple[int, Sequence[str]]], wanted: Sequence[str], file: str, usual: Sequence[str] = ()
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Each line by the names of its header; by the usual ones where the header names more than lines hold."""
    _, header = next(lines, (1, ()))
    columns = [name.strip().removeprefix("\ufeff") for name in header]
    while columns and not columns[-1]:
        columns.pop()
    if missing := [name for name in wanted if name not in columns]:
        message = f"there is no column {listed(missing, 'or')}"
        raise InputError.at(file, 1, message, "give the file as it was published, header and all")
    for number, cells in lines:
        if not any(cells):  # as spreadsheets leave them behind
            continue
        names = usual if len(cells) == len(usual) < len(columns) else columns
        if len(cells) < len(names) or any(cells[len(names) :]):
            message = f"the line has {len(cells)} fields, its header {len(columns)}"
            raise InputError.at(file, number, message, "give the file as it was published, every line whole")
        yield number, dict(zip(names, cells, strict=False))


def _text(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"the byte 0x{data[error.start]:02X} is not UTF-8"
        raise InputError.at(file, line, message, "unpack it, and save it as UTF-8") from None
