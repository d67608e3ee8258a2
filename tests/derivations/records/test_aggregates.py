"""min and max."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.problems import Severity
from tests.derivations.rows import FakeRows, Report, derive, make, method, refusal

EX = {
    "USUBJID": ["01", "01", "02", "03", "01"],
    "EXSTDTC": ["2022-03-26", "2022-03-05T08:30", "", "2022-04", ""],
    "EXENDTC": ["2022-04-15", "2022-03-25", "", "2022-04-02", "2022-04"],
    "EXDOSE": [100, 150, None, 50, 25],
    "EXTRT": ["A", "B", "A", "A", "A"],
}


def subjects(**tables: dict[str, list]) -> FakeRows:
    return FakeRows({"USUBJID": ["01", "02", "03", "04"]}, tables={"EX": EX, **tables}, variable="RFXSTDTC")


def test_earliest_and_latest_dates() -> None:
    assert derive(subjects(), min="EX.EXSTDTC") == ["2022-03-05T08:30", "", "2022-04", ""]
    assert derive(subjects(), max="EX.EXENDTC") == ["2022-04-15", "", "2022-04-02", ""]


def test_least_and_greatest_numbers() -> None:
    assert derive(subjects(), min="EX.EXDOSE") == [25.0, None, 50.0, None]
    assert derive(subjects(), max="EX.EXDOSE") == [150.0, None, 50.0, None]


def test_only_records_that_meet_the_condition() -> None:
    assert derive(subjects(), min={"of": "EX.EXSTDTC", "where": 'EXTRT == "A"'}) == ["2022-03-26", "", "2022-04", ""]


def test_over_several_datasets() -> None:
    ds = {"USUBJID": ["01", "04"], "DSSTDTC": ["2022-05-01T10:00", "2022-01-01"]}
    assert derive(subjects(DS=ds), max=["EX.EXENDTC", "DS.DSSTDTC"]) == [
        "2022-05-01T10:00",
        "",
        "2022-04-02",
        "2022-01-01",
    ]
    assert derive(subjects(DS=ds), max={"of": ["EX.EXENDTC", "DS.DSSTDTC"], "date": True})[0] == "2022-05-01"


def test_partial_dates() -> None:
    table = {"USUBJID": ["01", "01", "02", "02"], "D": ["2022-03", "2022-03-05", "2022-03-01", "2022-03"]}
    rows = FakeRows({"USUBJID": ["01", "02"]}, tables={"EX": table})
    assert derive(rows, min="EX.D") == ["2022-03", "2022-03-01"]
    assert derive(rows, max="EX.D") == ["2022-03-05", "2022-03-01"]
    assert derive(rows, min={"of": "EX.D", "partial": "exclude"}) == ["2022-03-05", "2022-03-01"]


def test_a_partial_date_that_hides_a_complete_one_is_reported() -> None:
    table = {"USUBJID": ["01", "01", "02", "02"], "D": ["2022-03", "2022-03-05", "2022-02", "2022-03-01"]}
    rows = FakeRows({"USUBJID": ["01", "02"]}, tables={"EX": table})
    assert derive(rows, min="EX.D") == ["2022-03", "2022-02"]
    assert rows.reports == [
        Report(
            "AGG003",
            "the earliest of EX.D: a partial date is taken though a complete one may come before it",
            [0],
            Severity.WARNING,
            hint="such as 2022-03 instead of 2022-03-05; is 'partial: exclude' meant?",
        )
    ]
    rows = FakeRows({"USUBJID": ["01", "02"]}, tables={"EX": table})
    assert derive(rows, min={"of": "EX.D", "partial": "exclude"}) == ["2022-03-05", "2022-03-01"]
    assert rows.reports == []


def test_dates_of_a_form_are_read_in_the_formats_of_the_study() -> None:
    ic = {"SUBJID": ["1", "1"], "ICDAT": ["05-MAR-2022", "01-DEC-2021"], "N": ["9", "10"]}
    rows = FakeRows({"SUBJID": ["1"]}, tables={"form ic": ic})
    assert derive(rows, min={"of": "form ic.ICDAT", "by": "SUBJID"}) == ["2021-12-01"]
    assert derive(rows, max={"of": "form ic.N", "by": "SUBJID", "read": "number"}) == [10.0]


def test_texts_that_are_no_dates_are_reported() -> None:
    rows = FakeRows({"USUBJID": ["01"]}, tables={"LB": {"USUBJID": ["01", "01"], "R": ["low", "2022"]}})
    assert derive(rows, min="LB.R") == ["2022"]
    assert [(r.code, r.message, r.hint) for r in rows.reports] == [
        (
            "AGG002",
            "1 value of LB.R has no year or is not an ISO 8601 date, and does not count",
            "the first is 'low'; say 'read: number' if they are numbers",
        )
    ]


def test_dates_and_numbers_do_not_compare() -> None:
    rows = subjects()
    assert derive(rows, min=["EX.EXSTDTC", "EX.EXDOSE"]) == [""] * 4
    assert rows.reports == [
        Report(
            "AGG001",
            "EX.EXSTDTC and EX.EXDOSE are partly numbers and partly dates, which do not compare",
            [0, 1, 2, 3],
            hint="take columns of one kind",
        )
    ]


def test_empty_tables() -> None:
    rows = FakeRows({"USUBJID": ["01"]}, tables={"EX": {"USUBJID": [], "EXSTDTC": []}})
    assert derive(rows, min="EX.EXSTDTC") == [""]


VISITS = {"USUBJID": ["01", "02", "03"]}
MEMBERS = {
    "TRDTC": ["2022-03-09", "2022-03-07", "2022-03-08", "2022-04"],
    "TREVAL": ["INVESTIGATOR", "OTHER", "INVESTIGATOR", "INVESTIGATOR"],
    "ADT": [9, 7, None, 30],
}


def test_over_the_rows_behind_the_record() -> None:
    rows = FakeRows(VISITS, groups=[0, 0, 0, 2], group_rows=MEMBERS)
    assert derive(rows, min="TRDTC") == ["2022-03-07", "", "2022-04"]
    assert derive(rows, max="ADT") == [9.0, None, 30.0]
    assert derive(rows, min=["ADT", "raw.ADT"]) == [7.0, None, 30.0]
    assert derive(rows, min={"of": "TRDTC", "where": 'TREVAL == "INVESTIGATOR"'}) == ["2022-03-08", "", "2022-04"]
    assert derive(rows, min={"of": "TRDTC", "where": 'raw.TREVAL == "OTHER"'}) == ["2022-03-07", "", ""]


def test_rows_of_a_form_behind_the_record_have_dates_in_the_formats_of_the_study() -> None:
    rows = FakeRows(VISITS, groups=[0, 0, 1], group_rows={"VISDAT": ["05-MAR-2022", "01-DEC-2021", ""]})
    assert derive(rows, min="VISDAT") == ["2021-12-01", "", ""]


def test_min_over_own_rows_says_what_it_reads() -> None:
    made = make(min={"of": ["`IT.DAT`", "TRDTC"], "where": 'raw.TREVAL == "A" and X == "1"'})
    assert made.reads() == ("raw.IT.DAT", "raw.TRDTC", "raw.TREVAL", "raw.X")
    assert made.tables() == {}
    assert not made.reads_siblings()


def test_min_says_what_it_reads() -> None:
    made = make(min={"of": ["EX.EXSTDTC", "EX.EXENDTC"], "where": 'EXTRT == "A"'})
    assert made.reads() == ("USUBJID",)
    assert made.tables() == {"EX": ("USUBJID", "EXTRT", "EXSTDTC", "EXENDTC")}


def test_min_and_max_describe_themselves() -> None:
    assert method(min="EX.EXSTDTC") == (
        "The earliest date among EX.EXSTDTC over all records whose USUBJID is the same. "
        "Missing values are not used. A partial date counts as the first day that it may stand for and is given as "
        "it is; on equal terms the more complete date is taken. Blank where there is no value."
    )
    assert method(max={"of": ["EX.EXENDTC", "DS.DSDTC"], "date": True, "partial": "exclude"}) == (
        "The latest date among EX.EXENDTC and DS.DSDTC over all records whose USUBJID is "
        "the same. Missing values are not used. Partial dates are not used. Only the date is taken, not the time. "
        "Blank where there is no value."
    )
    latest = method(max={"of": "SS.SSSTRESC", "date": True})
    assert latest.startswith("The latest date among SS.SSSTRESC over all records")
    assert method(max={"of": "EX.EXDOSE", "where": 'EXTRT == "A"'}) == (
        "The greatest number among EX.EXDOSE over all records whose USUBJID is the same and where EX.EXTRT equals A. "
        "Missing values are not used. Blank where there is no value."
    )
    assert method(min={"of": "TRDTC", "where": 'TREVAL == "A"'}) == (
        "The earliest date among TRDTC of form Adverse Events over the source records grouped into this record where "
        "TREVAL of form Adverse Events equals A. Missing values are not used. A partial date counts as the first day "
        "that it may stand for and is given as it is; on equal terms the more complete date is taken. Blank where "
        "there is no value."
    )


def test_what_is_refused() -> None:
    assert refusal(min="EX.") == (
        "'of.1' of 'min': 'EX.' should be written DATASET.VARIABLE, such as EX.EXSTDTC, or as the bare name of a "
        "column of the source rows behind the record"
    )
    assert refusal(min=["EXSTDTC", "EX.EXSTDTC"]) == (
        "'min': 'of' names columns of the source rows behind the record and of other datasets; take one kind"
    )
    assert refusal(max={"of": "EXSTDTC", "by": "SUBJID"}) == (
        "'max': 'by' matches records of another dataset, but EXSTDTC is a column of the record's own rows"
    )
    assert refusal(max={"of": "EXSTDTC", "where": 'DM.ARM == "A"'}) == (
        "'max': 'where' can ask only for columns of the source rows behind the record, not for DM.ARM"
    )
    assert refusal(min={"of": ["EX.A", "DS.B"], "where": 'X == "1"'}) == (
        "'min': 'where' speaks of one dataset, but 'of' names several"
    )


@given(st.lists(st.tuples(st.sampled_from("AB"), st.dates().map(str)), min_size=1))
def test_of_complete_dates_they_are_those_of_the_texts(records: list[tuple[str, str]]) -> None:
    table = {"USUBJID": [r[0] for r in records], "D": [r[1] for r in records]}
    rows = FakeRows({"USUBJID": ["A", "B"]}, tables={"EX": table})
    texts = [[d for s, d in records if s == subject] for subject in "AB"]
    assert derive(rows, min="EX.D") == [min(t, default="") for t in texts]
    assert derive(rows, max="EX.D") == [max(t, default="") for t in texts]
