"""Plant bugs in the model, one at a time, and see whether the fast exact tests notice.

    python -m tests.mutants                      # all of them: an hour or two
    python -m tests.mutants "lean forgotten"     # by name

Each bug goes into a copy of the checkout of its own. Copies without a bug, each under another seed of hypothesis, must
raise no alarm, and at least 19 of 20 bugs must raise one.
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from tests.mutants.planted import MUTANTS, Mutant, OutdatedError
from tests.mutants.trial import ROOT, Trial, try_copy

LEAST = 19 / 20


def run(chosen: tuple[Mutant, ...], clean: int = 1, jobs: int = 1) -> bool:
    """Try copies without a bug and one of every mutant, telling of each; whether all is as it should be."""
    for mutant in chosen:  # what is out of date is said before anybody waits
        mutant.planted(ROOT)
    started, wanted = time.monotonic(), [*((None, seed) for seed in range(clean)), *((mutant, 0) for mutant in chosen)]
    with ThreadPoolExecutor(jobs) as side_by_side:
        trials = []
        for trial in side_by_side.map(lambda each: try_copy(each[0], seed=each[1]), wanted):
            trials.append(trial)
            _tell(trial)
    untouched, planted = trials[:clean], trials[clean:]
    killed = sum(trial.killed for trial in planted)
    print(f"killed {killed}/{len(planted)} in {(time.monotonic() - started) / 60:.0f} minutes")  # noqa: T201
    sound = all(trial.survived for trial in untouched) and not any(trial.broken for trial in planted)
    return sound and killed >= LEAST * len(planted)


def _tell(trial: Trial) -> None:
    print(f"{trial.verdict:9} {trial.seconds:5.0f} s  {trial.name:46} {trial.noticed_by}", flush=True)  # noqa: T201


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="bugs to plant (default: all)")
    parser.add_argument("--clean", type=int, default=3, help="copies without a bug, each under a seed of its own")
    parser.add_argument("--jobs", type=int, default=1, help="copies tried side by side")
    asked = parser.parse_args()
    if asked.clean < 1:
        parser.error("--clean: at least one copy without a bug must raise no alarm")
    names = asked.names
    unknown = set(names) - {mutant.name for mutant in MUTANTS}
    if unknown:
        parser.error(f"there is no bug named {', '.join(sorted(unknown))}")
    try:
        chosen = tuple(mutant for mutant in MUTANTS if not names or mutant.name in names)
        return 0 if run(chosen, asked.clean, asked.jobs) else 1
    except OutdatedError as error:
        parser.error(str(error))


if __name__ == "__main__":
    sys.exit(main())
