"""The words that several commands take: one meaning and one explanation each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from forecast.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

CaseName = Annotated[
    str | None, typer.Argument(metavar="CASE", help="A case folder, or a name under data/.", show_default=False)
]
KnownBy = Annotated[
    str | None, typer.Option("--as-of", metavar="YYYY-MM-DD", help="What was known by the end of this day.")
]
SetName = Annotated[str | None, typer.Option("--assumptions", metavar="SET", help="The assumption set.")]
ModelName = Annotated[str | None, typer.Option("--model", metavar="NAME|PATH", help="The model.")]
Seed = Annotated[int | None, typer.Option("--seed", help="Default: the as-of date as YYYYMMDD.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]

RunId = Annotated[str | None, typer.Option("--run", metavar="ID", help="This run, publishable or not.")]
RunAsOf = Annotated[str | None, typer.Option("--as-of", metavar="YYYY-MM-DD", help="At or before this date.")]
RunOfModel = Annotated[
    str | None, typer.Option("--model", metavar="NAME", help="Runs of this model (default: the case's).")
]
RunWithSet = Annotated[
    str | None,
    typer.Option("--assumptions", metavar="SET", help="Runs with this assumption set (default: the case's)."),
]
Humility = Annotated[
    float, typer.Option("--humility", metavar="SHARE", help="Share of base rates that is mixed into pools, 0 to 1.")
]
HUMILITY: Final = 0.1
"""The share of base rates where nobody states another."""


def check_seed(seed: int | None) -> None:
    """Refuse a seed that no generator takes.

    Raises
    ------
    UsageError
        If it is not a whole number of 32 bits.
    """
    if seed is not None and not 0 <= seed < 2**32:
        raise UsageError(f"--seed {seed}: choose a whole number from 0 to {2**32 - 1}")


def seed_of(seed: int | None, day: date) -> int:
    """The seed that was asked for, else the as-of date as a number."""
    return int(day.strftime("%Y%m%d")) if seed is None else seed
