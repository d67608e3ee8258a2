"""HOPE2021-Thal-AGC: PR, RP, DV, HO, FA, CO and prior therapy in CM, from one row each."""

from __future__ import annotations

import pandas as pd
from hope2021 import convert_subject, frame, raw


def _row(form: str, **items: str) -> pd.DataFrame:
    """A row of a form of 01-020 with these items; all others are blank."""
    template = raw()[form].head(1).reset_index(drop=True)
    keys = [
        "STUDYID",
        "COUNTRY",
        "SITENUM",
        "EGROUP",
        "EVENT",
        "EVENTEID",
        "EVENTDT",
        "ESEQ",
        "FORM",
        "FORMEID",
        "IGSEQ",
    ]
    made = {name: template[name].iloc[0] if name in keys else "" for name in template}
    return pd.DataFrame([{**made, "SUBJID": "01-020", "FSEQ": "1", **items}]).astype("str")


def _shown(data: pd.DataFrame, columns: str) -> list[list[str]]:
    return data[columns.split()].astype("str").to_numpy().tolist()


def test_each_by_hand() -> None:
    """01-020: consent 2023-02-22, first dose 2023-03-13."""
    made = convert_subject(
        "01-020",
        "CM PR RP DV HO FA CO",
        pct=_row("pct", PCTYPE="ADJ", PCTYPE_DEC="Adjuvant", PCREG="SOX", PCDRUG1="OXALIPLATIN", PCDRUG2="S-1",
                 PCSTDAT="UN-UNK-2020", PCENDAT="UN-JUN-2020"),
        pr=_row("pr", PRTYPE="PRIOR", PRTYPE_DEC="Before the study", PRTRT="全胃切除术", PRDECOD="GASTRECTOMY",
                PRINDC="Gastric cancer", PRLOC="STOMACH", PRSTDAT="UN-MAR-2020"),
        rp=_row("rp", RPDAT="22-FEB-2023", RPCHILD="N", RPCHILD_DEC="No", RPWHY="MENO", RPWHY_DEC="Postmenopausal"),
        dv=_row("dv", DVTERM="Thalidomide forgotten on 2 evenings", DVDECOD="DOSE", DVDECOD_DEC="Dosing error",
                DVCAT="MINOR", DVCAT_DEC="Minor", DVSTDAT="20-MAR-2023"),
        ho=_row("ho", HOTERM="ICU", HOTERM_DEC="Intensive care unit", HOAENO="3", HOSTDAT="01-APR-2023",
                HOENDAT="05-APR-2023", HOONGO="N", HOONGO_DEC="No"),
        ae=_row("ae", FSEQ="2", AEYN="Y", AETERM="numb fingers", AEPT="Peripheral sensory neuropathy",
                AESTDAT="14-APR-2023"),
        fa=_row("fa", FAAENO="2", FADAT="14-APR-2023", FACOLD="Y", FACOLD_DEC="Yes", FAHANDS="Y", FAHANDS_DEC="Yes",
                FAFEET="N", FAFEET_DEC="No"),
        co=_row("co", COAENO="3", CODAT="02-APR-2023", COVAL="x" * 120 + " " + "y" * 120),
    )  # fmt: skip
    prior = made["CM"].query('CMCAT == "PRIOR CANCER THERAPY"')
    assert _shown(prior, "CMTRT CMDECOD CMSCAT CMSTDTC CMENDTC EPOCH") == [
        ["OXALIPLATIN", "OXALIPLATIN", "ADJUVANT", "2020", "2020-06", ""],
        ["S-1", "S-1", "ADJUVANT", "2020", "2020-06", ""],
    ]
    assert _shown(made["PR"], "PRTRT PRDECOD PRCAT PRLOC PRSTDTC") == [
        ["全胃切除术", "GASTRECTOMY", "PRIOR CANCER SURGERY", "STOMACH", "2020-03"]
    ]
    assert _shown(made["RP"], "RPTESTCD RPTEST RPORRES RPSTRESC RPDTC") == [
        ["CHILDPOT", "Childbearing Potential", "N", "N", "2023-02-22"]
    ]
    assert _shown(made["DV"], "DVTERM DVDECOD DVCAT DVSTDTC DVSTDY EPOCH") == [
        ["Thalidomide forgotten on 2 evenings", "DOSING ERROR", "MINOR", "2023-03-20", "8.0", "INDUCTION TREATMENT"]
    ]
    assert _shown(made["HO"], "HOTERM HODECOD HOLNKID HOSTDTC HOENDTC") == [
        ["INTENSIVE CARE UNIT", "INTENSIVE CARE UNIT STAY", "3", "2023-04-01", "2023-04-05"]
    ]
    assert _shown(made["FA"], "FATESTCD FALOC FAOBJ FALNKID FASTRESC FADTC") == [
        ["COLDPROV", "", "Peripheral sensory neuropathy", "2", "Y", "2023-04-14"],
        ["OCCUR", "FOOT", "Peripheral sensory neuropathy", "2", "N", "2023-04-14"],
        ["OCCUR", "HAND", "Peripheral sensory neuropathy", "2", "Y", "2023-04-14"],
    ]
    assert _shown(made["CO"], "RDOMAIN IDVAR IDVARVAL COVAL COVAL1") == [["AE", "AESPID", "3", "x" * 120, "y" * 120]]


def test_details_are_tied_to_records_of_ae() -> None:
    events = set(zip(frame("AE")["USUBJID"], frame("AE")["AESPID"], strict=True))
    for name, column in (("HO", "HOLNKID"), ("FA", "FALNKID"), ("CO", "IDVARVAL")):
        data = frame(name)
        assert len(data) > 20
        assert set(zip(data["USUBJID"], data[column], strict=True)) <= events
    assert len(frame("DV")) == len(raw()["dv"])
    assert frame("RP").groupby("RPTESTCD").size().to_dict() == {
        "BCMETHOD": (raw()["rp"]["RPMETH"] != "").sum(),
        "CHILDPOT": (raw()["rp"]["RPCHILD"] != "").sum(),
    }
