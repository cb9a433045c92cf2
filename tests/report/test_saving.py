"""The whole file or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from forecast.errors import StoreError
from forecast.report.saving import write_whole


def test_the_file_holds_the_page_and_nothing_else_is_left(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text("old")
    assert write_whole(page, "new é\n") == page
    assert page.read_bytes() == "new é\n".encode()
    assert list(tmp_path.iterdir()) == [page]


@pytest.mark.parametrize("place", ["missing/report.html", "folder"])
def test_a_place_that_cannot_be_written_is_named_with_a_remedy(place: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError, match=r"cannot be written \(.+\): name a file in a folder that you may write to"):
        write_whole(tmp_path / place, "page")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(page, "\ud800")
    assert page.read_text() == "old"
    assert list(tmp_path.iterdir()) == [page]
