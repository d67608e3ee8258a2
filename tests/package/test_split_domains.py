"""A domain in several datasets (`split_into`): files, define.xml, checks, tracing, reading back."""

# ruff: noqa: E501 (messages stand whole)

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from jsonschema import Draft7Validator
from lxml import etree
from studies import edit, write_files, write_tiny_raw, write_tiny_study

from cdisc_conv.checks.package.run import check
from cdisc_conv.compare.packages.run import compare_paths
from cdisc_conv.engine.ranges.range import Division
from cdisc_conv.package.looking.rows import find_dataset
from cdisc_conv.package.reading.trace import trace_records
from cdisc_conv.package.run import run_study
from cdisc_conv.package.schema import describe_mapping
from cdisc_conv.problems import ProblemsError
from cdisc_conv.spec.lint.study import lint_study
from cdisc_conv.spec.yaml.nodes import read_yaml
from cdisc_conv.xpt import read_xpt, write_xpt

FORM = "  lb: {label: Laboratory, file: lb.csv, columns: {CAT: Panel, TEST: Test, RES: Result, DAT: Date, SPEC: Specimen, NOTE: Note}}\n"
SPLIT = """\
split_into:
  by: LBCAT
  datasets:
    LBCH: CHEMISTRY
    LBHE: {values: [HEMATOLOGY, COAGULATION], label: Tests of Blood}
"""
LB = f"""\
dataset: LB
{SPLIT}keys: [STUDYID, USUBJID, LBTESTCD, LBDTC]
records:
  - form: lb
variables:
  LBTESTCD: {{term: TEST}}
  LBTEST:   {{decode: LBTESTCD}}
  LBCAT:    {{copy: CAT}}
  LBORRES:  {{copy: RES}}
  LBSTRESC: {{copy: RES}}
  LBSTRESN: {{expr: 'number(RES)'}}
  LBSPEC:   {{copy: SPEC}}
  LBDTC:    {{datetime: DAT}}
supplemental:
  LBNOTE: {{copy: NOTE, label: Note}}
"""
ADLB = """\
dataset: ADLB
class: BASIC DATA STRUCTURE
label: Laboratory Analysis
records:
  - from: LB
variables:
  LBSEQ:   {copy: LBSEQ}
  PARAMCD: {copy: LBTESTCD}
  PARAM:   {copy: LBTEST}
  AVAL:    {copy: LBSTRESN}
  NOTE:    {copy: LBNOTE, label: Note, type: text}
"""
ROWS = """\
SUBJID,VISIT,CAT,TEST,RES,DAT,SPEC,NOTE
001,S,CHEMISTRY,GLUC,5,05-JAN-2022,,fasting
001,S,HEMATOLOGY,HGB,140,05-JAN-2022,BLOOD,
001,S,CHEMISTRY,ALT,30,06-JAN-2022,,
002,S,HEMATOLOGY,HGB,120,11-JAN-2022,BLOOD,clotted
002,S,CHEMISTRY,GLUC,6,11-JAN-2022,,
002,S,COAGULATION,INR,1.1,11-JAN-2022,BLOOD,
"""


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    study, raw = write_tiny_study(tmp_path), write_tiny_raw(tmp_path)
    forms = (study / "forms.yaml").read_text(encoding="utf-8")
    write_files(study, {"forms.yaml": forms + FORM, "sdtm/lb.yaml": LB, "adam/adlb.yaml": ADLB})
    write_files(raw, {"lb.csv": ROWS})
    return study, raw


def list_records(package, name: str, *variables: str) -> list[tuple[str, ...]]:
    frame = next(one.frame for one in package.datasets if one.name == name)
    return list(zip(*(frame[one].astype(str) for one in variables), strict=True))


def test_each_record_is_in_one_dataset_and_seq_counts_across_them(folders, tmp_path):
    package = run_study(*folders, tmp_path / "out")
    assert [one.name for one in package.datasets] == [
        "DM",
        "AE",
        "SUPPAE",
        "LBCH",
        "LBHE",
        "SUPPLBCH",
        "SUPPLBHE",
        "ADLB",
    ]
    assert list_records(package, "LBCH", "DOMAIN", "USUBJID", "LBSEQ", "LBTESTCD") == [
        ("LB", "TINY-01-001", "1.0", "ALT"), ("LB", "TINY-01-001", "2.0", "GLUC"), ("LB", "TINY-01-002", "1.0", "GLUC")
    ]  # fmt: skip
    assert list_records(package, "LBHE", "DOMAIN", "USUBJID", "LBSEQ", "LBTESTCD") == [
        ("LB", "TINY-01-001", "3.0", "HGB"), ("LB", "TINY-01-002", "2.0", "HGB"), ("LB", "TINY-01-002", "3.0", "INR")
    ]  # fmt: skip
    assert list_records(package, "SUPPLBHE", "RDOMAIN", "USUBJID", "IDVARVAL", "QVAL") == [
        ("LB", "TINY-01-002", "2", "clotted")
    ]
    assert list_records(package, "SUPPLBCH", "RDOMAIN", "USUBJID", "IDVARVAL", "QVAL") == [
        ("LB", "TINY-01-001", "2", "fasting")
    ]
    assert list_records(package, "ADLB", "PARAMCD", "NOTE")[1:3] == [("GLUC", "fasting"), ("HGB", "")]
    assert sorted(path.name for path in (package.folder / "sdtm").glob("*.xpt")) == [
        "ae.xpt", "dm.xpt", "lbch.xpt", "lbhe.xpt", "suppae.xpt", "supplbch.xpt", "supplbhe.xpt"
    ]  # fmt: skip
    assert read_xpt(package.folder / "sdtm" / "lbhe.xpt").label == "Tests of Blood"


def test_variables_that_a_part_has_no_value_of_and_their_lengths(folders, tmp_path):
    package = run_study(*folders, tmp_path / "out")
    chemistry, blood = (next(one for one in package.datasets if one.name == name) for name in ("LBCH", "LBHE"))
    assert "LBSPEC" not in chemistry.frame and "LBSPEC" in blood.frame
    assert chemistry.column("LBTEST").length == blood.column("LBTEST").length == 34
    terms = chemistry.column("LBTESTCD").item.codelist.terms
    assert [term.value for term in terms] == ["ALT", "GLUC"]
    levels = chemistry.column("LBORRES").value_level
    assert [level.conditions[0].values for level in levels] == [("ALT",), ("GLUC",)]


def test_define_names_the_parts_and_their_domain(folders, tmp_path):
    package = run_study(*folders, tmp_path / "out")
    root = etree.parse(package.folder / "sdtm" / "define.xml").getroot()
    odm = {"o": "http://www.cdisc.org/ns/odm/v1.3"}
    found = {
        group.get("Name"): (
            group.get("Domain"),
            group.findtext("o:Description/o:TranslatedText", namespaces=odm),
            [alias.get("Name") for alias in group.findall("o:Alias", odm)],
        )
        for group in root.iterfind(".//o:ItemGroupDef", odm)
    }
    assert found["LBCH"] == ("LB", "Laboratory Test Results, Chemistry", ["Laboratory Test Results"])
    assert found["LBHE"] == ("LB", "Tests of Blood", ["Laboratory Test Results"])
    assert found["SUPPLBCH"] == ("LB", "Supplemental Qualifiers for LBCH", ["Laboratory Test Results"])
    comments = [text for text in root.itertext() if "is split by" in text]
    assert comments == [
        "The domain LB is split by LBCAT; these are the records with CHEMISTRY.",
        "The domain LB is split by LBCAT; these are the records with HEMATOLOGY or COAGULATION.",
    ]


def test_records_of_no_part_stay_and_are_an_error(folders, tmp_path):
    study, raw = folders
    edit(raw / "lb.csv", "COAGULATION", "URINALYSIS")
    package = run_study(study, raw, tmp_path / "out")
    assert list_records(package, "LB", "LBTESTCD", "LBCAT") == [("INR", "URINALYSIS")]
    assert [str(one) for one in package.problems if one.code == "PART001"] == [
        "LB.LBCAT row 6: PART001 1 record is in no part of LB, since LBCAT is 'URINALYSIS'; it stays in LB (add the values to a part of 'split_into', or a dataset without values, which takes all other records)"
    ]


def test_a_dataset_without_values_takes_all_other_records(folders, tmp_path):
    study, raw = folders
    edit(
        study / "sdtm" / "lb.yaml",
        "LBHE: {values: [HEMATOLOGY, COAGULATION], label: Tests of Blood}",
        "LBOT: {label: Other Tests}",
    )
    package = run_study(study, raw, tmp_path / "out")
    assert list_records(package, "LBOT", "LBTESTCD") == [("HGB",), ("HGB",), ("INR",)]
    assert not any(one.code == "PART001" for one in package.problems)


def test_traces_lead_through_the_parts(folders, tmp_path):
    package = run_study(*folders, tmp_path / "out")
    (record,) = trace_records(package.folder, "ADLB", 'PARAMCD == "INR"').records
    assert [(row.form, row.row) for row in (*record.through, *record.rows)] == [("LBHE", 3), ("lb", 6)]
    value = next(one for one in record.variables if one.name == "AVAL")
    assert (value.fields, value.others) == (("LBHE.LBSTRESN", "lb.RES"), ())
    (qualifier,) = trace_records(package.folder, "SUPPLBHE").records
    assert [one.fields for one in qualifier.variables if one.name == "QVAL"] == [("lb.NOTE",)]


def test_analysis_datasets_of_the_parts_are_those_of_the_run(folders, tmp_path):
    package = run_study(*folders, tmp_path / "out")
    again = run_study(folders[0], None, tmp_path / "again", sdtm=package.folder / "sdtm")
    assert list_records(again, "ADLB", "USUBJID", "PARAMCD", "LBSEQ", "NOTE") == list_records(
        package, "ADLB", "USUBJID", "PARAMCD", "LBSEQ", "NOTE"
    )
    (record,) = trace_records(again.folder, "ADLB", 'PARAMCD == "INR"').records
    assert [(row.form, row.row, row.values["LBTESTCD"]) for row in record.rows] == [("LB", 6, "INR")]


def test_checks_see_one_domain(folders, tmp_path):
    package = run_study(*folders, tmp_path / "out")
    assert {one.code for one in package.problems if one.place.dataset.startswith(("LB", "SUPPLB"))} == {"LINT203"}
    bad = tmp_path / "bad"
    shutil.copytree(package.folder / "sdtm", bad)
    blood = read_xpt(bad / "lbhe.xpt")
    write_xpt(
        blood.frame.assign(LBSEQ=[1.0, 2.0, 3.0]),
        bad / "lbhe.xpt",
        name="LBHE",
        label=blood.label,
        variables=blood.variables,
    )
    qualifiers = read_xpt(bad / "supplbch.xpt")
    write_xpt(
        qualifiers.frame.assign(IDVARVAL="9"),
        bad / "supplbch.xpt",
        name="SUPPLBCH",
        label=qualifiers.label,
        variables=qualifiers.variables,
    )
    found: dict[str, list[str]] = {}
    for one in check(bad).findings:
        found.setdefault(one.problem.code, []).append(str(one.problem))
    assert found["ID001"] == [
        "LBCH.LBSEQ row 1: ID001 LBSEQ is not unique within the subject; 1 record: subject TINY-01-001 LBSEQ 1 (number the records of each subject from 1)",
        "LBHE.LBSEQ row 1: ID001 LBSEQ is not unique within the subject; 1 record: subject TINY-01-001 LBSEQ 1 (number the records of each subject from 1)",
    ]
    assert found["REL003"] == [
        "SUPPLBCH.IDVARVAL row 1: REL003 LB has no such record with LBSEQ; 1 record: subject TINY-01-001 IDVAR LBSEQ IDVARVAL 9 QNAM LBNOTE (correct IDVARVAL, or drop the qualifier with its record)"
    ]


def test_ranges_and_comparison(folders, tmp_path):
    whole = run_study(*folders, tmp_path / "whole")
    parted = run_study(*folders, tmp_path / "parted", division=Division(ranges=3))
    for path in (whole.folder / "sdtm").iterdir():
        assert path.read_bytes() == (parted.folder / "sdtm" / path.name).read_bytes(), path.name
    edit(folders[1] / "lb.csv", "HGB,120", "HGB,125")
    changed = run_study(*folders, tmp_path / "changed")
    compared = compare_paths(whole.folder, changed.folder)
    assert [one.name for one in compared.datasets if not one.equal] == ["LBHE", "ADLB"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("LBCH: CHEMISTRY", "LBCHEM: CHEMISTRY", "LINT220 LBCHEM cannot be the name of a part of LB (LB and one or two more letters or digits, such as LBCH)"),
        ("LBCH: CHEMISTRY", "VSCH: CHEMISTRY", "LINT220 VSCH cannot be the name of a part of LB (LB and one or two more letters or digits, such as LBCH)"),
        ("by: LBCAT", "by: LBCTA", "LINT221 LB is split by LBCTA, which is no variable of it (did you mean LBCAT?)"),
        ("[HEMATOLOGY, COAGULATION]", "[HEMATOLOGY, CHEMISTRY]", "LINT222 records with LBCAT 'CHEMISTRY' belong into LBCH and into LBHE (a record is in one dataset)"),
        ("LBCAT:    {copy: CAT}", "LBCAT:    {constant: URINALYSIS}", "LINT222 no part of LB has records with LBCAT 'URINALYSIS' (add them to one; a dataset without values takes all other records)"),
        ("    LBHE: {values: [HEMATOLOGY, COAGULATION], label: Tests of Blood}", "    LBHE:\n      label: Blood\n    LBOT: {label: Other}", "LINT222 LBHE and LBOT name no values, and only one dataset can hold all other records of a domain (give the others their values)"),
    ],
    ids=["long", "other domain", "variable", "twice", "constant", "two rests"],
)  # fmt: skip
def test_lint(folders, old, new, message):
    edit(folders[0] / "sdtm" / "lb.yaml", old, new)
    found = [
        str(one).partition(": ")[2]
        for one in lint_study(folders[0])[1]
        if one.code in ("LINT220", "LINT221", "LINT222")
    ]
    assert found == [message]


def test_by_the_parts_of_the_mapping(folders, tmp_path):
    study, raw = folders
    write_files(
        study,
        {
            "sdtm/fa.yaml": """\
dataset: FA
split_into: {by: part}
keys: [STUDYID, USUBJID, FATESTCD, FAOBJ]
records:
  - form: ae
    part: FAAE
    where: AENOTE != ""
    set: {FAOBJ: {copy: AETERM}, FAORRES: {copy: AENOTE}}
  - form: lb
    part: FALB
    where: NOTE != ""
    set: {FAOBJ: {copy: TEST}, FAORRES: {copy: NOTE}}
variables:
  FATESTCD: {constant: {value: REMARK, extend: true}}
  FATEST: {constant: {value: Remark, extend: true}}
"""
        },
    )
    package = run_study(study, raw, tmp_path / "out")
    assert list_records(package, "FAAE", "FASEQ", "FAOBJ", "FAORRES") == [("1.0", "Fatigue", "after lunch")]
    assert list_records(package, "FALB", "FASEQ", "FAOBJ", "FAORRES") == [
        ("2.0", "GLUC", "fasting"),
        ("1.0", "HGB", "clotted"),
    ]
    edit(study / "sdtm" / "fa.yaml", "    part: FALB\n", "")
    assert [str(one).partition(": ")[2] for one in lint_study(study)[1] if one.code == "LINT222"] == [
        "LINT222 FA is split by part, but a block of its records names none (give the file or the block a 'part')"
    ]


def test_a_part_is_shown_and_made_with_its_domain(folders, tmp_path):
    study, raw = folders
    loaded, _ = lint_study(study)
    assert find_dataset(loaded, "lbch") == "LB"
    with pytest.raises(ProblemsError) as error:
        run_study(study, raw, tmp_path / "out", ["LBCH"])
    assert [str(one) for one in error.value.problems] == [
        "PKG006 TINY-01 maps no dataset LBCH (it is a part of LB, which is made as a whole: name LB)"
    ]


def test_the_schema_takes_it(folders):
    schema = describe_mapping(folders[0])
    assert [
        one.message for one in Draft7Validator(schema).iter_errors(read_yaml(folders[0] / "sdtm" / "lb.yaml").plain())
    ] == []


def test_a_part_without_records_is_reported_once(folders, tmp_path):
    study, raw = folders
    edit(study / "sdtm" / "lb.yaml", "    LBCH: CHEMISTRY\n", "    LBUR: URINALYSIS\n    LBCH: CHEMISTRY\n")
    package = run_study(study, raw, tmp_path / "out")
    assert [str(one) for one in package.problems if one.place.dataset == "LBUR"] == [
        "LBUR: PKG010 LBUR has no records, so there is no lbur.xpt; define.xml says so"
    ]
    define = (package.folder / "sdtm" / "define.xml").read_text(encoding="utf-8")
    assert re.search(r'<ItemGroupDef OID="IG.LBUR"[^>]* def:HasNoData="Yes"', define)


def test_several_files_by_their_parts(folders, tmp_path):
    study, raw = folders
    file = LB.replace(SPLIT, "part: LBCH\nsplit_into: {by: part, datasets: {LBCH: {label: Chemistry}}}\n")
    chemistry = file.replace("form: lb\n", 'form: lb\n    where: CAT == "CHEMISTRY"\n')
    others = chemistry.replace(
        "part: LBCH\nsplit_into: {by: part, datasets: {LBCH: {label: Chemistry}}}", "part: LBHE"
    ).replace("==", "!=")
    write_files(study, {"sdtm/lb.yaml": chemistry, "sdtm/lb2.yaml": others})
    package = run_study(study, raw, tmp_path / "out")
    assert [one.label for one in package.datasets if one.name in ("LBCH", "LBHE")] == [
        "Chemistry",
        "Laboratory Test Results",
    ]
    assert list_records(package, "LBHE", "LBTESTCD", "LBSEQ") == [("HGB", "3.0"), ("HGB", "2.0"), ("INR", "3.0")]
    write_files(study, {"sdtm/lb2.yaml": others.replace("part: LBHE\n", "part: LBHE\nsplit_into: {by: part}\n")})
    (twice,) = [one for one in lint_study(study)[1] if one.code == "SPEC110"]
    assert (twice.message, twice.place.line) == ("LB is split into datasets twice", 3)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("split_into: {by: LBCAT}\n", "LINT222 LB is split into no datasets: 'datasets' is missing (such as datasets: {LBAB: VALUE})"),
        ("split_into: {by: part}\n", "LINT222 LB is split into no datasets: no block and no file of it has a 'part' (name the parts)"),
        ("split_into: LBCAT\n", "SPEC003 'split_into' of LB: 'key: value' lines are expected"),
        ("split_into: {datasets: {LBCH: CHEMISTRY}}\n", "SPEC002 LB needs 'by'"),
        ("split_into: {by: LBCAT, dataset: {LBCH: CHEMISTRY}}\n", "SPEC001 LB has no 'dataset' (did you mean datasets?)"),
    ],
    ids=["no datasets", "no parts", "a text", "no by", "misspelt"],
)  # fmt: skip
def test_lint_of_its_shape(folders, said, message):
    edit(folders[0] / "sdtm" / "lb.yaml", SPLIT, said)
    assert message in [str(one).partition(": ")[2] for one in lint_study(folders[0])[1]]
