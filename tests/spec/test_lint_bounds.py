"""Lint: large and odd mappings cost no more than they should, and one fault is one finding."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

import pytest

from cdisc_conv.problems import MOST_COMPARED, closest

AE = "sdtm/ae.yaml"


def run_in_proportion(run: Callable[[int], list[str]], size: int) -> list[str]:
    """What comes of `size` things, after a fourth of them: four times the work may cost ten times, not sixteen times.

    Both are measured in one process by its own time, so that other work of the machine does not count.
    """
    spent = []
    for number in (size // 4, size):
        started = process_time()
        made = run(number)
        spent.append(process_time() - started)
    assert spent[1] < 10 * spent[0]
    return made


def write_keys(size: int) -> tuple[str, str, str]:
    return AE, "dataset: AE", "dataset: AE\n" + "".join(f"unknown{number}: 1\n" for number in range(size))


def test_very_many_unknown_keys_share_a_finding(lint):
    found = lint(write_keys(20_000))
    assert len(found) == 51
    assert found[-1] == "tiny/sdtm/ae.yaml:52: SPEC001 AE has 19,950 more keys that are not known"


def test_near_words_among_very_many(monkeypatch: pytest.MonkeyPatch):
    """Comparing is what costs: so many names at most are compared, whatever there are."""
    import difflib

    compared = []
    find = difflib.get_close_matches

    def count(word, possibilities, n, cutoff):
        compared.append(len(possibilities))
        return find(word, possibilities, n=n, cutoff=cutoff)

    monkeypatch.setattr(difflib, "get_close_matches", count)
    known = [f"COLUMN{number}" for number in range(100_000)]
    assert closest("COLUMN4711X", known).startswith("COLUMN4711")
    assert closest("SOMETHING", known) == ""
    assert compared == [MOST_COMPARED, 0]


def test_extends_takes_names_of_mappings(lint):
    assert lint((AE, "dataset: AE", "extends: [a, b]\ndataset: AE")) == [
        "tiny/sdtm/ae.yaml:1: SPEC102 there is no mapping 'a' to extend",
        "tiny/sdtm/ae.yaml:1: SPEC102 there is no mapping 'b' to extend",
    ]
    assert lint((AE, "dataset: AE", "extends: {a: b}\ndataset: AE")) == [
        "tiny/sdtm/ae.yaml:1: SPEC102 'extends' takes the name of a mapping, or a list of names "
        "(such as [library/lb, ours/lb])"
    ]


def test_very_many_keys_are_read_in_proportion(lint):
    found = run_in_proportion(lambda size: lint(write_keys(size)), 150_000)
    assert (len(found), found[-1]) == (51, "tiny/sdtm/ae.yaml:52: SPEC001 AE has 149,950 more keys that are not known")


def test_anchors_that_multiply_are_refused(lint):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    found = lint((AE, "dataset: AE", "\n".join([*lines, "dataset: AE"])))
    assert found[0] == (
        "tiny/sdtm/ae.yaml:1: YAML004 the file holds more than 200000 values or is nested deeper than 60 levels "
        "(are anchors repeated?)"
    )


def test_deep_nesting_is_refused(lint):
    deep = "[" * 20_000 + "]" * 20_000
    found = lint((AE, "dataset: AE", f"dataset: AE\nmore: {deep}"))
    assert found[0] == "tiny/sdtm/ae.yaml: YAML002 the file is nested too deeply"
    found = lint((AE, 'AEYN == "Y"', "(" * 1000 + 'AEYN == "Y"' + ")" * 1000))
    assert found[0].startswith(
        "tiny/sdtm/ae.yaml:5: EXPR007 the expression is nested more than 50 deep, at character 51"
    )


def test_very_many_unknown_variables_share_a_finding(lint):
    def run(size: int) -> list[str]:
        own = "".join(f"  UNK{number}: {{copy: AETERM}}\n" for number in range(size))
        return lint((AE, "variables:\n", f"variables:\n{own}"))

    found = run_in_proportion(run, 5_000)
    assert len(found) == 51
    assert found[0] == "tiny/sdtm/ae.yaml:1: LINT207 AE has 4,950 more variables that SDTMIG 3.4 has not"


def test_very_many_repeated_keys_share_a_finding(lint):
    found = lint((AE, "dataset: AE", "dataset: AE\n" + "x: 1\n" * 1000))
    repeated = [text for text in found if "YAML003" in text]
    assert (len(repeated), repeated[-1]) == (
        51,
        "tiny/sdtm/ae.yaml:53: YAML003 the file has 949 more faults of this kind",
    )


def test_very_many_columns_not_submitted_share_a_finding(lint):
    def run(size: int) -> list[str]:
        entries = "".join(f"  ae.X{number}: gone\n" for number in range(size))
        return lint(("study.yaml", "not_submitted:\n", f"not_submitted:\n{entries}"))

    found = run_in_proportion(run, 150_000)
    assert len(found) == 51
    assert found[-1] == "tiny/study.yaml:60: LINT103 'not_submitted' has 149,950 more names that no form has"


def test_very_many_qualifiers_of_missing_columns_share_a_finding(lint):
    def run(size: int) -> list[str]:
        entries = "".join(f"  Q{number}: {{copy: GONE{number}, label: Gone {number}}}\n" for number in range(size))
        return lint((AE, "supplemental:\n", f"supplemental:\n{entries}"))

    found = run_in_proportion(run, 5_000)
    lost = [line for line in found if "LINT301" in line]
    assert len(lost) == 51
    assert lost[-1].endswith(": LINT301 AE has 4,950 more entries that read names which lead nowhere")
