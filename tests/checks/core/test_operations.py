"""The operations, each on a small package."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cdisc_conv.checks.core.data.study import Study
from cdisc_conv.checks.core.data.vectors import Value
from cdisc_conv.checks.core.operations.dictionaries import Dictionary
from cdisc_conv.checks.core.operations.registry import Task, load_operations, work_out
from cdisc_conv.checks.core.operators.registry import NotAnswerableError
from cdisc_conv.checks.core.rule.model import Operation
from cdisc_conv.standards import load_terminology
from tests.checks.core.packages import make_package

PACKAGE = make_package(
    DM={"DOMAIN": ["DM"] * 3, "USUBJID": ["01", "02", "03"], "RFSTDTC": ["2014-03-10", "2014-03", ""]},
    AE={
        "DOMAIN": ["AE"] * 4,
        "USUBJID": ["01", "01", "02", "04"],
        "AESEQ": [1, 2, 1, 1],
        "AETERM": ["Rash", "Nausea", "Rash", ""],
        "AESTDTC": ["2014-03-10", "2014-03-08", "2014-04-01", "2014-05"],
    },
    SUPPAE={"RDOMAIN": ["AE"], "USUBJID": ["01"], "IDVAR": ["AESEQ"], "IDVARVAL": ["1"], "QNAM": ["X"], "QVAL": ["y"]},
)


def work(operator: str, name: str = "", dataset: str = "AE", study: Study = PACKAGE, **said: Any) -> list[Value]:
    """The result per record."""
    table = study.named(dataset)
    assert table is not None
    options = {key: value for key, value in said.items() if key not in ("domain", "group", "filter")}
    operation = Operation(
        "$x",
        operator,
        name,
        said.get("domain", ""),
        tuple(said.get("group", ())),
        filter=said.get("filter", {}),
        options=options,
    )
    found = work_out(Task(operation, study, table, study.view_whole(table))).find("$x")
    assert found is not None
    return [found.at(row) for row in range(len(found))]


def test_distinct_values() -> None:
    assert work("distinct", "--TERM") == [("", "Nausea", "Rash")] * 4
    assert work("distinct", "USUBJID", domain="DM")[0] == ("01", "02", "03")
    assert work("distinct", "--TERM", group=["USUBJID"]) == [("Nausea", "Rash"), ("Nausea", "Rash"), ("Rash",), ("",)]
    assert work("distinct", "--TERM", filter={"USUBJID": "02"}) == [("Rash",)] * 4
    assert work("distinct", "IDVAR", "SUPPAE", domain="SUPP--", value_is_reference=True) == [("AESEQ",)]


def test_counts() -> None:
    assert work("record_count") == [4.0] * 4
    assert work("record_count", group=["USUBJID"]) == [2.0, 2.0, 1.0, 1.0]
    assert work("record_count", group=["USUBJID"], domain="DM") == [1.0, 1.0, 1.0, None]
    assert work("record_count", filter={"AETERM": "Ra&"}) == [2.0] * 4
    assert work("record_count", group=["USUBJID"], filter={"AETERM": "Nausea"}) == [1.0, 1.0, 0.0, 0.0]
    assert work("record_count", group=["--STDTC"], regex=r"^\d{4}-\d{2}") == [2.0, 2.0, 1.0, 1.0]


def test_numbers_and_dates() -> None:
    assert (work("max", "AESEQ")[0], work("min", "AESEQ")[0], work("mean", "AESEQ")[0]) == (2.0, 1.0, 1.25)
    assert work("max", "AESEQ", group=["USUBJID"]) == [2.0, 2.0, 1.0, 1.0]
    assert work("min_date", "--STDTC")[0] == "2014-03-08"
    assert work("max_date", "--STDTC", group=["USUBJID"]) == ["2014-03-10", "2014-03-10", "2014-04-01", "2014-05"]
    assert work("dy", "--STDTC") == [1.0, -2.0, None, None]


def test_the_package() -> None:
    assert work("study_domains")[0] == ("DM", "AE", "")
    assert work("dataset_names")[0] == ("AE", "DM", "SUPPAE")
    assert work("extract_metadata", "dataset_name")[0] == "AE"
    assert (work("variable_exists", "--TERM")[0], work("variable_exists", "--SEV")[0]) == (True, False)
    assert (work("variable_count", "--SEQ")[0], work("variable_count", "USUBJID")[0]) == (1.0, 3.0)
    assert work("variable_value_count", "USUBJID")[0] == (("01", 3.0), ("02", 2.0), ("03", 1.0), ("04", 1.0))
    assert work("variable_is_null", "--TERM")[0] is False
    assert work("variable_is_null", "--SEV")[0] is True
    assert work("get_column_order_from_dataset")[0] == ("DOMAIN", "USUBJID", "AESEQ", "AETERM", "AESTDTC")


def test_the_standard() -> None:
    assert work("required_variables")[0] == (
        "STUDYID", "DOMAIN", "USUBJID", "AESEQ", "AETERM", "AEDECOD",
    )  # fmt: skip
    wanted = work("required_expected_variables")[0]
    assert isinstance(wanted, tuple)
    assert (wanted[:6], wanted.index("AEDECOD") < wanted.index("AESER")) == (
        ("STUDYID", "DOMAIN", "USUBJID", "AESEQ", "AETERM", "AELLT"), True,
    )  # fmt: skip
    assert "AESER" in work("expected_variables")[0] and "AESEV" in work("permissible_variables")[0]
    order = work("get_column_order_from_library")[0]
    assert isinstance(order, tuple)
    assert order.index("AETERM") < order.index("AEDECOD") < order.index("AESTDTC")
    assert "AETPT" in work("get_model_column_order")[0]
    assert work("get_parent_model_column_order", dataset="SUPPAE")[0] == work("get_model_column_order")[0]
    assert "AESTDTC" in work("get_model_filtered_variables", key_name="role", key_value="Timing")[0]
    assert work("get_dataset_filtered_variables", key_name="role", key_value="Timing")[0] == ("AESTDTC",)
    assert (work("domain_is_custom")[0], work("domain_label")[0]) == (False, "Adverse Events")
    assert work("related_domain_is_custom", dataset="SUPPAE")[0] is False
    assert {"AE", "POOLDEF"} <= set(work("standard_domains")[0])
    assert work("get_library_class_domains", domain_class="Trial Design")[0] == (
        "TA", "TD", "TE", "TI", "TM", "TS", "TV",
    )  # fmt: skip
    assert "AETERM" in work("variable_names")[0]


def test_metadata_of_the_variable_that_a_record_names() -> None:
    study = make_package(FA={"DOMAIN": ["FA"] * 2, "FATEST": ["Object of the Observation", "Something"]})
    table = study.tables[0]
    view = work_out(Task(Operation("$v", "label_referenced_variable_metadata", "FATEST"), study, table, table.view))
    found = view.find("$v_name")
    assert found is not None
    assert [found.at(0), found.at(1)] == ["FAOBJ", None]


def test_lists_and_texts() -> None:
    assert work("split_by", "--STDTC", delimiter="-")[3] == ("2014", "05")
    assert work("regex_find_replace", "--TERM", find="^R(.*)$", replace=r"\1") == ["ash", "Nausea", "ash", ""]
    assert work("map", map=[{"AETERM": "Rash", "output": "skin"}]) == ["skin", None, "skin", None]


def test_difference_of_lists() -> None:
    table = PACKAGE.tables[1]
    view = table.view
    for name, column in (("$a", "USUBJID"), ("$b", "AETERM")):
        view = work_out(Task(Operation(name, "distinct", column), PACKAGE, table, view))
    view = work_out(Task(Operation("$c", "minus", "$a", options={"subtract": "$b"}), PACKAGE, table, view))
    found = view.find("$c")
    assert found is not None
    assert found.at(0) == ("01", "02", "04")


def test_terminology() -> None:
    study = replace(PACKAGE, terminologies={"sdtmct-2025-03-28": load_terminology("sdtm", "2025-03-28")})
    assert work("codelist_terms", codelists=["SEX"], level="term", returntype="value", study=study)[0] == (
        "F", "INTERSEX", "M", "U",
    )  # fmt: skip
    assert work("codelist_terms", codelists=["SEX"], level="codelist", returntype="code", study=study)[0] == ("C66731",)
    assert work("codelist_extensible", codelist="SEX", study=study)[0] is False
    assert work("valid_codelist_dates", study=study)[0] == ("2025-03-28",)
    with pytest.raises(NotAnswerableError, match="SDTM CT 2025-03-28 has no codelist NOSUCH"):
        work("codelist_terms", codelists=["NOSUCH"], study=study)
    with pytest.raises(NotAnswerableError, match="no terminology is at hand"):
        work("codelist_terms", codelists=["SEX"])


def test_attributes_of_the_package_that_a_record_names() -> None:
    study = make_package(TS={"DOMAIN": ["TS"] * 2, "TSVCDREF": ["CDISC", "CDISC"], "TSVCDVER": ["2025-03-28", "1999"]})
    study = replace(study, terminologies={"sdtmct-2025-03-28": load_terminology("sdtm", "2025-03-28")})
    said = {"ct_version": "TSVCDVER", "ct_attribute": "Codelist CCODE"}
    found = work("get_codelist_attributes", "TSVCDREF", "TS", study, **said)
    assert isinstance(found[0], tuple)
    assert ("C66731" in found[0], found[1]) == (True, ())


def test_dictionaries() -> None:
    meddra = Dictionary(
        terms={"PT": frozenset({"Rash"})},
        codes={"PT": frozenset({"10037844"})},
        pairs={"PT": frozenset({("10037844", "Rash")})},
    )
    study = make_package(AE={"DOMAIN": ["AE"] * 2, "AEDECOD": ["Rash", "rash"], "AEPTCD": ["10037844", "1"]})
    study = replace(study, dictionaries={"meddra": meddra})
    said = {"external_dictionary_type": "meddra", "dictionary_term_type": "PT"}
    assert work("valid_external_dictionary_value", "--DECOD", study=study, **said) == [True, False]
    assert work("valid_external_dictionary_value", "--DECOD", study=study, case_sensitive=False, **said) == [True, True]
    assert work("valid_external_dictionary_code", "--PTCD", study=study, **said) == [True, False]
    assert work("valid_meddra_code_term_pairs", "--PTCD", study=study) == [True, False]
    with pytest.raises(NotAnswerableError, match="no dictionary whodrug is at hand"):
        work("whodrug_code_hierarchy")


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(NotAnswerableError, match="there is no dataset TV"):
        work("distinct", "VISITNUM", domain="TV")
    with pytest.raises(NotAnswerableError, match="does not know the operation 'guess'"):
        work("guess")
    with pytest.raises(NotAnswerableError, match=r"there is no define\.xml"):
        work("define_variable_metadata", "--TERM", attribute_name="define_variable_label")


def test_every_operation_is_described() -> None:
    assert [name for name, worker in load_operations().items() if not worker.doc] == []
