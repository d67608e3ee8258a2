"""Every kind of untidiness is there in what the command of the documentation writes (106 subjects, seed 1)."""

from __future__ import annotations

import pandas as pd


def test_partial_dates(raw):
    start = raw["ae"]["AESTDAT"]
    assert start.str.fullmatch(r"UN-UNK-20\d\d").any()
    assert start.str.fullmatch(r"UN-[A-TV-Z][A-Z]{2}-20\d\d").any()
    assert raw["ae"]["AEENDAT"].str.startswith("UN-").any()
    assert raw["dm"]["BRTHDAT"].str.startswith("UN-").any()
    assert raw["dd"]["DTHDAT"].str.startswith("UN-").any()
    assert raw["sfu"]["SFUALIVE"].str.startswith("UN-").any()
    assert raw["sfu"]["SFUTRDAT"].str.startswith("UN-").any()


def test_every_date_is_complete_partial_or_blank(raw):
    date = r"((\d\d|UN)-[A-Z]{3}|UN-UNK)-(19|20)\d\d|"
    for form, frame in raw.items():
        for column in frame.columns[frame.columns.str.endswith(("DAT", "DT"))]:
            assert frame[column].str.fullmatch(date).all(), (form, column)


def test_first_dose_is_never_partial(many):
    for form in ("exox", "exca", "exth"):
        assert not many[form].query("EVENTEID == 'C1D1'")["EXSTDAT"].str.startswith("UN-").any()


def test_partial_dose_dates(raw):
    assert raw["exth"]["EXSTDAT"].str.startswith("UN-").any()


def test_unscheduled_visits(raw):
    for form in ("vs", "ecog", "tl", "rs"):
        assert (raw[form]["EVENTEID"] == "UNS").any(), form
    assert raw["vs"].query("EVENTEID == 'UNS'")["ESEQ"].max() >= "2"


def test_unscheduled_events_are_numbered_by_date(many, read_dates):
    parts = [
        many[form].query("EVENTEID == 'UNS'")[["SUBJID", "ESEQ", "EVENTDT"]] for form in ("vs", "ecog", "tl", "rs")
    ]
    events = pd.concat(parts).drop_duplicates()
    assert not events.duplicated(["SUBJID", "ESEQ"]).any()
    events = events.assign(day=read_dates(events["EVENTDT"]), number=events["ESEQ"].astype(int))
    ordered = events.sort_values(["SUBJID", "number"])
    assert (ordered.groupby("SUBJID")["day"].diff().dropna().dt.days >= 0).all()


def test_one_event_has_one_date(many):
    parts = [frame[["SUBJID", "EVENTEID", "ESEQ", "EVENTDT"]] for name, frame in many.items() if name != "lb"]
    events = pd.concat(parts).query("EVENTDT != ''").drop_duplicates()
    assert not events.duplicated(["SUBJID", "EVENTEID", "ESEQ"]).any()


def test_states_of_target_lesions(raw):
    assert set(raw["tl"]["TLSTATE"]) == {"MEASURED", "SMALL", "NOTASSESSED", "MERGED", "SPLIT", ""}
    small = raw["tl"].query("TLSTATE == 'SMALL'")
    assert set(small["TLLDIAM"].where(small["TLLDIAM"] != "", small["TLSAXIS"])) == {"5"}


def test_merged_and_split_lesions_point_at_lesions(many):
    lesions = many["tl"].assign(TLID=many["tl"]["TLID"].str.upper())
    merged = lesions.query("TLSTATE == 'MERGED'")
    assert set(merged["TLID"]) == {"T02"}
    assert set(merged["TLMERGE"].str.upper()) == {"T01"}
    parts = lesions.query("TLSPLIT != ''")
    assert set(parts["TLID"]) == {"T01.1", "T01.2"}
    assert set(parts["TLSPLIT"]) == {"T01"}
    gone = parts.merge(lesions.query("TLID == 'T01' and TLSTATE != 'SPLIT'"), on=["SUBJID", "EVENTEID", "ESEQ"])
    assert gone.empty


def test_lesions_not_assessed_have_a_reason_and_no_diameter(raw):
    lesions = raw["tl"].query("TLSTATE == 'NOTASSESSED'")
    assert (lesions["TLREASNA"] != "").all()
    assert (lesions[["TLLDIAM", "TLSAXIS"]] == "").all(axis=None)
    assert (raw["ntl"]["NTLSTATE"] == "NOTASSESSED").any()


def test_forms_not_done(raw):
    for form, asked, reason in (
        ("vs", "VSYN", "VSND"),
        ("ecog", "ECOGYN", "ECOGND"),
        ("tl", "TLYN", "TLND"),
        ("rs", "RSYN", "RSND"),
    ):
        not_done = raw[form][raw[form][asked] == "N"]
        assert len(not_done), form
        assert (not_done[reason] != "").all()
    assert (raw["sfu"]["SFUYN"] == "N").any()


def test_stray_blanks_and_case(raw):
    terms = raw["ae"]["AETERM"]
    assert terms.str.startswith(" ").any()
    assert terms.str.endswith(" ").any()
    assert terms.str.contains("[^ ]  [^ ]").any()
    ctcae = raw["ae"]["AECTCTRM"]
    assert (ctcae != ctcae.str.capitalize()).any()


def test_lesion_numbers_in_small_letters(raw):
    assert (raw["tl"]["TLID"] != raw["tl"]["TLID"].str.upper()).any()


def test_long_verbatim_terms(raw):
    long = raw["ae"]["AETERM"].str.len() > 200
    assert 1 <= long.sum() <= 40


def test_letters_beyond_ascii(raw):
    assert (~raw["ic"]["ICSITE"].map(str.isascii)).all()
    typed = "".join(raw["ae"]["AETERM"])
    for letter in "éµ≥恶":
        assert letter in typed


def test_events_that_start_before_consent(raw, read_dates):
    events = raw["ae"].query("AEYN == 'Y'")
    first = raw["ic"].query("ICTYPE == 'INIT'").set_index("SUBJID")["ICDAT"]
    early = read_dates(events["AESTDAT"]) < events["SUBJID"].map(read_dates(first))
    assert 1 <= early.sum() <= 50


def test_height_in_metres(raw):
    height = raw["vs"].query("HEIGHTU == 'M'")["HEIGHT"].astype(float)
    assert height.between(1.4, 1.9).all()
    assert len(height)


def test_subjects_without_any_event_say_so(many):
    none = many["ae"].query("AEYN == 'N'")
    assert len(none)
    assert (none["AETERM"] == "").all()
    assert none["SUBJID"].is_unique


def test_consent_to_later_versions(raw):
    again = raw["ic"].query("ICTYPE == 'RE'")
    assert set(again["ICVERS"]) == {"V2.0", "V2.1"}
    assert (again["FSEQ"].astype(int) >= 2).all()
