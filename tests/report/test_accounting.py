"""The account of the raw data adds up."""

from __future__ import annotations

import csv
from collections import Counter

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from studies import edit

from cdisc_conv.engine.convert import convert, convert_frames
from cdisc_conv.engine.plan import plan_study
from cdisc_conv.report.accounting import Account, account_for, write_accounting
from cdisc_conv.spec.load import load_study


def account(folder, datasets=None):
    study, problems = load_study(folder / "tiny")
    assert problems == []
    return account_for(convert(study, folder / "raw", datasets))


def rows_of(accounting, form):
    return [
        (line.account.value, line.rows, line.by) for line in accounting.lines if line.form == form and not line.field
    ]


def test_every_row_and_column_of_the_tiny_study(folder, tmp_path):
    accounting = account(folder)
    assert accounting.problems == ()
    write_accounting(accounting, tmp_path / "accounting.csv")
    with (tmp_path / "accounting.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    assert lines[0] == ["form", "field", "account", "rows", "by"]
    assert [line[1:] for line in lines if line[0] == "ae"] == [
        ["", "rows read", "4", ""],
        ["", "rows used", "3", "AE"],
        ["", "rows excluded", "1", 'AE: not (AEYN == "Y")'],
        ["SUBJID", "column mapped", "4", "AE.USUBJID"],
        ["VISIT", "column not submitted", "4", "the same text on every form"],
        ["AEYN", "column mapped", "4", "records of AE"],
        ["AETERM", "column mapped", "3", "AE.AEDECOD; AE.AETERM"],
        ["AESTDAT", "column mapped", "3", "AE.AESTDTC"],
        ["AESER", "column mapped", "3", "AE.AESER"],
        ["AENOTE", "column mapped", "1", "AE.AENOTE"],
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
    assert [f"{problem.severity}: {problem}" for problem in accounting.problems] == [
        "error: form eos rows 1, 2: ACC001 2 of 2 rows of form eos are neither used by a dataset nor excluded by a "
        "condition (map them, or add 'eos' to 'not_submitted' of study.yaml with the reason)",
        "warning: form eos.SUBJID: ACC002 column SUBJID of form eos is neither mapped nor declared not submitted; "
        "2 of 2 rows have a value (map it, or add 'eos.SUBJID' to 'not_submitted' of study.yaml with the reason)",
        "warning: form eos.EOSDAT: ACC002 column EOSDAT of form eos is neither mapped nor declared not submitted; "
        "1 of 2 rows have a value (map it, or add 'eos.EOSDAT' to 'not_submitted' of study.yaml with the reason)",
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


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    from studies import write_tiny_study

    loaded, _ = load_study(write_tiny_study(tmp_path_factory.mktemp("study")))
    return loaded


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=30)
@given(answers=st.lists(st.sampled_from(["Y", "N", ""]), max_size=30))
def test_the_rows_of_a_form_add_up(study, answers):
    ae = pd.DataFrame({name: pd.Series(["x"] * len(answers), dtype="str") for name in study.forms["ae"].fields})
    ae["AEYN"] = pd.Series(answers, dtype="str")
    conversion = convert_frames(study, plan_study(study), {"ae": ae}, {}, ["DM", "AE"])
    totals = Counter()
    for line in account_for(conversion).lines:
        if line.form == "ae" and not line.field:
            totals[line.account] += line.rows
    assert totals.pop(Account.READ) == len(answers) == sum(totals.values())
    assert totals[Account.USED] == answers.count("Y")
