"""What a stated strength is in the model's own numbers: a normal prior with a mean and a standard deviation."""

from __future__ import annotations

from typing import Final

from forecast.case.assumptions import STEPS, Hastening, Influence, Loading

LOADING_STEP: Final = 0.3
"""Log-odds per standard unit of a driver for one `+`."""
INFLUENCE_STEP: Final = 0.5
"""Pull of a cause for one `+`, relative to the effect's own movement."""
HASTENING_STEP: Final = 0.25
"""Log pace per standard unit of a driver for one `+`."""

_STEP: Final = {"loading": LOADING_STEP, "influence": INFLUENCE_STEP, "hastening": HASTENING_STEP}
USUAL_SD: Final = {"loading": 0.15, "influence": 0.2, "hastening": 0.15}


def normal_of(item: Influence | Loading | Hastening) -> tuple[float, float]:
    """Mean and standard deviation of what it states: a strength, or the mean itself."""
    mean = item.mean if item.strength is None else _STEP[item.kind] * STEPS[item.strength]
    return float(mean or 0.0), USUAL_SD[item.kind] if item.sd is None else item.sd


def tilts(item: Influence | Loading | Hastening) -> bool:
    """Whether it says that there is anything."""
    return normal_of(item)[0] != 0.0


def in_words(item: Influence | Loading | Hastening) -> str:
    """The strength as it is written, or the mean with its sign."""
    return item.strength or f"{item.mean or 0.0:+.2f}"
