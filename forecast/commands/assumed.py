"""What a case says before any report, as tables in the terminal."""

from __future__ import annotations

from itertools import batched
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

from forecast.commands.console import out, visible
from forecast.commands.display import GAP, NARROWEST, Cell, percent, tabulate

if TYPE_CHECKING:
    from forecast.case.schema import Case
    from forecast.model.before_evidence import BeforeEvidence
    from forecast.model.tilts import Tilts


def show_tilts(case: Case, tilts: Tilts) -> None:
    """The stated split, and what +2 of each driver makes of it, in points."""
    heading = visible(f"Assumption set {case.assumptions.name}: {case.assumptions.label}")
    heading.stylize("bold")
    out.print(heading)
    split = Table(box=box.SIMPLE_HEAD)
    for column in ("", "outcome"):
        split.add_column(column, overflow="fold")
    alone = () if tilts.base_rates is None else ("base rates alone",)
    for column in ("stated, given resolution", "by the horizon", *alone):
        split.add_column(column, justify="right", overflow="fold")
    labels = {outcome.id: outcome.label for outcome in case.question.outcomes} | {"other": case.question.other.label}
    rates = [] if tilts.base_rates is None else [*map(percent, tilts.base_rates), percent(1.0 - tilts.base_rates.sum())]
    for place, (outcome, share) in enumerate(zip(tilts.outcomes, tilts.stated, strict=True)):
        by_horizon = percent(share * tilts.anchor.resolved)
        split.add_row(str(place + 1), visible(labels[outcome]), percent(share), by_horizon, *rates[place : place + 1])
    split.add_row("", "Still open", "", percent(1.0 - tilts.anchor.resolved), *rates[-1:])
    out.print(split)
    if tilts.reference is not None:
        found, said = tilts.reference, labels[tilts.reference.outcome]
        share = percent(tilts.stated[tilts.outcomes.index(found.outcome)])
        out.print(visible(f"{said}: stated {share}, {found.nominees} past nominees say {percent(found.share)}"))

    numbered = [*enumerate(map(str, range(1, len(tilts.outcomes) + 1))), (None, "resolved")]
    for part in batched(numbered, max(1, (out.width - 2 * NARROWEST) // (len("+100") + GAP))):
        rows: list[list[Cell]] = []
        for driver, shares in tilts.by_driver.items():
            sooner = tilts.resolved[driver] - tilts.anchor.resolved
            changes = [sooner if place is None else shares[place] - tilts.stated[place] for place, _ in part]
            rows.append([visible(case.drivers[driver].label), *(f"{100 * change:+z.0f}" for change in changes)])
        out.print(tabulate(("points that +2 of a driver moves", *(heading for _, heading in part)), rows))


def show_before_evidence(case: Case, found: BeforeEvidence) -> None:
    """The worlds that the assumptions alone make possible: how far chances spread, when, and what would surprise."""
    from forecast.model.before_evidence import QUANTILES, surprise

    labels = {outcome.id: outcome.label for outcome in case.question.outcomes}
    labels |= {"other": case.question.other.label, "unresolved": "Still open at the horizon"}
    worlds = tuple(f"{100 * quantile:g}%" for quantile in QUANTILES)
    chances: list[list[Cell]] = [
        [visible(labels[name]), *map(percent, found.chances[:, k])] for k, name in enumerate(found.outcomes)
    ]
    out.print(tabulate(("chance, quantiles over prior worlds", *worlds), chances))
    steps = range(0, len(found.weeks), max(1, len(found.weeks) // 6))
    timing: list[list[Cell]] = [[found.weeks[week], *map(percent, found.resolved[:, week])] for week in steps]
    out.print(tabulate(("resolved by the end of the week of", *worlds), timing))
    if found.grades:
        name, rarest = max(found.grades.items(), key=lambda item: surprise(item[1]))
        told = f"grade {rarest.argmin() + 1} of {case.indicators[name].label}: {percent(rarest.min())} of its reports"
        out.print(visible(f"The report that would surprise most is {told} ({surprise(rarest):.1f} bits)"))
    certain, no_other = f"{100 * found.certain:.1f}%", f"{100 * found.no_other:.1f}%"
    out.print(f"An outcome is above 95% in {certain} of worlds, other under 1% in {no_other}")
    for signed in found.signed_off.values():
        out.print(visible(f"Signed off by {signed.author}: {signed.check}: {signed.reason}"))
