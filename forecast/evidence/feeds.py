"""Events that machines coded, or others did, as feeds tell of them: GDELT, ACLED and POLECAT.

    gdelt     CAMEO codes
    acled     event and sub-event types
    polecat   PLOVER event types and modes, `None` where there is nothing

Of each event only what a rule may ask for is kept. What is of another layout is refused line by line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final

from forecast.errors import InputError, Problem
from forecast.evidence.layouts import DELETED, Format, deletions, records
from forecast.evidence.sheets import first_of


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
    return tuple(_judged(records(layout, data, file), _READERS[layout], file, f"give a file as {layout} publishes it"))


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
    lines = deletions(data, file)
    return None if lines is None else dict(_judged(lines, _deletion, file, "give the list as ACLED publishes it"))


def _judged[T](
    lines: Iterable[tuple[int, Mapping[str, str]]], reader: Callable[[Mapping[str, str]], T], file: str, remedy: str
) -> list[T]:
    """What a reader makes of every line, or every fault that it finds."""
    found: list[T] = []
    problems: list[Problem] = []
    for number, cells in lines:
        try:
            found.append(reader(cells))
        except _OffError as error:
            problems.append(Problem(file, number, str(error), remedy))
    if problems:
        raise InputError(first_of(problems, file))
    return found


# ---------------------------------------------------------------------------- GDELT


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


def _deletion(cells: Mapping[str, str]) -> tuple[str, datetime]:
    name, when = (cells[column] for column in DELETED)
    return _id(DELETED[0], name), _moment(DELETED[1], when)


# ---------------------------------------------------------------------------- POLECAT


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
