"""Databases, by SQLAlchemy: a table or a query is a form. Credentials come from the environment and are never shown."""

from __future__ import annotations

import datetime
import decimal
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pyarrow as pa

from cdisc_conv.columns.numerals import write_number
from cdisc_conv.problems import Problem, ProblemsError, Severity
from cdisc_conv.raw.source import FormSource, Reporter
from cdisc_conv.raw.tables import BATCH_ROWS, TEXT, Container, NumberRows, RawBatch, RawTable

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Connection, Engine

_VARIABLE = re.compile(r"\$\{(\w+)\}")


def open_database(source: FormSource, directory: Path, reporter: Reporter) -> Container:
    """The database of a source, to be read only; the file of an SQLite database is named from `directory` on.

    Raises ProblemsError: RAW026 when it cannot be reached, or SQLAlchemy is not there.
    """
    try:
        import sqlalchemy
    except ImportError:
        message = f"form '{source.name}' is in a database, which needs SQLAlchemy"
        hint = "install it: pip install 'cdisc-conv[sql]'"
        raise ProblemsError([reporter.report("RAW026", message, hint=hint)]) from None
    try:
        url = sqlalchemy.make_url(_resolve(source.url, source, reporter))
        if url.get_backend_name() == "sqlite":
            url = _open_read_only(url, directory, source, reporter)
        engine = sqlalchemy.create_engine(url)
        connection = engine.connect()
        if engine.dialect.name == "postgresql":  # all forms are of one moment
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        return _Database(engine, connection)
    except ImportError as error:
        message = f"form '{source.name}' is in a database whose driver is not installed: {error}"
        raise ProblemsError([reporter.report("RAW026", message, hint="install it with pip")]) from None
    except sqlalchemy.exc.ArgumentError:
        message = f"form '{source.name}' has a 'url' that is none of a database"
        hint = "such as postgresql+psycopg://USER:${PASSWORD}@HOST/NAME or sqlite:///FILE"
        raise ProblemsError([reporter.report("RAW026", message, hint=hint)]) from None
    except sqlalchemy.exc.SQLAlchemyError as error:
        message = f"form '{source.name}' is in a database that cannot be reached: {_hide(_describe(error), url)}"
        hint = "check that it runs, and the host, name and credentials of its 'url'"
        raise ProblemsError([reporter.report("RAW026", message, hint=hint)]) from None


def _open_read_only(url: URL, directory: Path, source: FormSource, reporter: Reporter) -> URL:
    """SQLite would make a file that is not there, and may not write to one that is."""
    path = (directory / (url.database or "")).resolve()
    if not path.is_file():
        message = f"form '{source.name}' is in the SQLite database {path.name}, which is not there"
        hint = "name it from the raw folder on, such as sqlite:///export.db"
        raise ProblemsError([reporter.report("RAW026", message, hint=hint)])
    return url.set(database=f"file:{quote(path.as_posix())}", query={"mode": "ro", "uri": "true"})


def _resolve(url: str, source: FormSource, reporter: Reporter) -> str:
    missing = [name for name in _VARIABLE.findall(url) if name not in os.environ]
    if missing:
        message = f"form '{source.name}' has a 'url' with ${{{missing[0]}}}, which the environment does not have"
        hint = f"set {missing[0]} before the run"
        raise ProblemsError([reporter.report("RAW026", message, hint=hint)])
    return _VARIABLE.sub(lambda match: os.environ[match[1]], url)


def show_url(url: str) -> str:
    """A URL without user and password.

    >>> show_url("postgresql://me:secret@host/edc"), show_url("sqlite:///edc.db")
    ('postgresql://host/edc', 'sqlite:///edc.db')
    """
    return re.sub(r"//[^/@]*@", "//", url)


def _hide(said: str, url: URL) -> str:
    """What a driver says, without the user and the password of the URL."""
    for secret in filter(None, (url.password, url.username)):
        said = re.sub(rf"(?<!\w){re.escape(str(secret))}(?!\w)", "***", said)
    return said


def _describe(error: Exception) -> str:
    """What the driver says, in one line, without what was asked; the user's name and password are never in it."""
    said = str(getattr(error, "orig", None) or error).strip().splitlines()
    return re.sub(r"//[^/@\s]*@", "//", said[0]) if said else type(error).__name__


class _Database(Container):
    def __init__(self, engine: Engine, connection: Connection) -> None:
        import sqlalchemy

        self._engine, self._connection = engine, connection
        inspector = sqlalchemy.inspect(connection)
        self.tables = (*inspector.get_table_names(), *inspector.get_view_names())

    def find_table(self, source: FormSource, inner: str = "") -> str | None:
        return "" if source.query else super().find_table(source, inner)

    def table(self, name: str, source: FormSource, reporter: Reporter) -> RawTable:
        return _Query(self._connection, name, source, reporter)

    def close(self) -> None:
        self._connection.close()
        self._engine.dispose()


class _Query(RawTable):
    """What a query gives; that of a table is in the order of its primary key."""

    def __init__(self, connection: Connection, table: str, source: FormSource, reporter: Reporter) -> None:
        self._source, self._reporter = source, reporter
        self.problems: list[Problem] = []
        import sqlalchemy

        connection = connection.execution_options(stream_results=True, yield_per=BATCH_ROWS)
        try:
            if source.query:
                self._result: Any = connection.exec_driver_sql(source.query)
            else:
                self._result = connection.execute(self._select(connection, table))
            self.header = [str(name).strip() for name in self._result.keys()]  # noqa: SIM118 - no mapping
        except sqlalchemy.exc.SQLAlchemyError as error:
            connection.rollback()
            raise self._fail(error) from None
        self._connection = connection

    def _select(self, connection: Connection, table: str) -> Any:
        import sqlalchemy

        columns = sqlalchemy.inspect(connection).get_columns(table)
        key = sqlalchemy.inspect(connection).get_pk_constraint(table).get("constrained_columns") or []
        if not key:
            message = f"form '{self._source.name}' is a table without a primary key, so its rows have no sure order"
            hint = "give a 'query' with ORDER BY where their order matters"
            self.problems.append(self._reporter.report("RAW027", message, severity=Severity.NOTE, hint=hint))
        named: list[Any] = [sqlalchemy.column(column["name"]) for column in columns]
        statement = sqlalchemy.select(*named).select_from(sqlalchemy.table(table))
        return statement.order_by(*(sqlalchemy.column(name) for name in key))

    def _fail(self, error: Exception) -> ProblemsError:
        message = f"form '{self._source.name}' cannot be read from the database: {_describe(error)}"
        hint = "check its 'table' or 'query', and the rights of the user"
        return ProblemsError([self._reporter.report("RAW026", message, hint=hint)])

    def read(self, places: Sequence[int]) -> Iterator[RawBatch]:
        import sqlalchemy

        number = NumberRows()
        names = [str(place) for place in places]
        try:
            for rows in self._result.partitions(BATCH_ROWS):
                columns = [pa.array([write_value(row[place]) for row in rows], TEXT) for place in places]
                yield RawBatch(pa.record_batch(columns, names), number.take(len(rows)))
        except sqlalchemy.exc.SQLAlchemyError as error:
            self._connection.rollback()
            raise self._fail(error) from None
        finally:
            self._result.close()


def write_value(value: Any) -> str:
    """A value of a database as text.

    >>> write_value(None), write_value(2.0), write_value(decimal.Decimal("1.50")), write_value(True)
    ('', '2', '1.50', 'true')
    >>> write_value(datetime.datetime(2024, 1, 5, 10, 30)), write_value(datetime.date(2024, 1, 5))
    ('2024-01-05T10:30:00', '2024-01-05')
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return write_number(value)
    if isinstance(value, datetime.datetime | datetime.time):
        text = value.isoformat()
        return re.sub(r"(\.\d*?)0+(?=$|[+-])", r"\1", text)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return str(value)
