"""Values of instruments are held against codelists of their own: tests by their category, results by their test."""

from __future__ import annotations

from cdisc_conv.checks import check_datasets
from tests.checks.conftest import STANDARD, TERMINOLOGY, make_dataset

HEAD = "STUDYID|DOMAIN|USUBJID|RSSEQ|RSCAT|RSTESTCD|RSTEST|RSORRES|RSSTRESC\n"


def find(*lines: str) -> list[str]:
    """The findings about terminology in RS."""
    rs = make_dataset("RS", HEAD + "\n".join(f"S|RS|S-01|{number}|{line}" for number, line in enumerate(lines, 1)))
    found = check_datasets([rs], STANDARD, TERMINOLOGY).problems
    return [
        f"{problem.place.variable}: {problem.message.partition(';')[0]}" for problem in found if "CT" in problem.code
    ]


def test_tests_and_results_of_an_instrument_are_its_own_terms():
    assert find(
        "ECOG|ECOG101|ECOG1-Performance Status|Fully active|0",
        "ECOG|ECOG101|ECOG1-Performance Status|Dead|5",
        "RECIST 1.1|OVRLRESP|Overall Response|Stable disease|SD",
    ) == []  # fmt: skip


def test_a_result_that_the_test_cannot_have():
    assert find("ECOG|ECOG101|ECOG1-Performance Status|Very ill|6", "ECOG|ECOG101|ECOG1-Performance Status|x|SD") == [
        "RSSTRESC: RSSTRESC is '6', which is not in codelist ECOG101STR (C179944)",
        "RSSTRESC: RSSTRESC is 'SD', which is not in codelist ECOG101STR (C179944)",
    ]


def test_a_test_of_another_category():
    assert find(
        "ECOG|OVRLRESP|Overall Response|Stable disease|SD", "RECIST 1.1|ECOG101|ECOG1-Performance Status||0"
    ) == [
        "RSTESTCD: RSTESTCD is 'OVRLRESP', which is not in codelist ECOG1TC (C101815)",
        "RSTESTCD: RSTESTCD is 'ECOG101', which is not in codelist ONCRTSCD (C96782)",
    ]


def test_the_name_belongs_to_the_code():
    assert find("ECOG|ECOG101|Performance Status|Fully active|0") == [
        "RSTEST: RSTEST is 'Performance Status' where RSTESTCD is ECOG101",
    ]
