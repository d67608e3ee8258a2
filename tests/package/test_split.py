"""Datasets that are too large: the whole file, and parts in the folder split that are explained and add up to it."""

from __future__ import annotations

import docx
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from studies import edit, read_tree, write_tiny_raw, write_tiny_study

from cdisc_conv.checks.package.run import check
from cdisc_conv.dataset import Column, Dataset, Item
from cdisc_conv.package.ectd import lay_out_ectd
from cdisc_conv.package.run import run_study
from cdisc_conv.problems import ProblemsError
from cdisc_conv.xpt import read_xpt
from cdisc_conv.xpt.parts import measure_file, plan_parts

EXAM = "{n:03d},Log,Y,Nausea {k},{day:02d}-JAN-2022,N,\n"


@pytest.fixture
def folder(tmp_path):
    """The tiny study with a hundred events of ten subjects each, and a guide."""
    write_tiny_study(tmp_path)
    raw = write_tiny_raw(tmp_path)
    subjects = "".join(f"{n:03d},Screening,M,Male,64,05-JAN-2022\n" for n in range(1, 11))
    (raw / "dm.csv").write_text("SUBJID,VISIT,SEX,SEX_DEC,AGE,DOSEDAT\n" + subjects, encoding="utf-8")
    events = "".join(EXAM.format(n=n, k=k, day=1 + k % 28) for n in range(1, 11) for k in range(10))
    (raw / "ae.csv").write_text("SUBJID,VISIT,AEYN,AETERM,AESTDAT,AESER,AENOTE\n" + events, encoding="utf-8")
    said = "define:\n  documents: [{id: G, title: Guide, href: csdrg.pdf}]\nvariables:"
    edit(tmp_path / "tiny" / "study.yaml", "variables:", said)
    return tmp_path


def run(folder, **options):
    return run_study(folder / "tiny", folder / "raw", folder / "out", **options)


def test_the_parts_are_the_whole_in_order(folder):
    package = run(folder, split_size="8KB")
    out = folder / "out" / "sdtm"
    whole = read_xpt(out / "ae.xpt")
    parts = [read_xpt(path) for path in sorted((out / "split").glob("ae*.xpt"))]
    assert len(parts) > 1
    assert all(path.stat().st_size <= 8192 for path in (out / "split").glob("*.xpt"))
    pd.testing.assert_frame_equal(pd.concat([one.frame for one in parts], ignore_index=True), whole.frame)
    assert all(one.variables == whole.variables for one in parts)
    subjects = [set(one.frame["USUBJID"]) for one in parts]
    assert sum(map(len, subjects)) == 10  # no subject is in two parts
    assert [str(one) for one in package.problems if one.code == "PKG019"] == [
        f"AE: PKG019 AE is large: it is there as a whole, and in {len(parts)} parts in the folder split"
    ]


def test_the_guide_explains_the_parts(folder):
    run(folder, split_size="8KB")
    document = docx.Document(str(folder / "out" / "sdtm" / "csdrg.docx"))
    assert "Split Datasets" in [
        one.text.split(" ", 1)[-1] for one in document.paragraphs if one.style.name.startswith("Heading")
    ]
    rows = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    first = next(row for row in rows if row[1] == "split/ae1.xpt")
    assert (first[0], first[3]) == ("AE", "TINY-01-001")


def test_check_and_ectd_take_both(folder):
    run(folder, split_size="8KB")
    assert not [one for one in check(folder / "out").problems if one.code == "CHK002"]
    laid = lay_out_ectd(folder / "out", folder / "ectd")
    names = [name for name, _, _ in laid.files]
    assert "m5/datasets/tiny-01/tabulations/sdtm/split/ae1.xpt" in names
    assert "m5/datasets/tiny-01/tabulations/sdtm/ae.xpt" in names
    assert not [one for one in laid.problems if one.code == "ECTD003"]


def test_nothing_is_split_by_default(folder):
    run(folder)
    assert not [name for name in read_tree(folder / "out") if "split/" in name]


@pytest.mark.parametrize("words", ["large", "0", "-5KB", "5 TB"])
def test_a_size_that_is_none(folder, words):
    with pytest.raises(ProblemsError) as caught:
        run(folder, split_size=words)
    assert [str(one) for one in caught.value.problems] == [
        f"PKG018 --split-size is '{words}', which is no size (a number and a unit, such as 5GB, 500MB or 100KB)"
    ]


@given(st.lists(st.integers(1, 9), min_size=1, max_size=12), st.integers(700, 4000))
def test_parts_cover_all_records_and_fit(counts, most):
    subjects = [f"{n:02d}" for n, count in enumerate(counts) for _ in range(count)]
    frame = pd.DataFrame({"USUBJID": pd.Series(subjects, dtype="str")})
    dataset = Dataset("AE", "Events", frame, (Column("USUBJID", "Subject", False, Item("text", 40)),))
    parts = plan_parts(dataset, most)
    head, width = measure_file(dataset)
    if head + len(subjects) * width + 80 <= most:
        assert parts == ()
        return
    if parts:
        assert [parts[0].start, *(part.stop for part in parts)] == [*(part.start for part in parts), len(subjects)]
        room = max(width, most - head)
        assert all((part.stop - part.start) * width <= room for part in parts)
