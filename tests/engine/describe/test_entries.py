"""Mapping entries as one line of text."""

from __future__ import annotations

import pytest
import yaml
from studies import edit, write_tiny_study

from cdisc_conv.engine.describe.entries import write_block, write_entry, write_line
from cdisc_conv.spec.load import load_study


@pytest.fixture
def folder(tmp_path):
    write_tiny_study(tmp_path)
    return tmp_path


def test_an_entry_is_written_as_the_mapping_has_it(folder):
    study, _ = load_study(folder / "tiny")
    variables = study.datasets["AE"].variables
    assert write_entry(variables["AESTDY"]) == "{study_day: AESTDTC}"
    assert write_entry(variables["AELLT"]) == "{constant: '', comment: Not coded in this tiny study.}"
    assert write_entry(variables["USUBJID"]) == "{subject_id: 'TINY-01-{SUBJID}'}"
    assert write_entry(study.datasets["AE"].supplemental["AENOTE"]) == "{copy: AENOTE, label: Remark}"


def test_an_implied_entry_is_the_derivation_it_stands_for(folder):
    edit(folder / "tiny/sdtm/ae.yaml", "  AESEQ:    {sequence: [AESTDTC, AETERM]}\n", "")
    study, _ = load_study(folder / "tiny")
    variables = study.datasets["AE"].variables
    assert write_entry(variables["STUDYID"]) == "{constant: {value: TINY-01}}"
    assert write_entry(variables["AESEQ"]) == "{sequence: {by: [AETERM, AESTDTC]}}"


def test_blocks(folder):
    edit(
        folder / "tiny/sdtm/ae.yaml",
        '    where: AEYN == "Y"\n',
        '    where: AEYN == "Y"\n  - form: ae\n    where: AENOTE != ""\n'
        "    for_each:\n      - {AETERM: raw.AENOTE, AEDECOD: Note}\n",
    )
    study, _ = load_study(folder / "tiny")
    first, second = study.datasets["AE"].blocks
    assert write_block(first) == '{form: ae, where: AEYN == "Y"}'
    assert write_block(second) == '{form: ae, where: AENOTE != "", for_each: [{AETERM: raw.AENOTE, AEDECOD: Note}]}'


def test_a_line_stays_one_line_and_can_be_read_back():
    data = {"method": "first line\nsecond line", "values": {"Y": "yes", "N": ""}, "long": "word " * 100 + "end"}
    line = write_line(data)
    assert "\n" not in line
    assert yaml.safe_load(line)["values"] == data["values"]
    assert yaml.safe_load(line)["long"] == data["long"]
