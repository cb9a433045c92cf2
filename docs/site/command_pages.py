"""Every command's page, from its own help: what `forecast COMMAND --help` says, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from typer.main import get_command

from forecast.commands.main import app

INDEX = """# Commands

What each command's own help says, made from the program when this site is built. `forecast COMMAND --help` says the
same at a terminal. Those that answer in numbers take `--json`: one document on stdout, and all else on stderr.

| command | does |
|---|---|
{rows}

```{{toctree}}
:hidden:
{pages}
```
"""


def write_pages(folder: Path) -> None:
    """Write a page for every command that is not hidden, and the list of them."""
    folder.mkdir(parents=True)
    rows, names = [], []
    for path, context in _commands(get_command(app)):
        (folder / f"{_slug(path)}.md").write_text(page(path, context), encoding="utf-8")
        rows.append(f"| [`{' '.join(path)}`]({_slug(path)}.md) | {_first_line(context)} |")
        names.append(_slug(path))
    index = INDEX.format(rows="\n".join(rows), pages="\n".join(names))
    (folder / "index.md").write_text(index, encoding="utf-8")


def _commands(root: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command that does something by itself, groups walked through: its words, and its context."""
    start = typer.Context(root, info_name="forecast")
    waiting = [(("forecast", name), start, command) for name, command in root.commands.items()]
    while waiting:
        path, parent, command = waiting.pop(0)
        if command.hidden:
            continue
        context = typer.Context(command, info_name=path[-1], parent=parent)
        inner = getattr(command, "commands", {})
        if not inner or command.invoke_without_command:
            yield path, context
        waiting = [((*path, name), context, each) for name, each in inner.items()] + waiting


def page(path: tuple[str, ...], context: Any) -> str:
    """A command's help as Markdown: what it does, how it is written, its arguments and options."""
    command = context.command
    parts = [f"# {' '.join(path)}", _text(command.help or ""), f"```text\n{_usage(path, context)}\n```"]
    records = [(param, param.get_help_record(context)) for param in command.get_params(context)]
    for title, kind in (("Arguments", "argument"), ("Options", "option")):
        found = [record for param, record in records if param.param_type_name == kind and record]
        if found:
            parts += [f"## {title}", *(f"`{_word(names)}`\n: {_text(told)}" for names, told in found)]
    inner = getattr(command, "commands", {})
    if inner:
        links = [f"- [`{' '.join((*path, name))}`]({_slug((*path, name))}.md)" for name in inner]
        parts += ["## Commands", "\n".join(links)]
    return "\n\n".join(parts) + "\n"


def _usage(path: tuple[str, ...], context: Any) -> str:
    return " ".join([*path, *context.command.collect_usage_pieces(context)])


def _first_line(context: Any) -> str:
    return _text((context.command.help or "").split("\n\n")[0]).replace("|", "\\|")


def _word(names: str) -> str:
    """An argument or option as it is written; that an argument is a text is its usual kind."""
    return " ".join(names.removesuffix(" <str>").split())


def _text(told: str) -> str:
    """Words as they stand: nothing in them is markup, and what is typed is set as such."""
    plain = re.sub(r"([\\<>*_\[\]$])", r"\\\1", " ".join(told.replace("\b", "").split()))
    return re.sub(r"(?<![\w-])(--?[a-z][a-z-]*)", r"`\1`", plain)


def _slug(path: tuple[str, ...]) -> str:
    return "-".join(path[1:])
