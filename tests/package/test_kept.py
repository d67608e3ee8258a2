"""Packages made with what earlier runs kept have the bytes of one that was made afresh, whatever was edited between."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from studies import read_tree, write_tiny_raw, write_tiny_study

from cdisc_conv.engine.derive.kept_parts import Keeping
from cdisc_conv.keeping import Room
from cdisc_conv.package.run import run_study
from cdisc_conv.steps import Steps

EDITS = [
    ("raw/dm.csv", "002,Screening,F", "002,Screening,Q"),
    ("raw/dm.csv", "003,Screening,F,Female,58,\n", ""),
    ("raw/dm.csv", "10-JAN-2022", "08-JAN-2022"),
    ("raw/ae.csv", "002,Log,Y,Neutropenia,09-JAN-2022,N,\n", ""),
    ("raw/ae.csv", "001,Log,Y,Nausea", "003,Log,Y,Cough,07-JAN-2022,Y,late\n001,Log,Y,Nausea"),
    ("raw/ae.csv", "after lunch", "nach dem Essen, süß"),
    ("tiny/sdtm/dm.yaml", "{copy: AGE}", "{expr: number(AGE) + 1}"),
    ("tiny/sdtm/dm.yaml", "{constant: CHN}", "{constant: Nowhere, label: Land}"),
    ("tiny/sdtm/dm.yaml", "variables:\n", "variables:\n  # a line more\n"),
    ("tiny/sdtm/ae.yaml", 'where: AEYN == "Y"', 'where: AETERM != "Fatigue"'),
    ("tiny/sdtm/ae.yaml", "{sequence: [AESTDTC, AETERM]}", "{sequence: [AETERM]}"),
    ("tiny/sdtm/ae.yaml", "label: Remark", "label: What was said"),
    ("tiny/sdtm/ae.yaml", "{copy: AETERM}", "{copy: {source: AETERM}}"),
    ("tiny/study.yaml", "title: A tiny study for tests", "title: Another title"),
    ("tiny/forms.yaml", "label: Age,", "label: Age in years,"),
]


def run(folder: Path, out: str, keeping: Keeping | None = None) -> dict[str, bytes]:
    run_study(folder / "tiny", folder / "raw", folder / out, keeping=keeping, formats=["json"])
    return read_tree(folder / out)


def keep_in(folder: Path) -> Keeping:
    room = Room(folder / "room")
    room.make()
    return Keeping(room, "version 1", steps=Steps(room, "version 1"))


@given(st.lists(st.sampled_from(EDITS), min_size=1, max_size=4, unique=True))
@settings(max_examples=4)
def test_random_edits_of_rows_and_lines_give_the_bytes_of_a_full_run(tmp_path_factory, edits):
    folder = tmp_path_factory.mktemp("edits")
    write_tiny_study(folder), write_tiny_raw(folder)
    keeping = keep_in(folder)
    run(folder, "out", keeping)
    for name, old, new in edits:
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    kept = run(folder, "out", replace(keeping, steps=Steps(keeping.room, "version 1")))
    assert kept == run(folder, "fresh")


def test_a_line_of_ae_leaves_what_is_said_and_drawn_of_dm(tmp_path):
    write_tiny_study(tmp_path), write_tiny_raw(tmp_path)
    keeping = keep_in(tmp_path)
    run(tmp_path, "out", keeping)
    path = tmp_path / "tiny" / "sdtm" / "ae.yaml"
    path.write_text(path.read_text().replace("{copy: AENOTE, label: Remark}", "{copy: AENOTE, label: Said}"))
    steps = Steps(keeping.room, "version 1")
    assert run(tmp_path, "out", replace(keeping, steps=steps)) == run(tmp_path, "fresh")
    assert (steps.made["description"], steps.reused["description"]) == (("AE",), ("DM",))
    assert {name.split()[0] for name in steps.reused["check"]} == {"DM", "AE"}  # the label is a record of SUPPAE


def test_an_entry_that_is_written_otherwise_is_written_so_in_the_lineage(tmp_path):
    write_tiny_study(tmp_path), write_tiny_raw(tmp_path)
    keeping = keep_in(tmp_path)
    run(tmp_path, "out", keeping)
    path = tmp_path / "tiny" / "sdtm" / "ae.yaml"
    path.write_text(path.read_text().replace("{copy: AETERM}", "{copy: {source: AETERM}}"))
    assert run(tmp_path, "out", replace(keeping, steps=Steps(keeping.room, "version 1"))) == run(tmp_path, "fresh")
