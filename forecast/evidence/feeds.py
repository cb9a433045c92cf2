"""Files of events that machines coded, or others did: GDELT, ACLED and POLECAT, each in its own layout.

    gdelt     tab-separated, no header, CAMEO codes: 58 columns (1.0) or 61 (2.0, with ADM2 in its three places)
    acled     CSV with a header, event and sub-event types; what was deleted since is a list of its own
    polecat   tab-separated with a header, PLOVER event types and modes, `None` where there is nothing

Of each event only what a rule may ask for is kept. What is of another layout is refused line by line.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final, Literal

from forecast.case.phrases import listed
from forecast.errors import InputError, Problem
from forecast.evidence.exchange import csv_table
from forecast.evidence.sheets import Line, first_of

type Format = Literal["gdelt", "acled", "polecat"]


@dataclass(frozen=True)
class FeedEvent:
    """An event as a feed has it.

    Attributes
    ----------
    id
        Its id in the feed.
    happened, seen
        Its day, and the day on which it was published or came into the feed.
    code
        What kind of event: a CAMEO code, or a type and what is below it, `Protests/Peaceful protest`.
    actors, targets
        Codes and names of who does it, and to whom.
    places
        Codes and names of where.
    weight
        How often it was mentioned, 1 where the feed does not count.
    """

    id: str
    happened: date
    seen: date
    code: str
    actors: tuple[str, ...]
    targets: tuple[str, ...]
    places: tuple[str, ...]
    url: str
    text: str
    weight: int


class _OffError(Exception):
    """A line that says something else than its layout has there."""


def read_feed(layout: Format, data: bytes, file: str) -> tuple[FeedEvent, ...]:
    """Every event of a file.

    Raises
    ------
    InputError
        With every line that is not of the layout.
    """
    found: list[FeedEvent] = []
    problems: list[Problem] = []
    for number, cells in _records(layout, data, file):
        try:
            found.append(_READERS[layout](cells))
        except _OffError as error:
            problems.append(Problem(file, number, str(error), f"give a file as {layout} publishes it"))
    if problems:
        raise InputError(first_of(problems, file))
    return tuple(found)


def read_deletions(layout: Format, data: bytes, file: str) -> dict[str, datetime] | None:
    """When events were taken out of a feed again, by id; None where the file is no such list.

    Of the three only ACLED publishes one: `event_id_cnty,deleted_timestamp`.

    Raises
    ------
    InputError
        With every line that names no event, or no moment.
    """
    if layout != "acled":
        return None
    lines = [(line.number, line.cells) for line in _whole(iter(csv_table(data, file).lines))]
    header = {name.strip() for name in lines[0][1]} if lines else set()
    if header.issuperset(ACLED) or not header.issuperset(DELETED):
        return None
    found: dict[str, datetime] = {}
    problems: list[Problem] = []
    for number, cells in _named(iter(lines), DELETED, file):
        try:
            found[_id(DELETED[0], cells[DELETED[0]])] = _moment(DELETED[1], cells[DELETED[1]])
        except _OffError as error:
            problems.append(Problem(file, number, str(error), "give the list of deletions as ACLED publishes it"))
    if problems:
        raise InputError(first_of(problems, file))
    return found


# ---------------------------------------------------------------------------- lines


def _records(layout: Format, data: bytes, file: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Each line as text by column."""
    match layout:
        case "gdelt":
            yield from _unnamed(data, file)
        case "acled":
            table = iter(csv_table(data, file).lines)
            yield from _named(((line.number, line.cells) for line in _whole(table)), ACLED, file)
        case "polecat":
            reader = csv.reader(io.StringIO(_text(data, file), newline=""), delimiter="\t")
            yield from _named(enumerate(reader, start=1), POLECAT, file, usual=POLECAT_LINE)


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
        if not any(cells):
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


# ---------------------------------------------------------------------------- GDELT

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


def _of_gdelt(cells: Mapping[str, str]) -> FeedEvent:
    happened = _compact_day("SQLDATE", cells["SQLDATE"])
    mentions = cells["NumMentions"]
    if not cells["EventCode"].isdigit():
        raise _OffError("EventCode is no CAMEO code")
    places = _filled(cells, "ActionGeo_CountryCode", "ActionGeo_ADM1Code", "ActionGeo_FullName")
    actors, targets = (_filled(cells, f"Actor{n}Code", f"Actor{n}Name") for n in (1, 2))
    names = " → ".join(cells[f"Actor{n}Name"] or cells[f"Actor{n}Code"] or "?" for n in (1, 2))
    return FeedEvent(
        id=_id("GLOBALEVENTID", cells["GLOBALEVENTID"]),
        happened=happened,
        seen=max(happened, _compact_day("DATEADDED", cells["DATEADDED"][:8])),
        code=cells["EventCode"],
        actors=actors,
        targets=targets,
        places=places,
        url=_link(cells["SOURCEURL"]),
        text=f"{names}, {cells['ActionGeo_FullName'] or 'somewhere'}",
        weight=int(mentions) if mentions.isdecimal() else 1,
    )


# ---------------------------------------------------------------------------- ACLED

ACLED: Final = ("event_id_cnty", "event_date", "event_type", "sub_event_type", "actor1", "actor2", "country", "source")
DELETED: Final = ("event_id_cnty", "deleted_timestamp")


def _of_acled(cells: Mapping[str, str]) -> FeedEvent:
    happened = _day("event_date", cells["event_date"])
    stamp = cells.get("timestamp", "")
    seen = _moment("timestamp", stamp).date() if _is_stamp(stamp) else happened
    return FeedEvent(
        id=_id("event_id_cnty", cells["event_id_cnty"]),
        happened=happened,
        seen=max(happened, seen),
        code="/".join(_filled(cells, "event_type", "sub_event_type")),
        actors=_filled(cells, "actor1", "assoc_actor_1"),
        targets=_filled(cells, "actor2", "assoc_actor_2"),
        places=_filled(cells, "iso", "country", "admin1", "admin2", "admin3", "location"),
        url="",
        text=cells.get("notes", "") or "/".join(_filled(cells, "sub_event_type", "location")),
        weight=1,
    )


# ---------------------------------------------------------------------------- POLECAT

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


def _of_polecat(named: Mapping[str, str]) -> FeedEvent:
    cells = {column: "" if text.strip() == "None" else text for column, text in named.items()}
    happened = _day("Event Date", cells["Event Date"])
    published = cells.get("Publication Date", "")
    names = " → ".join(cells[part] or "?" for part in ("Actor Name", "Recipient Name"))
    return FeedEvent(
        id=_id("Event ID", cells["Event ID"]),
        happened=happened,
        seen=max(happened, _day("Publication Date", published)) if published else happened,
        code="/".join(_filled(cells, "Event Type", "Event Mode")),
        actors=_filled(cells, "Actor Name", "Actor COW", "Actor Country", "Primary Actor Sector", "Actor Sectors"),
        targets=_filled(
            cells,
            "Recipient Name",
            "Recipient COW",
            "Recipient Country",
            "Primary Recipient Sector",
            "Recipient Sectors",
        ),
        places=_filled(cells, "Country", "Province", "District", "City", "Placename"),
        url=_link(cells.get("URL", "")),
        text=f"{names}, {cells.get('Placename', '') or cells['Country'] or 'somewhere'}",
        weight=1,
    )


_READERS: Final = {"gdelt": _of_gdelt, "acled": _of_acled, "polecat": _of_polecat}


# ---------------------------------------------------------------------------- cells


def _filled(cells: Mapping[str, str], *columns: str) -> tuple[str, ...]:
    return tuple(text.strip() for column in columns if (text := cells.get(column, "")).strip())


def _id(column: str, text: str) -> str:
    if not text.strip():
        raise _OffError(f"{column} is empty")
    return text.strip()


def _day(column: str, text: str) -> date:
    """A day as `2026-02-03`, with or without a time, or as ACLED's older `03 February 2026`."""
    text = text.strip()
    for shape, length in (("%Y-%m-%d", 10), ("%d %B %Y", None), ("%d %b %Y", None)):
        try:
            return datetime.strptime(text[:length], shape).date()  # noqa: DTZ007, a day has no zone
        except ValueError:
            continue
    raise _OffError(f"{column} is not a day")


def _is_stamp(text: str) -> bool:
    """Whether it is a moment in seconds since 1970, of this era."""
    return text.isascii() and text.isdecimal() and len(text) < 12


def _moment(column: str, text: str) -> datetime:
    """A moment in seconds since 1970, or as a day."""
    text = text.strip()
    if _is_stamp(text):
        return datetime.fromtimestamp(int(text), UTC)
    return datetime.combine(_day(column, text), time(), UTC)


def _compact_day(column: str, text: str) -> date:
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007
    except ValueError:
        raise _OffError(f"{column} is not a day as YYYYMMDD") from None


def _link(text: str) -> str:
    return text.strip() if text.strip().startswith(("http://", "https://")) else ""
