"""Options that take one value are refused when they are given twice, and empty values wherever they are."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (("run", "tiny", "--raw", "raw", "--raw", "other", "--out", "out"), "--raw"),
        (("run", "tiny", "--raw", "raw", "--out", "out", "--datasets", "DM", "--datasets", "AE"), "--datasets"),
        (("demo", "out", "--seed", "1", "--seed=2"), "--seed"),
    ],
)
def test_an_option_given_twice(cli, tmp_path, arguments, option):
    result = cli(*arguments)
    assert result.exit_code == 2
    assert f"Invalid value for '{option}': it is given 2 times, and takes one value" in result.stderr
    assert not (tmp_path / "out").exists()


def test_an_option_that_is_meant_to_be_repeated(cli):
    result = cli("compare", "raw/dm.csv", "raw/dm.csv", "--tolerance", "1", "--tolerance", "AGE=2")
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "tiny", "--raw", "", "--out", "out"), "'--raw': it is empty; give it a value, or leave it out"),
        (("run", "tiny", "--raw", "raw", "--out", ""), "'--out': it is empty; give it a value\n"),
        (
            ("run", "tiny", "--raw", "raw", "--out", "out", "--datasets", ""),
            "'--datasets': it is empty; give it a value, or leave it out",
        ),
        (
            ("run", "tiny", "--raw", "raw", "--out", "out", "--datasets=, "),
            "'--datasets': it is empty; give it a value, or leave it out",
        ),
        (("demo", ""), "'OUT': it is empty; give it a value\n"),
        (
            ("compare", "raw/dm.csv", "raw/dm.csv", "--tolerance", ""),
            "'--tolerance': it is empty; give it a value, or leave it out",
        ),
    ],
)
def test_an_empty_value(cli, tmp_path, arguments, message):
    before = sorted(path.name for path in tmp_path.iterdir())
    result = cli(*arguments)
    assert result.exit_code == 2
    assert f"Invalid value for {message}" in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == before
