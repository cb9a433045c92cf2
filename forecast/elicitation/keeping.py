"""Where judgements are kept: as they were given, and as the assumption set that was made of them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from ruamel.yaml import YAML

from forecast.case.document import Document, Place, shown
from forecast.durable import make_place, replace_file
from forecast.elicitation.judgements import Judgements
from forecast.elicitation.solving import Solved

JUDGED = "elicited"


def already_there(folder: Path, name: str) -> Path | None:
    """The set of a name, or the judgements, if they are there: they are never overwritten."""
    files = (folder / "assumptions" / f"{name}.yaml", folder / JUDGED / f"{name}.yaml")
    return next((file for file in files if Path(name).name == name and file.exists()), None)


def taken(document: Document, folder: Path) -> Iterator[tuple[Place, str, str]]:
    """That the name of the set is taken: its place, what is wrong, and how to mend it."""
    for place, name in document.texts("set"):
        if file := already_there(folder, name):
            yield place, f"{shown(file)} is there already", "choose another 'set': judgements are never overwritten"


def keep(folder: Path, based_on: str, said: Judgements, solved: Solved) -> tuple[str, str]:
    """Write the judgements, then the set; the names of the two files.

    Raises
    ------
    StoreError
        If the system does not let them be written.
    """
    judged, made = folder / JUDGED / f"{said.set}.yaml", folder / "assumptions" / f"{said.set}.yaml"
    make_place(judged.parent)
    given = said.model_dump(exclude_unset=True, exclude_none=True, by_alias=True)
    replace_file(judged, _yaml("Judgements as they were given.", given))
    whole = {
        "set": said.set,
        "label": f"As {said.author} judged on {said.date}",
        "author": said.author,
        "date": said.date,
        "based_on": based_on,
        "assumptions": [one.model_dump(exclude_none=True) for one in solved.assumptions],
    }
    replace_file(made, _yaml(f"Solved from the judgements in {JUDGED}/{said.set}.yaml by `forecast elicit`.", whole))
    return shown(judged), shown(made)


def _yaml(comment: str, content: dict[str, object]) -> bytes:
    text = io.StringIO()
    writer = YAML()
    writer.width = 110
    writer.representer.ignore_aliases = lambda *_: True  # a case's files write every value out
    writer.dump(content, text)
    return f"# {comment}\n\n{text.getvalue()}".encode()
