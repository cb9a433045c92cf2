"""What the lines of a resolved case would have been worth as one forecast, day by day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from forecast.record.combination import Combination, combine
from forecast.record.past import PastQuestion
from forecast.record.scoreboard import CaseBoard
from forecast.record.scores import Scores, Statement, average, days_standing, score
from forecast.record.track import Entry


@dataclass(frozen=True)
class PooledEntry:
    """The combination of one day, for how long it stood, and what each of its pools was worth."""

    combination: Combination
    days: int
    scores: dict[str, Scores]


@dataclass(frozen=True)
class PoolTrack:
    """Every day on which two lines or more had a forecast, oldest first."""

    entries: tuple[PooledEntry, ...]

    @property
    def means(self) -> dict[str, Scores]:
        """Each pool's mean over the days, of those pools that there were on all of them."""
        names = self.entries[0].scores if self.entries else ()
        days = [entry.days for entry in self.entries]
        return {
            name: average([entry.scores[name] for entry in self.entries], days)
            for name in names
            if all(name in entry.scores for entry in self.entries)
        }

    def document(self) -> list[dict[str, Any]]:
        """As JSON has it: a row a pool."""
        return [
            {
                "pool": name,
                **mean.document(),
                "days": sum(entry.days for entry in self.entries),
                "weeks": [self._week(entry, name) for entry in self.entries],
            }
            for name, mean in self.means.items()
        ]

    def _week(self, entry: PooledEntry, name: str) -> dict[str, Any]:
        return {
            "as_of": entry.combination.members[0].as_of.isoformat(),
            "days": entry.days,
            **entry.scores[name].document(),
            "disagreement": entry.combination.bits,
            "learned_from": entry.combination.learned_from,
        }


@dataclass(frozen=True)
class PoolRecord:
    """A pool over several questions, each counting alike."""

    pool: str
    questions: int
    mean: Scores


def pool_records(tracks: Iterable[PoolTrack]) -> tuple[PoolRecord, ...]:
    """Every pool over the questions that have it."""
    found: dict[str, list[Scores]] = {}
    for track in tracks:
        for name, mean in track.means.items():
            found.setdefault(name, []).append(mean)
    return tuple(PoolRecord(name, len(means), average(means, [1] * len(means))) for name, means in found.items())


def pool_track(board: CaseBoard, past: Sequence[PastQuestion], share: float) -> PoolTrack:
    """Combine the lines of a resolved case on every day on which there are two, and score what comes of it."""
    spoken: dict[date, list[tuple[Entry, Statement | None]]] = {}
    for standing in board.standings:
        rates = next((found.rival.said for found in standing.comparisons if found.rival.name == "base_rates"), None)
        for number, entry in enumerate(standing.line.entries):
            spoken.setdefault(entry.run.as_of, []).append((entry, rates[number] if rates else None))
    days = [day for day in sorted(spoken) if len(spoken[day]) > 1]
    entries = []
    for day, stood in zip(days, days_standing(days, board.resolution.date) if days else (), strict=True):
        alike = [pair for pair in spoken[day] if list(pair[0].said.chances) == list(spoken[day][0][0].said.chances)]
        rates_of_day = next((rates for _, rates in alike if rates is not None), None)
        found = combine([entry.run for entry, _ in alike], rates_of_day, past, share)
        scored = {name: scores for name, said in found.pools.items() if (scores := score(said, board.resolution))}
        entries.append(PooledEntry(found, stood, scored))
    return PoolTrack(tuple(entries))
