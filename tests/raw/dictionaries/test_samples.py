"""Dictionaries and ODM files as real systems write them; skipped where the samples are not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cdisc_conv.problems import ProblemsError, Severity
from cdisc_conv.raw import FormSource, read_form
from cdisc_conv.raw.dictionaries import Role, detect, read_dictionary

BESIDE = Path(__file__).resolve().parents[4] / "shared" / "reference" / "samples"
SAMPLES = Path(os.environ.get("CDISC_CONV_SAMPLES", BESIDE))
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="CDISC_CONV_SAMPLES names no folder")

SYSTEMS = {
    "viedoc": "viedoc",
    "rave": "rave",
    "redcap/longitudinal": "redcap",
    "redcap/repeating-instruments-sparse": "redcap",
    "odm/openclinica": "openclinica",
    "odm/redcap/longitudinal.project.xml": "redcap",
    "odm/rave/rave_audit_clinicalauditrecords.xml": "rave",
    "odm/odmlib/odm-data-snapshot.xml": "odm",
    "odm2/Atlas_QS_ODMv2.xml": "odm",
}


@pytest.mark.parametrize(("path", "edc"), SYSTEMS.items(), ids=str)
def test_the_system_is_recognised(path: str, edc: str) -> None:
    guess = detect(SAMPLES / path)[0]
    assert guess.edc == edc
    assert guess.reasons


def test_what_is_none_of_them_is_not_recognised() -> None:
    assert detect(SAMPLES / "usdm") == ()


@pytest.mark.parametrize("folder", sorted(path for path in (SAMPLES / "redcap").glob("*/")), ids=lambda path: path.name)
def test_redcap_exports_have_the_columns_of_their_dictionary(folder: Path) -> None:
    dictionary = read_dictionary([(folder, folder.name)])
    assert [str(problem) for problem in dictionary.problems] == []
    header = (folder / "data.csv").read_text(encoding="utf-8").splitlines()[0].strip().split(",")
    known = {name for form in dictionary.forms.values() for name in form.columns}
    assert set(header) - {""} <= known


def test_viedoc_columns_are_described_and_codes_stand_beside_their_words() -> None:
    dictionary = read_dictionary([(SAMPLES / "viedoc", "viedoc")])
    assert (len(dictionary.forms), dictionary.problems, dictionary.subject) == (19, (), "SubjectId")
    for form in dictionary.forms.values():
        coded = [column for column in form.columns.values() if column.type == "coded"]
        assert all(column.decode and column.values for column in coded), form.name


def test_rave_interpolated_dates_are_not_collected() -> None:
    dictionary = read_dictionary([(SAMPLES / "rave" / "V_SIMPLESTUDY_metadata.csv", "metadata.csv")])
    columns = dictionary.forms["ENROL"].columns
    assert {name: columns[name].role for name in ("BIRTHDT_RAW", "BIRTHDT_INT", "BIRTHDT_YYYY")} == {
        "BIRTHDT_RAW": Role.ITEM,
        "BIRTHDT_INT": Role.DERIVED,
        "BIRTHDT_YYYY": Role.ITEM,
    }


def test_openclinica_tables_have_every_value_of_the_file() -> None:
    path = next((SAMPLES / "odm" / "openclinica").glob("*.xml"))
    dictionary = read_dictionary([(path, path.name)])
    values = 0
    for form in dictionary.forms.values():
        found, problems = read_form(FormSource(form.name, path.name, table=form.table), path.parent)
        assert found is not None
        assert [problem for problem in problems if problem.severity is Severity.ERROR] == []
        assert list(found.frame.columns) == list(form.columns)
        items = [column.name for column in form.columns.values() if column.role in (Role.ITEM, Role.DERIVED)]
        values += int((found.frame[items] != "").to_numpy().sum())
    text = path.read_text(encoding="ascii")
    assert values == text.count("<ItemData ") - text.count('Value=""')


def test_a_file_that_is_not_well_formed() -> None:
    path = SAMPLES / "odm" / "odmlib" / "test_odm_001.xml"
    with pytest.raises(ProblemsError) as caught:
        read_dictionary([(path, path.name)])
    assert [problem.code for problem in caught.value.problems] == ["ODM001"]
