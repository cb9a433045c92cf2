"""Fuzz a reader by hand: `python tests/fuzz/fuzz.py csv --seconds 60`; needs `pip install atheris`.

What it finds is left in `tests/fuzz/crashes/<target>/` and replayed by the ordinary tests from then on.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import atheris

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

with atheris.instrument_imports(include=["forecast"]):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    """Run one target until the time is over or something is found."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("target", choices=TARGETS)
    words.add_argument("--seconds", type=int, default=60)
    words.add_argument("--patience", type=int, default=2, help="seconds of one input; more where others are at work")
    asked = words.parse_args()
    target = TARGETS[asked.target]
    crashes = HERE / "crashes" / asked.target
    crashes.mkdir(parents=True, exist_ok=True)
    for seed in target.seeds:
        target.check(seed)  # what is made once, as templates are, is no input's fault
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(target.seeds):
            Path(corpus, str(number)).write_bytes(seed)
        limits = [
            f"-max_total_time={asked.seconds}",
            f"-timeout={asked.patience}",
            "-rss_limit_mb=1024",
            "-max_len=8192",
        ]
        atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={crashes}/", corpus], target.check)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
