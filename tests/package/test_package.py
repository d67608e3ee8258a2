"""The package as files: the same bytes each time, nothing of the machine in them, and all of it listed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from studies import edit, read_tree, write_tiny_raw, write_tiny_study

from cdisc_conv.define import check_define
from cdisc_conv.package.run import run_study
from cdisc_conv.problems import ProblemsError
from cdisc_conv.xpt import read_xpt


@pytest.fixture
def folder(tmp_path):
    write_tiny_study(tmp_path)
    write_tiny_raw(tmp_path)
    return tmp_path


def run(folder: Path, out: str = "out", **options):
    return run_study(folder / "tiny", folder / "raw", folder / out, **options)


def codes(package) -> list[str]:
    return sorted({problem.code for problem in package.problems})


def test_running_twice_gives_identical_bytes(folder):
    run(folder)
    first = read_tree(folder / "out")
    run(folder)
    assert read_tree(folder / "out") == first
    run(folder, "other")
    assert read_tree(folder / "other") == first


def test_nothing_tells_where_it_was_made(folder):
    edit(folder / "raw" / "dm.csv", "002,Screening,F", "002,Screening,Q")
    edit(folder / "tiny" / "study.yaml", "  VISIT: the same text on every form\n", "")
    (folder / "raw" / "ae.csv").unlink()
    run(folder)
    for name, content in read_tree(folder / "out").items():
        assert str(folder).encode() not in content, name
        assert b".partial-" not in content, name


def test_another_place_makes_the_same_bytes(tmp_path):
    trees = []
    for name in ("here", "there"):
        folder = tmp_path / name
        write_tiny_study(folder)
        write_tiny_raw(folder)
        edit(folder / "tiny" / "study.yaml", "  VISIT: the same text on every form\n", "")
        run(folder)
        trees.append(read_tree(folder / "out"))
    assert trees[0] == trees[1]


def test_the_bytes_do_not_depend_on_how_the_study_was_typed(folder, monkeypatch):
    edit(folder / "tiny" / "study.yaml", "  VISIT: the same text on every form\n", "")
    (folder / "link").symlink_to(folder / "tiny", target_is_directory=True)
    run_study(folder / "tiny", folder / "raw", folder / "out")
    first = read_tree(folder / "out")
    monkeypatch.chdir(folder)
    for words in ("tiny", "./tiny/", "raw/../tiny", "link", folder / "link"):
        run_study(words, Path("raw"), Path("out"))
        assert read_tree(folder / "out") == first, words
    monkeypatch.chdir(folder / "tiny")
    for words in (".", "../tiny", "sdtm/.."):
        run_study(words, Path("../raw"), Path("../out"))
        assert read_tree(folder / "out") == first, words


def test_the_manifest_lists_every_file(folder):
    package = run(folder)
    tree = read_tree(folder / "out")
    manifest = json.loads(tree.pop("manifest.json"))
    assert package.files == len(tree) + 1
    assert manifest["tool"]["name"] == "cdisc-conv"
    assert manifest["created"] == "2026-01-31T12:00:00"
    assert manifest["standards"] == {
        "implementation_guide": "SDTMIG 3.4",
        "terminology": "SDTM CT 2025-03-28",
        "define_xml": "2.1",
    }
    assert manifest["raw"]["folder"] == "../raw"
    assert [entry["path"] for entry in manifest["raw"]["files"]] == ["ae.csv", "dm.csv"]
    assert [entry["path"] for entry in manifest["mapping"]] == [
        "tiny/forms.yaml",
        "tiny/sdtm/ae.yaml",
        "tiny/sdtm/dm.yaml",
        "tiny/study.yaml",
    ]
    assert manifest["outputs"] == [
        {"path": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in sorted(tree.items())
    ]


def test_transport_files_hold_what_define_xml_says(folder):
    run(folder)
    file = read_xpt(folder / "out" / "sdtm" / "ae.xpt")
    assert (file.name, file.label) == ("AE", "Adverse Events")
    assert file.created.isoformat() == "2026-01-31T12:00:00"
    assert file.frame["AETERM"].tolist() == ["Fatigue", "Nausea", "Neutropenia"]
    assert file.frame["AESTDTC"].tolist() == ["2022-02", "2022-01-07", "2022-01-09"]
    xml = (folder / "out" / "sdtm" / "define.xml").read_bytes()
    assert check_define(xml) == []
    assert b'href="ae.xpt"' in xml
    assert (folder / "out" / "sdtm" / "define2-1.xsl").is_file()


def test_a_character_that_cannot_be_transported_stops_nothing(folder):
    edit(folder / "raw" / "ae.csv", "Nausea", "Übelkeit")
    package = run(folder)
    assert codes(package) == ["FIT002"]
    frame = read_xpt(folder / "out" / "sdtm" / "ae.xpt").frame
    assert sorted(frame["AETERM"]) == ["?belkeit", "Fatigue", "Neutropenia"]
    findings = json.loads((folder / "out" / "report" / "findings.json").read_text(encoding="utf-8"))["findings"]
    assert [finding["value"] for finding in findings] == ["Übelkeit", "Übelkeit"]


def test_a_dataset_that_is_refused_does_not_take_the_others_with_it(folder):
    edit(folder / "tiny" / "sdtm" / "ae.yaml", "dataset: AE\n", f"dataset: AE\nlabel: {'™' * 13}\n")
    package = run(folder)
    assert "PKG011" in codes(package)
    assert sorted(path.name for path in (folder / "out" / "sdtm").glob("*.xpt")) == ["dm.xpt", "suppae.xpt"]
    assert b'Name="DM"' in (folder / "out" / "sdtm" / "define.xml").read_bytes()


def test_control_characters_cost_those_characters_and_no_file(folder):
    """In the data, in a codelist and its where-clause, in a label, in method texts and in the texts of the study."""
    edit(folder / "raw" / "ae.csv", "Nausea", "Nau\x1b[2Jsea")
    edit(folder / "raw" / "ae.csv", "after lunch", "after\x07 “lunch”")
    edit(folder / "tiny" / "sdtm" / "ae.yaml", "{copy: AETERM}", '{copy: AETERM, comment: "as \\e[1m written"}')
    edit(folder / "tiny" / "sdtm" / "ae.yaml", "label: Remark", 'label: "Rem\\eark"')
    edit(folder / "tiny" / "study.yaml", "title:", 'define: {description: "A \\e study"}\ntitle:')
    package = run(folder)
    assert codes(package) == ["DEF101", "FIT002"]
    define = (folder / "out" / "sdtm" / "define.xml").read_text(encoding="utf-8")
    assert "as ?[1m written" in define
    assert "A ? study" in define
    assert read_xpt(folder / "out" / "sdtm" / "suppae.xpt").frame["QVAL"].tolist() == ['after? "lunch"']
    assert read_xpt(folder / "out" / "sdtm" / "suppae.xpt").frame["QLABEL"].tolist() == ["Rem?ark"]
    assert "Rem?ark" in define
    for path in (folder / "out").rglob("*"):
        if path.suffix in (".xml", ".html", ".xpt", ".csv"):
            assert b"\x1b" not in path.read_bytes(), path
            assert b"\x07" not in path.read_bytes() or path.suffix == ".xpt", path


def test_a_dataset_without_records_gets_no_file_and_a_note(folder):
    edit(folder / "tiny" / "sdtm" / "ae.yaml", 'AEYN == "Y"', 'AEYN == "?"')
    package = run(folder)
    assert codes(package) == ["ACC007", "PKG010"]
    assert [path.name for path in (folder / "out" / "sdtm").glob("*.xpt")] == ["dm.xpt"]
    assert b'HasNoData="Yes"' in (folder / "out" / "sdtm" / "define.xml").read_bytes()


def test_a_raw_file_of_no_form_is_a_finding(folder):
    (folder / "raw" / "lb.csv").write_text("SUBJID\n001\n")
    (folder / "raw" / "README.txt").write_text("not of the kind of an export")
    (problem,) = run(folder).problems
    assert str(problem) == (
        "lb.csv: ACC003 the raw file lb.csv belongs to no form of the study "
        "(add its form to forms.yaml, or take the file out of the raw folder)"
    )


def test_given_datasets_are_read_from_their_own_folder(folder):
    edit(
        folder / "tiny" / "study.yaml",
        "raw: {",
        "given:\n  DS: {file: ds.csv, columns: [STUDYID, USUBJID, DSDECOD, DSSTDTC]}\nraw: {",
    )
    edit(
        folder / "tiny" / "sdtm" / "dm.yaml",
        "RFENDTC:  &blank",
        "RFENDTC:  {lookup: {from: DS, where: 'DSDECOD == \"COMPLETED\"', take: DSSTDTC}}\n  RFPENDTC: &blank",
    )
    edit(folder / "tiny" / "sdtm" / "dm.yaml", "  RFPENDTC: *blank\n", "")
    (folder / "given").mkdir()
    (folder / "given" / "ds.csv").write_text(
        "STUDYID,USUBJID,DSDECOD,DSSTDTC\nTINY-01,TINY-01-001,COMPLETED,2022-06-01\n", encoding="utf-8"
    )
    run(folder, sdtm=folder / "given")
    frame = read_xpt(folder / "out" / "sdtm" / "dm.xpt").frame
    assert frame["RFENDTC"].tolist() == ["2022-06-01", "", ""]
    manifest = json.loads((folder / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["given"]["folder"] == "../given"
    assert [entry["path"] for entry in manifest["given"]["files"]] == ["ds.csv"]


def test_a_given_folder_that_is_not_there(folder):
    with pytest.raises(ProblemsError) as caught:
        run(folder, sdtm=folder / "gone")
    assert str(caught.value) == f"PKG005 there is no sdtm folder '{folder / 'gone'}' (check the spelling of --sdtm)"


DOCUMENTS = """\
define:
  originator: Nobody
  documents:
    - {id: CRF, title: Annotated CRF, href: acrf.pdf, kind: annotated CRF}
"""


def test_documents_travel_along(folder):
    plan = DOCUMENTS.replace("acrf.pdf, kind: annotated CRF", "plan.pdf")
    edit(folder / "tiny" / "study.yaml", "raw: {", plan + "raw: {")
    assert codes(run(folder)).count("PKG022") == 1
    (folder / "tiny" / "plan.pdf").write_bytes(b"%PDF-1.7")
    assert "PKG022" not in codes(run(folder))
    assert (folder / "out" / "sdtm" / "plan.pdf").read_bytes() == b"%PDF-1.7"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("originator", "orginator", "PKG020 'define' has no 'orginator' (did you mean originator?)"),
        (
            "href: acrf.pdf",
            "href: ../../x.pdf",
            "PKG021 document 1 of 'define' points outside the package: ../../x.pdf",
        ),
        ("id: CRF, ", "", "PKG021 document 1 of 'define' lacks id"),
    ],
)
def test_a_define_section_with_mistakes(folder, old, new, message):
    edit(folder / "tiny" / "study.yaml", "raw: {", DOCUMENTS.replace(old, new) + "raw: {")
    assert any(message in str(problem) for problem in run(folder).problems)


STEPS = [
    "fit_for_transport",
    "run_checks",
    "write_datasets",
    "write_definitions",
    "account_for",
    "check_raw_files",
    "write_reports",
    "write_manifest",
]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    "failure", [OSError(28, "No space left on device"), KeyboardInterrupt(), RuntimeError("defect")]
)
def test_a_failure_at_any_step_leaves_the_old_package_whole(folder, monkeypatch, step, failure):
    run(folder)
    before = read_tree(folder)

    def fail(*_arguments, **_options):
        raise failure

    monkeypatch.setattr(f"cdisc_conv.package.writing.package.{step}", fail)
    with pytest.raises(type(failure)):
        run(folder)
    assert read_tree(folder) == before
    assert sorted(path.name for path in folder.iterdir()) == ["out", "raw", "tiny"]


def test_a_mapping_with_errors_is_not_run(folder):
    edit(folder / "tiny" / "sdtm" / "ae.yaml", "{copy: AENOTE,", "{copy: AENOT,")
    with pytest.raises(ProblemsError):
        run(folder)
    assert not (folder / "out").exists()
