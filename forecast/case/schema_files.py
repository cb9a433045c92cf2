"""Writes the shapes of a case's files as JSON Schema, with which an editor completes and checks them.

Run as `python -m forecast.case.schema_files docs/schema`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

from forecast.case.assumptions import AssumptionsFile
from forecast.case.blocks import Block
from forecast.case.scenarios import ScenariosFile
from forecast.case.schema import CaseFile, CodebookFile, DriversFile
from forecast.case.sources import SourcesFile

_SHAPES: Final[dict[str, type[Block]]] = {
    "case": CaseFile,
    "drivers": DriversFile,
    "codebook": CodebookFile,
    "sources": SourcesFile,
    "assumptions": AssumptionsFile,
    "scenarios": ScenariosFile,
}


def schema_files() -> dict[str, str]:
    """The text of every schema file, by file name."""
    return {f"{name}.schema.json": _schema(model) for name, model in _SHAPES.items()}


def write_schema_files(folder: Path) -> None:
    """Write them into a folder, which is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schema_files().items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def _schema(model: type[Block]) -> str:
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema(by_alias=True)}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    write_schema_files(Path(sys.argv[1]))
