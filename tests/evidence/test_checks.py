"""Rows against their case, and the words in which they are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import zip_longest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.case.schema import Case
from forecast.case.sources import Source
from forecast.evidence.checks import SHORT_NAME, check_rows
from forecast.evidence.journal import Row
from tests.evidence.samples import bare_retraction, row
from tests.model.harbour import harbour as big_harbour


def problems(case: Case, *rows: Row, present: tuple[Row, ...] = ()) -> list[str]:
    return [str(problem) for problem in check_rows(rows, case, "e.csv", present).problems]


def warnings(case: Case, *rows: Row, present: tuple[Row, ...] = ()) -> list[str]:
    findings = check_rows(rows, case, "e.csv", present)
    assert findings.problems == ()
    return [str(warning) for warning in findings.warnings]


def test_rows_of_the_case_are_fine(harbour: Case) -> None:
    office = row(report_id="R2", event_id="e2", source="Harbour Office", source_type="official", indicator="tender")
    assert warnings(harbour, row(), row(coder="bob", coded_at="2026-01-23"), office) == []


def test_an_unknown_indicator(harbour: Case) -> None:
    assert problems(harbour, row(indicator="strike", line=4)) == [
        "e.csv:4: there is no indicator 'strike': did you mean 'strikes'?"
    ]
    (told,) = problems(harbour, row(indicator="qqq"))
    assert told.startswith("e.csv: there is no indicator 'qqq': use ")
    assert all(f"'{known}'" in told for known in harbour.indicators)


def test_an_unknown_indicator_is_refused_even_in_history(harbour: Case) -> None:
    assert len(problems(harbour, row(indicator="strike"), row(coded_at="2026-01-23"))) == 1


@pytest.mark.parametrize(
    "name",
    [
        "port gazette",
        "PortGazette",
        "Port  Gazette",
        "Port-Gazette",
        "Port Gazete",
        "Port Gazettte",
        "Prot Gazette",
        "Port Gazettf",
    ],
)
def test_a_near_miss_of_a_registered_source(harbour: Case, name: str) -> None:
    (told,) = problems(harbour, row(source=name))
    assert told.lower().startswith("e.csv: source 'p")
    assert told.endswith(
        "is not in the register: did you mean 'Port Gazette'? (if it is another source, add it to sources.yaml)"
    )


@pytest.mark.parametrize("name", ["Port Journal", "Gazette", "Port Gazette 2", "Ports Gazettes", "P"])
def test_a_new_source_is_accepted_with_a_warning(harbour: Case, name: str) -> None:
    assert warnings(harbour, row(source=name), row(report_id="R2", source=name)) == [
        (
            f"e.csv: source '{name}' is not in the register: "
            "add what is missing to sources.yaml, with its usual reliability and its lean"
        )
    ]


def test_short_names_that_differ_in_one_letter_are_two(harbour: Case) -> None:
    register = {**harbour.sources, "INA": harbour.sources["Port Gazette"], "Channel 4": harbour.sources["Port Gazette"]}
    case = _with_sources(harbour, register)
    (told,) = warnings(case, row(source="IRNA"), row(report_id="R2", source="Channel 5"))
    assert "sources 'IRNA' and 'Channel 5' are not in the register" in told


def test_a_journal_full_of_new_sources_is_one_warning(harbour: Case) -> None:
    """Whoever registers nobody reads it once a command, not once a source."""
    rows = [row(report_id=f"R{n}", source=f"{chr(65 + n)} Radio {n * 'x'}") for n in range(25)]
    (told,) = warnings(harbour, *rows)
    assert "'A Radio', 'B Radio x', " in told
    assert told.count("Radio") == 20
    assert "and 5 more are not in the register" in told


def _slips(name: str) -> set[str]:
    """All that one slip of the finger makes of a name: a letter left out, added, changed, or two swapped."""
    cuts = [(name[:place], name[place:]) for place in range(len(name) + 1)]
    left_out = {before + after[1:] for before, after in cuts if after}
    added = {before + letter + after for before, after in cuts for letter in LETTERS}
    changed = {before + letter + after[1:] for before, after in cuts if after for letter in LETTERS}
    swapped = {before + after[1] + after[0] + after[2:] for before, after in cuts if len(after) > 1}
    return left_out | added | changed | swapped


LETTERS = "ab1"


@settings(max_examples=300)
@given(known=st.text(LETTERS, min_size=5, max_size=8), data=st.data())
def test_a_source_is_taken_for_a_slip_just_where_one_slip_makes_it(known: str, data: st.DataObject) -> None:
    name = data.draw(st.text(LETTERS, min_size=5, max_size=8) | st.sampled_from(sorted(_slips(known))))
    case = _with_sources(big_harbour(), {known: big_harbour().sources["Port Gazette"]})
    parted = next((pair for pair in zip_longest(known, name, fillvalue="") if pair[0] != pair[1]), ("", ""))
    another_number = any(sign.isdigit() for sign in parted)
    meant = name in _slips(known) and min(len(name), len(known)) >= SHORT_NAME and not another_number
    assert bool(problems(case, row(source=name))) == (meant and name != known)


def test_an_unknown_source_type(harbour: Case) -> None:
    assert problems(harbour, row(source="New Radio", source_type="radio")) == [
        "e.csv: there is no source type 'radio': use 'press' or 'official'"
    ]


def test_a_registered_source_has_the_type_of_the_register(harbour: Case) -> None:
    assert problems(harbour, row(source_type="official")) == [
        "e.csv: source_type 'official' is not that of 'Port Gazette' in sources.yaml: write press"
    ]


def test_a_new_source_has_one_type(harbour: Case) -> None:
    here = row(source="New Radio", source_type="official", report_id="R2", coded_at="2026-01-23")
    assert problems(harbour, here, present=(row(source="New Radio"),)) == [
        (
            "e.csv: source_type 'official' of 'New Radio' is 'press' elsewhere: "
            "write the same in both, or add the source to sources.yaml"
        )
    ]


def test_sources_of_rows_that_have_been_amended_are_history(harbour: Case) -> None:
    amended = row(source="Port Gazete", source_type="radio")
    assert problems(harbour, amended, row(coded_at="2026-01-23")) == []


def test_reports_of_one_event_on_two_days(harbour: Case) -> None:
    other = row(report_id="R2", event_date="2026-01-19", coded_at="2026-01-23", line=3)
    assert warnings(harbour, row(line=2), other) == [
        (
            "e.csv:3: event 'strike-vote' is of 2026-01-19 here and of 2026-01-20 in report 'R1': "
            "give both the same event_date, or one of them another event_id"
        )
    ]
    assert warnings(harbour, row(line=2), other, bare_retraction(report_id="R2", coded_at="2026-02-01")) == []


def test_the_report_that_gave_its_day_first_is_the_measure(harbour: Case) -> None:
    amended = [row(event_date="2026-01-18"), row(event_date="2026-01-19", coded_at="2026-01-25", line=4)]
    (told,) = warnings(harbour, *amended, row(report_id="R2", coded_at="2026-01-23", line=3))
    assert told.startswith("e.csv:4: event 'strike-vote' is of 2026-01-19 here and of 2026-01-20 in report 'R2'")


def test_a_retraction_may_be_sparing_with_facts(harbour: Case) -> None:
    assert warnings(harbour, bare_retraction(coder="eve", title="", coded_at="2026-02-01"), present=(row(),)) == []


def test_coders_who_differ_on_the_facts_of_a_report(harbour: Case) -> None:
    second = row(coder="bob", coded_at="2026-01-23", title="Other", event_id="e9")
    assert warnings(harbour, second, present=(row(),)) == [
        (
            "e.csv: event_id, title of report 'R1' differ from the row of 'ann': "
            "what stands here counts, being later: amend it if that is wrong"
        )
    ]
    (of_one,) = warnings(harbour, row(coder="bob", coded_at="2026-01-23", title="Other"), present=(row(),))
    assert of_one.startswith("e.csv: title of report 'R1' differs from the row of 'ann': ")
    mended = row(coder="bob", coded_at="2026-01-24")
    assert warnings(harbour, mended, present=(row(), second)) == []


def test_a_coder_may_amend_what_is_his_alone(harbour: Case) -> None:
    assert warnings(harbour, row(title="Other", coded_at="2026-01-23"), present=(row(),)) == []


def test_a_retraction_of_what_nobody_coded(harbour: Case) -> None:
    assert warnings(harbour, bare_retraction(report_id="R11"), present=(row(report_id="R12"),)) == [
        "e.csv: nobody has coded the report 'R11' that is retracted: did you mean 'R12'?"
    ]
    assert warnings(harbour, bare_retraction()) == [
        "e.csv: nobody has coded the report 'R1' that is retracted: give the report_id of a report that has been coded"
    ]


def test_a_report_of_a_day_on_which_nobody_listens_is_pointed_at(harbour: Case) -> None:
    """Before drivers have a past, and after the horizon; the days themselves are within."""
    begins, ends = harbour.question.history_from, harbour.question.horizon
    first = row(event_date=begins, published_date=begins)
    early = row(report_id="R2", event_id="e2", event_date=begins - timedelta(days=1), published_date=begins, line=3)
    last = row(report_id="R3", event_id="e3", published_date=ends, coded_at="2026-07-09")
    late = row(report_id="R4", event_id="e4", published_date=ends + timedelta(days=1), coded_at="2026-07-09")
    assert warnings(harbour, first, early, last, late) == [
        (
            "e.csv: published_date 2026-06-29 is after the horizon, 2026-06-28: no forecast can know of it: "
            "correct it, or leave the report out"
        ),
        (
            "e.csv:3: event_date 2025-11-30 is before 2025-12-01, from when drivers have a past: it moves nothing: "
            "correct it, or move history_from in case.yaml back"
        ),
    ]


def test_content_of_a_report_that_is_not_there_is_pointed_at_once(harbour: Case) -> None:
    copies = [row(report_id=name, origin_id=of) for name, of in (("R1", ""), ("R2", "R1"), ("R3", "R9"), ("R4", "R9"))]
    assert warnings(harbour, *copies[1:], present=(copies[0],)) == [
        (
            "e.csv: there is no report 'R9' whose content it would be: "
            "give as origin_id the report_id of the earliest, or leave it empty"
        )
    ]


def test_rows_that_are_there_already_are_not_checked_again(harbour: Case) -> None:
    assert problems(harbour, row(report_id="R2"), present=(row(indicator="gone", source="Port Gazete"),)) == []


def test_findings_come_in_the_order_of_lines(harbour: Case) -> None:
    told = problems(
        harbour,
        row(report_id="R1", source_type="radio", line=2),
        row(report_id="R2", indicator="qqq", line=3),
        row(report_id="R3", source="port gazette", line=4),
    )
    assert [text.split(":")[1] for text in told] == ["2", "3", "4"]


def _with_sources(case: Case, register: dict[str, Source]) -> Case:
    return replace(case, sources=register)
