"""Options that take one value are refused when they are given twice."""

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
