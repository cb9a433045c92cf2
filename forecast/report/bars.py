"""Bars inside tables: waterfalls, tornados, scenarios, prices, grades. Screen readers pass over them to the numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

from markupsafe import Markup

from forecast.report.hanging import Flip, Hanging, Lever
from forecast.report.lookout import Indicator
from forecast.report.prices import Prices
from forecast.report.standing import Outcome
from forecast.report.supposed import Scenario
from forecast.report.svg import Scale, diamond, dot, drawing, element, line, text
from forecast.report.why import Waterfall

WIDTH, HEIGHT = 300.0, 24.0
EDGE = 10.0
"""Room at the ends of a strip, for what lies on its edge."""
THINNEST = 1.5
"""A bar is never drawn thinner than this, so that it can be seen."""


def waterfall(shown: Waterfall) -> list[Markup]:
    """A strip for the run before, one for each bar, and one for this run."""
    steps = [bar.points.value for bar in shown.bars]
    levels = [*accumulate(steps, initial=shown.before.value)]
    x = _scale([*levels, shown.now.value])
    start = _drawn([_stem(x(levels[0]), HEIGHT / 2, HEIGHT), dot(x(levels[0]), HEIGHT / 2, 5, _dot(shown.outcome))])
    end = _drawn([_stem(x(levels[-1]), 0, HEIGHT / 2), dot(x(shown.now.value), HEIGHT / 2, 6.5, _dot(shown.outcome))])
    rows = []
    for bar, low, high in zip(shown.bars, levels[:-1], levels[1:], strict=True):
        kind = "noise" if bar.kind == "noise" or not bar.real else "gain" if high > low else "loss"
        rows.append(_drawn([_stem(x(low), 0, 5), _stem(x(high), HEIGHT - 5, HEIGHT), _bar(x(low), x(high), kind)]))
    return [start, *rows, end]


def tornado(levers: Sequence[Lever], hanging: Hanging, outcome: Outcome) -> list[Markup]:
    """A strip for each lever: where a step down (light) and a step up (dark) take the outcome, and how surely."""
    place, now = hanging.outcomes.index(outcome), outcome.probability.value
    ends = [lever.ends(place) for lever in levers]
    x = _scale([now, *(end + side for both in ends for end, error in both for side in (-error, error))])
    return [
        _drawn(
            [
                _bar(x(now), x(low), "stepdown"),
                _bar(x(now), x(high), "stepup"),
                line((x(now), 0), (x(now), HEIGHT), "before"),
                line((x(low - down), HEIGHT / 2), (x(low + down), HEIGHT / 2), "whisker"),
                line((x(high - up), HEIGHT / 2), (x(high + up), HEIGHT / 2), "whisker"),
            ]
        )
        for (low, down), (high, up) in ends
    ]


def scenario(shown: Scenario) -> list[Markup]:
    """A strip for each outcome, from where it stands (tick) to where it would stand (dot)."""
    x = _scale([0.0, *(each.value for then in shown.outcomes for each in (then.base, then.probability))])
    return [
        _drawn(
            [
                line((EDGE, HEIGHT / 2), (WIDTH - EDGE, HEIGHT / 2), "grid"),
                _bar(x(then.base.value), x(then.probability.value), f"fan tone-{then.outcome.tone}"),
                line((x(then.base.value), 3), (x(then.base.value), HEIGHT - 3), "before"),
                dot(x(then.probability.value), HEIGHT / 2, 6, _dot(then.outcome)),
            ]
        )
        for then in shown.outcomes
    ]


def priced(shown: Prices) -> list[Markup]:
    """A strip for each outcome, from the forecast without prices (tick) to that with them (dot); diamonds: prices."""
    said = [each.value for row in shown.outcomes for each in (row.without, row.now, *row.asked)]
    x, middle = _scale([0.0, *said]), HEIGHT / 2
    return [
        _drawn(
            [
                line((EDGE, middle), (WIDTH - EDGE, middle), "grid"),
                _bar(x(row.without.value), x(row.now.value), f"fan tone-{row.outcome.tone}"),
                line((x(row.without.value), 3), (x(row.without.value), HEIGHT - 3), "before"),
                *(
                    diamond(x(asked.value), middle, 6, "stated", f"{market.name}: {asked.text}")
                    for market, asked in zip(shown.markets, row.asked, strict=True)
                ),
                dot(x(row.now.value), middle, 5, _dot(row.outcome)),
            ]
        )
        for row in shown.outcomes
    ]


def grades(shown: Indicator, outcome: Outcome, every: Iterable[Indicator], outcomes: Sequence[Outcome]) -> Markup:
    """Where the most moved outcome would stand after each grade: a dot a grade, the larger the likelier the grade.

    All indicators share one scale, which has nothing in its middle: the distance from where the outcome stands.
    """
    reach = max(
        abs(grade.after[each.most].value - outcomes[each.most].probability.value)
        for each in every
        for grade in each.grades
    )
    x, now = Scale((-reach or -1.0, reach or 1.0), (EDGE, WIDTH - EDGE)), outcome.probability.value
    dots = [
        dot(
            x(grade.after[shown.most].value - now),
            HEIGHT / 2,
            3 + 8 * grade.chance.value**0.5,
            f"dot grade tone-{outcome.tone}",
            f"{grade.grade}: {grade.after[shown.most].text}",
        )
        for grade in shown.grades
    ]
    ends = [(grade, x(grade.after[shown.most].value - now)) for grade in (shown.grades[0], shown.grades[-1])]
    return drawing(
        WIDTH,
        HEIGHT + 12,
        [
            line((EDGE, HEIGHT / 2), (WIDTH - EDGE, HEIGHT / 2), "grid"),
            line((x(0.0), 0), (x(0.0), HEIGHT), "before"),
            *dots,
            *(text(str(grade.grade), at, HEIGHT + 9, anchor="middle") for grade, at in ends),
        ],
    )


def flip(shown: Flip) -> Markup:
    """How many steps an assumption is from another answer, up to three; a line at each."""
    x = Scale((0.0, 3.0), (EDGE, WIDTH - EDGE))
    steps = min(3.0, abs(shown.steps.value))
    grid = [line((x(step), 2), (x(step), HEIGHT - 2), "grid") for step in (0, 1, 2, 3)]
    tone = shown.leader.tone if shown.leader else "driver"
    return _drawn(
        [
            *grid,
            line((x(0), HEIGHT / 2), (x(steps), HEIGHT / 2), "axis"),
            dot(x(steps), HEIGHT / 2, 6, f"dot tone-{tone}"),
        ]
    )


def _scale(values: Sequence[float]) -> Scale:
    low, high = min(values), max(values)
    if low == high:
        low, high = low - 0.01, high + 0.01
    return Scale((low, high), (EDGE, WIDTH - EDGE))


def _bar(start: float, end: float, kind: str) -> Markup:
    left, width = min(start, end), max(THINNEST, abs(end - start))
    return element("rect", x=left, y=6, width=width, height=HEIGHT - 12, class_=kind)


def _stem(x: float, top: float, bottom: float) -> Markup:
    return line((x, top), (x, bottom), "stem")


def _dot(outcome: Outcome) -> str:
    return f"dot tone-{outcome.tone}"


def _drawn(parts: Iterable[Markup]) -> Markup:
    return drawing(WIDTH, HEIGHT, parts)
