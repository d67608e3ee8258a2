"""Records that stand for several rows: a trace names the row that each value was taken from."""

from __future__ import annotations

import pytest
from studies import edit, write_files, write_tiny_raw, write_tiny_study

from cdisc_conv.package.reading.trace import trace_records
from cdisc_conv.package.run import run_study
from cdisc_conv.xpt import read_xpt

FORMS = """\
  cm:
    label: Medication
    file: cm.csv
    columns: {NO: Number, TRT: Drug, OTHER: Other, DOSE: Dose, START: Start, STOP: Stop, NOTE: Note, ROUTE: Route}
"""
CM = """\
dataset: CM
keys: [STUDYID, USUBJID, CMTRT, CMSTDTC]
records:
  - form: cm
{block}
variables:
  CMTRT:    {copy: TRT}
  CMDOSE:   {copy: DOSE}
  CMDOSTXT: {copy: NOTE}
  CMROUTE:  {copy: ROUTE}
  CMSTDTC:  {datetime: START}
  CMENDTC:  {datetime: STOP}
"""
RAW = """\
SUBJID,VISIT,NO,TRT,OTHER,DOSE,START,STOP,NOTE,ROUTE
001,V1,3,Aspirin,Iron,100,UN-MAR-2022,,c,
001,V1,1,Aspirin,Iron,300,05-MAR-2022,01-APR-2022,,
001,V1,2,Aspirin,Zinc,200,,03-APR-2022,a,
001,V1,4,Iron,,1,01-JAN-2022,02-JAN-2022,x,ORAL
"""


@pytest.fixture
def trace(tmp_path):
    def read(block: str, where: str, cm: str = CM, raw: str = RAW) -> dict[str, list[tuple[str, int, str]]]:
        study, folder = write_tiny_study(tmp_path), write_tiny_raw(tmp_path)
        edit(study / "forms.yaml", "forms:\n", f"forms:\n{FORMS}")
        write_files(study, {"sdtm/cm.yaml": cm.replace("{block}", block)})
        write_files(folder, {"cm.csv": raw})
        run_study(study, folder, tmp_path / "out")
        (record,) = trace_records(tmp_path / "out", "CM", where).records
        return {one.name: [(cell.name, cell.row, cell.value) for cell in one.cells] for one in record.variables}

    return read


def test_each_column_has_the_row_it_was_taken_from(trace):
    block = """\
    group: [SUBJID, TRT]
    order: [NO]
    columns: {DOSE: max, START: most_complete, STOP: last, NOTE: list}"""
    cells = trace(block, 'CMTRT == "Aspirin"')
    assert cells["CMTRT"] == [("cm.TRT", 2, "Aspirin")]
    assert cells["CMDOSE"] == [("cm.DOSE", 2, "300")]
    assert cells["CMSTDTC"] == [("cm.START", 2, "05-MAR-2022")]
    assert cells["CMENDTC"] == [("cm.STOP", 3, "03-APR-2022")]
    assert cells["CMDOSTXT"] == [("cm.NOTE", 3, "a"), ("cm.NOTE", 1, "c")]  # in their order


def test_a_column_without_a_way_is_that_of_the_row_that_is_taken(trace):
    cells = trace(
        "    group: [SUBJID, TRT]\n    take: last\n    order: [NO]\n    columns: {ROUTE: first}", 'CMTRT == "Aspirin"'
    )
    assert cells["CMSTDTC"] == [("cm.START", 1, "UN-MAR-2022")]
    assert cells["CMROUTE"] == [("cm.ROUTE", 1, "")]  # no row has a value


def test_merged_intervals_have_the_start_of_one_row_and_the_end_of_another(trace):
    raw = RAW.replace("UN-MAR-2022,", "01-MAR-2022,04-MAR-2022").replace(",,03-APR", ",02-APR-2022,03-APR")
    block = "    merge: {by: [SUBJID, TRT], start: START, end: STOP}"
    cells = trace(block, 'CMTRT == "Aspirin"', raw=raw)
    assert cells["CMSTDTC"] == [("cm.START", 1, "01-MAR-2022")]
    assert cells["CMENDTC"] == [("cm.STOP", 3, "03-APR-2022")]
    assert cells["CMDOSE"] == [("cm.DOSE", 1, "100")]


def test_a_group_over_entries_names_the_field_of_the_entry_that_is_taken(trace):
    block = """\
    for_each: [{DRUG: raw.TRT}, {DRUG: raw.OTHER}]
    where: DRUG != ""
    group: [SUBJID, NO]"""
    cm = CM.replace("{copy: TRT}", "{copy: DRUG}")
    assert trace(block, "CMDOSE == 100", cm)["CMTRT"] == [("cm.TRT", 1, "Aspirin")]
    taken = trace(f"{block}\n    columns: {{DRUG: last}}", "CMDOSE == 100", cm)
    assert taken["CMTRT"] == [("cm.OTHER", 1, "Iron")]
    assert taken["CMDOSE"] == [("cm.DOSE", 1, "100")]
    both = trace(f"{block}\n    columns: {{DRUG: list}}", "CMDOSE == 100", cm)
    assert both["CMTRT"] == [("cm.TRT", 1, "Aspirin"), ("cm.OTHER", 1, "Iron")]


def test_the_values_are_those_of_the_cells(trace, tmp_path):
    trace("    group: [SUBJID, TRT]\n    columns: {DOSE: min, START: most_complete, STOP: max}", 'CMTRT == "Aspirin"')
    frame = read_xpt(tmp_path / "out" / "sdtm" / "cm.xpt").frame
    assert frame[["CMTRT", "CMDOSE", "CMSTDTC", "CMENDTC"]].to_numpy().tolist() == [
        ["Aspirin", 100.0, "2022-03-05", "2022-04-03"],
        ["Iron", 1.0, "2022-01-01", "2022-01-02"],
    ]
