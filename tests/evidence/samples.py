"""Rows to test with: one that is good, and every one that hypothesis can think of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unicodedata import normalize

from hypothesis import strategies as st

from forecast.evidence.cells import _BLANK, ALL_COLUMNS
from forecast.evidence.journal import Row

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

GOOD = {
    "report_id": "R1",
    "event_id": "strike-vote",
    "origin_id": "",
    "indicator": "strikes",
    "grade": "4",
    "event_date": "2026-01-20",
    "published_date": "2026-01-21",
    "source": "Port Gazette",
    "source_type": "press",
    "reliability": "B",
    "credibility": "2",
    "coder": "ann",
    "coded_at": "2026-01-22T10:00:00Z",
    "retracted_at": "",
    "url": "https://gazette.example/strike",
    "note": "The vote was open.",
    "title": "Dockers vote to strike",
    "marking": "internal",
    "effort": "",
}


def cells(**changes: str) -> dict[str, str]:
    """The good row as text, with changes."""
    return {**GOOD, **changes}


def row(**changes: Any) -> Row:
    """The good row, with changes; dates and times may be given as ISO text."""
    for column in ("event_date", "published_date"):
        if isinstance(changes.get(column), str):
            changes[column] = date.fromisoformat(changes[column])
    for column in ("coded_at", "retracted_at"):
        if isinstance(changes.get(column), str):
            moment = datetime.fromisoformat(changes[column])
            changes[column] = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    good = Row(
        report_id="R1",
        event_id="strike-vote",
        origin_id="",
        indicator="strikes",
        grade=4,
        event_date=date(2026, 1, 20),
        published_date=date(2026, 1, 21),
        source="Port Gazette",
        source_type="press",
        reliability="B",
        credibility=2,
        coder="ann",
        coded_at=datetime(2026, 1, 22, 10, tzinfo=UTC),
        url="https://gazette.example/strike",
        note="The vote was open.",
        title="Dockers vote to strike",
        marking="internal",
    )
    return replace(good, **changes)


def bare_retraction(**changes: Any) -> Row:
    """A retraction that says nothing but that the report is withdrawn."""
    return row(**{"grade": None, "reliability": "", "credibility": None, "retracted_at": "2026-02-01", **changes})


def csv_of(*records: dict[str, str], columns: tuple[str, ...] = ALL_COLUMNS, newline: str = "\n") -> bytes:
    """Records as CSV that a person might have typed: quotes only where they must be."""
    lines = [columns, *([record[column] for column in columns] for record in records)]
    return "".join(",".join(map(_quoted, line)) + newline for line in lines).encode()


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\n\r') else text


# ---------------------------------------------------------------------------- every row there is

_VISIBLE = st.characters(exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp", "Zs", "Cn", "Co"), include_characters=" ")
_TRICKY = st.sampled_from(
    ["NA", "None", "NO", "007", "1e5", "true", "NaN", "-1", "=1+1", "@x", "#N/A", "R12/2", '"', "a,b", "'", "ع", "é"]
)


def _stripped(text: str) -> str:
    return text.strip()


def _is_plain(text: str) -> bool:
    return bool(text) and not _BLANK.search(text)


_COMPOSED = st.text(_VISIBLE, min_size=1, max_size=12).map(lambda text: normalize("NFC", text))
names = _TRICKY | _COMPOSED.map(_stripped).filter(_is_plain)
prose = _TRICKY | st.text(st.one_of(_VISIBLE, st.sampled_from("\n\t,\"'")), max_size=40).map(_stripped)
days = st.dates(date(2025, 12, 1), date(2026, 2, 15))
moments = st.integers(0, 10**12).map(lambda span: datetime(2026, 2, 16, tzinfo=UTC) + timedelta(microseconds=span))


@st.composite
def rows(draw: st.DrawFn, report_ids: st.SearchStrategy[str] = names, coders: st.SearchStrategy[str] = names) -> Row:
    """A row that keeps every rule."""
    happened = draw(days)
    grade = draw(st.integers(0, 5))
    retracted = draw(st.none() | moments)
    judged = retracted is None or draw(st.booleans())
    return Row(
        report_id=draw(report_ids),
        event_id=draw(names),
        origin_id=draw(st.just("") | names),
        indicator=draw(names),
        grade=grade if judged else None,
        event_date=happened,
        published_date=min(happened + timedelta(days=draw(st.integers(0, 30))), date(2026, 2, 15)),
        source=draw(names),
        source_type=draw(names),
        reliability=draw(st.sampled_from("ABCDEF")) if judged else "",
        credibility=draw(st.integers(1, 6)) if judged else None,
        coder=draw(coders),
        coded_at=draw(moments),
        retracted_at=retracted,
        url=draw(st.sampled_from(["", "http://a.example", "https://b.example/x?y=1,2#z"])),
        note=draw(prose),
        title=draw(prose),
        marking=draw(prose.filter(lambda text: "\n" not in text and "\t" not in text)),
        effort=draw(st.floats(1e-9, 1)) if judged and grade == 0 else None,
    )
