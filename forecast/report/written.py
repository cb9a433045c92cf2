"""The report as Markdown, for a wiki or a repository, with its figures beside it."""

from __future__ import annotations

from typing import Final

from forecast.report import paths, plots, proofs
from forecast.report.document import Document
from forecast.report.panels import Panel, sheet
from forecast.report.picture import draw
from forecast.report.trust import FEW_ORIGINS, STALE_DAYS
from forecast.report.wording import environment, phrase, sentence

FOLDER: Final = "figures"
"""Where the figures lie, beside the report, if not otherwise said."""
WIDE: Final = 960
MOST: Final = 12
"""Panels on a sheet."""


def written(document: Document, folder: str = FOLDER) -> tuple[str, dict[str, str]]:
    """The report, and its figures by name as SVG files with their own colours, light and dark."""
    figures = drawings(document)
    text = environment("markdown").get_template("report.md.jinja").render(
        document=document,
        figures=figures,
        folder=folder,
        limits={"few_origins": FEW_ORIGINS, "stale_days": STALE_DAYS},
    )  # fmt: skip
    return _spaced(text), figures


def drawings(document: Document) -> dict[str, str]:
    """The page's figures as files of their own."""
    now, history = document.standing, document.history
    titles, foot = phrase("figure_titles"), [sentence("figure_foot", document)]
    futures = plots.futures(now, name="f", title=titles["futures"], finding=sentence("alt_futures", now))
    ahead = plots.timing(
        document.timing, name="t", title=titles["timing"], finding=sentence("alt_timing", document), width=WIDE
    )
    found = {
        "forecast": draw(document),
        "futures": sheet(titles["futures"], foot, [Panel("", futures)], (400, 400), 1),
        "timing": sheet(titles["timing"], foot, [Panel("", ahead)], (WIDE, 380), 1),
    }
    if len(history.days) > 1:
        courses = [
            Panel(
                f"{course.outcome.probability.text} {course.outcome.label}",
                plots.course(
                    course,
                    history,
                    name=f"c{place}",
                    title=sentence("course_title", course),
                    finding=sentence("alt_course", course, document),
                ),
            )
            for place, course in enumerate(history.courses[:MOST])
        ]
        found["history"] = sheet(titles["history"], foot, courses, (336, 158), 3)
    if document.drivers:
        drivers = [
            Panel(
                f"{driver.now.mean.text} {driver.label}",
                paths.driver(
                    driver,
                    name=f"d{place}",
                    title=sentence("driver_title", driver),
                    finding=sentence("alt_driver", driver),
                ),
            )
            for place, driver in enumerate(document.drivers[:MOST])
        ]
        found["drivers"] = sheet(titles["drivers"], foot, drivers, (336, 158), 3)
    if document.sampled:
        ranks = [
            Panel(
                each.outcome.label,
                proofs.ranks(each, name=f"r{place}", title=each.outcome.label, finding=sentence("alt_ranks", each)),
            )
            for place, each in enumerate(document.sampled.ranks[:MOST])
        ]
        found["ranks"] = sheet(titles["ranks"], foot, ranks, (336, 137), 3)
    return found


def _spaced(text: str) -> str:
    """No more than one empty line between two parts, and none at the ends of lines."""
    kept: list[str] = []
    for line in (each.rstrip() for each in text.strip().splitlines()):
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept) + "\n"
