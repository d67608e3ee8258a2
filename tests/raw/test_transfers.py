"""What a transfer says of itself, held against what was read."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from cdisc_conv.raw import FormSource, read_forms
from cdisc_conv.raw.files.transfer import check_transfer

AE, DM = "A\n1\n2\n", "A\n1\n"


def check(folder: Path, name: str, content: str) -> list[str]:
    lab = folder / "lab"
    lab.mkdir(exist_ok=True)
    for file, text in (("ae.csv", AE), ("dm.csv", DM), (name, content)):
        (lab / file).write_text(text)
    forms, _ = read_forms([FormSource("ae", "ae.csv", folder="lab"), FormSource("dm", "dm.csv", folder="lab")], folder)
    return [str(problem) for problem in check_transfer(name, "lab", forms.values(), folder)]


def sha(text: str, algorithm: str = "sha256") -> str:
    return hashlib.new(algorithm, text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("m.csv", f"File,Rows,SHA256\nae.csv,2,{sha(AE)}\ndm.csv,1,{sha(DM).upper()}\n"),
        ("m.csv", f"dataset,records,md5\nAE,2,{sha(AE, 'md5')}\nDM,1,{sha(DM, 'md5')}\n"),
        ("SHA256SUMS", f"{sha(AE)}  ./ae.csv\n{sha(DM)} *dm.csv\n"),
        ("m.csv", 'form,n\nae,"2"\ndm,\n'),
    ],
)
def test_a_transfer_that_is_whole(folder: Path, name: str, content: str) -> None:
    assert check(folder, name, content) == []


def test_a_transfer_that_is_not(folder: Path) -> None:
    assert check(folder, "m.csv", f"file,rows,hash\nae.csv,3,{sha(DM)}\nvs.csv,5,\n") == [
        "raw/lab/m.csv: RAW032 form 'ae' has 2 rows in lab/ae.csv, but the manifest says 3 "
        "(the file was cut short or changed; ask for it again)",
        "raw/lab/m.csv: RAW033 lab/ae.csv of form 'ae' has another SHA256 than the manifest says "
        "(the file was damaged or changed; ask for it again)",
        "raw/lab/m.csv: RAW031 the manifest names vs.csv, which is not in the transfer "
        "(ask for the file, or for a manifest without it)",
        "raw/lab/m.csv: RAW034 the manifest does not name lab/dm.csv, which was read "
        "(ask whether the file belongs to the transfer)",
    ]


def test_a_manifest_that_is_missing_or_none(folder: Path) -> None:
    assert check_transfer("m.csv", "", [], folder) == check_transfer("m.csv", "", [], folder)
    (problem,) = check_transfer("m.csv", "", [], folder)
    assert str(problem) == "raw/m.csv: RAW031 there is no manifest m.csv (the folder has no files)"
    assert check(folder, "m.csv", "a,b\n1,2\n") == [
        "raw/lab/m.csv: RAW031 the manifest has the columns a, b, of which none are names and counts "
        "(call them 'file', and 'rows' or 'sha256')"
    ]
