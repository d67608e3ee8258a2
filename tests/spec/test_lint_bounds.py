"""Lint: large and odd mappings cost no more than they should, and one fault is one finding."""

from __future__ import annotations

import time

from cdisc_conv.problems import closest

AE = "sdtm/ae.yaml"


def test_very_many_unknown_keys_share_a_finding(lint):
    started = time.perf_counter()
    found = lint((AE, "dataset: AE", "dataset: AE\n" + "".join(f"unknown{number}: 1\n" for number in range(20_000))))
    assert len(found) == 51
    assert found[-1] == "tiny/sdtm/ae.yaml:52: SPEC001 AE has 19,950 more keys that are not known"
    assert time.perf_counter() - started < 60


def test_near_words_among_very_many():
    known = [f"COLUMN{number}" for number in range(100_000)]
    started = time.perf_counter()
    assert closest("COLUMN4711X", known).startswith("COLUMN4711")
    assert closest("SOMETHING", known) == ""
    assert time.perf_counter() - started < 10


def test_extends_takes_one_mapping(lint):
    assert lint((AE, "dataset: AE", "extends: [a, b]\ndataset: AE")) == [
        "tiny/sdtm/ae.yaml:1: SPEC102 'extends' takes the name of one mapping (a layer can extend another one in turn)"
    ]


def test_very_many_keys_are_read_in_seconds(lint):
    started = time.perf_counter()
    found = lint((AE, "dataset: AE", "dataset: AE\n" + "".join(f"unknown{number}: 1\n" for number in range(150_000))))
    assert (len(found), found[-1]) == (51, "tiny/sdtm/ae.yaml:52: SPEC001 AE has 149,950 more keys that are not known")
    assert time.perf_counter() - started < 30


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
    own = "".join(f"  UNK{number}: {{copy: AETERM}}\n" for number in range(5_000))
    started = time.perf_counter()
    found = lint((AE, "variables:\n", f"variables:\n{own}"))
    assert len(found) == 51
    assert found[0] == "tiny/sdtm/ae.yaml:1: LINT207 AE has 4,950 more variables that SDTMIG 3.4 has not"
    assert time.perf_counter() - started < 60


def test_very_many_repeated_keys_share_a_finding(lint):
    found = lint((AE, "dataset: AE", "dataset: AE\n" + "x: 1\n" * 1000))
    repeated = [text for text in found if "YAML003" in text]
    assert (len(repeated), repeated[-1]) == (
        51,
        "tiny/sdtm/ae.yaml:53: YAML003 the file has 949 more faults of this kind",
    )


def test_very_many_columns_not_submitted_share_a_finding(lint):
    entries = "".join(f"  ae.X{number}: gone\n" for number in range(150_000))
    started = time.perf_counter()
    found = lint(("study.yaml", "not_submitted:\n", f"not_submitted:\n{entries}"))
    assert len(found) == 51
    assert found[-1] == "tiny/study.yaml:60: LINT103 'not_submitted' has 149,950 more names that no form has"
    assert time.perf_counter() - started < 60


def test_very_many_qualifiers_of_missing_columns_share_a_finding(lint):
    entries = "".join(f"  Q{number}: {{copy: GONE{number}, label: Gone {number}}}\n" for number in range(5_000))
    started = time.perf_counter()
    found = lint((AE, "supplemental:\n", f"supplemental:\n{entries}"))
    lost = [line for line in found if "LINT301" in line]
    assert len(lost) == 51
    assert lost[-1].endswith(": LINT301 AE has 4,950 more entries that read names which lead nowhere")
    assert time.perf_counter() - started < 60
