"""Answers about saved runs, kept from one process to the next: a run never changes, and what follows from it no more.

What is kept is the document of an answer, under a digest of all that it follows from: the runs' own documents, what was
asked, the program's text and the libraries beneath it. It lies in a folder of the user's own, beside the compiled code,
and may be deleted at any time; where it cannot be kept, it is worked out again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from forecast.durable import read_if_there, replace_file
from forecast.errors import StoreError
from forecast.inference.code import folder
from forecast.runs import Run, digest

Document = dict[str, Any]

LIBRARIES = ("numpy", "scipy", "arviz-stats")


def kept(
    question: str,
    asked: Document,
    runs: Sequence[Run],
    answer: Callable[[], Document],
    lasts: Callable[[Document], bool] = lambda _: True,
) -> Document:
    """The answer to a question about runs, as it was kept or as it is worked out now.

    Parameters
    ----------
    question, asked
        What is asked, and how: plain values.
    runs
        What it follows from, beside the program. Where the draws of one were altered nothing is taken from what is
        kept, and where they are not those of its record nothing is kept.
    answer
        Works it out.
    lasts
        Whether an answer is the last word, and worth keeping.

    Raises
    ------
    ForecastError
        What `answer` raises.
    """
    sound = all(run.draws != "altered" for run in runs)
    place = folder() / "answers" / f"{_follows_from(question, asked, runs)}.json"
    if sound and (before := _read(place)) is not None:
        return before
    text = json.dumps(answer(), ensure_ascii=False).encode()
    found: Document = json.loads(text)  # the first answer is of the same plain values as any later one
    if lasts(found) and all(run.draws in ("there", "none") for run in runs):
        with suppress(StoreError, OSError):  # a full disk or a folder of others costs some seconds, no answer
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_file(place, text)
    return found


def _read(place: Path) -> Document | None:
    """What was kept, None where it was not or is no such thing."""
    try:
        text = read_if_there(place)
        found = None if text is None else json.loads(text)
    except (StoreError, OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _follows_from(question: str, asked: Document, runs: Sequence[Run]) -> str:
    """A digest of all that decides an answer."""
    return digest(
        {
            "question": question,
            "asked": asked,
            "runs": [[run.forecast, run.record] for run in runs],
            "program": _program(),
            "libraries": {name: version(name) for name in LIBRARIES},
        }
    )


@cache
def _program() -> str:
    """A digest of the program's own text."""
    package = Path(__file__).parents[1]
    texts = hashlib.sha256()
    for source in sorted(package.rglob("*.py")):
        texts.update(source.read_bytes())
    return texts.hexdigest()
