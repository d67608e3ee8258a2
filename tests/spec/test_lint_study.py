"""Lint: study.yaml and forms.yaml, layers, and where studies are found."""

# ruff: noqa: E501 (messages stand whole)

from __future__ import annotations

from pathlib import Path

import pytest
from studies import edit, write_files, write_tiny_study

from cdisc_conv.problems import ProblemsError
from cdisc_conv.spec.lint.study import lint_study
from cdisc_conv.spec.load import find_study

AE = "sdtm/ae.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "study.yaml",
            "2026-01-31T12:00:00",
            "yesterday",
            "tiny/study.yaml:4: LINT104 'created' is 'yesterday', which is not an ISO 8601 date and time "
            "(such as 2026-01-31T00:00:00)",
        ),
        (
            "study.yaml",
            "home: dm",
            "home: dmm",
            "tiny/study.yaml:6: LINT102 'home' of 'raw' names form 'dmm', which is not in forms.yaml (did you mean dm?)",
        ),
        (
            "study.yaml",
            "subject: SUBJID",
            "subject: SUBJECT",
            "tiny/study.yaml:6: LINT105 'subject' of 'raw' names SUBJECT, which is not a column of form dm (did you mean SUBJID?)",
        ),
        (
            "study.yaml",
            "ae.AEYN:",
            "ae.AEYNN:",
            "tiny/study.yaml:11: LINT103 'not_submitted' names ae.AEYNN, which no form has (did you mean ae.AEYN?)",
        ),
        (
            "study.yaml",
            "2025-03-28",
            "2020-01-01",
            "tiny/study.yaml:5: SPEC011 no terminology sdtm 2020-01-01 here; there is: adam 2025-03-28, define-xml 2025-03-28, "
            "sdtm 2025-03-28 (import others with 'cdisc-conv ct import FILE')",
        ),
        (
            "study.yaml",
            '"3.4"',
            '"9.9"',
            "tiny/study.yaml:5: SPEC011 no standard sdtmig 9.9 here; there is: adamig 1.1, adamig 1.2, adamig 1.3, "
            "occds 1.0, occds 1.1, sdtmig 3.2, sdtmig 3.3, sdtmig 3.4 (import others with 'cdisc-conv standards import "
            "FILE')",
        ),
        (
            "forms.yaml",
            "      AEYN: Any",
            "      SUBJID: Subject\n      AEYN: Any",
            "tiny/forms.yaml:17: FORM001 form ae repeats the key column SUBJID",
        ),
        (AE, "dataset: AE", "extends: library/aex\ndataset: AE",
         "tiny/sdtm/ae.yaml:1: SPEC102 there is no mapping 'library/aex' to extend"),
    ],
)  # fmt: skip
def test_each_fault_is_one_finding(lint, file, old, new, message):
    assert lint((file, old, new)) == [message]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "subject_id:",
            "subjct_id:",
            "SPEC202 study.USUBJID: there is no derivation 'subjct_id' (did you mean subject_id?)",
        ),
        (
            "  USUBJID:",
            "  SITEIDD: {copy: SUBJID}\n  USUBJID:",
            "LINT106 study.yaml maps SITEIDD, which the standard has in no dataset of the study (did you mean SITEID?)",
        ),
    ],
)
def test_shared_variables(lint, old, new, message):
    assert lint(("study.yaml", old, new)) == [f"tiny/study.yaml:8: {message}"]


def test_a_shared_variable_that_reads_nothing_is_one_finding(lint):
    (message,) = lint(("study.yaml", "{SUBJID}", "{SUBJIDD}"))
    assert message.startswith("tiny/study.yaml:8: LINT301 ")
    assert message.endswith(
        ".USUBJID reads SUBJIDD, which is neither a column of form dm nor a variable of DM (did you mean SUBJID?)"
    )


def test_layers_that_extend_each_other(lint):
    layer = ("dataset: DM", "dataset: DM\nextends: sdtm/ae")
    assert lint((AE, "dataset: AE", "dataset: AE\nextends: sdtm/dm"), ("sdtm/dm.yaml", *layer)) == [
        "tiny/sdtm/ae.yaml:2: SPEC103 mapping files extend each other in a circle: "
        "tiny/sdtm/dm.yaml -> tiny/sdtm/ae.yaml -> tiny/sdtm/dm.yaml",
        "tiny/sdtm/dm.yaml:2: SPEC103 mapping files extend each other in a circle: "
        "tiny/sdtm/ae.yaml -> tiny/sdtm/dm.yaml -> tiny/sdtm/ae.yaml",
    ]


def test_findings_name_the_layer_they_are_in(lint, tmp_path):
    write_files(tmp_path, {"library/events.yaml": "variables:\n  AETERM: {copy: AETRM}\n"})
    assert lint(
        (AE, "dataset: AE", "extends: library/events\ndataset: AE"), (AE, "  AETERM:   {copy: AETERM}\n", "")
    ) == [
        "library/events.yaml:2: LINT301 AE.AETERM reads AETRM, which is neither a column of form ae nor a variable of AE "
        "(did you mean AETERM?)"
    ]


def test_a_study_in_the_current_folder(tmp_path, monkeypatch):
    folder = write_tiny_study(tmp_path)
    write_files(tmp_path, {"library/events.yaml": "variables:\n  AETERM: {copy: AETRM}\n"})
    edit(folder / AE, "dataset: AE", "extends: library/events\ndataset: AE")
    edit(folder / AE, "  AETERM:   {copy: AETERM}\n", "")
    edit(folder / AE, "{term: AESER}", "{term: AESERR}")
    monkeypatch.chdir(folder)
    _, problems = lint_study(".")
    assert [str(problem.place) for problem in problems] == ["../library/events.yaml:2", "sdtm/ae.yaml:21"]


def test_a_study_that_is_not_there(tmp_path):
    with pytest.raises(ProblemsError) as caught:
        find_study(tmp_path / "nowhere")
    (problem,) = caught.value.problems
    assert problem.message == f"there is no study at '{tmp_path / 'nowhere'}'"
    assert problem.hint == "give a folder that holds study.yaml, or a shipped study: cdiscpilot01, hope2021_thal_agc"


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("mappingz/hope2021_thal_agc", "did you mean hope2021_thal_agc, which is shipped?"),
        ("./cdiscpilot01", "did you mean cdiscpilot01, which is shipped?"),
        ("cdiscpilot1", "did you mean cdiscpilot01, which is shipped?"),
        ("mine/tinny", "did you mean mine/tiny?"),
        ("mien/tiny", "did you mean mine/tiny?"),
        ("mien/tinny", "did you mean mine/tiny?"),
        (
            "mine",
            "give a folder that holds study.yaml, or a shipped study: cdiscpilot01, hope2021_thal_agc",
        ),
    ],
)
def test_a_path_never_stands_for_a_shipped_study(tmp_path, monkeypatch, words, hint):
    write_tiny_study(tmp_path / "mine")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ProblemsError) as caught:
        find_study(words)
    assert str(caught.value) == f"SPEC010 there is no study at '{words}' ({hint})"


def test_a_folder_of_the_name_of_a_shipped_study_comes_first(tmp_path, monkeypatch):
    write_tiny_study(tmp_path).rename(tmp_path / "cdiscpilot01")
    monkeypatch.chdir(tmp_path)
    assert find_study("cdiscpilot01") == Path("cdiscpilot01")


def test_a_layer_may_not_leave_its_folder(lint):
    assert lint((AE, "dataset: AE", "extends: ../../../etc/passwd\ndataset: AE")) == [
        "tiny/sdtm/ae.yaml:1: SPEC102 there is no mapping '../../../etc/passwd' to extend"
    ]
