"""The columns of the evidence, and what the text of one cell means by the rules of its column alone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

from forecast.case.phrases import quoted

COLUMNS: Final = (
    "report_id",
    "event_id",
    "origin_id",
    "indicator",
    "grade",
    "event_date",
    "published_date",
    "source",
    "source_type",
    "reliability",
    "credibility",
    "coder",
    "coded_at",
    "retracted_at",
    "url",
    "note",
)
OPTIONAL_COLUMNS: Final = ("title", "marking", "effort")
ALL_COLUMNS: Final = COLUMNS + OPTIONAL_COLUMNS
FACTS: Final = (
    "event_id",
    "origin_id",
    "event_date",
    "published_date",
    "source",
    "source_type",
    "url",
    "title",
    "marking",
)
GRADE_COLUMNS: Final = ("grade", "reliability", "credibility")
REQUIRED: Final = (
    "report_id",
    "event_id",
    "indicator",
    "event_date",
    "published_date",
    "source",
    "source_type",
    "coder",
    "coded_at",
)
TIMES: Final = ("coded_at", "retracted_at")
PADDING: Final = " \t\r\n\N{NO-BREAK SPACE}"

_NAMES: Final = ("report_id", "event_id", "origin_id", "indicator", "source_type", "coder")
_PROSE: Final = ("note", "title")
# Joiners and direction marks are part of Arabic, Persian and Hebrew spelling; embeddings and overrides are not.
_HIDDEN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_HIDDEN_IN_PROSE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# Letters by their class, but they leave no mark on the page.
_BLANK: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]([01]\d|2[0-3]):\d{2}(:\d{2}([.]\d{1,6})?)?(Z|[+-]\d{2}(:?\d{2})?)?", re.ASCII
)
_DAY_NUMBER: Final = re.compile(r"\d{5}([.]\d+)?", re.ASCII)
_NUMBER: Final = re.compile(r"(\d+([.]\d*)?|[.]\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True)
class Fault:
    """What is wrong with one thing in a row, and how to mend it."""

    message: str
    remedy: str


class RowError(Exception):
    """A row, or one cell of it, that breaks rules: all of those it breaks."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(f"{fault.message}: {fault.remedy}" for fault in faults))
        self.faults = faults


def value_of(column: str, text: str) -> Any:
    """What one cell means, by the rules of its column alone.

    Raises
    ------
    RowError
        If the text breaks one of them.
    """
    if column in _SELDOM_NEW and len(text) <= _SHORT:
        return _remembered(column, text)
    return _value(column, text)


def _value(column: str, text: str) -> Any:
    text = text.strip(PADDING).replace("\r\n", "\n")
    _refuse_hidden(column, text)
    if not text:
        if column in REQUIRED:
            raise _broken(f"{column} is empty", "fill it in")
        return _EMPTY.get(column, "")
    return _READERS.get(column, _plain)(column, text)


_SELDOM_NEW: Final = frozenset(ALL_COLUMNS) - {"report_id", "url", "note", "title"}
_SHORT: Final = 64
# A journal says the same few hundred things in these columns again and again; each is judged once, and held once.
_remembered = lru_cache(maxsize=2**14)(_value)


def names_a_zone(column: str, text: str) -> bool | None:
    """Whether a time says where its clock stands; None where the column or the text is no time of the day."""
    found = _TIME.fullmatch(text.strip(PADDING)) if column in TIMES else None
    return None if found is None else found[4] is not None


def _broken(message: str, remedy: str) -> RowError:
    return RowError(Fault(message, remedy))


def _plain(_: str, text: str) -> str:
    return text


def _grade(column: str, text: str) -> int:
    if re.fullmatch("[0-5]", text):
        return int(text)
    raise _broken(f"{column} {_shown(text)} is not a grade", "write 1 to 5, or 0 for looked for and not found")


def _reliability(column: str, text: str) -> str:
    if re.fullmatch("[A-F]", text):
        return text
    remedy = f"write {text.upper()}" if re.fullmatch("[a-f]", text) else "write A to E, or F for cannot be judged"
    raise _broken(f"{column} {_shown(text)} is not a capital letter from A to F", remedy)


def _credibility(column: str, text: str) -> int:
    if re.fullmatch("[1-6]", text):
        return int(text)
    raise _broken(f"{column} {_shown(text)} is not a number from 1 to 6", "write 1 to 5, or 6 for cannot be judged")


def _effort_of(column: str, text: str) -> float:
    if _NUMBER.fullmatch(text) and 0 < (effort := float(text)) <= 1:
        return effort
    raise _broken(f"{column} {_shown(text)} is not a chance above 0 and up to 1", "write a number such as 0.6")


def _date(column: str, text: str) -> date:
    if not _DATE.fullmatch(text):
        if _DAY_NUMBER.fullmatch(text):
            message = f"{column} {_shown(text)} is a spreadsheet's number of a day"
            raise _broken(message, "format the column as text and write the date as YYYY-MM-DD")
        raise _broken(f"{column} {_shown(text)} is not an ISO date", "write it as YYYY-MM-DD")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _broken(f"{column} {_shown(text)} is not a day of the calendar", "correct it") from None


def _moment(column: str, text: str) -> datetime:
    if _DATE.fullmatch(text):
        return datetime.combine(_date(column, text), datetime.min.time(), UTC)
    if not _TIME.fullmatch(text):
        remedy = "write it as YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ"
        raise _broken(f"{column} {_shown(text)} is not an ISO date or time", remedy)
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _broken(f"{column} {_shown(text)} is not a time of the calendar", "correct it") from None


def _url(column: str, text: str) -> str:
    try:
        parts = urlsplit(text)
        is_link = parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", text)
    except ValueError:
        is_link = False
    if not is_link:
        remedy = "give an address that begins with http:// or https://, or leave it empty"
        raise _broken(f"{column} {_shown(text)} is not a web address", remedy)
    return text


_READERS: Final[Mapping[str, Callable[[str, str], Any]]] = {
    "grade": _grade,
    "event_date": _date,
    "published_date": _date,
    "reliability": _reliability,
    "credibility": _credibility,
    "coded_at": _moment,
    "retracted_at": _moment,
    "url": _url,
    "effort": _effort_of,
}
_EMPTY: Final[Mapping[str, None]] = dict.fromkeys(("grade", "credibility", "retracted_at", "effort"))


def _refuse_hidden(column: str, text: str) -> None:
    """Refuse what nobody sees: two ids that look alike must be alike, and text must read as it is written."""
    if text.isascii() and text.isprintable():
        return
    if column in _NAMES:
        _refuse_look_alikes(column, text)
        return
    if found := (_HIDDEN_IN_PROSE if column in _PROSE else _HIDDEN).search(text):
        raise _invisible(column, found[0])


def _refuse_look_alikes(column: str, text: str) -> None:
    hidden = next((sign for sign in text if not sign.isprintable() or _BLANK.match(sign)), None)
    if hidden is not None:
        raise _invisible(column, hidden)
    if not unicodedata.is_normalized("NFC", text):
        message = f"{column} {_shown(text)} is spelt with letters and their marks apart"
        raise _broken(message, f"write it as {_shown(unicodedata.normalize('NFC', text))}, in the composed form (NFC)")


def _invisible(column: str, hidden: str) -> RowError:
    name = unicodedata.name(hidden, "a control character")
    return _broken(f"{column} holds an invisible character, U+{ord(hidden):04X} ({name})", "remove it")


def _shown(text: str) -> str:
    """A value in quotes; a look-alike letter is named, since it cannot be seen."""
    if len(text) == 1 and not text.isascii():
        return f"{quoted(text)} ({unicodedata.name(text, 'no letter')})"
    return quoted(text)
