"""What init makes of columns most of whose values it understands: nothing is left out without a place for it."""

from __future__ import annotations

from pathlib import Path

from cdisc_conv.draft.reading.profiles import find_kind
from cdisc_conv.draft.run import init_study


def draft(folder: Path, forms: dict[str, str]) -> Path:
    raw = folder / "raw"
    raw.mkdir()
    for name, text in forms.items():
        (raw / name).write_text(text)
    init_study(raw, folder / "study")
    return folder / "study" / "sdtm"


def line_of(path: Path, name: str) -> list[str]:
    return [line.strip() for line in path.read_text().splitlines() if line.strip().startswith(f"{name}:")]


DM = "SUBJID,SITEID,SEX,RACE\n001,S1,M,White\n002,S1,F,Martian\n003,S1,F,Asian\n"


def test_a_value_without_a_term_in_demographics_goes_to_supp_as_it_says(tmp_path: Path) -> None:
    made = draft(tmp_path, {"dm.csv": DM}) / "dm.yaml"
    assert line_of(made, "RACE") == [
        'RACE:     {term: {value: RACE, map: {Martian: ""}}}  '
        "# draft to do: the name is RACE; no term means 'Martian': blank here, kept as collected in SUPP--"
    ]
    assert line_of(made, "RACE2") == [
        "RACE2: {copy: raw.RACE, label: RACE}  # draft 0.50: no variable of the standard is recognised"
    ]


def test_a_value_without_a_term_beside_findings_goes_to_supp(tmp_path: Path) -> None:
    lb = "SUBJID,VISIT,LBDAT,LBFAST,HGB,HGBU\n001,V1,05-FEB-2024,Yes,12,g/dL\n002,V1,06-FEB-2024,No,13,g/dL\n"
    lb += "001,V2,07-FEB-2024,A snack,12,g/dL\n"
    made = draft(tmp_path, {"dm.csv": DM, "lb.csv": lb}) / "lb.yaml"
    assert line_of(made, "LBFAST") == [
        'LBFAST:   {term: {value: LBFAST, map: {A snack: ""}}}  # draft to do: the name is LBFAST; no term means '
        "'A snack': blank here, kept as collected in SUPP--"
    ]
    assert line_of(made, "LBFAST2") == [
        "LBFAST2: {copy: raw.LBFAST, label: LBFAST}  # draft 0.50: no variable of the standard is recognised"
    ]


def test_one_bad_date_does_not_make_a_column_of_dates_something_else(tmp_path: Path) -> None:
    vs = "SUBJID,VISIT,VSDAT,SYSBP\n001,V1,12-Jan-2024,120\n001,V2,UN-FEB-2024,121\n002,V1,2024-13-40,118\n"
    made = draft(tmp_path, {"dm.csv": DM, "vs.csv": vs}) / "vs.yaml"
    assert line_of(made, "VSDTC") == [
        "VSDTC:    {datetime: {date: VSDAT, formats: [DD-MON-YYYY]}}  "
        "# draft to do: CDASH calls it VSDAT; 1 of 3 values is no date: '2024-13-40'"
    ]


def test_a_qualifier_that_is_called_a_date_and_is_not_always_one_is_kept_as_it_is(tmp_path: Path) -> None:
    ae = "SUBJID,AETERM,AESTDAT,RECHDT\n001,Cough,12-Jan-2024,13-Jan-2024\n001,Rash,14-Jan-2024,15-Jan-2024\n"
    ae += "002,Ache,15-Jan-2024,tomorrow\n"
    made = draft(tmp_path, {"dm.csv": DM, "ae.csv": ae}) / "ae.yaml"
    assert line_of(made, "RECHDT") == [
        "RECHDT: {copy: RECHDT, label: RECHDT}  # draft 0.50: no variable of the standard is recognised"
    ]


def test_texts_with_some_dates_among_them_are_texts() -> None:
    assert find_kind(["12-Jan-2024", "13-Jan-2024", "see page 2"])[0] == "text"


PLAIN_FORMS = {
    "demog.csv": "patid;centre;gender;dob;consent_dt\n"
    "1001;10;1;03/04/1960;05/06/2023\n1002;10;2;13/04/1961;06/06/2023\n",
    "adverse.csv": "patid;aeno;ae_desc;start_dt;stop_dt;severity;serious;rel_drug;outcome;meddra_pt\n"
    "1001;1;Sick;10/06/2023;12/06/2023;1;0;1;1;Nausea\n1001;2;Sore head;15/06/2023;;2;0;0;3;Headache\n"
    "1002;1;Died;01/07/2023;01/07/2023;3;1;1;5;Death\n",
    "dosing.csv": "patid;drug;dose_mg;dosedate\n1001;XYZ;10;08/06/2023\n1002;XYZ;10;08/06/2023\n",
}


def test_names_in_plain_words_and_codes_that_nobody_explains(tmp_path: Path) -> None:
    made = draft(tmp_path, PLAIN_FORMS)
    lines = {
        name: line_of(made / file, name)[0].split(": ", 1)[1].strip()
        for file, names in (
            ("dm.yaml", ("SEX", "RFICDTC")),
            ("ae.yaml", ("AESPID", "AETERM", "AESEV", "AESER", "AEREL", "AEOUT", "AEDECOD")),
            ("ex.yaml", ("EXSTDTC", "EXDOSU")),
        )
        for name in names
    }
    assert lines == {
        "SEX": '{term: {value: gender, map: {"1": "", "2": ""}}}  # draft to do: the name GENDER is common for SEX; '
        "nothing says what its codes mean; no term means '1', '2': blank here, kept as collected in SUPP--",
        "RFICDTC": "{datetime: {date: consent_dt, formats: [DD/MM/YYYY]}}  "
        "# draft to do: the name is 'consent_dt'; the values are dates both as MM/DD/YYYY and as DD/MM/YYYY; "
        "taken with the day first, as adverse.start_dt",
        "AESPID": "{copy: aeno}  # draft 0.96: CDASH calls it AENO",
        "AETERM": "{copy: {source: ae_desc, case: upper}}  # draft 0.80: the name is 'ae_desc'",
        "AESEV": "{term: severity}  # draft 0.70: the name is 'severity'; by some of the words: "
        "'1' is MILD, '2' is MODERATE, '3' is SEVERE",
        "AESER": '{term: {value: serious, map: {"0": "N", "1": "Y"}}}  # draft to do: the name is \'serious\'; '
        "by some of the words: '0' is N, '1' is Y; no criterion of seriousness (AESDTH, AESHOSP ...) was collected",
        "AEREL": "{copy: rel_drug}  # draft to do: the name is 'rel_drug'; nothing says what its codes mean",
        "AEOUT": '{term: {value: outcome, map: {"1": "", "3": "", "5": ""}}}  # draft to do: CDASH calls it AEOUTCOME; '
        "nothing says what its codes mean; no term means '1', '3', '5': blank here, kept as collected in SUPP--",
        "AEDECOD": "{copy: meddra_pt}  # draft 0.80: the name is 'meddra_pt'",
        "EXSTDTC": "{datetime: {date: dosedate, formats: [DD/MM/YYYY]}}  "
        "# draft to do: the name is 'dosedate'; the values are dates both as MM/DD/YYYY and as DD/MM/YYYY; "
        "taken with the day first, as adverse.start_dt",
        "EXDOSU": '{when: "EXDOSE >= 0", constant: mg}  # draft 0.80: the name of dose_mg says mg',
    }


def test_dates_of_both_kinds_in_one_export_leave_a_third_column_open(tmp_path: Path) -> None:
    ae = "SUBJID,AETERM,AESTDAT,AEENDAT,AELTDAT\n001,Cough,13/02/2024,02/14/2024,03/04/2024\n"
    made = draft(tmp_path, {"dm.csv": DM, "ae.csv": ae}) / "ae.yaml"
    assert line_of(made, "AESTDTC")[0].startswith(
        "AESTDTC:  {datetime: {date: AESTDAT, formats: [DD/MM/YYYY]}}  # draft 0.9"
    )
    assert "AELTDAT, formats: [MM/DD/YYYY]" in made.read_text()


def test_countries_become_their_three_letters(tmp_path: Path) -> None:
    dm = "SUBJID,SEX,RACE,COUNTRY\n001,M,White,DE\n002,F,Asian,Viet Nam\n003,F,Asian,Elsewhere\n"
    made = draft(tmp_path, {"dm.csv": dm}) / "dm.yaml"
    assert line_of(made, "COUNTRY") == [
        'COUNTRY:  {map: {value: COUNTRY, values: {DE: DEU, Elsewhere: "", Viet Nam: VNM}}}  '
        "# draft to do: the name is COUNTRY; no country of ISO 3166 is called 'Elsewhere': "
        "blank here, kept as collected in SUPP--"
    ]
    assert line_of(made, "COUNTRY2") == [
        "COUNTRY2: {copy: raw.COUNTRY, label: COUNTRY}  # draft 0.50: no variable of the standard is recognised"
    ]


def test_a_unit_that_may_be_two_is_to_do(tmp_path: Path) -> None:
    lb = "SUBJID,LBDAT,LBTEST,LBORRES,LBORRESU\n001,05-FEB-2024,WBC,5,G/l\n002,06-FEB-2024,HGB,13,g/dl\n"
    made = draft(tmp_path, {"dm.csv": DM, "lb.csv": lb}) / "lb.yaml"
    assert line_of(made, "LBORRESU")[0].partition("  # ")[2] == (
        "draft to do: the units of the form; terms of the study's own: G/l; "
        "'G/l' is ambiguous in UNIT: by upper and lower case it is g/L, 10^9/L"
    )
