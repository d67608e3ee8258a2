"""``sponsor_terms`` of study.yaml: terms of the sponsor's own in extensible codelists are no findings."""

from __future__ import annotations

from pathlib import Path

from studies import edit, write_tiny_raw, write_tiny_study

from cdisc_conv.engine.convert import convert
from cdisc_conv.package.writing.package import run_checks
from cdisc_conv.spec.load import load_study

STUDY, AE = "study.yaml", "sdtm/ae.yaml"
OWN = ("  AESTDY:", "  EPOCH: {constant: SPONSOR PHASE}\n  AESTDY:")
NOT_LISTED = "'SPONSOR PHASE' is not in codelist EPOCH (C99079)"
HINT = "(list a term of your own under 'sponsor_terms' in study.yaml)"


def declare(text: str) -> tuple[str, str, str]:
    return (STUDY, "raw:", f"sponsor_terms: {text}\nraw:")


def test_a_literal_is_declared_or_reported(lint):
    assert lint((AE, *OWN)) == [f"tiny/sdtm/ae.yaml:26: DRV002 AE.EPOCH: {NOT_LISTED} {HINT}"]
    assert lint((AE, *OWN), declare("{EPOCH: [SPONSOR PHASE]}")) == []
    assert lint((AE, *OWN), declare("{C99079: [SPONSOR PHASE]}")) == []


def test_declarations_that_change_nothing_are_findings(lint):
    said = "{EPOCHS: [A], SEX: [X], EPOCH: [TREATMENT]}"
    assert lint(declare(said)) == [
        "tiny/study.yaml:6: SPEC118 SDTM CT 2025-03-28 has no codelist 'EPOCHS' to extend (did you mean EPOCH?)",
        "tiny/study.yaml:6: SPEC119 codelist SEX (C66731) is not extensible, so it has no sponsor terms "
        "(map to a term that it has)",
        "tiny/study.yaml:6: SPEC120 'TREATMENT' is a term of codelist EPOCH (C99079) already "
        "(leave it out of 'sponsor_terms')",
    ]


def find(folder: Path) -> list[str]:
    study, _ = load_study(folder)
    conversion = convert(study, write_tiny_raw(folder.parent))
    found = run_checks(conversion, conversion.datasets).problems
    return [str(problem) for problem in found if problem.code in ("CT003", "CT004")]


def test_values_of_the_data(tmp_path):
    folder = write_tiny_study(tmp_path)
    edit(folder / AE, "  AESTDY:", "  EPOCH: {copy: AENOTE}\n  AESTDY:")
    assert find(folder) == [
        "AE.EPOCH row 1: CT004 EPOCH is 'after lunch', which is not in codelist EPOCH (C99079); 1 record: subject "
        "TINY-01-001 AESEQ 2 (correct it, or list a term of the sponsor's own under 'sponsor_terms' in study.yaml)"
    ]
    edit(folder / STUDY, "raw:", "sponsor_terms: {EPOCH: [after lunch]}\nraw:")
    assert find(folder) == []


def test_extend_declares_as_well(tmp_path):
    folder = write_tiny_study(tmp_path)
    edit(folder / AE, "  AESTDY:", "  EPOCH: {constant: {value: SPONSOR PHASE, extend: true}}\n  AESTDY:")
    assert find(folder) == []


def test_a_declared_term_is_found_by_the_way_it_is_written(tmp_path):
    folder = write_tiny_study(tmp_path)
    edit(folder / AE, "  AESTDY:", "  EPOCH: {term: AENOTE}\n  AESTDY:")
    edit(folder / STUDY, "raw:", "sponsor_terms: {EPOCH: [AFTER LUNCH]}\nraw:")
    study, _ = load_study(folder)
    conversion = convert(study, write_tiny_raw(tmp_path))
    frame = next(dataset for dataset in conversion.datasets if dataset.name == "AE").frame
    assert frame["EPOCH"].tolist() == ["AFTER LUNCH", "", ""]
    column = next(dataset for dataset in conversion.datasets if dataset.name == "AE").column("EPOCH")
    assert [(term.value, term.code, term.extended) for term in column.item.codelist.terms] == [
        ("AFTER LUNCH", "", True)
    ]
