"""Informats: columns whose values are written in another way, from forms.yaml to the datasets."""

# ruff: noqa: E501 (messages stand whole)

from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import Draft7Validator
from studies import edit, write_files, write_tiny_raw, write_tiny_study

from cdisc_conv.engine.convert import convert
from cdisc_conv.package.reading.trace import trace_records
from cdisc_conv.package.run import run_study
from cdisc_conv.package.schema import describe_mapping
from cdisc_conv.problems import Severity
from cdisc_conv.spec.lint.study import lint_study
from cdisc_conv.spec.yaml.nodes import read_yaml

FORM = """\
  vs:
    label: Vital Signs
    file: vs.csv
    columns:
      TEST: {label: Test}
      RES: {label: Result, informat: "1.234,5"}
      DAT: {label: Date, type: date, informat: "DD. MON YYYY (de)"}
      TIM: {label: Time, type: time, informat: HHMM}
"""
VS = """\
dataset: VS
records:
  - form: vs
variables:
  VSTESTCD: {copy: TEST}
  VSTEST:   {decode: VSTESTCD}
  VSORRES:  {copy: RES}
  VSSTRESN: {expr: 'number(RES)'}
  VSDTC:    {datetime: {date: DAT, time: TIM}}
"""
HEADER = "SUBJID;VISIT;TEST;RES;DAT;TIM\n"
ROWS = """\
001;S;WEIGHT;70,5;3. März 2022;0805
001;S;HEIGHT;1.700;07. Okt. 2022;2359
002;S;PULSE;<50;UN. Mai 2022;
002;S;TEMP;unknown;UNK;
"""


def write_study(tmp_path: Path, rows: str = ROWS, form: str = FORM) -> tuple[Path, Path]:
    study, raw = write_tiny_study(tmp_path), write_tiny_raw(tmp_path)
    forms = (study / "forms.yaml").read_text(encoding="utf-8")
    write_files(
        study, {"forms.yaml": forms + form.replace("vs.csv\n", "vs.csv\n    delimiter: ;\n"), "sdtm/vs.yaml": VS}
    )
    write_files(raw, {"vs.csv": HEADER + rows})
    return study, raw


def make(study: Path, raw: Path) -> tuple[list[tuple[str, ...]], list[str]]:
    loaded, found = lint_study(study)
    assert [str(one) for one in found if one.severity is Severity.ERROR] == []
    made = convert(loaded, raw)
    frame = next(one.frame for one in made.datasets if one.name == "VS")
    records = [
        tuple(map(str, row)) for row in frame[["VSTESTCD", "VSORRES", "VSSTRESN", "VSDTC"]].itertuples(index=False)
    ]
    return records, [str(one) for one in made.problems if one.code.startswith(("RAW", "DATE", "NUM"))]


def test_dates_times_and_numbers_are_read_by_their_informats(tmp_path):
    records, problems = make(*write_study(tmp_path))
    assert records == [
        ("HEIGHT", "1700", "1700.0", "2022-10-07T23:59"),
        ("WEIGHT", "70.5", "70.5", "2022-03-03T08:05"),
        ("PULSE", "<50", "nan", "2022-05"),
        ("TEMP", "unknown", "nan", ""),
    ]
    assert [one for one in problems if "RAW" in one or "DATE" in one] == []


def test_values_that_are_written_otherwise_are_reported_with_their_rows(tmp_path):
    rows = ROWS.replace("70,5", "70.55").replace("07. Okt. 2022", "31. Feb. 2022").replace("0805", "8:05")
    records, problems = make(*write_study(tmp_path, rows))
    assert records[:2] == [("HEIGHT", "1700", "1700.0", "-----T23:59"), ("WEIGHT", "70.55", "70.55", "2022-03-03")]
    assert [one for one in problems if "RAW" in one or "DATE" in one] == [
        "raw/vs.csv: RAW043 1 value of RES is not written as 1.234,5: '70.55'; row 1; it stays as it is (correct the values, or the informat in forms.yaml)",
        "raw/vs.csv: RAW043 1 value of DAT is not a date that there is: '31. Feb. 2022'; row 2; it counts as missing (correct the values, or the informat in forms.yaml)",
        "raw/vs.csv: RAW043 1 value of TIM is not written as HHMM: '8:05'; row 1; it counts as missing (correct the values, or the informat in forms.yaml)",
    ]


def test_ambiguous_dates(tmp_path):
    form = FORM.replace('"DD. MON YYYY (de)"', "[DD/MM/YYYY, MM/DD/YYYY]")
    records, problems = make(*write_study(tmp_path, "001;S;WEIGHT;70;03/04/2022;\n001;S;PULSE;70;25/04/2022;\n", form))
    assert [record[3] for record in records] == ["2022-04-25", ""]
    assert [one for one in problems if "RAW044" in one] == [
        "raw/vs.csv: RAW044 1 value of DAT is not of one date by its formats: '03/04/2022'; row 1; it counts as missing (correct the values, or the informat in forms.yaml)"
    ]


def test_for_all_columns_of_a_type_in_a_form_or_the_export(tmp_path):
    form = (
        FORM.replace(', informat: "1.234,5"', ", type: float")
        .replace(', informat: "DD. MON YYYY (de)"', "")
        .replace(", informat: HHMM", "")
    )
    form = form.replace("    columns:\n", '    informats: {date: "DD. MON YYYY (de)", time: HHMM}\n    columns:\n', 1)
    study, raw = write_study(tmp_path, form=form)
    edit(
        study / "study.yaml",
        "home: dm}",
        'home: dm, informats: {number: "1.234,5"}}\nsettings: {date_formats: [DD-MON-YYYY]}',
    )
    records, problems = make(study, raw)
    assert records[:2] == [
        ("HEIGHT", "1700", "1700.0", "2022-10-07T23:59"),
        ("WEIGHT", "70.5", "70.5", "2022-03-03T08:05"),
    ]
    assert not any("DATE" in one for one in problems)


@pytest.mark.parametrize(
    ("informat", "written", "read"),
    [
        ("COMMA12.2", "1,234.5", "1234.5"),
        ("COMMA12.2", "123456", "1234.56"),
        ("COMMA12.", "(1,234)", "-1234"),
        ("COMMAX12.", "1.234,5", "1234.5"),
        ("NUMX8.", "0,5", "0.5"),
        ("PERCENT8.", "45%", "0.45"),
        ('"1234.5%"', "45 %", "45"),
        ('"1 234,5"', "12 345,6", "12345.6"),
        ("\"1'234.5\"", "1'234.5", "1234.5"),
        ('"1,234.5"', "-1,234.5", "-1234.5"),
        ('"1234,5"', ",5", "0.5"),
        ("8.2", "150", "1.50"),
    ],
    ids=str,
)  # fmt: skip
def test_informats_of_numbers(tmp_path, informat, written, read):
    form = FORM.replace('"1.234,5"', informat)
    records, problems = make(*write_study(tmp_path, f"001;S;WEIGHT;{written};;\n", form))
    assert (records[0][1], [one for one in problems if "RAW04" in one]) == (read, [])


@pytest.mark.parametrize("written", ["1,23,456", "12.345.6", "1.5", "1,2345", "5-6", "1e5"])
def test_signs_where_no_thousands_end_are_no_number(tmp_path, written):
    form = FORM.replace('"1.234,5"', '"1,234.5"' if "," in written else '"1.234,5"')
    _, problems = make(*write_study(tmp_path, f"001;S;WEIGHT;{written};;\n", form))
    assert len([one for one in problems if "RAW043" in one]) == 1


@pytest.mark.parametrize(
    ("informat", "written", "read"),
    [
        ("DATE9.", "05JAN2022", "2022-01-05"),
        ("MMDDYY10.", "01/05/2022", "2022-01-05"),
        ("DDMMYY10.", "05.01.2022", "2022-01-05"),
        ("YYMMDD8.", "22-01-05", "2022-01-05"),
        ("DATETIME20.", "05JAN2022:14:30:00", "2022-01-05T14:30:00"),
        ("DD/MM/YYYY HH:MM AM", "05/01/2022 2:30 PM", "2022-01-05T14:30"),
        ("YYYY年MM月DD日", "2022年1月5日", "2022-01-05"),
        ("DD MON YYYY (fr)", "5 févr. 2022", "2022-02-05"),
        ("DD MON YYYY (es)", "05 ENE 2022", "2022-01-05"),
    ],
    ids=str,
)
def test_informats_of_dates(tmp_path, informat, written, read):
    study, raw = write_study(tmp_path, f"001;S;WEIGHT;70;{written};\n", FORM.replace('"DD. MON YYYY (de)"', informat))
    edit(study / "study.yaml", "not_submitted:", "settings: {date_pivot: 1950}\nnot_submitted:")
    records, problems = make(study, raw)
    assert (records[0][3], [one for one in problems if "RAW04" in one]) == (read, [])


def test_a_trace_shows_what_the_file_has(tmp_path):
    package = run_study(*write_study(tmp_path), tmp_path / "out")
    (record,) = trace_records(package.folder, "VS", 'VSTESTCD == "WEIGHT"').records
    assert (record.rows[0].values["RES"], record.rows[0].values["DAT"]) == ("70,5", "3. März 2022")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("HHMM", "HH.QQ", "LINT116 the informat of column TIM of form vs cannot be read: '.QQ' in the format 'HH.QQ' means nothing; formats are written like DD-MON-YYYY or HH:MM (write it like DD/MM/YYYY, HHMM or 1.234,5, or as a SAS informat such as DATE9.)"),
        ("HHMM", "ANYDTTM.", "LINT116 the informat of column TIM of form vs cannot be read: 'ANYDTTM.' is no SAS informat of dates that is read; there are DATE, DDMMYY, MMDDYY, YYMMDD, MONYY, DATETIME, TIME, E8601DA, E8601DT, B8601DA (write it like DD/MM/YYYY, HHMM or 1.234,5, or as a SAS informat such as DATE9.)"),
        ("HHMM", "DD/MM/YYYY", "LINT116 the informat of column TIM of form vs is that of a date, and the column is of type time (correct 'informat' or 'type')"),
        ("(de)", "(xx)", "LINT116 the informat of column DAT of form vs cannot be read: the months of the language 'xx' are not known; there are en, de, fr, es, it, pt, nl, da, sv, pl (write it like DD/MM/YYYY, HHMM or 1.234,5, or as a SAS informat such as DATE9.)"),
    ],
    ids=["words", "sas", "kind", "language"],
)  # fmt: skip
def test_lint(tmp_path, old, new, message):
    study, _ = write_study(tmp_path, form=FORM.replace(old, new))
    assert [str(one).partition(": ")[2] for one in lint_study(study)[1] if one.code == "LINT116"] == [message]


def test_lint_finds_formats_of_a_column_that_was_read(tmp_path):
    study, _ = write_study(tmp_path)
    edit(study / "sdtm" / "vs.yaml", "time: TIM}", "time: TIM, formats: [DD.MM.YYYY]}")
    assert [str(one).partition(": ")[2] for one in lint_study(study)[1] if one.code == "LINT116"] == [
        "LINT116 VS.VSDTC has formats for DAT of form vs, whose values its informat DD. MON YYYY (de) has read by then (leave 'formats' out)"
    ]


def test_rows_of_a_site_that_are_written_otherwise(tmp_path):
    form = (
        FORM.replace('"DD. MON YYYY (de)"', "DD/MM/YYYY")
        .replace(", informat: HHMM", "")
        .replace("RES: {label: Result,", "RES: {label: Result, type: float,")
    )
    form = form.replace(
        "vs.csv\n",
        "vs.csv\n    informats: {except: [{where: {SUBJID: ['002*']}, date: MM/DD/YYYY, number: '1,234.5'}]}\n",
    )
    records, problems = make(
        *write_study(
            tmp_path,
            "001;S;WEIGHT;70,5;03/04/2022;\n002;S;WEIGHT;70.5;03/04/2022;\n002;S;PULSE;1,5;13/04/2022;\n",
            form,
        )
    )
    assert records == [
        ("WEIGHT", "70.5", "70.5", "2022-04-03"),
        ("PULSE", "1,5", "nan", ""),
        ("WEIGHT", "70.5", "70.5", "2022-03-04"),
    ]
    assert [one for one in problems if "RAW" in one] == [
        "raw/vs.csv: RAW043 1 value of RES is not written as 1,234.5: '1,5'; row 3; it stays as it is (correct the values, or the informat in forms.yaml)",
        "raw/vs.csv: RAW043 1 value of DAT is not a date that there is: '13/04/2022'; row 3; it counts as missing (correct the values, or the informat in forms.yaml)",
    ]


def test_rows_of_a_site_in_all_forms_that_have_its_column(tmp_path):
    form = FORM.replace('"DD. MON YYYY (de)"', "DD/MM/YYYY").replace(", informat: HHMM", "")
    study, raw = write_study(tmp_path, "001;A;WEIGHT;70;03/04/2022;\n002;S;WEIGHT;70;03/04/2022;\n", form)
    edit(study / "study.yaml", "home: dm}", "home: dm, informats: {except: [{where: {VISIT: [A]}, date: MM/DD/YYYY}]}}")
    records, _ = make(study, raw)
    assert [record[3] for record in records] == ["2022-03-04", "2022-04-03"]


def test_lint_of_rows_of_a_site(tmp_path):
    form = FORM.replace("vs.csv\n", "vs.csv\n    informats: {except: [{where: {SITE: ['002']}, date: MM/QQ/YYYY}]}\n")
    study, _ = write_study(tmp_path, form=form)
    assert [str(one).partition(": ")[2] for one in lint_study(study)[1] if one.code == "LINT116"] == [
        "LINT116 'except' of the informats of form vs asks for SITE, which the form does not have (did you mean VISIT?)",
        "LINT116 the informat of column DAT of form vs cannot be read: '/QQ/' in the format 'MM/QQ/YYYY' means nothing; formats are written like DD-MON-YYYY or HH:MM (write it like DD/MM/YYYY, HHMM or 1.234,5, or as a SAS informat such as DATE9.)",
    ]


def test_the_schema_takes_them(tmp_path):
    form = FORM.replace(
        "vs.csv\n",
        "vs.csv\n    informats: {date: [DATE9.], number: 8.2, except: [{where: {VISIT: [A]}, number: 8.2}]}\n",
    )
    study, _ = write_study(tmp_path, form=form)
    found = Draft7Validator(describe_mapping(study)).iter_errors(read_yaml(study / "forms.yaml").plain())
    assert [one.message for one in found] == []
