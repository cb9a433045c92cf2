"""Every command's page, from its own help: what `forecast COMMAND --help` says, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from typer.main import get_command

from forecast.commands.main import command_line

INDEX = """# Commands

What each command's own help says, made from the program when this site is built. `forecast COMMAND --help` says the
same at a terminal. Those that answer in numbers take `--json`: one document on stdout, and all else on stderr.

{table}

{toctree}
"""


def write_pages(folder: Path) -> None:
    """Write a page for every command that is not hidden, those of groups too, and the list of them."""
    folder.mkdir(parents=True)
    command = get_command(command_line())
    root = typer.Context(command, info_name="forecast", **command.context_settings)
    for path, context in _commands(root, ("forecast",)):
        (folder / f"{_slug(path)}.md").write_text(page(path, context), encoding="utf-8")
    index = INDEX.format(table=_table(root, ("forecast",)), toctree=_toctree(root, ("forecast",)))
    (folder / "index.md").write_text(index, encoding="utf-8")


def _commands(group: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command below a group, with its words and its context."""
    for name, context in _below(group):
        yield (*path, name), context
        yield from _commands(context, (*path, name))


def _below(group: Any) -> list[tuple[str, Any]]:
    """The commands of a group by name; none below a command that is no group."""
    inner = getattr(group.command, "commands", {})
    shown = {name: command for name, command in inner.items() if not command.hidden}
    return [(name, typer.Context(command, info_name=name, parent=group)) for name, command in shown.items()]


def _table(group: Any, path: tuple[str, ...]) -> str:
    rows = [
        f"| [`{' '.join((*path, name))}`]({_slug((*path, name))}.md) | {_first_line(context)} |"
        for name, context in _below(group)
    ]
    return "\n".join(["| command | does |", "|---|---|", *rows])


def _toctree(group: Any, path: tuple[str, ...]) -> str:
    return "\n".join(["```{toctree}", ":hidden:", "", *(_slug((*path, name)) for name, _ in _below(group)), "```"])


def page(path: tuple[str, ...], context: Any) -> str:
    """A command's help as Markdown: what it does, how it is written, its arguments and options."""
    command = context.command
    said = [_text(paragraph) for paragraph in (command.help or "").split("\n\n")]
    parts = [f"# {' '.join(path)}", *said, f"```text\n{_usage(path, context)}\n```"]
    records = [(param, param.get_help_record(context)) for param in command.get_params(context)]
    for title, kind in (("Arguments", "argument"), ("Options", "option")):
        found = [record for param, record in records if param.param_type_name == kind and record]
        if found:
            parts += [f"## {title}", *(f"`{_word(names)}`\n: {_text(told)}" for names, told in found)]
    if _below(context):
        parts += ["## Commands", _table(context, path), _toctree(context, path)]
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
