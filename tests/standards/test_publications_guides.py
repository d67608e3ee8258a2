"""Implementation guides and models in every form in which they are published, and files that are none."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from published_standards import VARIABLE_COLUMNS, workbook
from reference_data import reference_file

from cdisc_conv.problems import ProblemsError, Severity
from cdisc_conv.standards import load_standard
from cdisc_conv.standards.publications.guide import PublishedGuide, read_guide

MODEL_COLUMNS = ("Version", "Variable Order", "Class", "Dataset Name", "Variable Name", "Variable Label", "Type")
V = "SDTMIG v3.9"
AE = "Events", "AE"
ROWS = [
    (V, "1", *AE, "STUDYID", "Study Identifier", "Char", "", "", "", "", "Identifier", "note", "Req"),
    (V, "2", *AE, "AETERM", "Reported Term", "Char", "", "", "", "", "Topic", "note", "Req"),
    (V, "3", *AE, "AESER", "Serious Event", "Char", "C66742", "NY", "", "", "Record Qualifier", "note", "Exp"),
    (V, "4", *AE, "AESTDTC", "Start", "Char", "", "", "ISO 8601", "", "Timing", "note", "Exp"),
    (V, "5", *AE, "AEDUR", "Duration", "Char", "", "", "ISO 8601", "", "Timing", "note", "Perm"),
    (V, "1", "Trial Design", "TA", "ARMCD", "Planned Arm Code", "Char", "", "", "", "", "Topic", "note", "Req"),
]
KEPT = (
    "#SDTMIG\t3.9\n"
    "=TA\tTrial Arms\tTRIAL DESIGN\tOne record per planned Element per Arm\n"
    "ARMCD\tPlanned Arm Code\tChar\tTopic\tReq\t\t\t\n"
    "=AE\tAdverse Events\tEVENTS\tOne record per adverse event per subject\n"
    "STUDYID\tStudy Identifier\tChar\tIdentifier\tReq\t\t\t\n"
    "AETERM\tReported Term\tChar\tTopic\tReq\t\t\t\n"
    "AESER\tSerious Event\tChar\tRecord Qualifier\tExp\tC66742\t\t\n"
    "AESTDTC\tStart\tChar\tTiming\tExp\t\tISO 8601 datetime or interval\t\n"
    "AEDUR\tDuration\tChar\tTiming\tPerm\t\tISO 8601 duration\t\n"
)


def table(path: Path, rows: list[tuple[str, ...]], columns: tuple[str, ...] = VARIABLE_COLUMNS) -> Path:
    lines = io.StringIO()
    csv.writer(lines).writerows([columns, *rows])
    path.write_text(lines.getvalue(), encoding="utf-8")
    return path


def keep(guide: PublishedGuide) -> str:
    assert [problem for problem in guide.warnings if problem.severity is Severity.WARNING] == []
    return guide.content.decode()


def refusal(path: Path, **said: str) -> list[str]:
    with pytest.raises(ProblemsError) as error:
        read_guide(path, **said)
    return [str(problem).replace(str(path), "FILE") for problem in error.value.problems]


def library(version: str = "3.9") -> dict[str, object]:
    """The guide of ROWS as the API of the CDISC Library gives it."""
    classes: dict[str, list[dict[str, object]]] = {}
    for _, _, class_name, dataset, name, label, kind, codelist, _, described, _, role, _, core in ROWS:
        datasets = classes.setdefault(class_name, [])
        if not datasets:
            label_of, structure = {
                "AE": ("Adverse Events", "One record per adverse event per subject"),
                "TA": ("Trial Arms", "One record per planned Element per Arm"),
            }[dataset]
            datasets.append({"name": dataset, "label": label_of, "datasetStructure": structure, "datasetVariables": []})
        item = {"name": name, "label": label, "simpleDatatype": kind, "role": role, "core": core}
        if codelist:
            item["_links"] = {"codelist": [{"href": f"/mdr/root/ct/sdtmct/codelists/{codelist}"}]}  # type: ignore[assignment]
        if described:
            item["describedValueDomain"] = described
        datasets[0]["datasetVariables"].append(item)  # type: ignore[attr-defined]
    return {
        "name": f"SDTMIG v{version}",
        "label": "An Implementation Guide",
        "_links": {"model": {"href": "/mdr/sdtm/2-1"}},
        "classes": [{"name": name, "datasets": datasets} for name, datasets in classes.items()],
    }


def test_the_same_guide_in_every_form(tmp_path: Path) -> None:
    document = tmp_path / "guide.json"
    document.write_text(json.dumps(library()), encoding="utf-8")
    datasets = [
        ("Version", "Class", "Dataset Name", "Dataset Label", "Structure"),
        (V, "Events", "AE", "Adverse Events", "One record per adverse event per subject"),
        (V, "Trial Design", "TA", "Trial Arms", "One record per planned Element per Arm"),
    ]
    book = workbook(tmp_path / "guide.xlsx", {"Datasets": datasets, "Variables": [VARIABLE_COLUMNS, *ROWS]})
    alone = read_guide(table(tmp_path / "guide.csv", ROWS))
    assert keep(alone) == KEPT
    assert [problem.message for problem in alone.warnings] == [
        "the file has no table of datasets; labels and structures of 2 datasets are those of SDTMIG 3.4"
    ]
    assert keep(read_guide(book)) == KEPT
    guide = read_guide(document)
    assert keep(guide) == KEPT.replace("3.9\n", "3.9\tSDTM 2.1\n", 1)
    assert (guide.key.file, guide.name, guide.dataset_count, guide.variable_count) == (
        "ig-sdtmig-3.9.txt",
        "SDTMIG",
        2,
        6,
    )


def test_a_dataset_whose_structure_nobody_knows(tmp_path: Path) -> None:
    path = table(
        tmp_path / "guide.csv", [(V, "1", "Events", "ZZ", "ZZTERM", "Term", "Char", *[""] * 4, "Topic", "", "Req")]
    )
    guide = read_guide(path, model="2.0")
    assert [str(problem) for problem in guide.warnings] == [
        f"{path}: STD007 the file has no table of datasets, and nothing is known of the structure of ZZ"
    ]
    assert guide.content.decode() == (
        "#SDTMIG\t3.9\tSDTM 2.0\n=ZZ\tZZ\tEVENTS\tOne record per subject per observation\n"
        "ZZTERM\tTerm\tChar\tTopic\tReq\t\t\t\n"
    )


def test_a_model(tmp_path: Path) -> None:
    columns = (*MODEL_COLUMNS, "Described Value Domain", "Role", "Variables Qualified", "Usage Restrictions")
    rows = [
        ("SDTM v2.9", "1", "General Observations", "", "STUDYID", "Study Identifier", "Char", "", "Identifier", "", ""),
        (
            "SDTM v2.9",
            "2",
            "General Observations",
            "",
            "--BEATNO",
            "Beat",
            "Num",
            "",
            "Identifier",
            "",
            "EG Domain only",
        ),
        ("SDTM v2.9", "3", "General Observations", "", "--DTC", "Date", "Char", "ISO 8601", "Timing", "", ""),
        ("SDTM v2.9", "1", "Events", "", "--TERM", "Term", "Char", "", "Topic", "", ""),
        ("SDTM v2.9", "2", "Events", "", "--STAT", "Status", "Char", "", "Record Qualifier", "", ""),
        ("SDTM v2.9", "1", "Special-Purpose", "DM", "AGE", "Age", "Num", "", "Record Qualifier", "", ""),
    ]
    guide = read_guide(table(tmp_path / "SDTM_v2.9.csv", rows, columns))
    assert (guide.key.file, guide.content.decode()) == (
        "model-sdtm-2.9.txt",
        "#SDTM\t2.9\n"
        "=IDENTIFIERS\n"
        "STUDYID\tStudy Identifier\tChar\tIdentifier\tPerm\t\t\t\t\t\n"
        "--BEATNO\tBeat\tNum\tIdentifier\tPerm\t\t\t\tEG\t\n"
        "=TIMING\n"
        "--DTC\tDate\tChar\tTiming\tPerm\t\tISO 8601\t\t\t\n"
        "=INTERVENTIONS\n"
        "=EVENTS\n"
        "--TERM\tTerm\tChar\tTopic\tPerm\t\t\t\t\t\n"
        "--STAT\tStatus\tChar\tRecord Qualifier\tPerm\t\t\t\t\tAE\n"  # a note of the model, which 2.0 states
        "=FINDINGS\n"
        "=FINDINGS ABOUT\n",
    )


def test_structures_of_adam(tmp_path: Path) -> None:
    columns = ("Version", "Data Structure Name", "Variable Set", "Variable Name", "Variable Label", "Type", "Core")
    where = "ADaM OCCDS v1.9", "Occurrence Data Structure"
    rows = [
        (*where, "OCCDS Identifier Variables", "STUDYID", "Study", "Char", "Req"),
        (*where, "Timing Variables", "ASTDT", "Start", "Num", "Cond"),
        (*where, "Other Variables", "ASTDT", "Start Date", "Num", "Cond"),
    ]
    guide = read_guide(table(tmp_path / "occds.csv", rows, columns))
    assert guide.key.file == "ig-occds-1.9.txt"
    assert guide.content.decode() == (
        "#OCCDS\t1.9\n"
        "=OCCDS\tOccurrence Data Structure\tOCCURRENCE DATA STRUCTURE\tOne record per subject per occurrence\n"
        "STUDYID\tStudy\tChar\tIdentifier\tReq\t\t\t\n"
        "ASTDT\tStart\tNum\tTiming\tCond\t\t\t\n"
    )
    assert guide.warnings[0].message == "OCCDS.ASTDT is there twice; that of 'Timing' is kept"


def test_files_that_are_no_guide(tmp_path: Path) -> None:
    assert refusal(table(tmp_path / "a.csv", [("1", "2")], ("Subject", "Visit"))) == [
        "FILE: STD001 this is not a table of variables of an implementation guide or model: there are no columns "
        "'Dataset Name', 'Variable Name', 'Variable Label', 'Type' (it has 'Subject', 'Visit')"
    ]
    path = tmp_path / "a.json"
    path.write_text('{"codelists": []}', encoding="utf-8")
    assert refusal(path) == [
        "FILE: STD001 this is no implementation guide or model of the CDISC Library: 'classes' is missing or malformed "
        "(give the JSON of one product, such as /mdr/sdtmig/3-3)"
    ]
    unnamed = [("", *row[1:]) for row in ROWS]
    assert refusal(table(tmp_path / "a.csv", unnamed)) == [
        "FILE: STD003 neither the file nor its name says which standard it is (give --name and --version, such as "
        "--name SDTMIG --version 3.3)"
    ]
    assert refusal(table(tmp_path / "SDTMIG v3.9.csv", [])) == ["FILE: STD002 there are no variables"]


def test_rows_that_no_publication_has(tmp_path: Path) -> None:
    rows = [
        *ROWS,
        (V, "9", *AE, "", "No Name", "Char", *[""] * 4, "Timing", "", "Perm"),
        (V, "9", *AE, "AEDY", "Study Day", "Integer", *[""] * 4, "Timing", "", "Perm"),
        (V, "9", *AE, "AEDUR", "How Long", "Char", *[""] * 4, "Timing", "", "Perm"),
    ]
    assert refusal(table(tmp_path / "a.csv", rows)) == [
        "FILE:8: STD002 a variable lacks its name, its label or its dataset: 'AE', ''",
        "FILE:9: STD002 AE.AEDY is of type 'Integer', not Char or Num",
        "FILE:10: STD002 AE has AEDUR twice, and they differ",
    ]


def test_labels_and_structures_are_those_of_the_nearest_version(tmp_path: Path) -> None:
    rows = [("SDTMIG v3.2", "1", "Findings", "LB", "LBTEST", "Test", "Char", "", "", "", "", "Topic", "", "Req")]
    guide = read_guide(table(tmp_path / "guide.csv", rows))
    assert guide.content.decode().splitlines()[1].split("\t")[:2] == ["=LB", "Labs"]


def test_json_of_another_shape_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    for document in (
        {"classes": 1},
        {"classes": [1]},
        {"classes": [{"name": "Events", "datasets": [{"name": "AE"}]}]},
        {
            "dataStructures": [
                {"name": "BDS", "label": "x", "analysisVariableSets": [{"ordinal": "x"}, {"ordinal": "y"}]}
            ]
        },
        {"classes": [{"name": "Events", "classVariables": [{}]}]},
    ):
        path.write_text(json.dumps(document), encoding="utf-8")
        (found,) = refusal(path, name="SDTMIG", version="3.3")
        assert found.startswith("FILE: STD001 this is no implementation guide or model of the CDISC Library: ")


def test_the_guide_that_comes_with_the_package_has_the_variables_of_its_publication() -> None:
    with reference_file("adamig_1_3_variables.csv").open(encoding="utf-8", newline="") as lines:
        published = sorted(row["variable"] for row in csv.DictReader(lines))
    adamig = load_standard("adamig", "1.3")
    built_in = sorted(name for dataset in ("ADSL", "BDS") for name in adamig.dataset(dataset).names)
    assert built_in == published
