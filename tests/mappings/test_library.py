"""Every layer of mappings/library at work: a tiny raw export, what a study writes, and the values that come out.

An example is a file of tests/mappings/library, named as its layer: ``mapping`` is what the study writes, ``raw`` its
forms as CSV text (every column an item, labelled in ``labels``), ``expected`` the finished dataset, all columns
with a value but STUDYID and DOMAIN. ``others`` are further mappings, ``replaces`` the one of the default they replace.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from cdisc_conv.engine.convert import convert
from cdisc_conv.resources import shipped
from cdisc_conv.spec.lint.study import check_study
from cdisc_conv.spec.load import load_study

EXAMPLES = Path(__file__).parent / "library"
LAYERS = sorted(path.stem for path in (shipped("mappings") / "library").glob("*.yaml"))
DESIGN = ("ta", "td", "te", "ti", "ts", "tv")
"""Layers of the trial design: made of protocol.yaml, with no raw form; hope2021_thal_agc has them."""

STUDY = """\
study: LIB-01
title: Examples of the library
created: 2026-01-31T12:00:00
standards: {sdtmig: "3.4", sdtm_ct: 2025-03-28}
raw: {subject: SUBJID, home: subjects}
settings: {date_formats: [YYYY-MM-DD]}
variables:
  USUBJID: {subject_id: "LIB-01-{SUBJID}"}
"""
SUBJECTS = """\
SUBJID,SITEID,SEX,AGE,CONSENT,FIRST,LAST,END
01,101,F,64,2026-01-02,2026-01-10,2026-02-10,2026-03-10
02,101,M,71,2026-01-05,2026-01-12,2026-02-12,2026-03-12
"""
DM = """\
dataset: DM
records:
  - form: subjects
variables:
  SUBJID:   {copy: SUBJID}
  RFSTDTC:  {datetime: FIRST}
  RFENDTC:  {datetime: LAST}
  RFXSTDTC: {datetime: FIRST}
  RFXENDTC: {datetime: LAST}
  RFICDTC:  {datetime: CONSENT}
  RFPENDTC: {datetime: END}
  DTHDTC:   &blank {constant: ""}
  DTHFL:    *blank
  SITEID:   {copy: SITEID}
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
  COUNTRY:  {constant: USA}
"""


def read_example(layer: str) -> dict[str, Any]:
    return yaml.safe_load((EXAMPLES / f"{layer}.yaml").read_text(encoding="utf-8"))


def write_study(folder: Path, example: dict[str, Any]) -> tuple[Path, Path]:
    """The folders of a study that is mapped by the example, and of its raw export."""
    study, raw = folder / "study", folder / "raw"
    (study / "sdtm").mkdir(parents=True)
    raw.mkdir()
    forms = {"subjects": SUBJECTS, **(example["raw"] or {})}
    labels = example.get("labels", {})
    described = {}
    for name, text in forms.items():
        header = text.partition("\n")[0].split(",")
        columns = {column: labels.get(column, column.title()) for column in header if column != "SUBJID"}
        described[name] = {"label": name.title(), "file": f"{name}.csv", "columns": columns}
        (raw / f"{name}.csv").write_text(text, encoding="utf-8")
    dictionary = {"key_columns": {"SUBJID": "Subject"}, "forms": described, "events": example.get("events", [])}
    (study / "forms.yaml").write_text(yaml.safe_dump(dictionary, sort_keys=False), encoding="utf-8")
    (study / "study.yaml").write_text(STUDY, encoding="utf-8")
    for name, text in {"dm": DM, **example.get("others", {}), "example": example["mapping"]}.items():
        (study / "sdtm" / f"{name}.yaml").write_text(text, encoding="utf-8")
    if example.get("replaces"):
        (study / "sdtm" / f"{example['replaces']}.yaml").unlink()
    return study, raw


def show(value: object) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:.10g}"
    return str(value)


@pytest.mark.parametrize("layer", [layer for layer in LAYERS if layer not in DESIGN])
def test_a_layer_makes_what_its_example_says(layer: str, tmp_path: Path) -> None:
    example = read_example(layer)
    folder, raw = write_study(tmp_path, example)
    study, problems = load_study(folder)
    assert [str(problem) for problem in problems] == []
    wrong = [str(one) for one in check_study(study) if one.severity.value == "error"]
    assert wrong == []
    made = convert(study, raw, [yaml.safe_load(example["mapping"])["dataset"]])
    found = [str(one) for one in made.problems if one.severity.value == "error"]
    assert found == []
    frame = made.datasets[0].frame
    shown = {name: [show(value) for value in frame[name]] for name in frame if name not in ("STUDYID", "DOMAIN")}
    shown = {column: values for column, values in shown.items() if any(values)}
    expected = pd.read_csv(io.StringIO(example["expected"]), dtype=str, keep_default_na=False)
    assert shown == {column: expected[column].tolist() for column in expected}


def test_every_layer_has_an_example() -> None:
    assert sorted(path.stem for path in EXAMPLES.glob("*.yaml")) == [one for one in LAYERS if one not in DESIGN]
