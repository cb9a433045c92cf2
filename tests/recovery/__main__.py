"""Recover what is known of simulated worlds, and find out how far calibration bends where a world is not as modelled.

    python -m tests.recovery                              # 200 worlds, and 100 of each broken kind: about an hour
    python -m tests.recovery --worlds 0 --broken 0 --whole 200    # with gates, deadlines, searches, past episodes
    python -m tests.recovery --page docs/proof.md         # with the tables into the page

One process; it may be interrupted and goes on where it was. The kinds advance together, so that what is there at any
moment can be compared.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from forecast.inference.batch import Batch
from tests.model.harbour import latent_drivers
from tests.recovery.page import MARKS, put, tables
from tests.recovery.store import store_of
from tests.recovery.worlds import KINDS, harbour_problem, recovered


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=200, help="as the model has them")
    parser.add_argument("--broken", type=int, default=100, help="of each broken kind")
    parser.add_argument("--whole", type=int, default=0, help="of the whole harbour")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no world after so long")
    parser.add_argument("--page", type=Path, help="the page that the tables go into (default: printed)")
    asked = parser.parse_args()
    wanted = {**dict.fromkeys(KINDS, asked.broken), "as-modelled": asked.worlds, "whole": asked.whole}
    stores = {kind: store_of(kind) for kind in KINDS}
    found = {kind: store.read() for kind, store in stores.items()}
    missing = [(n / wanted[kind], kind, n) for kind in KINDS for n in range(wanted[kind]) if n not in found[kind]]
    until, batch = time.monotonic() + 60 * asked.minutes, None
    for place, (_, kind, number) in enumerate(sorted(missing)):
        if time.monotonic() > until:
            break
        batch = batch or Batch(latent_drivers(), harbour_problem())
        found[kind][number] = recovered(batch, KINDS[kind], number)
        stores[kind].add(found[kind][number])
        sys.stderr.write(f"\r{place + 1} of {len(missing)}")
    done = {kind: [worlds[n] for n in sorted(worlds)] for kind, worlds in found.items() if len(worlds) > 1}
    for right, marks in zip(("as-modelled", "whole"), MARKS, strict=True):
        if right not in done:
            continue  # there is nothing to hold the broken ones against
        text = tables({kind: worlds for kind, worlds in done.items() if KINDS[kind].whole is KINDS[right].whole})
        if asked.page is None:
            print(text)  # noqa: T201
        else:
            page = put(asked.page.read_text("utf-8"), text, marks)
            asked.page.write_text(page, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
