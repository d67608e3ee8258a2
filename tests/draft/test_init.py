"""cdisc-conv init on small exports: what it proposes, what it leaves alone, and what it says of bad input."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_conv.draft.model import Fate
from cdisc_conv.draft.run import init_study
from cdisc_conv.package.lint import lint_whole
from cdisc_conv.package.run import run_study
from cdisc_conv.problems import ProblemsError, Severity

FORMS = {
    "dm.csv": "SUBJID,SITEID,SEX,RACE,BRTHDAT,COUNTRY,EMAIL\n"
    "001,S1,Male,White,01/31/1960,USA,a@example.com\n"
    "002,S1,Female,Asian,12/24/1971,USA,b@example.com\n",
    "ae.csv": "SUBJID,AETERM,AESTDAT,AEENDAT,AEONGO,AESEV,AESER,AEOUT,AESMELL\n"
    "001,Headache,13/02/2024,,Yes,Mild,No,Ongoing,sweet\n"
    "002,Nausea,27/02/2024,28/02/2024,No,Severe,No,Recovered,\n"
    "002,,,,,,,,\n",
    "ex.csv": "SUBJID,EXTRT,EXDOSE,EXDOSU,EXSTDAT,EXENDAT\n"
    "001,Drug A,5,mg,10-FEB-2024,20-FEB-2024\n"
    "002,Drug A,10,mg,11-FEB-2024,\n",
    "vs.csv": "SUBJID,VISIT,VSDAT,SYSBP_VSORRES,SYSBP_VSORRESU,PULSE_VSORRES,PULSE_VSORRESU\n"
    "001,Screening,05-FEB-2024,120,mmHg,64,beats/min\n"
    "001,Week 2,19-FEB-2024,NA,NA,66,beats/min\n"
    "002,Screening,06-FEB-2024,130,mmHg,70,beats/min\n",
    "visit_log.csv": "SUBJID,VISIT,SEEN_BY_PHONE,REMARK\n001,Screening,N,fine\n002,Screening,Y,late\n",
}


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    folder.mkdir()
    for name, text in FORMS.items():
        (folder / name).write_text(text)
    return folder


def read_entries(path: Path) -> dict[str, str]:
    """Names and entries of a mapping file, without the marks."""
    lines = (line.partition("  #")[0].strip() for line in path.read_text().splitlines())
    return {name: entry.strip() for name, colon, entry in (line.partition(": ") for line in lines) if colon}


def message_of(error: pytest.ExceptionInfo[ProblemsError]) -> list[str]:
    return [str(problem) for problem in error.value.problems]


def test_names_labels_and_values_are_recognised(raw: Path, tmp_path: Path) -> None:
    init_study(raw, tmp_path / "study")
    ae = read_entries(tmp_path / "study" / "sdtm" / "ae.yaml")
    assert ae["AETERM"] == "{copy: {source: AETERM, case: upper}}"
    assert ae["AESTDTC"] == "{datetime: {date: AESTDAT, formats: [DD/MM/YYYY]}}"
    assert ae["AEENRTPT"] == "{when: 'raw.AEONGO == \"Yes\"', constant: ONGOING}"
    assert (
        ae["AEOUT"]
        == "{term: {value: AEOUT, map: {Ongoing: NOT RECOVERED/NOT RESOLVED, Recovered: RECOVERED/RESOLVED}}}"
    )
    assert ae["AESMELL"] == "{copy: AESMELL, label: AESMELL}"
    dm = read_entries(tmp_path / "study" / "sdtm" / "dm.yaml")
    assert dm["SITEID"] == "{copy: SITEID}"
    assert dm["BRTHDTC"] == "{datetime: {date: BRTHDAT, formats: [MM/DD/YYYY]}}"
    assert dm["RFSTDTC"] == "{min: EX.EXSTDTC}"


def test_the_draft_lints_clean_runs_and_accounts_for_everything(raw: Path, tmp_path: Path) -> None:
    outcome = init_study(raw, tmp_path / "study")
    study, problems = lint_whole(tmp_path / "study")
    assert study is not None
    assert {problem.code for problem in problems} == {"DRAFT001"}
    assert set(study.datasets) == {"DM", "AE", "EX", "VS", "SV", "SE", "XA"}
    package = run_study(tmp_path / "study", raw, tmp_path / "out")
    errors = {(one.code, one.place.variable) for one in package.problems if one.severity is Severity.ERROR}
    assert errors == {("VAR002", "AEDECOD"), ("DM001", "ARMNRS")}
    assert not [one for one in package.problems if one.code.startswith("ACC")]
    columns = {(one.form, one.column) for one in outcome.draft.used}
    assert columns == {
        (name.removesuffix(".csv"), column) for name, text in FORMS.items() for column in text.split("\n")[0].split(",")
    }


def test_only_personal_data_and_system_columns_are_not_submitted(raw: Path, tmp_path: Path) -> None:
    outcome = init_study(raw, tmp_path / "study")
    fates = {f"{one.form}.{one.column}": one.fate for one in outcome.draft.used}
    assert [name for name, fate in fates.items() if fate is Fate.PERSONAL] == ["dm.EMAIL"]
    assert outcome.draft.not_submitted["dm.EMAIL"].reason == "personal data: an e-mail address"
    assert fates["visit_log.REMARK"] is Fate.OWN
    assert fates["ae.AESMELL"] is Fate.SUPPLEMENTAL


def test_lint_counts_the_drafts_until_their_marks_are_taken_away(raw: Path, tmp_path: Path) -> None:
    init_study(raw, tmp_path / "study")
    path = tmp_path / "study" / "sdtm" / "ex.yaml"
    before = [one for one in lint_whole(tmp_path / "study")[1] if one.place.file == path.as_posix()]
    assert before[0].message == "11 lines are drafts that nobody has reviewed"
    path.write_text("\n".join(line.partition("  # draft")[0] for line in path.read_text().splitlines()) + "\n")
    assert [one for one in lint_whole(tmp_path / "study")[1] if one.place.file == path.as_posix()] == []


def test_what_was_not_collected_is_a_named_to_do_and_blank(raw: Path, tmp_path: Path) -> None:
    init_study(raw, tmp_path / "study")
    text = (tmp_path / "study" / "sdtm" / "ae.yaml").read_text()
    line = next(line for line in text.splitlines() if "AEDECOD:" in line)
    assert line.split("{")[1] == 'constant: ""}  # draft to do: AEDECOD (Dictionary-Derived Term) was not collected'
    page = (tmp_path / "study" / "init_report.html").read_text()
    assert "AE.AEDECOD" in page
    assert "personal data: an e-mail address" in page


def test_dates_that_read_in_two_ways_are_to_do(raw: Path, tmp_path: Path) -> None:
    (raw / "ae.csv").write_text("SUBJID,AETERM,AESTDAT\n001,Headache,03/02/2024\n002,Nausea,01/02/2024\n")
    init_study(raw, tmp_path / "study")
    text = (tmp_path / "study" / "sdtm" / "ae.yaml").read_text()
    line = next(line for line in text.splitlines() if "AESTDTC:" in line)
    assert line.endswith(
        "# draft to do: CDASH calls it AESTDAT; the values are dates both as MM/DD/YYYY and as DD/MM/YYYY; "
        "taken with the month first, as dm.BRTHDAT"
    )


def test_several_records_on_one_row(raw: Path, tmp_path: Path) -> None:
    (raw / "ae.csv").write_text(
        "SUBJID,AETERM_1,AESTDAT_1,AETERM_2,AESTDAT_2\n001,Headache,2024-02-13,Rash,2024-02-14\n002,Nausea,2024-02-15,,\n"
    )
    init_study(raw, tmp_path / "study")
    package = run_study(tmp_path / "study", raw, tmp_path / "out", ["AE", "DM", "EX"])
    frame = next(dataset.frame for dataset in package.datasets if dataset.name == "AE")
    assert frame["AETERM"].tolist() == ["HEADACHE", "RASH", "NAUSEA"]


def test_a_form_is_added_and_no_line_is_changed(raw: Path, tmp_path: Path) -> None:
    from cdisc_conv.draft.add import add_form

    init_study(raw, tmp_path / "study")
    before = {path: path.read_text() for path in (tmp_path / "study").rglob("*.yaml")}
    (raw / "ae_late.csv").write_text("SUBJID,AETERM,AESTDAT,AEPAIN\n001,Cough,2024-03-01,Y\n")
    (raw / "cm.csv").write_text("SUBJID,CMTRT,CMSTDAT,CMROUTE\n001,Aspirin,2024-03-01,Oral\n")
    for form in ("ae_late", "cm"):
        add_form(raw, tmp_path / "study", form)
    for path, text in before.items():
        lines = iter(path.read_text().splitlines())
        assert all(any(line == other for other in lines) for line in text.splitlines()), path
    study, problems = lint_whole(tmp_path / "study")
    assert study is not None
    assert {problem.code for problem in problems} == {"DRAFT001"}
    assert [block.source.name for block in study.datasets["AE"].blocks] == ["ae", "ae_late"]
    assert "CM" in study.datasets
    added = (tmp_path / "study" / "sdtm" / "cm.yaml").read_text().splitlines()
    assert added[:2] == ["# yaml-language-server: $schema=../schema.json", "dataset: CM"]
    assert '"CM"' in (tmp_path / "study" / "schema.json").read_text()


def test_editors_find_a_schema_that_the_drafts_keep_to(raw: Path, tmp_path: Path) -> None:
    import json

    import jsonschema
    import yaml

    init_study(raw, tmp_path / "study")
    schema = json.loads((tmp_path / "study" / "schema.json").read_text())
    files = {path.relative_to(tmp_path / "study").as_posix(): path for path in (tmp_path / "study").rglob("*.yaml")}
    assert {"study.yaml", "forms.yaml", "sdtm/ae.yaml"} <= files.keys()
    for name, path in files.items():
        text = path.read_text()
        up = "../" if "/" in name else ""
        assert text.splitlines()[0] == f"# yaml-language-server: $schema={up}schema.json"
        jsonschema.validate(json.loads(json.dumps(yaml.safe_load(text), default=str)), schema)


def test_a_form_that_is_mapped_is_not_added_again(raw: Path, tmp_path: Path) -> None:
    from cdisc_conv.draft.add import add_form

    init_study(raw, tmp_path / "study")
    with pytest.raises(ProblemsError) as mapped:
        add_form(raw, tmp_path / "study", "ae")
    assert message_of(mapped) == ["INIT007 form ae is mapped already, by AE (change the mapping itself)"]
    with pytest.raises(ProblemsError) as unknown:
        add_form(raw, tmp_path / "study", "cm")
    assert message_of(unknown) == ["INIT008 the exports have no form 'cm' (there are: ae, dm, ex, visit_log, vs)"]


def test_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    with pytest.raises(ProblemsError) as error:
        init_study(tmp_path / "raw", tmp_path / "study")
    assert message_of(error) == [
        f"INIT002 there are no data files in '{tmp_path / 'raw'}' "
        "(--raw names the folder with the files of the export "
        "(.csv, .tsv, .tab, .txt, .dat, .xlsx, .xlsm, .sas7bdat ...))"
    ]
    assert not (tmp_path / "study").exists()


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError) as error:
        init_study(tmp_path / "nowhere", tmp_path / "study")
    assert message_of(error) == [
        f"INIT001 there is no folder or file '{tmp_path / 'nowhere'}' (check the spelling of --raw)"
    ]


def test_a_file_that_cannot_be_read_is_left_out_with_a_warning(raw: Path, tmp_path: Path) -> None:
    (raw / "lb.csv").write_bytes(b"\x1f\x8b\x08\x00\x00\x00")
    outcome = init_study(raw, tmp_path / "study")
    left = [str(one) for one in outcome.problems if one.code == "INIT003"]
    assert left == [
        "lb.csv: INIT003 the file is left out: RAW019 form 'lb' is a gzip file, not one of the formats csv, "
        "dataset-json, odm, parquet, sas7bdat, xlsx, xpt, zip (unpack it and give the file in it)"
    ]


def test_no_column_of_the_subject(raw: Path, tmp_path: Path) -> None:
    for path in raw.iterdir():
        path.write_text(path.read_text().replace("SUBJID", "CODE"))
    with pytest.raises(ProblemsError) as error:
        init_study(raw, tmp_path / "study")
    assert [one.code for one in error.value.problems] == ["INIT005"]
    init_study(raw, tmp_path / "study", subject="CODE")


def test_two_columns_that_may_be_the_subject(raw: Path, tmp_path: Path) -> None:
    (raw / "dm.csv").write_text("SUBJID,SUBJECTID,SEX,AGE\n001,A,M,50\n002,A,F,51\n")
    for name in ("ae.csv", "ex.csv", "vs.csv", "visit_log.csv"):
        (raw / name).unlink()
    with pytest.raises(ProblemsError) as error:
        init_study(raw, tmp_path / "study")
    assert message_of(error) == [
        "INIT006 SUBJID and SUBJECTID can both be the column of the subject (say which: --subject SUBJID)"
    ]


def test_a_study_that_is_there_is_not_overwritten(raw: Path, tmp_path: Path) -> None:
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "notes.txt").write_text("mine")
    with pytest.raises(ProblemsError) as error:
        init_study(raw, tmp_path / "study")
    assert message_of(error) == [
        f"INIT004 '{tmp_path / 'study'}' is there already; nothing is overwritten "
        "(choose another folder, or add a form to the study with --add FORM)"
    ]
    assert [path.name for path in (tmp_path / "study").iterdir()] == ["notes.txt"]


def test_one_answer_in_several_columns(raw: Path, tmp_path: Path) -> None:
    (raw / "ae.csv").write_text(
        "SUBJID,AETERM,AESER,AESER_STD,AESTDAT,AESTDAT_RAW,AESTDAT_INT,AESTDAT_YYYY,AESTDAT_MM,AESTDAT_DD\n"
        "001,Headache,No,0,,UN FEB 2024,2024-02-15,2024,2,\n"
        "002,Rash,Yes,1,2024-03-01,01 MAR 2024,2024-03-01,2024,3,1\n"
    )
    outcome = init_study(raw, tmp_path / "study")
    ae = read_entries(tmp_path / "study" / "sdtm" / "ae.yaml")
    assert ae["AESTDTC"] == "{datetime: {date: AESTDAT_RAW, formats: [DD MON YYYY]}}"
    assert ae["AESER"] == '{term: {value: AESER_STD, map: {"0": "N", "1": "Y"}}}'
    reasons = {key: line.reason for key, line in outcome.draft.not_submitted.items() if key.startswith("ae.")}
    assert reasons == {
        "ae.AESTDAT_INT": "the same answer as AESTDAT_RAW, interpolated by the EDC",
        "ae.AESTDAT_YYYY": "the same answer as AESTDAT_RAW, the year",
        "ae.AESTDAT_MM": "the same answer as AESTDAT_RAW, the month",
        "ae.AESTDAT_DD": "the same answer as AESTDAT_RAW, the day",
        "ae.AESTDAT": "the same answer as AESTDAT_RAW, read by the EDC",
    }


def test_columns_that_are_called_like_variables_of_a_dataset(raw: Path, tmp_path: Path) -> None:
    (raw / "ae.csv").write_text("SUBJID,AE.AETERM,AE.AESTDAT\n001,Headache,2024-02-13\n002,Rash,2024-02-15\n")
    init_study(raw, tmp_path / "study")
    assert read_entries(tmp_path / "study" / "sdtm" / "ae.yaml")["AESTDTC"] == "{datetime: raw.AE.AESTDAT}"
    assert {problem.code for problem in lint_whole(tmp_path / "study")[1]} == {"DRAFT001"}


def test_a_code_that_is_a_name_of_the_term_counts_where_its_words_are_not(raw: Path, tmp_path: Path) -> None:
    (raw / "cm.csv").write_text(
        "SUBJID,CMTRT,CMROUTE,CMROUTE_DEC,CMSTDAT\n001,Aspirin,PO,By mouth,2024-01-01\n001,Iron,IV,Drip,2024-01-02\n"
    )
    (raw / "eot.csv").write_text("SUBJID,EOTDAT,EOTREAS,EOTCONT\n001,2024-03-01,Completed,Y\n")
    init_study(raw, tmp_path / "study")
    cm = read_entries(tmp_path / "study" / "sdtm" / "cm.yaml")
    assert cm["CMROUTE"] == "{term: {value: CMROUTE, map: {IV: INTRAVENOUS}}}"
    ds = read_entries(tmp_path / "study" / "sdtm" / "ds.yaml")
    assert "DSENRTPT" not in ds  # what continues after treatment is no disposition that lasts
    assert ds["EOTCONT"] == "{copy: EOTCONT, label: EOTCONT}"
