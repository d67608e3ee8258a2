"""Subjects of forms that are not in demographics."""

import pandas as pd

from cdisc_conv.problems import Severity
from cdisc_conv.raw import RawForm, check_subjects


def form(name: str, subjects: list[str], column: str = "SUBJID") -> RawForm:
    return RawForm(name, f"raw/{name}.csv", pd.DataFrame({column: pd.Series(subjects, dtype="str")}))


def check(*forms: RawForm) -> list[str]:
    return [str(problem) for problem in check_subjects({item.name: item for item in forms}, "SUBJID", "dm")]


def test_all_known() -> None:
    assert check(form("dm", ["1", "2"]), form("ae", ["2", "1", "1"]), form("vs", [])) == []


def test_subjects_that_are_not_in_demographics() -> None:
    forms = {item.name: item for item in (form("dm", ["1"]), form("ae", ["2", "1", "3", "2"]), form("vs", ["9"]))}
    first, second = check_subjects(forms, "SUBJID", "dm")
    assert str(first) == (
        "raw/ae.csv: RAW016 form 'ae' has 2 subjects that are not in form 'dm': 2, 3; rows 1, 3, 4 (complete form 'dm')"
    )
    assert (first.severity, first.place.field, first.place.rows, first.count) == (
        Severity.WARNING,
        "SUBJID",
        (1, 3, 4),
        3,
    )
    assert str(second) == (
        "raw/vs.csv: RAW016 form 'vs' has 1 subject that is not in form 'dm': 9; row 1 (complete form 'dm')"
    )


def test_subjects_that_differ_in_blanks_or_case() -> None:
    assert check(form("dm", ["S1"]), form("ae", ["s1 "])) == [
        "raw/ae.csv: RAW016 form 'ae' has 1 subject that is not in form 'dm': s1 ; row 1 "
        "('s1 ' differs only in blanks or case)"
    ]


def test_rows_without_a_subject() -> None:
    assert check(form("dm", ["1", ""]), form("ae", ["", "1", " "])) == [
        "raw/dm.csv: RAW017 form 'dm' has 1 row without a subject in SUBJID: row 2 (fill it in the export)",
        "raw/ae.csv: RAW017 form 'ae' has 2 rows without a subject in SUBJID: rows 1, 3 (fill it in the export)",
    ]


def test_many_subjects_are_cut_short() -> None:
    (message,) = check(form("dm", []), form("ae", [f"S{n}" for n in range(12)]))
    assert message == (
        "raw/ae.csv: RAW016 form 'ae' has 12 subjects that are not in form 'dm': "
        "S0, S1, S2, S3, S4, S5, S6, S7, S8, S9 ...; rows 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 ... (complete form 'dm')"
    )


def test_without_the_home_form_or_the_column_nothing_is_said() -> None:
    assert check(form("ae", ["1"])) == []
    assert check(form("dm", ["1"], "ID"), form("ae", ["2"])) == []
    assert check(form("dm", ["1"]), form("ae", ["2"], "ID")) == []
