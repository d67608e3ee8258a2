"""The tiny study of `studies` with the analysis datasets ADSL, ADAE and ADNN; no finding until a test plants one.

`write_analysis(folder)` adds them to the study that `studies.write_tiny_study(folder)` wrote.
"""

from __future__ import annotations

from pathlib import Path

from studies import write_files

ADSL = """\
dataset: ADSL
label: Subject-Level Analysis Dataset
class: SUBJECT LEVEL ANALYSIS DATASET
structure: One record per subject
keys: [STUDYID, USUBJID]
records:
  - from: DM
predecessors:
  DM: [SUBJID, SITEID, AGE, AGEU, SEX, RACE, ARM, ARMCD, RFSTDTC]
variables:
  TRT01P: {copy: ARM}
  SAFFL:  {cases: [{when: 'RFSTDTC != ""', constant: Y}, {constant: N}]}
  TRTSDT: {numeric_date: RFSTDTC}
  LASTAE: {max: [AE.AESTDTC], label: Start of Last Adverse Event}
"""

ADAE = """\
dataset: ADAE
label: Adverse Event Analysis Dataset
class: OCCURRENCE DATA STRUCTURE
subclass: ADVERSE EVENT
structure: One record per adverse event
keys: [STUDYID, USUBJID, AESEQ]
records:
  - from: AE
predecessors:
  ADSL: [TRT01P, SAFFL, TRTSDT]
  AE: [AESEQ, AETERM, AEDECOD, AESTDTC, AENOTE]
variables:
  AGEGR1: {cases: [{when: ADSL.AGE >= 65, constant: ">=65"}, {constant: "<65"}], label: Pooled Age Group 1}
"""


ADNN = """\
dataset: ADNN
label: Numbers of Adverse Events
class: BASIC DATA STRUCTURE
structure: One record per subject per parameter
keys: [STUDYID, USUBJID, PARAMCD, ASEQ]
records:
  - from: AE
    set:
      PARAMCD: {constant: ONE}
      PARAM:   {constant: One Event}
      AVAL:    {constant: 1}
      TERM:    {copy: raw.AETERM, label: Term}
  - from: self
    where: PARAMCD == "ONE"
    group: [USUBJID]
    order: [TERM]
    columns: {TERM: first}
    set:
      PARAMCD: {constant: ALL}
      PARAM:   {constant: All Events}
      AVAL:    {sum: raw.AVAL}
      TERM:    {copy: raw.TERM, label: Term}
  - from: self
    where: PARAMCD == "ALL"
    set:
      PARAMCD: {constant: TWICE}
      PARAM:   {constant: Twice All Events}
      AVAL:    {expr: raw.AVAL * 2}
      TERM:    {copy: raw.TERM, label: Term}
predecessors:
  ADSL: [TRT01P]
variables:
  ASEQ: {sequence: [PARAMCD, TERM]}
"""


def write_analysis(folder: Path) -> Path:
    """Write the mapping files into `folder`/tiny/adam; the study's folder."""
    write_files(folder / "tiny", {"adam/adsl.yaml": ADSL, "adam/adae.yaml": ADAE, "adam/adnn.yaml": ADNN})
    return folder / "tiny"
