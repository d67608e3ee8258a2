"""Values that a transport file cannot hold are changed as little as possible, and reported with the original."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.dataset import Codelist, Column, Condition, Dataset, Item, Term, ValueLevel
from cdisc_conv.package.writing.transport import fit_for_transport
from cdisc_conv.problems import Severity
from cdisc_conv.xpt.transliteration import COMMON_MARKS, Transliteration

TEXT = pd.StringDtype(na_value=np.nan)


def make(name: str = "AE", length: int | None = None, codelist: Codelist | None = None, **columns: list) -> Dataset:
    frame = pd.DataFrame(
        {key: pd.Series(values, dtype=TEXT if isinstance(values[0], str) else float) for key, values in columns.items()}
    )
    described = tuple(
        Column(
            key,
            key,
            numeric=not isinstance(values[0], str),
            item=Item(
                "text", length or max((len(str(value).encode()) for value in values), default=1), codelist=codelist
            ),
        )
        for key, values in columns.items()
    )
    return Dataset(name, name, frame, described)


def fit(*datasets: Dataset, **table: str):
    fitted, problems = fit_for_transport(datasets, table)
    return fitted, [f"{problem.severity}: {problem}" for problem in problems]


def test_what_fits_is_left_alone():
    dataset = make(AETERM=["Nausea", ""], AESEQ=[1.0, np.nan])
    (fitted,), problems = fit(dataset)
    assert fitted is dataset
    assert problems == []


def test_the_map_of_the_study_is_applied_first():
    (fitted,), problems = fit(make(AETERM=["Fièvre", "Fatigue", "Fièvre"]), è="e")
    assert fitted.frame["AETERM"].tolist() == ["Fievre", "Fatigue", "Fievre"]
    assert fitted.column("AETERM").item.length == 7
    assert problems == [
        "note: AE.AETERM rows 1, 3: FIT001 2 values were transliterated as study.yaml says, such as 'Fièvre'"
    ]


def test_other_characters_become_question_marks_and_are_told():
    (fitted,), problems = fit(make(AETERM=["发热", "Fever", "tab\there"]), 热="hot")
    assert fitted.frame["AETERM"].tolist() == ["?hot", "Fever", "tab?here"]
    assert problems == [
        "error: AE.AETERM row 1: FIT002 '发热' has characters that a transport file cannot hold: '发' (U+53D1) "
        "(written as '?'; name them in 'transliterate' of study.yaml)",
        "error: AE.AETERM row 3: FIT002 'tab\there' has characters that a transport file cannot hold: U+0009 "
        "(written as '?'; name them in 'transliterate' of study.yaml)",
    ]


def test_long_text_is_cut_and_kept_in_the_finding():
    long = "x" * 201
    fitted, problems = fit_for_transport([make(AETERM=[long, "short"])], {})
    assert fitted[0].frame["AETERM"].tolist() == ["x" * 200, "short"]
    assert [(problem.code, problem.value, problem.place.rows) for problem in problems] == [("FIT003", long, (1,))]


def test_numbers_beyond_the_format_are_written_as_missing():
    (fitted,), problems = fit(make(AESEQ=[1.0, np.inf, 1e80, 1e-90, 0.0]))
    assert fitted.frame["AESEQ"].fillna(-9).tolist() == [1.0, -9, -9, -9, 0.0]
    assert problems == [
        "error: AE.AESEQ rows 2, 3, 4: FIT004 3 numbers that a transport file cannot hold, such as inf, written as "
        "missing (magnitudes from 5e-79 to 7e+75 fit: correct the derivation)"
    ]


def test_a_declared_length_that_is_too_short_is_widened():
    (fitted,), problems = fit(make(AETERM=["Nausea"], length=4))
    assert fitted.column("AETERM").length == 6
    assert problems == [
        "error: AE.AETERM: FIT005 the declared length is 4, but the longest value has 6 bytes "
        "(written with length 6; correct 'length' in the mapping)"
    ]


def test_lengths_follow_in_every_dataset_but_declared_ones_stay():
    one, two = make(AETERM=["éé"], length=4), make("FA", AETERM=["abc"], length=4)
    fitted, _ = fit(one, two, é="e")
    assert [dataset.column("AETERM").length for dataset in fitted] == [3, 3]
    declared, _ = fit(make(AETERM=["éé"], length=40), é="e")
    assert declared[0].column("AETERM").length == 40


def test_codelist_terms_follow_the_values():
    codelist = Codelist("Reaction", "REACT", terms=(Term("Fièvre", extended=True),))
    (fitted,), _ = fit(make(AETERM=["Fièvre"], codelist=codelist), è="e")
    assert [term.value for term in fitted.column("AETERM").item.codelist.terms] == ["Fievre"]


@given(st.lists(st.text(max_size=300), min_size=1, max_size=20))
def test_whatever_comes_in_can_be_written_and_nothing_is_lost_silently(values):
    dataset = make(AETERM=values)
    fitted, problems = fit_for_transport([dataset], {})
    written = fitted[0].frame["AETERM"].tolist()
    assert all(len(value) <= 200 and all(" " <= character <= "~" for character in value) for value in written)
    told = {problem.value for problem in problems if problem.severity is Severity.ERROR}
    usual = Transliteration(COMMON_MARKS)
    assert {old for old, new in zip(values, written, strict=True) if usual.apply(old).rstrip() != new.rstrip()} <= told
    noted = sum(problem.count for problem in problems if problem.code == "FIT001")
    told_rows = sum(problem.count for problem in problems if problem.code in ("FIT002", "FIT003"))
    changed = sum(old.rstrip(" ") != new.rstrip(" ") for old, new in zip(values, written, strict=True))
    assert noted <= changed <= noted + told_rows


def test_the_marks_of_every_export_are_written_in_ascii_with_a_note():
    values = ["“No”, it’s 38.5\u00a0°C – ≥ 3 µg/m² × 2…", "10³/µL ± 5", "plain", "（３％）"]
    (fitted,), problems = fit(make(AETERM=values))
    written = ['"No", it\'s 38.5 degC - >= 3 ug/m2 x 2...', "10^3/uL +/- 5", "plain", "(3%)"]
    assert fitted.frame["AETERM"].tolist() == written
    assert fitted.column("AETERM").item.length == 40
    assert problems == [
        f"note: AE.AETERM rows 1, 2, 4: FIT001 3 values were transliterated, such as '{values[0]}', "
        f"written '{written[0]}' ('transliterate' of study.yaml can say it otherwise)"
    ]


def test_the_map_of_the_study_comes_before_the_usual_marks():
    (fitted,), problems = fit(make(AETERM=["≥ 3", "≤ 3"]), **{"≥": "at least"})
    assert fitted.frame["AETERM"].tolist() == ["at least 3", "<= 3"]
    assert problems == [
        "note: AE.AETERM row 1: FIT001 1 value was transliterated as study.yaml says, such as '≥ 3'",
        "note: AE.AETERM row 2: FIT001 1 value was transliterated, such as '≤ 3', written '<= 3' "
        "('transliterate' of study.yaml can say it otherwise)",
    ]


def test_a_map_of_plain_characters_holds_everywhere():
    codelist = Codelist("Terms", "TERMS", terms=(Term("A & B", decode="a & b"), Term("C")))
    (fitted,), problems = fit(make(AETERM=["A & B", "C"], codelist=codelist), **{"&": "and"})
    assert fitted.frame["AETERM"].tolist() == ["A and B", "C"]
    assert fitted.column("AETERM").item.codelist.terms == (Term("A and B", decode="a and b"), Term("C"))
    assert problems == ["note: AE.AETERM row 1: FIT001 1 value was transliterated as study.yaml says, such as 'A & B'"]


def test_lengths_of_values_are_those_of_what_is_written():
    """Where-clauses spell the values as the data do, and an item is as long as what it describes."""
    dataset = make("VS", VSTESTCD=["TEMP", "SYSBP", "SYSBP"], VSPOS=["", "“SIT”", "UP"], VSORRESU=["°C", "mm", "µ"])
    where = [
        (Condition("VSTESTCD", "EQ", ("TEMP",)),),
        (Condition("VSTESTCD", "EQ", ("SYSBP",)), Condition("VSPOS", "IN", ("“SIT”",))),
        (Condition("VSPOS", "NOTIN", ("“SIT”", "")),),
    ]
    levels = tuple(ValueLevel(conditions, Item("text", 9, method="Where VSPOS is “SIT”.")) for conditions in where)
    columns = tuple(
        replace(column, value_level=levels) if column.name == "VSORRESU" else column for column in dataset.columns
    )
    (fitted,), _ = fit(replace(dataset, columns=columns))
    assert fitted.frame["VSPOS"].tolist() == ["", '"SIT"', "UP"]
    units = fitted.column("VSORRESU")
    assert (fitted.frame["VSORRESU"].tolist(), units.item.length) == (["degC", "mm", "u"], 4)
    assert [level.item.length for level in units.value_level] == [4, 2, 1]
    assert units.value_level[1].conditions[1] == Condition("VSPOS", "IN", ('"SIT"',))
    assert {level.item.method for level in units.value_level} == {'Where VSPOS is "SIT".'}


def test_terms_that_are_written_alike_are_one():
    codelist = Codelist("Terms", "TERMS", terms=(Term("≥ 3", decode="three or more"), Term(">= 3")))
    (fitted,), _ = fit(make(AETERM=["≥ 3", ">= 3"], codelist=codelist))
    assert fitted.column("AETERM").item.codelist.terms == (Term(">= 3", decode="three or more"),)


def test_labels_and_texts_of_define_xml_hold_no_control_characters():
    dataset = make(AETERM=["x"])
    item = replace(dataset.column("AETERM").item, method="the \x1b[1mterm\nas collected", comment="发热")
    column = replace(dataset.column("AETERM"), label="Term\x1b", item=item)
    (fitted,), problems = fit(replace(dataset, label="Adverse “Events”", columns=(column,)))
    assert (fitted.label, fitted.column("AETERM").label) == ('Adverse "Events"', "Term?")
    written = fitted.column("AETERM").item
    assert (written.method, written.comment) == ("the ?[1mterm\nas collected", "发热")
    assert problems == [
        "error: AE.AETERM: FIT002 the label 'Term\x1b' has characters that a transport file cannot hold: U+001B "
        "(written as '?'; name them in 'transliterate' of study.yaml)"
    ]


def test_blanks_at_the_end_are_no_long_text():
    (fitted,), problems = fit(make(AETERM=["x" + " " * 250]))
    assert fitted.frame["AETERM"].tolist() == ["x"]
    assert problems == []


def test_the_decode_of_a_test_is_spelled_as_the_data_are():
    names = ["DEL\x7f", "tab\there", "A\u0085B", "K\u202eN", "日本"]
    codelist = Codelist(
        "Tests", "TESTS", terms=tuple(Term(f"T{place}", decode=name) for place, name in enumerate(names))
    )
    (fitted,), _ = fit(make(AETERM=names, codelist=codelist))
    assert fitted.frame["AETERM"].tolist() == ["DEL?", "tab?here", "A?B", "K?N", "??"]
    decodes = [term.decode for term in fitted.column("AETERM").item.codelist.terms]
    assert decodes == ["DEL?", "tab?here", "A?B", "K?N", "日本"]


def test_lengths_of_supplemental_qualifiers_stay_their_own():
    """Only identifiers have one length everywhere; a value that changes in one SUPP-- does not widen the others."""
    one = replace(make("SUPPAE", USUBJID=["Ä1"], QVAL=["é"]), supplemental_to="AE")
    two = replace(make("SUPPCM", USUBJID=["22"], QVAL=["a long text"]), supplemental_to="CM")
    fitted, _ = fit(one, two, é="e", Ä="Aeee")
    lengths = [[dataset.column(name).length for name in ("USUBJID", "QVAL")] for dataset in fitted]
    assert lengths == [[5, 1], [5, 11]]
