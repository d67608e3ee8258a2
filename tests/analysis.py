"""The tiny study of `studies` with two analysis datasets, ADSL and ADAE; no finding anywhere until a test plants one.

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
  ADSL: [TRT01P]
  AE: [AESEQ, AETERM, AEDECOD, AESTDTC, AENOTE]
variables:
  AGEGR1: {cases: [{when: ADSL.AGE >= 65, constant: ">=65"}, {constant: "<65"}], label: Pooled Age Group 1}
"""


def write_analysis(folder: Path) -> Path:
    """Write the two mapping files into `folder`/tiny/adam; the study's folder."""
    write_files(folder / "tiny", {"adam/adsl.yaml": ADSL, "adam/adae.yaml": ADAE})
    return folder / "tiny"
