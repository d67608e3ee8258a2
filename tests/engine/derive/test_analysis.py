"""Analysis datasets: blocks that read earlier blocks, groups with an order, rows of a group, predecessors."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from studies import write_files, write_tiny_raw, write_tiny_study

from cdisc_conv.dataset import Dataset, find_dataset
from cdisc_conv.derivations.base import Derivation, Kind, Ref, Rows, Words
from cdisc_conv.derivations.registry import load_derivations
from cdisc_conv.engine.convert import Conversion, convert
from cdisc_conv.engine.plan.graph import plan_study
from cdisc_conv.problems import ProblemsError
from cdisc_conv.spec.lint.study import lint_study
from cdisc_conv.spec.load import load_study

ADSL = """\
dataset: ADSL
records:
  - from: DM
predecessors: {DM: [SUBJID, SITEID, AGE, AGEU, SEX, RACE, ARM]}
variables:
  TRT01P: {copy: ARM}
  LSTEVENT: {lookup: {from: AE, order: AESEQ, take: AESEQ, keep: last}, label: Last Event}
"""

ADAE = """\
dataset: ADAE
class: OCCURRENCE DATA STRUCTURE
subclass: ADVERSE EVENT
label: Adverse Events Analysis Dataset
records:
  - from: AE
predecessors:
  ADSL: [AGE, TRT01P, LSTEVENT]
  AE: [AESEQ, AETERM, AEDECOD]
"""

ADEV = """\
dataset: ADEV
class: BASIC DATA STRUCTURE
label: Events in Numbers
keys: [STUDYID, USUBJID, PARAMCD, AVAL]
records:
  - from: AE
    set:
      PARAMCD: {constant: SEQ}
      PARAM:   {constant: Sequence Number}
      AVAL:    {copy: AE.AESEQ}
  - from: self
    where: PARAMCD == "SEQ"
    group: [USUBJID]
    order: [AVAL]
    take: last
    set:
      PARAMCD: {constant: LAST}
      PARAM:   {constant: Last Sequence Number}
  - from: ADSL
    set:
      PARAMCD: {constant: FOUND}
      PARAM:   {constant: Last Sequence Number if Any}
      AVAL:    {lookup: {from: self, where: 'PARAMCD == "LAST"', take: AVAL}}
variables:
  AVAL:  {copy: AVAL}
  ASEQ:  {sequence: [PARAMCD, AVAL]}
  TWICE: {expr: AVAL * 2, label: Twice the Value}
"""


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = write_tiny_study(tmp_path)
    write_files(folder, {"adam/adsl.yaml": ADSL, "adam/adae.yaml": ADAE, "adam/adev.yaml": ADEV})
    return folder


def run(study: Path) -> Conversion:
    return convert(load_study(study)[0], write_tiny_raw(study.parent))


def dataset_of(conversion: Conversion, name: str) -> Dataset:
    dataset = find_dataset(conversion.datasets, name)
    assert dataset is not None
    return dataset


def lint(study: Path) -> list[str]:
    return [str(problem).replace(study.as_posix(), "tiny") for problem in lint_study(study)[1]]


def edit(study: Path, name: str, before: str, after: str) -> None:
    path = study / name
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_the_mapping_has_no_findings(study: Path) -> None:
    assert lint(study) == []


def test_a_block_reads_the_records_of_earlier_blocks(study: Path) -> None:
    frame = dataset_of(run(study), "ADEV").frame
    assert frame[["USUBJID", "PARAMCD", "AVAL", "ASEQ", "TWICE"]].fillna(-1).to_numpy().tolist() == [
        ["TINY-01-001", "FOUND", 2.0, 1.0, 4.0],
        ["TINY-01-001", "LAST", 2.0, 2.0, 4.0],
        ["TINY-01-001", "SEQ", 1.0, 3.0, 2.0],
        ["TINY-01-001", "SEQ", 2.0, 4.0, 4.0],
        ["TINY-01-002", "FOUND", 1.0, 1.0, 2.0],
        ["TINY-01-002", "LAST", 1.0, 2.0, 2.0],
        ["TINY-01-002", "SEQ", 1.0, 3.0, 2.0],
        ["TINY-01-003", "FOUND", -1.0, 1.0, -1.0],
    ]


def test_records_of_earlier_blocks_are_found_again(study: Path) -> None:
    records = dataset_of(run(study), "ADEV").records
    assert records is not None
    assert records.frame[["record", "source", "row"]].astype({"source": "str"}).to_numpy().tolist()[:4] == [
        [0, "dataset ADSL", 1],
        [1, "dataset ADEV", 3],
        [1, "dataset ADEV", 4],
        [2, "dataset AE", 2],
    ]


def test_the_sdtm_is_read_in_the_order_of_its_files(study: Path) -> None:
    """In the raw data Nausea comes first; in AE, sorted by its keys, Fatigue does."""
    edit(study, "adam/adev.yaml", "  - from: AE\n    set:", "  - from: AE\n    group: [USUBJID]\n    set:")
    edit(
        study,
        "adam/adev.yaml",
        "AVAL:    {copy: AE.AESEQ}",
        "AVAL:    {copy: AE.AESEQ}\n      AVALC:   {copy: AE.AETERM}",
    )
    frame = dataset_of(run(study), "ADEV").frame
    assert frame.loc[frame["PARAMCD"] == "SEQ", "AVALC"].tolist() == ["Fatigue", "Neutropenia"]


def test_predecessors_are_read_of_the_source_record_or_of_the_subject(study: Path) -> None:
    dataset = dataset_of(run(study), "ADAE")
    assert dataset.frame.to_numpy().tolist() == [
        ["TINY-01", "TINY-01-001", 1.0, "Nausea", "Nausea", 64.0, "Treatment", 2.0],
        ["TINY-01", "TINY-01-001", 2.0, "Fatigue", "Fatigue", 64.0, "Treatment", 2.0],
        ["TINY-01", "TINY-01-002", 1.0, "Neutropenia", "Neutropenia", 71.0, "Treatment", 1.0],
    ]
    assert list(dataset.frame) == ["STUDYID", "USUBJID", "AESEQ", "AETERM", "AEDECOD", "AGE", "TRT01P", "LSTEVENT"]


def test_predecessors_keep_label_type_and_codelist(study: Path) -> None:
    conversion = run(study)
    dataset = dataset_of(conversion, "ADAE")
    assert {c.name: (c.label, c.numeric) for c in dataset.columns if c.name in ("AETERM", "AGE", "LSTEVENT")} == {
        "AETERM": ("Reported Term for the Adverse Event", False),
        "AGE": ("Age", True),
        "LSTEVENT": ("Last Event", True),
    }
    sex = dataset_of(conversion, "ADSL").column("SEX").item.codelist
    assert sex is not None
    assert (sex.short_name, sex.standard) == ("SEX", "SDTM/NCI 2025-03-28")


def test_an_analysis_dataset_says_so(study: Path) -> None:
    dataset = dataset_of(run(study), "ADAE")
    assert (dataset.class_name, dataset.sub_class, dataset.standard, dataset.purpose) == (
        "OCCURRENCE DATA STRUCTURE",
        "ADVERSE EVENT",
        "ADaMIG 1.3",
        "Analysis",
    )


def test_dates_get_a_format_by_their_names(study: Path) -> None:
    dates = "  TRTSDT: {constant: 22645}\n  TRTSDTM: {constant: 1956528000}\n"
    edit(study, "adam/adsl.yaml", "  TRT01P:", f"{dates}  TRT01P:")
    dataset = dataset_of(run(study), "ADSL")
    assert [dataset.column(name).format for name in ("TRTSDT", "TRTSDTM", "AGE")] == ["DATE9.", "DATETIME20.", ""]


def test_a_variable_of_ones_own_needs_a_label(study: Path) -> None:
    edit(study, "adam/adsl.yaml", ", label: Last Event", "")
    assert lint(study) == [
        "tiny/adam/adsl.yaml:7: LINT214 ADSL.LSTEVENT is a variable of your own and has no label (add 'label:')"
    ]


def test_a_required_variable_may_have_a_number_in_its_name(study: Path) -> None:
    edit(study, "adam/adsl.yaml", "  TRT01P: {copy: ARM}\n", "")
    edit(study, "adam/adae.yaml", "AGE, TRT01P,", "AGE,")
    assert lint(study) == [
        "tiny/adam/adsl.yaml:1: LINT202 ADSL does not map TRTxxP (Planned Treatment for Period xx), which the standard "
        "requires"
    ]


def test_a_dataset_that_is_not_adsl_needs_a_class(study: Path) -> None:
    edit(study, "adam/adae.yaml", "class: OCCURRENCE DATA STRUCTURE\n", "")
    assert "tiny/adam/adae.yaml:1: SPEC111 ADAE has no 'class', which an analysis dataset needs" in lint(study)


def test_an_unknown_class_is_named(study: Path) -> None:
    edit(study, "adam/adae.yaml", "class: OCCURRENCE DATA STRUCTURE", "class: EVENTS")
    assert (
        "tiny/adam/adae.yaml:2: SPEC111 ADaMIG 1.3 has no class EVENTS; there is: SUBJECT LEVEL ANALYSIS DATASET, "
        "BASIC DATA STRUCTURE, OCCURRENCE DATA STRUCTURE, ADAM OTHER" in lint(study)
    )


def test_an_order_without_a_group_is_refused(study: Path) -> None:
    edit(study, "adam/adev.yaml", "    group: [USUBJID]\n", "")
    assert lint(study) == [
        "tiny/adam/adev.yaml:11: SPEC114 ADEV records 2 has an 'order', but no 'group' to take a row of (add 'group', "
        "or leave 'order' out: records are sorted by the keys in the end)"
    ]


def test_a_variable_that_only_a_later_block_maps_does_not_exist_yet(study: Path) -> None:
    edit(
        study,
        "adam/adev.yaml",
        "AVAL:    {lookup: {from: self",
        "AVALC: {constant: x}\n      AVAL:    {lookup: {from: self",
    )
    edit(study, "adam/adev.yaml", 'where: PARAMCD == "SEQ"', 'where: AVALC == "x"')
    assert lint(study) == [
        "tiny/adam/adev.yaml:12: LINT305 block 2 of ADEV reads AVALC of earlier blocks, but none of them maps it "
        "(block 3 of 'records' maps it: put that one first)"
    ]


def test_a_derivation_that_reads_what_does_not_exist_yet(study: Path) -> None:
    edit(study, "adam/adev.yaml", "where: 'PARAMCD == \"LAST\"', take: AVAL", "order: AVAL, take: AVALC")
    assert lint(study) == [
        "tiny/adam/adev.yaml:23: LINT305 ADEV.AVAL reads AVALC of earlier blocks, but none of them maps it (did you "
        "mean AVAL?)"
    ]


def test_a_sequence_over_all_blocks_cannot_be_read_by_one_of_them(study: Path) -> None:
    edit(study, "adam/adev.yaml", "    order: [AVAL]", "    order: [ASEQ]")
    with pytest.raises(ProblemsError) as raised:
        plan_study(load_study(study)[0])
    (problem,) = raised.value.problems
    assert problem.code == "PLAN001"
    assert problem.hint.endswith(
        "a later block can read what looks at all records of a subject only from the 'set' of a block"
    )


def test_the_set_of_a_block_may_look_at_all_its_records(study: Path) -> None:
    edit(
        study,
        "adam/adev.yaml",
        "AVAL:    {copy: AE.AESEQ}",
        "AVAL:    {copy: AE.AESEQ}\n      BACK: {sequence: [AETERM], label: By Term}",
    )
    edit(study, "adam/adev.yaml", "    order: [AVAL]\n    take: last", "    order: [BACK]")
    edit(study, "adam/adev.yaml", "  AVAL:  {copy: AVAL}", "  AVAL:  {copy: AVAL}\n  AETERM: {copy: AETERM}")
    edit(
        study,
        "adam/adev.yaml",
        "PARAMCD: {constant: FOUND}",
        "PARAMCD: {constant: FOUND}\n      AETERM: {constant: ''}",
    )
    frame = dataset_of(run(study), "ADEV").frame
    assert frame.loc[frame["PARAMCD"] == "LAST", "AVAL"].tolist() == [2.0, 1.0]


class Total(Derivation):
    """The sum over the rows of a group."""

    name: ClassVar[str] = "total"
    topic: ClassVar[str] = "Tests"
    shorthand: ClassVar[str] = "of"
    kind: ClassVar[Kind] = Kind.NUMBER

    of: Ref

    def reads(self) -> tuple[str, ...]:
        return (f"raw.{self.of}",)

    def derive(self, rows: Rows) -> pd.Series:
        record, values = rows.members(self.of)
        return pd.Series(np.bincount(record, values.to_numpy(dtype=float), minlength=len(rows)))

    def method(self, words: Words) -> str:
        return "Sum."


def test_derivations_see_all_rows_of_a_group(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = load_derivations()
    for module in ("registry", "spec.mapping.variables", "spec.mapping.datasets", "spec.mapping.predecessors"):
        where = module if module.startswith("spec") else f"derivations.{module}"
        monkeypatch.setattr(f"cdisc_conv.{where}.load_derivations", lambda: {**catalogue, "total": Total})
    edit(study, "adam/adev.yaml", "    order: [AVAL]\n    take: last\n", "")
    edit(
        study,
        "adam/adev.yaml",
        "PARAMCD: {constant: LAST}",
        "PARAMCD: {constant: LAST}\n      AVAL: {when: 'USUBJID != \"TINY-01-002\"', total: AVAL}",
    )
    frame = dataset_of(run(study), "ADEV").frame
    assert frame.loc[frame["PARAMCD"] == "LAST", "AVAL"].fillna(-1).tolist() == [3.0, -1.0]


def test_a_parameter_that_only_a_later_block_makes(study: Path) -> None:
    edit(study, "adam/adev.yaml", 'where: PARAMCD == "SEQ"', 'where: PARAMCD == "FOUND"')
    assert lint(study) == [
        "tiny/adam/adev.yaml:12: LINT306 ADEV reads its parameter FOUND, which only a later block of 'records' makes "
        "(put the block that makes it first)"
    ]


def test_a_parameter_that_nothing_makes(study: Path) -> None:
    edit(study, "adam/adev.yaml", "'PARAMCD == \"LAST\"'", '\'PARAMCD in ("LAST", "LOST")\'')
    edit(
        study,
        "adam/adsl.yaml",
        "  TRT01P:",
        "  X: {exists: {from: ADEV, where: 'PARAMCD == \"NONE\"'}, label: X}\n  TRT01P:",
    )
    assert lint(study) == [
        "tiny/adam/adev.yaml:23: LINT306 ADEV.AVAL reads parameter LOST of ADEV, which no block makes (did you "
        "mean LAST?)",
        "tiny/adam/adsl.yaml:6: LINT306 ADSL.X reads parameter NONE of ADEV, which no block makes (there are: FOUND, "
        "LAST, SEQ)",
    ]


def test_the_sdtm_is_not_made_of_analysis_datasets(study: Path) -> None:
    edit(study, "sdtm/dm.yaml", '  SITEID:   {constant: "01"}', "  SITEID:   {copy: ADSL.AGEU}")
    edit(
        study,
        "sdtm/ae.yaml",
        "  AEDECOD:  {copy: raw.AETERM}",
        "  AEDECOD:  {lookup: {from: ADAE, order: AESEQ, take: AETERM}}",
    )
    found = [line for line in lint(study) if "LINT307" in line]
    assert found == [
        "tiny/sdtm/ae.yaml:9: LINT307 AE.AEDECOD reads ADAE, but the SDTM cannot be made of analysis datasets "
        "(derive it in the analysis dataset)",
        "tiny/sdtm/dm.yaml:14: LINT307 DM.SITEID reads ADSL.AGEU, but the SDTM cannot be made of analysis datasets "
        "(derive it in the analysis dataset)",
    ]


def test_whole_numbers_of_a_map_are_numbers(study: Path) -> None:
    own = """\
  SEXGR:  {map: {value: SEX, values: {M: 1, F: 2}}, label: Sex as Number}
  SEXTXT: {map: {value: SEX, values: {M: "1", F: "2"}}, label: Sex as Text}
  SEXSAID: {map: {value: SEX, values: {M: 1, F: 2}}, type: text, label: Sex as Said}
  ANYAE:  {occurrence: {from: AE, yes: 1, no: 0}, label: Any Event}
"""
    edit(study, "adam/adsl.yaml", "  TRT01P:", f"{own}  TRT01P:")
    assert lint(study) == []
    frame = dataset_of(run(study), "ADSL").frame
    assert frame[["SEXGR", "SEXTXT", "SEXSAID", "ANYAE"]].to_numpy().tolist() == [
        [1.0, "1", "1", 1.0],
        [2.0, "2", "2", 1.0],
        [2.0, "2", "2", 0.0],
    ]
