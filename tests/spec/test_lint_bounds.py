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
