"""Codelists made of two columns that say the same, in code and in words."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.dataset import Codelist, Term
from cdisc_conv.engine.describe.pairs import pair_codelists
from cdisc_conv.engine.facts.collect import collect_pairs
from cdisc_conv.engine.facts.datasets import DatasetFacts


def table(**columns: list) -> pd.DataFrame:
    return pd.DataFrame(
        {
            name: pd.Series(values, dtype="str" if isinstance(values[0], str) else "float64")
            for name, values in columns.items()
        }
    )


def lists(frame: pd.DataFrame, *names: str) -> dict[str, Codelist]:
    numeric = frozenset(name for name in frame if frame[name].dtype == "float64")
    facts = DatasetFacts(len(frame), {}, numeric, pairs=collect_pairs(frame))
    return pair_codelists(facts, {name: f"Label of {name}" for name in names or frame.columns}, frame.columns)


def test_parameters():
    frame = table(PARAMCD=["PFS", "OS", "PFS"], PARAM=["Free of Progression", "Survival", "Free of Progression"])

    assert lists(frame) == {
        "PARAMCD": Codelist(
            "Label of PARAMCD",
            "PARAMCD",
            terms=(Term("OS", decode="Survival"), Term("PFS", decode="Free of Progression")),
        ),
        "PARAM": Codelist("Label of PARAM", "PARAM", terms=(Term("Survival"), Term("Free of Progression"))),
    }


def test_number_and_text():
    frame = table(AVISIT=["Week 10", "Baseline", "", "Week 2"], AVISITN=[10, 0, float("nan"), 2])

    assert lists(frame) == {
        "AVISIT": Codelist("Label of AVISIT", "AVISIT", terms=(Term("Baseline"), Term("Week 2"), Term("Week 10"))),
        "AVISITN": Codelist(
            "Label of AVISITN",
            "AVISITN",
            type="integer",
            terms=(Term("0", decode="Baseline"), Term("2", decode="Week 2"), Term("10", decode="Week 10")),
        ),
    }


def test_flag_and_its_number():
    frame = table(CRIT1FL=["Y", "N"], CRIT1FN=[1, 0])

    assert lists(frame, "CRIT1FN") == {
        "CRIT1FN": Codelist(
            "Label of CRIT1FN", "CRIT1FN", type="integer", terms=(Term("0", decode="N"), Term("1", decode="Y"))
        )
    }


def test_numbers_with_decimals():
    assert lists(table(AVISIT=["a", "b"], AVISITN=[1, 1.1]), "AVISITN")["AVISITN"] == Codelist(
        "Label of AVISITN", "AVISITN", type="float", terms=(Term("1", decode="a"), Term("1.1", decode="b"))
    )


def test_a_decode_that_only_repeats_the_code_is_none():
    found = lists(table(ATOXGR=["2", "1"], ATOXGRN=[2, 1]), "ATOXGRN")["ATOXGRN"]
    assert found.terms == (Term("1"), Term("2"))


def test_a_code_with_several_texts_is_not_decoded_but_the_texts_are_listed():
    frame = table(AVISIT=["Extra 1", "Extra 2", "Week 1"], AVISITN=[99, 99, 1])

    assert lists(frame) == {
        "AVISIT": Codelist("Label of AVISIT", "AVISIT", terms=(Term("Week 1"), Term("Extra 1"), Term("Extra 2")))
    }


def test_a_code_whose_text_is_missing_in_some_records():
    found = lists(table(AVISIT=["", "Week 1", ""], AVISITN=[1, 1, 2]), "AVISITN")["AVISITN"]
    assert found.terms == (Term("1", decode="Week 1"), Term("2"))


@pytest.mark.parametrize(
    "frame",
    [
        table(AVAL=[1.0], AVALC=["1"]),
        table(ASEQ=[1.0], SEX=["M"]),
        table(AGEGR1=["a"]),
        table(AGEGR1=["a"], AGEGR1N=["1"]),
        table(PARAMCD=["OS"]),
        table(N=[1.0]),
        table(AGEGR1=[""], AGEGR1N=[float("nan")]),
    ],
    ids=lambda frame: " ".join(frame.columns),
)
def test_no_partner(frame):
    assert lists(frame) == {}


def test_only_the_columns_asked_for():
    frame = table(SEX=["M", "F"], SEXN=[1, 2])
    assert list(lists(frame, "SEXN", "OTHER")) == ["SEXN"]


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from("abcdef")), min_size=1, max_size=12))
def test_a_decode_is_what_the_data_say(pairs):
    """Law: every code occurs once, and its decode is the one text it stands beside."""
    frame = table(XN=[float(code) for code, _ in pairs], X=[text for _, text in pairs])
    texts = {code: {text for other, text in pairs if other == code} for code, _ in pairs}

    found = lists(frame, "XN").get("XN")

    if any(len(some) > 1 for some in texts.values()):
        assert found is None
    else:
        assert {term.value: term.decode for term in found.terms} == {str(c): t for c, (t,) in texts.items()}
