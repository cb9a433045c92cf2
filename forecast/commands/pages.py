"""Writing a page of Markdown and the picture that lies beside it."""

from __future__ import annotations

from pathlib import Path

from forecast.errors import UsageError


def picture_of(page: Path) -> Path:
    """Where the picture of a page lies.

    Raises
    ------
    UsageError
        If the page's name does not end in `.md`.
    """
    if page.suffix != ".md":
        raise UsageError(f"-o {page}: give a name that ends in .md")
    return page.with_suffix(".svg")


def write_page(page: Path, text: str, drawing: str) -> None:
    """Write both, whole or not at all, and say so.

    Raises
    ------
    StoreError
        If they cannot be written.
    """
    from forecast.commands.console import say
    from forecast.durable import make_place, replace_file

    make_place(page.parent)
    for path, content in ((page, text), (picture_of(page), drawing)):
        replace_file(path, content.encode("utf-8"))
        say(f"written: {path}")
