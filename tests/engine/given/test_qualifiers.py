"""Supplemental qualifiers that are given, back beside their records."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.engine.given.qualifiers import add_qualifiers

RECORDS = pd.DataFrame(
    {
        "USUBJID": pd.Series(["1", "1", "2"], dtype="str"),
        "AESEQ": [1.0, 2.0, 1.0],
        "AESPID": pd.Series(["A", "B", "A"], dtype="str"),
    }
)


def supplement(*rows: tuple[str, str, str, str, str], rdomain: str = "AE") -> pd.DataFrame:
    names = ["USUBJID", "IDVAR", "IDVARVAL", "QNAM", "QVAL"]
    columns = {name: pd.Series([row[place] for row in rows], dtype="str") for place, name in enumerate(names)}
    return pd.DataFrame({"RDOMAIN": pd.Series([rdomain] * len(rows), dtype="str"), **columns})


def join(rows: pd.DataFrame) -> tuple[list[str], list[str]]:
    frame, problems = add_qualifiers("AE", RECORDS, rows, ["QUAL"], "suppae.xpt")
    return frame["QUAL"].tolist(), [str(problem) for problem in problems]


def test_by_a_number_by_text_and_by_subject():
    assert join(supplement(("1", "AESEQ", "2.0", "QUAL", "x"))) == (["", "x", ""], [])
    assert join(supplement(("2", "AESPID", "A", "QUAL", "x"))) == (["", "", "x"], [])
    assert join(supplement(("1", "", "", "QUAL", "x"))) == (["x", "x", ""], [])


def test_other_names_and_other_domains_do_not_count():
    assert join(supplement(("1", "AESEQ", "1", "OTHER", "x"))) == (["", "", ""], [])
    assert join(supplement(("1", "AESEQ", "1", "QUAL", "x"), rdomain="CM")) == (["", "", ""], [])


def test_what_belongs_to_no_record_is_told():
    rows = supplement(
        ("3", "AESEQ", "1", "QUAL", "x"), ("1", "AESEQ", "one", "QUAL", "x"), ("1", "AEGRPID", "1", "QUAL", "x")
    )
    assert join(rows) == (
        ["", "", ""],
        [
            "AE.QUAL: GIVEN006 3 values of QUAL in suppae.xpt belong to no record of AE, such as one of 3 "
            "(do USUBJID, IDVAR and IDVARVAL name a record of the dataset?)"
        ],
    )


def test_the_first_of_several_counts():
    rows = supplement(("1", "AESEQ", "1", "QUAL", "x"), ("1", "", "", "QUAL", "y"))
    assert join(rows) == (
        ["x", "y", ""],
        ["AE.QUAL: GIVEN008 1 record of AE has several values of QUAL in suppae.xpt; the first counts"],
    )


def test_no_records_and_no_qualifiers():
    frame, problems = add_qualifiers("AE", RECORDS.iloc[:0], supplement(), ["QUAL"], "suppae.xpt")
    assert (frame["QUAL"].tolist(), problems) == ([], [])
    assert join(supplement()) == (["", "", ""], [])


@given(st.lists(st.tuples(st.sampled_from("123"), st.sampled_from(["", "p", "q"])), max_size=12), st.randoms())
def test_a_column_that_was_taken_apart_comes_back(records, random):
    subjects = [subject for subject, _ in records]
    values = [value for _, value in records]
    numbers = [float(subjects[: place + 1].count(subject)) for place, subject in enumerate(subjects)]
    frame = pd.DataFrame({"USUBJID": pd.Series(subjects, dtype="str"), "AESEQ": numbers})
    rows = [
        (subject, "AESEQ", f"{number:g}", "QUAL", value)
        for subject, number, value in zip(subjects, numbers, values, strict=True)
        if value
    ]
    random.shuffle(rows)
    joined, problems = add_qualifiers("AE", frame, supplement(*rows), ["QUAL"], "suppae.xpt")
    assert joined["QUAL"].tolist() == values
    assert problems == []
