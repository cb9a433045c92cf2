"""What is usually asked of a saved run, as the documents that the commands print with --json; worked out once.

Each takes the runs as saved, and what opens one with its draws: it is called only where the answer is not kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from forecast.insight.imagined import USUAL_CELL, USUAL_SEARCH
from forecast.insight.kept import kept

if TYPE_CHECKING:
    from forecast.insight.changes import Grouping
    from forecast.insight.refitting import Refit
    from forecast.insight.standing import Standing
    from forecast.insight.states import State
    from forecast.model.contract import Problem
    from forecast.reopened import Reopened, Stage
    from forecast.runs import Run

Document = dict[str, Any]
type Open = Callable[[Run], Reopened]

NAMED = 8
"""Groups of evidence with a bar of their own."""


def explained(
    old: Run,
    new: Run,
    opened: Open,
    *,
    by: Grouping = "event",
    named: int = NAMED,
    sampled: Callable[[Reopened, Problem], State] | None = None,
    trusted: bool = False,
    stage: Stage = lambda _: None,
) -> Document:
    """Why the forecast moved: `forecast explain --json`.

    Parameters
    ----------
    old, new
        The two runs.
    opened
        Opens one.
    by, named, stage
        As in `build_bridge`.
    sampled
        Samples a posterior between the two where their weights fail: the old run and the problem → its state. None
        leaves it at that.
    trusted
        Whether text that a record holds may be run.
    """
    refits = sampled is not None

    def how(refits: bool) -> Document:
        return {"by": by, "named": named, "refits": refits, "trusted": trusted}

    def holds_for(found: Document) -> list[Document]:
        """Where the weights reach, nobody refits."""
        plainly = found["reached"] and not found["refitted"]
        return [how(True), how(False)] if plainly else [how(refits)]

    def answer() -> Document:
        from forecast.insight.explained import explain

        after, before = opened(new), opened(old)
        refit = None if sampled is None else lambda problem: sampled(before, problem)
        stage("Weighing what changed")
        return explain(before, after, by=by, named=named, refit=refit, stage=stage).document()

    return kept("explain", how(refits), (old, new), answer, holds_for)


def watched(
    run: Run,
    opened: Open,
    *,
    cell: tuple[str, int] = USUAL_CELL,
    search: float = USUAL_SEARCH,
    trusted: bool = False,
    stage: Stage = lambda _: None,
) -> Document:
    """What to look for next week: `forecast watch --json`.

    Parameters
    ----------
    run, opened
        The run, and what opens it.
    cell
        Admiralty cell of the report that would come.
    search
        Chance that a search finds what there is.
    trusted
        Whether text that a record holds may be run.
    stage
        Told of what takes time.
    """

    def answer() -> Document:
        from forecast.insight.standing import standing, thinned
        from forecast.insight.watch import watch
        from forecast.insight.whatif_document import watch_document

        here = standing(thinned(opened(run)))
        stage("Imagining next week's reports")
        return watch_document(watch(here, cell, search), here)

    grade = f"{cell[0]}{cell[1]}"
    asked = {"cell": grade, "search": search}
    return {**_head(run), **asked, **kept("watch", {**asked, "trusted": trusted}, (run,), answer)}


def hanging(
    run: Run,
    opened: Open,
    *,
    lines: Sequence[tuple[str, float]] = (),
    re_anchor: bool = False,
    refit: bool | None = False,
    refitted: Callable[[Standing], Refit] | None = None,
    trusted: bool = False,
    stage: Stage = lambda _: None,
) -> Document:
    """How much hangs on everything: `forecast sensitivity --json`.

    Parameters
    ----------
    run, opened
        The run, and what opens it.
    lines
        Decision lines beside those of the case: (outcome, probability).
    re_anchor, stage
        As in `sensitivities`.
    refit
        Whether whatever weights cannot tell is refitted, or nothing; None: assumptions, gates and sources only.
    refitted
        What makes a way to refit, needed unless nothing is.
    trusted
        Whether text that a record holds may be run.
    """

    def answer() -> Document:
        from forecast.insight.flip import Line
        from forecast.insight.sensitivity import EVERY_KIND, REFITTED, sensitivities
        from forecast.insight.sensitivity_document import sensitivity_document
        from forecast.insight.standing import standing

        here = opened(run)
        stands = standing(here)
        stated = [(line.outcome, line.at) for line in here.case.question.decision_lines]
        found = sensitivities(
            stands,
            here.known,
            lines=[Line(*line) for line in (*stated, *lines)],
            re_anchor=re_anchor,
            refit=None if refitted is None or refit is False else refitted(stands),
            refitted=EVERY_KIND if refit else REFITTED,
            stage=stage,
        )
        return sensitivity_document(found, here.case)

    asked = {"lines": [list(line) for line in lines], "re_anchor": re_anchor, "refit": refit, "trusted": trusted}
    return {**_head(run), **kept("sensitivity", asked, (run,), answer)}


def _head(run: Run) -> Document:
    return {"case": run.forecast["case"], "as_of": run.as_of.isoformat(), "run": run.id}
