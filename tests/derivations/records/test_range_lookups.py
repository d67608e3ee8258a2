"""lookup by ranges, and with conditions that see both sides."""

from __future__ import annotations

from tests.derivations.rows import FakeRows, derive, method, refusal

RANGES = {
    "form nr": {
        "TEST":  ["HGB", "HGB", "HGB", "HGB", "ALB"],
        "SEX":   ["M", "F", "M", "", ""],
        "AGELO": ["18", "18", "0", "0", ""],
        "AGEHI": ["", "", "17", "17", ""],
        "FROM":  ["", "", "", "", "2022-01-01"],
        "TO":    ["", "", "", "", "2022-12-31"],
        "LLN":   ["13.5", "12", "11", "10.5", "3.5"],
    }
}  # fmt: skip
LOOKUP = {"from": "form nr", "by": {"LBTESTCD": "TEST"}, "take": "LLN"}
AGE = {**LOOKUP, "within": {"AGE": ["AGELO", "AGEHI"]}}


def rows(**columns: list) -> FakeRows:
    return FakeRows(columns, RANGES, dataset="LB", variable="LBORNRLO")


def test_the_range_that_a_number_lies_in_of_those_that_a_condition_on_both_sides_leaves():
    ours = rows(LBTESTCD=["HGB", "HGB", "HGB"], AGE=[40, 18, 17], SEX=["M", "F", "F"])
    entry = {**AGE, "where": 'SEX == own.SEX or (SEX == "" and own.SEX == "F")'}
    assert derive(ours, lookup=entry) == ["13.5", "12", "10.5"]
    assert ours.reports == []


def test_several_ranges_that_hold_need_an_order():
    ours = rows(LBTESTCD=["HGB"], AGE=[40])
    assert derive(ours, lookup=AGE) == [""]
    assert [(report.code, report.message) for report in ours.reports] == [
        ("LOOK001", "form nr has 2 records with different LLN for TEST = HGB, AGE = 40.0"),
    ]
    assert derive(rows(LBTESTCD=["HGB"], AGE=[40]), lookup={**AGE, "order": ["LLN"], "keep": "first"}) == ["12"]


def test_dates_and_open_bounds():
    entry = {**LOOKUP, "within": {"LBDTC": ["FROM", "TO"]}, "optional": True}
    ours = rows(LBTESTCD=["ALB"] * 5, LBDTC=["2022-01-01", "2022-12-31T23:59", "2023-01-01", "2022-06", ""])
    assert derive(ours, lookup=entry) == ["3.5", "3.5", "", "", ""]
    blank = {**LOOKUP, "within": {"AGE": ["AGELO", "AGEHI"]}}
    assert derive(rows(LBTESTCD=["ALB"], AGE=[40]), lookup=blank) == ["3.5"]


def test_no_range_is_a_finding_unless_it_may_be_so():
    ours = rows(LBTESTCD=["HGB", "HGB"], AGE=[17.5, 17.5])
    assert derive(ours, lookup=AGE) == ["", ""]
    assert [(report.code, report.message, report.rows) for report in ours.reports] == [
        ("LOOK002", "form nr has no record for 1 key of 2 records: TEST = HGB, AGE = 17.5 (2)", [0, 1]),
    ]
    ours = rows(LBTESTCD=["HGB"], AGE=[17.5])
    derive(ours, lookup={**AGE, "optional": True})
    assert ours.reports == []


def test_what_was_taken_is_said():
    ours = rows(LBTESTCD=["ALB", "HGB", "XYZ"], AGE=[40, 40, 40], SEX=["M", "F", "F"])
    derive(ours, lookup={**AGE, "where": 'SEX == "" or SEX == own.SEX', "optional": True})
    assert ours.taken == [("form nr", [4, 1, -1])]


def test_the_method_names_the_ranges_and_both_sides():
    assert method(lookup={**AGE, "where": "SEX == own.SEX"}) == (
        "LLN of form nr from the record of form nr whose TEST is AE.LBTESTCD and where AE.AGE is from AGELO of form nr "
        "to AGEHI of form nr (both included, a blank bound is open) and where form nr.SEX equals AE.SEX. Blank where "
        "there is no such record. Blank where several such records have different values."
    )


def test_parameters_that_do_not_go_together_are_refused():
    entry = {**AGE, "up_to": {"LBDTC": "FROM"}}
    assert "'up_to' and 'within' do not go together" in refusal(lookup=entry)


def test_exists_sees_both_sides_too():
    ours = rows(LBTESTCD=["HGB", "ALB"], SEX=["M", "M"])
    entry = {"from": "form nr", "by": {"LBTESTCD": "TEST"}, "where": "SEX == own.SEX"}
    assert derive(ours, exists=entry) == ["Y", ""]
    assert method(exists=entry) == (
        "Y where form nr has a record whose TEST is AE.LBTESTCD and where form nr.SEX equals AE.SEX; otherwise blank."
    )
