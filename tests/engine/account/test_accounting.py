"""The account of the raw data adds up."""

# ruff: noqa: E501 (messages stand whole)

from __future__ import annotations

import csv
from collections import Counter

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from studies import edit, write_tiny_study

from cdisc_conv.engine.account.lines import Account, merge_accounts
from cdisc_conv.engine.convert import convert, convert_frames
from cdisc_conv.engine.describe.accounting import account_for
from cdisc_conv.engine.plan.graph import plan_study
from cdisc_conv.report.accounting import write_accounting
from cdisc_conv.spec.load import load_study


def account(folder, datasets=None):
    study, problems = load_study(folder / "tiny")
    assert problems == []
    made = convert(study, folder / "raw", datasets)
    return account_for(study, made.facts, made.forms)


def rows_of(accounting, form, dataset=""):
    return [
        (line.account.value, line.rows, line.by)
        for line in accounting.lines
        if line.form == form and not line.field and line.dataset == dataset
    ]


def test_every_row_and_column_of_the_tiny_study(folder, tmp_path):
    accounting = account(folder)
    assert accounting.problems == ()
    write_accounting(accounting, tmp_path / "accounting.csv")
    with (tmp_path / "accounting.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    assert lines[0] == ["form", "dataset", "field", "account", "rows", "by"]
    assert [line[1:] for line in lines if line[0] == "ae"] == [
        ["", "", "rows read", "4", ""],
        ["", "", "rows used", "3", "AE"],
        ["", "", "rows excluded", "1", 'AE: not (AEYN == "Y")'],
        ["AE", "", "rows read", "4", ""],
        ["AE", "", "rows used", "3", ""],
        ["AE", "", "rows excluded", "1", 'not (AEYN == "Y")'],
        ["", "SUBJID", "column mapped", "4", "AE.USUBJID"],
        ["", "VISIT", "column not submitted", "4", "the same text on every form"],
        ["", "AEYN", "column mapped", "4", "records of AE"],
        ["", "AETERM", "column mapped", "3", "AE.AEDECOD; AE.AETERM"],
        ["", "AESTDAT", "column mapped", "3", "AE.AESTDTC"],
        ["", "AESER", "column mapped", "3", "AE.AESER"],
        ["", "AENOTE", "column mapped", "1", "AE.AENOTE"],
    ]


def test_the_words_of_a_code_belong_to_the_code(folder):
    (line,) = [line for line in account(folder).lines if line.field == "SEX_DEC"]
    assert (line.account, line.rows, line.by) == (Account.MAPPED, 3, "the words of SEX: DM.SEX")


def test_a_code_belongs_to_its_words(folder):
    edit(folder / "tiny" / "sdtm" / "dm.yaml", "{term: SEX}", "{term: SEX_DEC}")
    (line,) = [line for line in account(folder).lines if line.field == "SEX"]
    assert (line.account, line.rows, line.by) == (Account.MAPPED, 3, "the code of SEX_DEC: DM.SEX")


def test_rows_used_by_two_datasets_are_counted_once(folder):
    edit(folder / "raw" / "ae.csv", "09-JAN-2022,N", "09-JAN-2022,Y")
    edit(
        folder / "tiny" / "sdtm" / "dm.yaml",
        "  - form: dm\n",
        "  - form: dm\n  - {form: ae, where: 'AESER == \"Y\"'}\n",
    )
    edit(folder / "tiny" / "sdtm" / "dm.yaml", "{copy: AGE}", "{cases: [{when: 'SUBJID == \"?\"', constant: 1}]}")
    for name in ("RFSTDTC:  {datetime: DOSEDAT}", "SEX:      {term: SEX}"):
        variable = name.split(":")[0]
        edit(folder / "tiny" / "sdtm" / "dm.yaml", name, f'{variable}: {{constant: ""}}')
    assert rows_of(account(folder), "ae") == [
        ("rows read", 4, ""),
        ("rows used", 2, "AE"),
        ("rows used", 1, "DM; AE"),
        ("rows excluded", 1, 'DM: not (AESER == "Y"); AE: not (AEYN == "Y")'),
    ]


def test_a_form_that_nobody_reads_is_an_error(folder):
    forms = folder / "tiny" / "forms.yaml"
    edit(forms, "  ae:\n", "  eos:\n    label: End of Study\n    columns: {EOSDAT: Date}\n  ae:\n")
    (folder / "raw" / "eos.csv").write_text("SUBJID,VISIT,EOSDAT\n001,End,01-MAR-2022\n002,End,\n", encoding="utf-8")
    accounting = account(folder)
    assert rows_of(accounting, "eos") == [("rows read", 2, ""), ("rows unaccounted", 2, "")]
    # That the form's columns are not mapped either follows from it.
    assert [f"{problem.severity}: {problem}" for problem in accounting.problems] == [
        "error: form eos rows 1, 2: ACC001 2 of 2 rows of form eos are neither used by a dataset nor excluded by a "
        "condition (map them, or add 'eos' to 'not_submitted' of study.yaml with the reason)",
    ]
    edit(folder / "tiny" / "study.yaml", "not_submitted:\n", "not_submitted:\n  eos: kept in the trial master file\n")
    accounting = account(folder)
    assert accounting.problems == ()
    assert rows_of(accounting, "eos")[1] == ("rows not submitted", 2, "kept in the trial master file")


def test_a_form_that_is_only_looked_up(folder):
    edit(
        folder / "tiny" / "forms.yaml",
        "  ae:\n",
        "  eos:\n    label: End of Study\n    columns: {EOSDAT: Date}\n  ae:\n",
    )
    (folder / "raw" / "eos.csv").write_text("SUBJID,VISIT,EOSDAT\n001,End,01-MAR-2022\n", encoding="utf-8")
    edit(
        folder / "tiny" / "sdtm" / "dm.yaml",
        "RFPENDTC: *blank",
        "RFPENDTC: {lookup: {from: form eos, by: [SUBJID], take: EOSDAT}}",
    )
    accounting = account(folder)
    assert rows_of(accounting, "eos") == [("rows read", 1, ""), ("rows looked up", 1, "DM.RFPENDTC")]
    assert accounting.problems == ()


def test_a_run_of_some_datasets_blames_nobody(folder):
    accounting = account(folder, ["AE"])
    assert accounting.problems == ()
    accounting = account(folder, ["DM"])
    assert rows_of(accounting, "ae") in ([], [("rows read", 4, ""), ("rows not in this run", 4, "")])
    assert accounting.problems == ()


def test_columns_beyond_the_dictionary_are_listed(folder):
    edit(folder / "raw" / "dm.csv", "DOSEDAT\n", "DOSEDAT,EXTRA\n")
    (line,) = [line for line in account(folder).lines if line.field == "EXTRA"]
    assert (line.account, line.by) == (Account.UNMAPPED, "not in the data dictionary")


def test_what_becomes_of_rows_is_said_per_dataset(folder):
    """A row that one dataset uses may still be left out of another."""
    edit(folder / "tiny" / "forms.yaml", "      AENOTE: Remark\n", "      AENOTE: Remark\n      AEDAT: Date\n")
    (folder / "raw" / "ae.csv").write_text(
        "SUBJID,VISIT,AEYN,AETERM,AESTDAT,AESER,AENOTE,AEDAT\n"
        "001,Log,Y,Nausea,07-JAN-2022,N,,07-JAN-2022\n002,Log,,Fatigue,08-JAN-2022,N,,\n003,Log,N,,,,,09-JAN-2022\n",
        encoding="utf-8",
    )
    edit(
        folder / "tiny" / "sdtm" / "dm.yaml",
        "  - form: dm\n",
        "  - form: dm\n  - {form: ae, where: 'AESER == \"N\"'}\n",
    )
    edit(folder / "tiny" / "sdtm" / "dm.yaml", "AGE:      {copy: AGE}", "AGE:      {constant: 50}")
    edit(folder / "tiny" / "sdtm" / "dm.yaml", "SEX:      {term: SEX}", "SEX:      {constant: M}")
    edit(folder / "tiny" / "sdtm" / "dm.yaml", "RFSTDTC:  {datetime: DOSEDAT}", 'RFSTDTC:  {constant: ""}')
    accounting = account(folder)
    assert rows_of(accounting, "ae") == [
        ("rows read", 3, ""),
        ("rows used", 1, "DM"),
        ("rows used", 1, "DM; AE"),
        ("rows excluded", 1, 'DM: not (AESER == "N"); AE: not (AEYN == "Y")'),
    ]
    assert rows_of(accounting, "ae", "DM") == [
        ("rows read", 3, ""),
        ("rows used", 2, ""),
        ("rows excluded", 1, 'not (AESER == "N")'),
    ]
    assert rows_of(accounting, "ae", "AE") == [
        ("rows read", 3, ""),
        ("rows used", 1, ""),
        ("rows lost", 1, "AEYN is blank"),
        ("rows excluded", 1, 'not (AEYN == "Y")'),
    ]
    assert (
        "warning: AE form ae.AEYN row 2: ACC006 AE leaves out 1 row of form ae where AEYN is blank, although it would "
        "read values there (fill AEYN in the export, or let the condition say what a blank one means)"
    ) in [f"{problem.severity}: {problem}" for problem in accounting.problems]


def test_a_gate_that_says_no_over_filled_fields(folder):
    edit(folder / "raw" / "ae.csv", "003,Log,N,,,,", "003,Log,N,Headache,01-MAR-2022,,")
    accounting = account(folder)
    assert [f"{problem.severity}: {problem}" for problem in accounting.problems] == [
        "warning: form ae row 4: ACC004 2 values of form ae in AETERM, AESTDAT are left out with the rows: "
        "AE: not (AEYN == \"Y\") (correct the export or the condition, or name the columns in 'not_submitted' of "
        "study.yaml with the reason)"
    ]
    assert [
        (line.field, line.account.value, line.rows, line.by)
        for line in accounting.lines
        if line.account.value.startswith("values")
    ] == [
        ("AETERM", "values left out", 1, 'AE: not (AEYN == "Y")'),
        ("AESTDAT", "values left out", 1, 'AE: not (AEYN == "Y")'),
    ]


@pytest.mark.parametrize(
    "entry",
    [
        '{expr: \'if(AESER == "Y", AENOTE, "")\', label: Remark}',
        "{cases: [{when: 'AESER == \"Y\"', copy: AENOTE}], label: Remark}",
        "{copy: AENOTE, when: 'AESER == \"Y\"', label: Remark}",
        "{expr: 'coalesce(AETERM, AENOTE)', label: Remark}",
    ],
)
def test_a_value_that_no_branch_reads_in_its_row(folder, entry):
    edit(folder / "tiny" / "sdtm" / "ae.yaml", "{copy: AENOTE, label: Remark}", entry)
    accounting = account(folder)
    assert [f"{problem.severity}: {problem}" for problem in accounting.problems] == [
        "warning: form ae.AENOTE row 2: ACC005 AENOTE of form ae has 1 value that none of its readers uses in that row: "
        "AE.AENOTE (is it in the right column? Else add 'ae.AENOTE' to 'not_submitted' with the reason)"
    ]
    edit(folder / "tiny" / "study.yaml", "not_submitted:\n", "not_submitted:\n  ae.AENOTE: of serious events alone\n")
    accounting = account(folder)
    assert accounting.problems == ()
    assert [(line.account.value, line.rows, line.by) for line in accounting.lines if line.field == "AENOTE"] == [
        ("column mapped", 1, "AE.AENOTE"),
        ("values not submitted", 1, "of serious events alone"),
    ]


def test_asking_whether_a_value_is_there_does_not_use_it(folder):
    edit(folder / "raw" / "ae.csv", "003,Log,N,,,,", "003,Log,N,Headache,,,")
    edit(folder / "tiny" / "sdtm" / "ae.yaml", 'AEYN == "Y"', 'AEYN == "Y" and AETERM != ""')
    assert [(problem.code, problem.place.field, problem.place.rows) for problem in account(folder).problems] == [
        ("ACC004", "AETERM", (4,))
    ]


def test_values_under_for_each_count_for_their_own_entry(folder):
    """AENOTE is only used by records of its entry, and the entry's records are left out where AESER is not Y."""
    where = '    for_each: [{CODE: A, TEXT: raw.AETERM}, {CODE: B, TEXT: raw.AENOTE}]\n    where: AEYN == "Y" and (CODE == "A" or AESER == "Y")'
    edit(folder / "tiny" / "sdtm" / "ae.yaml", '    where: AEYN == "Y"', where)
    edit(folder / "tiny" / "sdtm" / "ae.yaml", "AETERM:   {copy: AETERM}", "AETERM:   {copy: TEXT}")
    edit(folder / "tiny" / "sdtm" / "ae.yaml", "{copy: AENOTE, label: Remark}", '{constant: "", label: Remark}')
    accounting = account(folder)
    assert [(problem.code, problem.place.field, problem.place.rows) for problem in accounting.problems] == [
        ("ACC005", "AENOTE", (2,))
    ]


def test_an_empty_column_is_no_finding_and_code_and_words_are_one(folder):
    edit(folder / "tiny" / "sdtm" / "dm.yaml", "{term: SEX}", "{constant: M}")
    edit(folder / "tiny" / "forms.yaml", "      AENOTE: Remark\n", "      AENOTE: Remark\n      AEFREE: Free text\n")
    accounting = account(folder)
    assert [f"{problem.severity}: {problem}" for problem in accounting.problems] == [
        "warning: form dm.SEX: ACC002 column SEX of form dm, with the words in SEX_DEC, is neither mapped nor declared "
        "not submitted; 3 of 3 rows have a value (map it, or add 'dm.SEX' to 'not_submitted' of study.yaml with the reason)"
    ]


def test_a_key_column_of_several_forms_is_one_finding(folder):
    edit(folder / "tiny" / "study.yaml", "  VISIT: the same text on every form\n", "")
    (problem,) = account(folder).problems
    assert str(problem) == (
        "form dm.VISIT: ACC002 column VISIT of 2 forms (dm, ae) is neither mapped nor declared not submitted; "
        "7 of 7 rows have a value (map it, or add 'VISIT' to 'not_submitted' of study.yaml with the reason)"
    )


@pytest.mark.parametrize("pattern", ["VIS*", "*.VISIT", "??.VISIT"])
def test_not_submitted_takes_patterns(folder, pattern):
    edit(folder / "tiny" / "study.yaml", "  VISIT: the", f'  "{pattern}": the')
    accounting = account(folder)
    assert accounting.problems == ()
    assert {line.by for line in accounting.lines if line.field == "VISIT"} == {"the same text on every form"}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    loaded, _ = load_study(write_tiny_study(tmp_path_factory.mktemp("study")))
    return loaded


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=30)
@given(answers=st.lists(st.sampled_from(["Y", "N", ""]), max_size=30))
def test_the_rows_of_a_form_add_up(study, answers):
    ae = pd.DataFrame({name: pd.Series(["x"] * len(answers), dtype="str") for name in study.forms["ae"].fields})
    ae["AEYN"] = pd.Series(answers, dtype="str")
    conversion = convert_frames(study, plan_study(study), {"ae": ae}, {}, ["DM", "AE"])
    totals = Counter()
    for line in account_for(conversion.study, conversion.facts, conversion.forms).lines:
        if line.form == "ae" and not line.field and not line.dataset:
            totals[line.account] += line.rows
    assert totals.pop(Account.READ) == len(answers) == sum(totals.values())
    assert totals[Account.USED] == answers.count("Y")


CELLS = st.fixed_dictionaries(
    {
        "AEYN": st.sampled_from(["Y", "N", ""]),
        "AESER": st.sampled_from(["Y", "N", ""]),
        "AETERM": st.sampled_from(["Nausea", ""]),
        "AENOTE": st.sampled_from(["after lunch", ""]),
    }
)


@pytest.fixture(scope="module")
def branching(tmp_path_factory):
    """The tiny study with a qualifier that is read of serious events alone."""
    folder = write_tiny_study(tmp_path_factory.mktemp("branching"))
    edit(folder / "sdtm" / "ae.yaml", "{copy: AENOTE, label", "{copy: AENOTE, when: 'AESER == \"Y\"', label")
    return load_study(folder)[0]


def make_account(study, cells):
    frame = pd.DataFrame({name: pd.Series([""] * len(cells), dtype="str") for name in study.forms["ae"].fields})
    for name in ("AEYN", "AESER", "AETERM", "AENOTE"):
        frame[name] = pd.Series([cell[name] for cell in cells], dtype="str")
    made = convert_frames(study, plan_study(study), {"ae": frame}, {}, ["DM", "AE"])
    return account_for(study, made.facts, made.forms)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=30)
@given(cells=st.lists(CELLS, max_size=12), cut=st.integers(0, 12))
def test_accounts_add_up_and_merge(branching, cells, cut):
    lines = [line for line in make_account(branching, cells).lines if line.form == "ae"]
    for dataset in ("", "AE"):
        rows = Counter()
        for line in lines:
            if not line.field and line.dataset == dataset:
                rows[line.account] += line.rows
        assert rows.pop(Account.READ) == len(cells) == sum(rows.values())
    for field in ("AETERM", "AENOTE", "AESER"):
        values = {line.account: line.rows for line in lines if line.field == field}
        assert values.pop(Account.MAPPED) == sum(bool(cell[field]) for cell in cells) >= sum(values.values())
    unused = [
        line
        for line in lines
        if line.account in (Account.VALUES_NOT_USED, Account.VALUES_LEFT_OUT, Account.VALUES_LOST)
    ]
    assert sum(line.rows for line in unused if line.field == "AENOTE") == sum(
        bool(cell["AENOTE"]) and (cell["AEYN"], cell["AESER"]) != ("Y", "Y") for cell in cells
    )
    parts = [make_account(branching, part).lines for part in (cells[:cut], cells[cut:])]
    merged = {line[:5]: line[5] for line in map(flat, merge_accounts(*parts)) if line[0] == "ae"}
    assert {key: rows for key, rows in merged.items() if rows} == {
        line[:5]: line[5] for line in map(flat, lines) if line[5]
    }


def flat(line):
    return (line.form, line.dataset, line.field, line.account, line.by, line.rows)


@pytest.mark.parametrize(
    ("look_up", "lines"),
    [
        ("take: EOSDAT", [("rows looked up", 1, "DM.RFPENDTC"), ("rows not matched", 2, "DM.RFPENDTC")]),
        (
            "take: EOSDAT, where: 'EOSDAT != \"\"'",
            [
                ("rows looked up", 1, "DM.RFPENDTC"),
                ("rows not matched", 1, "DM.RFPENDTC"),
                ("rows excluded", 1, "condition of DM.RFPENDTC"),
            ],
        ),
    ],
)
def test_rows_that_no_look_up_matches_are_not_used(folder, look_up, lines):
    edit(
        folder / "tiny" / "forms.yaml",
        "  ae:\n",
        "  eos:\n    label: End of Study\n    columns: {NR: Number, EOSDAT: Date}\n  ae:\n",
    )
    (folder / "raw" / "eos.csv").write_text(
        "SUBJID,VISIT,NR,EOSDAT\n001,End,001,01-MAR-2022\n002,End,02,02-MAR-2022\n003,End,03,\n", encoding="utf-8"
    )
    edit(
        folder / "tiny" / "sdtm" / "dm.yaml",
        "RFPENDTC: *blank",
        f"RFPENDTC: {{lookup: {{from: form eos, by: {{SUBJID: NR}}, {look_up}, optional: true}}}}",
    )
    accounting = account(folder)
    assert rows_of(accounting, "eos") == [("rows read", 3, ""), *lines]
    assert rows_of(accounting, "eos", "DM") == [("rows read", 3, ""), *lines]
    (count, shown) = next((rows, "2, 3" if rows == 2 else "2") for name, rows, _ in lines if name == "rows not matched")
    assert [f"{problem.severity}: {problem}" for problem in accounting.problems if problem.code == "ACC008"] == [
        f"warning: form eos row{'s' if count > 1 else ''} {shown}: ACC008 {count} of 3 rows of form eos belong to no "
        "record: their keys match none where DM.RFPENDTC looks something up (correct the keys in the export, or 'by' of "
        "the mapping)"
    ]
