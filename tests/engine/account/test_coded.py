"""Raw codes: each in the list of its column, each beside its own words, or reported."""

# ruff: noqa: E501 (messages stand whole)

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from studies import edit, write_tiny_raw, write_tiny_study

from cdisc_conv.engine.account.coded import describe_codes, find_wrong_codes
from cdisc_conv.engine.convert import convert
from cdisc_conv.problems import Tally
from cdisc_conv.spec.load import load_study

YES_NO = '{label: Any adverse event, type: coded, decode: AEYN_DEC, values: {Y: "Yes", N: "No"}}'


def column(values, dtype="str"):
    return pd.Series(values, dtype=dtype)


def findings(folder):
    study, problems = load_study(folder / "tiny")
    assert problems == []
    found = convert(study, folder / "raw").problems
    return [f"{problem.severity}: {problem}" for problem in found if problem.code.startswith("CODE")]


@pytest.fixture
def folder(tmp_path):
    write_tiny_study(tmp_path)
    write_tiny_raw(tmp_path)
    return tmp_path


@pytest.fixture
def coded(folder):
    """The tiny study with AEYN declared as coded; the export has no words beside it."""
    edit(
        folder / "tiny" / "forms.yaml", "AEYN: Any adverse event?", f"AEYN: {YES_NO.replace(', decode: AEYN_DEC', '')}"
    )
    return folder


def test_codes_in_their_list_are_no_finding(coded):
    edit(coded / "raw" / "ae.csv", "002,Log,Y", "002,Log, Y ")  # blanks around a code mean nothing
    assert findings(coded) == []


def test_a_code_that_only_a_condition_reads(coded):
    edit(coded / "raw" / "ae.csv", "002,Log,Y", "002,Log,Yes")
    assert findings(coded) == [
        "error: form ae.AEYN row 3: CODE001 'Yes' is not among the values of AEYN in form ae (Y, N); read by records of AE "
        "(did you mean Y? Correct the export, or add it to 'values' in forms.yaml)"
    ]


def test_one_finding_per_value_with_its_rows(coded):
    edit(coded / "raw" / "ae.csv", "001,Log,Y,N", "001,Log,y,N")
    edit(coded / "raw" / "ae.csv", "001,Log,Y,F", "001,Log,y,F")
    edit(coded / "raw" / "ae.csv", "003,Log,N", "003,Log,?")
    assert findings(coded) == [
        "error: form ae.AEYN rows 1, 2: CODE001 'y' is not among the values of AEYN in form ae (Y, N); read by records of AE "
        "(did you mean Y? Correct the export, or add it to 'values' in forms.yaml)",
        "error: form ae.AEYN row 4: CODE001 '?' is not among the values of AEYN in form ae (Y, N); read by records of AE "
        "(correct the export, or add it to 'values' in forms.yaml)",
    ]


def test_a_column_that_nothing_reads_is_a_warning(coded):
    edit(coded / "tiny" / "sdtm" / "ae.yaml", '    where: AEYN == "Y"\n', "")
    edit(coded / "raw" / "ae.csv", "002,Log,Y", "002,Log,YES")
    assert findings(coded) == [
        "warning: form ae.AEYN row 3: CODE001 'YES' is not among the values of AEYN in form ae (Y, N) "
        "(did you mean Y? Correct the export, or add it to 'values' in forms.yaml)"
    ]


def test_a_value_that_term_reports_is_one_finding(folder):
    edit(folder / "raw" / "dm.csv", "002,Screening,F,Female", "002,Screening,Q,")
    study, _ = load_study(folder / "tiny")
    assert [problem.code for problem in convert(study, folder / "raw").problems] == ["TERM001"]


def test_a_value_that_term_understands_is_reported(folder):
    edit(folder / "raw" / "dm.csv", "002,Screening,F,Female", "002,Screening,female,Female")
    assert findings(folder) == [
        "error: form dm.SEX row 2: CODE001 'female' is not among the values of SEX in form dm (M, F); read by DM.SEX "
        "(did you mean F? Correct the export, or add it to 'values' in forms.yaml)"
    ]


def test_a_code_beside_words_that_are_not_its_own(folder):
    edit(folder / "raw" / "dm.csv", "001,Screening,M,Male", "001,Screening,M,Female")
    edit(folder / "raw" / "dm.csv", "002,Screening,F", "002,Screening,")
    edit(folder / "raw" / "dm.csv", "003,Screening,F,Female", "003,Screening,F, female")
    assert findings(folder) == [
        "error: form dm.SEX row 1: CODE002 SEX of form dm is 'M' (Male) where SEX_DEC says 'Female'; read by DM.SEX "
        "(ask the site which of them is right)",
        "error: form dm.SEX row 2: CODE002 SEX of form dm is blank where SEX_DEC says 'Female'; read by DM.SEX "
        "(ask the site which of them is right)",
    ]


def test_a_column_of_several_codes(coded):
    edit(coded / "raw" / "ae.csv", "002,Log,Y", "002,Log,Y;N")
    assert findings(coded) == [
        "error: form ae.AEYN row 3: CODE001 'Y;N' is not among the values of AEYN in form ae (Y, N); read by records of AE "
        "(these are several codes: say \"separator: ';'\" beside 'values' in forms.yaml)"
    ]
    edit(coded / "tiny" / "forms.yaml", 'N: "No"}}', 'N: "No"}, separator: ";"}')
    assert findings(coded) == []
    edit(coded / "raw" / "ae.csv", "002,Log,Y;N", "002,Log,Y;X")
    (found,) = findings(coded)
    assert "CODE001 'Y;X' is not among the values" in found


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("3.0", "did you mean 3? "),
        ("03", "did you mean 3? "),
        ("Grade 3", "did you mean 3? "),
        ("３", "did you mean 3? "),
        ("7", ""),
    ],
)
def test_numbers_as_codes(folder, value, hint):
    entry = '{label: Serious, type: coded, values: {"1": Grade 1, "3": Grade 3}}'
    edit(folder / "tiny" / "forms.yaml", "AESER: Serious?", f"AESER: {entry}")
    study, _ = load_study(folder / "tiny")
    wrong = find_wrong_codes(study, {"ae": pd.DataFrame({"AESER": column([value, "3", "1"])})})
    (problem,) = describe_codes(study, wrong, {})
    assert problem.message == f"'{value}' is not among the values of AESER in form ae (1, 3)"
    assert problem.hint.startswith(hint or "correct the export")
    assert (problem.place.rows, problem.count, problem.value) == ((1,), 1, value)


def test_characters_that_cannot_be_seen_are_shown(coded):
    (coded / "raw" / "ae.csv").write_text(
        "SUBJID,VISIT,AEYN,AETERM,AESTDAT,AESER,AENOTE\n001,Log,Y\u200b,,,,\n", encoding="utf-8"
    )
    (found,) = findings(coded)
    assert "CODE001 'Y<U+200B>' is not among the values of AEYN" in found
    assert "did you mean Y?" in found


def test_very_many_wrong_values_share_a_finding(coded):
    study, _ = load_study(coded / "tiny")
    frame = pd.DataFrame({"AEYN": column([f"text {number}" for number in range(150)])})
    problems = describe_codes(study, find_wrong_codes(study, {"ae": frame}), {})
    assert (len(problems), problems[-1].count) == (101, 50)
    assert problems[-1].message == "50 more values of AEYN in form ae are wrong in the same way, such as 'text 100'"


def test_a_value_that_a_condition_just_misses(folder):
    edit(folder / "raw" / "ae.csv", "002,Log,Y", "002,Log,Yes")
    edit(folder / "raw" / "ae.csv", "003,Log,N", "003,Log,No")
    assert findings(folder) == [
        "warning: form ae.AEYN row 3: CODE003 'Yes' in AEYN of form ae is not the 'Y' that it is compared with by records of AE "
        "(correct the export, or let the condition name both; with its 'values' in forms.yaml every code of AEYN is checked)"
    ]


def test_a_condition_that_names_both_misses_nothing(folder):
    edit(folder / "raw" / "ae.csv", "002,Log,Y", "002,Log,y")
    edit(folder / "tiny" / "sdtm" / "ae.yaml", 'AEYN == "Y"', 'AEYN in ("Y", "y")')
    assert findings(folder) == []


def test_values_of_given_datasets_that_a_condition_just_misses(folder):
    given = "given:\n  DS: {file: ds.csv, columns: [USUBJID, DSDECOD]}\n"
    edit(folder / "tiny" / "study.yaml", "not_submitted:", f"{given}not_submitted:")
    entry = "{lookup: {from: DS, by: USUBJID, take: DSDECOD, where: 'DSDECOD == \"DEATH\"'}}"
    edit(folder / "tiny" / "sdtm" / "ae.yaml", "AEHLT:    *blank", f"AEHLT:    {entry}")
    (folder / "raw" / "ds.csv").write_text("USUBJID,DSDECOD\nTINY-01-001,Death\nTINY-01-002,DEATH\n", encoding="utf-8")
    assert findings(folder) == [
        "warning: DS.DSDECOD row 1: CODE003 'Death' in DSDECOD of DS is not the 'DEATH' that it is compared with by AE.AEHLT "
        "(correct the dataset, or let the condition name both)"
    ]


def test_values_of_given_datasets_outside_a_codelist_that_a_condition_reads(folder):
    """One that is nearly what a condition asks for is told as that alone."""
    given = "given:\n  MH: {file: mh.csv, columns: [USUBJID, MHPRESP, MHTERM]}\n"
    edit(folder / "tiny" / "study.yaml", "not_submitted:", f"{given}not_submitted:")
    edit(
        folder / "tiny" / "sdtm" / "ae.yaml",
        "AEHLT:    *blank",
        'AEHLT:    {exists: {from: MH, where: \'MHPRESP == "Y" and MHTERM != "X"\'}}',
    )
    (folder / "raw" / "mh.csv").write_text(
        "USUBJID,MHPRESP,MHTERM\nTINY-01-001,1,A\nTINY-01-002,yes,B\nTINY-01-002,N,\nTINY-01-003,,C\n", encoding="utf-8"
    )
    assert [text for text in findings(folder) if "CODE" in text] == [
        "warning: MH.MHPRESP row 1: CODE003 '1' in MHPRESP of MH is not in its codelist; read by AE.AEHLT "
        "(correct the dataset)",
        "warning: MH.MHPRESP row 2: CODE003 'yes' in MHPRESP of MH is not the 'Y' that it is compared with by AE.AEHLT "
        "(correct the dataset, or let the condition name both)",
    ]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return load_study(write_tiny_study(tmp_path_factory.mktemp("study")))[0]


@given(
    st.lists(st.tuples(st.sampled_from(["M", "F", "m", ""]), st.sampled_from(["Male", "Female", ""]))),
    st.integers(0, 20),
)
def test_what_is_found_adds_up_over_parts(study, pairs, cut):
    frame = pd.DataFrame({"SEX": column([code for code, _ in pairs]), "SEX_DEC": column([words for _, words in pairs])})
    whole = find_wrong_codes(study, {"dm": frame})
    first = find_wrong_codes(study, {"dm": frame.iloc[:cut].reset_index(drop=True)})
    second = find_wrong_codes(study, {"dm": frame.iloc[cut:].reset_index(drop=True)})
    merged = {key: first.get(key, Tally()).count + second.get(key, Tally()).count for key in {**first, **second}}
    assert merged == {key: tally.count for key, tally in whole.items()}
