"""lookup and exists."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.derivations.base import Reach
from cdisc_conv.problems import Severity
from tests.derivations.rows import FakeRows, Report, derive, make, method, refusal

DS = {
    "USUBJID": ["01", "01", "02", "03"],
    "DSDECOD": ["DEATH", "COMPLETED", "COMPLETED", "DEATH"],
    "DSSTDTC": ["2022-08-01", "2022-07-01", "2022-09-01", ""],
    "DSSEQ": [2, 1, 1, 1],
}


def subjects(*names: str) -> FakeRows:
    return FakeRows({"USUBJID": list(names)}, tables={"DS": DS}, variable="DTHDTC")


DEATH = {"from": "DS", "where": 'DSDECOD == "DEATH"', "take": "DSSTDTC"}


def test_lookup_by_subject() -> None:
    rows = subjects("02", "01", "04", "01")
    assert derive(rows, lookup=DEATH) == ["", "2022-08-01", "", "2022-08-01"]
    assert rows.reports == []


def test_lookup_of_numbers() -> None:
    assert derive(subjects("02", "04"), lookup={"from": "DS", "take": "DSSEQ"}) == [1.0, None]


def test_lookup_by_several_keys() -> None:
    sv = {"USUBJID": ["01", "01", "02"], "VISIT": ["WEEK 2", "WEEK 4 ", "WEEK 2"], "VISITNUM": [4, 5, 4]}
    rows = FakeRows({"USUBJID": ["01", "02", "02"], "VISIT": ["WEEK 4", "WEEK 2", "WEEK 4"]}, tables={"SV": sv})
    assert derive(rows, lookup={"from": "SV", "by": ["USUBJID", "VISIT"], "take": "VISITNUM"}) == [5.0, 4.0, None]


def test_lookup_in_a_form() -> None:
    ic = {"SUBJID": ["0001 ", "0002"], "ICDAT": ["01-MAR-2022", "02-MAR-2022"]}
    rows = FakeRows({"SUBJID": ["0002", "0001"]}, tables={"form ic": ic})
    assert derive(rows, lookup={"from": "form ic", "by": "SUBJID", "take": "ICDAT"}) == ["02-MAR-2022", "01-MAR-2022"]
    made = make(lookup={"from": "form ic", "by": {"raw.SUBJID": "SUBJID"}, "take": "ICDAT"})
    assert (made.reads(), made.tables()) == (("raw.SUBJID",), {"form ic": ("SUBJID", "ICDAT")})


def test_keys_of_different_types_are_compared_as_numbers() -> None:
    rows = FakeRows({"N": ["1", "2", "x"]}, tables={"SV": {"VISITNUM": [2, 1], "VISIT": ["B", "A"]}})
    assert derive(rows, lookup={"from": "SV", "by": {"N": "VISITNUM"}, "take": "VISIT"}) == ["A", "B", ""]


def test_missing_keys_match_nothing() -> None:
    rows = FakeRows({"K": ["", "a"]}, tables={"DS": {"K": ["", "a"], "V": ["blank", "letter"]}})
    assert derive(rows, lookup={"from": "DS", "by": "K", "take": "V"}) == ["", "letter"]


def test_several_different_values_are_an_error() -> None:
    rows = subjects("02", "01", "01")
    assert derive(rows, lookup={"from": "DS", "take": "DSDECOD"}) == ["COMPLETED", "", ""]
    assert rows.reports == [
        Report(
            "LOOK001",
            "DS has 2 records with different DSDECOD for USUBJID = 01",
            [1, 2],
            value="USUBJID = 01",
            hint="say which one to take with 'order' and 'keep', or narrow 'where'",
        )
    ]


def test_several_equal_values_are_fine() -> None:
    rows = FakeRows({"USUBJID": ["01"]}, tables={"DS": {"USUBJID": ["01", "01"], "V": ["a", "a"]}})
    assert derive(rows, lookup={"from": "DS", "take": "V"}) == ["a"]
    assert rows.reports == []


def test_order_and_keep_choose() -> None:
    take = {"from": "DS", "take": "DSDECOD"}
    assert derive(subjects("01"), lookup={**take, "order": "DSSTDTC"}) == ["COMPLETED"]
    assert derive(subjects("01"), lookup={**take, "order": ["DSSEQ"], "keep": "last"}) == ["DEATH"]
    assert derive(subjects("01"), lookup={**take, "keep": "first"}) == ["DEATH"]


def test_a_missing_value_is_never_preferred() -> None:
    table = {"USUBJID": ["01", "01", "01"], "D": ["2022-02", "", "2022-01"], "V": ["b", "none", "a"]}
    rows = FakeRows({"USUBJID": ["01"]}, tables={"DS": table})
    assert derive(rows, lookup={"from": "DS", "order": "D", "take": "V"}) == ["a"]
    assert derive(rows, lookup={"from": "DS", "order": "D", "keep": "last", "take": "V"}) == ["b"]


def test_empty_tables_and_no_rows() -> None:
    empty = {"DS": {"USUBJID": [], "V": []}}
    assert derive(FakeRows({"USUBJID": ["01"]}, tables=empty), lookup={"from": "DS", "take": "V"}) == [""]
    assert derive(FakeRows({"USUBJID": []}, tables={"DS": DS}), lookup={"from": "DS", "take": "DSDECOD"}) == []
    assert derive(FakeRows({"USUBJID": ["01"]}, tables=empty), exists="DS") == [""]


def test_lookup_says_what_it_reads() -> None:
    made = make(lookup={**DEATH, "order": "DSSEQ"})
    assert made.reads() == ("USUBJID",)
    assert made.tables() == {"DS": ("USUBJID", "DSDECOD", "DSSEQ", "DSSTDTC")}


def test_how_far_it_looks_depends_on_the_keys() -> None:
    assert make(lookup=DEATH).actual_reach() is Reach.SUBJECT
    assert make(lookup={"from": "SV", "by": ["USUBJID", "VISIT"], "take": "VISITNUM"}).actual_reach() is Reach.SUBJECT
    assert make(lookup={"from": "form ranges", "by": "LBTEST", "take": "LOW"}).actual_reach() is Reach.DATASET
    assert make(min={"of": "form ic.ICDAT", "by": "SITENUM"}).actual_reach() is Reach.DATASET


def test_lookup_describes_itself() -> None:
    assert method(lookup=DEATH) == (
        "DS.DSSTDTC from the record of DS whose USUBJID is the same and where DS.DSDECOD equals DEATH. Blank where "
        "there is no such record. Blank where several such records have different values."
    )
    assert method(lookup={"from": "form ic", "by": {"SUBJ": "SUBJID"}, "order": "ICDAT", "take": "ICVERS"}) == (
        "ICVERS of form ic from the first of the records of form ic whose SUBJID is AE.SUBJ, sorted ascending by "
        "ICDAT. Records without a value there come last; equal records keep the order of the source data. Blank "
        "where there is no such record."
    )
    assert method(lookup={"from": "SV", "by": ["USUBJID", "VISIT"], "keep": "last", "take": "VISITNUM"}) == (
        "SV.VISITNUM from the last record of SV, in the order of the source data, whose USUBJID and VISIT are the "
        "same. Blank where there is no such record."
    )


def doses(*dates: str | float | None) -> FakeRows:
    table = {
        "USUBJID": ["01", "01", "01", "02", "01", "01"],
        "EXSTDTC": ["2022-03-31", "2022-03-10T09:00", "2022-03-10T09:00", "2022-03-12", "", "2022-03"],
        "EXSEQ": [3, 1, 2, 1, 4, 5],
        "EXSTDT": [22735.0, 22714.0, 22714.0, 22716.0, None, None],
    }
    return FakeRows({"USUBJID": ["01"] * len(dates), "ASTDT": list(dates)}, tables={"EX": table})


def test_the_last_record_up_to_a_date_of_ours() -> None:
    rows = doses("2022-03-09", "2022-03-10", "2022-03-10T08:00", "2022-03-30", "2022-03-31", "2022-04", "")
    entry = {"from": "EX", "up_to": {"ASTDT": "EXSTDTC"}, "take": "EXSEQ"}
    assert derive(rows, lookup=entry) == [None, 2.0, None, 2.0, 3.0, None, None]
    texts = derive(rows, lookup={**entry, "take": "EXSTDTC"})
    assert texts == ["", "2022-03-10T09:00", "", "2022-03-10T09:00", "2022-03-31", "", ""]
    assert derive(doses(22713.0, 22730.0, 22735.0, None), lookup=entry) == [None, 2.0, 3.0, None]
    by_number = {**entry, "up_to": {"ASTDT": "EXSTDT"}}
    assert derive(doses(22713.0, 22730.0, 22735.0, None), lookup=by_number) == [None, 2.0, 3.0, None]
    first = {**entry, "where": "EXSEQ == 1"}
    assert derive(doses("2022-03-31"), lookup=first) == [1.0]
    assert derive(doses("2022-03-31"), lookup={**entry, "where": "EXSEQ == 9"}) == [None]


def test_up_to_describes_itself() -> None:
    entry = {"from": "EX", "where": "EXDOSE > 0", "up_to": {"ASTDT": "EXSTDTC"}, "take": "EXSEQ"}
    assert method(lookup=entry) == (
        "EX.EXSEQ from the last record of EX, by EX.EXSTDTC, whose USUBJID is the same and where EX.EXDOSE is greater "
        "than 0 and whose EX.EXSTDTC is on or before AE.ASTDT. Where both have times, the times decide; partial dates "
        "do not count. Of records of one date, the last in the order of the source data. Blank where there is no such "
        "record."
    )
    made = make(lookup=entry)
    assert made.reads() == ("USUBJID", "ASTDT")
    assert made.tables() == {"EX": ("USUBJID", "EXDOSE", "EXSTDTC", "EXSEQ")}


def test_up_to_is_one_pair_and_the_only_rule() -> None:
    entry = {"from": "EX", "take": "EXSEQ"}
    assert refusal(lookup={**entry, "up_to": {"ASTDT": "EXSTDTC"}, "keep": "last"}) == (
        "'lookup': 'up_to' says which record is taken; leave 'order' and 'keep' out"
    )
    assert refusal(lookup={**entry, "up_to": {"A": "B", "C": "D"}}) == (
        "'lookup': 'up_to' ties one date of ours to one of theirs, such as {ASTDT: EXSTDTC}"
    )


def test_a_form_needs_its_keys() -> None:
    assert refusal(lookup={"from": "form ic", "take": "ICDAT"}) == (
        "'lookup': form ic has no USUBJID; say with 'by' what ties its rows to the records, such as SUBJID"
    )


def test_exists() -> None:
    rows = subjects("01", "02", "04")
    assert derive(rows, exists="DS") == ["Y", "Y", ""]
    assert derive(rows, exists={"from": "DS", "where": 'DSDECOD == "DEATH"'}) == ["Y", "", ""]
    assert derive(rows, exists={"from": "DS", "where": 'DSDECOD == "DEATH"', "no": "N"}) == ["Y", "N", "N"]


def test_exists_describes_itself() -> None:
    assert method(exists={"from": "DS", "where": 'DSDECOD == "DEATH"', "no": "N"}) == (
        "Y where DS has a record whose USUBJID is the same and where DS.DSDECOD equals DEATH; otherwise N."
    )
    assert make(exists="DS").tables() == {"DS": ("USUBJID",)}


@given(
    st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from("xyz")), min_size=1), st.lists(st.sampled_from("ABC"))
)
def test_a_subject_does_not_depend_on_others(records: list[tuple[str, str]], others: list[str]) -> None:
    def look(table: list[tuple[str, str]], subjects: list[str]) -> list[str]:
        columns = {"USUBJID": [t[0] for t in table], "V": [t[1] for t in table]}
        rows = FakeRows({"USUBJID": subjects}, tables={"DS": columns})
        return derive(rows, lookup={"from": "DS", "order": "V", "take": "V"})

    alone = look([record for record in records if record[0] == "A"], ["A"])
    assert look(records, ["A", *others])[:1] == alone


LBMAP = {"LBCODE": ["GLUC", "NA", "HGB "], "TEST": ["Glucose", "Sodium", "Hemoglobin"]}
CODES = {"from": "form codes", "by": {"LBTEST": "LBCODE"}, "take": "TEST"}


def of_codes(*codes: str) -> FakeRows:
    return FakeRows({"LBTEST": list(codes)}, tables={"form codes": LBMAP}, variable="LBTEST")


def test_keys_without_a_match_are_a_finding() -> None:
    rows = of_codes("GLUC", "GLUX", "GLUX", "", "NA ", "XYZ")
    assert derive(rows, lookup=CODES) == ["Glucose", "", "", "", "Sodium", ""]
    assert rows.reports == [
        Report(
            "LOOK002",
            "form codes has no record for 2 keys of 3 records: LBCODE = GLUX (2); LBCODE = XYZ (1)",
            [1, 2, 5],
            severity=Severity.WARNING,
            value="LBCODE = GLUX",
            hint="did you mean GLUC by GLUX?",
        )
    ]


def test_keys_that_differ_in_case_and_blanks() -> None:
    rows = of_codes("gluc", " h g b")
    assert derive(rows, lookup=CODES) == ["", ""]
    assert rows.reports[0].hint == "'GLUC' is there: say 'ignore_case: true' when 'gluc' is the same"
    rows = of_codes("gluc", "Hgb")
    assert derive(rows, lookup={**CODES, "ignore_case": True}) == ["Glucose", "Hemoglobin"]
    assert rows.reports == []


def test_a_mapping_can_say_that_no_match_is_expected() -> None:
    rows = of_codes("GLUX")
    assert derive(rows, lookup={**CODES, "optional": True}) == [""]
    assert rows.reports == []


def test_a_subject_without_a_record_is_a_note_unless_a_condition_asks() -> None:
    rows = subjects("01", "09")
    assert derive(rows, lookup={"from": "DS", "order": "DSSEQ", "take": "DSSTDTC"}) == ["2022-07-01", ""]
    assert [(found.code, found.severity, found.rows) for found in rows.reports] == [("LOOK002", Severity.NOTE, [1])]


def test_no_more_than_a_few_keys_are_named() -> None:
    rows = of_codes(*(f"X{number}" for number in range(12)))
    derive(rows, lookup=CODES)
    assert rows.reports[0].message == (
        "form codes has no record for 12 keys of 12 records: LBCODE = X0 (1); LBCODE = X1 (1); LBCODE = X2 (1); "
        "LBCODE = X3 (1); LBCODE = X4 (1) and 7 more"
    )


def test_up_to_of_plain_numbers() -> None:
    doses = {"USUBJID": ["1", "1", "1"], "DAY": [1, 8.5, 15], "DOSE": [10, 20, 30]}
    rows = FakeRows({"USUBJID": ["1"] * 4, "ADY": [0, 8.4, 8.5, 99]}, tables={"EX": doses})
    wanted = {"from": "EX", "up_to": {"ADY": "DAY"}, "take": "DOSE"}
    assert derive(rows, lookup=wanted) == [None, 10.0, 20.0, 30.0]
    texts = {**doses, "DAY": ["1", "9", "10"]}
    rows = FakeRows({"USUBJID": ["1"] * 4, "ADY": ["0", "9", "", "11"]}, tables={"EX": texts})
    assert derive(rows, lookup=wanted) == [None, 20.0, None, 30.0]


def test_up_to_of_plain_numbers_of_one_subject_and_dates_of_another() -> None:
    """Each subject is judged by itself, and years alone are partial dates, which do not count."""
    tables = {"EX": {"USUBJID": ["1", "2", "3"], "DAY": ["8", "2022-01-02", "2022"], "DOSE": [10, 20, 30]}}
    rows = FakeRows({"USUBJID": ["1", "2", "3"], "ADY": ["9", "2022-01-03", "2023"]}, tables=tables)
    assert derive(rows, lookup={"from": "EX", "up_to": {"ADY": "DAY"}, "take": "DOSE"}) == [10.0, 20.0, None]
    assert rows.reports == []
