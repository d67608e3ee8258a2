"""last_before."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.derivations.rows import FakeRows, derive, make, method

START = "2022-03-01T09:00"


def weights(dates: list[str], results: list[str] | None = None, start: str = START, **more: list) -> FakeRows:
    count = len(dates)
    columns = {"USUBJID": ["01"] * count, "VSDTC": dates, "VSORRES": results or ["70"] * count}
    return FakeRows({**columns, "DM.RFXSTDTC": [start] * count, "VSTESTCD": ["WEIGHT"] * count, **more})


def flagged(rows: FakeRows, **parameters: object) -> list[int]:
    """The numbers of the records with Y."""
    made = derive(rows, last_before={"date": "VSDTC", "by": ["VSTESTCD"], **parameters})
    assert set(made) <= {"Y", ""}
    return [number for number, flag in enumerate(made) if flag]


def test_the_last_record_on_or_before() -> None:
    assert flagged(weights(["2022-02-20", "2022-02-28", "2022-03-02", "2022-02-01"])) == [1]


def test_a_result_must_be_there() -> None:
    assert flagged(weights(["2022-02-20", "2022-02-28"], ["70", " "])) == [0]
    rows = weights(["2022-02-20", "2022-02-28"], VSSTRESN=[None, 70])
    assert flagged(rows, result="VSSTRESN") == [1]


def test_one_per_subject_and_test() -> None:
    rows = weights(
        ["2022-02-20", "2022-02-21", "2022-02-22", "2022-02-23"],
        USUBJID=["01", "02", "01", "01"],
        VSTESTCD=["WEIGHT", "WEIGHT", "HEIGHT", "WEIGHT"],
    )
    assert flagged(rows) == [1, 2, 3]


def test_the_day_of_the_reference() -> None:
    rows = weights(["2022-02-20", "2022-03-01T08:00", "2022-03-01T09:00", "2022-03-01T09:01"])
    assert flagged(rows) == [2]
    assert flagged(rows, same_day="include") == [3]
    assert flagged(rows, same_day="exclude") == [0]


def test_without_a_time_a_record_of_the_day_counts() -> None:
    assert flagged(weights(["2022-02-20", "2022-03-01"])) == [1]
    assert flagged(weights(["2022-02-20", "2022-03-01T23:00"], start="2022-03-01")) == [1]
    assert flagged(weights(["2022-03-01T08:00", "2022-03-01"])) == [0]


def test_partial_and_missing_dates_do_not_count() -> None:
    assert flagged(weights(["2022-02", "", "2022-01-05", "2022"])) == [2]
    assert flagged(weights(["2022-02-20"], start="")) == []
    assert flagged(weights(["2022-02-20"], start="2022-03")) == []


def test_ties() -> None:
    dates = ["2022-02-20", "2022-02-20", "2022-02-20"]
    assert flagged(weights(dates)) == [2]
    assert flagged(weights(dates, VSREPNUM=[1, 3, 2]), order=["VSREPNUM"]) == [1]
    rows = weights(dates, A=["2", "2", "1"], B=["1", "2", "9"])
    assert flagged(rows, order=["A", "B"]) == [1]


def test_unscheduled_visits_count_unless_they_are_left_out() -> None:
    rows = weights(["2022-02-20", "2022-02-28"], VISITNUM=[1, 1.01])
    assert flagged(rows) == [1]
    assert flagged(rows, where="VISITNUM == floor(VISITNUM)") == [0]


def test_no_rows() -> None:
    assert flagged(weights([])) == []


def test_analysis_dates() -> None:
    rows = FakeRows(
        {
            "USUBJID": ["01"] * 4,
            "ADT": [22712.0, 22713.0, 22714.0, 22715.0],
            "ADTM": [22712 * 86400.0, 22713 * 86400.0, 22714 * 86400.0, 22714 * 86400.0 + 36000],
            "AVAL": [1.0, 2.0, None, 4.0],
            "ADSL.TRTSDT": [22714.0] * 4,
            "ADSL.TRTSDTM": [22714 * 86400.0 + 3600] * 4,
        }
    )
    assert derive(rows, last_before={"date": "ADT", "reference": "ADSL.TRTSDT"}) == ["", "Y", "", ""]
    assert derive(rows, last_before={"date": "ADTM", "reference": "ADSL.TRTSDT"}) == ["", "", "", "Y"]
    assert derive(rows, last_before={"date": "ADTM", "reference": "ADSL.TRTSDTM"}) == ["", "Y", "", ""]
    assert "AVAL" in make(last_before="ADTM").reads()


def test_last_before_says_what_it_reads() -> None:
    made = make(last_before={"date": "VSDTC", "by": "VSTESTCD", "order": "VSREPNUM", "where": "VISITNUM > 1"})
    assert made.reads() == ("VSDTC", "VSORRES", "DM.RFXSTDTC", "VSTESTCD", "VSREPNUM", "VISITNUM")


def test_last_before_describes_itself() -> None:
    assert method(last_before={"date": "VSDTC", "by": ["VSTESTCD"]}) == (
        "Y on the last record, by AE.VSDTC, that has a value of AE.VSORRES and whose AE.VSDTC is on or before "
        "DM.RFXSTDTC, for each subject and AE.VSTESTCD; blank on all other records. On the date of DM.RFXSTDTC "
        "itself times decide where both are known: a record at a later time does not count; where either time is "
        "missing, the record counts. Records of scheduled and unscheduled visits count alike. Records whose AE.VSDTC "
        "is missing or partial do not count, and subjects whose DM.RFXSTDTC is missing or partial have no flag. On "
        "one day a record without a time comes before those with one. Of several records at the same date and time "
        "the last one in the order of the source data is flagged."
    )
    assert method(
        last_before={
            "date": "VSDTC",
            "order": "VSREPNUM",
            "same_day": "exclude",
            "where": "VISITNUM == floor(VISITNUM)",
        }
    ) == (
        "Y on the last record, by AE.VSDTC, that has a value of AE.VSORRES and whose AE.VSDTC is before the date of "
        "DM.RFXSTDTC, for each subject; blank on all other records. Records on the date of DM.RFXSTDTC itself do not "
        "count, whatever their times. Only records where AE.VISITNUM equals AE.VISITNUM rounded down count. Records "
        "whose AE.VSDTC is missing or partial do not count, and subjects whose DM.RFXSTDTC is missing or partial "
        "have no flag. On one day a record without a time comes before those with one. Of several records at the "
        "same date and time the one that is last by AE.VSREPNUM is flagged, and of those that are equal in this too "
        "the last one in the order of the source data."
    )


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["01", "02"]), st.sampled_from(["", "2022-02", "2022-02-28", "2022-03-01", START, "2023"])
        ),
        min_size=1,
    )
)
def test_at_most_one_record_and_independent_of_other_subjects(records: list[tuple[str, str]]) -> None:
    def flags(chosen: list[tuple[str, str]]) -> list[str]:
        rows = weights([r[1] for r in chosen], USUBJID=[r[0] for r in chosen])
        return derive(rows, last_before={"date": "VSDTC"})

    together = [flag for flag, record in zip(flags(records), records, strict=True) if record[0] == "01"]
    assert together.count("Y") <= 1
    own = [record for record in records if record[0] == "01"]
    assert together == (flags(own) if own else [])
