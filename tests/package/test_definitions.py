"""define.xml of a tiny study says what is true: each thing that it names is there, or explained."""

# ruff: noqa: E501 (texts stand whole)

from __future__ import annotations

import pytest
from lxml import etree
from studies import AE as TINY_AE
from studies import edit, write_files, write_tiny_raw, write_tiny_study

from cdisc_conv.package.run import run_study

ODM, DEF = "{http://www.cdisc.org/ns/odm/v1.3}", "{http://www.cdisc.org/ns/def/v2.1}"
VS = """\
dataset: VS
keys: [STUDYID, USUBJID, VSTESTCD, VISITDY]
records:
  - form: ae
    where: AEYN == "Y"
    for_each:
      - {VSTESTCD: LIVSPAN, VSTEST: Span of the Liver, RESULT: raw.AENOTE}
      - {VSTESTCD: WEIGHT, VSTEST: Weight, RESULT: raw.AETERM}
variables:
  VSORRES: {copy: RESULT}
  VISITDY: {constant: 15}
"""
ADSL = """\
dataset: ADSL
keys: [STUDYID, USUBJID]
records: [{from: DM}]
predecessors:
  DM: [SUBJID, SITEID, AGE, AGEU, SEX, RACE, ARM]
working:
  EOS2DT: {expr: TRTSDT + 10}
variables:
  TRT01P:  {copy: ARM}
  TRT01PN: {map: {value: TRT01P, values: {Treatment: 1}}}
  TRTSDT:  {numeric_date: RFSTDTC}
  SAFFL:   {cases: [{when: 'RFSTDTC != ""', constant: Y}, {constant: N}]}
"""
ADAE = """\
dataset: ADAE
label: Adverse Event Analysis Dataset
class: OCCURRENCE DATA STRUCTURE
subclass: ADVERSE EVENT
structure: One record per adverse event
keys: [STUDYID, USUBJID, AESEQ]
records: [{from: AE}]
predecessors:
  ADSL: [TRTSDT]
  AE: [AESEQ, AETERM, AEDECOD, AENOTE, AESPID]
working:
  LASTCYC: {expr: ADSL.TRTSDT + 21}
variables:
  TRTP:    {predecessor: ADSL.TRT01P}
  ASTDT:   {numeric_date: {date: AE.AESTDTC, impute: day}}
  EVDURN:  {duration: {from: TRTSDT, to: ASTDT}, label: Duration Until Event (N)}
  EOS2DT:  {predecessor: ADSL.EOS2DT, label: Copy of What No Dataset Holds}
  LIMITDT: {expr: LASTCYC + 20, label: Last Day}
  AFTERFL: {cases: [{when: 'ASTDT > ADSL.EOS2DT', constant: Y}, {constant: ""}], label: After It}
  NOTEFL:  {cases: [{when: 'AE.AENOTE != ""', constant: Y}, {constant: ""}], label: With a Remark}
  SAFEFL:  {cases: [{when: 'ADSL.SAFFL == "Y"', constant: Y}, {constant: ""}], label: Treated}
"""
ADNN = """\
dataset: ADNN
label: Numbers of Adverse Events
class: BASIC DATA STRUCTURE
structure: One record per subject per parameter
keys: [STUDYID, USUBJID, PARAMCD]
records:
  - from: ADSL
    where: SAFFL == "Y" and EOS2DT > 0
    set: {PARAMCD: {constant: NAE}, PARAM: {constant: Number of Events}, AVAL: {count: {of: AE.AESEQ}}}
  - from: self
    where: PARAMCD == "NAE"
    set: {PARAMCD: {constant: TWICE}, PARAM: {constant: Twice the Number}, AVAL: {expr: raw.AVAL * 2}}
"""
AE = TINY_AE.replace("variables:\n", "variables:\n  AESPID:   {constant: ''}\n", 1)
FILES = {"sdtm/ae.yaml": AE, "sdtm/vs.yaml": VS, "adam/adsl.yaml": ADSL, "adam/adae.yaml": ADAE, "adam/adnn.yaml": ADNN}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    study, raw = write_tiny_study(folder), write_tiny_raw(folder)
    write_files(study, FILES)
    edit(raw / "ae.csv", "001,Log,Y,Nausea,07-JAN-2022,N,", "001,Log,Y,Nausea,07-JAN-2022,N,12 cm")
    run_study(study, raw, folder / "all")
    run_study(study, raw, folder / "one", ["ADAE", "ADNN"])
    return folder


@pytest.fixture(scope="module")
def read(folder):
    """Label, length, codelist, origin, method and comment of a variable."""

    def find(package: str, dataset: str, name: str) -> dict[str, object]:
        part = "adam" if dataset.startswith("AD") else "sdtm"
        root = etree.parse(folder / package / part / "define.xml").getroot()
        texts = {
            one.get("OID"): " ".join("".join(one.itertext()).split())
            for tag in (f"{ODM}MethodDef", f"{DEF}CommentDef")
            for one in root.iter(tag)
        }
        oid = f"IT.{dataset}.{name}"
        (item,) = [one for one in root.iter(f"{ODM}ItemDef") if one.get("OID") == oid]
        (ref,) = [one for one in root.iter(f"{ODM}ItemRef") if one.get("ItemOID") == oid]
        codelist = item.find(f"{ODM}CodeListRef")
        lists = {one.get("OID"): one for one in root.iter(f"{ODM}CodeList")}
        terms = (
            []
            if codelist is None
            else list(lists[codelist.get("CodeListOID")].iter(f"{ODM}CodeListItem", f"{ODM}EnumeratedItem"))
        )
        origin = item.find(f"{DEF}Origin")
        return {
            "label": item.findtext(f"{ODM}Description/{ODM}TranslatedText"),
            "length": item.get("Length"),
            "terms": {one.get("CodedValue"): one.findtext(f"{ODM}Decode/{ODM}TranslatedText") for one in terms},
            "origin": "" if origin is None else f"{origin.get('Type')} {' '.join(origin.itertext()).strip()}".strip(),
            "method": texts.get(ref.get("MethodOID"), ""),
            "type": {one.get("OID"): one.get("Type") for one in root.iter(f"{ODM}MethodDef")}.get(ref.get("MethodOID")),
            "comment": texts.get(item.get(f"{DEF}CommentOID"), ""),
        }

    return find


def test_what_comes_from_the_design_has_origin_protocol(read):
    assert [
        read("all", dataset, name)["origin"] for dataset, name in (("DM", "ARM"), ("DM", "ARMCD"), ("VS", "VISITDY"))
    ] == ["Protocol"] * 3
    assert read("all", "DM", "ACTARM")["origin"] == "Assigned"


def test_own_test_codes_are_decoded_by_their_names(read):
    assert read("all", "VS", "VSTESTCD")["terms"] == {"LIVSPAN": "Span of the Liver", "WEIGHT": "Weight"}


def test_companions_have_labels(read):
    assert [read("all", "ADAE", name)["label"] for name in ("EVDURN", "EVDURU", "ASTDTF")] == [
        "Duration Until Event (N)",
        "Duration Until Event Units",
        "Analysis Start Date Imputation Flag",
    ]


def test_what_fills_in_unknown_parts_of_a_date_is_an_imputation(read):
    assert [read("all", "ADAE", name)["type"] for name in ("ASTDT", "EVDURN")] == ["Imputation", "Computation"]


def test_the_codelist_of_a_predecessor_comes_along(read):
    assert read("all", "ADAE", "TRTP")["terms"] == read("all", "ADSL", "TRT01P")["terms"] == {"Treatment": None}


def test_working_values_of_another_dataset_are_explained(read):
    copied, flag = read("all", "ADAE", "EOS2DT"), read("all", "ADAE", "AFTERFL")
    explained = "[EOS2DT, a working value: 10 days after ADSL.TRTSDT.]"
    assert (copied["origin"], copied["method"]) == ("Derived", f"The value of EOS2DT. {explained}")
    assert flag["method"] == f"Where ADAE.ASTDT is greater than EOS2DT: Set to Y. Otherwise: Left blank. {explained}"


def test_days_are_said_in_words(read):
    assert read("all", "ADAE", "LIMITDT")["method"] == (
        "20 days after LASTCYC. [LASTCYC, a working value: 21 days after ADSL.TRTSDT.]"
    )


def test_qualifiers_are_named_by_the_dataset_that_holds_them(read):
    assert (
        read("all", "ADAE", "NOTEFL")["method"]
        == "Where AENOTE in SUPPAE is not missing: Set to Y. Otherwise: Left blank."
    )
    assert read("all", "ADAE", "AENOTE")["origin"] == "Predecessor SUPPAE.QVAL where QNAM is AENOTE"


def test_variables_of_datasets_that_the_package_does_not_hold_are_explained(read):
    saffl = "[ADSL.SAFFL, of a dataset that is not in the package: Where DM.RFSTDTC is not missing: Set to Y. Otherwise: Set to N.]"
    assert (
        read("one", "ADAE", "SAFEFL")["method"]
        == f"Where ADSL.SAFFL equals Y: Set to Y. Otherwise: Left blank. {saffl}"
    )
    start = read("one", "ADAE", "TRTSDT")
    assert (start["origin"], start["comment"]) == (
        "Predecessor ADSL.TRTSDT",
        "[ADSL.TRTSDT, of a dataset that is not in the package: The date of DM.RFSTDTC as a SAS date (days since 1960-01-01). "
        "No part of the date is imputed: missing where DM.RFSTDTC is missing or lacks its day or month.]",
    )
    assert read("all", "ADAE", "TRTSDT")["comment"] == ""


def test_a_predecessor_that_is_empty_and_left_out_is_not_named(read):
    found = read("all", "ADAE", "AESPID")
    assert (found["origin"], found["comment"]) == (
        "Not Available",
        "The variable that it is taken over from has no value and is left out.",
    )


def test_records_of_a_parameter_name_only_what_is_there_or_explained(read):
    working = "[EOS2DT, a working value: 10 days after ADSL.TRTSDT.]"
    count = "The number of values of AE.AESEQ over all records whose USUBJID is the same. Missing values are not counted; 0 where there is none."
    where = "Records of ADSL where ADSL.SAFFL equals Y and EOS2DT is greater than 0."
    assert read("all", "ADNN", "AVAL.PARAMCD.EQ.NAE")["method"] == f"{where} {working} {count}"
    method = str(read("one", "ADNN", "AVAL.PARAMCD.EQ.NAE")["method"])
    assert method.startswith(f"{where} [ADSL.SAFFL, of a dataset that is not in the package: ")
