"""Feeds of events in their own layouts, and what a mapping makes of them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from forecast.case.reading import read_case
from forecast.case.schema import Case
from forecast.errors import InputError
from forecast.evidence.cells import ALL_COLUMNS
from forecast.evidence.feeds import read_deletions, read_feed
from forecast.evidence.layouts import GDELT_1, GDELT_2, POLECAT_LINE
from forecast.evidence.mapping import MappingFile, read_mapping
from forecast.evidence.proposals import Proposals, accepted, propose, read_proposals, write_proposals
from tests.evidence.feed_samples import ACLED, DELETIONS, MAPPING, POLECAT, gdelt
from tests.evidence.samples import NOW
from tests.small_case import write_case, write_yaml

DAY = dt.date(2026, 1, 20)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return read_case(write_case(tmp_path / "harbour"))


def mapping_of(case: Case, content: Any = MAPPING) -> MappingFile:
    return read_mapping(write_yaml(case.folder.parent / "mapping.yaml", content), case)


# ---------------------------------------------------------------------------- layouts


def test_the_layouts_of_gdelt_have_their_widths() -> None:
    assert (len(GDELT_1), len(GDELT_2)) == (58, 61)
    assert (GDELT_2.index("EventCode"), GDELT_2.index("ActionGeo_FullName"), GDELT_2[-1]) == (26, 52, "SOURCEURL")
    assert (GDELT_1.index("ActionGeo_CountryCode"), GDELT_1.index("DATEADDED")) == (51, 56)


@pytest.mark.parametrize("version", [1, 2])
def test_gdelt(version: int) -> None:
    (event,) = read_feed("gdelt", gdelt({}, version=version), "x")
    assert (event.id, event.code, event.weight) == ("1001", "143", 10)
    assert (event.happened, event.seen) == (DAY, dt.date(2026, 1, 21))
    assert (event.actors, event.targets) == (("LAB", "DOCKER"), ("GBRGOV", "CITY COUNCIL"))
    assert event.places == ("UK", "UKE4", "Port Example, Essex, United Kingdom")
    assert event.url == "https://gazette.example/strike"
    (leading,) = read_feed("gdelt", gdelt({"EventCode": "036", "SOURCEURL": "BBC Monitoring"}, version=version), "x")
    assert (leading.code, leading.url) == ("036", "")


def test_acled() -> None:
    first, second, _ = read_feed("acled", ACLED, "x")
    assert (first.id, first.code) == ("GBR101", "Protests/Peaceful protest")
    assert (first.happened, first.seen) == (DAY, dt.date(2026, 1, 22))
    assert first.actors == ("Protesters (United Kingdom)", "Labor Group (UK)")
    assert "Port Example" in first.places
    assert first.text == "On 20 January, dockers marched."
    assert second.happened == dt.date(2026, 1, 21)


def test_empty_rows_between_events_are_passed_over() -> None:
    """As spreadsheets leave them behind; what stands below them counts."""
    header, *events = ACLED.split(b"\n")
    spaced = b"\n".join([header, *(line for event in events for line in (b"," * header.count(b","), event))])
    assert read_feed("acled", spaced, "x") == read_feed("acled", ACLED, "x")


def test_polecat() -> None:
    first, *_ = read_feed("polecat", POLECAT, "x")
    assert (first.id, first.code, first.happened) == ("AP-1", "PROTEST/riot", DAY)
    assert (first.actors, first.targets, first.places) == (("Dockers",), ("Police",), ("GBR",))
    assert first.seen == dt.date(2026, 1, 21)
    assert first.text == "Dockers → Police, GBR"


@pytest.mark.parametrize(
    "published",
    [
        POLECAT.replace(b"Version\n", b"Version\tHeadline\n"),
        POLECAT.replace(b"Event Mode\t", b"Event Mode\tHeadline\t", 1),
        POLECAT.replace(b"\n", b"\t\t\n"),
        POLECAT.partition(b"\n")[0] + b"\n" + POLECAT.partition(b"\n")[2].replace(b"\n", b"\t\n"),
    ],
)
def test_polecats_files_that_name_or_hold_too_much_are_read(published: bytes) -> None:
    """Its publishers left such files where they are: more names than cells, or tabs without end."""
    assert len(POLECAT_LINE) == len(set(POLECAT_LINE)) == 40
    assert read_feed("polecat", published, "x") == read_feed("polecat", POLECAT, "x")


def test_a_long_cell_of_polecat_is_read() -> None:
    long = b"x" * 200_000  # the csv module's own limit is 128 KiB
    assert read_feed("polecat", POLECAT.replace(b"None", long, 1), "x") == read_feed("polecat", POLECAT, "x")


GDELT_CODEBOOK = (
    "GLOBALEVENTID SQLDATE MonthYear Year FractionDate Actor1Code Actor1Name Actor1CountryCode Actor1KnownGroupCode "
    "Actor1EthnicCode Actor1Religion1Code Actor1Religion2Code Actor1Type1Code Actor1Type2Code Actor1Type3Code "
    "Actor2Code Actor2Name Actor2CountryCode Actor2KnownGroupCode Actor2EthnicCode Actor2Religion1Code "
    "Actor2Religion2Code Actor2Type1Code Actor2Type2Code Actor2Type3Code IsRootEvent EventCode EventBaseCode "
    "EventRootCode QuadClass GoldsteinScale NumMentions NumSources NumArticles AvgTone Actor1Geo_Type "
    "Actor1Geo_FullName Actor1Geo_CountryCode Actor1Geo_ADM1Code Actor1Geo_ADM2Code Actor1Geo_Lat Actor1Geo_Long "
    "Actor1Geo_FeatureID Actor2Geo_Type Actor2Geo_FullName Actor2Geo_CountryCode Actor2Geo_ADM1Code "
    "Actor2Geo_ADM2Code Actor2Geo_Lat Actor2Geo_Long Actor2Geo_FeatureID ActionGeo_Type ActionGeo_FullName "
    "ActionGeo_CountryCode ActionGeo_ADM1Code ActionGeo_ADM2Code ActionGeo_Lat ActionGeo_Long ActionGeo_FeatureID "
    "DATEADDED SOURCEURL"
)


def test_the_columns_of_gdelt_are_those_of_its_codebook() -> None:
    """Its files have no header: a column out of its place would be read as another."""
    assert tuple(GDELT_CODEBOOK.split()) == GDELT_2
    assert tuple(column for column in GDELT_2 if not column.endswith("ADM2Code")) == GDELT_1


ASKED = {
    "gdelt": {
        "actors": "Actor1Code|Actor1Name",
        "targets": "Actor2Code|Actor2Name",
        "places": "ActionGeo_CountryCode|ActionGeo_ADM1Code|ActionGeo_FullName",
    },
    "acled": {
        "actors": "actor1|assoc_actor_1",
        "targets": "actor2|assoc_actor_2",
        "places": "iso|country|admin1|admin2|admin3|location",
    },
    "polecat": {
        "actors": "Actor Name|Actor COW|Actor Country|Primary Actor Sector|Actor Sectors",
        "targets": "Recipient Name|Recipient COW|Recipient Country|Primary Recipient Sector|Recipient Sectors",
        "places": "Country|Province|District|City|Placename",
    },
}


def table_of(layout: str, columns: list[str], filled: dict[str, str]) -> bytes:
    """One event of a feed, with its columns in an order of our own where it has a header."""
    if layout == "gdelt":
        return gdelt(filled)
    between = "," if layout == "acled" else "\t"
    lines = (columns, [filled.get(column, "") for column in columns])
    return "".join(between.join(line) + "\n" for line in lines).encode()


@pytest.mark.parametrize(
    ("layout", "part", "column"),
    [
        (layout, part, column)
        for layout, parts in ASKED.items()
        for part, columns in parts.items()
        for column in columns.split("|")
    ],
)
def test_a_rule_may_ask_for_every_name_that_a_feed_has(layout: Any, part: str, column: str) -> None:
    fixed = {"event_id_cnty": "1", "event_date": "2026-01-20", "Event ID": "1", "Event Date": "2026-01-20"}
    header = ACLED.decode().split("\n")[0].split(",") if layout == "acled" else list(POLECAT_LINE)
    (event,) = read_feed(layout, table_of(layout, header, {**fixed, column: " Somebody "}), "x")
    assert "Somebody" in getattr(event, part)
    assert not any("Somebody" in getattr(event, other) for other in ("actors", "targets", "places") if other != part)


def test_acleds_list_of_what_it_deleted() -> None:
    found = read_deletions("acled", DELETIONS, "x")
    assert found is not None
    assert {name: when.isoformat() for name, when in found.items()} == {
        "GBR101": "2026-01-30T00:00:00+00:00",
        "GBR102": "2026-01-31T00:00:00+00:00",
        "GBR999": "2026-01-30T00:00:00+00:00",
    }
    assert read_deletions("acled", ACLED, "x") is None
    assert read_deletions("gdelt", DELETIONS, "x") is None
    with pytest.raises(InputError, match="x:3: deleted_timestamp is not a day"):
        read_deletions("acled", DELETIONS.replace(b"2026-01-31", b"soon"), "x")
    with pytest.raises(InputError, match="x:2: event_id_cnty is empty"):
        read_deletions("acled", DELETIONS.replace(b"GBR101", b""), "x")


@pytest.mark.parametrize(
    ("layout", "data", "said"),
    [
        ("gdelt", b"a\tb\n", "x:1: the line has 2 fields, where GDELT has 58 (1.0) or 61 (2.0)"),
        ("gdelt", gdelt({}, {"SQLDATE": "2026-01-20"}), "x:2: SQLDATE is not a day as YYYYMMDD"),
        ("gdelt", gdelt({"EventCode": "---"}), "x:1: EventCode is no CAMEO code"),
        ("gdelt", gdelt({"GLOBALEVENTID": " "}), "x:1: GLOBALEVENTID is empty"),
        ("gdelt", gdelt({"DATEADDED": "soon"}), "x:1: DATEADDED is not a day as YYYYMMDD"),
        ("gdelt", b"\xff" + gdelt({}), "x:1: the byte 0xFF is not UTF-8"),
        ("acled", b"event_id_cnty,event_date\n", "x:1: there is no column 'event_type'"),
        ("acled", ACLED.replace(b"2026-01-20", b"20/01/26"), "x:2: event_date is not a day"),
        ("acled", b"PK\x03\x04", "x: this is a workbook or an archive, not CSV"),
        ("acled", ACLED.replace(b"GBR102", b""), "x:3: event_id_cnty is empty"),
        ("polecat", ACLED, "x:1: there is no column 'Event ID'"),
        ("polecat", POLECAT.replace(b"2026-01-22", b"soon"), "x:3: Publication Date is not a day"),
        ("polecat", POLECAT.replace(b"2026-01-20", b"then", 1), "x:2: Event Date is not a day"),
        ("polecat", POLECAT.replace(b"AP-2", b""), "x:3: Event ID is empty"),
        ("polecat", POLECAT.replace(b"AP-2", b"\xff"), "x:3: the byte 0xFF is not UTF-8"),
        ("polecat", b"", "x:1: there is no column 'Event ID'"),
        ("polecat", b"\n\n" + POLECAT.replace(b"AP-1", b"", 1), "x:4: Event ID is empty"),
        ("polecat", POLECAT.replace(b"AP-2\t", b""), "x:3: the line has 39 fields, its header 40"),
        ("polecat", POLECAT.replace(b"AP-2\t", b"AP-2\tmore\t"), "x:3: the line has 41 fields, its header 40"),
    ],
)
def test_what_is_of_another_layout_is_refused_by_its_line(layout: Any, data: bytes, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_feed(layout, data, "x")
    assert str(caught.value).startswith(said)


# ---------------------------------------------------------------------------- mapping


def test_every_fault_of_a_mapping_is_told_at_once(case: Case) -> None:
    rules = [{"codes": ["14"], "indicator": "strike", "grade": 4}, {"codes": [14], "indicator": "tender", "grade": 9}]
    with pytest.raises(InputError) as caught:
        mapping_of(case, {"source": {**MAPPING["source"], "type": "pres"}, "rules": rules})  # type: ignore[dict-item]
    assert [(fault.line is not None, fault.message) for fault in caught.value.problems] == [
        (True, "there is no source type 'pres'"),
        (True, "there is no indicator 'strike'"),
        (True, "entry 1 of 'codes': expected text, got the whole number 14"),
        (True, "'grade': 9 is above 5"),
    ]


@pytest.mark.parametrize(
    ("event", "rule"),
    [
        ({"EventCode": "1451"}, 1),
        ({"EventCode": "141"}, 2),
        (
            {
                "EventCode": "141",
                "ActionGeo_CountryCode": "FR",
                "ActionGeo_FullName": "Paris",
                "ActionGeo_ADM1Code": "",
            },
            None,
        ),
        ({"EventCode": "141", "ActionGeo_CountryCode": "FR", "ActionGeo_FullName": "Old Port Example, France"}, 2),
        ({"EventCode": "036", "Actor1Code": "GBRGOVMIL", "Actor2Code": "BUS"}, 3),
        ({"EventCode": "036", "Actor1Code": "BUS", "Actor2Code": "GBRGOV"}, None),
        ({"EventCode": "036", "Actor1Code": "USAGBRGOV", "Actor2Code": "BUS"}, None),
        ({"EventCode": "190"}, None),
    ],
)
def test_the_first_rule_that_fits_decides(case: Case, event: dict[str, str], rule: int | None) -> None:
    found = mapping_of(case).rule_of(read_feed("gdelt", gdelt(event), "x")[0])
    assert (None if found is None else found[0]) == rule


# ---------------------------------------------------------------------------- proposals


def proposed(case: Case, *events: dict[str, str], known: tuple[str, ...] = ()) -> Proposals:
    return propose(read_feed("gdelt", gdelt(*events), "x"), mapping_of(case), "gdelt", known)


def test_a_proposal_is_a_coding_of_the_machine(case: Case) -> None:
    (coding,) = proposed(case, {}, {"GLOBALEVENTID": "2", "EventCode": "190"}).codings
    assert coding["report_id"] == "GDELT-1001"
    assert coding["event_id"].startswith("machine-2026-01-20-strikes-")
    assert (coding["coder"], coding["indicator"], coding["grade"]) == ("machine", "strikes", "4")
    assert (coding["source"], coding["reliability"], coding["credibility"]) == ("Event feed", "D", "3")
    assert (coding["event_date"], coding["published_date"]) == ("2026-01-20", "2026-01-21")
    assert coding["note"] == "Proposed by rule 2 for gdelt 143."


def test_one_page_about_one_indicator_is_one_event_and_one_coding(case: Case) -> None:
    found = proposed(
        case,
        {"GLOBALEVENTID": "1", "EventCode": "141", "NumMentions": "3"},
        {"GLOBALEVENTID": "2", "EventCode": "145", "Actor2Name": "POLICE", "Actor2Code": "COP"},
        {"GLOBALEVENTID": "3", "EventCode": "143", "NumMentions": "9", "Actor1Name": "UNION", "Actor1Code": "UNI"},
    )
    (coding,) = found.codings
    assert (coding["report_id"], coding["grade"], found.folded) == ("GDELT-3", "4", 2)
    assert "2 more of the same page folded into it" in coding["note"]


def test_other_pages_of_one_event_are_origins_of_their_own(case: Case) -> None:
    found = proposed(
        case,
        {"GLOBALEVENTID": "1"},
        {"GLOBALEVENTID": "2", "SOURCEURL": "https://b.example/"},
        {"GLOBALEVENTID": "3", "SOURCEURL": "https://b.example/", "Actor1Code": "UNI", "Actor1Name": "UNION"},
        {"GLOBALEVENTID": "4", "SOURCEURL": "https://c.example/", "Actor1Code": "UNI", "Actor1Name": "UNION"},
        {"GLOBALEVENTID": "5", "SOURCEURL": "https://d.example/", "SQLDATE": "20260119"},
    )
    assert len({coding["event_id"] for coding in found.codings}) == 2
    assert len({coding["origin_id"] for coding in found.codings}) == len(found.codings) == 4


def test_tomorrows_file_adds_to_the_same_event_and_repeats_nothing(case: Case) -> None:
    (today,) = proposed(case, {"GLOBALEVENTID": "1"}).codings
    tomorrow = proposed(
        case,
        {"GLOBALEVENTID": "1"},
        {"GLOBALEVENTID": "7", "SOURCEURL": "https://b.example/"},
        known=("GDELT-1",),
    )
    (new,) = tomorrow.codings
    assert tomorrow.there == 1
    assert (new["report_id"], new["event_id"]) == ("GDELT-7", today["event_id"])


# ---------------------------------------------------------------------------- accepting


def test_only_what_was_said_yes_to_is_taken(case: Case, tmp_path: Path) -> None:
    events = ({"GLOBALEVENTID": str(n), "SOURCEURL": f"https://{n}.example/"} for n in range(3))
    path = tmp_path / "p.csv"
    write_proposals(path, proposed(case, *events).codings)
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    assert header == ",".join((*ALL_COLUMNS, "accept"))
    text = "\n".join([header, f"{lines[0]}yes", f"{lines[1]}NO", lines[2]])
    answered = read_proposals(text.encode(), "p.csv")
    assert [answer for _, answer in answered.lines] == [True, False, None]
    sheet = accepted("p.csv", [line for line, answer in answered.lines if answer], "ann", NOW)
    (incoming,) = sheet.incoming
    assert not incoming.dated
    assert incoming.row.coder == "machine"
    assert incoming.row.note.endswith("\nAccepted by ann.")


def test_what_is_no_answer_or_no_file_of_proposals_is_refused(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    write_proposals(path, proposed(case, {}).codings)
    with pytest.raises(InputError, match="accept 'maybe' is neither yes nor no"):
        read_proposals(path.read_bytes().rstrip(b"\n") + b"maybe\n", "p.csv")
    with pytest.raises(InputError, match=r"p\.csv:1: it has not the columns of a file of proposals"):
        read_proposals(b"report_id,accept\n", "p.csv")
