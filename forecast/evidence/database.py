"""The journal in a database, SQLite or PostgreSQL, by the same rules as in a file.

One table holds the rows of every case as text, as they stand in CSV, in the order in which they were added. The
database itself keeps it a journal: triggers refuse every change and every deletion, and a key refuses that one coder
says two things of one report at one time. An append is one transaction under a lock, so that writers take turns and
rows are there all or not at all, whatever is killed when. Readers need no lock.

What a server says of a failure may name hosts and users: messages are our own, and nothing of an address is in them.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    URL,
    BigInteger,
    Column,
    Connection,
    Identity,
    Integer,
    MetaData,
    NullPool,
    Select,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    func,
    insert,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from forecast.case.document import shown
from forecast.errors import InputError, StoreError
from forecast.evidence.admission import admit
from forecast.evidence.cells import ALL_COLUMNS
from forecast.evidence.journal import Row
from forecast.evidence.keeping import PATIENCE, VARIABLE, refuse_unreadable, rows_of
from forecast.evidence.rows import cells_of
from forecast.evidence.sheets import Incoming, Line, sheet_of
from forecast.evidence.sheets import Table as TableOfText

MANY: Final = 1_000
"""Reports from which on it is quicker to compare with all rows of the case than to ask for theirs."""
SERVER: Final = f"the database that {VARIABLE} names"
_NOWHERE: Final = (None, "", ":memory:")
_CONNECTING: Final = 10
"""Seconds that a server has to answer at all."""
_AGAIN: Final = "repeat the command when it is back; rows that are there already are passed over"

JOURNAL: Final = Table(
    "evidence_journal",
    MetaData(),
    Column("position", BigInteger().with_variant(Integer, "sqlite"), Identity(always=True), primary_key=True),
    Column("case_id", Text, nullable=False),
    *(Column(column, Text, nullable=False) for column in ALL_COLUMNS),
    UniqueConstraint("case_id", "report_id", "coder", "coded_at", name="evidence_journal_said_once"),
    sqlite_autoincrement=True,
)
_TRIGGERS: Final = {
    "sqlite": (
        """CREATE TRIGGER evidence_journal_no_update BEFORE UPDATE ON evidence_journal
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
        """CREATE TRIGGER evidence_journal_no_delete BEFORE DELETE ON evidence_journal
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
        # `INSERT OR REPLACE` would delete without asking that trigger
        """CREATE TRIGGER evidence_journal_no_replace BEFORE INSERT ON evidence_journal
        WHEN EXISTS (SELECT 1 FROM evidence_journal AS there WHERE there.position = NEW.position
        OR (there.case_id = NEW.case_id AND there.report_id = NEW.report_id
        AND there.coder = NEW.coder AND there.coded_at = NEW.coded_at))
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    ),
    "postgresql": (
        """CREATE FUNCTION evidence_journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$""",
        """CREATE TRIGGER evidence_journal_no_change BEFORE UPDATE OR DELETE ON evidence_journal
        FOR EACH ROW EXECUTE FUNCTION evidence_journal_is_append_only()""",
        """CREATE TRIGGER evidence_journal_no_truncate BEFORE TRUNCATE ON evidence_journal
        FOR EACH STATEMENT EXECUTE FUNCTION evidence_journal_is_append_only()""",
    ),
}


def _enforce(_: object, connection: Connection, **__: object) -> None:
    """Have the database refuse what a journal refuses, as soon as there is a table."""
    for statement in _TRIGGERS[connection.dialect.name]:
        connection.execute(text(statement))


event.listen(JOURNAL, "after_create", _enforce)
logging.getLogger("psycopg").addHandler(logging.NullHandler())  # what it mutters of a lost server is said below


@dataclass(frozen=True)
class DatabaseLedger:
    """The journal of a case in a database, whose table need not exist before the first row.

    Attributes
    ----------
    url
        Where it is; a password in it is shown by nothing.
    case_id
        Whose rows these are.
    place
        What messages call it.
    """

    url: URL
    case_id: str
    place: str
    patience: float = PATIENCE

    def read(self) -> tuple[Row, ...]:
        """Every row, in the order in which they were added."""
        if self._file is not None and not os.path.exists(self._file):  # which has an answer for any name
            return ()
        with self._connected(writing=False) as connection:
            if not inspect(connection).has_table(JOURNAL.name):
                return ()
            return self._rows(connection, self._all())

    def append(self, rows: Sequence[Row]) -> None:
        """Add rows in one transaction."""
        if not rows:
            return
        refuse_unreadable(rows)
        with self._connected(writing=True) as connection:
            self._take_turn(connection)
            JOURNAL.create(connection, checkfirst=True)
            names = {row.report_id for row in rows}
            query = self._all() if len(names) > MANY else self._all().where(JOURNAL.c.report_id.in_(names))
            admission = admit([Incoming(row) for row in rows], self._rows(connection, query), self.place)
            if admission.problems:
                raise InputError(admission.problems)
            if admission.new:
                new = [{"case_id": self.case_id, **cells_of(row)} for row in admission.new]
                connection.execute(insert(JOURNAL), new)

    @property
    def _file(self) -> Path | None:
        """The file of an SQLite database."""
        return Path(self.url.database or "") if self.url.get_backend_name() == "sqlite" else None

    def _all(self) -> Select[Any]:
        columns = (JOURNAL.c[column] for column in ("position", *ALL_COLUMNS))
        return select(*columns).where(JOURNAL.c.case_id == self.case_id).order_by(JOURNAL.c.position)

    def _rows(self, connection: Connection, query: Select[Any]) -> tuple[Row, ...]:
        """Rows as they may be relied on: whoever has the key to a database may have written anything."""
        lines = (Line(position, tuple(cells)) for position, *cells in connection.execute(query))
        table = TableOfText(self.place, (Line(0, ALL_COLUMNS), *lines))
        return rows_of(sheet_of(table, datetime.now(UTC), may_be_undated=False))

    def _take_turn(self, connection: Connection) -> None:
        """Wait for those who write to the same server; in SQLite the transaction has waited already."""
        if self._file is None:
            key = int.from_bytes(hashlib.sha256(JOURNAL.name.encode()).digest()[:8], signed=True)
            connection.execute(select(func.set_config("lock_timeout", f"{int(1000 * self.patience)}", True)))
            connection.execute(select(func.pg_advisory_xact_lock(key)))

    @contextmanager
    def _connected(self, *, writing: bool) -> Iterator[Connection]:
        """One transaction: committed at the end, undone by any failure."""
        engine = create_engine(self.url, poolclass=NullPool, hide_parameters=True, connect_args=self._options())
        if self._file is not None:
            event.listen(engine, "connect", _set_up_sqlite)
            event.listen(engine, "begin", _begin_writing if writing else _begin_reading)
        ending = False
        try:
            with engine.connect() as connection, connection.begin() as transaction:
                yield connection
                ending = writing
                transaction.commit()
        except DBAPIError as error:
            raise self._failure(error, ending=ending) from None
        except (SQLAlchemyError, UnicodeError):  # an address with a host that can be none is the latter
            raise StoreError(f"{self.place}: it cannot be used as it is named: check {VARIABLE}") from None

    def _options(self) -> dict[str, object]:
        return {"timeout": self.patience} if self._file is not None else {"connect_timeout": _CONNECTING}

    def _failure(self, error: DBAPIError, *, ending: bool) -> InputError | StoreError:
        """Why it failed, in words of our own."""
        state = str(getattr(error.orig, "sqlstate", None) or "")
        said = str(error.orig) if self._file is not None else ""
        if (state.startswith("42") and state != "42501") or "no such column" in said or "not a database" in said:
            return InputError.at(self.place, None, "it holds no journal as this version writes it", "name another one")
        if state == "55P03" or "locked" in said:
            return StoreError(f"{self.place}: another command is writing to it: wait for it to end, then repeat yours")
        if ending:
            return StoreError(f"{self.place}: it went away at the end, and may hold the new rows or not: {_AGAIN}")
        if said:
            return StoreError(f"{self.place}: it cannot be used ({said}), nothing was changed: check file and disk")
        if not state and "FATAL" in str(error.orig):  # while connecting there is no code, but the server has spoken
            state = "28"
        reason, remedy = next(words for start, words in _REFUSALS.items() if state.startswith(start))
        return StoreError(f"{self.place}: {reason}, nothing was changed: {remedy}")


_REFUSALS: Final = {
    "28": ("the server answers, and does not let you in", f"check user, password and database in {VARIABLE}"),
    "42501": ("you may not do that there", "ask whoever keeps it for the right to read and add"),
    "53": ("the server has no room, memory or connection left", "repeat the command later"),
    "54": ("a name among the rows is longer than it can keep", "shorten it"),
    "25006": ("it may only be read", "name the server that is written to"),
    "": ("it cannot be reached, or went away", f"see that the server runs and that {VARIABLE} names it, then repeat"),
}
"""By the beginning of the server's code (SQLSTATE), the last for everything else: what it means, and what to do."""


def sqlite_ledger(path: Path, case_id: str) -> DatabaseLedger:
    """The journal in a file of SQLite."""
    return DatabaseLedger(URL.create("sqlite+pysqlite", database=str(path)), case_id, shown(path))


def server_ledger(case_id: str, kind: str | None = None) -> DatabaseLedger:
    """The journal in the database that the environment names.

    Parameters
    ----------
    kind
        What it must be, `postgresql` or `sqlite`; None for either.

    Raises
    ------
    StoreError
        If the environment names none that can be used.
    """
    named = os.environ.get(VARIABLE, "").strip()
    if not named:
        raise StoreError(f"{VARIABLE} is not set: set it to postgresql://USER:PASSWORD@HOST/DATABASE")
    try:
        url = make_url(named)
    except (ArgumentError, ValueError):
        url = URL.create("none")
    backend = {"postgres": "postgresql"}.get(url.drivername.partition("+")[0], url.drivername.partition("+")[0])
    if backend not in ("postgresql", "sqlite") or kind not in (None, backend) or url.database in _NOWHERE:
        wanted = f"a database of {kind}" if kind else "a database of PostgreSQL or SQLite"
        raise StoreError(f"{VARIABLE} does not name {wanted}: write postgresql://USER:PASSWORD@HOST/DATABASE")
    driver = "postgresql+psycopg" if backend == "postgresql" else "sqlite+pysqlite"
    return DatabaseLedger(url.set(drivername=driver), case_id, SERVER)


def _set_up_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # transactions begin where we say so
    for setting in ("journal_mode = WAL", "synchronous = FULL"):
        connection.execute(f"PRAGMA {setting}")


def _begin_writing(connection: Connection) -> None:
    connection.execute(text("BEGIN IMMEDIATE"))


def _begin_reading(connection: Connection) -> None:
    connection.execute(text("BEGIN"))
