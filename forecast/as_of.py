"""Which day a question may be asked of, and what whoever asks should know of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from forecast.case.schema import Case
from forecast.errors import UsageError
from forecast.evidence.journal import Clock, Row, View, day_of
from forecast.model.facts import unbelieved


def last_as_of(case: Case) -> date:
    """The last day as of which there is something to say: that of the resolution, or the one before the horizon."""
    last = case.question.horizon - timedelta(days=1)
    return last if case.resolution is None else min(case.resolution.date, last)


def refuse_hindsight(case: Case, as_of: date) -> None:
    """Let nobody forecast what has happened; on the day itself there is no forecast, but what the ending teaches.

    Raises
    ------
    UsageError
        If the question was resolved before the as-of date.
    """
    if case.resolution is not None and as_of > (last := last_as_of(case)):
        message = (
            f"{case.id} was resolved on {case.resolution.date}: the last date as of which it can be asked is {last}"
        )
        raise UsageError(f"--as-of {as_of}: {message}")


def default_as_of(case: Case, rows: Iterable[Row], clock: Clock, today: date) -> tuple[date, str | None]:
    """Today; or the newest report's date where that is too long ago, because a week nobody coded is not a quiet week.

    Before the resolution, and before the horizon.

    Returns
    -------
    The date, and a sentence to say where it is not today.
    """
    question = case.question
    known_on = [row.published_date if clock == "published" else day_of(row.coded_at) for row in rows if row.is_coding]
    newest = max(known_on, default=today)
    last = case.question.horizon if case.resolution is None else case.resolution.date
    last -= timedelta(days=1)
    if (today - newest).days > question.stale_after and newest <= last:
        day = max(newest, question.opening)
        reason = f"the newest report is of {newest}, and on {today} that was more than {question.stale_after} days ago"
        return day, f"forecasting as of {day}: {reason}"
    if today > last:
        ended = case.resolution.date if case.resolution else None
        why = f"the question was resolved on {ended}" if ended else f"the question's horizon is {question.horizon}"
        return last, f"forecasting as of {last}: {why}"
    return today, None


def unheard_since(case: Case, known: View) -> Iterator[str]:
    """A sentence where nobody coded anything for longer than the case calls usual."""
    newest = max((report.published_date for report in known.reports), default=known.as_of)
    if (known.as_of - newest).days > case.question.stale_after:
        days = (known.as_of - newest).days
        yield f"the newest report is of {newest}, {days} days before: weeks that nobody coded count as quiet ones"


def unsettled(case: Case, known: View) -> Iterator[str]:
    """A sentence for every event that would settle something if it were believed, and for having no evidence at all."""
    if not known.reports:
        yield f"no report is known as of {known.as_of} by the clock '{known.clock}': the assumptions speak alone"
    for event, what in unbelieved(case, known):
        yield (
            f"event '{event}' is graded as {what} but not believed: "
            "that takes a report of reliability A to C and credibility 1 to 3, or two origins"
        )
