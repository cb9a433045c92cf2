"""The journal in SQLite and in a real PostgreSQL: the rules of the file, kept by the database, whatever is killed."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecast.case.reading import read_case
from forecast.commands.evidence import app
from forecast.errors import Exit, InputError, StoreError, UsageError
from forecast.evidence.database import JOURNAL, DatabaseLedger, server_ledger, sqlite_ledger
from forecast.evidence.journal import Row
from forecast.evidence.keeping import VARIABLE
from forecast.evidence.ledger import CsvLedger, ledger_of
from forecast.evidence.moving import move, with_store
from tests.evidence.samples import GOOD, bare_retraction, cells, csv_of, row, rows
from tests.evidence.server import PASSWORD, USER, Server, is_installed
from tests.small_case import write_case

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not is_installed():
        pytest.skip("PostgreSQL is not installed")
    server = Server(tmp_path_factory.mktemp("postgresql"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DatabaseLedger:
    """An empty journal of the case that is named as the test is."""
    if request.param == "sqlite":
        monkeypatch.chdir(tmp_path)
        return sqlite_ledger(tmp_path / "evidence.sqlite", "harbour")
    monkeypatch.setenv(VARIABLE, request.getfixturevalue("server").url)
    return server_ledger(request.node.name)


def spoken(ledger: DatabaseLedger, statement: str) -> None:
    """What somebody with the key to the database may say to it."""
    engine = sqlalchemy.create_engine(ledger.url, poolclass=sqlalchemy.NullPool)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text(statement))


# ---------------------------------------------------------------------------- the rules of a ledger


def test_an_empty_journal_is_read_without_making_one(ledger: DatabaseLedger) -> None:
    assert ledger.read() == ()
    ledger.append([])
    assert not Path("evidence.sqlite").exists()


def test_rows_come_back_as_they_went_in_and_in_order(ledger: DatabaseLedger) -> None:
    given_rows = [
        row(report_id="R9"),
        row(note="=1+1\nع"),
        row(grade=0, effort=0.25, coder="eve"),
        bare_retraction(coder="z"),
    ]
    ledger.append(given_rows[:2])
    ledger.append(given_rows[2:])
    assert ledger.read() == tuple(given_rows)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_rows=st.lists(rows(), max_size=4, unique_by=lambda each: (each.report_id, each.coder, each.coded_at)))
def test_any_row_is_kept(ledger: DatabaseLedger, given_rows: list[Row]) -> None:
    fresh = DatabaseLedger(ledger.url, f"{ledger.case_id}-{time.time_ns()}", ledger.place)
    fresh.append(given_rows)
    assert fresh.read() == tuple(given_rows)


def test_the_same_again_is_passed_over_and_a_contradiction_refuses_all(ledger: DatabaseLedger) -> None:
    ledger.append([row()])
    ledger.append([row(), row(report_id="R2")])
    with pytest.raises(InputError, match="is there already, with other content"):
        ledger.append([row(report_id="R3"), row(grade=5)])
    assert [each.report_id for each in ledger.read()] == ["R1", "R2"]


def test_cases_do_not_see_each_other(ledger: DatabaseLedger) -> None:
    other = DatabaseLedger(ledger.url, f"{ledger.case_id}-2", ledger.place)
    ledger.append([row()])
    other.append([row(grade=5)])
    assert (ledger.read(), other.read()) == ((row(),), (row(grade=5),))


def test_many_reports_at_once(ledger: DatabaseLedger) -> None:
    many = [row(report_id=f"R{number}") for number in range(1_500)]
    ledger.append(many[:3])
    ledger.append(many)
    assert ledger.read() == tuple(many)


# ---------------------------------------------------------------------------- kept by the database itself


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE evidence_journal SET grade = '1'",
        "DELETE FROM evidence_journal",
        "INSERT INTO evidence_journal SELECT * FROM evidence_journal",
        "INSERT OR REPLACE INTO evidence_journal SELECT * FROM evidence_journal",
        "TRUNCATE evidence_journal",
    ],
)
def test_nothing_is_changed_or_taken_away(ledger: DatabaseLedger, statement: str) -> None:
    ledger.append([row()])
    with pytest.raises(sqlalchemy.exc.DBAPIError):
        spoken(ledger, statement)
    assert ledger.read() == (row(),)


def test_a_second_saying_at_one_time_is_refused_by_the_database(ledger: DatabaseLedger) -> None:
    ledger.append([row()])
    columns = ", ".join(column.name for column in JOURNAL.columns if column.name != "position")
    values = columns.replace("grade", "'5'", 1)
    with pytest.raises(sqlalchemy.exc.DBAPIError):
        spoken(ledger, f"INSERT INTO evidence_journal ({columns}) SELECT {values} FROM evidence_journal")  # noqa: S608


def test_what_others_wrote_past_the_rules_is_not_believed(ledger: DatabaseLedger) -> None:
    ledger.append([row()])
    columns = ", ".join(column.name for column in JOURNAL.columns if column.name != "position")
    values = columns.replace("report_id", "'R2'", 1).replace("grade", "'9'", 1)
    mine = f"WHERE case_id = '{ledger.case_id}'"
    spoken(ledger, f"INSERT INTO evidence_journal ({columns}) SELECT {values} FROM evidence_journal {mine}")  # noqa: S608
    with pytest.raises(InputError, match="grade '9' is not a grade"):
        ledger.read()


# ---------------------------------------------------------------------------- many writers

BATCHES = f"""
    import sys
    from datetime import UTC, datetime
    from pathlib import Path
    from forecast.evidence.database import server_ledger
    from forecast.evidence.rows import row_of

    batches, size = int(sys.argv[3]), int(sys.argv[4])
    for batch in range(batches):
        names = [f"{{sys.argv[2]}}-{{batch}}-{{number}}" for number in range(size)]
        rows = [row_of({GOOD!r} | {{"report_id": name}}, datetime.now(UTC)) for name in names]
        server_ledger(sys.argv[1]).append(rows)
"""


def written_at_once(ledger: DatabaseLedger, writers: int, batches: int, size: int) -> list[str]:
    named = ledger.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", textwrap.dedent(BATCHES), ledger.case_id]
    started = [
        subprocess.Popen(
            [*command, str(number), str(batches), str(size)], cwd=ROOT, env={**os.environ, VARIABLE: named}
        )
        for number in range(writers)
    ]
    assert [process.wait() for process in started] == [0] * writers
    return [each.report_id for each in ledger.read()]


@pytest.mark.parametrize("ledger", ["sqlite"], indirect=True)
def test_writers_at_once_are_all_heard(ledger: DatabaseLedger) -> None:
    ids = written_at_once(ledger, writers=4, batches=3, size=5)
    assert len(ids) == len(set(ids)) == 60


@pytest.mark.parametrize(
    "ledger",
    [pytest.param("sqlite", marks=pytest.mark.long), pytest.param("postgresql", marks=pytest.mark.slow)],
    indirect=True,
)
def test_sixteen_writers_at_once_lose_nothing(ledger: DatabaseLedger) -> None:
    ids = written_at_once(ledger, writers=16, batches=10, size=50)
    assert len(ids) == len(set(ids)) == 16 * 500


def test_whoever_waits_too_long_is_told(ledger: DatabaseLedger) -> None:
    ledger.append([row()])
    hurried = DatabaseLedger(ledger.url, ledger.case_id, ledger.place, patience=0.2)
    with ledger._connected(writing=True) as connection:
        ledger._take_turn(connection)
        with pytest.raises(StoreError, match="another command is writing to it: wait for it to end"):
            hurried.append([row(report_id="R2")])
        assert hurried.read() == (row(),)


# ---------------------------------------------------------------------------- a store that fails


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace whose case is kept in a database."""
    monkeypatch.chdir(tmp_path)
    return write_case(tmp_path / "data" / "harbour", case={"evidence": {"store": "postgresql"}})


def command(*words: str, url: str | None) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    started = [sys.executable, "-m", "forecast", *words]
    named = {} if url is None else {VARIABLE: url}
    return subprocess.Popen(
        started, env={**environment, **named, "PYTHONPATH": str(ROOT)}, stdout=-1, stderr=-1, text=True
    )


UNUSABLE = {
    "nobody listens": f"postgresql://{USER}:{PASSWORD}@127.0.0.1:1/postgres",
    "no such host": f"postgresql://{USER}:{PASSWORD}@nowhere.invalid/postgres",
    "no address": f"postgresql//{USER}:{PASSWORD}@host",
    "no port": f"postgresql://{USER}:{PASSWORD}@host:{PASSWORD}/db",
    "no host": f"postgresql://{USER}:{PASSWORD}@a..b/db",
    "a database that is gone at once": "sqlite:///:memory:",
    "another kind": f"mysql://{USER}:{PASSWORD}@127.0.0.1/db",
    "another driver": f"postgresql+{PASSWORD}://{USER}:{PASSWORD}@127.0.0.1:1/postgres",
    "an odd wish": f"postgresql://{USER}:{PASSWORD}@127.0.0.1:1/postgres?{PASSWORD}=1",
}


@pytest.mark.parametrize("url", UNUSABLE.values(), ids=UNUSABLE)
def test_a_database_that_cannot_be_used_is_said_and_no_secret_is(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, url)
    with pytest.raises(StoreError) as caught:
        server_ledger("harbour").read()
    assert VARIABLE in str(caught.value)
    assert PASSWORD not in str(caught.value)
    assert caught.value.__cause__ is None
    assert PASSWORD not in repr(server_ledger) + repr(caught.value)


def test_a_server_that_is_down_or_not_named_ends_the_command_with_5(folder: Path) -> None:
    for url in (UNUSABLE["nobody listens"], None):
        ended = command("evidence", "list", url=url)
        out, err = ended.communicate()
        assert (ended.returncode, out) == (Exit.STORE, "")
        assert len(err.splitlines()) == 1


def test_who_may_not_come_in_is_told_so(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = (server.url.replace(PASSWORD, "wr0ng-and-l0ng"), server.url.replace("/postgres", "/nothing"))
    for url in wrong:
        monkeypatch.setenv(VARIABLE, url)
        with pytest.raises(StoreError, match="does not let you in") as caught:
            server_ledger("harbour").append([row()])
        assert "wr0ng" not in str(caught.value)


def test_postgresql_killed_in_the_middle_of_an_import(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    if not is_installed():
        pytest.skip("PostgreSQL is not installed")
    server = Server(tmp_path_factory.mktemp("killed"))
    server.start()
    Path("first.csv").write_bytes(csv_of(cells()))
    first = command("evidence", "import", "first.csv", url=server.url)
    assert first.communicate()[0] == "1 row added, 0 there already\n"
    slow = (
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.01); RETURN NEW; END $$"
    )
    kept = DatabaseLedger(sqlalchemy.make_url(server.url).set(drivername="postgresql+psycopg"), "harbour", "it")
    spoken(kept, slow)
    spoken(kept, "CREATE TRIGGER slow BEFORE INSERT ON evidence_journal FOR EACH ROW EXECUTE FUNCTION slow()")
    Path("more.csv").write_bytes(csv_of(*(cells(report_id=f"M{number}") for number in range(2_000))))
    importing = command("evidence", "import", "more.csv", url=server.url)
    inside = (
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'INSERT INTO evidence_journal%' AND state = 'active'"
    )
    engine = sqlalchemy.create_engine(kept.url, poolclass=sqlalchemy.NullPool)
    for _ in range(400):
        with engine.connect() as connection:
            if connection.execute(sqlalchemy.text(inside)).scalar():
                break
        time.sleep(0.05)
    else:
        pytest.fail("the import never came to its rows")
    server.kill()
    out, err = importing.communicate()
    assert (importing.returncode, out) == (Exit.STORE, "")
    assert err.startswith(
        f"the database that {VARIABLE} names: it cannot be reached, or went away, nothing was changed"
    )
    assert PASSWORD not in err

    with pytest.raises(StoreError):
        kept.read()
    server.start()
    assert [each.report_id for each in kept.read()] == ["R1"]
    spoken(kept, "DROP TRIGGER slow ON evidence_journal")
    again = command("evidence", "import", "more.csv", url=server.url)
    assert again.communicate()[0] == "2000 rows added, 0 there already\n"
    server.stop()


def test_a_file_that_is_no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("evidence.sqlite").write_bytes(b"report_id,event_id\n" * 100)
    ledger = sqlite_ledger(tmp_path / "evidence.sqlite", "harbour")
    with pytest.raises(InputError, match=r"^evidence\.sqlite: it holds no journal"):
        ledger.read()


def test_sqlite_outlasts_a_killed_writer(tmp_path: Path) -> None:
    ledger = sqlite_ledger(tmp_path / "evidence.sqlite", "harbour")
    ledger.append([row()])
    with closing(sqlite3.connect(tmp_path / "evidence.sqlite")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    writer = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(BATCHES), "harbour", "x", "1000", "5"],
        cwd=ROOT,
        env={**os.environ, VARIABLE: f"sqlite:///{tmp_path / 'evidence.sqlite'}"},
    )
    while len(ledger.read()) < 11:
        time.sleep(0.02)
    writer.kill()
    writer.wait()
    there = len(ledger.read())
    assert there % 5 == 1
    ledger.append([row(report_id="after")])
    assert len(ledger.read()) == there + 1


# ---------------------------------------------------------------------------- which store, and from one to another


def test_the_case_says_which_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    folder = write_case(tmp_path / "harbour")
    assert isinstance(ledger_of(read_case(folder)), CsvLedger)
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path / 'team.sqlite'}")
    assert isinstance(ledger_of(read_case(folder)), DatabaseLedger)
    (folder / "evidence.csv").touch()
    assert isinstance(ledger_of(read_case(folder)), CsvLedger)
    write_case(folder, case={"evidence": {"store": "sqlite"}})
    found = ledger_of(read_case(folder))
    assert isinstance(found, DatabaseLedger)
    assert found.url.database == str(folder / "evidence.sqlite")
    write_case(folder, case={"evidence": {"store": "csv"}})
    (folder / "evidence.csv").unlink()
    assert isinstance(ledger_of(read_case(folder)), CsvLedger)


def test_a_journal_goes_round_all_stores_without_loss(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, server.url)
    folder = write_case(tmp_path / "round-harbour")
    (folder / "case.yaml").write_text((folder / "case.yaml").read_text() + "# the last word\n")
    kept = (
        row(),
        row(coder="bob", grade=0, effort=0.5),
        row(report_id="=1", note="a\nb"),
        bare_retraction(coder="eve"),
    )
    CsvLedger(folder / "evidence.csv").append(kept)
    before = (folder / "evidence.csv").read_bytes()
    for store in ("sqlite", "postgresql", "csv", "sqlite"):
        moved = move(read_case(folder), store)
        assert moved.rows == 4
        assert ledger_of(read_case(folder)).read() == kept
        assert read_case(folder).question.evidence.store == store
    assert (folder / "evidence.csv").read_bytes() == before
    assert "# the last word\n" in (folder / "case.yaml").read_text()
    assert (folder / "case.yaml").read_text().count("evidence:") == 1


def test_a_store_with_other_rows_is_not_moved_into(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "harbour")
    CsvLedger(folder / "evidence.csv").append([row()])
    sqlite_ledger(folder / "evidence.sqlite", "harbour").append([row(report_id="R9")])
    with pytest.raises(UsageError, match="holds other rows of this case than"):
        move(read_case(folder), "sqlite")
    with pytest.raises(UsageError, match=r"is kept in .* already"):
        move(read_case(folder), "csv")
    assert "evidence" not in (folder / "case.yaml").read_text()


@pytest.mark.parametrize(
    "text", ["id: x\nevidence:\n  store: csv  # so far\nlast: 1\n", "id: x\nevidence: {store: csv}\nlast: 1\n"]
)
def test_naming_a_store_changes_nothing_else(text: str) -> None:
    assert with_store(text, "sqlite") == "id: x\nevidence: {store: sqlite}\nlast: 1\n"
    assert with_store("id: x", "csv") == "id: x\n\nevidence: {store: csv}\n"


def test_the_whole_way_by_commands(folder: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from forecast.commands.main import command_line

    monkeypatch.setenv(VARIABLE, server.url)
    Path("new.csv").write_bytes(csv_of(cells()))

    def run(*words: str) -> Any:
        return CliRunner().invoke(app if words[0] != "refresh" else command_line(), list(words))

    assert run("import", "new.csv").stdout == "1 row added, 0 there already\n"
    assert "R1" in run("list").stdout
    assert run("refresh", "--model", "ach", "--as-of", "2026-02-08", "--json").exit_code == 0
    for path in Path("reports").rglob("*.json"):
        said = path.read_text()
        assert PASSWORD not in said
        assert "127.0.0.1" not in said
    assert run("export", "--json").exit_code == 0
    moved = run("move", "--to", "sqlite")
    assert moved.stdout.startswith(
        f"1 row of harbour moved from the database that {VARIABLE} names to data/harbour/evi"
    )
    assert run("retract", "R1", "--coder", "eve").exit_code == 0
