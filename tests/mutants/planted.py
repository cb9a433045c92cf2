"""The bugs that are planted, one small change of text each: what a tired modeller could have written instead."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

MODEL = "models/latent_drivers.py"
LAWS, TELLING, READINGS, FACTS, STRUCTURE = (
    f"forecast/model/{name}.py" for name in ("laws", "telling", "readings", "facts", "structure")
)
TRAJECTORY, WEIGHTS, CARRYING = (f"forecast/inference/{name}.py" for name in ("trajectory", "weights", "carrying"))
BASE_RATES, CALENDAR, PRIORS = (f"forecast/model/{name}.py" for name in ("base_rates", "calendar", "priors"))


class OutdatedError(Exception):
    """A planted bug whose place is no longer there, or no longer unique."""


@dataclass(frozen=True)
class Mutant:
    """One bug: in `file`, `right` stands once and `wrong` takes its place."""

    name: str
    file: str
    right: str
    wrong: str

    def planted(self, root: Path) -> str:
        """The text of the file with the bug in it.

        Raises
        ------
        OutdatedError
            If its place is not there exactly once.
        """
        text = (root / self.file).read_text(encoding="utf-8")
        if text.count(self.right) != 1:
            raise OutdatedError(f"{self.name}: {self.file} holds {text.count(self.right)} times: {self.right}")
        return text.replace(self.right, self.wrong)


MUTANTS = (
    # ------------------------------------------------------------------------ drivers
    Mutant("phi squared forgotten", LAWS, "np.sqrt(1.0 - phi[:, None] ** 2)", "np.sqrt(1.0 - phi[:, None])"),
    Mutant(
        "phi squared forgotten in the futures",
        MODEL,
        "np.sqrt(1.0 - s.persistence**2)",
        "np.sqrt(1.0 - s.persistence)",
    ),
    Mutant(
        "volatility forgotten in the futures",
        MODEL,
        "innovation * v[:, None, :] * shocks",
        "innovation * shocks",
    ),
    Mutant("scale of Student's t forgotten", PRIORS, "math.sqrt((self.degrees - 2.0) / self.degrees)", "1.0"),
    Mutant("influences turned round", LAWS, "own @ mixing.swapaxes(-1, -2)", "own @ mixing"),
    # ------------------------------------------------------------------------ evidence
    Mutant("polarity forgotten", MODEL, 'a["steepness"] * slope * seen', "slope * seen"),
    Mutant("a report tells of the week before", MODEL, 'a["unit_week"], latent]', 'a["unit_week"] - 1, latent]'),
    Mutant(
        "reports of an outcome tell of its momentum alone",
        LAWS,
        "return moving * state + (z @ resting)[..., None, :]",
        "return moving * state + 0.0 * (z @ resting)[..., None, :]",
    ),
    Mutant("own log-odds not in units of their spread", STRUCTURE, "intercept / spread", "intercept"),
    Mutant("common error forgotten", MODEL, ' + p["common_error"][..., latent]', ""),
    Mutant("news cycle forgotten", MODEL, ' + p["news_cycle"][..., a["unit_cycle"]]', ""),
    Mutant(
        "half the common error",
        MODEL,
        '"common_error": (Normal(0.0, COMMON_ERROR,',
        '"common_error": (Normal(0.0, 0.5 * COMMON_ERROR,',
    ),
    Mutant(
        "cut points off by one",
        LAWS,
        "cuts = SPACING * (np.arange(1, GRADES)",
        "cuts = SPACING * (np.arange(GRADES - 1)",
    ),
    Mutant("table of readings transposed", LAWS, "xp.sum(kernel *", "xp.sum(kernel.swapaxes(-3, -2) *"),
    Mutant(
        "kernel normalized over the true grade",
        LAWS,
        "xp.sum(near, axis=-2, keepdims=True)",
        "xp.sum(near, axis=-3, keepdims=True)",
    ),
    Mutant("lean forgotten", LAWS, " - lean[..., None, :])", " + 0.0 * lean[..., None, :])"),
    Mutant("doubt does not add up", TELLING, "xp.cumsum(xp.exp(log_steps), axis=-1)", "xp.exp(log_steps)"),
    Mutant("no floor to error", TELLING, "ERROR_FLOOR + ERROR_RANGE * error", "ERROR_RANGE * error"),
    Mutant("severity turned round", LAWS, " - severity[..., None, :, None])", " + severity[..., None, :, None])"),
    Mutant("severity not centred", TELLING, 'p["coder_severity"] - mean', 'p["coder_severity"]'),
    Mutant("copies counted twice", READINGS, "setdefault(report.origin_id, [])", "setdefault(report.report_id, [])"),
    Mutant("multiplicity ignored", MODEL, 'a["multiplicity"] * log_events', "log_events"),
    Mutant("a search that found nothing found something", READINGS, "np.log1p(-min(effort", "np.log(min(effort"),
    Mutant(
        "what was judged already is counted again",
        FACTS,
        "report.published_date > shares",
        "report.published_date != shares",
    ),
    # ------------------------------------------------------------------------ outcomes
    Mutant("loadings turned round", LAWS, "state @ beta + momentum", "momentum - state @ beta"),
    Mutant("ripeness dropped", LAWS, "+ momentum + ripeness", "+ momentum"),
    Mutant(
        "a ruling that rules nothing out",
        "forecast/model/futures.py",
        "laws.log_destination(np, logits, out)",
        "laws.log_softmax(np, logits)",
    ),
    Mutant("those in share all that is left", LAWS, "(among_those_in + xp.log1p(-kept))", "among_those_in"),
    Mutant("hastening not centred", LAWS, " - 0.5 * (moving + resting)[..., None, :]", ""),
    Mutant("a deadline for the whole week", LAWS, "xp.sum(at_risk * xp.expm1(", "xp.max(xp.expm1("),
    Mutant("a deadline known before it is announced", STRUCTURE, "if announced <= known_on:", "if announced:"),
    Mutant("survival left out", MODEL, 'return laws.log_waiting(xp, pace, a["exposure"]) +', "return"),
    Mutant(
        "exposure in days",
        CALENDAR,
        "days_per_week(self.weeks, after, until) / 7.0",
        "days_per_week(self.weeks, after, until)",
    ),
    Mutant("shut gates let everything through", MODEL, "free + base_rates.SHUT * (days - free)", "days"),
    Mutant(
        "chances of the first week",
        "forecast/outcomes.py",
        "final = incidence[:, -1, :]",
        "final = incidence[:, 0, :]",
    ),
    # ------------------------------------------------------------------------ base rates
    Mutant(
        "relevance ignored",
        BASE_RATES,
        "relevance, country = classes[episode.country].relevance,",
        "relevance, country = 1.0,",
    ),
    Mutant(
        "left truncation dropped",
        BASE_RATES,
        "enters, leaves = episode.began + age,",
        "enters, leaves = episode.began,",
    ),
    Mutant("a look past the opening", BASE_RATES, "min(episode.ended, case.question.opening)", "episode.ended"),
    # ------------------------------------------------------------------------ anchor and rivals
    Mutant(
        "half of the stated uncertainty",
        "forecast/model/anchor.py",
        "/ (structure.concentration + 1.0)",
        "/ (2.0 * structure.concentration + 1.0)",
    ),
    Mutant(
        "a resting driver pulls from beginning to end",
        "models/static.py",
        "lasting=np.mean(moving.persistence ** weeks[:, None], axis=0)",
        "lasting=np.ones_like(moving.persistence)",
    ),
    Mutant("consistency turned round", "models/ach.py", "by_chance[..., None] + STEP", "by_chance[..., None] - STEP"),
    Mutant("an item counts by its worst cell", "models/ach.py", "return max(RELIABILITY", "return min(RELIABILITY"),
    # ------------------------------------------------------------------------ sampler and weights
    Mutant(
        "momenta drawn with the metric turned round",
        TRAJECTORY,
        "rng.standard_normal(size) / np.sqrt(inverse_mass)",
        "rng.standard_normal(size) * np.sqrt(inverse_mass)",
    ),
    Mutant(
        "the new half of a trajectory always taken",
        TRAJECTORY,
        "if math.log(1.0 - rng.random()) < branch_weight - weight:",
        "if branch_weight > -math.inf:",
    ),
    Mutant(
        "states of a trajectory picked alike",
        TRAJECTORY,
        "< -change - branch_weight:",
        "< -math.log(leaf + 1.0):",
    ),
    Mutant("half a step forgotten", TRAJECTORY, "                momentum += 0.5 * way * slope\n", ""),
    Mutant("weights upside down", WEIGHTS, "array_stats.psislw(-log_weights)", "array_stats.psislw(log_weights)"),
    Mutant(
        "carried draws change places",
        CARRYING,
        "_index(prior.shape, places, side)) for side in (1, 0))",
        "_index(prior.shape, places, side)) for side in (0, 1))",
    ),
    # ------------------------------------------------------------------------ the gate
    Mutant("gate ignored", "forecast/inference/gate.py", "return not self.failures", "return True"),
)
