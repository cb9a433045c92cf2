"""What is installed: the versions and the texts on which numbers depend."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path

from forecast import __version__
from forecast.errors import UsageError
from forecast.runs import digest

STATED = (
    *("base_rates", "assumptions", "assumption_sets", "strengths"),
    *("teams", "hierarchy", "pooled_sets", "concentration", "markets"),
)
"""The modules of `case` that say what an assumption is in numbers, and what goes without saying."""
SOURCES = (".py", ".yaml", ".csv")
PACKAGES = ("pymc", "pytensor", "numba", "numpy", "scipy", "arviz-stats")


def versions() -> dict[str, str]:
    """What the numbers depend on."""
    return {
        "possibilities": __version__,
        "laws": laws_digest(),
        "python": platform.python_version(),
        **{package: version(package) for package in PACKAGES},
    }


def installed() -> dict[str, str]:
    """What the numbers depend on, and a digest of all that is in this package and on the shelf.

    The shelf stands inside the package or beside it, which makes no difference.
    """
    from forecast.model.contract import shelf

    texts = _texts() | {f"shelf/{path.name}": path.read_text("utf-8") for path in shelf().glob("*.py")}
    return {**versions(), "sources": digest(texts)[:12]}


@cache
def package() -> dict[str, str]:
    """The same without the shelf, whose models' texts every run's record holds."""
    return {**versions(), "sources": digest(_texts())}


def _texts() -> dict[str, str]:
    """The texts of the package itself, a shelf inside it apart."""
    here = Path(__file__).parent
    sources = [path for path in here.rglob("*") if path.suffix in SOURCES and "_shelf" not in path.parts]
    return {path.relative_to(here).as_posix(): path.read_text("utf-8") for path in sources}


def refuse_other_installation(wanted: Mapping[str, str]) -> None:
    """Let nobody share in work whose numbers could be others here.

    Raises
    ------
    UsageError
        If anything that is `installed` differs from what is wanted.
    """
    here = installed()
    differing = [f"{name} {here.get(name)} for {then}" for name, then in wanted.items() if here.get(name) != then]
    if differing:
        raise UsageError(
            f"{platform.node()} cannot share this work: it has {', '.join(differing)}: install the same there as here"
        )


@cache
def laws_digest() -> str:
    """What the numbers depend on in this package: 12 hex digits of the sources of model, inference and outcomes."""
    here = Path(__file__).parent
    sources = [*here.glob("model/*.py"), *here.glob("inference/*.py"), here / "outcomes.py", *here.glob("markets/*.py")]
    sources += [here / "case" / f"{name}.py" for name in STATED]
    texts = {path.relative_to(here).as_posix(): path.read_text("utf-8") for path in sources}
    return digest(texts)[:12]
