"""Where a case is: the workspace around it, and the folder a person means by its name."""

from __future__ import annotations

import os
import re
from pathlib import Path

import forecast
from forecast.case.document import shown
from forecast.case.phrases import listed, nearest, quoted
from forecast.errors import UsageError

_PACKAGE = Path(forecast.__file__).resolve().parent
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


def find_workspace(start: Path) -> Path:
    """The nearest folder from `start` upwards that holds `data/*/case.yaml`; never the package's own place.

    Raises
    ------
    UsageError
        If there is none.
    """
    found = _workspace_around(start)
    if found is None:
        where = shown(start)
        raise UsageError(f"no case stands in {where} or above it: go to a folder that holds data/NAME/case.yaml")
    return found


def find_case(name: str | None, start: Path) -> Path:
    """The case folder that `name` means: a folder, or a name under the workspace's `data/`.

    It may be left out inside a case folder, or where the workspace holds one case.

    Raises
    ------
    UsageError
        If no case, or more than one, answers to it, or if it reaches outside its workspace.
    """
    folder = _left_out(start) if name is None else _named(name, start)
    _refuse_links_outside(folder)
    return folder


def case_names(workspace: Path) -> tuple[str, ...]:
    """The cases of a workspace, by name."""
    return tuple(sorted(path.parent.name for path in workspace.glob("data/*/case.yaml")))


def _workspace_around(start: Path) -> Path | None:
    here = Path(os.path.abspath(start))
    for folder in (here, *here.parents):
        if case_names(folder) and not folder.resolve().is_relative_to(_PACKAGE):
            return folder
    return None


def _left_out(start: Path) -> Path:
    workspace = find_workspace(start)
    here = Path(os.path.abspath(start))
    for folder in (here, *here.parents):
        if _is_case(folder):
            return folder
        if folder == workspace:
            break
    names = case_names(workspace)
    if len(names) > 1:
        raise UsageError(f"which case is meant? Name one of {listed(names, 'or')}")
    return workspace / "data" / names[0]


def _named(name: str, start: Path) -> Path:
    folder = start / name
    if name and _is_case(folder):
        return Path(os.path.abspath(folder))
    if _NAME.fullmatch(name):
        workspace = find_workspace(start)
        if _is_case(workspace / "data" / name):
            return workspace / "data" / name
    raise UsageError(_nothing_there(name, folder, start))


def _nothing_there(name: str, folder: Path, start: Path) -> str:
    if name and os.path.isdir(folder):
        return f"{quoted(name)} is a folder but not a case: a case folder holds a file case.yaml"
    workspace = _workspace_around(start)
    known = case_names(workspace) if workspace else ()
    if not known:
        return f"there is no case {quoted(name)}: give the folder that holds its case.yaml"
    if name in known:
        return f"{quoted(name)} is no case: its case.yaml is not a file"
    near = nearest(name, known)
    remedy = f"did you mean {quoted(near)}?" if near else f"name a folder, or one of {listed(known, 'or')}"
    return f"there is no case {quoted(name)}: {remedy}"


def _is_case(folder: Path) -> bool:
    # os.path answers False to names that no file system knows (too long, NUL), where some pathlibs raise
    return os.path.isfile(folder / "case.yaml")


def _refuse_links_outside(folder: Path) -> None:
    """A case is what stands in its workspace; a link that leads out of it may show anything."""
    ground = os.path.realpath(_workspace_around(folder) or folder.parent)
    written = (
        path
        for pattern in ("*.yaml", "*.csv", "*.sqlite", "assumptions", "assumptions/*")
        for path in folder.glob(pattern)
    )
    for path in (folder, *sorted(written)):
        if not Path(os.path.realpath(path)).is_relative_to(ground):
            raise UsageError(f"{shown(path)} leads out of the workspace: put the file itself in its place")
