from __future__ import annotations

import json
from pathlib import Path

from forecast.case.schema_files import schema_files, write_schema_files

PUBLISHED = Path(__file__).parents[2] / "docs" / "schema"


def test_the_published_schemas_are_fresh() -> None:
    published = {path.name: path.read_text(encoding="utf-8") for path in PUBLISHED.iterdir()}
    assert published == schema_files(), "run: python -m forecast.case.schema_files docs/schema"


def test_every_file_of_a_case_has_a_schema_that_refuses_unknown_keys() -> None:
    texts = schema_files()
    assert sorted(texts) == [
        f"{name}.schema.json" for name in ("assumptions", "case", "codebook", "drivers", "scenarios", "sources")
    ]
    for text in texts.values():
        schema = json.loads(text)
        assert schema["$schema"].endswith("2020-12/schema")
        assert schema["additionalProperties"] is False


def test_grades_are_named_as_in_the_file() -> None:
    grades = json.loads(schema_files()["codebook.schema.json"])["$defs"]["Grades"]
    assert list(grades["properties"]) == ["1", "2", "3", "4", "5"]


def test_they_are_written_where_they_are_wanted(tmp_path: Path) -> None:
    write_schema_files(tmp_path / "new")
    assert {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "new").iterdir()} == schema_files()
