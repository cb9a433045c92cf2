"""What may have been reported twice: what is proposed, what is not, and what a yes writes into the journal."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import pytest

from forecast.case.reading import read_case
from forecast.errors import InputError
from forecast.evidence import duplicates
from forecast.evidence.duplicates import Joining, Proposal, proposals
from forecast.evidence.intake import take_in
from forecast.evidence.joining import Answers, amendments, joinings, read_joinings, write_proposals
from forecast.evidence.journal import Row, View, view
from forecast.evidence.ledger import CsvLedger
from tests.evidence.samples import NOW, row
from tests.small_case import write_case

DAY = dt.date(2026, 3, 1)
PIER, FERRY = "Dockers at Port Example vote to strike over wages", "Ferry to the island sinks in a storm, nobody hurt"


def report(name: str, **changes: Any) -> Row:
    """A report that has nothing in common with any other but what is said."""
    own = {"event_id": f"e-{name}", "url": f"https://{name}.example/story", "title": f"{name} alone", "note": ""}
    return row(report_id=name, **{**own, **changes})


def known(*rows: Row) -> View:
    return view(rows, DAY, "recorded")


def found(*rows: Row) -> set[tuple[str, str, tuple[str, ...]]]:
    return {(each.kind, each.into, ids(each)) for each in proposals(known(*rows))}


def ids(each: Proposal) -> tuple[str, ...]:
    return tuple(report.report_id for report in each.reports)


# ---------------------------------------------------------------------------- what is proposed


def test_reports_that_have_nothing_in_common_are_left_alone() -> None:
    assert found(report("A", title=PIER), report("B", title=FERRY)) == set()


@pytest.mark.parametrize(
    "other",
    [
        "http://www.a.example/story/",
        "https://a.example/story?utm_source=x&fbclid=1",
        "https://m.a.example/story#top",
        "https://a.example/story/amp",
    ],
)
def test_one_link_however_it_is_written_is_one_origin(other: str) -> None:
    rows = report("A", url="https://a.example/story"), report("B", url=other)
    assert ("origin", "A", ("A", "B")) in found(*rows)


@pytest.mark.parametrize("other", ["https://a.example/", "https://a.example/story?id=2", "https://b.example/story"])
def test_another_link_is_another_link(other: str) -> None:
    rows = report("A", url="https://a.example/story?id=1"), report("B", url=other)
    assert found(*rows) == set()
    assert found(report("A", url="https://a.example/"), report("B", url="https://a.example")) == set()


def test_nearly_the_same_headline_is_one_origin_and_one_event() -> None:
    rows = report("A", title=PIER), report("B", title=f"UPDATE {PIER.upper()}", published_date="2026-01-22")
    assert found(*rows) == {("origin", "A", ("A", "B")), ("event", "e-A", ("A", "B"))}


def test_one_origin_is_surer_than_one_event() -> None:
    rows = report("A", title=PIER), report("B", title=PIER)
    sure = {each.kind: each.sure for each in proposals(known(*rows))}
    assert sure == {"origin": 0.95, "event": 0.76}


def test_a_name_that_every_report_holds_tells_nothing_apart() -> None:
    """In a few reports it does: the case is about it only where it is in more than twenty, and in a tenth."""

    def named(number: int, *, others: int) -> set[tuple[str, str, tuple[str, ...]]]:
        told = [
            report(f"A{n}", title=f"one{n} two{n} three{n} with Quimby", event_date=f"2026-01-{n % 10 + 1:02}")
            for n in range(number)
        ]
        return found(*told, *(report(f"B{n}", title=f"four{n} five{n} six{n}") for n in range(others)))

    assert named(20, others=0)
    assert not named(21, others=0)
    assert named(21, others=200)


def test_the_same_headline_weeks_later_is_news() -> None:
    late = report("B", title=PIER, event_date="2026-02-15", published_date="2026-02-15", coded_at="2026-02-16")
    assert found(report("A", title=PIER), late) == set()
    assert found(report("A", title=f"{PIER} again"), late) == set()


def test_a_headline_under_another_indicator_is_one_origin_of_two_events() -> None:
    rows = report("A", title=PIER), report("B", title=PIER, indicator="tender")
    assert found(*rows) == {("origin", "A", ("A", "B"))}


def test_the_same_day_indicator_and_actors_may_be_one_event() -> None:
    rows = report("A", title="Talks of Mayor Quimby with Kahn"), report("B", title="No deal: Quimby leaves, Kahn stays")
    (each,) = proposals(known(*rows))
    assert (each.kind, each.into, ids(each)) == ("event", "e-A", ("A", "B"))
    assert each.why == ("the same day and indicator (strikes), and both name Kahn, Quimby",)
    assert each.sure < 0.8
    assert found(rows[0], report("B", title=rows[1].title, event_date="2026-01-19")) == set()
    assert found(rows[0], report("B", title=rows[1].title, indicator="tender")) == set()


def test_what_is_joined_already_is_not_proposed() -> None:
    rows = report("A", title=PIER), report("B", title=PIER, origin_id="A", event_id="e-A")
    assert found(*rows) == set()


def test_three_of_one_wire_are_one_group_as_sure_as_its_weakest_link() -> None:
    near = f"{PIER} and pay, again"
    rows = report("A", title=PIER), report("B", title=PIER), report("C", title=near)
    (origin,) = (each for each in proposals(known(*rows)) if each.kind == "origin")
    assert ids(origin) == ("A", "B", "C")
    assert origin.sure < 0.95
    assert len(origin.why) == 2


@pytest.mark.parametrize("no", [("A", "C"), ("A", "B"), ("B", "C")])
def test_what_was_told_apart_is_in_no_group_together(no: tuple[str, str]) -> None:
    rows = [report(name, title=PIER) for name in "ABC"]
    apart = [Joining(no[1], "origin", no[0])]
    groups = [set(ids(each)) for each in proposals(known(*rows), apart) if each.kind == "origin"]
    assert not any({*no} <= group for group in groups)
    assert groups, "of three in a chain two are left together"
    assert [ids(each) for each in proposals(known(*rows), apart) if each.kind == "event"] == [("A", "B", "C")]


def test_a_report_told_apart_from_an_event_is_so_whatever_its_own_event_is_called_now() -> None:
    rows = [
        report("A", title=PIER),
        report("B", title=PIER, event_id="e-new"),
        report("C", title=PIER, event_id="e-new"),
    ]
    apart = [Joining("B", "event", "e-A")]
    assert [ids(each) for each in proposals(known(*rows), apart) if each.kind == "event"] == []
    assert [ids(each) for each in proposals(known(*rows), [Joining("gone", "event", "e-A")])] == [
        ids(each) for each in proposals(known(*rows))
    ]


WORDS = [f"w{number}" for number in range(3_000)]


def made_up(stories: int, copies: int, seed: int) -> tuple[list[Row], list[frozenset[str]]]:
    """Stories, each with near copies of its headline, among as many that are alone."""
    rng = random.Random(seed)
    rows, groups = [], []
    for story in range(stories):
        words = rng.sample(WORDS, 9)
        group = [report(f"s{story}-0", title=" ".join(words))]
        for copy in range(1, copies):
            changed = [word if rng.random() > 0.1 else rng.choice(WORDS) for word in words]
            group.append(report(f"s{story}-{copy}", title=" ".join(changed), published_date="2026-01-22"))
        groups.append(frozenset(each.report_id for each in group))
        rows += group
        rows.append(report(f"alone{story}", title=" ".join(rng.sample(WORDS, 9))))
    rng.shuffle(rows)
    return rows, groups


def test_copies_are_found_and_others_left_alone() -> None:
    rows, groups = made_up(200, 3, seed=4)
    together = [set(ids(each)) for each in proposals(known(*rows)) if each.kind == "origin"]
    pairs = {(a, b) for group in together for a in group for b in group if a < b}
    true = {(a, b) for group in groups for a in group for b in group if a < b}
    assert len(pairs & true) >= 0.95 * len(true)
    assert len(pairs - true) <= 0.02 * len(pairs)


def test_comparisons_grow_with_the_reports_and_not_with_their_square() -> None:
    same = [report(f"r{n}", title=f"{PIER} number {n}") for n in range(2_000)]
    words = {each.report_id: frozenset(each.title.split()) for each in same}
    compared = sum(1 for _ in duplicates._meetings(known(*same).reports, words))
    assert compared <= len(same) * 5 * duplicates.NEIGHBOURS


# ---------------------------------------------------------------------------- what a yes does


def test_joining_amends_and_changes_no_grade(tmp_path: Path) -> None:
    case = read_case(write_case(tmp_path / "harbour"))
    ledger = CsvLedger(case.folder / "evidence.csv")
    rows = [report("A", title=PIER), report("B", title=PIER, coder="bob", grade=2, note="Seen by me.")]
    ledger.append(rows)
    for each in proposals(known(*rows)):
        take_in(amendments(joinings(each), ledger.read(), "eve", NOW, "x"), case, ledger)
    kept = ledger.read()
    assert kept[:2] == tuple(rows)
    _, second = known(*kept).reports
    assert (second.origin_id, second.event_id) == ("A", "e-A")
    (coding,) = second.codings
    assert (coding.coder, coding.grade) == ("bob", 2)
    assert coding.note.startswith("Seen by me.\n[")
    assert "confirmed by eve" in coding.note
    assert proposals(known(*kept)) == ()


def test_a_yes_to_event_and_origin_is_one_amendment(tmp_path: Path) -> None:
    rows = [report("A", title=PIER), report("B", title=PIER), report("B", title=PIER, coder="zoe", url="")]
    wanted = [each for proposal in proposals(known(*rows)) for each in joinings(proposal)]
    (incoming,) = amendments(wanted, rows, "eve", NOW, "x").incoming
    assert (incoming.row.coder, incoming.row.event_id, incoming.row.origin_id) == ("zoe", "e-A", "A")
    assert incoming.row.url == ""


def test_the_file_says_what_was_said_yes_to(tmp_path: Path) -> None:
    rows = [report("A", title=PIER), report("B", title="=1+1 " + PIER), report("C", title=PIER)]
    path = tmp_path / "p.csv"
    write_proposals(path, proposals(known(*rows)))
    text = path.read_text(encoding="utf-8")
    assert "'=1+1" in text
    lines = [line + "yes" if ",B," in line and ",origin," in line else line for line in text.splitlines()]
    (wanted,) = read_joinings("\n".join(lines).encode(), "p.csv", known(*rows)).yes
    assert (wanted.report_id, wanted.kind, wanted.into) == ("B", "origin", "A")
    assert read_joinings(text.encode(), "p.csv", known(*rows)) == Answers((), ())


def test_every_line_that_cannot_be_followed_is_named() -> None:
    text = "kind,into,report_id,accept\norigin,A,gone,yes\nevent,gone,B,y\nplace,A,B,yes\norigin,A,B,perhaps\n"
    with pytest.raises(InputError) as caught:
        read_joinings(text.encode(), "p.csv", known(report("A"), report("B")))
    assert [(fault.line, fault.message) for fault in caught.value.problems] == [
        (2, "no such report stands any more"),
        (3, "there is no event 'gone' any more"),
        (4, "kind 'place' is not one of 'event' and 'origin'"),
        (5, "accept 'perhaps' is neither yes nor no"),
    ]
    with pytest.raises(
        InputError, match=r"p\.csv:1: it has not the columns .*: write one with 'forecast evidence duplicates -o"
    ):
        read_joinings(b"a,b\n", "p.csv", known())
