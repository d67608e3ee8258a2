"""A tiny study for tests: two forms, DM, AE and SUPPAE, no finding anywhere until a test plants one.

`write_tiny_study(folder)` writes the mapping into `folder`/tiny and `write_tiny_raw(folder)` the raw export into
`folder`/raw; both return the folder they wrote. Tests change single files with `edit`.
"""

from __future__ import annotations

from pathlib import Path

STUDY = """\
study: TINY-01
title: A tiny study for tests
protocol: TINY-01 version 1.0
created: 2026-01-31T12:00:00
standards: {sdtmig: "3.4", sdtm_ct: 2025-03-28}
raw: {subject: SUBJID, home: dm}
variables:
  USUBJID: {subject_id: "TINY-01-{SUBJID}"}
not_submitted:
  VISIT: the same text on every form
  ae.AEYN: says only whether there is a row
"""

FORMS = """\
key_columns:
  SUBJID: Subject
  VISIT: Visit
forms:
  dm:
    label: Demographics
    file: dm.csv
    key: [SUBJID]
    columns:
      SEX: {label: Sex, type: coded, decode: SEX_DEC, values: {M: Male, F: Female}}
      AGE: {label: Age, type: integer, unit: years}
      DOSEDAT: {label: Date of first dose, type: date}
  ae:
    label: Adverse Events
    file: ae.csv
    columns:
      AEYN: Any adverse event?
      AETERM: What was the adverse event?
      AESTDAT: {label: Start date, type: date, unknown_parts: true}
      AESER: Serious?
      AENOTE: Remark
"""

DM = """\
dataset: DM
records:
  - form: dm
variables:
  SUBJID:   {copy: SUBJID}
  RFSTDTC:  {datetime: DOSEDAT}
  RFENDTC:  &blank {constant: "", comment: Not collected in this tiny study.}
  RFXSTDTC: *blank
  RFXENDTC: *blank
  RFICDTC:  *blank
  RFPENDTC: *blank
  DTHDTC:   *blank
  DTHFL:    *blank
  SITEID:   {constant: "01"}
  AGE:      {copy: AGE}
  AGEU:     {constant: YEARS}
  SEX:      {term: SEX}
  RACE:     *blank
  ARMCD:    {constant: TRT}
  ARM:      {constant: Treatment}
  ACTARMCD: {constant: TRT}
  ACTARM:   {constant: Treatment}
  ARMNRS:   *blank
  ACTARMUD: *blank
  COUNTRY:  {constant: CHN}
"""

AE = """\
dataset: AE
keys: [STUDYID, USUBJID, AETERM, AESTDTC]
records:
  - form: ae
    where: AEYN == "Y"
variables:
  AESEQ:    {sequence: [AESTDTC, AETERM]}
  AETERM:   {copy: AETERM}
  AEDECOD:  {copy: raw.AETERM}
  AELLT:    &blank {constant: "", comment: Not coded in this tiny study.}
  AELLTCD:  *blank
  AEPTCD:   *blank
  AEHLT:    *blank
  AEHLTCD:  *blank
  AEHLGT:   *blank
  AEHLGTCD: *blank
  AEBODSYS: *blank
  AEBDSYCD: *blank
  AESOC:    *blank
  AESOCCD:  *blank
  AESER:    {term: AESER}
  AEACN:    *blank
  AEREL:    *blank
  AESTDTC:  {datetime: AESTDAT}
  AEENDTC:  *blank
  AESTDY:   {study_day: AESTDTC}
supplemental:
  AENOTE: {copy: AENOTE, label: Remark}
"""

RAW = {
    "dm.csv": """\
SUBJID,VISIT,SEX,SEX_DEC,AGE,DOSEDAT
001,Screening,M,Male,64,05-JAN-2022
002,Screening,F,Female,71,10-JAN-2022
003,Screening,F,Female,58,
""",
    "ae.csv": """\
SUBJID,VISIT,AEYN,AETERM,AESTDAT,AESER,AENOTE
001,Log,Y,Nausea,07-JAN-2022,N,
001,Log,Y,Fatigue,UN-FEB-2022,N,after lunch
002,Log,Y,Neutropenia,09-JAN-2022,N,
003,Log,N,,,,
""",
}


def write_tiny_study(folder: Path) -> Path:
    """Write the mapping of the tiny study; its folder."""
    study = folder / "tiny"
    write_files(study, {"study.yaml": STUDY, "forms.yaml": FORMS, "sdtm/dm.yaml": DM, "sdtm/ae.yaml": AE})
    return study


def write_tiny_raw(folder: Path) -> Path:
    """Write the raw export of the tiny study; its folder."""
    write_files(folder / "raw", RAW)
    return folder / "raw"


def write_files(folder: Path, files: dict[str, str]) -> None:
    """Write text files, and the folders they are in."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text that must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8", newline="\n")


def read_tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder: relative name -> bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
