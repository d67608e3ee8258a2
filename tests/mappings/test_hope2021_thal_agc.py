"""HOPE2021-Thal-AGC: the shipped mapping on a simulated export, and the laws its datasets have to keep."""

from __future__ import annotations

from functools import cache

import hope2021
import numpy as np
import pandas as pd
import pytest

from cdisc_conv.dataset import Dataset
from cdisc_conv.engine.account.lines import Account
from cdisc_conv.engine.convert import Conversion, convert_frames
from cdisc_conv.engine.describe.accounting import account_for
from cdisc_conv.engine.plan.graph import plan_study
from cdisc_conv.problems import Severity
from cdisc_conv.spec.lint.study import lint_study
from cdisc_conv.spec.model import Study

STUDY = "hope2021_thal_agc"
DESIGN = ["TA", "TD", "TE", "TI", "TS", "TV"]
DATASETS = [
    *(
        "DM",
        "CO",
        "SE",
        "SV",
        "CM",
        "EC",
        "EX",
        "PR",
        "AE",
        "DS",
        "DV",
        "HO",
        "DD",
        "FA",
        "IE",
        "EG",
        "LB",
        "MH",
        "MI",
        "GF",
        "PE",
        "QS",
        "RP",
        "RS",
        "SS",
        "TR",
    ),
    *("TU", "VS", "RELREC", *DESIGN),
]


@cache
def load() -> Study:
    study, problems = lint_study(STUDY)
    assert study is not None
    assert [str(problem) for problem in problems] == []
    return study


@cache
def raw() -> dict[str, pd.DataFrame]:
    return hope2021.simulate_forms(40)


@cache
def conversion() -> Conversion:
    study = load()
    return convert_frames(study, plan_study(study), raw(), {}, study.datasets_of("sdtm"))


@cache
def datasets() -> dict[str, Dataset]:
    return {dataset.name: dataset for dataset in conversion().datasets}


def frame(name: str) -> pd.DataFrame:
    return datasets()[name].frame


def test_the_mapping_passes_lint_without_a_finding() -> None:
    assert lint_study(STUDY)[1] == []


def test_all_datasets_are_made() -> None:
    made = [name for name in datasets() if not name.startswith("SUPP")]
    assert sorted(made) == sorted(DATASETS)
    assert {"SUPPAE", "SUPPCM", "SUPPDM", "SUPPDS", "SUPPEC", "SUPPMH", "SUPPRP", "SUPPRS", "SUPPTU", "SUPPDD"} == {
        n for n in datasets() if n.startswith("SUPP")
    }


def test_no_error_is_found_in_a_simulated_export() -> None:
    errors = [str(problem) for problem in conversion().problems if problem.severity is Severity.ERROR]
    assert errors == []


def test_every_raw_row_and_column_is_accounted_for() -> None:
    accounting = account_for(load(), conversion().facts)
    # With few subjects a block may have no records yet, such as that of lesions that split.
    assert [str(problem) for problem in accounting.problems if problem.code != "ACC007"] == []
    assert {problem.severity for problem in accounting.problems} <= {Severity.NOTE}
    for form, data in raw().items():
        of_rows = [line for line in accounting.lines if line.form == form and not line.field]
        for dataset in dict.fromkeys(line.dataset for line in of_rows):  # "" stands for the form as a whole
            rows = dict.fromkeys((line.account for line in of_rows if line.dataset == dataset), 0)
            for line in of_rows:
                if line.dataset == dataset:
                    rows[line.account] += line.rows
            assert rows.pop(Account.READ) == len(data) == sum(rows.values())
            looked_up = dataset or form == "lk"  # which has the laboratory's numbers of subjects, and no records
            assert rows.keys() <= {Account.USED, Account.EXCLUDED, *([Account.LOOKED_UP] if looked_up else [])}


def test_each_subject_has_one_record_in_dm() -> None:
    dm = frame("DM")
    assert dm["SUBJID"].tolist() == sorted(raw()["dm"]["SUBJID"])
    assert dm["USUBJID"].tolist() == [f"HOPE2021-Thal-AGC-{subject}" for subject in dm["SUBJID"]]


def test_first_and_last_exposure_are_those_of_ex() -> None:
    dm = frame("DM").set_index("USUBJID")
    doses = frame("EX").groupby("USUBJID")
    first, last = doses["EXSTDTC"].min(), doses["EXENDTC"].max()
    treated = dm[dm["RFXSTDTC"] != ""]
    assert treated.index.tolist() == sorted(first.index)
    assert (treated["RFXSTDTC"] == first.loc[treated.index]).all()
    assert (treated["RFXENDTC"] == last.loc[treated.index]).all()
    assert (treated["RFXSTDTC"].str[:10] == treated["RFSTDTC"].str[:10]).all()


def test_arms_follow_from_enrolment_and_treatment() -> None:
    dm, ie = frame("DM"), raw()["ie"]
    enrolled = dm["SUBJID"].isin(ie.loc[ie["ENRDAT"] != "", "SUBJID"])
    treated = dm["RFXSTDTC"] != ""
    assert (dm["ARMCD"] == np.where(enrolled, "XELOXTH", "")).all()
    assert (dm["ACTARMCD"] == np.where(treated, "XELOXTH", "")).all()
    expected = np.select([~enrolled, ~treated], ["SCREEN FAILURE", "ASSIGNED, NOT TREATED"], "")
    assert (dm["ARMNRS"] == expected).all()
    assert {"SCREEN FAILURE", ""} <= set(dm["ARMNRS"])


def test_deaths_by_the_disease_without_progression_on_scans_have_a_clinical_one() -> None:
    dd = raw()["dd"]
    clinical = dd[dd["DTHPROG"] == "CLIN"]
    rs = frame("RS").query('RSTESTCD == "SYMPTDTR"')
    assert rs["USUBJID"].tolist() == [f"HOPE2021-Thal-AGC-{subject}" for subject in clinical["SUBJID"]] != []
    assert rs["RSORRES"].tolist() == clinical["DTHPRSGN_DEC"].tolist()
    assert set(rs["RSSTRESC"]) == {"Y"}
    assert (
        rs["RSDTC"].tolist() == pd.to_datetime(clinical["DTHPRDAT"], format="%d-%b-%Y").dt.strftime("%Y-%m-%d").tolist()
    )


def test_deaths_agree_everywhere() -> None:
    dm, ds = frame("DM"), frame("DS")
    dead = dm[dm["DTHFL"] == "Y"].set_index("USUBJID")["DTHDTC"]
    reported = ds[(ds["DSSCAT"] == "STUDY PARTICIPATION") & (ds["DSDECOD"] == "DEATH")].set_index("USUBJID")["DSSTDTC"]
    assert len(dead) and reported.to_dict() == dead.to_dict()
    assert set(frame("DD")["USUBJID"]) == set(dead.index)
    fatal = set(frame("AE").loc[frame("AE")["AEOUT"] == "FATAL", "USUBJID"])
    assert fatal <= set(dead.index)


def test_everybody_consents_and_ends_the_study_once() -> None:
    ds, dm = frame("DS"), frame("DM")
    ended = ds[ds["DSSCAT"] == "STUDY PARTICIPATION"]
    assert sorted(ended["USUBJID"]) == dm["USUBJID"].tolist()
    consent = ds[ds["DSDECOD"] == "INFORMED CONSENT OBTAINED"].groupby("USUBJID")["DSSTDTC"].min()
    assert (dm.set_index("USUBJID")["RFICDTC"] == consent).all()


def test_a_dose_interval_ends_where_the_dose_changes() -> None:
    ex = frame("EX").query('EXTRT == "THALIDOMIDE"').sort_values(["USUBJID", "EXSTDTC"])
    following = ex.groupby("USUBJID").shift(-1)
    # An interval of which a date is partial stays alone.
    known = ex["EXSTDTC"].str.len().eq(10) & ex["EXENDTC"].str.len().eq(10)
    known &= following["EXSTDTC"].fillna("").str.len().eq(10)
    gap = pd.to_datetime(following["EXSTDTC"][known]) - pd.to_datetime(ex["EXENDTC"][known])
    adjoin = gap <= pd.Timedelta(days=1)
    same = (following["EXDOSE"][known] == ex["EXDOSE"][known]) & (following["EPOCH"][known] == ex["EPOCH"][known])
    same &= following["EXADJ"][known] == ex["EXADJ"][known]
    assert not (adjoin & same).any()
    assert len(ex) < (raw()["exth"]["EXOCCUR"] == "Y").sum()


def test_elements_follow_each_other() -> None:
    se = frame("SE")
    following = se.groupby("USUBJID")[["SESTDTC", "TAETORD"]].shift(-1)
    inner = following["SESTDTC"].notna()
    assert (se["SEENDTC"][inner] == following["SESTDTC"][inner]).all()
    assert (se["TAETORD"][inner] < following["TAETORD"][inner]).all()
    ends = se[~inner].set_index("USUBJID")["SEENDTC"]
    assert ends.to_dict() == frame("DM").set_index("USUBJID")["RFPENDTC"].to_dict()


def test_doses_lie_in_the_treatment_epochs() -> None:
    ex = frame("EX")
    assert set(ex["EPOCH"]) - {""} == {"INDUCTION TREATMENT", "CONTINUATION TREATMENT"}
    assert set(ex.loc[ex["EPOCH"] == "CONTINUATION TREATMENT", "EXTRT"]) == {"THALIDOMIDE"}


def test_long_terms_go_on_in_supplemental_qualifiers() -> None:
    ae, supp = frame("AE"), frame("SUPPAE")
    rest = supp[supp["QNAM"] == "AETERM1"].set_index(["USUBJID", "IDVARVAL"])["QVAL"]
    assert len(rest)
    joined = [f"{row.AETERM} {rest.get((row.USUBJID, f'{row.AESEQ:g}'), '')}".strip() for row in ae.itertuples()]
    typed = raw()["ae"]["AETERM"]
    assert sorted(joined) == sorted(typed[typed != ""].str.strip())
    assert ae["AETERM"].str.encode("utf-8").str.len().max() <= 200


def test_missed_doses_are_in_ec_and_not_in_ex() -> None:
    ec = frame("EC")
    missed = ec[ec["ECOCCUR"] == "N"]
    assert len(missed) == sum((raw()[form]["EXOCCUR"] == "N").sum() for form in ("exox", "exca", "exth"))
    assert missed["ECDOSE"].isna().all()
    assert frame("EX")["EXDOSE"].gt(0).all()


def test_actions_with_several_drugs() -> None:
    ae, supp = frame("AE"), frame("SUPPAE")
    actions = supp[supp["QNAM"].str.startswith("AEACN")].assign(AESEQ=lambda data: data["IDVARVAL"].astype(float))
    actions = actions[actions["QVAL"] != "NOT APPLICABLE"]
    distinct = actions.groupby(["USUBJID", "AESEQ"])["QVAL"].agg(lambda values: sorted(set(values)))
    for row in ae.itertuples():
        said = distinct.get((row.USUBJID, row.AESEQ), [])
        assert ("NOT APPLICABLE" if not said else said[0] if len(said) == 1 else "MULTIPLE") == row.AEACN
    assert "MULTIPLE" in set(ae["AEACN"])


def test_the_closest_relationship_to_any_drug_counts() -> None:
    ae, supp = frame("AE"), frame("SUPPAE")
    ranks = ["NOT RELATED", "UNLIKELY RELATED", "POSSIBLY RELATED", "PROBABLY RELATED", "DEFINITELY RELATED"]
    related = supp[supp["QNAM"].str.startswith("AEREL")]
    closest = related["QVAL"].map(ranks.index).groupby([related["USUBJID"], related["IDVARVAL"].astype(float)]).max()
    assert [ranks.index(value) for value in ae["AEREL"]] == [closest[row.USUBJID, row.AESEQ] for row in ae.itertuples()]


def test_every_measured_lesion_was_identified() -> None:
    tu, tr = frame("TU"), frame("TR")
    identified = set(zip(tu["USUBJID"], tu["TULNKID"], strict=True))
    measured = tr[tr["TRLNKID"] != ""]
    assert set(zip(measured["USUBJID"], measured["TRLNKID"], strict=True)) <= identified
    assert len(identified) == len(tu)


def test_every_response_has_measurements_in_its_group() -> None:
    rs, tr = frame("RS"), frame("TR")
    recist = rs[(rs["RSCAT"] == "RECIST 1.1") & (rs["RSTESTCD"] != "ADJREAD")]
    assert (recist["RSLNKGRP"] != "").all() and (rs.loc[rs["RSCAT"] == "ECOG", "RSLNKGRP"] == "").all()
    groups = set(zip(tr["USUBJID"], tr["TRLNKGRP"], strict=True))
    assert set(zip(recist["USUBJID"], recist["RSLNKGRP"], strict=True)) <= groups


def test_the_sum_of_diameters_is_the_sum_of_the_measurements() -> None:
    tr = frame("TR")
    targets = tr[tr["TRTESTCD"].isin(["LDIAM", "LPERP"])]
    by = ["USUBJID", "TRLNKGRP"]
    total = targets.groupby(by)["TRSTRESN"].sum()
    collected = tr[tr["TRTESTCD"] == "SUMDIAM"].set_index(by)["TRSTRESN"]
    assert len(collected) and (total.loc[collected.index] == collected).all()


def test_a_lesion_too_small_to_measure_counts_five_millimetres() -> None:
    tr = frame("TR")
    small = tr[tr["TRORRES"] == "TOO SMALL TO MEASURE"]
    assert len(small) and small["TRSTRESN"].eq(5).all() and small["TRSTRESU"].eq("mm").all()


def test_what_was_not_done_has_a_reason_and_no_result() -> None:
    for name in ("VS", "TR", "RS"):
        data = frame(name)
        undone = data[data[f"{name}STAT"] == "NOT DONE"]
        assert len(undone) and (undone[f"{name}REASND"] != "").all()
        assert (undone[f"{name}ORRES"] == "").all() and (undone[f"{name}STRESC"] == "").all()


def test_a_baseline_flag_is_on_the_last_record_before_the_first_dose() -> None:
    vs, dm = frame("VS"), frame("DM").set_index("USUBJID")
    flagged = vs[vs["VSLOBXFL"] == "Y"]
    assert not flagged.duplicated(["USUBJID", "VSTESTCD"]).any()
    assert (flagged["VSDTC"].str[:10] <= dm["RFXSTDTC"].str[:10].loc[flagged["USUBJID"]].to_numpy()).all()


@pytest.mark.parametrize("name", [name for name in DATASETS if name not in (*DESIGN, "DM", "SV", "RELREC")])
def test_sequence_numbers_are_unique_in_the_subject(name: str) -> None:
    data = frame(name)
    assert not data.duplicated(["USUBJID", f"{name}SEQ"]).any()
    assert data.groupby("USUBJID")[f"{name}SEQ"].max().sum() == len(data)


def test_every_qualifier_has_its_parent() -> None:
    for name, dataset in datasets().items():
        if not name.startswith("SUPP"):
            continue
        data = dataset.frame
        parent = frame(name[4:])
        if (data["IDVAR"] == "").all():
            assert set(data["USUBJID"]) <= set(parent["USUBJID"])
            continue
        keys = set(zip(parent["USUBJID"], parent[f"{name[4:]}SEQ"].map(lambda number: f"{number:g}"), strict=True))
        assert set(zip(data["USUBJID"], data["IDVARVAL"], strict=True)) <= keys


def test_an_unscheduled_visit_has_one_number_in_all_datasets() -> None:
    sv = frame("SV").set_index(["USUBJID", "VISITNUM"])["VISIT"]
    assert sv.index.is_unique
    for name in ("VS", "TU", "TR", "RS"):
        data = frame(name)
        data = data[data["VISIT"] != ""]  # the adjudicator's choice is of no visit
        visits = data[["USUBJID", "VISITNUM", "VISIT"]].drop_duplicates()
        known = sv.reindex(pd.MultiIndex.from_frame(visits[["USUBJID", "VISITNUM"]]))
        assert known.to_list() == visits["VISIT"].to_list(), name


def test_relrec_ties_lesions_and_responses() -> None:
    relrec = frame("RELREC").query('RELID in ("TRRS", "TUTR")')
    assert relrec[["RDOMAIN", "IDVAR", "RELTYPE", "RELID"]].to_numpy().tolist() == [
        ["RS", "RSLNKGRP", "MANY", "TRRS"],
        ["TR", "TRLNKGRP", "MANY", "TRRS"],
        ["TR", "TRLNKID", "MANY", "TUTR"],
        ["TU", "TULNKID", "ONE", "TUTR"],
    ]


def test_a_study_day_stays_beside_its_date() -> None:
    """Screen failures have no day 1, so that all study days of IE are missing; the variable is there all the same."""
    assert frame("IE")["IEDY"].isna().all() and (frame("IE")["IEDTC"] != "").all()
