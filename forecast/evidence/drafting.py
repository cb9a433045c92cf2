"""A coding in the making: what is known of it already, what is missing, and how to ask for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from forecast.case.phrases import instead_of, quoted
from forecast.case.schema import Case
from forecast.evidence.cells import FACTS, GRADE_COLUMNS, PADDING, REQUIRED, Fault, RowError, value_of
from forecast.evidence.journal import Row, by_report
from forecast.evidence.rows import cells_of

ASKED: Final = (
    "report_id",
    "event_id",
    "event_date",
    "published_date",
    "source",
    "source_type",
    "url",
    "title",
    "indicator",
    "grade",
    "effort",
    "reliability",
    "credibility",
    "coder",
    "note",
)
"""What a person is asked, in the order in which it is easiest to answer."""

NEEDED: Final = tuple(column for column in (*REQUIRED, *GRADE_COLUMNS) if column != "coded_at")

_WORDS: Final = {
    "report_id": "report_id (a new name, or a known report to code again)",
    "event_id": "event_id (reports of one event share it)",
    "event_date": "event_date (YYYY-MM-DD)",
    "published_date": "published_date (YYYY-MM-DD)",
    "source": "source (the first teller, not an outlet that carried it)",
    "effort": "effort (the chance, up to 1, that the search would have found it)",
    "coder": "coder (your name as a coder)",
}
RELIABILITY: Final = (
    "A  completely reliable",
    "B  usually reliable",
    "C  fairly reliable",
    "D  not usually reliable",
    "E  unreliable",
    "F  cannot be judged",
)
CREDIBILITY: Final = (
    "1  confirmed by other sources",
    "2  probably true",
    "3  possibly true",
    "4  doubtful",
    "5  improbable",
    "6  cannot be judged",
)


def completed(cells: Mapping[str, str], case: Case, present: Iterable[Row]) -> dict[str, str]:
    """A draft with what need not be said again: a known report's facts, and the type of a registered source."""
    journal = by_report(present).get(cells.get("report_id", "").strip(PADDING), [])
    facts = {column: cells_of(journal[-1])[column] for column in FACTS} if journal else {}
    draft = {**facts, **cells}
    registered = case.sources.get(draft.get("source", "").strip(PADDING))
    if registered is not None and "source_type" not in cells:
        draft["source_type"] = registered.type
    return draft


def retraction(row: Row, coder: str, note: str, when: str) -> dict[str, str]:
    """What withdraws a report: its facts, who withdraws it, why and when."""
    emptied = dict.fromkeys((*GRADE_COLUMNS, "effort", "coded_at"), "")
    return {**cells_of(row), **emptied, "coder": coder, "note": note, "retracted_at": when}


def missing(draft: Mapping[str, str]) -> list[str]:
    """The columns without which the draft is no coding."""
    needed = (*NEEDED, "effort") if draft.get("grade", "").strip(PADDING) == "0" else NEEDED
    return [column for column in ASKED if column in needed and not draft.get(column, "").strip(PADDING)]


def prompt(column: str, draft: Mapping[str, str]) -> str:
    """How to ask for a column."""
    return _WORDS.get(column, column) + ("" if column in missing({**draft, column: ""}) else " (may be empty)")


def guidance(column: str, draft: Mapping[str, str], case: Case) -> Iterator[str]:
    """Lines that help to answer: the choices, or what each grade of the indicator means."""
    match column:
        case "indicator":
            yield from (f"{indicator.id}  {indicator.label}" for indicator in case.indicators.values())
        case "source_type":
            yield from (f"{name}  {meaning}" for name, meaning in case.source_types.items())
        case "grade" if indicator := case.indicators.get(draft.get("indicator", "").strip(PADDING)):
            yield f"{indicator.label}: {indicator.look_for}"
            yield from (f"{grade}  {indicator.grades[grade]}" for grade in range(1, 6))
            yield "0  Looked for and not found."
        case "reliability":
            yield from RELIABILITY
        case "credibility":
            yield from CREDIBILITY


def check_answer(column: str, text: str, draft: Mapping[str, str], case: Case) -> None:
    """Refuse an answer that the row could not hold.

    Raises
    ------
    RowError
        If it breaks a rule of its column, or names an indicator or a type that the case does not have.
    """
    text = text.strip(PADDING)
    if not text and column in missing({**draft, column: ""}):
        raise RowError(Fault(f"{column} is empty", "fill it in"))
    value_of(column, text)
    choices: dict[str, Collection[str]] = {"indicator": case.indicators, "source_type": case.source_types}
    if column in choices and text not in choices[column]:
        message = f"there is no {column.replace('_', ' ')} {quoted(text)}"
        raise RowError(Fault(message, instead_of(text, choices[column], "add it to the case first")))
