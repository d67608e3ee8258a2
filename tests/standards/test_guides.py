"""SDTMIG 3.4 and ADaMIG 1.3: what the guides say of datasets and variables."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.standards import Standard, UnknownStandardError, VariableStandard, load_standard, load_terminology

SDTM = load_standard("sdtmig", "3.4")
ADAM = load_standard("adamig", "1.3")


def test_datasets_stand_in_the_order_of_define_xml() -> None:
    assert " ".join(SDTM.datasets) == (
        "TA TD TE TI TM TS TV CO DM SE SM SV AG CM EC EX ML PR SU AE BE CE DS DV HO MH "
        "BS CP CV DA DD EG FT GF IE IS LB MB MI MK MS NV OE PC PE PP QS RE RP RS SC SS TR TU UR VS "
        "FA SR RELREC RELSPEC RELSUB SUPPQUAL OI"
    )


def test_the_guide_has_all_its_variables() -> None:
    assert sum(len(dataset.variables) for dataset in SDTM.datasets.values()) == 1917


@pytest.mark.parametrize(
    ("dataset", "variable", "expected"),
    [
        ("DM", "SEX", VariableStandard("SEX", "Sex", False, "Record Qualifier", "Req", ("C66731",), order=21)),
        ("DM", "AGE", VariableStandard("AGE", "Age", True, "Record Qualifier", "Exp", order=19)),
        (
            "AE",
            "AETERM",
            VariableStandard("AETERM", "Reported Term for the Adverse Event", False, "Topic", "Req", order=9),
        ),
        (
            "AE",
            "AEDECOD",
            VariableStandard(
                "AEDECOD", "Dictionary-Derived Term", False, "Synonym Qualifier", "Req", (), "MedDRA", order=13
            ),
        ),
        (
            "AE",
            "AESTDTC",
            VariableStandard(
                "AESTDTC",
                "Start Date/Time of Adverse Event",
                False,
                "Timing",
                "Exp",
                (),
                "ISO 8601 datetime or interval",
                order=53,
            ),
        ),
        (
            "DS",
            "DSDECOD",
            VariableStandard(
                "DSDECOD",
                "Standardized Disposition Term",
                False,
                "Synonym Qualifier",
                "Req",
                ("C66727", "C114118", "C150811"),
                order=9,
            ),
        ),
        (
            "VS",
            "VSSTRESN",
            VariableStandard(
                "VSSTRESN", "Numeric Result/Finding in Standard Units", True, "Result Qualifier", "Exp", order=15
            ),
        ),
        ("EX", "EXTRT", VariableStandard("EXTRT", "Name of Treatment", False, "Topic", "Req", order=10)),
        ("TR", "TRLNKID", VariableStandard("TRLNKID", "Link ID", False, "Identifier", "Exp", order=8)),
        (
            "RS",
            "RSTESTCD",
            VariableStandard("RSTESTCD", "Assessment Short Name", False, "Topic", "Req", ("C96782",), order=10),
        ),
        (
            "RELREC",
            "RELID",
            VariableStandard("RELID", "Relationship Identifier", False, "Record Qualifier", "Req", order=7),
        ),
        ("TS", "TSSEQ", VariableStandard("TSSEQ", "Sequence Number", True, "Identifier", "Req", order=3)),
    ],
)
def test_variable(dataset: str, variable: str, expected: VariableStandard) -> None:
    assert SDTM.dataset(dataset).variable(variable) == expected


@pytest.mark.parametrize(
    ("name", "label", "class_name", "keys", "repeating", "reference_data"),
    [
        ("DM", "Demographics", "SPECIAL PURPOSE", "STUDYID USUBJID", False, False),
        ("AE", "Adverse Events", "EVENTS", "STUDYID USUBJID AEDECOD AESTDTC AETERM", True, False),
        ("TA", "Trial Arms", "TRIAL DESIGN", "STUDYID ARMCD TAETORD", False, True),
        ("OI", "Non-host Organism Identifiers", "STUDY REFERENCE", "STUDYID NHOID OISEQ", False, True),
        ("RELREC", "Related Records", "RELATIONSHIP", "STUDYID RDOMAIN USUBJID IDVAR IDVARVAL RELID", True, False),
    ],
)
def test_dataset(name: str, label: str, class_name: str, keys: str, repeating: bool, reference_data: bool) -> None:
    dataset = SDTM.dataset(name)
    assert (dataset.label, dataset.class_name, " ".join(dataset.keys)) == (label, class_name, keys)
    assert (dataset.repeating, dataset.reference_data) == (repeating, reference_data)


@pytest.mark.parametrize("standard", [SDTM, ADAM], ids=lambda standard: standard.name)
def test_keys_are_variables_of_their_dataset(standard: Standard) -> None:
    strays = {name: set(dataset.keys) - set(dataset.names) for name, dataset in standard.datasets.items()}
    assert {name: stray for name, stray in strays.items() if stray} == {}


def test_classes_are_spelt_as_define_xml_spells_them() -> None:
    known = load_terminology("define-xml", "2025-03-28").codelist("GNRLOBSC").values
    datasets = [*SDTM.datasets.values(), *ADAM.datasets.values()]
    assert {dataset.class_name for dataset in datasets} <= known


def test_labels_fit_into_a_transport_file() -> None:
    labels = [variable.label for dataset in SDTM.datasets.values() for variable in dataset.variables]
    assert [label for label in labels if len(label.encode()) > 40] == []


def test_every_codelist_is_in_the_terminology_but_one_that_was_retired() -> None:
    terminology = load_terminology("sdtm", "2025-03-28")
    missing = {
        (variable.name, code)
        for dataset in SDTM.datasets.values()
        for variable in dataset.variables
        for code in variable.codelists
        if code not in terminology
    }
    assert missing == {("MSRESCAT", "C85495")}


def test_model_variables() -> None:
    found = SDTM.model_variable("AE", "AEDTC")
    assert found is not None
    assert (found.label, found.numeric, found.role, found.core, found.described) == (
        "Date/Time of Collection",
        False,
        "Timing",
        "Perm",
        "ISO 8601 datetime or interval",
    )
    assert SDTM.model_variable("EX", "VISITNUM") == VariableStandard(
        "VISITNUM", "Visit Number", True, "Timing", "Perm", order=54
    )
    assert getattr(SDTM.model_variable("AE", "AESTRF"), "codelists", None) == ("C66728",)


@pytest.mark.parametrize(
    ("dataset", "variable"),
    [
        ("AE", "AETERM"),  # listed by the guide
        ("AE", "AESTAT"),  # not in AE
        ("CE", "CESINTV"),  # AE only
        ("VS", "VSSTDTC"),  # not in findings
        ("VS", "VSEXCLFL"),  # not in human trials
        ("QS", "QSEVAL"),  # not in QS
        ("DM", "DMGRPID"),  # special purpose datasets take none
        ("AE", "AEXYZ"),
    ],
)
def test_no_model_variable(dataset: str, variable: str) -> None:
    assert SDTM.model_variable(dataset, variable) is None


def test_order_puts_model_variables_where_the_model_has_them() -> None:
    names = ["AEDTC", "AESTDTC", "VISITNUM", "AETERM", "AELNKID", "AESPID", "EPOCH", "STUDYID", "MADEUP"]
    assert " ".join(SDTM.order("AE", names)) == ("STUDYID AESPID AELNKID AETERM VISITNUM EPOCH AEDTC AESTDTC MADEUP")


@given(st.data())
def test_order_is_a_permutation_that_keeps_the_order_of_the_guide(data: st.DataObject) -> None:
    dataset = SDTM.dataset(data.draw(st.sampled_from(sorted(SDTM.datasets))))
    names = data.draw(st.lists(st.sampled_from(SDTM.names(dataset)), unique=True))
    ordered = SDTM.order(dataset, names)
    assert sorted(ordered) == sorted(names)
    listed = [dataset.names.index(name) for name in ordered if name in dataset.names]
    assert listed == sorted(listed)
    assert SDTM.order(dataset, reversed(ordered)) == ordered


def test_supplemental_qualifiers_of_a_parent() -> None:
    found = SDTM.supplemental("AE")
    assert (found.name, found.label, found.class_name) == ("SUPPAE", "Supplemental Qualifiers for AE", "RELATIONSHIP")
    assert " ".join(found.names) == "STUDYID RDOMAIN USUBJID IDVAR IDVARVAL QNAM QLABEL QVAL QORIG QEVAL"
    assert " ".join(found.keys) == "STUDYID RDOMAIN USUBJID IDVAR IDVARVAL QNAM"


def test_custom_dataset() -> None:
    found = SDTM.custom("XX", "FINDINGS", "Made Up")
    assert [v.name for v in found.variables if v.core == "Req"] == (
        ["STUDYID", "DOMAIN", "USUBJID", "XXSEQ", "XXTESTCD", "XXTEST"]
    )
    assert [v.name for v in found.variables if v.core == "Exp"] == ["XXORRES", "XXSTRESC"]
    assert found.keys == ("STUDYID", "USUBJID", "XXTESTCD", "VISITNUM", "XXDTC", "XXTPTREF", "XXTPTNUM")
    assert SDTM.order(found, ["XXDTC", "XXTESTCD", "USUBJID"]) == ("USUBJID", "XXTESTCD", "XXDTC")


def test_custom_dataset_refused() -> None:
    with pytest.raises(UnknownStandardError) as error:
        SDTM.custom("XX", "TRIAL DESIGN", "Made Up")
    assert str(error.value) == (
        "SDTMIG 3.4 has no general observation class TRIAL DESIGN; "
        "there is: INTERVENTIONS, EVENTS, FINDINGS, FINDINGS ABOUT"
    )
    with pytest.raises(ValueError) as taken:
        SDTM.custom("AE", "EVENTS", "Made Up")
    assert str(taken.value) == "AE is a dataset of SDTMIG 3.4, not a custom one"
    with pytest.raises(ValueError) as misnamed:
        SDTM.custom("xx", "EVENTS", "Made Up")
    assert str(misnamed.value) == "a custom dataset is named by two to four capital letters or digits, not 'xx'"


def test_adam_names_with_their_numbers_filled_in() -> None:
    planned = ADAM.dataset("ADSL").variable("TRT01P")
    assert planned is not None
    assert (planned.name, planned.label, planned.core) == ("TRT01P", "Planned Treatment for Period 01", "Req")
    criterion = ADAM.dataset("BDS").variable("CRIT12FL")
    assert criterion is not None
    assert (criterion.label, criterion.values) == ("Criterion 12 Evaluation Result Flag", ("Y", "N"))
    assert ADAM.dataset("BDS").variable("CRIT0FL") is None
    assert getattr(ADAM.dataset("OCCDS").variable("AETERM"), "label", None) == "Reported Term"


def test_adam_facts() -> None:
    assert list(ADAM.datasets) == ["ADSL", "BDS", "OCCDS"]
    assert ADAM.dataset("ADSL").repeating is False
    assert getattr(ADAM.dataset("BDS").variable("DTYPE"), "codelists", None) == ("C81224",)
    assert ADAM.order("ADSL", ["TRT02A", "AGE", "TRT02P", "TRT01P", "STUDYID"]) == (
        ("STUDYID", "AGE", "TRT01P", "TRT02P", "TRT02A")
    )


def test_unknown_version_lists_what_is_there() -> None:
    with pytest.raises(UnknownStandardError) as error:
        load_standard("sdtmig", "9.9")
    assert str(error.value) == (
        "no standard sdtmig 9.9 here; there is: adamig 1.1, adamig 1.2, adamig 1.3, occds 1.0, occds 1.1, sdtmig 3.2, "
        "sdtmig 3.3, sdtmig 3.4"
    )


def test_unknown_dataset_comes_with_a_hint() -> None:
    with pytest.raises(UnknownStandardError) as error:
        SDTM.dataset("RELRECS")
    assert str(error.value) == "SDTMIG 3.4 has no dataset RELRECS (did you mean RELREC?)"


def test_the_standards_load_without_pandas() -> None:
    program = (
        "import sys; from cdisc_conv.standards import load_standard, load_terminology; "
        "load_standard('sdtmig', '3.4'); load_terminology('sdtm', '2025-03-28').codelist('NY').find('Yes'); "
        "sys.exit('pandas' in sys.modules or 'numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
