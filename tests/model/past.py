"""The harbour with a past: strikes in other ports, and how they ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from forecast.case.reading import read_case
from forecast.case.schema import Case
from tests.model.harbour import OPENING, PERMIT, assumptions, write_harbour
from tests.small_case import assumption

TRIGGER = dt.date(2025, 12, 8)
AGE = OPENING - TRIGGER

EPISODES = """episode_id,country,office,trigger_date,end_date,ended_by,note
H-1,Home,pm,2001-01-01,2001-03-30,signed,
H-2,Home,pm,2005-06-01,2005-09-10,signed,"quick, once the permit was there"
H-3,Home,pm,2011-02-01,2012-06-01,closed,
H-4,Home,president,2011-02-01,2012-06-01,signed,another office
H-5,Home,pm,2025-12-08,2026-02-01,ongoing,this very question
N-1,North,pm,2002-01-01,2002-01-20,signed,over before the age of the opening
N-2,North,pm,2002-03-01,2002-05-06,signed,
N-3,North,pm,2010-03-01,2013-01-01,given_up,an end that resolves nothing
N-4,North,pm,2025-11-01,2026-02-20,signed,still open on the opening day
S-1,South,pm,2015-01-01,2015-04-01,signed,
E-1,Elsewhere,pm,2015-01-01,2015-04-01,signed,in no class
"""
PASSAGES = """episode_id,gate,passed_date
H-1,permit,2001-02-20
H-2,permit,2005-08-30
H-3,permit,2010-01-01
"""
NOMINATIONS = """nomination_id,episode_id,country,office,outcome_date,outcome,opposition_strength
A,H-1,Home,pm,2001-03-30,confirmed,public
B,H-2,Home,pm,2005-07-01,withdrew,public
C,H-2,Home,pm,2005-08-01,confirmed,public
D,N-2,North,pm,2002-04-01,withdrew,reported
E,N-3,North,pm,2011-01-01,confirmed,none
F,N-3,North,pm,2027-01-01,confirmed,public
G,H-5,Home,pm,2026-01-02,confirmed,public
H,S-1,South,president,2015-02-01,confirmed,public
"""


def past(**changes: Any) -> list[dict[str, Any]]:
    """Assumptions that make the harbour learn from its past; changes are those of the episodes."""
    episodes = {
        "table": "strikes.csv",
        "passages": "permits.csv",
        "office": "pm",
        "country": "Home",
        "trigger_date": TRIGGER,
        "own": ["H-5"],
        "ends": [{"end": "signed", "outcomes": ["city", "private"]}, {"end": "closed", "outcomes": ["other"]}],
        **changes,
    }
    return [
        assumption("strikes-of-the-past", "episodes", **episodes),
        assumption("at-home", "reference_class", countries=["Home"], relevance=1.0, complete=True),
        assumption("abroad", "reference_class", countries=["North", "South"], relevance=0.5),
        assumption("famous-strikes", "selection", log_rate=0.3, sd=0.2),
        assumption(
            "opposed",
            "nominees",
            table="nominees.csv",
            office="pm",
            opposition=["public", "reported"],
            outcome="other",
            pooling=2.0,
        ),
    ]


def write_with_past(folder: Path, *, stated: Sequence[dict[str, Any]] | None = None, **tables: str) -> Path:
    """Write the harbour and its tables (`strikes`, `permits`, `nominees`) side by side; the case folder."""
    written = {"strikes": EPISODES, "permits": PASSAGES, "nominees": NOMINATIONS, **tables}
    for name, text in written.items():
        path = folder.parent / "base_rates" / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    own = [item for item in assumptions(gates=["permit"]) if item["kind"] not in ("pace", "gate_pace")]
    paces = [
        assumption("steady-pace", "pace", per_week=0.1, factor=2.0),
        assumption("pace-of-permit", "gate_pace", gate="permit", per_week=0.2, factor=2.0),
    ]
    return write_harbour(folder, gates=[PERMIT], assumptions=[*own, *paces, *(past() if stated is None else stated)])


def with_past(**tables: str) -> Case:
    """The same, read from files that are gone by now."""
    with TemporaryDirectory() as folder:
        return read_case(write_with_past(Path(folder) / "harbour", **tables))
