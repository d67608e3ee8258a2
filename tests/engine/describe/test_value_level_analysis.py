"""Value-level metadata and origins of the basic data structure: parameter by parameter."""

from __future__ import annotations

from pathlib import Path

import pytest
from studies import write_files, write_tiny_raw, write_tiny_study

from cdisc_conv.dataset import Column, Dataset, ValueLevel, find_dataset
from cdisc_conv.engine.convert import convert
from cdisc_conv.spec.lint.study import lint_study
from cdisc_conv.spec.load import load_study

ADSL = """\
dataset: ADSL
records: [{from: DM}]
predecessors: {DM: [AGE]}
"""
ADNN = """\
dataset: ADNN
class: BASIC DATA STRUCTURE
label: Numbers of Events
keys: [STUDYID, USUBJID, PARAMCD, AVAL]
records:
  - from: AE
    for_each:
      - {PARAMCD: ONCE, PARAM: Sequence Number, FACTOR: 1}
      - {PARAMCD: TWICE, PARAM: Doubled Sequence Number, FACTOR: 2}
    set:
      AVAL: {expr: AE.AESEQ * FACTOR}
      SRCDOM: {constant: AE}
  - from: AE
    set:
      PARAMCD: {constant: EVENT}
      PARAM: {constant: Event}
      AVALC: {predecessor: AE.AETERM}
      SRCDOM: {constant: AE}
  - from: AE
    where: AESEQ > 0
    set:
      PARAMCD: {expr: 'concat("LES", AE.AESEQ)'}
      PARAM: {expr: 'concat("Lesion ", AE.AESEQ, " Size (0.5)")'}
      AVAL: {expr: AE.AESEQ + 0.5}
  - from: ADSL
    set:
      PARAMCD: {constant: OLD}
      PARAM: {constant: Older than 65}
      AVALC: {cases: [{when: ADSL.AGE >= 65, constant: Y}, {constant: N}]}
      AVAL: {cases: [{when: ADSL.AGE >= 65, constant: 1}, {constant: 0}]}
  - from: self
    where: PARAMCD == "ONCE"
    group: [USUBJID]
    order: [AVAL]
    take: last
    set:
      PARAMCD: {constant: LAST}
      PARAM: {constant: Last Sequence Number}
      AVAL: {copy: AVAL}
      CRIT1FL: {expr: 'if(AVAL > 1, "Y", "")', label: More than one}
variables:
  ASEQ: {sequence: [PARAMCD, AVAL]}
  HALF: {expr: AVAL / 2, label: Half the Value}
"""


@pytest.fixture
def made(tmp_path: Path):
    def make(text: str = ADNN) -> Dataset:
        folder = write_tiny_study(tmp_path)
        write_files(folder, {"adam/adsl.yaml": ADSL, "adam/adnn.yaml": text})
        study, problems = load_study(folder)
        assert [str(problem) for problem in problems] == []
        dataset = find_dataset(convert(study, write_tiny_raw(tmp_path)).datasets, "ADNN")
        assert dataset is not None
        return dataset

    return make


def by_code(column: Column) -> dict[str, ValueLevel]:
    return {"+".join(level.conditions[0].values): level for level in column.value_level}


def test_each_parameter_has_its_method(made):
    levels = by_code(made().column("AVAL"))

    assert {code: level.item.method for code, level in levels.items()} == {
        "LAST": "One record for each USUBJID of ADNN where ADNN.PARAMCD equals ONCE, from the last of its records "
        "sorted by AVAL. The value of ADNN.AVAL.",
        "LES1+LES2": "Records of AE where AE.AESEQ is greater than 0. AE.AESEQ + 0.5.",
        "OLD": "Where ADSL.AGE is at least 65: Set to 1. Otherwise: Set to 0.",
        "ONCE": "AE.AESEQ × 1.",
        "TWICE": "AE.AESEQ × 2.",
    }
    assert {level.label for level in levels.values()} == {
        "Last Sequence Number",
        "Lesion n Size (0.5)",
        "Older than 65",
        "Sequence Number",
        "Doubled Sequence Number",
    }


def test_numbered_parameters_are_one_item(made):
    level = by_code(made().column("AVAL"))["LES1+LES2"]

    assert [(one.variable, one.comparator, one.values) for one in level.conditions] == [
        ("PARAMCD", "IN", ("LES1", "LES2"))
    ]
    assert (level.item.type, level.item.length, level.item.significant_digits) == ("float", 3, 1)


def test_numbered_parameters_with_different_methods_stay_apart(made):
    text = ADNN.replace("PARAMCD: ONCE", "PARAMCD: X1").replace("PARAMCD: TWICE", "PARAMCD: X2")
    assert [code for code in by_code(made(text).column("AVAL")) if code.startswith("X")] == ["X1", "X2"]


def test_a_predecessor_beside_derived_parameters(made):
    levels = by_code(made().column("AVALC"))

    origins = {code: (str(one.item.origin.type), one.item.origin.predecessor) for code, one in levels.items()}
    assert origins == {"EVENT": ("Predecessor", "AE.AETERM"), "OLD": ("Derived", "")}
    assert (levels["EVENT"].item.method, levels["EVENT"].item.origin.source) == ("", None)
    assert (levels["EVENT"].item.type, levels["EVENT"].item.length) == ("text", 11)


def test_value_and_its_text_are_a_codelist_where_the_one_decodes_the_other(made):
    dataset = made()
    number, text = (by_code(dataset.column(name))["OLD"].item.codelist for name in ("AVAL", "AVALC"))

    assert (number.name, number.short_name, number.type) == ("Analysis Value of ADNN.OLD", "AVAL.OLD", "integer")
    assert [(term.value, term.decode) for term in number.terms] == [("0", "N"), ("1", "Y")]
    assert (text.name, text.type) == ("Analysis Value (C) of ADNN.OLD", "text")
    assert [(term.value, term.decode) for term in text.terms] == [("N", ""), ("Y", "")]
    assert by_code(dataset.column("AVAL"))["ONCE"].item.codelist is None


def test_text_of_numbers_stays_text(made):
    """AVALC is text whatever it holds, unlike a result of SDTM."""
    text = ADNN.replace("AVALC: {predecessor: AE.AETERM}", "AVALC: {expr: 'concat(\"\", AE.AESEQ)'}")
    assert by_code(made(text).column("AVALC"))["EVENT"].item.type == "text"


def test_a_mapped_codelist_is_that_of_the_parameters_of_its_block(made):
    text = ADNN.replace("AVALC: {cases: [", "AVALC: {codelist: NY, cases: [")
    levels = by_code(made(text).column("AVALC"))

    assert levels["OLD"].item.codelist.short_name == "NY"
    assert levels["OLD"].item.codelist.standard == "SDTM/NCI 2025-03-28"
    assert levels["EVENT"].item.codelist is None


def test_what_the_mapping_adds(made):
    text = ADNN + "value_level:\n  AVAL: [{where: 'PARAMCD == \"ONCE\"', method: As counted., comment: A count.}]\n"
    item = by_code(made(text).column("AVAL"))["ONCE"].item
    assert (item.method, item.comment) == ("As counted.", "A count.")


def test_lint_lets_any_column_be_described_by_parameter(tmp_path):
    folder = write_tiny_study(tmp_path)
    text = ADNN + "value_level:\n  HALF: [{where: 'PARAMCD == \"ONCE\"', comment: A count.}]\n"
    write_files(folder, {"adam/adsl.yaml": ADSL, "adam/adnn.yaml": text})
    assert [str(problem) for problem in lint_study(folder)[1] if problem.code == "LINT213"] == []


def test_other_columns_only_where_their_methods_differ(made):
    dataset = made()
    assert [column.name for column in dataset.columns if column.value_level] == ["AVAL", "AVALC"]

    text = ADNN.replace("CRIT1FL:", "HALF: {expr: AVAL * 0.5}\n      CRIT1FL:")
    column = made(text).column("HALF")
    assert {code: level.item.method for code, level in by_code(column).items()} == {
        "LAST": "ADNN.AVAL × 0.5.",
        "LES1+LES2": "ADNN.AVAL / 2.",
        "OLD": "ADNN.AVAL / 2.",
        "ONCE": "ADNN.AVAL / 2.",
        "TWICE": "ADNN.AVAL / 2.",
    }


def test_one_parameter_needs_no_value_level(made):
    text = ADNN[: ADNN.index("  - from: AE\n    set:")] + "variables:\n  AVALC: {constant: A}\n"
    text = text.replace("      - {PARAMCD: TWICE, PARAM: Doubled Sequence Number, FACTOR: 2}\n", "")
    assert made(text).column("AVAL").value_level == ()


def test_identifiers_name_every_predecessor_and_not_the_dataset_itself(made):
    origin = made().column("USUBJID").item.origin
    assert (str(origin.type), origin.source, origin.predecessor) == ("Predecessor", None, "AE.USUBJID, ADSL.USUBJID")


def test_constants_that_name_things_say_nothing_beside_their_terms(made):
    text = ADNN.replace("PARAMCD: {expr: 'concat(\"LES\", AE.AESEQ)'}", "PARAMCD: {constant: LES}")
    for name in ("PARAMCD", "SRCDOM"):
        item = made(text).column(name).item
        assert (str(item.origin.type), item.method, item.comment) == ("Assigned", "", "")


def test_names_that_are_computed_say_how_and_for_which_records(made):
    item = made().column("PARAMCD").item
    assert (str(item.origin.type), item.method) == (
        "Derived",
        "For records from AE where AE.AESEQ is greater than 0: (LES, AE.AESEQ) joined.",
    )


def test_parameters_flags_and_their_terms(made):
    dataset = made()
    codes, names = (dataset.column(name).item.codelist for name in ("PARAMCD", "PARAM"))

    assert [(term.value, term.decode) for term in codes.terms][:2] == [
        ("EVENT", "Event"),
        ("LAST", "Last Sequence Number"),
    ]
    assert (codes.name, codes.standard, names.name) == ("Parameter Code", "", "Parameter")
    assert [term.value for term in names.terms][:2] == ["Event", "Last Sequence Number"]
    flag = dataset.column("CRIT1FL").item.codelist
    assert (flag.short_name, flag.standard, [term.value for term in flag.terms]) == (
        "NY",
        "SDTM/NCI 2025-03-28",
        ["N", "Y"],
    )


def test_a_column_that_each_parameter_describes_says_nothing_itself(made):
    item = made().column("AVAL").item
    assert (item.origin, item.method, item.comment, item.codelist) == (None, "", "", None)


def test_the_condition_of_a_block_is_about_its_source(made):
    """AESEQ of the dataset itself is another variable than that of the records it is made of."""
    text = ADNN.replace("variables:\n", "predecessors: {AE: [AESEQ]}\nvariables:\n")
    levels = by_code(made(text).column("AVAL"))
    assert levels["LES1+LES2"].item.method.startswith("Records of AE where AE.AESEQ is greater than 0. ")


def test_a_constant_under_a_condition_is_derived(made):
    text = ADNN + "  ANL01FL: {when: AVAL > 1, constant: Y}\n"
    item = made(text).column("ANL01FL").item
    assert (str(item.origin.type), item.method) == (
        "Derived",
        "Only where ADNN.AVAL is greater than 1; blank otherwise. Set to Y.",
    )


def test_variables_taken_over_from_a_standard_are_of_a_standard(made):
    dataset = made(ADNN.replace("variables:\n", "predecessors: {ADSL: [AGE], AE: [AEDECOD]}\nvariables:\n"))
    assert [column.name for column in dataset.columns if column.non_standard] == ["HALF"]


def test_a_code_that_another_variable_decides_is_derived(made):
    text = ADNN.replace(
        "AVAL: {cases: [{when: ADSL.AGE >= 65, constant: 1}, {constant: 0}]}",
        "AVAL: {map: {value: AVALC, values: {Y: 1, N: 0}}}",
    )
    item = by_code(made(text).column("AVAL"))["OLD"].item
    assert (str(item.origin.type), item.method) == (
        "Derived",
        "From ADNN.AVALC: 1 for Y, 0 for N. Missing where ADNN.AVALC is missing.",
    )


def test_a_flag_that_parameters_describe_keeps_its_codelist(made):
    text = ADNN.replace("CRIT1FL:", "ANL01FL: {constant: Y}\n      CRIT1FL:")
    column = made(text + "  ANL01FL: {when: AVAL > 1, constant: Y}\n").column("ANL01FL")
    assert [level.item.codelist for level in column.value_level] == [None, None, None, None]
    assert column.item.codelist.short_name == "NY"


def test_a_variable_that_some_parameters_take_over_from_a_standard(made):
    text = ADNN.replace("AVALC: {predecessor: AE.AETERM}", "AETERM: {predecessor: AE.AETERM}")
    text = text.replace("      CRIT1FL:", "      AETERM: {expr: 'concat(\"No. \", AVAL)'}\n      CRIT1FL:")
    column = made(text).column("AETERM")
    assert {code: str(level.item.origin.type) for code, level in by_code(column).items()} == {
        "EVENT": "Predecessor",
        "LAST": "Derived",
    }
    assert column.non_standard is False
