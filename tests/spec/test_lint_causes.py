"""One mistake in a mapping is one finding, wherever the mapping comes across it."""

from __future__ import annotations

import pytest
from studies import write_tiny_study

from cdisc_conv.spec.lint.study import lint_study

AE = "sdtm/ae.yaml"
DM = "sdtm/dm.yaml"


def test_a_column_of_the_name_of_its_variable_that_the_form_does_not_have(lint):
    assert lint(("forms.yaml", "AESER: Serious?", "AESERX: Serious?")) == [
        "tiny/sdtm/ae.yaml:21: LINT301 AE.AESER reads AESER, which is neither a column of form ae nor a variable "
        "of AE (did you mean AESERX?)"
    ]


def test_a_variable_that_reads_itself(lint):
    assert lint((AE, "AESTDTC:  {datetime: AESTDAT}", "AESTDTC:  {copy: AESTDTC}")) == [
        "tiny/sdtm/ae.yaml:24: LINT301 AE.AESTDTC reads AESTDTC, which is neither a column of form ae nor a variable "
        "of AE (did you mean AESTDAT?)"
    ]


def test_a_misspelt_variable_is_not_missed_by_those_that_read_it(lint):
    reader = (DM, "RFXSTDTC: *blank", "RFXSTDTC: {min: AE.AESTDTC}")
    assert lint((AE, "AESTDTC:  {", "AESTDCT:  {"), reader) == [
        "tiny/sdtm/ae.yaml:24: LINT207 SDTMIG 3.4 has no variable AESTDCT in AE (did you mean AESTDTC?)"
    ]


def test_a_dataset_that_is_not_there_is_one_finding(tmp_path):
    folder = write_tiny_study(tmp_path)
    (folder / DM).unlink()
    ae = folder / AE
    ae.write_text(
        ae.read_text(encoding="utf-8")
        .replace("AEENDTC:  *blank", "AEENDTC:  {copy: DM.RFENDTC}")
        .replace("AEACN:    *blank", "AEACN:    {lookup: {from: DM, take: ARM}}"),
        encoding="utf-8",
    )
    assert [str(problem).replace(f"{folder.as_posix()}/", "") for problem in lint_study(folder)[1]] == [
        "sdtm/ae.yaml:22: LINT302 AE.AEACN reads DM, which the study does not have; the same at sdtm/ae.yaml:25, "
        "sdtm/ae.yaml:26 (map DM, or name it under 'given')"
    ]


def test_a_mapping_that_is_not_read_is_not_missed(tmp_path):
    folder = write_tiny_study(tmp_path)
    (folder / DM).rename(folder / "sdtm" / "dm.yml")
    assert [str(problem).replace(f"{folder.as_posix()}/", "") for problem in lint_study(folder)[1]] == [
        "sdtm/dm.yml: SPEC115 this file is not read: mappings end in .yaml (did you mean dm.yaml?)"
    ]


def test_a_misspelt_parameter_is_not_missing_as_well(lint):
    assert lint((AE, "AESTDTC:  {datetime: AESTDAT}", "AESTDTC:  {datetime: {dat: AESTDAT}}")) == [
        "tiny/sdtm/ae.yaml:24: SPEC001 'datetime' of AE.AESTDTC has no 'dat' (did you mean date?)"
    ]


def test_a_misspelt_extends(lint):
    layer = "dataset: AE\nrecords: [{form: ae}]\nvariables: {AETERM: {copy: AETERM}}\n"
    assert lint((AE, "dataset: AE", "extend: library/base\ndataset: AE"), files={"library/base.yaml": layer}) == [
        "tiny/sdtm/ae.yaml:1: SPEC001 AE has no 'extend' (did you mean extends?)"
    ]


def test_a_name_that_is_misspelt_on_both_sides_of_a_lookup(lint):
    entry = "AEENDTC:  {lookup: {from: form dm, by: SUBJD, take: DOSEDAT}}"
    assert lint((AE, "AEENDTC:  *blank", entry)) == [
        "tiny/sdtm/ae.yaml:25: LINT301 AE.AEENDTC reads SUBJD, which is neither a column of form ae nor a variable "
        "of AE (did you mean SUBJID?)"
    ]


def test_a_code_that_the_dictionary_spells_otherwise(lint):
    edits = [
        ("forms.yaml", "AESER: Serious?", "AESER: {label: Serious, type: coded, values: {YES: 'Yes', N: 'No'}}"),
        (AE, "AEACN:    *blank", "AEACN:    {when: 'raw.AESER == \"Y\"', constant: DOSE NOT CHANGED}"),
        (AE, "AEREL:    *blank", "AEREL:    {when: 'raw.AESER == \"Y\"', constant: RELATED}"),
    ]
    assert lint(*edits) == [
        "tiny/sdtm/ae.yaml:22: LINT310 AE.AEACN: AESER is compared with 'Y', which is not among the values in form ae "
        "(YES, N); the same at tiny/sdtm/ae.yaml:23 (did you mean YES?)"
    ]


VS = """\
dataset: VS
records:
  - form: dm
    for_each:
      - {VSTESTCD: WEIGHT, VSTEST: Weight, RES: raw.AGE, UNIT: kg}
  - form: ae
    set: {VSTESTCD: {constant: TEMP}, VSTEST: {constant: Temperature}%s}
%s
variables:
  VISITNUM: &blank {constant: ""}
  VSDTC: *blank
  VSLOBXFL: *blank
  VSORRES: {copy: RES}
  VSORRESU: {copy: UNIT, when: 'UNIT != ""'}
  VSSTRESC: {copy: VSORRES}
  VSSTRESN: *blank
  VSSTRESU: *blank
  VSREASND: {cases: [{when: 'RES == ""', constant: X}, {constant: ""}]}
"""


@pytest.mark.parametrize(
    ("entries", "more", "messages"),
    [
        (
            "",
            "",
            [
                "tiny/sdtm/vs.yaml:6: LINT301 block 2 of VS reads RES and UNIT, which it does not define, as block 1 "
                "does in 'for_each' (give it a 'for_each' that does, or map VSORRES and VSORRESU in its 'set')"
            ],
        ),
        (
            ", VSORRES: {copy: AENOTE}, VSREASND: {constant: ''}",
            "",
            [
                "tiny/sdtm/vs.yaml:6: LINT301 block 2 of VS reads UNIT, which it does not define, as block 1 "
                "does in 'for_each' (give it a 'for_each' that does, or map VSORRESU in its 'set')"
            ],
        ),
        (
            ", VSORRES: {copy: AENOTE}, VSREASND: {constant: ''}, VSORRESU: {constant: C}",
            "    where: RES != ''",
            [
                "tiny/sdtm/vs.yaml:6: LINT301 block 2 of VS reads RES, which it does not define, as block 1 "
                "does in 'for_each' (give it a 'for_each' that does)"
            ],
        ),
        (", VSORRES: {copy: AENOTE}, VSREASND: {constant: ''}, VSORRESU: {constant: C}", "", []),
    ],
)
def test_a_block_without_the_names_of_for_each_is_one_finding(lint, entries, more, messages):
    assert lint(files={"sdtm/vs.yaml": VS % (entries, more)}) == messages
