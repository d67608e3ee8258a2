"""Real exports of EDC systems and laboratories, where the reference has them."""

from __future__ import annotations

from pathlib import Path

import pytest
from reference_data import reference_file

from cdisc_conv.raw import FormSource, Long, RawForm, read_form

BY = ("subjectid", "eventid", "eventseq", "subjectformseq")


def read(folder: Path, source: FormSource) -> tuple[RawForm, list[str]]:
    form, problems = read_form(source, folder)
    assert form is not None, problems
    return form, [problem.code for problem in problems]


def test_viedoc_with_labels_above_the_names() -> None:
    folder = reference_file("samples", "viedoc")
    for path in sorted(folder.glob("*_DEMO_*.csv")) or sorted(folder.glob("*.csv")):
        if path.stem.endswith(("Items", "CodeLists")):
            continue
        form, codes = read(folder, FormSource("form", path.name, header=("labels", "names")))
        assert codes == []
        assert list(form.frame)[4] == "SubjectId"
        assert form.labels["SubjectId"] == "Subject Id"
        assert len(form.frame) > 0


def test_a_long_export_with_two_header_rows() -> None:
    folder = reference_file("samples", "clinsight")
    long = Long(("itemid",), "itemvalue", BY, keep=("sitecode",), missing=("NA",), prefix="AE_")
    form, codes = read(folder, FormSource("ae", "clinsight_raw_AE.csv", header=("names", "labels"), long=long))
    assert codes == []
    assert list(form.frame)[:7] == [*BY, "sitecode", "AESPID", "AETERM"]
    assert form.frame["AETERM"].tolist()[0] == "Seizure"
    assert form.frame.duplicated(list(BY)).sum() == 0


def test_a_laboratory_with_several_rows_for_a_test() -> None:
    folder = reference_file("samples", "lab")
    long = Long(("itemid",), "itemvalue", BY, missing=("NA",), prefix="LBHM_")
    form, codes = read(folder, FormSource("lb", "clinsight_raw_LBHM.csv", header=("names", "labels"), long=long))
    assert codes == []
    neutrophils = [name for name in form.frame if name.startswith("NEUT_")]
    assert form.frame.loc[0, neutrophils].tolist() == ["0.73", "2", "8", "10^9/L", "NCS", ""]
    assert form.frame.loc[:1, "eventid"].tolist() == ["SCR", "VIS1"]


@pytest.mark.parametrize("name", ["LZZT_DILI_Labs_10_Patients.json"])
def test_a_file_that_is_not_what_its_name_says(name: str) -> None:
    form, problems = read_form(FormSource("lb", name), reference_file("samples", "lab"))
    assert form is None
    assert [problem.code for problem in problems] == ["RAW019"]
    assert "form 'lb' is XML with the root element " in problems[0].message
