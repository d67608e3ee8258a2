"""A study from many formats and sources at once gives the package that it gives from CSV files."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import exports
import pytest
from studies import edit, write_files, write_tiny_raw, write_tiny_study

from cdisc_conv.package.reading.trace import trace_records
from cdisc_conv.package.run import run_study
from cdisc_conv.resources import shipped
from cdisc_conv.simulate import write_exports

STUDY = "hope2021_thal_agc"
TYPED = ("dm", "ae", "exox")
"""Forms whose complete dates are typed cells of the workbook."""
KEY = "[STUDYID, COUNTRY, SITENUM, SUBJID, EGROUP, EVENT, EVENTEID, EVENTDT, ESEQ, FORM, FORMEID, FSEQ, IGSEQ]"


def write_mixture(csv: Path, raw: Path) -> dict[str, str]:
    """Every form of the export in another format; what forms.yaml has to say instead of its file."""
    said: dict[str, str] = {}
    forms = {path.stem: exports.read_export(path) for path in sorted(csv.glob("*.csv"))}
    for name in TYPED:
        exports.write_workbook(forms.pop(name), raw / "export.xlsx", name.upper(), typed_dates=True)
        said[name] = "file: export.xlsx"
    half = len(forms["ecog"]) // 2
    for number, part in enumerate((forms["ecog"][:half], forms.pop("ecog")[half:]), 1):
        part.to_csv(raw / f"ecog_{number}.csv", index=False)
    said["ecog"] = "file: ecog_*.csv"
    for name, end in (("eos", "json"), ("eot", "ndjson"), ("exca", "dsjc")):
        exports.write_dataset_json(forms.pop(name), raw / f"{name}.{end}")
        said[name] = f"file: {name}.{end}"
    for name in ("exth", "ic"):
        exports.write_zipped(forms.pop(name), raw / "export.zip", f"csv/{name}.csv")
        said[name] = f"file: export.zip/csv/{name}.csv"
    exports.write_parquet(forms.pop("ie"), raw / "ie.parquet")
    said["ie"] = "file: ie.parquet"
    (raw / "transfer").mkdir()
    exports.write_transport(forms.pop("tl"), raw / "transfer" / "tl.xpt")
    said["tl"] = "file: transfer/tl.xpt"
    exports.write_labelled(forms.pop("ntl"), raw / "ntl.tsv")
    said["ntl"] = "file: ntl.tsv\n    header: [labels, names]\n    end: EOF"
    exports.write_delimited(forms.pop("nl"), raw / "nl.dat", "utf-16", ";", "'")
    said["nl"] = 'file: nl.dat\n    encoding: utf-16\n    delimiter: ;\n    quote: "\'"'
    exports.write_long(forms.pop("vs"), raw / "long.csv", KEY.strip("[]").split(", "))
    said["vs"] = f"file: long.csv\n    long: {{item: ITEM, value: VALUE, by: {KEY}}}"
    exports.write_table(forms.pop("rs"), raw / "export.db", "responses")
    said["rs"] = "source: database\n    table: responses"
    for name, frame in forms.items():
        frame.to_csv(raw / f"{name}.csv", index=False)
    return said


def test_the_same_package_from_every_format_at_once(tmp_path: Path) -> None:
    csv, raw, study = tmp_path / "csv", tmp_path / "raw", tmp_path / "study"
    for folder in (csv, raw):
        folder.mkdir()
    write_exports(shipped("mappings") / STUDY, 4, 1, csv)
    shutil.copytree(shipped("mappings") / STUDY, study)
    (raw / "SYNTHETIC.txt").write_bytes((csv / "SYNTHETIC.txt").read_bytes())
    edit(study / "study.yaml", "date_formats: [DD-MON-YYYY]", "date_formats: [DD-MON-YYYY, YYYY-MM-DD]")
    plain = run_study(study, csv, tmp_path / "plain")
    for name, said in write_mixture(csv, raw).items():
        edit(study / "forms.yaml", f"    file: {name}.csv\n", f"    {said}\n")
    shutil.copytree(csv / "laboratory", raw / "laboratory")  # a source of its own stays as it is
    sources = "  sources:\n"
    edit(study / "study.yaml", sources, f"{sources}    database: {{url: 'sqlite:///export.db'}}\n")
    mixed = run_study(study, raw, tmp_path / "mixed")
    for family in ("sdtm", "adam"):
        names = sorted(path.name for path in (plain.folder / family).iterdir() if path.is_file())
        assert names == sorted(path.name for path in (mixed.folder / family).iterdir() if path.is_file())
        for name in names:
            one, other = (package.folder / family / name for package in (plain, mixed))
            assert one.read_bytes() == other.read_bytes(), name
    assert findings(plain.folder) == findings(mixed.folder)


def findings(folder: Path) -> list[tuple[object, ...]]:
    """The findings apart from what names files, and what is of a source alone."""
    found = json.loads((folder / "report" / "findings.json").read_text())["findings"]
    return [
        (one["code"], one["message"], one["place"].get("form"), one["place"].get("rows"), one["count"])
        for one in found
        if one["code"] not in ("RAW024", "RAW027")
    ]


LAB = """\
  lb:
    label: Central laboratory
    source: lab
    file: lb_*.csv
    key: [SUBJID, TEST]
    columns:
      TEST: {label: Test, column: Name of test}
      RESULT: {label: Result, column: Value}
"""
LB = """\
dataset: FA
keys: [STUDYID, USUBJID, FATESTCD]
records:
  - form: lb
variables:
  FASEQ: {sequence: [FATESTCD]}
  FATESTCD: {copy: TEST}
  FATEST: {copy: TEST}
  FAOBJ: {constant: Blood}
  FAORRES: {copy: RESULT}
"""


@pytest.fixture
def lab(tmp_path: Path) -> tuple[Path, Path]:
    """The tiny study with a central laboratory beside the EDC, and its raw folder."""
    study, raw = write_tiny_study(tmp_path), write_tiny_raw(tmp_path)
    source = "sources: {lab: {path: lab, subject: Patient, delimiter: ;, encoding: cp1252}}"
    edit(study / "study.yaml", "home: dm}", f"home: dm, {source}}}")
    edit(study / "forms.yaml", "  ae:\n", LAB + "  ae:\n")
    write_files(study, {"sdtm/fa.yaml": LB})
    (raw / "lab").mkdir()
    (raw / "lab" / "lb_1.csv").write_bytes("Patient;Name of test;Value\n001;ALT;5 µg\n".encode("cp1252"))
    (raw / "lab" / "lb_2.csv").write_bytes(b"Patient;Name of test;Value\n004;AST;7\n")
    return study, raw


def test_a_laboratory_with_its_own_subject_column(lab: tuple[Path, Path], tmp_path: Path) -> None:
    study, raw = lab
    package = run_study(study, raw, tmp_path / "out")
    (fa,) = [dataset for dataset in package.datasets if dataset.name == "FA"]
    assert fa.frame["USUBJID"].tolist() == ["TINY-01-001", "TINY-01-004"]
    codes = {problem.code: problem for problem in package.problems}
    assert codes["RAW016"].message == "form 'lb' has 1 subject that is not in form 'dm': 004; row 2"
    manifest = json.loads((package.folder / "manifest.json").read_text())
    assert [entry["path"] for entry in manifest["raw"]["files"]] == ["ae.csv", "dm.csv", "lab/lb_1.csv", "lab/lb_2.csv"]
    traced = trace_records(package.folder, "FA", 'FATESTCD == "AST"')
    assert [(row.form, row.row, dict(row.values)) for row in traced.records[0].rows] == [
        ("lb", 2, {"SUBJID": "004", "TEST": "AST", "RESULT": "7"})
    ]
    assert traced.problems == ()


def test_fewer_rows_than_in_the_package_before(tmp_path: Path) -> None:
    study, raw, out = write_tiny_study(tmp_path), write_tiny_raw(tmp_path), tmp_path / "out"
    first = run_study(study, raw, out)
    assert "RAW035" not in {problem.code for problem in first.problems}
    edit(raw / "ae.csv", "002,Log,Y,Neutropenia,09-JAN-2022,N,\n", "")
    again = run_study(study, raw, out)
    (fewer,) = [problem for problem in again.problems if problem.code == "RAW035"]
    assert str(fewer) == (
        "form ae: RAW035 form 'ae' has 3 rows, 1 fewer than in the package before (look whether the transfer is whole)"
    )
    assert "RAW035" not in (out / "report" / "findings.json").read_text()
    assert "RAW035" not in {problem.code for problem in run_study(study, raw, out).problems}


def test_a_manifest_of_a_transfer(lab: tuple[Path, Path], tmp_path: Path) -> None:
    study, raw = lab
    edit(study / "study.yaml", "path: lab,", "path: lab, manifest: manifest.csv,")
    (raw / "lab" / "manifest.csv").write_text("file,rows\nlb_1.csv,1\nlb_2.csv,2\n")
    package = run_study(study, raw, tmp_path / "out")
    (wrong,) = [problem for problem in package.problems if problem.code == "RAW032"]
    assert wrong.message == "form 'lb' has 1 rows in lab/lb_2.csv, but the manifest says 2"


@pytest.mark.parametrize("kind", ["zip", "xlsx"])
def test_an_export_that_is_one_file(tmp_path: Path, kind: str) -> None:
    study, raw, file = write_tiny_study(tmp_path), write_tiny_raw(tmp_path), tmp_path / f"export.{kind}"
    plain = run_study(study, raw, tmp_path / "plain")
    for path in sorted(raw.iterdir()):
        frame = exports.read_export(path)
        if kind == "zip":
            exports.write_zipped(frame, file, f"export/{path.name}")
        else:
            exports.write_workbook(frame, file, path.stem)
    package = run_study(study, file, tmp_path / "out")
    for name in ("dm.xpt", "ae.xpt", "define.xml"):
        assert (package.folder / "sdtm" / name).read_bytes() == (plain.folder / "sdtm" / name).read_bytes()
    manifest = json.loads((package.folder / "manifest.json").read_text())
    assert [entry["path"] for entry in manifest["raw"]["files"]] == [f"export.{kind}"]
    traced = trace_records(package.folder, "AE", 'AETERM == "Neutropenia"')
    assert [(row.form, row.row, row.values["AETERM"]) for row in traced.records[0].rows] == [("ae", 3, "Neutropenia")]
    assert traced.problems == ()
    assert {problem.code for problem in package.problems} == {problem.code for problem in plain.problems}


def test_a_study_in_a_database(tmp_path: Path) -> None:
    study, raw = write_tiny_study(tmp_path), write_tiny_raw(tmp_path)
    plain = run_study(study, raw, tmp_path / "plain")
    for path in sorted(raw.glob("*.csv")):
        exports.write_table(exports.read_export(path), raw / "edc.db", path.stem)
        path.unlink()
    edit(study / "study.yaml", "home: dm}", "home: dm, url: 'sqlite:///edc.db'}")
    package = run_study(study, raw, tmp_path / "out")
    for name in ("dm.xpt", "ae.xpt", "suppae.xpt", "define.xml"):
        assert (package.folder / "sdtm" / name).read_bytes() == (plain.folder / "sdtm" / name).read_bytes()
    assert {problem.code for problem in package.problems} - {problem.code for problem in plain.problems} == {"RAW027"}
    assert "edc.db" not in (package.folder / "report" / "lineage.json").read_text()
    traced = trace_records(package.folder, "AE", 'AETERM == "Neutropenia"')
    assert [(row.form, row.file, row.row) for row in traced.records[0].rows] == [("ae", "ae", 3)]
    assert [str(problem) for problem in traced.problems][-1] == (
        "TRC004 form 'ae' was read from a database, which is not asked again "
        "(the row number is that of the query, whose order a run keeps)"
    )
