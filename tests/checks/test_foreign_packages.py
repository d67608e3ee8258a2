"""`check` on packages as they come: packed, in other formats, in other encodings, with nothing that can be read."""

from __future__ import annotations

import errno
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

import cdisc_conv as cc
from cdisc_conv.checks.findings import Finding
from cdisc_conv.checks.package.result import CheckResult
from cdisc_conv.checks.verdict import Subject, judge_package
from cdisc_conv.problems import Problem, ProblemsError, Severity
from tests.checks.conftest import make_dataset

DM = "STUDYID,DOMAIN,USUBJID,SEX\nS,DM,01,F\n"

DEFINE = """<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:def="http://www.cdisc.org/ns/def/v2.1" FileOID="F"
 FileType="Snapshot" CreationDateTime="2025-01-01T00:00:00" ODMVersion="1.3.2" def:Context="Submission">
<Study OID="S"><GlobalVariables><StudyName>S</StudyName><StudyDescription>S</StudyDescription>
<ProtocolName>S</ProtocolName></GlobalVariables><MetaDataVersion OID="M" Name="{folder}" def:DefineVersion="2.1.0">
<def:Standards><def:Standard OID="STD.1" Name="{guide}" Type="IG" Version="3.4" Status="Final"/>
<def:Standard OID="STD.2" Name="CDISC/NCI" Type="CT" PublishingSet="SDTM" Version="2025-03-28" Status="Final"/>
</def:Standards></MetaDataVersion></Study></ODM>"""


def told(result: CheckResult, *codes: str) -> list[str]:
    return [str(one.problem) for one in result.findings if one.problem.code in codes]


def refuse(path: Path, **options: str) -> list[str]:
    with pytest.raises(ProblemsError) as raised:
        cc.check(path, **options)
    return [str(problem) for problem in raised.value.problems]


def test_a_packed_package_is_to_be_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "package.zip", "w") as packed:
        packed.writestr("dm.csv", DM)
    assert refuse(tmp_path / "package.zip") == [
        "package.zip: CHK003 the file is packed and was not looked into (unpack it, and check the folder)"
    ]
    first, second = refuse(tmp_path)
    assert first == "package.zip: CHK003 the file is packed and was not looked into (unpack it beside the others)"
    assert second.startswith("CHK001 there is nothing to check in ")


def test_files_of_formats_that_are_not_read_are_listed(tmp_path: Path) -> None:
    (tmp_path / "dm.csv").write_text(DM)
    (tmp_path / "AE.XLSX").write_bytes(b"PK")
    (tmp_path / "vs.xml").write_text('<ODM xmlns:data="http://www.cdisc.org/ns/Dataset-XML/v1.0"/>')
    (tmp_path / "other.xml").write_text("<a/>")
    (tmp_path / "readme.txt").write_text("read me")
    hint = "save it as one of .xpt, .sas7bdat, .csv, .parquet, .json, .ndjson, .dsjc, if it is a dataset"
    assert told(cc.check(tmp_path), "CHK008") == [
        f"{name}: CHK008 files of this format are not read; a dataset in it is not checked ({hint})"
        for name in ("AE.XLSX", "vs.xml")
    ]


def test_an_encoding_that_nobody_knows_is_refused_whether_or_not_it_is_needed(tmp_path: Path) -> None:
    (tmp_path / "dm.csv").write_text(DM)
    assert refuse(tmp_path, encoding="klingon") == [
        "CMP003 there is no encoding klingon (common ones are cp1252, latin-1, gb18030, shift_jis)"
    ]


def test_where_nothing_can_be_read_nothing_is_said_of_formats(tmp_path: Path) -> None:
    (tmp_path / "dm.csv").write_bytes(DM.replace("S,", "\xfc,").encode("cp1252"))
    result = cc.check(tmp_path)
    assert [(one.title, one.met) for one in result.verdict.criteria if one.met is not None] == [
        ("Every file can be read", False)
    ]
    assert told(result, "CMP003") == [
        "dm.csv: CMP003 byte 28 (0xFC) is not UTF-8 text "
        "(name its encoding with --encoding, such as cp1252, latin-1 or shift_jis)"
    ]
    assert result.exit_code == 1
    assert cc.check(tmp_path, encoding="cp1252").datasets[0].records == 1


@pytest.mark.parametrize(
    ("codes", "open_ones"),
    [(["ERROR"], "1 error has"), (["ERROR", "WARNING"], "1 error and 1 warning have"), (["WARNING"], "1 warning has")],
    ids=["error", "both", "warning"],
)
def test_the_verdict_counts_what_is_open(codes: list[str], open_ones: str) -> None:
    datasets = [
        make_dataset("TS", "STUDYID|TSPARMCD|TSVAL\nS|SSTDTC|2024-01-01"),
        make_dataset("DM", "STUDYID|USUBJID\nS|01"),
    ]
    files = {name: Path(f"{name.lower()}.xpt") for name in ("TS", "DM")}
    found = [Finding(Problem("AE008", "it is wrong", Severity[code]), "it is wrong") for code in codes]
    verdict = judge_package(Subject(datasets, (), files, frozenset({"sdtm"}), True), found)
    assert verdict.sentence == f"nothing that leads to rejection was found, but {open_ones} to be fixed or explained"


def test_what_the_system_keeps_from_us_is_reported_and_the_rest_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dm.csv").write_text(DM)
    for name in ("ae.xpt", "cm.csv", "define.xml"):
        (tmp_path / name).write_text("")
    (tmp_path / "vs.csv").symlink_to(tmp_path / "nowhere.csv")
    (tmp_path / "closed").mkdir()
    refused = {"ae.xpt", "cm.csv", "define.xml"}
    opened, listed = Path.open, os.scandir

    def open_file(self: Path, *options: Any, **more: Any) -> Any:
        if self.name in refused:
            raise PermissionError(errno.EACCES, "Permission denied")
        return opened(self, *options, **more)

    def list_folder(path: Path) -> Any:
        if Path(path).name == "closed":
            raise PermissionError(errno.EACCES, "Permission denied")
        return listed(path)

    monkeypatch.setattr(Path, "open", open_file)
    monkeypatch.setattr(os, "scandir", list_folder)
    result = cc.check(tmp_path)
    assert [one.name for one in result.datasets] == ["DM"]
    said = [str(one.problem) for one in result.findings if one.problem.code == "CMP001"]
    denied = "CMP001 it cannot be read: Permission denied (check its permissions)"
    assert sorted(said) == [
        *(f"{name}: {denied}" for name in ("ae.xpt", "closed", "cm.csv")),
        "vs.csv: CMP001 the link leads nowhere (add the file)",
    ]
    assert [line.partition(" (")[0] for line in told(result, "DEF001")] == [
        "define.xml: DEF001 the file cannot be read: Permission denied"
    ]


def test_two_studies_in_one_folder_are_one_finding(tmp_path: Path) -> None:
    for study in ("a", "b"):
        (tmp_path / study).mkdir()
        for name in ("DM", "AE", "CM", "VS"):
            (tmp_path / study / f"{name}.csv").write_text(DM.replace("DM", name))
    assert told(cc.check(tmp_path), "CHK002") == [
        "CHK002 4 datasets are in several files, such as AE in a/AE.csv, b/AE.csv; the first of each is checked "
        "(keep one file of each (AE, CM, DM, VS), or check the folder of each study by itself)"
    ]


def test_the_terminology_is_by_the_define_of_its_own_datasets(tmp_path: Path) -> None:
    for folder, guide in (("adam", "ADaMIG"), ("sdtm", "SDTMIG")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "define.xml").write_text(DEFINE.format(guide=guide, folder=folder))
    (tmp_path / "sdtm" / "dm.csv").write_text(DM)
    assert [str(used) for used in cc.check(tmp_path).used] == [
        "SDTMIG 3.4 (by sdtm/define.xml)",
        "SDTM CT 2025-03-28 (by sdtm/define.xml)",
    ]
