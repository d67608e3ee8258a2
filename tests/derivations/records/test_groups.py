"""sum, mean, count and list."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.derivations.records.groups import add_up
from tests.derivations.rows import FakeRows, derive, make, method, refusal

TR = {
    "TRLNKID": ["T02", "T01", "T01", "T03", "T01"],
    "TRTESTCD": ["LDIAM", "LDIAM", "LPERP", "LDIAM", "LDIAM"],
    "TRSTRESN": [32.3, 20.1, 12, None, 18],
    "TRSTRESC": ["32.3", "20.1", "12", "NE", "18"],
}
EX = {
    "USUBJID": ["01", "01", "02", "01"],
    "EXTRT": ["OXALIPLATIN", "CAPECITABINE", "OXALIPLATIN", "OXALIPLATIN"],
    "EXDOSE": [130, 1000, None, 104],
    "VISITNUM": [3, 3, 3, 3],
}


def visits() -> FakeRows:
    """Two visits: the first of four source rows, the second of one; a third record without any."""
    return FakeRows({"USUBJID": ["01", "01", "02"]}, groups=[0, 0, 0, 0, 1], group_rows=TR)


def subjects() -> FakeRows:
    return FakeRows({"USUBJID": ["01", "02", "03"]}, tables={"EX": EX})


def test_sums_over_the_rows_behind_the_record() -> None:
    assert derive(visits(), sum="TRSTRESN") == [64.4, 18.0, None]
    assert derive(visits(), sum={"of": "TRSTRESN", "where": 'TRTESTCD == "LDIAM"'}) == [52.4, 18.0, None]
    assert derive(visits(), sum={"of": "TRSTRESN", "missing": "blank"}) == [None, 18.0, None]


def test_sums_over_another_dataset() -> None:
    assert derive(subjects(), sum="EX.EXDOSE") == [1234.0, None, None]
    assert derive(subjects(), sum={"of": "EX.EXDOSE", "where": 'EXTRT == "OXALIPLATIN"'}) == [234.0, None, None]


def test_an_expression_of_each_row() -> None:
    cumulative = {"of": "EX.EXDOSE", "each": "EXDOSE * VISITNUM", "where": 'EXTRT == "OXALIPLATIN"'}
    assert derive(subjects(), sum=cumulative) == [702.0, None, None]
    assert derive(subjects(), mean={"of": "EX.EXDOSE", "each": "EXDOSE / 2"}) == [1234 / 6, None, None]
    assert derive(visits(), sum={"of": "TRSTRESN", "each": "1"}) == [3.0, 1.0, None]
    assert method(sum=cumulative) == (
        "The sum of EX.EXDOSE × EX.VISITNUM, over all records whose USUBJID is the same and where EX.EXTRT "
        "equals OXALIPLATIN. Missing values are left out. Blank where there is no value."
    )
    assert make(sum=cumulative).tables() == {"EX": ("USUBJID", "EXTRT", "EXDOSE", "VISITNUM")}
    assert make(sum={"of": "TRSTRESN", "each": "TRSTRESN * 2"}).reads() == ("raw.TRSTRESN",)


def test_a_record_without_group_has_its_one_row() -> None:
    rows = FakeRows({"USUBJID": ["01", "01"], "VSSTRESN": [120, None]})
    assert derive(rows, mean="VSSTRESN") == [120.0, None]
    assert derive(rows, count="VSSTRESN") == [1.0, 0.0]


def test_means() -> None:
    assert derive(visits(), mean={"of": "TRSTRESN", "where": 'TRTESTCD == "LDIAM"'}) == [26.2, 18.0, None]
    assert derive(subjects(), mean={"of": "EX.EXDOSE", "missing": "blank"}) == [1234 / 3, None, None]


def test_counts() -> None:
    assert derive(visits(), count="TRSTRESN") == [3.0, 1.0, 0.0]
    assert derive(visits(), count={"of": "TRLNKID", "distinct": True}) == [3.0, 1.0, 0.0]
    assert derive(subjects(), count="EX.EXDOSE") == [3.0, 0.0, 0.0]
    assert derive(subjects(), count={"of": "EX.VISITNUM", "distinct": True}) == [1.0, 1.0, 0.0]


def test_lists() -> None:
    assert derive(visits(), list="TRLNKID") == ["T01, T02, T03", "T01", ""]
    assert derive(visits(), list={"of": "TRLNKID", "where": 'TRSTRESN != ""'}) == ["T01, T02", "T01", ""]
    assert derive(subjects(), list={"of": "EX.EXDOSE", "separator": "/"}) == ["104/130/1000", "", ""]


def test_keys_of_another_dataset() -> None:
    rows = FakeRows({"USUBJID": ["01", "01"], "PARAMCD": ["OXALIPLATIN", "CAPECITABINE"]}, tables={"EX": EX})
    entry = {"of": "EX.EXDOSE", "by": {"USUBJID": "USUBJID", "PARAMCD": "EXTRT"}}
    assert derive(rows, sum=entry) == [234.0, 1000.0]


def test_texts_that_are_no_numbers_are_reported() -> None:
    rows = visits()
    assert derive(rows, sum="TRSTRESC") == [64.4, 18.0, None]
    assert [(r.code, r.message, r.rows, r.field, r.value, r.hint) for r in rows.reports] == [
        (
            "GRP001",
            "1 value of TRSTRESC is not a number and counts as missing",
            [0],
            "TRSTRESC",
            "NE",
            "take the numeric result, such as --STRESN, or leave such rows out with 'where'",
        )
    ]


def test_no_rows() -> None:
    rows = FakeRows({"USUBJID": ["01"]}, tables={"EX": {name: [] for name in EX}})
    assert derive(rows, sum="EX.EXDOSE") == [None]
    assert derive(rows, count="EX.EXDOSE") == [0.0]
    assert derive(rows, list="EX.EXTRT") == [""]
    nothing = FakeRows({"USUBJID": [], "X": []})
    assert derive(nothing, sum="X") == []
    assert derive(nothing, list="X") == []


def test_what_they_read() -> None:
    own = make(sum={"of": "TRSTRESN", "where": 'TRTESTCD == "LDIAM"'})
    assert (own.reads(), own.tables(), own.reads_siblings()) == (("raw.TRSTRESN", "raw.TRTESTCD"), {}, False)
    other = make(list={"of": "EX.EXTRT", "where": "EXDOSE > 0"})
    assert (other.reads(), other.tables()) == (("USUBJID",), {"EX": ("USUBJID", "EXDOSE", "EXTRT")})
    assert make(count="self.ADT").tables() == {"self": ("USUBJID", "ADT")}


def test_what_is_refused() -> None:
    assert refusal(sum="form ex.EXDOSE") == (
        "'sum': form ex has no USUBJID; say with 'by' what ties its rows to the records, such as SUBJID"
    )
    assert refusal(list={"of": "TRLNKID", "by": "VISITNUM"}) == (
        "'list': 'by' matches records of another dataset, but TRLNKID is a column of the record's own rows"
    )


def test_they_describe_themselves() -> None:
    assert method(sum={"of": "TRSTRESN", "where": 'TRTESTCD == "LDIAM"'}) == (
        "The sum of TRSTRESN of form Adverse Events over the source records grouped into this record where TRTESTCD "
        "of form Adverse Events equals LDIAM. Missing values are left out. Blank where there is no value."
    )
    assert method(mean={"of": "EX.EXDOSE", "where": 'EXTRT == "A"', "missing": "blank"}) == (
        "The arithmetic mean of EX.EXDOSE over all records whose USUBJID is the same and where EX.EXTRT equals A, not "
        "rounded. Blank where one of the values is missing or there is none."
    )
    assert method(count={"of": "EX.VISITNUM", "distinct": True}) == (
        "The number of different values of EX.VISITNUM over all records whose USUBJID is the same. Missing values are "
        "not counted; 0 where there is none."
    )
    assert method(list="EX.EXTRT") == (
        "The different values of EX.EXTRT over all records whose USUBJID is the same, sorted ascending and joined by "
        "', '. Missing values are left out."
    )


DECIMALS = st.decimals(0, 1000, places=2)
NUMBERS = st.floats(-1e6, 1e6)


def total(numbers: list[float]) -> float:
    return derive(FakeRows({"USUBJID": ["01"]}, groups=[0] * len(numbers), group_rows={"X": numbers}), sum="X")[0]


@given(st.lists(DECIMALS, min_size=1, max_size=50))
def test_decimals_are_added_as_decimals(numbers: list[Decimal]) -> None:
    assert total([float(number) for number in numbers]) == float(sum(numbers))


@given(st.lists(NUMBERS, min_size=1, max_size=20), st.randoms())
def test_the_order_of_records_never_matters(numbers: list[float], random: object) -> None:
    shuffled = numbers.copy()
    random.shuffle(shuffled)
    assert total(shuffled) == total(numbers)


def test_a_sum_does_not_depend_on_the_numbers_of_other_groups() -> None:
    """A number of many decimals in one group does not take the exact sum of tenths from another."""
    sums = add_up(np.array([0, 0, 0, 1]), np.array([0.1, 0.2, 0.3, 1 / 3]), 2)
    assert sums.tolist() == [0.6, 1 / 3]
    assert add_up(np.array([0, 0, 1]), np.array([0.1, 0.2, 1e300]), 2).tolist() == [0.3, 1e300]
