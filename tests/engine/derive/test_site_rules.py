"""Rules of one site: a branch of cases, with formats of its own."""

from __future__ import annotations

from pathlib import Path

from studies import edit, write_tiny_raw, write_tiny_study

from cdisc_conv.engine.convert import convert
from cdisc_conv.spec.load import load_study

ENTRY = """\
  AESTDTC:
    cases:
      - {when: 'SUBJID == "002"', datetime: {date: AESTDAT, formats: [MM/DD/YYYY]}}
      - {datetime: AESTDAT}
"""


def test_a_site_writes_dates_in_its_own_way(tmp_path: Path) -> None:
    study, raw = write_tiny_study(tmp_path), write_tiny_raw(tmp_path)
    edit(study / "sdtm" / "ae.yaml", "  AESTDTC:  {datetime: AESTDAT}\n", ENTRY)
    edit(raw / "ae.csv", "09-JAN-2022", "01/09/2022")
    made = convert(load_study(study)[0], raw, ["AE"])
    assert made.datasets[0].frame["AESTDTC"].tolist() == ["2022-02", "2022-01-07", "2022-01-09"]
    assert [problem for problem in made.problems if problem.code.startswith("DATE")] == []
