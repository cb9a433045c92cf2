"""Answers about saved runs, kept from one process to the next: a run never changes, and what follows from it no more.

What is kept is the document of an answer, under a digest of all that it follows from: the documents of the runs and of
those whose draws they weight, what was asked, and what is installed. It lies in a folder of the user's own, beside the
compiled code, and may be deleted at any time; where it cannot be kept, it is worked out again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from forecast.durable import read_if_there, replace_file
from forecast.errors import StoreError
from forecast.inference.code import folder
from forecast.installed import package
from forecast.runs import Run, digest, load_run

Document = dict[str, Any]

MOST: Final = 400
"""Answers that are kept; the oldest go first."""


def kept(
    question: str,
    asked: Document,
    runs: Sequence[Run],
    answer: Callable[[], Document],
    holds_for: Callable[[Document], Iterable[Document]] | None = None,
) -> Document:
    """The answer to a question about runs, as it was kept or as it is worked out now.

    Parameters
    ----------
    question, asked
        What is asked, and how: plain values.
    runs
        What it follows from. Nothing is kept of a run that is saved nowhere, or where the draws are not those of the
        record; and nothing is taken from what is kept where they were altered.
    answer
        Works it out.
    holds_for
        All ways of asking to which this answer is the answer; only the one that was asked, unless it is given.

    Raises
    ------
    ForecastError
        What `answer` raises.
    """
    sources = list(_sources(runs))
    draws = {"unsaved" if run.folder.name != run.id else run.draws for run in sources}
    if draws <= {"there", "none", "missing"} and (before := _read(_place(question, asked, sources))) is not None:
        return before
    text = json.dumps(answer(), ensure_ascii=False).encode()
    found: Document = json.loads(text)  # the first answer is of the same plain values as any later one
    if {"unsaved" if run.folder.name != run.id else run.draws for run in sources} <= {"there", "none"}:
        for way in [asked] if holds_for is None else holds_for(found):
            _keep(_place(question, way, sources), text)
    return found


def _sources(runs: Sequence[Run]) -> Iterator[Run]:
    """The runs, and after each update the run whose draws it weights."""
    for run in runs:
        yield run
        parent = run.record.get("update", {}).get("parent")
        if parent is not None and (run.folder.parent / str(parent)).is_dir():
            yield load_run(run.folder.parent / str(parent))


def _place(question: str, asked: Document, sources: Sequence[Run]) -> Path:
    """The file under a digest of all that decides an answer."""
    documents = [[run.forecast, run.record] for run in sources]
    decides = {"question": question, "asked": asked, "runs": documents, "installed": package()}
    return folder() / "answers" / f"{digest(decides)}.json"


def _read(place: Path) -> Document | None:
    """What was kept, None where it was not or is no such thing."""
    try:
        text = read_if_there(place)
        found = None if text is None else json.loads(text)
    except (StoreError, OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _keep(place: Path, text: bytes) -> None:
    with suppress(StoreError, OSError):  # a full disk or a folder of others costs some seconds, no answer
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(place, text)
        *old, _ = sorted(place.parent.glob("*.json"), key=lambda path: path.stat().st_mtime)
        for path in old[: len(old) + 1 - MOST] if len(old) >= MOST else []:
            path.unlink(missing_ok=True)
