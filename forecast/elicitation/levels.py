"""Ranges told back: what an analyst said of a driver's level, beside what the normal that stands for it says."""

from __future__ import annotations

from collections.abc import Sequence

from forecast.elicitation.fits import fit_normal
from forecast.elicitation.judgements import Doubt, DriverLevel, judged_quantiles

OFF = 0.1
"""How far the normal may lie from what was judged, as a share of the judged range, before it is warned of."""


def told_ranges(levels: Sequence[DriverLevel]) -> tuple[tuple[str, ...], tuple[Doubt, ...]]:
    """What was said of each range beside what the normal nearest to it says, and doubts where they lie far apart."""
    told: list[str] = []
    doubts: list[Doubt] = []
    for number, one in enumerate(levels):
        if (judged := judged_quantiles(one)) is None:
            continue
        given = fit_normal(judged).quantiles
        parts = ", ".join(f"{100 * p:.3g} % below {judged[p]:+.2f} (normal {given[p]:+.2f})" for p in sorted(judged))
        told.append(f"of {one.driver} you say {parts}")
        off = max(abs(given[p] - judged[p]) for p in judged) / (max(judged.values()) - min(judged.values()))
        if off > OFF:
            why = (
                f"no normal has the shape of your range of {one.driver}: the one that stands for it is off by "
                f"{100 * off:.0f} % of the range, more than {100 * OFF:.0f} %; change the range, or give as quantiles "
                "only the two that must be met"
            )
            doubts.append((("levels", number, "chips" if one.quantiles is None else "quantiles"), why))
    return tuple(told), tuple(doubts)
