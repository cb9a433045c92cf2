"""The levers of a problem: every number of its named assumptions that the forecast rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from forecast.case.assumptions import Episodes, HalfLife, Level, Loading, Momentum, ReferenceClass, Ripening, Shares
from forecast.inference.summary import UNITS, about, about_share
from forecast.insight.held_levers import HalfLifeLever, MomentumLever, RipeningLever
from forecast.insight.levers import LevelLever, Lever, LoadingLever, NormalLever, ShareLever
from forecast.insight.past_levers import EpisodesLever, RelevanceLever
from forecast.model.contract import Problem


def levers(problem: Problem) -> Iterator[Lever]:
    """Every number of the named assumptions that the forecast rests on, in the order of the file."""
    case, s = problem.case, problem.structure
    priors = {
        name: (parameter, place) for parameter, normals in s.named.items() for place, name in enumerate(normals.ids)
    }
    for item in case.assumptions.items.values():
        named: dict[str, Any] = {"id": item.id, "kind": item.kind, "about": about(item, case)}
        unit = UNITS.get(item.kind, "log-odds")
        match item:
            case Shares():
                yield from _shares(item, problem)
            case HalfLife():
                yield HalfLifeLever(**named, unit=unit, stated=item.weeks, latent=s.drivers.index(item.driver))
            case Momentum():
                place = s.momenta.index(item.outcome)
                yield MomentumLever(**named, unit=unit, stated=item.log_odds, momentum=place)
                named |= {"id": f"{item.id}:weeks", "about": f"{named['about']}, its half-life"}
                yield HalfLifeLever(**named, unit="weeks", stated=item.weeks, latent=len(s.drivers) + place)
            case Ripening():
                ripenings = [other.id for other in case.assumptions.items.values() if isinstance(other, Ripening)]
                yield RipeningLever(**named, unit=unit, stated=item.rise, place=ripenings.index(item.id))
            case ReferenceClass() if s.past.countries:
                yield RelevanceLever(**named, unit=unit, stated=item.relevance)
            case Episodes() if s.past.countries:
                yield EpisodesLever(**named, unit="times its weight", stated=1.0)
            case _ if item.id in priors:
                parameter, place = priors[item.id]
                normals = s.named[parameter]
                mean, sd = float(normals.mean[place]), float(normals.sd[place])
                named |= {"unit": unit, "stated": mean, "parameter": parameter, "element": place, "sd": sd}
                match item:
                    case Loading():
                        driver, outcome = s.drivers.index(item.driver), s.outcomes.index(item.outcome)
                        yield LoadingLever(**named, driver=driver, outcome=outcome)
                    case Level():
                        yield LevelLever(**named)
                    case _:
                        yield NormalLever(**named)


def _shares(item: Shares, problem: Problem) -> Iterator[ShareLever]:
    for place, outcome in enumerate(problem.structure.outcomes if problem.intercept_sd > 0 else ()):
        label = about_share(item, problem.case, outcome)
        yield ShareLever(f"{item.id}:{outcome}", item.kind, label, "log-odds", 0.0, place, problem.intercept_sd)
