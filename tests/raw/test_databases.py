"""Databases: SQLite, and a PostgreSQL that the test starts as an unprivileged user."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cdisc_conv.raw import FormSource, RawForm, read_form, read_forms

pytest.importorskip("sqlalchemy")


@pytest.fixture
def database(folder: Path) -> Path:
    """An SQLite database in the raw folder."""
    path = folder / "edc.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table ae (id integer primary key, subjid text, dose real, n int, note text)")
        rows = [(2, "002", 1.5, None, "é"), (1, "001", 2.0, 7, None), (3, "003", 1e21, -1, " x")]
        connection.executemany("insert into ae values (?, ?, ?, ?, ?)", rows)
        connection.execute("create table dm (subjid text)")
        connection.execute("insert into dm values ('001')")
    connection.close()
    return path


def read(folder: Path, **settings: str) -> tuple[RawForm | None, list[str]]:
    settings = {"url": "sqlite:///edc.db", **settings}
    form, problems = read_form(FormSource("ae", "", **settings), folder)
    return form, [str(problem) for problem in problems]


@pytest.mark.usefixtures("database")
def test_a_table_in_the_order_of_its_key(folder: Path) -> None:
    form, problems = read(folder)
    assert form is not None
    assert problems == []
    assert form.frame.to_dict("list") == {
        "id": ["1", "2", "3"],
        "subjid": ["001", "002", "003"],
        "dose": ["2", "1.5", "1000000000000000000000"],
        "n": ["7", "", "-1"],
        "note": ["", "é", " x"],
    }
    assert (form.path, form.files) == ("sqlite:///edc.db", ())


@pytest.mark.usefixtures("database")
def test_a_query_and_a_table_without_a_key(folder: Path) -> None:
    form, problems = read(folder, query="select subjid, '10:30' as tim from ae where note like '%x' order by subjid")
    assert form is not None
    assert (form.frame.to_dict("list"), problems) == ({"subjid": ["003"], "tim": ["10:30"]}, [])
    form, problems = read(folder, table="dm")
    assert form is not None
    assert problems == [
        "sqlite:///edc.db: RAW027 form 'ae' is a table without a primary key, so its rows have no sure order "
        "(give a 'query' with ORDER BY where their order matters)"
    ]


@pytest.mark.usefixtures("database")
def test_faults_of_tables_and_queries(folder: Path) -> None:
    assert read(folder, table="ax") == (
        None,
        [
            "sqlite:///edc.db: RAW020 form 'ae' is to be table 'ax', which the file does not hold "
            "(it holds ae, dm; name the form's with 'table')"
        ],
    )
    assert read(folder, query="select nosuch from ae") == (
        None,
        [
            "sqlite:///edc.db: RAW026 form 'ae' cannot be read from the database: no such column: nosuch "
            "(check its 'table' or 'query', and the rights of the user)"
        ],
    )


def test_a_query_cannot_change_the_database(folder: Path, database: Path) -> None:
    before = database.read_bytes()
    form, problems = read(folder, query="delete from ae")
    assert form is None
    assert problems[0].startswith("sqlite:///edc.db: RAW026 form 'ae' cannot be read from the database: ")
    assert database.read_bytes() == before


def test_databases_that_cannot_be_reached(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(folder) == (
        None,
        [
            "sqlite:///edc.db: RAW026 form 'ae' is in the SQLite database edc.db, which is not there "
            "(name it from the raw folder on, such as sqlite:///export.db)"
        ],
    )
    assert not (folder / "edc.db").exists()
    monkeypatch.delenv("EDC_PASSWORD", raising=False)
    assert read(folder, url="postgresql+psycopg://me:${EDC_PASSWORD}@localhost/edc") == (
        None,
        [
            "postgresql+psycopg://localhost/edc: RAW026 form 'ae' has a 'url' with ${EDC_PASSWORD}, which the "
            "environment does not have (set EDC_PASSWORD before the run)"
        ],
    )
    assert read(folder, url="no url") == (
        None,
        [
            "no url: RAW026 form 'ae' has a 'url' that is none of a database "
            "(such as postgresql+psycopg://USER:${PASSWORD}@HOST/NAME or sqlite:///FILE)"
        ],
    )


def test_a_server_that_is_away_and_its_password_in_no_message(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("psycopg")
    monkeypatch.setenv("EDC_PASSWORD", "s3cret")
    url = f"postgresql+psycopg://me:${{EDC_PASSWORD}}@127.0.0.1:{free_port()}/edc"
    form, (problem,) = read(folder, url=url)
    assert form is None
    assert "RAW026 form 'ae' is in a database that cannot be reached: " in problem
    assert "s3cret" not in problem
    assert "me:" not in problem


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of a PostgreSQL server of its own, run by a user without rights; skips where there is none."""
    pytest.importorskip("psycopg")
    initdb, postgres = shutil.which("initdb"), shutil.which("postgres")
    if not initdb or not postgres:
        pytest.skip("there is no PostgreSQL here")
    prefix: list[str] = []
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # PostgreSQL does not run as root
        if not shutil.which("setpriv"):
            pytest.skip("PostgreSQL does not run as root, and there is no setpriv")
        prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    folder = Path(tempfile.mkdtemp(prefix="cdisc-conv-pg-"))
    if prefix:
        os.chown(folder, 65534, 65534)
    data, port = folder / "data", free_port()
    (folder / "password").write_text("s3cret")
    os.chmod(folder / "password", 0o644)
    setup = [
        initdb,
        "-D",
        str(data),
        "-U",
        "edc",
        "-A",
        "scram-sha-256",
        f"--pwfile={folder / 'password'}",
        "-E",
        "UTF8",
    ]
    made = subprocess.run([*prefix, *setup], capture_output=True, text=True, check=False, cwd=folder)
    if made.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"PostgreSQL cannot be set up here: {made.stderr.strip()[:200]}")
    options = [
        "-D",
        str(data),
        "-p",
        str(port),
        "-k",
        str(folder),
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "fsync=off",
    ]
    running = subprocess.Popen(
        [*prefix, postgres, *options], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(port)
        yield f"postgresql+psycopg://edc:${{EDC_PASSWORD}}@127.0.0.1:{port}/postgres"
    finally:
        running.terminate()
        running.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(port: int) -> None:
    import time

    import psycopg

    for _ in range(100):
        try:
            psycopg.connect(f"host=127.0.0.1 port={port} user=edc password=s3cret dbname=postgres").close()
            return
        except psycopg.OperationalError:
            time.sleep(0.1)
    pytest.skip("PostgreSQL does not answer")


def test_postgresql(server: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlalchemy

    monkeypatch.setenv("EDC_PASSWORD", "s3cret")
    engine = sqlalchemy.create_engine(server.replace("${EDC_PASSWORD}", "s3cret"))
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "create table ae (n int primary key, term text, dose numeric(8, 2), day date, moment timestamp, "
            "clock time, flag boolean, ratio double precision)"
        )
        connection.exec_driver_sql(
            "insert into ae values (2, 'é', 1.50, '2024-01-05', '2024-01-05 10:30', '09:05:30.25', true, 0.1), "
            "(1, null, null, null, null, null, null, null)"
        )
        connection.exec_driver_sql("create view dm as select n as subjid from ae order by n")
    engine.dispose()
    sources = [FormSource("ae", "", url=server), FormSource("dm", "", url=server)]
    forms, problems = read_forms(sources, folder)
    assert forms["ae"].frame.to_dict("list") == {
        "n": ["1", "2"],
        "term": ["", "é"],
        "dose": ["", "1.50"],
        "day": ["", "2024-01-05"],
        "moment": ["", "2024-01-05T10:30:00"],
        "clock": ["", "09:05:30.25"],
        "flag": ["", "true"],
        "ratio": ["", "0.1"],
    }
    assert forms["dm"].frame["subjid"].tolist() == ["1", "2"]
    assert [problem.code for problem in problems] == ["RAW027"]
    form, problems = read_form(FormSource("ae", "", url=server, query="delete from ae"), folder)
    assert form is None
    assert problems[0].message.startswith("form 'ae' cannot be read from the database: ")
    monkeypatch.setenv("EDC_PASSWORD", "wrong")
    form, problems = read_form(FormSource("ae", "", url=server), folder)
    assert form is None
    assert "cannot be reached" in problems[0].message
    assert "edc" not in problems[0].message
    assert "wrong" not in str(problems[0])
