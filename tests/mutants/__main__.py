"""Plant bugs in the model, one at a time, and see whether the fast exact tests notice.

    python -m tests.mutants                      # all of them: about an hour
    python -m tests.mutants "lean forgotten"     # by name

Each bug goes into a copy of the checkout of its own. A copy without a bug must raise no alarm, and at least 19 of 20
bugs must raise one.
"""

from __future__ import annotations

import argparse
import sys
import time

from tests.mutants.planted import MUTANTS, Mutant, OutdatedError
from tests.mutants.trial import ROOT, Trial, try_copy

LEAST = 19 / 20


def run(chosen: tuple[Mutant, ...]) -> bool:
    """Try a copy without a bug and one of every mutant, telling of each; whether all is as it should be."""
    for mutant in chosen:  # what is out of date is said before anybody waits
        mutant.planted(ROOT)
    started, trials = time.monotonic(), []
    for mutant in (None, *chosen):
        trials.append(try_copy(mutant))
        _tell(trials[-1])
    clean, *planted = trials
    killed = sum(trial.killed for trial in planted)
    print(f"killed {killed}/{len(planted)} in {(time.monotonic() - started) / 60:.0f} minutes")  # noqa: T201
    return clean.survived and not any(trial.broken for trial in planted) and killed >= LEAST * len(planted)


def _tell(trial: Trial) -> None:
    print(f"{trial.verdict:9} {trial.seconds:5.0f} s  {trial.name:46} {trial.noticed_by}", flush=True)  # noqa: T201


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="bugs to plant (default: all)")
    names = parser.parse_args().names
    unknown = set(names) - {mutant.name for mutant in MUTANTS}
    if unknown:
        parser.error(f"there is no bug named {', '.join(sorted(unknown))}")
    try:
        return 0 if run(tuple(mutant for mutant in MUTANTS if not names or mutant.name in names)) else 1
    except OutdatedError as error:
        parser.error(str(error))


if __name__ == "__main__":
    sys.exit(main())
