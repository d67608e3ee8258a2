"""Exports in other languages, and answers that say more, or less, than a term does."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_conv.draft.matching.codes import find_term
from cdisc_conv.draft.run import init_study
from cdisc_conv.package.lint import lint_whole
from cdisc_conv.package.run import run_study
from cdisc_conv.problems import Severity
from cdisc_conv.standards import load_terminology

FORMS = {
    "demographie.csv": "Patientennummer;Geschlecht;Geburtsdatum\n001;männlich;12.05.1961\n002;weiblich;03.11.1970\n",
    "unerwünschte_ereignisse.csv": "Patientennummer;Unerwünschtes Ereignis;Beginn;Ende;Andauernd;Schweregrad;"
    "Schwerwiegend;Ausgang\n001;Kopfschmerz;13.02.2024;14.02.2024;Nein;leicht;Nein;genesen\n"
    "002;Husten;14.02.2024;;Ja;schwer;Nein;nicht genesen\n",
    "vitalzeichen.csv": "Patientennummer;Visite;Datum;Blutdruck systolisch (mmHg);Gewicht (kg)\n"
    "001;Visite 1;12.02.2024;120;70,5\n",
    "dispo.csv": "Patientennummer;DSTERM;DSSTDAT\n001;Completed;20.03.2024\n002;Lost to follow-up;21.03.2024\n",
}


def test_german_forms(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    for name, text in FORMS.items():
        (raw / name).write_text(text, encoding="utf-8")
    init_study(raw, tmp_path / "study")
    assert [str(one) for one in lint_whole(tmp_path / "study")[1] if one.severity is not Severity.NOTE] == []
    package = run_study(tmp_path / "study", raw, tmp_path / "out")
    frames = {one.name: one.frame for one in package.datasets}
    assert frames["DM"][["SEX", "BRTHDTC"]].to_numpy().tolist() == [["M", "1961-05-12"], ["F", "1970-11-03"]]
    columns = ["AETERM", "AESTDTC", "AEENRTPT", "AESEV", "AESER", "AEOUT"]
    assert frames["AE"][columns].to_numpy().tolist() == [
        ["KOPFSCHMERZ", "2024-02-13", "", "MILD", "N", "RECOVERED/RESOLVED"],
        ["HUSTEN", "2024-02-14", "ONGOING", "SEVERE", "N", "NOT RECOVERED/NOT RESOLVED"],
    ]
    assert frames["VS"][["VSTESTCD", "VSORRES", "VSSTRESN", "VSSTRESU"]].to_numpy().tolist() == [
        ["SYSBP", "120", 120.0, "mmHg"],
        ["WEIGHT", "70,5", 70.5, "kg"],
    ]
    assert frames["DS"][["DSTERM", "DSDECOD"]].to_numpy().tolist() == [
        ["COMPLETED", "COMPLETED"],
        ["LOST TO FOLLOW-UP", "LOST TO FOLLOW-UP"],
    ]


@pytest.mark.parametrize(
    ("codelist", "text", "term"),
    [
        ("FREQ", "once a day", "QD"),
        ("FREQ", "twice a day", "BID"),
        ("FREQ", "twice a week", None),
        ("OUT", "resolved w/ sequelae", None),
        ("OUT", "Recovered with sequelae", "RECOVERED/RESOLVED WITH SEQUELAE"),
        ("ACN", "Drug stopped", None),
        ("ROUTE", "i.v.", "INTRAVENOUS"),
        ("METHOD", "Contrast-enhanced CT scan", "CONTRAST ENHANCED CT SCAN"),
    ],
)
def test_what_changes_a_term_is_no_such_term(codelist: str, text: str, term: str | None) -> None:
    found, _ = find_term(text, load_terminology("sdtm", "2025-03-28").codelist(codelist))
    assert (found.value if found is not None else None) == term


def test_codes_without_words_are_to_do(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "dm.csv").write_text("SUBJID,SEX,RACE,DTHFL\n001,Male,White,0\n002,Female,Asian,1\n")
    (raw / "ae.csv").write_text("SUBJID,AETERM,AESTDAT,AEONGO\n001,Cough,2024-02-01,1\n001,Rash,2024-02-02,2\n")
    init_study(raw, tmp_path / "study")
    ae = (tmp_path / "study" / "sdtm" / "ae.yaml").read_text()
    assert "# draft to do: CDASH calls it AEONGO; nothing says what its codes mean: 1 is taken for yes" in ae
    package = run_study(tmp_path / "study", raw, tmp_path / "out")
    assert next(one.frame for one in package.datasets if one.name == "DM")["DTHFL"].tolist() == ["", "Y"]
