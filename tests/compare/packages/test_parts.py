"""A domain in one file on one side and in parts on the other is compared as one."""

from __future__ import annotations

from pathlib import Path

from cdisc_conv.compare.packages.run import compare_paths

HEAD = "STUDYID,DOMAIN,USUBJID,LBSEQ,LBTESTCD,LBORRES"
WHOLE = f"{HEAD}\nS,LB,01,1,ALT,5\nS,LB,01,2,HGB,13\nS,LB,02,1,ALT,7\n"
CHEMISTRY = f"{HEAD}\nS,LB,01,1,ALT,5\nS,LB,02,1,ALT,8\n"
HAEMATOLOGY = "STUDYID,DOMAIN,USUBJID,LBSEQ,LBTESTCD,LBORRES,LBNAM\nS,LB,01,2,HGB,13,Lab\n"
OTHER = "STUDYID,DOMAIN,USUBJID,LBXSEQ\nS,LBX,01,1\n"


def write(folder: Path, **files: str) -> Path:
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    return folder


def test_parts_are_one_dataset_whichever_side_has_them(tmp_path: Path) -> None:
    whole = write(tmp_path / "whole", lb=WHOLE)
    split = write(tmp_path / "split", lbch=CHEMISTRY, lbhe=HAEMATOLOGY, lbx=OTHER)
    found = compare_paths(whole, split)
    assert [one.name for one in found.datasets] == ["LB"]
    assert found.only_other == ("LBX",)
    lb = found.datasets[0]
    assert lb.cells[["variable", "base", "other"]].to_numpy().tolist() == [["LBORRES", "7", "8"]]
    assert lb.metadata[["variable", "attribute"]].to_numpy().tolist() == [["LBNAM", "presence"]]
    assert [str(note) for note in found.notes] == [
        "CMP015 LB of base is in parts in compare: LBCH, LBHE; they are compared as one dataset"
    ]
    back = compare_paths(split, whole)
    assert back.only_base == ("LBX",)
    assert [str(note) for note in back.notes] == [
        "CMP015 LB of compare is in parts in base: LBCH, LBHE; they are compared as one dataset"
    ]


def test_supplemental_qualifiers_of_parts_are_joined_too(tmp_path: Path) -> None:
    head = "STUDYID,RDOMAIN,USUBJID,IDVAR,IDVARVAL,QNAM,QVAL"
    first, second = "S,LB,01,LBSEQ,1,X,a", "S,LB,01,LBSEQ,2,X,b"
    whole = write(tmp_path / "whole", supplb=f"{head}\n{first}\n{second}\n")
    split = write(tmp_path / "split", supplbch=f"{head}\n{first}\n", supplbhe=f"{head}\n{second}\n")
    assert compare_paths(whole, split).equal


def test_both_sides_in_parts_are_compared_part_by_part(tmp_path: Path) -> None:
    first = write(tmp_path / "first", lbch=CHEMISTRY, lbhe=HAEMATOLOGY)
    second = write(tmp_path / "second", lbch=CHEMISTRY, lbhe=HAEMATOLOGY)
    found = compare_paths(first, second)
    assert ([one.name for one in found.datasets], found.notes) == (["LBCH", "LBHE"], ())
