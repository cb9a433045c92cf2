"""The findings as tables in Markdown, put between two marks of a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.recovery.findings import GROUPS, LEVELS, Rate, behind, coverage, grouped, lost, scores
from tests.recovery.worlds import KINDS, Recovered

MARKS = (
    ("<!-- recovery: tables -->", "<!-- recovery: end -->"),
    ("<!-- recovery: whole -->", "<!-- recovery: end of the whole -->"),
)
"""Of the plain harbour, as modelled and broken, and of the whole one."""
HEAD = " | ".join(f"{level:.0%}" for level in LEVELS)


def tables(found: Mapping[str, Sequence[Recovered]]) -> str:
    """What was found of one harbour, kind by kind; the first of them is as the model has it."""
    as_modelled, *_ = found.values()
    base = {world.number: world for world in as_modelled}
    return "\n\n".join([_recovery(as_modelled), _bending(found), _losses(found, base)])


def put(page: str, text: str, marks: tuple[str, str]) -> str:
    """The page with these tables between its marks, in place of those that it had there.

    Raises
    ------
    ValueError
        If the page has no place for them.
    """
    begins, ends = marks
    before, _, rest = page.partition(begins)
    _, end, after = rest.partition(ends)
    if not end:
        raise ValueError(f"the page holds no {begins} and {ends}")
    return f"{before}{begins}\n\n{text}\n\n{ends}{after}"


def _recovery(worlds: Sequence[Recovered]) -> str:
    lines = [f"Quantity by quantity, {len(worlds)} worlds as the model has them:", ""]
    lines += ["| quantity | 50% | 80% | 95% |", "|---|---|---|---|"]
    for name in worlds[0].places:
        lines.append(f"| {name} | {_cells(coverage(worlds, name))} |")
    return "\n".join(lines)


def _bending(found: Mapping[str, Sequence[Recovered]]) -> str:
    lines = ["Group by group:", ""]
    lines += ["| world | worlds | of | 50% | 80% | 95% |", "|---|--:|---|---|---|---|"]
    for kind, worlds in found.items():
        for group in GROUPS:
            label = f"{KINDS[kind].label} | {len(worlds)}" if group == "chances" else " |"
            lines.append(f"| {label} | {group} | {_cells(grouped(worlds, group))} |")
    return "\n".join(lines)


def _losses(found: Mapping[str, Sequence[Recovered]], base: Mapping[int, Recovered]) -> str:
    lines = ["What the forecasts lose, in nats (1 nat is a factor e in the chance given to what happened):", ""]
    lines += [
        "| world | behind the oracle | more than as modelled | log score | oracle's | reliability, p | faulty fits |"
    ]
    lines += ["|---|---|---|--:|--:|--:|--:|"]
    for kind, worlds in found.items():
        score, reliable = scores(worlds)
        own = behind(lost(worlds))
        pairs = [(world, base[world.number]) for world in worlds if world.number in base]
        more = behind(lost(world for world, _ in pairs) - lost(other for _, other in pairs))
        cells = (
            KINDS[kind].label,
            f"{own.mean:.3f} ± {own.error:.3f}",
            "" if worlds[0] is next(iter(base.values())) else f"{more.mean:+.3f} ± {more.error:.3f}",
            f"{score.forecast:.3f}",
            f"{score.oracle:.3f}",
            f"{reliable.p:.3f}",
            f"{sum(bool(world.faults) for world in worlds)}",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _cells(rates: Mapping[float, Rate]) -> str:
    return " | ".join(_cell(rate, level) for level, rate in rates.items())


def _cell(rate: Rate, level: float) -> str:
    """The rate and its interval in per cent, in bold where the level is not in it."""
    text = f"{100 * rate.share:.0f} ({100 * rate.low:.0f} to {100 * rate.high:.0f})"
    return text if rate.holds(level) else f"**{text}**"
