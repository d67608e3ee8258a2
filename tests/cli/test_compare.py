"""cdisc-conv compare: what it prints, writes and refuses."""

from __future__ import annotations

import json
import shutil

import pandas as pd
import pytest
from studies import write_tiny_raw, write_tiny_study

BASE = "USUBJID,AETERM,AESTDY\n01,Nausea,3\n02,Pain,5\n03,Rash,\n"
OTHER = "USUBJID,AETERM,AESTDY\n02,Pain,6\n01,Nausea,3\n"


@pytest.fixture
def files(tmp_path):
    (tmp_path / "base.csv").write_text(BASE, encoding="utf-8")
    (tmp_path / "other.csv").write_text(OTHER, encoding="utf-8")
    return tmp_path


def test_differences_are_listed_with_their_keys(cli, files):
    result = cli("compare", "base.csv", "other.csv", "--keys", "USUBJID")
    assert result.exit_code == 1
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    counts = "3 in base, 2 in compare; 2 matched, 1 of them with differences; 1 only in base, 0 only in compare"
    assert f"records: {counts}; the order differs" in lines
    assert "2 1 02 AESTDY 5 6" in lines
    assert lines[-1] == "different: 1 record on one side only, 1 value"


def test_equal_files(cli, files):
    result = cli("compare", "base.csv", "base.csv", "--keys", "USUBJID")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "equal")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("base.csv", "gone.csv"), "gone.csv: CMP001 there is no such file or folder (check the spelling)"),
        (
            ("base.csv", "base.csv", "--keys", "SUBJID"),
            "CMP011 key variable SUBJID is not in base base.csv (did you mean USUBJID?)",
        ),
        (
            ("base.csv", "base.csv", "--tolerance", "x"),
            "CMP010 --tolerance x is not a tolerance (write a number such as 1e-9, or VARIABLE=0.01)",
        ),
        (
            ("base.csv", "b.csv"),
            "CMP012 there are no common variables: base.csv has USUBJID, AETERM, AESTDY; b.csv has C, D",
        ),
        (
            ("base.csv", "base.csv", "--where", "AETERM == Pain"),
            "CMP013 base.csv has no variable Pain, which 'where' reads (write \"Pain\" if the text is meant)",
        ),
        (
            ("base.csv", "base.csv", "--encoding", "utf-99"),
            "CMP003 --encoding is 'utf-99', which does not exist (common ones are utf-8, utf-16, cp1252, gb18030, "
            "shift_jis)",
        ),
        (("twice.csv", "base.csv"), "twice.csv: CMP014 the column A is there 2 times (rename or drop all but one)"),
        (
            ("latin.csv", "base.csv"),
            "latin.csv: CMP003 byte 8 (0xE9) is not UTF-8 text (name its encoding with --encoding, such as cp1252, "
            "latin-1 or shift_jis)",
        ),
        (
            ("short.xpt", "base.csv"),
            "short.xpt: XPT020 byte 0: this is not a SAS transport file",
        ),
    ],
)
def test_what_cannot_be_compared(cli, files, arguments, message):
    (files / "b.csv").write_text("C,D\n1,2\n", encoding="utf-8")
    (files / "twice.csv").write_text("A,A\n1,2\n", encoding="utf-8")
    (files / "latin.csv").write_bytes(b"A,B\ncaf\xe9,2\n")
    (files / "short.xpt").write_bytes(b"HEADE")
    result = cli("compare", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_no_records_are_no_error(cli, files):
    (files / "none.csv").write_text("A,B\n", encoding="utf-8")
    assert cli("compare", "none.csv", "none.csv").exit_code == 0


def test_reports_hold_every_difference_and_no_markup_of_the_data(cli, files):
    (files / "other.csv").write_text(OTHER.replace("Pain", "</script><b>=1+1"), encoding="utf-8")
    arguments = ("--keys", "USUBJID", "--html", "d.html", "--json", "d.json", "--xlsx", "d.xlsx")
    assert cli("compare", "base.csv", "other.csv", *arguments).exit_code == 1
    page = (files / "d.html").read_text(encoding="utf-8")
    assert "</script><b>" not in page
    assert "</script><b>=1+1" in json.dumps(json.loads((files / "d.json").read_text(encoding="utf-8")))
    assert (files / "d.xlsx").read_bytes().startswith(b"PK")


def test_a_transport_file_equals_the_csv_of_the_same_data(cli, files):
    from cdisc_conv.xpt import write_xpt

    frame = pd.DataFrame({"USUBJID": ["01", "02"], "AGE": [64.0, 58.5]})
    write_xpt(frame, files / "dm.xpt", name="DM", label="Demographics")
    frame.to_csv(files / "dm.csv", index=False)
    assert cli("compare", "dm.xpt", "dm.csv", "--keys", "USUBJID").exit_code == 0


def test_two_packages_and_why_they_differ(cli, tmp_path):
    write_tiny_raw(tmp_path)
    assert cli("run", "tiny", "--raw", "raw", "--out", "one").exit_code == 0
    shutil.copytree(write_tiny_study(tmp_path), tmp_path / "again" / "tiny")
    path = tmp_path / "again" / "tiny" / "sdtm" / "ae.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("{copy: AETERM}", "{copy: {source: AETERM, case: upper}}"))
    assert cli("run", "again/tiny", "--raw", "raw", "--out", "two").exit_code == 0
    assert cli("compare", "one", "one").exit_code == 0
    result = cli("compare", "one", "two")
    assert result.exit_code == 1
    assert "{copy: AETERM}" in result.stdout
    assert "{copy: {source: AETERM, case: upper}}" in result.stdout


def test_what_nobody_sees_is_shown_and_exact_in_the_json(cli, tmp_path):
    (tmp_path / "base.csv").write_text("K,X\n1,5\u00a0mg\n", encoding="utf-8")
    (tmp_path / "other.csv").write_text("K,X\n1,5 mg\n", encoding="utf-8")
    result = cli("compare", "base.csv", "other.csv", "--keys", "K", "--json", "d.json", "--html", "d.html")
    assert result.exit_code == 1
    assert "5<U+00A0>mg" in result.stdout
    assert "5\\u003cU+00A0\\u003emg" in (tmp_path / "d.html").read_text(encoding="utf-8")
    (dataset,) = json.loads((tmp_path / "d.json").read_text(encoding="utf-8"))["datasets"]
    values = dict(zip(dataset["values"]["columns"], dataset["values"]["data"], strict=True))
    assert values["base"] == ["5\u00a0mg"]


def test_names_that_no_dataset_of_a_package_has_are_errors(cli, tmp_path):
    for side in ("one", "two"):
        (tmp_path / side).mkdir()
        (tmp_path / side / "ae.csv").write_text("USUBJID,AESTDY\n01,70.1\n", encoding="utf-8")
        (tmp_path / side / "dm.csv").write_text("USUBJID,AGE\n01,64\n", encoding="utf-8")
    (tmp_path / "two" / "ae.csv").write_text("USUBJID,AESTDY\n01,70.2\n", encoding="utf-8")
    assert cli("compare", "one", "two", "--keys", "USUBJID", "--tolerance", "AESTDY=0.1").exit_code == 0
    assert cli("compare", "one", "two", "--keys", "USUBJID", "--tolerance", "AGE=0.1").exit_code == 1
    result = cli(
        "compare", "one", "two", "--keys", "USUBJD", "--tolerance", "AESTDYY=0.1", "--only", "AG", "--ignore", "X"
    )
    assert result.exit_code == 2
    for line in (
        "CMP011 no dataset has a variable USUBJD, which --keys names (did you mean USUBJID?)",
        "CMP013 no dataset has a variable AESTDYY, which --tolerance names (did you mean AESTDY?)",
        "CMP013 no dataset has a variable AG, which --only names (did you mean AGE?)",
        "CMP013 no dataset has a variable X, which --ignore names",
    ):
        assert line in result.stderr


def test_informats_are_compared(cli, tmp_path):
    from cdisc_conv.xpt import XptVariable, write_xpt

    frame = pd.DataFrame({"K": ["1"], "D": [21991.0]})
    for name, informat in (("one", "DATE9."), ("two", "")):
        variables = [XptVariable("K", numeric=False, length=1),
                     XptVariable("D", numeric=True, length=8, format="DATE9.", informat=informat)]  # fmt: skip
        write_xpt(frame, tmp_path / f"{name}.xpt", name="AE", variables=variables)
    result = cli("compare", "one.xpt", "two.xpt", "--keys", "K")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (1, "different: 1 metadata difference")
    assert "D         informat   DATE9." in result.stdout
