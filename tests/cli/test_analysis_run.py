"""Analysis datasets of data that are not as they should be: what a run says, and what it writes all the same."""

from __future__ import annotations

import pytest
from analysis import write_analysis
from studies import edit, read_tree, write_files

from cdisc_conv.cli.printing.findings import print_problems
from cdisc_conv.xpt import read_xpt, write_xpt

ADEV = """\
dataset: ADEV
label: Events in Time
class: OCCURRENCE DATA STRUCTURE
subclass: ADVERSE EVENT
structure: One record per adverse event
keys: [STUDYID, USUBJID, AESEQ]
records:
  - from: AE
predecessors:
  ADSL: [TRT01P, TRTSDT]
  AE: [AESEQ, AETERM, AESTDTC]
variables:
  ASTDT: {numeric_date: {date: AESTDTC, impute: month}}
  AENDT: {numeric_date: {date: RFENDT, impute: month}}
  ADURN: {duration: {start: ASTDT, end: AENDT}}
  ADURU: {constant: DAYS}
working:
  RFENDT: {constant: "2022-01-08"}
"""

ADBL = """\
dataset: ADBL
label: Baselines
class: BASIC DATA STRUCTURE
structure: One record per event per parameter
keys: [STUDYID, USUBJID, PARAMCD, ASEQ]
records:
  - from: AE
    set:
      PARAMCD: {constant: SEQ}
      PARAM:   {constant: Sequence Number}
      AVAL:    {copy: AE.AESEQ}
      ABLFL:   {constant: "Y"}
      BASE:    {baseline: AVAL}
  - from: self
    group: [USUBJID]
    set:
      PARAMCD: {constant: DOUBLE}
      PARAM:   {constant: Twice the Sequence Number}
      AVAL:    {from_parameters: {formula: SEQ * 2}}
predecessors:
  ADSL: [TRT01P]
variables:
  ASEQ: {sequence: [PARAMCD, AVAL]}
"""

ADTT = """\
dataset: ADTT
label: Time to First Adverse Event
class: BASIC DATA STRUCTURE
subclass: TIME-TO-EVENT
structure: One record per subject per parameter
keys: [STUDYID, USUBJID, PARAMCD]
records:
  - from: ADSL
    where: SAFFL == "Y"
    set:
      PARAMCD: {constant: TTAE}
      PARAM:   {constant: Time to First Adverse Event (Days)}
      ADT:
        time_to_event:
          start: TRTSDT
          events:
            - {from: AE, where: 'AETERM != ""', date: AESTDTC, description: Adverse event, sequence: AESEQ}
          censors:
            - {from: ADSL, date: TRTSDT, description: First dose}
          unit: days
predecessors:
  ADSL: [TRT01P, TRTSDT]
variables:
  ASEQ: {sequence: [PARAMCD]}
"""


@pytest.fixture
def study(cli, tmp_path):
    """The tiny study with its analysis datasets; `run` of it says what it found, without counts and report."""
    write_analysis(tmp_path)
    return tmp_path


def run(cli, *more: str):
    return cli("run", "tiny", "--raw", "raw", "--out", "out", *more)


@pytest.fixture(autouse=True)
def print_every_finding(monkeypatch):
    """All findings, by place; what the console picks of them is tested in test_console.py."""
    monkeypatch.setattr("cdisc_conv.cli.printing.summary.print_codes", print_problems)


def told(result) -> list[str]:
    """The findings that a run printed."""
    return [line.strip() for line in result.stdout.splitlines() if line.startswith("  ")]


def add(study, name: str, text: str) -> None:
    write_files(study / "tiny", {f"adam/{name}.yaml": text})


def test_an_event_that_ends_before_it_starts(cli, study):
    add(study, "adev", ADEV)
    result = run(cli, "--datasets", "ADEV")
    assert result.exit_code == 1
    assert told(result) == [
        "ADEV.ADURU rows 2, 3: ADOCC013 only one of ADURN and ADURU has a value; 2 records: subject TINY-01-001 AESEQ "
        "2 (ADURN blank, ADURU DAYS); subject TINY-01-002 AESEQ 1 (ADURN blank, ADURU DAYS) (give both or neither)",
        "ADEV.AENDT rows 2, 3: ADDAT001 AENDT is before ASTDT; 2 records: subject TINY-01-001 AESEQ 2 (ASTDT "
        "2022-02-01, AENDT 2022-01-08); subject TINY-01-002 AESEQ 1 (ASTDT 2022-01-09, AENDT 2022-01-08) "
        "(impute start and end together, or ask the site which of the two is right)",
    ]
    frame = read_xpt(study / "out" / "adam" / "adev.xpt").frame
    assert frame["ADURN"].fillna(-1).tolist() == [2, -1, -1]


def test_several_baselines_and_several_records_of_a_parameter(cli, study):
    add(study, "adbl", ADBL)
    result = run(cli, "--datasets", "ADBL")
    assert result.exit_code == 1
    assert told(result)[:3] == [
        "ADBL.ABLFL rows 2, 3: ADBDS009 subject TINY-01-001 has several records with ABLFL Y of PARAMCD SEQ; 2 "
        "records: subject TINY-01-001 PARAMCD SEQ ASEQ 2; subject TINY-01-001 PARAMCD SEQ ASEQ 3 "
        "(flag one, or tell types of baseline apart by BASETYPE; BASE is not checked for them)",
        "ADBL.AVAL row 1: PARAM002 2 earlier records of ADBL with different AVAL have parameter SEQ for "
        "USUBJID = TINY-01-001 (add keys to 'by', or narrow 'where' to one record, such as ANL01FL)",
        "ADBL.BASE rows 2, 3: BASE001 2 records are flagged as baseline by ABLFL for USUBJID = TINY-01-001, "
        "PARAMCD = SEQ; BASE is blank there (a group has one baseline: narrow the rule of ABLFL, or split the group "
        "with 'by' (BASETYPE))",
    ]


def test_an_event_before_the_time_starts(cli, study):
    add(study, "adtt", ADTT)
    result = run(cli, "--datasets", "ADTT")
    assert result.exit_code == 1
    assert [line for line in told(result) if "TTE0" in line] == [
        "ADTT.ADT row 2: TTE001 'Adverse event' of subject TINY-01-002 (AE.AESTDTC) is dated before TRTSDT, so the "
        "time ends on its first day (correct one of the dates, or the records of AE)",
        "ADTT.ADT row 1: TTE004 'Adverse event' of subject TINY-01-001 has no complete date in AE.AESTDTC and does not "
        "count (complete the date, or narrow 'where')",
    ]
    assert read_xpt(study / "out" / "adam" / "adtt.xpt").frame["AVAL"].tolist() == [3, 1]


def test_the_end_of_treatment_before_its_start(cli, study):
    edit(
        study / "tiny" / "adam" / "adsl.yaml",
        "  LASTAE:",
        "  TRTEDT: {numeric_date: DAY}\n  LASTAE:",
    )
    edit(
        study / "tiny" / "adam" / "adsl.yaml", "variables:\n", 'working:\n  DAY: {constant: "2022-01-07"}\nvariables:\n'
    )
    result = run(cli, "--datasets", "ADSL")
    assert result.exit_code == 1
    assert told(result) == [
        "ADSL.TRTEDT row 2: ADDAT001 TRTEDT is before TRTSDT; 1 record: subject TINY-01-002 (TRTSDT 2022-01-10, "
        "TRTEDT 2022-01-07) (impute start and end together, or ask the site which of the two is right)",
        "ADSL.TRTSDT row 3: ADSL013 TRTSDT is blank although TRTEDT has a value; 1 record: subject TINY-01-003 (TRTEDT "
        "2022-01-07) (derive both from EX)",
    ]


def test_parameter_codes_that_are_none_and_records_without_a_parameter(cli, study):
    edit(study / "tiny" / "adam" / "adnn.yaml", "PARAMCD: {constant: TWICE}", "PARAMCD: {constant: TWICETWICE}")
    edit(study / "tiny" / "adam" / "adnn.yaml", "      PARAM:   {constant: Twice All Events}\n", "")
    result = run(cli, "--datasets", "ADNN")
    assert result.exit_code == 1
    assert told(result) == [
        "ADNN.PARAMCD rows 4, 7: ADBDS001 PARAM or PARAMCD is blank; 2 records: subject TINY-01-001 PARAMCD TWICETWICE "
        "ASEQ 4 (PARAM blank); subject TINY-01-002 PARAMCD TWICETWICE ASEQ 3 (PARAM blank) "
        "(a record without a parameter says nothing)",
        "ADNN.PARAMCD rows 4, 7: ADBDS002 PARAMCD is 'TWICETWICE', which is not a parameter code; 2 records: subject "
        "TINY-01-001 PARAMCD TWICETWICE ASEQ 4; subject TINY-01-002 PARAMCD TWICETWICE ASEQ 3 "
        "(at most 8 capital letters, digits and underscores, the first no digit)",
    ]


def test_characters_that_no_transport_file_has(cli, study):
    edit(study / "tiny" / "adam" / "adnn.yaml", "Twice All Events", "Événements")
    result = run(cli, "--datasets", "ADNN")
    assert told(result) == [
        "ADNN.PARAM rows 4, 7: FIT002 'Événements' has characters that a transport file cannot hold: 'É' (U+00C9), 'é' "
        "(U+00E9) (written as '?'; name them in 'transliterate' of study.yaml)"
    ]


@pytest.mark.parametrize("datasets", ["ADAE", "AE,ADAE"])
def test_what_is_written_otherwise_is_no_other_value_than_in_sdtm(cli, study, datasets):
    edit(study / "raw" / "ae.csv", "Nausea", "Nausée")
    edit(study / "tiny" / "study.yaml", "not_submitted:", "transliterate: {é: e}\nnot_submitted:")
    result = run(cli, "--datasets", datasets)
    assert result.exit_code == 0
    assert [line for line in told(result) if "FIT001" not in line] == []
    assert read_xpt(study / "out" / "adam" / "adae.xpt").frame["AETERM"].tolist()[0] == "Nausee"


RESULTS = """\
define:
  adam:
    displays:
      - id: T-1
        title: Table 1
        description: Adverse events
        results:
          - &result
            id: ALL
            description: All
            reason: SPECIFIED IN SAP
            purpose: PRIMARY OUTCOME MEASURE
            datasets: [{dataset: ADAE, variables: [AETERM]}]
          - {<<: *result, id: NUMBER, datasets: [{dataset: ADNN, variables: [AVAL]}]}
not_submitted:"""


@pytest.mark.parametrize(
    ("datasets", "left_out", "kept"),
    [
        ("ADAE", "some results of display T-1 out: ADNN", ["AR.T-1.ALL"]),
        ("ADSL", "display T-1 out: ADAE, ADNN", []),
        ("ADSL,ADAE,ADNN", "", ["AR.T-1.ALL", "AR.T-1.NUMBER"]),
    ],
)
def test_results_of_datasets_that_are_not_in_the_package(cli, study, datasets, left_out, kept):
    edit(study / "tiny" / "study.yaml", "not_submitted:", RESULTS)
    result = run(cli, "--datasets", datasets)
    assert result.exit_code == 0
    assert told(result) == (
        [f"tiny/study.yaml:10: PKG023 define.xml leaves {left_out} is not in this package"] if left_out else []
    )
    xml = (study / "out" / "adam" / "define.xml").read_text(encoding="utf-8")
    assert [oid for oid in ("AR.T-1.ALL", "AR.T-1.NUMBER") if f'OID="{oid}"' in xml] == kept


def test_no_text_of_the_data_or_of_the_mapping_becomes_markup(cli, study):
    hostile = "<script>alert({})</script>"
    edit(study / "raw" / "ae.csv", "Nausea", hostile.format(1))
    edit(study / "tiny" / "adam" / "adnn.yaml", "Twice All Events", hostile.format(2))
    edit(study / "tiny" / "adam" / "adnn.yaml", "label: Term", f"label: {hostile.format(3)}")
    edit(study / "tiny" / "adam" / "adae.yaml", "label: Adverse Event Analysis Dataset", f"label: {hostile.format(4)}")
    edit(
        study / "tiny" / "adam" / "adnn.yaml",
        "PARAMCD: {constant: TWICE}",
        f"PARAMCD: {{constant: {hostile.format(5)}}}",
    )
    assert run(cli).exit_code == 1
    pages = {name: text.decode() for name, text in read_tree(study / "out").items() if name.endswith(".html")}
    assert sorted(pages) == ["adam/define.html", "report/index.html", "sdtm/define.html"]
    assert [name for name, text in pages.items() if "<script>alert" in text] == []
    assert "&lt;script&gt;alert(4)" in pages["adam/define.html"]
    assert "&lt;script&gt;alert(5)" in pages["report/index.html"]


def given(cli, study):
    """The SDTM datasets of a run in a folder `given`."""
    run(cli, "--datasets", "DM,AE")
    (study / "out" / "sdtm").rename(study / "given")
    return study / "given"


def run_given(cli, *more: str):
    return cli("run", "tiny", "--sdtm", "given", "--out", "alone", *more)


def rewrite(folder, name: str, change) -> None:
    path = folder / f"{name}.xpt"
    file = read_xpt(path)
    write_xpt(change(file.frame), path, name=file.name, label=file.label)


def to_csv(folder, name: str, **options) -> None:
    path = folder / f"{name}.xpt"
    read_xpt(path).frame.to_csv(path.with_suffix(".csv"), index=False, lineterminator="\n", **options)
    path.unlink()


def test_records_without_a_subject_beside_qualifiers(cli, study):
    rewrite(given(cli, study), "ae", lambda frame: frame.drop(columns="USUBJID"))
    result = run_given(cli, "--datasets", "ADAE")
    assert result.exit_code == 2
    assert [line.strip() for line in result.stderr.splitlines() if "USUBJID" in line] == [
        "AE.USUBJID: GIVEN003 ADAE.USUBJID reads AE.USUBJID, which ae.xpt does not have "
        "(add it to the file: without it no records can be told)"
    ]
    assert not (study / "alone").exists()


def test_a_subject_that_is_not_in_adsl(cli, study):
    rewrite(given(cli, study), "ae", lambda frame: frame.assign(USUBJID=frame["USUBJID"].str.replace("002", "009")))
    result = run_given(cli, "--datasets", "ADSL,ADAE")
    assert result.exit_code == 1
    assert told(result) == [
        "ADAE.USUBJID row 3: ADSL003 subject TINY-01-009 is not in ADSL; 1 record: subject TINY-01-009 AESEQ 1 "
        "(add the subject to ADSL, or correct USUBJID)"
    ]


def test_columns_that_differ_in_capitals(cli, study):
    folder = given(cli, study)
    to_csv(folder, "ae")
    lines = (folder / "ae.csv").read_text(encoding="utf-8").splitlines()
    text = "".join(f"{line},{'other' if number else 'aeterm'}\n" for number, line in enumerate(lines))
    write_files(folder, {"ae.csv": text})
    result = run_given(cli)
    assert result.exit_code == 1
    assert told(result) == [
        "AE.AETERM: GIVEN011 ae.csv has the columns AETERM and aeterm, which are one name in SAS; the first is read "
        "(give the others names of their own)"
    ]
    frame = read_xpt(study / "alone" / "adam" / "adae.xpt").frame
    assert frame["AETERM"].tolist() == ["Nausea", "Fatigue", "Neutropenia"]


def test_files_that_are_no_utf_8_or_not_separated_by_commas(cli, study):
    folder = given(cli, study)
    to_csv(folder, "ae", encoding="utf-16")
    result = run_given(cli)
    assert result.exit_code == 1
    assert told(result) == [
        "given/ae.csv: RAW009 dataset AE is utf-16, but utf-8 is declared "
        "(given datasets are UTF-8: write it again; what cannot be read stands as U+FFFD)"
    ]
    to_csv(folder, "dm", sep=";")
    result = run_given(cli)
    assert result.exit_code == 2
    assert [line.strip() for line in result.stderr.splitlines() if "RAW008" in line] == [
        "given/dm.csv:1: RAW008 dataset DM has one column when split at a comma, but its header holds a semicolon "
        "(given datasets are separated by commas: write it again)"
    ]


def test_dates_that_are_numbers(cli, study):
    rewrite(given(cli, study), "dm", lambda frame: frame.assign(RFSTDTC=[22650.0, 22655.0, float("nan")]))
    result = run_given(cli, "--datasets", "ADSL")
    assert result.exit_code == 1
    assert [line for line in told(result) if "GIVEN" in line] == [
        "DM.RFSTDTC: GIVEN010 RFSTDTC is a number in dm.xpt, but text by the standard; its values are taken as text "
        "(dates of SDTM are ISO 8601 text, such as 2026-01-31)"
    ]
