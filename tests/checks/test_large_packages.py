"""A package that is checked in ranges of subjects, from scratch files, has the findings of one that is in memory."""

from __future__ import annotations

import errno
from pathlib import Path

import pandas as pd
import pytest

import cdisc_conv as cc
from cdisc_conv.checks.core.rule.keep import import_rules
from cdisc_conv.checks.output.plain import make_plain
from cdisc_conv.checks.package import sources
from cdisc_conv.checks.package.find import find_files
from cdisc_conv.checks.package.sources import choose_ranges
from cdisc_conv.problems import ProblemsError
from cdisc_conv.xpt import write_xpt

SUBJECTS = ["03", "01", "04", "02"]
RULES = {
    "CORE-000001": "{name: --TERM, operator: empty}",
    "CORE-000002": "{name: --STDTC, operator: date_less_than, value: RFSTDTC}",
    "CORE-000003": "{name: --SEQ, operator: is_not_unique_set, value: USUBJID}",
    "CORE-000004": "{name: LBTESTCD, operator: is_not_unique_relationship, value: LBTEST}",
}
RULE = """Core: {{Id: {id}, Status: Published}}
Rule Type: Record Data
Sensitivity: Record
Authorities: [{{Organization: CDISC, Standards: [{{Name: SDTMIG, Version: "3.4"}}]}}]
Scope: {{Domains: {{Include: [ALL]}}}}
Check: {{all: [{check}]}}
Outcome: {{Message: It is wrong}}
Match Datasets: [{{Name: DM, Keys: [USUBJID]}}]
"""


def make_events(name: str) -> pd.DataFrame:
    """Records of subjects in no order, with doubled numbers, blanks, wrong terms and dates, and a stranger."""
    count = 24
    subjects = [[*SUBJECTS, "99"][number % 5] for number in range(count)]
    return pd.DataFrame(
        {
            "STUDYID": ["S"] * count,
            "DOMAIN": [name] * count,
            "USUBJID": subjects,
            f"{name}SEQ": [float(number // 7) for number in range(count)],
            f"{name}TERM": ["" if number % 6 == 0 else f"Term {number % 4}" for number in range(count)],
            f"{name}SER": [("Y", "N", "U", "")[number % 4] for number in range(count)],
            f"{name}STDTC": [f"2024-0{1 + number % 3}-{1 + number:02}" for number in range(count)],
            f"{name}ENDTC": [f"2024-02-{28 - number:02}" for number in range(count)],
        }
    )


def make_results(tests: list[str]) -> pd.DataFrame:
    count = 12
    return pd.DataFrame(
        {
            "STUDYID": ["S"] * count,
            "DOMAIN": ["LB"] * count,
            "USUBJID": [SUBJECTS[number % 4] for number in range(count)],
            "LBSEQ": [float(number) for number in range(count)],
            "LBTESTCD": [tests[number % 2] for number in range(count)],
            "LBTEST": [f"Test {number % 3}" for number in range(count)],
            "LBORRES": ["" if number == 5 else str(number) for number in range(count)],
        }
    )


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CDISC_CONV_DATA", str(tmp_path / "data"))
    for id, check in RULES.items():
        (tmp_path / "rules" / id).mkdir(parents=True)
        (tmp_path / "rules" / id / "rule.yml").write_text(RULE.format(id=id, check=check))
    import_rules(tmp_path / "rules")
    folder = tmp_path / "package"
    folder.mkdir()
    dm = pd.DataFrame({"STUDYID": "S", "DOMAIN": "DM", "USUBJID": [*SUBJECTS, "04"], "SEX": [*"FMQ", "", "F"]})
    dm["RFSTDTC"] = ["2024-01-10", "2024-02", "", "2024-01-02", "2024-03-01"]
    dm.to_csv(folder / "dm.csv", index=False)
    write_xpt(make_events("AE"), folder / "ae.xpt", name="AE", label="Adverse Events")
    make_events("MH").to_parquet(folder / "mh.parquet")
    make_results(["ALT", "AST"]).to_csv(folder / "lbch.csv", index=False, sep=";")
    make_results(["HGB", "ALT"]).to_csv(folder / "lbhe.csv", index=False)
    (folder / "ta.csv").write_text("STUDYID,DOMAIN,ARMCD,ARM,TAETORD,ETCD\nS,TA,A,Arm A,1,\n")
    (folder / "adsl.csv").write_text("STUDYID,USUBJID,TRT01P,AGE\nS,03,A,64\nS,01,A,x\nS,01,B,48\nS,77,,1\n")
    analysis = "\n".join(f"S,{subject},{number},Rash" for number, subject in enumerate(SUBJECTS * 3))
    (folder / "adae.csv").write_text(f"STUDYID,USUBJID,AESEQ,AETERM\n{analysis}\n")
    (folder / "co.json").write_text("{}")
    return folder


def test_findings_do_not_depend_on_ranges(package: Path) -> None:
    whole = make_plain(cc.check(package, ranges=1, sdtmig="3.4"))
    assert {finding["rule"] for finding in whole["findings"]} >= {*RULES, "CT001", "ID002", "ADSL004"}
    for ranges in (2, 7):
        parts = make_plain(cc.check(package, ranges=ranges, sdtmig="3.4"))
        for key, said in whole.items():
            assert parts[key] == said, key


def test_scratch_files_are_gone_afterwards(package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    held: list[int] = []
    cc.check(package, ranges=2, progress=lambda step: held.append(len(list(scratch.rglob("*.arrow")))))
    assert max(held) > 10
    assert list(scratch.iterdir()) == []


def test_a_large_package_is_cut_by_its_size(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = find_files(package)
    assert (choose_ranges(files, 0), choose_ranges(files, 3)) == (1, 3)
    monkeypatch.setattr(sources, "_IN_MEMORY", 1000)
    monkeypatch.setattr(sources, "_RANGE", 500)
    assert choose_ranges(files, 0) > 5


def test_a_full_disk_is_an_error_that_says_what_to_do(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sources, "write_tables", fill)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(ProblemsError) as raised:
        cc.check(package, ranges=2)
    assert [str(problem) for problem in raised.value.problems] == [
        f"RUN003 there is no space left for scratch files in '{tmp_path}' (make room, about twice as much as the "
        "package takes, or name another folder in TMPDIR)"
    ]
    assert not list(tmp_path.glob("cdisc-conv-check-*"))
